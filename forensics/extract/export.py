"""Export frames of a clip as lossless PNGs, with a table, and a kit for reverse search."""

import hashlib
import io
import math
import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from forensics.engine.output import OutputFolder
from forensics.extract.kit import make_kit
from forensics.extract.moments import PART_S, Want, want_at, want_every, want_per_shot
from forensics.extract.pick import Picked, pick
from forensics.extract.table import (
    CSV_NAME,
    JSON_NAME,
    FrameRow,
    FramesTable,
    KitReport,
    SourceClip,
    order,
    read_table,
    to_csv,
    to_json,
)
from forensics.ingest.exact_source import Source, open_exact
from forensics.ingest.folder import printable_path
from forensics.ingest.guard import REFETCH
from forensics.ingest.media import Identified, decode, identify, require_pictures
from forensics.ingest.timeline import ExactFrame, Timeline
from forensics.model.errors import FrameChoiceError, UnreadableMedia
from forensics.model.findings import VideoFacts
from forensics.reuse.hashes import hash_image
from forensics.vision.views import FRAME_SIDE_PX, Pixels, fit, grey

OnProgress = Callable[[int, int], None]
"""Called with the frames that are done and all that are wanted."""

_VERSIONED = ("strike-forensics", "av", "pillow")
_SHORT_DIGEST_CHARS = 12
_MAX_NAME_BYTES = 200
_PNG_LEVEL = 4  # a tenth larger than 6, in less than half the time
_MAX_ASPECT_ERROR = 0.01  # narrower than that nobody sees, and many encoders round


class Export(Struct, frozen=True):
    """What was exported.

    Parameters
    ----------
    folder : str
        The output folder, as a path that can be opened.
    exported : tuple of FrameRow
        The frames of this run, in order of the moments that were wanted.
    table : FramesTable
        All frames in the folder, those of earlier runs included.
    missing_s : tuple of float
        Moments for which no frame could be decoded.
    search_kit : KitReport or None
        The kit that this run made; None when none was asked for.
    """

    folder: str
    exported: tuple[FrameRow, ...]
    table: FramesTable
    missing_s: tuple[float, ...]
    search_kit: KitReport | None


def export_frames(
    video: str | os.PathLike[str],
    *,
    at: Sequence[float] = (),
    scenes: bool = False,
    every_s: float | None = None,
    search_kit: bool = False,
    out: str | os.PathLike[str] | None = None,
    on_progress: OnProgress | None = None,
) -> Export:
    """Export frames of a clip as PNGs that hold every pixel the decoder gives.

    Asked for nothing in particular, it exports the sharpest frame near the middle of every shot,
    and of every ten seconds of longer ones. The clip is only read.

    Parameters
    ----------
    video : str or PathLike
        A video, an animation, or a still, which gives one picture.
    at : sequence of float, optional
        Moments in seconds after the first presented frame; each gives the frame that is on the
        screen then: the last one presented at that moment or before.
    scenes : bool, optional
        Export the sharpest frame near the middle of every shot.
    every_s : float, optional
        Export a frame every so many seconds, from 0 on.
    search_kit : bool, optional
        Make a folder ``search-kit`` for reverse image search by hand. Steady frames may then give
        way to sharper ones close by.
    out : str or PathLike, optional
        Output folder; ``./NAME-frames`` by default. What earlier runs exported of the same clip
        stays there.
    on_progress : callable, optional
        Called with the frames done and the frames wanted.

    Returns
    -------
    Export
        The table, and what could not be decoded.

    Raises
    ------
    UnreadableMedia
        When no picture of it can be decoded.
    FrameChoiceError
        When a moment lies outside the clip, or too many frames are wanted.
    OutputError
        When the output folder cannot be used.
    """
    with identify(video) as opened:
        source = open_exact(opened)
        wants, remark = _wants(opened, source, at, scenes, every_s, near=search_kit)
        target = Path(out) if out is not None else default_folder(video)
        with OutputFolder(target, case_id=f"frames of {opened.sha256}") as output:
            before = read_table(output.path)
            written = _Written(opened.sha256, output, degraded=source.degraded)
            written.remarks.update(dict.fromkeys(remark))
            for done, picked in enumerate(pick(source, wants)):
                _tell(on_progress, done, len(wants))
                written.add(picked)
            _tell(on_progress, len(wants), len(wants))
            if not written.rows:
                raise UnreadableMedia("none of the wanted frames could be decoded", advice=REFETCH)
            table = FramesTable(
                tool=_versions(),
                video=_source(video, opened, source.timeline, written.pixel_aspect),
                remarks=tuple(
                    dict.fromkeys((*written.remarks, *(before.remarks if before else ())))
                ),
                frames=order([*(before.frames if before else ()), *written.rows]),
                search_kit=before.search_kit if before else None,
            )
            exported = order(written.rows)
            kit = make_kit(exported, output, about=table.video) if search_kit else None
            table = replace(table, search_kit=kit or table.search_kit)
            output.write(CSV_NAME, to_csv(table))
            output.write(JSON_NAME, to_json(table))
    return Export(
        folder=os.fspath(target),
        exported=exported,
        table=table,
        missing_s=_missing(wants, exported),
        search_kit=kit,
    )


