"""Content credentials (C2PA): find them, have them checked, and judge what was found."""
