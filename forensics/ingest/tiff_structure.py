"""Follow the directories of a TIFF file, or of the EXIF block that is built like one."""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Literal

MAX_COUNTED = 10_000
"""Pages counted in one file at most: a chain of a million empty ones takes minutes to follow."""

_LOOKED_AT = 64
_CODES = {3: "H", 4: "I"}
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
               16: 8, 17: 8, 18: 8}  # fmt: skip
_ORDERS: dict[str, Literal["little", "big"]] = {"<": "little", ">": "big"}
_POINTERS = (34665, 34853, 40965, 330)  # EXIF, GPS, interoperability, further pictures
_STRIPS = ((273, 324), (279, 325))  # offsets and sizes, of strips or tiles
_OVERLAP = 2
"""Tags of an honest file do not share bytes; some writers pad."""


def count_pages(data: bytes) -> int:
    """Count the pages of a TIFF file by its chain of directories.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    int
        Pages, at most `MAX_COUNTED`; a chain that runs in a circle is followed once.
    """
    return sum(1 for _ in _directories(data))


def end_of_pixels(data: bytes) -> int:
    """Give the end of the last strip or tile, as the directories of the first pages say.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    int
        Bytes from the start; more than the file has when its end is missing, 0 when it cannot be
        told (BigTIFF).
    """
    order, is_big = _kind(data)
    directories = list(islice(_directories(data), _LOOKED_AT))
    if not directories:
        return len(data) + 1
    if is_big:
        return 0
    ends = [0]
    for directory in directories:
        entries = int.from_bytes(data[directory : directory + 2], _ORDERS[order])
        ends.append(directory + 2 + 12 * entries)
        offsets, sizes = (
            next((found for tag in tags if (found := _numbers(data, directory, order, tag))), ())
            for tags in _STRIPS
        )
        ends += [one + two for one, two in zip(offsets, sizes, strict=False)]
    return max(ends)


def claims_too_much(data: bytes) -> bool:
    """Say whether the tags of a file claim far more bytes than it has.

    Readers copy every tag's bytes; ten thousand tags that all name the whole file would fill the
    memory.

    Parameters
    ----------
    data : bytes
        A TIFF file or EXIF block.

    Returns
    -------
    bool
        True for a file that no writer makes.
    """
    order, is_big = _kind(data)
    if is_big:
        return False
    todo = list(islice(_directories(data), _LOOKED_AT))
    seen: set[int] = set()
    while todo and len(seen) < _LOOKED_AT:
        directory = todo.pop()
        if directory in seen:
            continue
        seen.add(directory)
        claimed = 0
        for tag, kind, count, value in _entries(data, directory, order):
            claimed += _TYPE_BYTES.get(kind, 0) * count
            if tag in _POINTERS and count == 1:
                todo.append(value)
        if claimed > _OVERLAP * len(data):
            return True
    return False


def _directories(data: bytes) -> Iterator[int]:
    order, is_big = _kind(data)
    first, count_code, entry_bytes, link = (8, "Q", 20, "Q") if is_big else (4, "H", 12, "I")
    seen: set[int] = set()
    try:
        (offset,) = struct.unpack_from(order + link, data, first)
        while offset and offset not in seen and len(seen) < MAX_COUNTED:
            (count,) = struct.unpack_from(order + count_code, data, offset)
            seen.add(offset)
            yield offset
            after = offset + struct.calcsize(order + count_code) + count * entry_bytes
            (offset,) = struct.unpack_from(order + link, data, after)
    except (struct.error, OverflowError):  # the chain leads out of the file, BigTIFF's far out
        return


def _kind(data: bytes) -> tuple[str, bool]:
    return ("<" if data[:2] == b"II" else ">"), data[2:4] in (b"+\0", b"\0+")


def _entries(data: bytes, directory: int, order: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield tag, type, count and the value field of each entry that is there."""
    try:
        (entries,) = struct.unpack_from(order + "H", data, directory)
        for at in range(directory + 2, directory + 2 + 12 * entries, 12):
            yield struct.unpack_from(order + "HHII", data, at)
    except struct.error:
        return


def _numbers(data: bytes, directory: int, order: str, tag: int) -> tuple[int, ...]:
    """Read a tag's SHORT or LONG values from a directory; nothing when they are not there."""
    for index, (name, kind, count, value) in enumerate(_entries(data, directory, order)):
        if name != tag or kind not in _CODES or count > len(data):
            continue
        code = f"{order}{count}{_CODES[kind]}"
        is_inline = struct.calcsize(code) <= 4  # noqa: PLR2004 - the value field
        try:
            return struct.unpack_from(
                code, data, directory + 2 + 12 * index + 8 if is_inline else value
            )
        except struct.error:
            return ()
    return ()
