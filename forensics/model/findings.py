"""What single steps measure: one tagged record for each kind of finding."""

from typing import Literal

from msgspec import Struct

from forensics.model.encoder import EncoderIdentity
from forensics.model.provenance import Provenance
from forensics.model.thumbnail import EmbeddedThumbnail


class StillFacts(Struct, frozen=True, tag="still_facts"):
    """Size and state of a decoded still or animation.

    Parameters
    ----------
    width_px, height_px : int
        Size of the picture the right way up.
    stored_width_px, stored_height_px : int
        Size as stored, before the orientation is applied.
    orientation : int
        EXIF orientation that was applied, 1 to 8; 1 when there is none.
    mode : str
        Stored pixel mode in Pillow's terms, for example ``RGB``, ``CMYK``, ``I;16``.
    frames : int
        Number of pictures in the file.
    frames_examined : int
        How many of them were decoded.
    duration_s : float or None
        Playing time of an animation; None for stills.
    degraded : str or None
        What could not be decoded; None when everything was.
    """

    width_px: int
    height_px: int
    stored_width_px: int
    stored_height_px: int
    orientation: int
    mode: str
    frames: int
    frames_examined: int
    duration_s: float | None
    degraded: str | None


class VideoFacts(Struct, frozen=True, tag="video_facts"):
    """Streams and timing of a video, from its packets rather than its header.

    Parameters
    ----------
    container : str
        Name of the container as FFmpeg gives it.
    codec : str or None
        Video codec; None for audio only.
    audio_codec : str or None
        Audio codec; None when silent.
    width_px, height_px : int or None
        Size of the picture the right way up.
    rotation_deg : int
        Clockwise rotation that the display matrix asks for and that was applied.
    declared_duration_s : float or None
        What the header claims.
    duration_s : float or None
        From the first to the end of the last video packet that is really there.
    declared_frames : int or None
        What the header claims.
    packets : int
        Video packets that are really there.
    keyframes : int
        Video packets marked as keyframes.
    frames_examined : int
        Frames that were decoded and looked at.
    first_pts_s : float or None
        Presentation time of the first frame on the container's own clock; all other times in the
        report count from it.
    degraded : str or None
        What could not be decoded; None when everything was.
    sampling : str or None
        Which frames were decoded, in words: ``every frame``, or which ones and why; None when
        there is no picture.
    cuts_s : tuple of float or None
        Moments of the first frames of new shots; None where they were not looked for, because
        not every frame was decoded.
    """

    container: str
    codec: str | None
    audio_codec: str | None
    width_px: int | None
    height_px: int | None
    rotation_deg: int
    declared_duration_s: float | None
    duration_s: float | None
    declared_frames: int | None
    packets: int
    keyframes: int
    frames_examined: int
    first_pts_s: float | None
    degraded: str | None
    sampling: str | None = None
    cuts_s: tuple[float, ...] | None = None


class Position(Struct, frozen=True):
    """A position on the WGS 84 ellipsoid.

    Parameters
    ----------
    lat, lon : float
        Degrees, north and east positive.
    """

    lat: float
    lon: float


FieldValue = str | int | float | Position | None


class Field(Struct, frozen=True):
    """One metadata field, with what every engine read.

    Parameters
    ----------
    value : str, int, float, Position or None
        The value this package goes by: the engines' common one, else the first engine's.
    raw : str or None
        The value as it stands in the file, before interpretation.
    sources : dict of str to value
        What each engine that read the field made of it.
    agree : bool or None
        Whether all engines agree; None when only one read it.
    where : dict of str to str
        By engine, where the value stands, in the standard's words: ``EXIF DateTimeOriginal``,
        ``XMP photoshop:DateCreated``. The first word names the block of the file: engines that
        differ about one block read one tag differently, and blocks that differ say different
        things. Engines that do not say where they read are left out.
    charset : str or None
        The character set by which `value` was decoded, with ``(guessed)`` when the file does not
        declare it; None for ASCII and UTF-8, and for what is no text.
    """

    value: FieldValue
    raw: str | None
    sources: dict[str, FieldValue]
    agree: bool | None
    where: dict[str, str] = {}
    charset: str | None = None


