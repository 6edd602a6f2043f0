"""``NAME.xmp`` and ``NAME.jpg.xmp``, which editing programs write beside photos."""

import re

from forensics.ingest.guard import guarded
from forensics.ingest.sniff import MEDIA_EXTENSIONS
from forensics.metadata.reading import Readings, clean_text
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, join, last_part, split
from forensics.metadata.xmp import xmp_fields
from forensics.metadata.xmp_tree import MAX_PACKET_BYTES, parse_xmp
from forensics.model.outcome import Problem
from forensics.model.sidecars import Asserted

ENDING = ".xmp"
MAX_BYTES = MAX_PACKET_BYTES

# Field of a sidecar, then that of XMP.
_FIELDS = (
    ("captured_at", "captured_at"),
    ("digitized_at", "digitized_at"),
    ("modified_at", "modified_at"),
    ("position", "position"),
    ("title", "title"),
    ("description", "description"),
    ("author", "artist"),
    ("copyright", "copyright"),
    ("software", "creator_tool"),
    ("software", "software"),
    ("make", "make"),
    ("model", "model"),
)
# Camera Raw and Lightroom name the photo in the first, darktable in the second.
_NAMES = ("crs:RawFileName", "xmpMM:DerivedFrom")
_RDF = (
    b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"h\0t\0t\0p\0:\0/\0/\0w\0w\0w\0.\0w\x003\0",
)
_DUPLICATE = re.compile(r"(.+)_(\d{2})(\.\w{2,5})", re.ASCII | re.S)

LIMITS = (
    "These are the statements of an editing program: copied from the photo when it was read in, or "
    "typed by a person since.",
    "Anybody can edit this file.",
)


def looks_like(head: bytes) -> bool:
    """Say whether a file that cannot be read whole begins like one.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        Whether it names the namespace that all XMP has.
    """
    return any(mark in head for mark in _RDF)


def read(path: str, data: bytes, index: MediaIndex) -> tuple[Draft, ...] | None:
    """Read one.

    Parameters
    ----------
    path : str
        The file.
    data : bytes
        The whole of it.
    index : MediaIndex
        The media that are there.

    Returns
    -------
    tuple of Draft or None
        One; None when it is something else.

    References
    ----------
    Adobe, XMP Specification Part 3, 1.2 (external storage); darktable user manual, "sidecar files".
    """
    if not looks_like(data):
        return None
    tree = guarded(lambda: parse_xmp(data), doing="reading XMP")
    if isinstance(tree, Problem):
        return (Draft("", *_pair(path, "", index), {}, LIMITS, (tree.error,)),)
    if not tree.properties and not tree.faults:
        return None
    fields = _fields(xmp_fields(tree))
    named = ""
    for key in _NAMES:
        text = clean_text(tree.properties.get(key, ""))
        if text is not None and not named:
            named = last_part(text)
            fields["original_name"] = Asserted(named, text, key)
    return (Draft("", *_pair(path, named, index), fields, LIMITS, tree.faults),)


def _fields(readings: Readings) -> dict[str, Asserted]:
    fields: dict[str, Asserted] = {}
    for name, source in _FIELDS:
        reading = readings.get(source)
        if reading is None or name in fields:
            continue
        value = reading.value
        offset = readings.get(f"{source.removesuffix('_at')}_offset")
        if source.endswith("_at") and offset is not None:
            value = f"{value}{offset.value}".replace("+00:00", "Z")
        fields[name] = Asserted(value, reading.raw, reading.where.removeprefix("XMP "))
    return fields


def _pair(path: str, named: str, index: MediaIndex) -> tuple[tuple[str, ...], str]:
    folder, name = split(path)
    stem = name[: -len(ENDING)]
    there = index.by_folder.get(folder, [])
    duplicate = _DUPLICATE.fullmatch(stem)
    said = "; the name stated in it is {}".format(
        "the same" if named == stem else f"another, {named}" if named else "none"
    )
    if stem in there:
        return (join(folder, stem),), f"By its name, which is the photo's with .xmp{said}."
    if duplicate is not None and (original := f"{duplicate.group(1)}{duplicate.group(3)}") in there:
        how = f"By its name, as of a second version of the photo's edits, {duplicate.group(2)}"
        return (join(folder, original),), f"{how}{said}."
    same = [each for each in there if _base(each) == stem]
    if named in same:
        return (join(folder, named),), "By the same name, and by the file name stated in it."
    media = tuple(sorted(join(folder, each) for each in same))
    if not media:
        return (), "The file that it describes is not beside it."
    which = "; which of these files is meant is not stated" if len(media) > 1 else ""
    return media, f"By the same name without its ending{which}{said}."


def _base(name: str) -> str:
    base, _, ending = name.rpartition(".")
    return base if ending.lower() in MEDIA_EXTENSIONS else name
