"""The JSON file that Google Takeout puts beside every photo and video of Google Photos."""

import re

from forensics.metadata.sidecar_formats.asserting import (
    assert_fields,
    dig,
    position_value,
    raw_value,
    text_value,
    unix_time,
)
from forensics.metadata.sidecar_formats.loose_json import (
    BROKEN,
    MAX_SMALL_BYTES,
    NOT_READ,
    read_object,
)
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, join, split
from forensics.model.findings import Position
from forensics.model.sidecars import Asserted

ENDING = ".json"
MAX_BYTES = MAX_SMALL_BYTES

_STEM_CHARS = 46
"""The name before ``.json`` is cut to this; a number in brackets comes on top of it."""

_SUPPLEMENT = ".supplemental-metadata"
_NUMBER = re.compile(r"(.*?)(\(\d{1,4}\))", re.S)
# Takeout names edited copies in the language of the account.
_EDITED = (
    "-edited", "-effects", "-smile", "-mix", "-bearbeitet", "-bewerkt", "-edytowane", "-editado",
    "-ha editado", "-editat", "-modifié", "-modificato", "-編集済み",
)  # fmt: skip
_MOVING = frozenset(("mp4", "mov", "mp"))
_STILL_ENDINGS = (".heic", ".HEIC", ".jpg", ".JPG", ".jpeg", ".JPEG")
_PLACE_TOLERANCE_DEG = 0.0001

_FIELDS = (
    ("captured_at", unix_time, ("photoTakenTime.timestamp",)),
    ("uploaded_at", unix_time, ("creationTime.timestamp",)),
    ("modified_at", unix_time, ("photoLastModifiedTime.timestamp", "modificationTime.timestamp")),
    ("position", position_value, ("geoData", "geoDataExif")),
    ("position_exif", position_value, ("geoDataExif",)),
    ("original_name", text_value, ("title",)),
    ("description", text_value, ("description",)),
    ("source_url", text_value, ("url",)),
)
_WANTED = (*dict.fromkeys(key.split(".")[0] for _, _, keys in _FIELDS for key in keys), "people",
           "googlePhotosOrigin")  # fmt: skip
_MAX_PEOPLE = 50

LIMITS = (
    "captured_at is what Google Photos shows: taken from the file, where Google had to guess the "
    "zone; typed by the user; or the time of upload, when there was nothing else.",
    "position (geoData) may have been set by the user or estimated by Google; position_exif is "
    "what was read from the file.",
    "uploaded_at is when the file came to Google Photos.",
    "Anybody can edit this file.",
)
_EDITED_LIMIT = (
    "Edited copies share the sidecar of the original: these are the statements about that one."
)
_MOVING_LIMIT = (
    "These are the statements about the photo of that name, of which the clip is as a rule the "
    "moving part."
)
_HOW = {
    "own": "By its name, as Takeout forms it",
    "edited": "By the name of the original that this is an edited copy of",
    "moving": "By the name of the photo that this is the moving part of",
}


def looks_like(head: bytes) -> bool:
    """Say whether a file that cannot be read whole begins like one.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        Whether it names a key that only these files have.
    """
    return b'"photoTakenTime"' in head and b'"title"' in head


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
        One for each medium that shares it; None when it is something else, such as the JSON file
        of an album.

    Notes
    -----
    Google documents neither keys nor names. The names follow what importers have measured: the
    name of the medium with ``.supplemental-metadata``, cut to 46 characters, then the number in
    brackets that distinguishes files of the same name.

    References
    ----------
    ente, ``web/packages/gallery/services/upload/metadata-json.ts`` and pull request 4956;
    GooglePhotosTakeoutHelper, issue 353 and pull request 449.
    """
    faults: list[str] = []
    values = read_object(data, _WANTED, faults)
    if values is None:
        is_one = looks_like(data)
        return (Draft("", (), NOT_READ, {}, LIMITS, (BROKEN,)),) if is_one else None
    title = text_value(values.get("title"))
    if title is None or dig(values, "photoTakenTime.timestamp") is None:
        return None
    fields = assert_fields(values, _FIELDS, faults)
    _put_people(fields, values)
    faults += _compare_places(fields)
    folder, name = split(path)
    stem = name[: -len(ENDING)]
    names = index.by_folder.get(folder, [])
    stems = index.once(f"takeout {folder}", lambda: _stems(names))
    found = stems.get(stem) or stems.get(_without_supplement(stem), [])
    if not found:
        what = "The file that it describes is not beside it."
        return (Draft("", (), what, fields, LIMITS, tuple(faults)),)
    return tuple(
        _draft(join(folder, medium), kind, title, fields, tuple(faults))
        for kind, medium in sorted(dict.fromkeys(found))
    )


def _draft(
    path: str, kind: str, title: str, fields: dict[str, Asserted], faults: tuple[str, ...]
) -> Draft:
    agrees = _agrees(title, split(path)[1])
    said = "the title in it agrees" if agrees else "the title in it is another name"
    limits = {"edited": (_EDITED_LIMIT,), "moving": (_MOVING_LIMIT,)}.get(kind, ())
    pairing = f"{_HOW[kind]}; {said}; files can be renamed."
    return Draft("", (path,), pairing, fields, (*limits, *LIMITS), faults)


def _stems(names: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Say which sidecar, by its name without ``.json``, belongs to which of these files."""
    stems: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        for stem in own_stems(name):
            stems.setdefault(stem, []).append(("own", name))
    there = frozenset(names)
    for name in names:
        for kind, other in _relatives(name):
            # An original may be missing; a clip with no photo of its name stands for itself.
            if kind == "edited" or other in there:
                for stem in own_stems(other):
                    stems.setdefault(stem, []).append((kind, name))
    return stems


