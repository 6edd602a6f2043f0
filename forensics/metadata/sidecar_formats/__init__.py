"""The formats of sidecars, one a module; each says what it recognises and to which media it belongs."""
