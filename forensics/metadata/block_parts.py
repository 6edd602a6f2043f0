"""What the finders of metadata blocks hand over, and their common bounds."""

import zlib

from msgspec import Struct

MAX_PARTS = 20_000
"""Segments, chunks or boxes of one file that are looked at."""

MAX_TEXTS = 200
"""Texts and comments of one file that are kept."""

MAX_BLOCK_BYTES = 16 << 20
"""Blocks are put together, and unpacked, up to this size."""


class StoredText(Struct, frozen=True):
    """A text that stands beside the picture.

    Parameters
    ----------
    keyword : str
        What it says it is; empty for a plain comment.
    data : bytes
        The text.
    charset : str or None
        The character set that its place in the file declares; None when there is none.
    where : str
        Where it stands: ``PNG tEXt``, ``JPEG comment``.
    """

    keyword: str
    data: bytes
    charset: str | None
    where: str


class Blocks(Struct):
    """The blocks of metadata of one file; the finders fill it.

    Parameters
    ----------
    exif : bytes or None
        A TIFF structure; None when there is none.
    xmp, xmp_extended : bytes
        The packet, and what JPEG stores apart of a long one.
    iptc : bytes
        IPTC-IIM datasets.
    icc : bytes
        The colour profile.
    texts : list of StoredText
        Texts of PNG, comments of JPEG and GIF.
    faults : list of str
        What could not be followed.
    """

    exif: bytes | None = None
    xmp: bytes = b""
    xmp_extended: bytes = b""
    iptc: bytes = b""
    icc: bytes = b""
    texts: list[StoredText] = []
    faults: list[str] = []

    def add_text(self, keyword: str, data: bytes, charset: str | None, where: str) -> None:
        """Keep a text, unless there are too many.

        Parameters
        ----------
        keyword, data, charset, where
            As `StoredText` has them.
        """
        if len(self.texts) < MAX_TEXTS:
            self.texts.append(StoredText(keyword, data, charset, where))
        else:
            self.add_fault(f"more than {MAX_TEXTS} texts; the others were not read")

    def add_fault(self, fault: str) -> None:
        """Say once what could not be followed.

        Parameters
        ----------
        fault : str
            In words.
        """
        if fault not in self.faults:
            self.faults.append(fault)

    def unpack(self, packed: bytes, what: str, *, limit: int = MAX_BLOCK_BYTES) -> bytes:
        """Unpack deflated bytes up to a size; what came before a fault is kept.

        Parameters
        ----------
        packed : bytes
            A zlib stream.
        what : str
            What it is, for the fault.
        limit : int, optional
            Bytes that are unpacked at most.

        Returns
        -------
        bytes
            As much as there is.
        """
        unpacker = zlib.decompressobj()
        unpacked = bytearray()
        try:
            while packed and len(unpacked) < limit and not unpacker.eof:
                # In steps: an error in the middle loses no more than one of them.
                room = min(_STEP_BYTES, limit - len(unpacked))
                unpacked += unpacker.decompress(packed, room)
                packed = unpacker.unconsumed_tail
        except zlib.error:
            self.add_fault(f"{what} is not packed as it should be")
        if packed and not unpacker.eof and len(unpacked) >= limit:
            self.add_fault(f"{what} unpacks to more than {limit:,} bytes; it was cut")
        return bytes(unpacked)


_STEP_BYTES = 1 << 16
