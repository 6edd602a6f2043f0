"""Rules on the file: its name, its parts, and what wrote it."""

from collections.abc import Iterator

from forensics.metadata.rule import Seen, Subject
from forensics.model.findings import Field, StillFacts

# Program names as they stand in "software" fields, lower case, and what to call the program.
# Programs that are also built into phones as the only gallery are left out.
EDITORS: tuple[tuple[str, str], ...] = (
    ("acdsee", "ACDSee"),
    ("adobe photoshop", "Adobe Photoshop"),
    ("adobe premiere", "Adobe Premiere"),
    ("affinity photo", "Affinity Photo"),
    ("after effects", "Adobe After Effects"),
    ("canva", "Canva"),
    ("capcut", "CapCut"),
    ("capture one", "Capture One"),
    ("darktable", "darktable"),
    ("davinci resolve", "DaVinci Resolve"),
    ("digikam", "digiKam"),
    ("facetune", "Facetune"),
    ("final cut", "Final Cut"),
    ("gimp", "GIMP"),
    ("handbrake", "HandBrake"),
    ("imagemagick", "ImageMagick"),
    ("inshot", "InShot"),
    ("kdenlive", "Kdenlive"),
    ("kinemaster", "KineMaster"),
    ("lightroom", "Adobe Lightroom"),
    ("microsoft windows photo", "Windows Photo Gallery"),
    ("paint shop pro", "PaintShop Pro"),
    ("paint.net", "paint.net"),
    ("paintshop pro", "PaintShop Pro"),
    ("painttool sai", "PaintTool SAI"),
    ("photoscape", "PhotoScape"),
    ("picasa", "Picasa"),
    ("picsart", "PicsArt"),
    ("pixelmator", "Pixelmator"),
    ("polarr", "Polarr"),
    ("rawtherapee", "RawTherapee"),
    ("shotcut", "Shotcut"),
    ("snapseed", "Snapseed"),
    ("vegas", "VEGAS"),
    ("vivavideo", "VivaVideo"),
    ("vsco", "VSCO"),
    ("xnview", "XnView"),
)

_NAMING_FIELDS = ("software", "creator_tool", "history", "encoder")
_CAMERA_FIELDS = ("make", "model", "captured_at")
_FIXED_AT_CAPTURE = ("captured_at", "captured_offset", "position", "make", "model", "body_serial")
_SENDERS = ("messaging", "platform")
_DEVICES = ("camera", "phone")
_SHOWN_CHARS = 120
_NAMED = 3


def engines_disagree(subject: Subject) -> Iterator[Seen]:
    """See a field that two programs read differently in the same place of the file.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each such field.
    """
    for name, field in subject.fields.items():
        if field.agree is False and len(_blocks(field)) == 1:
            yield Seen({"field": name, "readings": _readings(field)}, (name,))


def blocks_disagree(subject: Subject) -> Iterator[Seen]:
    """See a field that two parts of the file state differently.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each such field.
    """
    for name, field in subject.fields.items():
        if field.agree is False and len(_blocks(field)) > 1:
            seen = {"field": name, "readings": _readings(field)}
            # Programs that change a file one after the other each date and describe it anew.
            yield Seen(seen, (name,), None if name in _FIXED_AT_CAPTURE else "info")


def editor_named(subject: Subject) -> Iterator[Seen]:
    """See the name of a program that can change pictures.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for all of them.
    """
    named: dict[str, list[str]] = {}
    for field in _NAMING_FIELDS:
        text = str(subject.fields[field].value).lower() if field in subject.fields else ""
        for needle, program in EDITORS:
            if needle in text:
                named.setdefault(program, []).append(field)
    if named:
        where = tuple(dict.fromkeys(field for fields in named.values() for field in fields))
        yield Seen({"programs": ", ".join(named), "fields": ", ".join(where)}, where)


def extension_against_content(subject: Subject) -> Iterator[Seen]:
    """See a file name whose ending belongs to another format.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for all its names.
    """
    wrong = subject.item.extension_disagrees
    if wrong:
        names = ", ".join(_shorten(each) for each in wrong[:_NAMED])
        yield Seen({"names": names, "format": subject.item.format.upper()}, ("format",))


