"""A still's bytes, the decoders that may be tried on them, and the largest picture allowed."""

import io
from dataclasses import dataclass

from PIL import Image

from forensics.ingest.guard import REFETCH, SCALE_DOWN
from forensics.ingest.tiff_structure import claims_too_much
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem

MAX_PIXELS = 300_000_000
"""Largest picture decoded: 0.9 GB as 8-bit colour, more than any camera's single exposure."""

_WORDS_OF_CUT = ("truncated", "Truncated", "end of file")


_BITS, _PLANES, _SEPARATE = 258, 284, 2


@dataclass(eq=False)
class Source:
    """A still's bytes and how to open them.

    Parameters
    ----------
    data : bytes
        The file.
    format : str
        As `sniff` names it.
    pillow_formats : tuple of str
        The only decoders that may be tried.
    is_cut : bool
        Whether the file ends before its structure does.
    """

    data: bytes
    format: str
    pillow_formats: tuple[str, ...]
    is_cut: bool

    def blame(self, problem: Problem) -> str:
        """Say what is wrong with the file when a decoder gave up.

        Parameters
        ----------
        problem : Problem
            What the decoder said.

        Returns
        -------
        str
            That it is cut short, or damaged; neither when the decoder was not let go on.
        """
        if problem.advice:  # refused, not broken
            return "the file was not read in full"
        says_so = any(word in problem.error for word in _WORDS_OF_CUT)
        return "the file is cut short" if self.is_cut or says_so else "the file is corrupted"

    def open(self, data: bytes | None = None) -> Image.Image:
        """Open the file, or other bytes in its stead, without decoding pixels.

        Parameters
        ----------
        data : bytes, optional
            What to open instead.

        Returns
        -------
        PIL.Image.Image
            Lazily opened.

        Raises
        ------
        UnreadableMedia
            When Pillow would give wrong pixels, or fill the memory.
        """
        if self.format == "tiff" and claims_too_much(self.data):
            raise UnreadableMedia(
                "the file is corrupted: its directories claim more bytes than it has",
                advice=REFETCH,
            )
        image = Image.open(io.BytesIO(data or self.data), formats=self.pillow_formats)
        if image.format == "TIFF" and _is_misread(image):
            raise UnreadableMedia("separate planes of more than 8 bits, which Pillow misreads")
        return image


def _is_misread(image: Image.Image) -> bool:
    tags = getattr(image, "tag_v2", {})
    return tags.get(_PLANES) == _SEPARATE and max(tags.get(_BITS, (1,))) > 8  # noqa: PLR2004


def size_problem(width: int, height: int) -> Problem | None:
    """Say that a picture is too large to be decoded, or has no pixels at all.

    Parameters
    ----------
    width, height : int
        Pixels.

    Returns
    -------
    Problem or None
        None when it has at least one and at most `MAX_PIXELS`.
    """
    if width < 1 or height < 1:
        return Problem(f"the file is corrupted: a picture of {width} x {height} pixels", REFETCH)
    if width * height <= MAX_PIXELS:
        return None
    return Problem(
        f"too large to be decoded: {width:,} x {height:,} pixels, the limit is {MAX_PIXELS:,} "
        "pixels in all",
        SCALE_DOWN,
    )