def _without_supplement(stem: str) -> str:
    """Leave out what is there of the supplement: it has been seen cut anywhere."""
    match = _NUMBER.fullmatch(stem)
    body, number = (match.group(1), match.group(2)) if match is not None else (stem, "")
    name, dot, last = body.rpartition(".")
    return f"{name}{number}" if dot and _SUPPLEMENT[1:].startswith(last) else stem


def own_stems(name: str) -> tuple[str, ...]:
    """Give the names, without ``.json``, that Takeout gives the sidecar of a file.

    Parameters
    ----------
    name : str
        For example ``IMG_1(1).jpg``.

    Returns
    -------
    tuple of str
        For example ``IMG_1.jpg(1)`` and ``IMG_1.jpg.supplemental-metadata(1)``, each once.
    """
    base, ending = _parts(name)
    match = _NUMBER.fullmatch(base)
    stems = [name, name[:_STEM_CHARS], f"{name}{_SUPPLEMENT}"[:_STEM_CHARS]]
    if match is not None:
        plain, number = f"{match.group(1)}{ending}", match.group(2)
        numbered = (plain, plain[:_STEM_CHARS], f"{plain}{_SUPPLEMENT}"[:_STEM_CHARS])
        stems = [*(f"{each}{number}" for each in numbered), *stems]
    return tuple(dict.fromkeys(stems))


def _relatives(name: str) -> list[tuple[str, str]]:
    """Name the files whose sidecar a file without one shares."""
    base, ending = _parts(name)
    match = _NUMBER.fullmatch(base)
    plain, number = (match.group(1), match.group(2)) if match is not None else (base, "")
    relatives = [
        ("edited", f"{plain.removesuffix(mark)}{number}{ending}")
        for mark in _EDITED
        if plain.endswith(mark) and plain != mark
    ]
    if ending[1:].lower() in _MOVING:
        relatives += [("moving", f"{base}{each}") for each in _STILL_ENDINGS]
    return relatives


def _parts(name: str) -> tuple[str, str]:
    base, dot, ending = name.rpartition(".")
    return (base, f".{ending}") if dot and base else (name, "")


def _agrees(title: str, name: str) -> bool:
    """Say whether a title may be that of a file, as far as names are kept."""
    base, _ = _parts(name)
    match = _NUMBER.fullmatch(base)
    candidates = {base, match.group(1) if match is not None else base}
    candidates |= {each.removesuffix(mark) for each in candidates for mark in _EDITED}
    wanted = _plain(_parts(title)[0])
    is_cut = len(name) >= _STEM_CHARS
    return any(
        wanted == _plain(each) or (is_cut and wanted.startswith(_plain(each)))
        for each in candidates
    )


def _plain(text: str) -> str:
    # Characters that file systems forbid are replaced by Takeout.
    return re.sub(r"[^\w.\-() ]", "_", text).casefold()


def _put_people(fields: dict[str, Asserted], values: dict[str, object]) -> None:
    people = values.get("people")
    names = [
        name
        for each in (people[:_MAX_PEOPLE] if isinstance(people, list) else ())
        if isinstance(each, dict) and (name := text_value(each.get("name")))
    ]
    if names:
        listed = text_value(", ".join(names))
        fields["people"] = Asserted(listed, listed or "", "people.name")
    origin = values.get("googlePhotosOrigin")
    if isinstance(origin, dict) and origin:
        text = text_value(", ".join(str(each) for each in origin))
        if text is not None:
            fields["origin"] = Asserted(text, raw_value(origin), "googlePhotosOrigin")


def _compare_places(fields: dict[str, Asserted]) -> list[str]:
    shown, stored = (
        fields[name].value if name in fields else None for name in ("position", "position_exif")
    )
    if not isinstance(shown, Position) or not isinstance(stored, Position):
        return []
    apart = max(abs(shown.lat - stored.lat), abs(shown.lon - stored.lon))
    if apart <= _PLACE_TOLERANCE_DEG:
        return []
    return ["geoData and geoDataExif are different places: it may have been set by hand"]
