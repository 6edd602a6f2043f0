"""See how a still was written, from its headers and what stands behind its end."""

from forensics.ingest.jpeg_structure import JpegStructure, read_structure
from forensics.ingest.media import Media
from forensics.metadata.encoder_other import SEERS
from forensics.metadata.jpeg_coding import read_coding, read_preview
from forensics.metadata.jpeg_parts import find_texts, name_parts
from forensics.metadata.signatures import Seen
from forensics.metadata.trailing import look_behind
from forensics.model.encoder import JpegPreview
from forensics.model.outcome import Absent

_APP1 = 0xE1
_EXIF = b"Exif\0\0"


def see_still(media: Media, data: bytes) -> Seen | Absent:
    """See how a still was written.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it.
    data : bytes
        Its bytes.

    Returns
    -------
    Seen or Absent
        `Absent` for formats whose encoders are not told apart.
    """
    if media.type.format == "jpeg":
        return _see_jpeg(data)
    see = SEERS.get(media.type.format)
    if see is not None:
        return see(data)
    return Absent(
        "not_applicable", f"writers of {media.type.format.upper()} files are not told apart"
    )


def _see_jpeg(data: bytes) -> Seen | Absent:
    structure = read_structure(data)
    coding = read_coding(data, structure, preview=_find_preview(data, structure))
    if coding is None:
        return Absent("unreadable", "no frame header that can be read stands in the file")
    end = len(data) if structure.end is None else structure.end + 2
    behind = look_behind(data, end)
    return Seen(
        format="jpeg",
        parts=name_parts(data, structure),
        texts=find_texts(data, structure),
        longest_side_px=max(coding.width_px, coding.height_px),
        trailing=behind.words,
        trailing_bytes=behind.size,
        images=(structure.end is not None) + behind.pictures,
        jpeg=coding,
    )


def _find_preview(data: bytes, structure: JpegStructure) -> JpegPreview | None:
    """Read the small picture in EXIF; it has no other JPEG in it."""
    for segment in structure.segments:
        body = data[segment.start : segment.end]
        if segment.marker != _APP1 or not body.startswith(_EXIF):
            continue
        start = body.find(b"\xff\xd8\xff")
        if start >= 0:
            return read_preview(body[start:], read_structure(body[start:]))
    return None
