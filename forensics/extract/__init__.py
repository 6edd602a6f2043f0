"""Frames of a clip as files: lossless stills by hash and time, and a kit for reverse search."""
