"""A few fields of cameras' own notes: serial numbers, firmware, counters, the clock's zone."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from forensics.metadata.charsets import read_text
from forensics.metadata.directories import Directory, TagValue
from forensics.metadata.reading import Reading, Readings, clean_text

_EXIF_POINTER, _MAKER_NOTE, _MAKE = 0x8769, 0x927C, 0x010F
_OLYMPUS_EQUIPMENT = 0x2010
_MAX_ZONE_MINUTES = 15 * 60
_UNSET_COUNT = 0xFFFFFFFF
_MOST_ENTRIES = 255
_GAPS = (4, 0)
"""Bytes between a directory's entries and its first value: the link to the next, or nothing."""

_TEXT_KINDS = (2, 7)
_SENSE_TAGS = frozenset((0x0006, 0x0025))
"""Texts that say nothing here but show whether the offsets are right: Canon's, Panasonic's."""
_PRINTABLE = range(0x20, 0x7F)

Show = Callable[[TagValue], str | int | None]


class _Tag(Struct, frozen=True):
    """What a maker's tag says, under which name, and how to read it."""

    field: str
    name: str
    show: Show


class _Layout(Struct, frozen=True):
    """How a maker's note begins, where its directory is and what its offsets count from."""

    maker: str
    mark: bytes
    skip: int
    tags: dict[int, _Tag]
    is_own_base: bool = False
    order: str = ""
    make: str = ""


def read_maker_notes(block: bytes) -> tuple[Readings, list[str]]:
    """Read chosen fields of the maker note in an EXIF block.

    Parameters
    ----------
    block : bytes
        From its byte order mark on; or a TIFF file.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there. The zone and summer time of the camera's clock are a setting of
        the camera; they are joined to no time.
    faults : list of str
        None: makers publish no format, so what does not fit is left out.

    References
    ----------
    The tables of ExifTool's documentation (TagNames: Canon, Nikon, Olympus, Panasonic, FujiFilm,
    Apple, Pentax, Casio, Samsung).
    """
    first = Directory.first_of(block)
    if first is None:
        return {}, []
    head = first.read((_EXIF_POINTER, _MAKE))
    exif = first.below(head.get(_EXIF_POINTER))
    note = exif.read((_MAKER_NOTE,)).get(_MAKER_NOTE) if exif is not None else None
    if note is None:
        return {}, []
    make = clean_text(head[_MAKE].data) or "" if _MAKE in head else ""
    for layout in _LAYOUTS:
        if note.data.startswith(layout.mark) and make.upper().startswith(layout.make):
            return _read(layout, block, note, first), []
    return {}, []


def _read(layout: _Layout, block: bytes, note: TagValue, first: Directory) -> Readings:
    order = {"II": "little", "MM": "big"}.get(layout.order, first.order)
    base = note.at if layout.is_own_base else first.base
    directory = Directory(block, note.at + layout.skip, order, base)  # type: ignore[arg-type] # one of two
    if layout.maker == "Nikon":
        inner = Directory.first_of(note.data[layout.skip :])
        if inner is None:
            return {}
        directory = inner
    elif layout.maker == "Fujifilm":
        start = int.from_bytes(note.data[8:12], "little")
        directory = Directory(block, note.at + start, "little", note.at)
    if not layout.is_own_base and layout.maker not in ("Nikon", "Fujifilm"):
        directory = _settled(directory, layout)
    readings: Readings = {}
    _collect(readings, layout.maker, directory, layout.tags)
    if layout.maker == "Olympus":
        equipment = directory.read((_OLYMPUS_EQUIPMENT,)).get(_OLYMPUS_EQUIPMENT)
        below = directory.below(equipment)
        if below is not None:
            _collect(readings, layout.maker, below, _OLYMPUS_EQUIPMENT_TAGS)
    return readings


