"""Compare how a file was written with what is known of devices, programs and services.

The signatures are data: ``encoders.toml`` beside this module, each with where it comes from.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

from forensics.model.encoder import (
    Candidate,
    CandidateKind,
    JpegCoding,
    SoftwareText,
    VideoCoding,
)

_LUMA, _CHROMA = "luma", "chroma"


class Seen(Struct, frozen=True):
    """What of a file is compared with the signatures.

    Parameters
    ----------
    format : str
        As `sniff` names it.
    parts : tuple of str
        Its segments, chunks or boxes.
    texts : tuple of SoftwareText
        Texts by which programs name themselves.
    longest_side_px : int or None
        Of the picture as stored; None when it is not known.
    trailing : str
        What stands behind its end, in words.
    trailing_bytes : int
        How much that is.
    images : int
        Whole pictures in the file.
    traits : dict of str to str
        More that is shown and not compared.
    jpeg : JpegCoding or None
        For JPEG.
    video : VideoCoding or None
        For clips.
    """

    format: str
    parts: tuple[str, ...]
    texts: tuple[SoftwareText, ...] = ()
    longest_side_px: int | None = None
    trailing: str = ""
    trailing_bytes: int = 0
    images: int = 1
    traits: dict[str, str] = {}
    jpeg: JpegCoding | None = None
    video: VideoCoding | None = None


class TextTest(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that must be in the file.

    Parameters
    ----------
    where : str
        Regular expression for the whole name of the place.
    pattern : str
        Regular expression to be found in the text.
    """

    where: str
    pattern: str


class Steps(Struct, frozen=True, forbid_unknown_fields=True):
    """Quantisation tables by name.

    Parameters
    ----------
    name : str
        What signatures call them.
    words : str
        What the report calls them.
    luma, chroma : tuple of int
        64 steps, row by row; chroma empty where it does not matter.
    """

    name: str
    words: str
    luma: tuple[int, ...]
    chroma: tuple[int, ...] = ()


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file must be like; what is left out does not matter.

    Parameters
    ----------
    format : tuple of str
        One of these formats.
    parts : str or None
        Regular expression for the parts, joined by `` > ``.
    no_parts : str or None
        Regular expression that must not be found in them.
    quantisation : tuple of str
        One of these tables, by name.
    ijg_quality : tuple of int, int or None
        Tables of the IJG library, exactly, of a quality between these two.
    flat_tail : int or None
        All steps of high frequencies, in every table, have this value.
    one_table : bool or None
        Whether luma and chroma are coded with the same table.
    subsampling, process, huffman, jfif : tuple of str
        One of these.
    restart : bool or None
        Whether there are restart markers.
    adobe_transform : tuple of int
        One of these.
    scans : tuple of int, int or None
        Number of scans between these two.
    component_ids : tuple of int
        Identifiers of the components.
    text : TextTest or None
        A text that is there.
    no_text : bool
        Whether there must be no text by which a program names itself.
    max_side_px : int or None
        The longest side is at most this.
    trailing : str or None
        Regular expression found in the words for what stands behind the end.
    brands, handlers, library : str or None
        Regular expression found in the brands (joined by a blank), a handler's name, or what the
        encoder of a clip says of itself.
    """

    format: tuple[str, ...] = ()
    parts: str | None = None
    no_parts: str | None = None
    quantisation: tuple[str, ...] = ()
    ijg_quality: tuple[int, int] | None = None
    flat_tail: int | None = None
    one_table: bool | None = None
    subsampling: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    huffman: tuple[str, ...] = ()
    jfif: tuple[str, ...] = ()
    restart: bool | None = None
    adobe_transform: tuple[int, ...] = ()
    scans: tuple[int, int] | None = None
    component_ids: tuple[int, ...] = ()
    text: TextTest | None = None
    no_text: bool = False
    max_side_px: int | None = None
    trailing: str | None = None
    brands: str | None = None
    handlers: str | None = None
    library: str | None = None


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the files of one device, program or service.

    Parameters
    ----------
    id : str
        Its name in the data.
    name, kind, source, basis, makes
        As in `model.encoder.Candidate`.
    when : When
        What its files are like.
    """

    id: str
    name: str
    kind: CandidateKind
    source: str
    basis: Literal["measured", "literature"]
    when: When
    makes: tuple[str, ...] = ()


