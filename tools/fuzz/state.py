"""What a fuzzed process leaves for the one that started it, even when it is killed."""

import mmap
import struct
from pathlib import Path

PRESENT, TRACE, SKIPPED = "present", "trace.txt", "skipped"
"""The input it works on, where it was when it crashed, and inputs that kill it."""

HEADER = struct.Struct("<QQ")
"""Head of `PRESENT`: executions, and the length of the input that follows."""

EXHAUSTED = 75
"""Exit status that asks for a fresh process."""

MAX_INPUT_BYTES = 1 << 20


def shared(path: Path) -> mmap.mmap:
    """Make an empty file of the size of the longest input and map it into memory."""
    size = HEADER.size + MAX_INPUT_BYTES
    with path.open("w+b") as file:
        file.truncate(size)
        return mmap.mmap(file.fileno(), size)


def left_behind(path: Path) -> tuple[int, bytes]:
    """Give the number of executions and the last input of a process that is gone."""
    try:
        kept = path.read_bytes()
        executions, length = HEADER.unpack_from(kept)
    except (OSError, struct.error):
        return 0, b""
    return executions, kept[HEADER.size : HEADER.size + length]