def _settled(directory: Directory, layout: _Layout) -> Directory:
    """Undo that an editing program moved the note without its offsets, or turned the block's order.

    The values of these notes follow their directory. Offsets are moved only when more of the
    texts make sense then: what is read from a wrong place is a wrong value.
    """
    if directory.count > _MOST_ENTRIES:
        turned: Literal["little", "big"] = "big" if directory.order == "little" else "little"
        directory = Directory(directory.block, directory.at, turned, directory.base)
        if directory.count > _MOST_ENTRIES:
            return Directory(b"", 0, "little")
    moved = [
        Directory(directory.block, directory.at, directory.order, directory.base + shift)
        for gap in _GAPS
        if (shift := directory.end + gap - directory.base - directory.values_begin())
    ]
    return max((directory, *moved), key=lambda each: _sense(each, layout))


def _sense(directory: Directory, layout: _Layout) -> int:
    """Count texts that are plain and end where they say."""
    values = directory.read(_SENSE_TAGS | set(layout.tags)).values()
    return sum(
        value.kind in _TEXT_KINDS and bool(_text(value)) and not value.data.rstrip(b"\0").count(0)
        for value in values
    )


def _collect(readings: Readings, maker: str, directory: Directory, tags: dict[int, _Tag]) -> None:
    for number, value in directory.read(tags).items():
        tag = tags[number]
        shown = tag.show(value)
        if shown is not None and tag.field not in readings:
            where = f"maker note {maker} {tag.name}"
            readings[tag.field] = Reading(shown, str(shown), where)
    zones = directory.read(_ZONES.get(maker, {}))
    for number, value in zones.items():
        name, zone, summer = _ZONES[maker][number]
        _put_zone(readings, f"maker note {maker} {name}", zone(value), summer(value))


def _put_zone(readings: Readings, where: str, minutes: int | None, summer: int | None) -> None:
    if minutes is not None and abs(minutes) <= _MAX_ZONE_MINUTES:
        sign = "-" if minutes < 0 else "+"
        zone = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        readings["time_zone"] = Reading(zone, str(minutes), where)
        if summer is not None:
            said = "on" if summer else "off"
            readings["daylight_saving"] = Reading(said, str(summer), where)


def _text(value: TagValue) -> str | None:
    text = read_text(value.data)
    if text is None or not all(ord(each) in _PRINTABLE or each > "\x9f" for each in text.value):
        return None
    return None if "\\x" in text.value or not text.value.strip("0 .-") else text.value


def _count(value: TagValue) -> int | None:
    numbers = value.numbers()
    return numbers[0] if len(numbers) == 1 and 0 < numbers[0] < _UNSET_COUNT else None


def _serial(value: TagValue) -> str | None:
    number = _count(value)
    return _text(value) if not value.numbers() else None if number is None else str(number)


def _fuji_count(value: TagValue) -> int | None:
    number = _count(value)
    return None if number is None else (number & 0x7FFF) or None


def _dotted(value: TagValue) -> str | None:
    """Show the four numbers of a Panasonic version."""
    four = value.data
    return ".".join(str(each) for each in four) if len(four) == 4 and any(four) else None  # noqa: PLR2004


def _olympus_version(value: TagValue) -> str | None:
    """Show a version as Olympus prints it: hexadecimal digits, the last three behind the point."""
    number = _count(value)
    digits = f"{number or 0:04x}"
    return None if number is None else f"{digits[:-3]}.{digits[-3:]}"


def _canon_zone(value: TagValue) -> int | None:
    numbers = _signed(value)
    # Its size, the zone, the city, summer time; at a wrong place the size is another.
    is_whole = len(numbers) > 3 and numbers[0] == len(value.data)  # noqa: PLR2004
    return numbers[1] if is_whole else None


def _canon_summer(value: TagValue) -> int | None:
    numbers = _signed(value)
    return numbers[3] if len(numbers) > 3 else None  # noqa: PLR2004


def _signed(value: TagValue) -> list[int]:
    return [
        int.from_bytes(value.data[at : at + 4], value.order, signed=True)
        for at in range(0, len(value.data) - 3, 4)
    ]