class Known(Struct, frozen=True, forbid_unknown_fields=True):
    """All signatures and the tables they name.

    Parameters
    ----------
    steps : tuple of Steps
        Quantisation tables by name.
    signature : tuple of Signature
        In no order that matters.
    """

    steps: tuple[Steps, ...]
    signature: tuple[Signature, ...]


@cache
def known_signatures() -> Known:
    """Load the signatures that ship with the package.

    Returns
    -------
    Known
        All of them.

    Examples
    --------
    >>> len({each.id for each in known_signatures().signature}) == len(known_signatures().signature)
    True
    """
    file = resources.files("forensics.metadata") / "encoders.toml"
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Known)


def find_candidates(seen: Seen, known: Known | None = None) -> tuple[Candidate, ...]:
    """Find everything that is known to write files like this one.

    Parameters
    ----------
    seen : Seen
        How the file was written.
    known : Known, optional
        Other signatures than those of the package.

    Returns
    -------
    tuple of Candidate
        The most specific first; empty when nothing is known.
    """
    known = known or known_signatures()
    fits = [(each, _fits(seen, each.when, known)) for each in known.signature]
    shared: dict[str, int] = {}
    for _, traits in fits:
        for name, words in traits.items():
            shared[name] = shared.get(name, 0) + (words is not None)
    found = [
        _candidate(signature, traits, shared)
        for signature, traits in fits
        if traits and None not in traits.values()
    ]
    return tuple(sorted(found, key=lambda each: (each.specificity, -len(each.because), each.name)))


def name_tables(jpeg: JpegCoding, known: Known | None = None) -> Steps | None:
    """Find quantisation tables among those that are known by name.

    Parameters
    ----------
    jpeg : JpegCoding
        How the picture was coded.
    known : Known, optional
        Other signatures than those of the package.

    Returns
    -------
    Steps or None
        None when they are not among them.
    """
    by_role: dict[str, tuple[int, ...]] = {each.role: each.values for each in jpeg.tables}
    for steps in (known or known_signatures()).steps:
        is_luma = by_role.get(_LUMA) == steps.luma
        is_chroma = not steps.chroma or by_role.get(_CHROMA, steps.chroma) == steps.chroma
        if is_luma and is_chroma:
            return steps
    return None


def _candidate(
    signature: Signature, traits: dict[str, str | None], shared: dict[str, int]
) -> Candidate:
    return Candidate(
        kind=signature.kind,
        name=signature.name,
        because=tuple(words for name, words in traits.items() if words and name != "format"),
        source=signature.source,
        basis=signature.basis,
        specificity=min(shared[name] for name in traits) - 1,
        makes=signature.makes,
    )


def _fits(seen: Seen, when: When, known: Known) -> dict[str, str | None]:
    """Compare trait by trait: words for what fits, None for what does not."""
    traits: dict[str, str | None] = {}
    sequence = " > ".join(seen.parts)
    if when.format:
        traits["format"] = seen.format if seen.format in when.format else None
    if when.parts is not None:
        fits = re.fullmatch(when.parts, sequence)
        traits["parts"] = f"order of its parts: {sequence}" if fits else None
    if when.no_parts is not None:
        traits["no_parts"] = "parts that others write are missing"
        if re.search(when.no_parts, sequence):
            traits["no_parts"] = None
    if when.text is not None:
        traits["text"] = _text_words(seen.texts, when.text)
    if when.no_text:
        traits["no_text"] = None if seen.texts else "no program names itself in it"
    if when.max_side_px is not None:
        side = seen.longest_side_px
        is_small = side is not None and side <= when.max_side_px
        traits["max_side_px"] = f"at most {when.max_side_px} pixels long" if is_small else None
    if when.trailing is not None:
        traits["trailing"] = seen.trailing if re.search(when.trailing, seen.trailing) else None
    traits.update(_fits_jpeg(seen.jpeg, when, known))
    traits.update(_fits_video(seen.video, when))
    return traits


def _text_words(texts: tuple[SoftwareText, ...], test: TextTest) -> str | None:
    for each in texts:
        if re.fullmatch(test.where, each.where) and re.search(test.pattern, each.text):
            return f"{each.where}: {each.text}"
    return None