def default_folder(video: str | os.PathLike[str]) -> Path:
    """Name the output folder that is used unless another is named.

    Parameters
    ----------
    video : str or PathLike
        The clip.

    Returns
    -------
    Path
        ``NAME-frames`` in the current folder.

    Examples
    --------
    >>> str(default_folder("evidence/strike.mp4"))
    'strike-frames'
    """
    name = os.fsencode(Path(video).stem)[:_MAX_NAME_BYTES]
    return Path(f"{os.fsdecode(name)}-frames")


class _Written:
    """The PNGs that were written in this run."""

    def __init__(self, clip_sha256: str, output: OutputFolder, *, degraded: str | None) -> None:
        self._prefix = clip_sha256[:_SHORT_DIGEST_CHARS]
        self._output = output
        self._by_name: dict[str, FrameRow] = {}
        self.rows: list[FrameRow] = []
        self.remarks = dict.fromkeys(
            [f"Not all of the clip is there: {degraded}."] if degraded else []
        )
        self.pixel_aspect = Fraction(1)

    def add(self, picked: Picked) -> None:
        """Write one frame, unless it was written for another wish, and note it."""
        frame, want = picked.frame, picked.want
        moment = "still" if frame.moment_s is None else f"{frame.moment_s:012.6f}s"
        name = f"{self._prefix}_{moment}.png"
        row = self._by_name.get(name) or self._write(name, picked)
        self._by_name[name] = row
        self.rows.append(replace(row, asked_s=want.asked_s, reason=want.reason))
        self.remarks.update(dict.fromkeys(_remarks(frame)))
        self.pixel_aspect = frame.pixel_aspect

    def _write(self, name: str, picked: Picked) -> FrameRow:
        frame = picked.frame
        data = _png(frame.pixels)
        self._output.write(name, data)
        small = fit(frame.pixels, longest_side_px=FRAME_SIDE_PX)
        hashed = hash_image(small)
        return FrameRow(
            asked_s=picked.want.asked_s,
            reason=picked.want.reason,
            moment_s=frame.moment_s,
            file=name,
            sha256=hashlib.sha256(data).hexdigest(),
            width_px=frame.pixels.shape[1],
            height_px=frame.pixels.shape[0],
            pdq=hashed.pdq,
            pdq_quality=hashed.quality,
            sharpness=picked.sharpness,
            brightness=round(float(grey(small).mean()), 2),
            keyframe=frame.keyframe,
            damaged=frame.is_damaged,
        )


def _wants(
    opened: Identified,
    source: Source,
    at: Sequence[float],
    scenes: bool,
    every_s: float | None,
    *,
    near: bool,
) -> tuple[list[Want], tuple[str, ...]]:
    """Say which frames are wanted, and what a reader must know about the choice."""
    timeline = source.timeline
    if timeline is None:
        if at:
            raise FrameChoiceError(
                "a still has no moments", advice="Leave them out to export the picture itself."
            )
        return [Want("still", None)], ()
    wants = want_at(at, timeline, degraded=source.degraded)
    per_shot = scenes or (every_s is None and not wants)
    found_s = _cuts_s(opened) if per_shot or (near and every_s is not None) else ()
    cuts_s = found_s or ()
    if every_s is not None:
        wants += want_every(every_s, timeline, cuts_s=cuts_s if near else None)
    if per_shot:
        part_s = math.inf if scenes else PART_S
        wants += want_per_shot(cuts_s, timeline, part_s=part_s)
    return wants, () if found_s is not None else (_NO_CUTS,)


_NO_CUTS = "Cuts were not looked for: too much to be decoded in full. It is taken for one shot."


def _cuts_s(opened: Identified) -> tuple[float, ...] | None:
    facts = require_pictures(decode(opened))
    return facts.cuts_s if isinstance(facts, VideoFacts) else ()


def _source(
    video: str | os.PathLike[str], opened: Identified, timeline: Timeline | None, aspect: Fraction
) -> SourceClip:
    return SourceClip(
        name=printable_path(Path(video).name),
        sha256=opened.sha256,
        bytes=opened.bytes,
        format=opened.type.format,
        end_s=None if timeline is None else timeline.end_s,
        pixel_aspect=f"{aspect.numerator}:{aspect.denominator}",
    )


def _remarks(frame: ExactFrame) -> tuple[str, ...]:
    aspect = frame.pixel_aspect
    if abs(aspect - 1) <= _MAX_ASPECT_ERROR:
        return frame.remarks
    looks = "narrower" if aspect > 1 else "wider"
    return (
        *frame.remarks,
        f"Its pixels are not square (width to height {aspect.numerator}:{aspect.denominator}); the "
        f"PNGs hold them as stored, so things look {looks} in them than in a player.",
    )


def _missing(wants: Sequence[Want], exported: Sequence[FrameRow]) -> tuple[float, ...]:
    found = {(row.asked_s, row.reason) for row in exported}
    missing = {each.asked_s for each in wants if (each.asked_s, each.reason) not in found}
    return tuple(sorted(moment_s for moment_s in missing if moment_s is not None))


def _versions() -> dict[str, str]:
    versions = {}
    for name in _VERSIONED:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # a checkout that was never installed
            versions[name] = "unknown"
    return versions


def _png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=_PNG_LEVEL)
    return buffer.getvalue()


def _tell(on_progress: OnProgress | None, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress(done, total)
