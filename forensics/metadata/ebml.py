"""Walk the elements of a Matroska file without reading its pictures and sound."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

MAX_ELEMENTS = 100_000
"""Elements that are looked at in one file; a film of four hours has some 30,000 clusters."""

MAX_ELEMENT_BYTES = 1 << 16
"""What is read of one element; a tag is a line of text."""

MAX_READ_BYTES = 16 << 20
"""What is read of one file in all."""

MAX_FAULTS = 20
"""Faults that are kept; more say no more."""

_MAX_ID_BYTES, _MAX_SIZE_BYTES = 4, 8
_BYTE_BITS = 8


class Element(Struct, frozen=True):
    """Where one element stands.

    Parameters
    ----------
    id : int
        Its number, with the marker bits, as specifications give it.
    body, end : int
        Offsets of its content and of what follows it.
    is_open : bool
        Whether it leaves its length open, as live recordings do: then it reaches as far as the one
        that holds it.
    """

    id: int
    body: int
    end: int
    is_open: bool


class ElementReader:
    """Reads the elements of one file, as many as there may be.

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
    RFC 8794 (EBML).
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)
        self.faults: list[str] = []
        self._elements = self._bytes = 0

    def between(self, start: int, end: int) -> Iterator[Element]:
        """Go through the elements of a part of the file.

        Parameters
        ----------
        start, end : int
            Offsets.

        Returns
        -------
        iterator of Element
            In the order of the file.
        """
        position = start
        while position < end:
            if self._elements == MAX_ELEMENTS:
                self.fault(f"more than {MAX_ELEMENTS:,} elements: the rest were not looked at")
                return
            self._elements += 1
            head = self._at(position, min(_MAX_ID_BYTES + _MAX_SIZE_BYTES, end - position))
            number, used = _number(head, _MAX_ID_BYTES, keep_marker=True)
            size, size_bytes = _number(head[used:], _MAX_SIZE_BYTES, keep_marker=False)
            if not used or not size_bytes:
                self.fault(f"what stands at byte {position:,} is no element")
                return
            body = position + used + size_bytes
            is_open = size == (1 << 7 * size_bytes) - 1
            stop = end if is_open else body + size
            if stop > end:
                self.fault(
                    f"the element {number:X} claims {stop - end:,} bytes more than there are"
                )
                stop = end
            yield Element(number, min(body, stop), stop, is_open)
            position = stop

    def inside(self, element: Element) -> Iterator[Element]:
        """Go through the elements that one holds.

        Parameters
        ----------
        element : Element
            The outer one.

        Returns
        -------
        iterator of Element
            In the order of the file.
        """
        return self.between(element.body, element.end)

    def content(self, element: Element) -> bytes:
        """Read what is in an element.

        Parameters
        ----------
        element : Element
            Which one.

        Returns
        -------
        bytes
            Its beginning, when it is longer than is read; nothing, when enough was read already.
        """
        wanted = min(element.end - element.body, MAX_ELEMENT_BYTES)
        if self._bytes + wanted > MAX_READ_BYTES:
            self.fault(f"more than {MAX_READ_BYTES:,} bytes of metadata: the rest was not read")
            return b""
        self._bytes += wanted
        return self._at(element.body, wanted)

    def fault(self, text: str) -> None:
        """Note what is wrong with the file.

        Parameters
        ----------
        text : str
            In words for a person.
        """
        if text not in self.faults and len(self.faults) < MAX_FAULTS:
            self.faults.append(text)

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)


def _number(data: bytes, most: int, *, keep_marker: bool) -> tuple[int, int]:
    """Read a number of variable length: itself, and how many bytes it takes; 0 when it is none."""
    if not data or not data[0]:
        return 0, 0
    length = _BYTE_BITS + 1 - data[0].bit_length()
    if length > most or length > len(data):
        return 0, 0
    number = int.from_bytes(data[:length], "big")
    return (number if keep_marker else number & ((1 << 7 * length) - 1)), length
