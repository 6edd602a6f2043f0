"""Who last saved a file, as far as the way it was written tells."""

from typing import Literal

from msgspec import Struct

CandidateKind = Literal["camera", "phone", "editor", "messaging", "platform", "library"]


class Candidate(Struct, frozen=True):
    """A device, program or service that is known to write files like this one.

    Parameters
    ----------
    kind : {"camera", "phone", "editor", "messaging", "platform", "library"}
        What writes such files.
    name : str
        Its name, with the version or setting where the signature is that narrow.
    because : tuple of str
        The traits of this file that fit, in words.
    source : str
        Where the signature comes from: a document, or what was measured with which version.
    basis : {"measured", "literature"}
        Whether this project measured the signature itself, or took it from the source unverified.
    specificity : int
        How many other known signatures share the rarest of the traits that fit; 0 when none does.
    makes : tuple of str
        For cameras and phones: makers, as EXIF names them, that are known to write such files.
    """

    kind: CandidateKind
    name: str
    because: tuple[str, ...]
    source: str
    basis: Literal["measured", "literature"]
    specificity: int
    makes: tuple[str, ...] = ()


class SoftwareText(Struct, frozen=True):
    """A text in a file by which a program names itself or leaves its mark.

    Parameters
    ----------
    where : str
        Part of the file it stands in, for example ``COM`` or ``EXIF Software``.
    text : str
        The text, cut where it is long.
    """

    where: str
    text: str


class JpegTable(Struct, frozen=True):
    """One quantisation table of a JPEG.

    Parameters
    ----------
    slot : int
        Its number in the file, 0 to 3.
    role : {"luma", "chroma", "unused"}
        Which components of the picture use it.
    bits : int
        8 or 16.
    values : tuple of int
        The 64 steps, row by row (not in zigzag order).
    sha256 : str
        Digest of `values`, each as two bytes, high byte first.
    ijg_quality : int or None
        Quality, 1 to 100, at which the Independent JPEG Group's library writes this table, or the
        nearest; None when the table is unlike all of those.
    ijg_error : float or None
        Mean difference from that library's table, as a share of its steps; 0 when they are equal.
        None as above.
    """

    slot: int
    role: Literal["luma", "chroma", "unused"]
    bits: int
    values: tuple[int, ...]
    sha256: str
    ijg_quality: int | None
    ijg_error: float | None


class JpegComponent(Struct, frozen=True):
    """One colour component of a JPEG, from its frame header.

    Parameters
    ----------
    id : int
        Its identifier: 1, 2, 3 in JFIF; letters with some programs.
    horizontal, vertical : int
        Sampling factors.
    table : int
        Slot of its quantisation table.
    """

    id: int
    horizontal: int
    vertical: int
    table: int


class JpegPreview(Struct, frozen=True):
    """The small picture inside a JPEG's EXIF.

    Parameters
    ----------
    width_px, height_px : int
        Its size.
    subsampling : str
        As in `JpegCoding`.
    tables : tuple of JpegTable
        Its own quantisation tables.
    """

    width_px: int
    height_px: int
    subsampling: str
    tables: tuple[JpegTable, ...]


class JpegCoding(Struct, frozen=True):
    """How a JPEG was coded, from its headers.

    Parameters
    ----------
    process : str
        ``baseline``, ``extended``, ``progressive``, ``lossless``, with ``, arithmetic`` where so.
    bits : int
        Bits per sample.
    width_px, height_px : int
        Size as stored.
    components : tuple of JpegComponent
        In order of the frame header.
    subsampling : str
        ``4:4:4``, ``4:2:2``, ``4:2:0``, ..., ``grey``, or the sampling factors.
    tables : tuple of JpegTable
        Quantisation tables, by slot; what counts when a slot is written twice is the last.
    huffman : {"standard", "optimised", "none"}
        Whether the Huffman tables are the examples of the standard (ITU-T T.81, annex K), others,
        or there are none.
    scans : tuple of str
        Scan script, ``components:first-last,high,low`` each; the first 20.
    scan_count : int
        Scans that were begun.
    restart_interval : int
        Blocks of pixels between restart markers; 0 when there are none.
    jfif : str or None
        Version and density of the JFIF header; None when there is none.
    adobe_transform : int or None
        Colour transform of Adobe's segment; None when there is no such segment.
    preview : JpegPreview or None
        The small picture in EXIF.
    """

    process: str
    bits: int
    width_px: int
    height_px: int
    components: tuple[JpegComponent, ...]
    subsampling: str
    tables: tuple[JpegTable, ...]
    huffman: Literal["standard", "optimised", "none"]
    scans: tuple[str, ...]
    scan_count: int
    restart_interval: int
    jfif: str | None
    adobe_transform: int | None
    preview: JpegPreview | None


class VideoCoding(Struct, frozen=True):
    """How a clip was coded, from its container's head and tail.

    Parameters
    ----------
    major_brand : str or None
        First brand of an ISO container; None for others.
    brands : tuple of str
        Compatible brands.
    handlers : tuple of str
        Names of the tracks' handlers.
    library : str or None
        What the encoder of the pictures says of itself inside the coded stream.
    settings : str or None
        The settings it left there.
    keyframe_every : float or None
        Pictures per keyframe, on average; None where they were not counted.
    """

    major_brand: str | None
    brands: tuple[str, ...]
    handlers: tuple[str, ...]
    library: str | None
    settings: str | None
    keyframe_every: float | None


class EncoderIdentity(Struct, frozen=True, tag="encoder"):
    """How a file was last saved, and what is known to save files so.

    It says nothing about what the picture shows, nor whether it was changed: to save a picture
    with an editor, or to send it with a messenger, is not to manipulate it.

    Parameters
    ----------
    summary : str
        One sentence.
    traits : dict of str to str
        What was seen, in words, by name of the trait.
    candidates : tuple of Candidate
        Everything known to write such files, the most specific first; empty when nothing is known.
    parts : tuple of str
        Segments, chunks or boxes of the file, in order; a run of equal ones once.
    texts : tuple of SoftwareText
        Texts by which programs name themselves.
    images : int
        Complete pictures found in the file, previews in EXIF not counted.
    trailing_bytes : int
        Bytes behind the end of the first picture or of the container.
    trailing : str
        What they look like; empty when there are none.
    jpeg : JpegCoding or None
        For JPEG.
    video : VideoCoding or None
        For clips.
    """

    summary: str
    traits: dict[str, str]
    candidates: tuple[Candidate, ...]
    parts: tuple[str, ...]
    texts: tuple[SoftwareText, ...]
    images: int
    trailing_bytes: int
    trailing: str
    jpeg: JpegCoding | None = None
    video: VideoCoding | None = None
