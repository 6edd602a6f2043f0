"""Put how a file was written into words, with everything that is known to write files so."""

from forensics.metadata.signatures import Seen, find_candidates, name_tables
from forensics.model.encoder import Candidate, EncoderIdentity, JpegCoding, JpegTable, VideoCoding

MAX_NAMED = 3
"""Candidates that the sentence names; the list has all of them."""

MAX_TEXTS_SHOWN = 4


def sum_up(seen: Seen) -> EncoderIdentity:
    """Put together what was seen and what is known to write such files.

    Parameters
    ----------
    seen : Seen
        How the file was written.

    Returns
    -------
    EncoderIdentity
        With a sentence.
    """
    candidates = find_candidates(seen)
    return EncoderIdentity(
        summary=_sentence(candidates),
        traits=_traits(seen),
        candidates=candidates,
        parts=seen.parts,
        texts=seen.texts,
        images=seen.images,
        trailing_bytes=seen.trailing_bytes,
        trailing=seen.trailing,
        jpeg=seen.jpeg,
        video=seen.video,
    )


def _sentence(candidates: tuple[Candidate, ...]) -> str:
    if not candidates:
        return "No signature that is known here fits the way the file was last saved."
    names = list(dict.fromkeys(each.name for each in candidates))
    shown = names[:MAX_NAMED]
    more = len(names) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    if len(names) == 1:
        return f"The way the file was last saved is consistent with {listed}."
    return (
        f"The way the file was last saved is consistent with {len(names)} known writers, among "
        f"which it does not decide: {listed}."
    )


def _traits(seen: Seen) -> dict[str, str]:
    traits: dict[str, str] = {}
    if seen.jpeg is not None:
        traits.update(_jpeg_traits(seen.jpeg))
    if seen.video is not None:
        traits.update(_video_traits(seen.video))
    traits.update(seen.traits)
    if seen.parts:
        traits["parts"] = " > ".join(seen.parts)
    for each in seen.texts[:MAX_TEXTS_SHOWN]:
        traits.setdefault(each.where, each.text)
    if seen.images > 1:
        traits["pictures"] = f"{seen.images} in one file"
    if seen.trailing_bytes:
        traits["behind the end"] = f"{seen.trailing_bytes:,} bytes: {seen.trailing}"
    return traits


def _jpeg_traits(jpeg: JpegCoding) -> dict[str, str]:
    traits = {"quantisation": _quantisation(jpeg), "chroma": jpeg.subsampling}
    scans = f", {jpeg.scan_count} scans" if jpeg.scan_count > 1 else ""
    traits["coding"] = f"{jpeg.process}, {jpeg.bits} bits{scans}"
    traits["Huffman codes"] = {
        "standard": "the standard's examples",
        "optimised": "made for this picture, or others",
        "none": "none",
    }[jpeg.huffman]
    if jpeg.restart_interval:
        traits["restart markers"] = f"every {jpeg.restart_interval} blocks"
    if jpeg.jfif:
        traits["JFIF"] = jpeg.jfif
    if jpeg.adobe_transform is not None:
        traits["Adobe transform"] = str(jpeg.adobe_transform)
    if jpeg.preview is not None:
        preview = jpeg.preview
        traits["preview"] = (
            f"{preview.width_px} x {preview.height_px}, {preview.subsampling}; "
            + _tables_in_words(preview.tables)
        )
    return traits


def _quantisation(jpeg: JpegCoding) -> str:
    named = name_tables(jpeg)
    return named.words if named else _tables_in_words(jpeg.tables)


def _tables_in_words(tables: tuple[JpegTable, ...]) -> str:
    used = [each for each in tables if each.role != "unused"]
    if not used:
        return "no tables"
    qualities = {each.ijg_quality for each in used if each.ijg_error == 0}
    if len(qualities) == 1 and all(each.ijg_error == 0 for each in used):
        return f"IJG tables, quality {qualities.pop()}"
    return "; ".join(f"{each.role} {_table_in_words(each)}" for each in used)


def _table_in_words(table: JpegTable) -> str:
    if table.ijg_quality is None or table.ijg_error is None:
        return "not like the IJG library's at any quality"
    if table.ijg_error == 0:
        return f"IJG quality {table.ijg_quality}"
    return f"near IJG quality {table.ijg_quality} ({table.ijg_error:.0%} off)"


def _video_traits(video: VideoCoding) -> dict[str, str]:
    traits: dict[str, str] = {}
    if video.major_brand:
        others = " ".join(video.brands)
        traits["brand"] = video.major_brand + (f", compatible with {others}" if others else "")
    if video.handlers:
        traits["handlers"] = ", ".join(video.handlers)
    if video.library:
        traits["encoder"] = video.library
    if video.settings:
        traits["settings"] = video.settings
    if video.keyframe_every is not None:
        traits["keyframes"] = f"one in {video.keyframe_every:g} pictures"
    return traits