def _nikon_zone(value: TagValue) -> int | None:
    data = value.data
    return int.from_bytes(data[:2], value.order, signed=True) if len(data) > 2 else None  # noqa: PLR2004


def _nikon_summer(value: TagValue) -> int | None:
    return value.data[2] if len(value.data) > 2 else None  # noqa: PLR2004


_ZONES: dict[str, dict[int, tuple[str, Callable[[TagValue], int | None],
                                  Callable[[TagValue], int | None]]]] = {
    "Canon": {0x0035: ("TimeInfo", _canon_zone, _canon_summer)},
    "Nikon": {0x0024: ("WorldTime", _nikon_zone, _nikon_summer)},
}  # fmt: skip
_CANON = {
    0x0007: _Tag("firmware", "CanonFirmwareVersion", _text),
    0x0009: _Tag("owner_name", "OwnerName", _text),
    0x000C: _Tag("body_serial", "SerialNumber", _serial),
    0x0096: _Tag("internal_serial", "InternalSerialNumber", _text),
}
_NIKON = {
    0x001D: _Tag("body_serial", "SerialNumber", _text),
    0x00A0: _Tag("internal_serial", "SerialNumber (0x00A0)", _text),
    0x00A7: _Tag("shutter_count", "ShutterCount", _count),
}
_OLYMPUS_EQUIPMENT_TAGS = {
    0x0101: _Tag("body_serial", "SerialNumber", _text),
    0x0102: _Tag("internal_serial", "InternalSerialNumber", _text),
    0x0104: _Tag("firmware", "BodyFirmwareVersion", _olympus_version),
    0x0202: _Tag("lens_serial", "LensSerialNumber", _text),
}
_PANASONIC = {
    0x0002: _Tag("firmware", "FirmwareVersion", _dotted),
    0x0025: _Tag("internal_serial", "InternalSerialNumber", _text),
}
_FUJIFILM = {
    0x0010: _Tag("internal_serial", "InternalSerialNumber", _text),
    0x1438: _Tag("image_count", "ImageCount", _fuji_count),
}
_APPLE = {
    0x0011: _Tag("content_id", "ContentIdentifier", _text),
    0x0015: _Tag("image_unique_id", "ImageUniqueID", _text),
}
_PENTAX = {0x0229: _Tag("body_serial", "SerialNumber", _text)}
_CASIO = {0x0015: _Tag("firmware", "FirmwareDate", _text)}
_SAMSUNG = {0xA001: _Tag("firmware", "FirmwareName", _text)}

_LAYOUTS = (
    _Layout("Nikon", b"Nikon\0\2", 10, _NIKON),
    _Layout("Olympus", b"OLYMPUS\0II", 12, {}, is_own_base=True, order="II"),
    _Layout("Olympus", b"OLYMPUS\0MM", 12, {}, is_own_base=True, order="MM"),
    _Layout("Olympus", b"OM SYSTEM\0\0\0II", 16, {}, is_own_base=True, order="II"),
    _Layout("Olympus", b"OLYMP\0", 8, {}),
    _Layout("Panasonic", b"Panasonic\0\0\0", 12, _PANASONIC),
    _Layout("Fujifilm", b"FUJIFILM", 0, _FUJIFILM),
    _Layout("Apple", b"Apple iOS\0\0\1MM", 14, _APPLE, is_own_base=True, order="MM"),
    _Layout("Pentax", b"AOC\0II", 6, _PENTAX, order="II"),
    _Layout("Pentax", b"AOC\0MM", 6, _PENTAX, order="MM"),
    _Layout("Pentax", b"PENTAX \0II", 10, _PENTAX, is_own_base=True, order="II"),
    _Layout("Pentax", b"PENTAX \0MM", 10, _PENTAX, is_own_base=True, order="MM"),
    _Layout("Canon", b"", 0, _CANON, make="CANON"),
    _Layout("Casio", b"", 0, _CASIO, make="CASIO"),
    _Layout("Samsung", b"", 0, _SAMSUNG, is_own_base=True, make="SAMSUNG"),
)
