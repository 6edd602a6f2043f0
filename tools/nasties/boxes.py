"""Read, change and build the boxes of ISO media files (ISO/IEC 14496-12)."""

import struct
from collections.abc import Callable

CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"mvex")


def box(kind: bytes, *parts: bytes) -> bytes:
    """Build a box.

    Parameters
    ----------
    kind : bytes
        Four letters.
    *parts : bytes
        Its content.

    Returns
    -------
    bytes
        The box.
    """
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Build a box with a version and flags.

    Parameters
    ----------
    kind : bytes
        Four letters.
    *parts : bytes
        Its content.
    version, flags : int, optional
        What stands before the content.

    Returns
    -------
    bytes
        The box.
    """
    return box(kind, bytes((version,)) + flags.to_bytes(3, "big"), *parts)


def words(*numbers: int) -> bytes:
    """Write 32-bit numbers, negative ones as their complement.

    Parameters
    ----------
    *numbers : int
        The numbers.

    Returns
    -------
    bytes
        Four bytes each.
    """
    return b"".join(struct.pack(">I", number & 0xFFFFFFFF) for number in numbers)


def find(data: bytes, kind: bytes) -> tuple[int, int]:
    """Find the first box of a kind, however deep.

    Parameters
    ----------
    data : bytes
        A sound file.
    kind : bytes
        Four letters.

    Returns
    -------
    start, end : int
        Where the box is, its header included.

    Raises
    ------
    LookupError
        When there is none.
    """
    found = _find(data, kind, 0, len(data))
    if found is None:
        raise LookupError(kind)
    return found


def body_of(data: bytes, kind: bytes) -> bytes:
    """Give the content of the first box of a kind.

    Parameters
    ----------
    data : bytes
        A sound file.
    kind : bytes
        Four letters.

    Returns
    -------
    bytes
        Without the header.
    """
    start, end = find(data, kind)
    return data[start + 8 : end]


def swapped(data: bytes, kind: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Put something else in the place of a box, and correct the sizes of those around it.

    The index must stand behind the pictures, whose places do not change then.

    Parameters
    ----------
    data : bytes
        A sound file.
    kind : bytes
        Of the box.
    change : callable
        Takes the whole box, gives what stands in its place.

    Returns
    -------
    bytes
        The changed file.
    """
    start, end = find(data, kind)
    new = change(data[start:end])
    longer = bytearray(data[:start] + new + data[end:])
    for at in _around(data, start, 0, len(data)):
        size = int.from_bytes(data[at : at + 4], "big") + len(new) - (end - start)
        longer[at : at + 4] = size.to_bytes(4, "big")
    return bytes(longer)


def with_body(data: bytes, kind: bytes, body: bytes) -> bytes:
    """Give the first box of a kind another content.

    Parameters
    ----------
    data : bytes
        A sound file, its index at the end.
    kind : bytes
        Of the box.
    body : bytes
        The new content, without a header.

    Returns
    -------
    bytes
        The changed file.
    """
    return swapped(data, kind, lambda _: box(kind, body))


def added(data: bytes, kind: bytes, more: bytes) -> bytes:
    """Put something at the end of the first box of a kind.

    Parameters
    ----------
    data : bytes
        A sound file, its index at the end.
    kind : bytes
        Of the box.
    more : bytes
        What to add.

    Returns
    -------
    bytes
        The changed file.
    """
    return swapped(data, kind, lambda old: box(kind, old[8:] + more))


def patched(data: bytes, kind: bytes, at: int, patch: bytes) -> bytes:
    """Overwrite bytes in the content of the first box of a kind; sizes stay as they are.

    Parameters
    ----------
    data : bytes
        A sound file.
    kind : bytes
        Of the box.
    at : int
        Offset behind the box's header of eight bytes; -8 is its size.
    patch : bytes
        What to put there.

    Returns
    -------
    bytes
        The changed file.
    """
    place = find(data, kind)[0] + 8 + at
    return data[:place] + patch + data[place + len(patch) :]


def moved_chunks(moov: bytes, *, by: int) -> bytes:
    """Correct the places of the pictures in an index.

    Parameters
    ----------
    moov : bytes
        The index, with one track.
    by : int
        How many bytes later the pictures stand.

    Returns
    -------
    bytes
        The corrected index.
    """
    body = body_of(moov, b"stco")
    count = int.from_bytes(body[4:8], "big")
    places = struct.unpack(f">{count}I", body[8 : 8 + 4 * count])
    return with_body(moov, b"stco", body[:8] + words(*(place + by for place in places)))


def _find(data: bytes, kind: bytes, start: int, end: int) -> tuple[int, int] | None:
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size < 8:
            return None
        if data[start + 4 : start + 8] == kind:
            return start, start + size
        if data[start + 4 : start + 8] in CONTAINERS:
            inside = _find(data, kind, start + 8, start + size)
            if inside is not None:
                return inside
        start += size
    return None


def _around(data: bytes, target: int, start: int, end: int) -> list[int]:
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if start < target < start + size:
            return [start, *_around(data, target, start + 8, start + size)]
        if size < 8:
            break
        start += size
    return []
