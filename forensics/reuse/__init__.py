"""Find out whether footage was seen before: the archive of known footage and what is like it."""
