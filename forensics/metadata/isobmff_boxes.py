"""Walk the boxes of an MP4 or QuickTime file without reading its pictures and sound."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

MAX_BOXES = 100_000
"""Boxes that are looked at in one file; a clip of four hours in fragments has some 30,000."""

MAX_BOX_BYTES = 4 << 20
"""What is read of one box; a text or an XMP packet is shorter, and pictures are not wanted."""

MAX_READ_BYTES = 64 << 20
"""What is read of one file in all."""

MAX_FAULTS = 20
"""Faults that are kept; more say no more."""

_HEAD_BYTES, _LONG_HEAD_BYTES = 8, 16
_LONG, _TO_THE_END = 1, 0


class Box(Struct, frozen=True):
    """Where one box stands.

    Parameters
    ----------
    kind : bytes
        Its four letters.
    body, end : int
        Offsets of its content and of what follows it.
    """

    kind: bytes
    body: int
    end: int


class BoxReader:
    """Reads the boxes of one file, as many as there may be.

    Sizes are taken for what the file says only as far as it goes: a box never reaches beyond the
    one that holds it. As every box lies behind the one before, none is met twice.

    Parameters
    ----------
    file : binary file
        Can be positioned anywhere.

    Attributes
    ----------
    faults : list of str
        What is wrong with the file's structure, each once.
    size : int
        Bytes of the file.

    References
    ----------
    ISO/IEC 14496-12:2022, 4.2 (boxes); QuickTime File Format, "Atoms".
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)
        self.faults: list[str] = []
        self._boxes = self._bytes = 0

    def top(self) -> Iterator[Box]:
        """Go through the outermost boxes.

        Returns
        -------
        iterator of Box
            In the order of the file.
        """
        return self._between(0, self.size, is_top=True)

    def inside(self, box: Box, *, skip: int = 0) -> Iterator[Box]:
        """Go through the boxes that one holds.

        Parameters
        ----------
        box : Box
            The outer one.
        skip : int, default 0
            Bytes of its content that come before them.

        Returns
        -------
        iterator of Box
            In the order of the file.
        """
        return self._between(box.body + skip, box.end, is_top=False)

    def content(self, box: Box, *, most: int = MAX_BOX_BYTES) -> bytes:
        """Read what is in a box.

        Parameters
        ----------
        box : Box
            Which one.
        most : int, optional
            Bytes that are wanted at most.

        Returns
        -------
        bytes
            Its beginning, when it is longer than is read; nothing, when enough was read already.
        """
        wanted = min(box.end - box.body, most, MAX_BOX_BYTES)
        if self._bytes + wanted > MAX_READ_BYTES:
            self.fault(f"more than {MAX_READ_BYTES:,} bytes of metadata: the rest was not read")
            return b""
        self._bytes += wanted
        return self._at(box.body, wanted)

    def fault(self, text: str) -> None:
        """Note what is wrong with the file.

        Parameters
        ----------
        text : str
            In words for a person.
        """
        if text not in self.faults and len(self.faults) < MAX_FAULTS:
            self.faults.append(text)

    def _between(self, start: int, end: int, *, is_top: bool) -> Iterator[Box]:
        position = start
        while position + _HEAD_BYTES <= end:
            if self._boxes == MAX_BOXES:
                self.fault(f"more than {MAX_BOXES:,} boxes: the rest were not looked at")
                return
            self._boxes += 1
            head = self._at(position, min(_LONG_HEAD_BYTES, end - position))
            if len(head) < _HEAD_BYTES:
                return
            kind, size, head_bytes = head[4:8], int.from_bytes(head[:4], "big"), _HEAD_BYTES
            if size == _LONG:
                size, head_bytes = int.from_bytes(head[8:16], "big"), _LONG_HEAD_BYTES
            elif size == _TO_THE_END:
                if not is_top:
                    return  # QuickTime ends lists of user data with a zero
                size = end - position
            if size < head_bytes:
                self.fault(f"the box {name_of(kind)} claims to have {size} bytes")
                return
            stop = position + size
            if stop > end:
                self.fault(
                    f"the box {name_of(kind)} claims {stop - end:,} bytes more than there are"
                )
                stop = end
            yield Box(kind, min(position + head_bytes, stop), stop)
            position = stop

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)


def name_of(kind: bytes) -> str:
    r"""Write the four letters of a box so that anybody can read them.

    Parameters
    ----------
    kind : bytes
        For example ``b"\xa9xyz"``.

    Returns
    -------
    str
        ``©xyz``; what is no letter as ``\xNN``.
    """
    text = kind.decode("latin-1")
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
