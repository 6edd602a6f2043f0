"""Open files of evidence: regular ones only, read-only, never waiting for anybody."""

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from forensics.model.errors import UnreadableMedia


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    io.BufferedReader
        Positioned at the start.

    Raises
    ------
    UnreadableMedia
        When it is a folder, a pipe, a device or a socket.
    OSError
        When it cannot be opened.
    """
    # O_NONBLOCK: a pipe that took the file's place must not hang the run.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableMedia("not a regular file", advice="Name a photo or video file.")
    return os.fdopen(descriptor, "rb")


def digest_of(path: Path) -> str | None:
    """Give the SHA-256 of a file, without decoding anything.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str or None
        64 lower-case hexadecimal digits; None when it cannot be read, which `open_media` explains.
    """
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, UnreadableMedia):
        return None
