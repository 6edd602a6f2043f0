"""What an item is, as the page shows it: state, size, format, streams, cuts."""

from collections.abc import Iterator

from markupsafe import Markup

from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.item import Item
from forensics.report.lookup import Lookup
from forensics.report.text import counted, listed, markup, name, shorten, size
from forensics.report.words import RENAMED

MAX_CUTS = 24
"""Cuts of a clip whose moments are shown; all stand in ``report.json``."""

_STATES = {"ok": "examined", "degraded": "examined in part", "rejected": "not decodable"}


def item_facts(item: Item, lookup: Lookup) -> Iterator[tuple[str, Markup]]:
    """Lay out what an item is.

    Parameters
    ----------
    item : Item
        The item.
    lookup : Lookup
        The case.

    Yields
    ------
    (str, Markup)
        A name and what stands beside it.
    """
    state = _STATES[item.status]
    reason = f": {shorten(item.reason)}" if item.reason else ""
    yield "State", markup("{}{}", state, reason)
    yield "SHA-256", markup('<code class="digest">{}</code>', item.sha256)
    yield "Seen as", listed([name(path) for path in item.paths], most=20)
    if item.extension_disagrees:
        said = "{} by its content, though named otherwise. {}"
        yield "Format", markup(said, item.format.upper(), RENAMED)
    else:
        yield "Format", markup("{} by its content", item.format.upper())
    yield "Size", markup("{} ({})", size(item.bytes), counted(item.bytes, "byte"))
    still = lookup.finding(item.sha256, StillFacts)
    if still is not None:
        yield from _still_facts(still)
    clip = lookup.finding(item.sha256, VideoFacts)
    if clip is not None:
        yield from _clip_facts(clip)


def _still_facts(still: StillFacts) -> Iterator[tuple[str, Markup]]:
    pixels = f"{still.width_px} × {still.height_px}"
    if still.orientation != 1:
        stored = f"{still.stored_width_px} × {still.stored_height_px}"
        pixels += f", stored as {stored} and turned upright (EXIF orientation {still.orientation})"
    yield "Pixels", markup("{}; {}", pixels, still.mode)
    if still.frames > 1:
        examined = f"{still.frames_examined:,} of {still.frames:,} examined"
        yield "Pictures", markup("{}", examined)
    if still.duration_s is not None:
        yield "Playing time", markup("{}", f"{still.duration_s:.2f} s")


def _clip_facts(clip: VideoFacts) -> Iterator[tuple[str, Markup]]:
    sound = clip.audio_codec or "no sound"
    yield "Streams", markup("{}: {}, {}", clip.container, clip.codec or "no picture", sound)
    if clip.width_px is not None:
        turned = f", turned {clip.rotation_deg}° clockwise as asked" if clip.rotation_deg else ""
        yield "Pixels", markup("{}{}", f"{clip.width_px} × {clip.height_px}", turned)
    declared = _seconds(clip.declared_duration_s)
    yield "Playing time", markup("{}; the header says {}", _seconds(clip.duration_s), declared)
    said = "{} are there, {} keyframes; the header says {}; {} examined"
    frames = "nothing" if clip.declared_frames is None else f"{clip.declared_frames:,}"
    yield (
        "Frames",
        markup(
            said, f"{clip.packets:,}", f"{clip.keyframes:,}", frames, f"{clip.frames_examined:,}"
        ),
    )
    if clip.width_px is not None:
        yield "Decoded", markup("{}", clip.sampling or "unknown")
        yield "Cuts", _cuts(clip.cuts_s)


def _cuts(cuts_s: tuple[float, ...] | None) -> Markup:
    if cuts_s is None:
        return markup("cuts were not looked for")
    if not cuts_s:
        return markup("no cut found")
    moments = listed([f"{each:.2f} s" for each in cuts_s], most=MAX_CUTS)
    return markup("{}: at {}", counted(len(cuts_s), "cut"), moments)


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f} s"
