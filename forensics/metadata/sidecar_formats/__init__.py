"""The formats of sidecars, one a module."""
