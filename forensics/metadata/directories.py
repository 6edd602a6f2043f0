"""Read chosen tags from a TIFF directory, wherever it lies and whatever it claims."""

import struct
from collections.abc import Container
from typing import Literal

from msgspec import Struct

MAX_ENTRIES = 2_000
"""Entries of one directory that are looked at; the largest real ones have a few hundred."""

MAX_VALUE_BYTES = 16 << 20

_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
_TYPE_BYTES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
_INLINE_BYTES = 4
_ENTRY_BYTES = 12
_ASCII, _SHORT, _LONG = 2, 3, 4
_LONGS = (_LONG, 9, 13)
_BYTES = (1, 6, 7)
_SIGNED = (6, 8, 9)
_HEADER_BYTES = 8
_ENTRIES = {"little": struct.Struct("<HHII"), "big": struct.Struct(">HHII")}


class TagValue(Struct, frozen=True):
    """The value of one tag.

    Parameters
    ----------
    kind : int
        Its type (TIFF 6.0, section 2).
    data : bytes
        Its bytes; fewer than claimed when the block ends before.
    order : {"little", "big"}
        Their order.
    at : int
        Where they begin in the block.
    """

    kind: int
    data: bytes
    order: Literal["little", "big"]
    at: int

    def numbers(self) -> tuple[int, ...]:
        """Give the value as whole numbers.

        Returns
        -------
        tuple of int
            None when it is no list of whole numbers.
        """
        size = _TYPE_BYTES[self.kind]
        if self.kind not in (_SHORT, 8, *_LONGS, *_BYTES):
            return ()
        return tuple(
            int.from_bytes(self.data[at : at + size], self.order, signed=self.kind in _SIGNED)
            for at in range(0, len(self.data) - size + 1, size)
        )

    def as_words(self) -> bytes:
        """Give bytes that some writers store as 32-bit numbers.

        Returns
        -------
        bytes
            Unchanged: the numbers' order was never applied to them (TIFF technical note on
            IPTC, tag 33723).
        """
        return self.data.rstrip(b"\0") if self.kind in _LONGS else self.data


class Directory(Struct, frozen=True):
    """Where a directory is and how its offsets count.

    Parameters
    ----------
    block : bytes
        All bytes that it may point into.
    at : int
        Where it begins.
    order : {"little", "big"}
        Order of its bytes.
    base : int, optional
        What its offsets count from.
    """

    block: bytes
    at: int
    order: Literal["little", "big"]
    base: int = 0

    @classmethod
    def first_of(cls, block: bytes) -> "Directory | None":
        """Give the first directory of a TIFF structure.

        Parameters
        ----------
        block : bytes
            The structure, from its byte order mark on.

        Returns
        -------
        Directory or None
            None when it has none.
        """
        order = _ORDERS.get(block[:2])
        if order is None or len(block) < _HEADER_BYTES:
            return None
        if int.from_bytes(block[2:4], order) == 43:  # noqa: PLR2004 - BigTIFF has other entries
            return None
        return cls(block, int.from_bytes(block[4:8], order), order)

    def read(self, wanted: Container[int]) -> dict[int, TagValue]:
        """Read tags.

        Parameters
        ----------
        wanted : container of int
            Their numbers; others are passed over.

        Returns
        -------
        dict of int to TagValue
            Those that are there and whose value begins inside of the block.
        """
        entry = _ENTRIES[self.order]
        found: dict[int, TagValue] = {}
        places = self._entries()
        listed = self.block[places.start : places.stop]
        for at, (tag, kind, count, field) in zip(places, entry.iter_unpack(listed), strict=True):
            if tag not in wanted or tag in found or not 0 < kind < len(_TYPE_BYTES):
                continue
            size = count * _TYPE_BYTES[kind]
            start = self.base + field if size > _INLINE_BYTES else at + _HEADER_BYTES
            if size and start < len(self.block):
                data = self.block[start : start + min(size, MAX_VALUE_BYTES)]
                found[tag] = TagValue(kind, data, self.order, start)
        return found

    def values_begin(self) -> int:
        """Say where the first of the longer values begins, by the directory's own account.

        Returns
        -------
        int
            In bytes from `base`; 0 when there are no longer values.
        """
        places = self._entries()
        listed = _ENTRIES[self.order].iter_unpack(self.block[places.start : places.stop])
        starts = [
            field
            for _, kind, count, field in listed
            if 0 < kind < len(_TYPE_BYTES) and count * _TYPE_BYTES[kind] > _INLINE_BYTES
        ]
        return min(starts, default=0)

    @property
    def count(self) -> int:
        """Number of entries that it claims."""
        return int.from_bytes(self.block[self.at : self.at + 2], self.order)

    @property
    def end(self) -> int:
        """Where its entries end."""
        return self.at + 2 + _ENTRY_BYTES * self.count

    def below(self, pointer: TagValue | None) -> "Directory | None":
        """Give the directory that a tag points to.

        Parameters
        ----------
        pointer : TagValue or None
            The tag's value, when there is one.

        Returns
        -------
        Directory or None
            None when there is none.
        """
        numbers = pointer.numbers() if pointer is not None else ()
        if len(numbers) != 1 or not 0 < numbers[0] < len(self.block):
            return None
        return Directory(self.block, self.base + numbers[0], self.order, self.base)

    def following(self) -> "Directory | None":
        """Give the next directory of the chain: that of the embedded thumbnail after EXIF's first.

        Returns
        -------
        Directory or None
            None when there is none.
        """
        link = int.from_bytes(self.block[self.end : self.end + 4], self.order)
        if not 0 < link < len(self.block) or self.base + link == self.at:
            return None
        return Directory(self.block, self.base + link, self.order, self.base)

    def _entries(self) -> range:
        room = (len(self.block) - self.at - 2) // _ENTRY_BYTES
        count = max(0, min(self.count, room, MAX_ENTRIES))
        return range(self.at + 2, self.at + 2 + _ENTRY_BYTES * count, _ENTRY_BYTES)