def _fits_jpeg(jpeg: JpegCoding | None, when: When, known: Known) -> dict[str, str | None]:
    traits: dict[str, str | None] = {}
    if when.quantisation:
        steps = name_tables(jpeg, known) if jpeg else None
        is_one = steps is not None and steps.name in when.quantisation
        traits["quantisation"] = steps.words if steps and is_one else None
    if when.ijg_quality is not None:
        quality = exact_quality(jpeg) if jpeg else None
        low, high = when.ijg_quality
        is_in = quality is not None and low <= quality <= high
        traits["ijg_quality"] = f"tables of the IJG library, quality {quality}" if is_in else None
    if when.flat_tail is not None:
        is_flat = jpeg is not None and _flat_tail(jpeg) == when.flat_tail
        traits["flat_tail"] = (
            f"high frequencies all have step {when.flat_tail}" if is_flat else None
        )
    if when.one_table is not None:
        traits["one_table"] = _table_words(jpeg, when.one_table) if jpeg else None
    for name, wanted, value in (
        ("subsampling", when.subsampling, jpeg and f"colour at {jpeg.subsampling}"),
        ("process", when.process, jpeg and jpeg.process),
        ("huffman", when.huffman, jpeg and f"{jpeg.huffman} Huffman tables"),
        ("jfif", when.jfif, jpeg and f"JFIF {jpeg.jfif}"),
        ("adobe", when.adobe_transform, jpeg and f"Adobe transform {jpeg.adobe_transform}"),
    ):
        if wanted:
            own = getattr(jpeg, "adobe_transform" if name == "adobe" else name, None)
            traits[name] = value if value and own in wanted else None
    if when.restart is not None:
        is_so = jpeg is not None and bool(jpeg.restart_interval) == when.restart
        words = "restart markers" if when.restart else "no restart markers"
        traits["restart"] = words if is_so else None
    if when.scans is not None:
        is_in = jpeg is not None and when.scans[0] <= jpeg.scan_count <= when.scans[1]
        traits["scans"] = f"{jpeg.scan_count} scans" if jpeg and is_in else None
    if when.component_ids:
        ids = tuple(each.id for each in jpeg.components) if jpeg else ()
        traits["component_ids"] = (
            f"components numbered {ids}" if ids == when.component_ids else None
        )
    return traits


def exact_quality(jpeg: JpegCoding) -> int | None:
    """Give the quality of the IJG library whose tables a picture has exactly.

    Parameters
    ----------
    jpeg : JpegCoding
        How it was coded.

    Returns
    -------
    int or None
        None when a table differs, or they are of different qualities.
    """
    used = [each for each in jpeg.tables if each.role != "unused"]
    qualities = {each.ijg_quality for each in used if each.ijg_error == 0}
    if len(qualities) != 1 or any(each.ijg_error != 0 for each in used):
        return None
    return qualities.pop()


def _table_words(jpeg: JpegCoding, is_one: bool) -> str | None:
    if (len({each.table for each in jpeg.components}) == 1) != is_one:
        return None
    return "one table for all components" if is_one else "several tables"


_TAIL_FROM = 10  # row + column from which Adobe's tables of qualities 0 to 10 are flat


def _flat_tail(jpeg: JpegCoding) -> int | None:
    tails = {
        value
        for each in jpeg.tables
        if each.role != "unused"
        for at, value in enumerate(each.values)
        if at // 8 + at % 8 >= _TAIL_FROM
    }
    return tails.pop() if len(tails) == 1 else None


def _fits_video(video: VideoCoding | None, when: When) -> dict[str, str | None]:
    traits: dict[str, str | None] = {}
    if when.brands is not None:
        brands = " ".join((video.major_brand or "", *video.brands)) if video else ""
        traits["brands"] = f"brands {brands}" if re.search(when.brands, brands) else None
    if when.handlers is not None:
        names = [
            each for each in (video.handlers if video else ()) if re.search(when.handlers, each)
        ]
        traits["handlers"] = f"handler “{names[0]}”" if names else None
    if when.library is not None:
        library = (video.library if video else None) or ""
        traits["library"] = (
            f"stream written by {library}" if re.search(when.library, library) else None
        )
    return traits