class MetadataTable(Struct, frozen=True, tag="metadata_table"):
    """All metadata fields of one item.

    Parameters
    ----------
    fields : dict of str to Field
        By field name; a field that no engine found is not there.
    failed_engines : dict of str to str
        Engines that gave up on the file, and what they said.
    """

    fields: dict[str, Field]
    failed_engines: dict[str, str]


Severity = Literal["info", "notice", "conflict"]
"""How much a note matters: context, worth a look, two statements that cannot both hold."""


class Note(Struct, frozen=True):
    """Something about an item a reader should weigh, with its innocent explanation.

    Parameters
    ----------
    id : str
        Name of the rule.
    severity : {"info", "notice", "conflict"}
        How much it matters: context, worth a look, two statements that cannot both hold.
    text : str
        What was seen, with the values.
    evidence : tuple of str
        Names of the metadata fields it rests on.
    innocent_explanation : str
        How this comes about without anybody meaning harm.
    docs : str
        Where more is said about the rule; empty in reports of earlier versions.
    """

    id: str
    severity: Severity
    text: str
    evidence: tuple[str, ...]
    innocent_explanation: str
    docs: str = ""


class Notes(Struct, frozen=True, tag="notes"):
    """The notes on one item.

    Parameters
    ----------
    notes : tuple of Note
        In order of severity, then of rule.
    failed_rules : dict of str to str
        Rules that could not be looked at, and why.
    """

    notes: tuple[Note, ...]
    failed_rules: dict[str, str] = {}


class FrameHash(Struct, frozen=True):
    """Perceptual hashes of one picture.

    Parameters
    ----------
    moment_s : float or None
        Seconds after the first presented frame; None for a still.
    pdq : str
        PDQ hash, 64 hexadecimal digits (256 bits).
    quality : int
        PDQ's own measure of how much there is to hash, 0 to 100.
    phash, dhash : str
        imagehash's pHash and dHash, 16 hexadecimal digits (64 bits) each.
    """

    moment_s: float | None
    pdq: str
    quality: int
    phash: str
    dhash: str


class ImageHashes(Struct, frozen=True, tag="image_hashes"):
    """Perceptual hashes of every examined picture of an item.

    Parameters
    ----------
    preprocessing : str
        Name of the recipe that led from file to hashed pixels; hashes with different recipes are
        not compared.
    frames : tuple of FrameHash
        In order of time.
    """

    preprocessing: str
    frames: tuple[FrameHash, ...]


class CompareViews(Struct, frozen=True, tag="compare_views"):
    """Small grey views of every examined picture, for comparing copies pixel by pixel.

    The pixels are the artefact ``views``: a PNG with the views one below the other.

    Parameters
    ----------
    width_px, height_px : int
        Size of each view.
    moments_s : tuple of float or None
        Moment of each view, as in `ImageHashes.frames`.
    """

    width_px: int
    height_px: int
    moments_s: tuple[float | None, ...]


class LocalFeatures(Struct, frozen=True, tag="local_features"):
    """Local features of the pictures of an item, by which parts of it are found again.

    They are the artefact ``features``: the packed features of each picture, one after the other.

    Parameters
    ----------
    recipe : str
        Name of the recipe that led from pixels to features; features with different recipes are
        not compared.
    pictures : tuple of int
        Which of the examined pictures were described, as positions in `ImageHashes.frames`.
    lengths : tuple of int
        How many bytes the features of each take.
    """

    recipe: str
    pictures: tuple[int, ...]
    lengths: tuple[int, ...]


class ClipTraceKept(Struct, frozen=True, tag="clip_trace"):
    """A small trace of what a clip looks like over time, by which its stretches are found again.

    It is the artefact ``trace``: tiny grey frames, packed with loss.

    Parameters
    ----------
    recipe : str
        Name of the recipe that led from frames to trace.
    frames : int
        How many moments it holds.
    width_px, height_px : int
        Size of its frames.
    duration_s : float
        Seconds from the first presented frame to the end of the last one.
    """

    recipe: str
    frames: int
    width_px: int
    height_px: int
    duration_s: float


Finding = (
    StillFacts
    | VideoFacts
    | MetadataTable
    | Notes
    | ImageHashes
    | CompareViews
    | LocalFeatures
    | ClipTraceKept
    | Provenance
    | EncoderIdentity
    | EmbeddedThumbnail
)