def thumbnail_unlike_image(subject: Subject) -> Iterator[Seen]:
    """See an embedded thumbnail that shows something else, or more.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    found = subject.thumbnail
    if found is None or found.relation not in ("shows_more", "other"):
        return
    if found.relation == "shows_more":
        shows = f"shows more than the picture, which fills {found.shown_fraction:.0%} of it"
    else:
        shows = "does not show the picture"
    yield Seen({"shows": shows, "correlation": f"{found.correlation:.2f}"}, ("embedded_thumbnail",))


def make_against_encoder(subject: Subject) -> Iterator[Seen]:
    """See a file that names a camera maker and is written in the way of something else.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    make, encoder = subject.fields.get("make"), subject.encoder
    if make is None or encoder is None or not encoder.candidates:
        return
    said = str(make.value).lower()
    fits = any(
        known.lower() in said or said in known.lower()
        for each in encoder.candidates
        for known in each.makes
    )
    is_open = any(each.kind in _DEVICES and not each.makes for each in encoder.candidates)
    if fits or is_open:
        return
    names = list(dict.fromkeys(each.name for each in encoder.candidates))
    candidates = ", ".join(names[:_NAMED]) + (", and others" if len(names) > _NAMED else "")
    yield Seen({"make": _shorten(str(make.value)), "candidates": candidates}, ("make", "encoder"))


def several_images(subject: Subject) -> Iterator[Seen]:
    """See a still with more than one complete picture in its file.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    encoder = subject.encoder
    if encoder is not None and encoder.images > 1 and subject.item.kind == "still":
        yield Seen({"images": str(encoder.images)}, ("encoder",))


def trailing_data(subject: Subject) -> Iterator[Seen]:
    """See bytes behind the end of the picture.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    encoder = subject.encoder
    if encoder is not None and encoder.trailing_bytes > 0:
        looks = encoder.trailing or "nothing that is known here"
        count = encoder.trailing_bytes
        behind = "1 byte follows" if count == 1 else f"{count:,} bytes follow"
        yield Seen({"behind": behind, "looks": looks}, ("encoder",))


def stripped_by_platform(subject: Subject) -> Iterator[Seen]:
    """See a file without camera data that is written or named as a service does.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    if any(name in subject.fields for name in _CAMERA_FIELDS):
        return
    candidates = subject.encoder.candidates if subject.encoder is not None else ()
    by_coding = [each.name for each in candidates if each.kind in _SENDERS]
    by_name = [
        each.platform
        for each in subject.names
        if any(service in each.platform for service in _SERVICES)
    ]
    if not by_coding and not by_name:
        return
    ways = [
        *([f"written as by {', '.join(by_coding[:_NAMED])}"] if by_coding else []),
        *([f"named as by {', '.join(dict.fromkeys(by_name))}"] if by_name else []),
    ]
    evidence = (*(["encoder"] if by_coding else []), *(["file name"] if by_name else []))
    yield Seen({"ways": " and ".join(ways)}, evidence)


_SERVICES = (
    "Facebook",
    "Instagram",
    "Signal",
    "Snapchat",
    "Telegram",
    "TikTok",
    "Twitter",
    "VK",
    "Viber",
    "WhatsApp",
)


def external_media(subject: Subject) -> Iterator[Seen]:
    """See a clip whose index says that its media lie in another file.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    field = subject.fields.get("external_media")
    if field is not None:
        yield Seen({"reference": _shorten(str(field.value))}, ("external_media",))


def size_against_metadata(subject: Subject) -> Iterator[Seen]:
    """See a picture of another size than its metadata say.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    declared, facts = subject.fields.get("declared_size"), subject.facts
    if declared is None or not isinstance(facts, StillFacts):
        return
    # Programs that turn a picture may leave the sides as they were.
    sides = sorted(str(declared.value).split("x"))
    if sides != sorted((str(facts.stored_width_px), str(facts.stored_height_px))):
        real = f"{facts.stored_width_px} x {facts.stored_height_px}"
        stated = " x ".join(str(declared.value).split("x"))
        yield Seen({"stated": stated, "real": real}, ("declared_size",))


def _blocks(field: Field) -> set[str]:
    """Give the blocks of the file that state a field: the first words of where it stands."""
    return {field.where.get(source, "").partition(" ")[0] for source in field.sources}


def _readings(field: Field) -> str:
    readers: dict[tuple[str, str], list[str]] = {}
    for source, value in field.sources.items():
        place = field.where.get(source, "")
        readers.setdefault((place, _shorten(str(value))), []).append(source)
    return "; ".join(
        f"{f'{place}, read by ' if place else ''}{' and '.join(sources)}: {value}"
        for (place, value), sources in readers.items()
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
