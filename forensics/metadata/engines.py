"""Two programs that find EXIF in a picture, both asked in the same way for a tag's value."""

import io
from collections.abc import Callable, Mapping
from typing import Any

from exifread.core.exceptions import ExifNotFound, InvalidExif
from exifread.core.exif_header import ExifHeader
from exifread.core.find_exif import determine_type, get_endian_str
from exifread.core.heic import HEICExifFinder, find_heic_tiff
from PIL import ExifTags, Image

from forensics.ingest.guard import guarded
from forensics.ingest.tiff_structure import claims_too_much
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem

Lookup = Callable[[str, str], Any]  # Any: engines return texts, numbers, rationals or lists
"""Directory (``Image``, ``EXIF``, ``GPS``) and tag name of EXIF 2.32 to its value; None: absent."""

MAX_TEXT_BYTES = 1 << 16
"""A tag may claim to be as long as the file; ten thousand of them would be read for hours."""

MAX_ENTRIES = 200_000
"""Entries of all directories together that are looked at."""

MAX_READS = 500_000
"""Fields that exifread may read to find where EXIF is: HEIC boxes can lead back to themselves."""

_HEIF_HEADS = (b"ftypheic", b"ftypavif", b"ftypmif1")

_EXIFREAD_NAMES = {"GPSDateStamp": "GPSDate", "ExifImageHeight": "ExifImageLength"}
_EXIFREAD_OWN = frozenset(("ExifOffset", "GPSInfo", *_EXIFREAD_NAMES.values()))
"""Names of pointers, and names that differ from the standard's."""
# Pillow spells the sub-second tags "Subsec".
_BASE_TAGS = {tag.name.replace("Subsec", "SubSec"): tag.value for tag in ExifTags.Base}
_GPS_TAGS = {tag.name: tag.value for tag in ExifTags.GPS}


def ask_exifread(
    data: bytes, block: bytes | None, wanted: frozenset[str], faults: list[str]
) -> Lookup:
    """Find EXIF with exifread, without maker notes and thumbnails.

    Parameters
    ----------
    data : bytes
        The whole file.
    block : bytes or None
        The EXIF block, for files in which exifread itself does not find it.
    wanted : frozenset of str
        Names of the tags that will be asked for; others are passed over.
    faults : list of str
        Tags that cannot be read are named here; the others are read all the same.

    Returns
    -------
    callable
        The values.
    """
    found = guarded(lambda: _find_exif(_ReadNowAndThen(data)), doing="finding EXIF")
    if not isinstance(found, tuple) and block is not None:
        data, found = block, (0, block[:1], 0)
    elif isinstance(found, Problem):
        faults.append(found.error)
        return lambda _, __: None
    if found is None:
        return lambda _, __: None
    offset, endian, fake_exif = found
    header = _CarefulHeader(
        io.BytesIO(data), get_endian_str(endian)[0], offset, fake_exif, False, detailed=False
    )
    header.data = data
    header.wanted = wanted | _EXIFREAD_OWN
    header.faults = faults
    header.dump_ifd(header._first_ifd(), "Image")
    pointer = header.tags.get("Image ExifOffset")
    if pointer is not None and pointer.values:
        header.dump_ifd(pointer.values[0], "EXIF")

    def lookup(ifd: str, name: str) -> Any:
        name = _EXIFREAD_NAMES.get(name, name)
        # Some files keep the capture time in the wrong directory; exifread names where it was.
        tag = header.tags.get(f"{ifd} {name}") or header.tags.get(f"Image {name}")
        if tag is None:
            return None
        values = tag.values
        return values[0] if isinstance(values, list) and len(values) == 1 else values

    return lookup


class _ReadNowAndThen(io.BytesIO):
    """A file that ends a search which reads it over and over."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.count()
        return super().read(size)

    def count(self) -> None:
        self.reads += 1
        if self.reads > MAX_READS:
            raise UnreadableMedia("its structure leads in a circle, or claims too much")


class _PatientFinder(HEICExifFinder):  # type: ignore[misc]  # untyped
    """exifread's search in HEIC, which counts fields of no bytes, too: there may be billions."""

    def get_int(self, size: int) -> int:
        self.file_handle.count()
        return int(super().get_int(size))


def _find_exif(file: _ReadNowAndThen) -> tuple[int, bytes, int] | None:
    """Do as exifread's ``determine_type`` does, with more care for HEIC; None: there is none."""
    try:
        return _search(file)
    except (ExifNotFound, InvalidExif):
        return None


def _search(file: _ReadNowAndThen) -> tuple[int, bytes, int]:
    head = file.read(12)
    file.seek(0)
    if head[4:12] not in _HEIF_HEADS:
        offset, endian, fake_exif = determine_type(file)
        return offset, endian, fake_exif
    offset, endian = _PatientFinder(file).find_exif()
    if offset == 0:
        offset, endian = find_heic_tiff(file)
    return offset, endian, 0


class _CarefulHeader(ExifHeader):  # type: ignore[misc]  # untyped
    """exifread's reader, which reads the wanted tags one by one and goes on after a broken one."""

    data = b""
    wanted: frozenset[str] = frozenset()
    faults: list[str]
    entries = 0

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:
        """Do as exifread does, from memory: it seeks, reads and unpacks every number by itself."""
        start = self.offset + offset
        if start < 0:
            raise ValueError("an offset before the beginning")
        field = self.data[start : start + length]
        if len(field) != length:
            return 0
        return int.from_bytes(field, "little" if self.endian == "I" else "big", signed=signed)

    def _process_tag(self, *args: Any) -> None:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise UnreadableMedia(f"more than {MAX_ENTRIES:,} EXIF entries")
        ifd_name, tag_name = args[1], args[5]
        if tag_name not in self.wanted:
            return
        read = guarded(
            lambda: super(_CarefulHeader, self)._process_tag(*args), doing=f"{ifd_name} {tag_name}"
        )
        if isinstance(read, Problem):
            self.faults.append(read.error)

    def _process_ascii_field(self, ifd: str, tag: str, count: int, offset: int) -> Any:
        return super()._process_ascii_field(ifd, tag, min(count, MAX_TEXT_BYTES), offset)


def ask_pillow(block: bytes, faults: list[str]) -> Lookup:
    """Read an EXIF block with Pillow.

    Parameters
    ----------
    block : bytes
        The block, from its byte order mark on; or a TIFF file.
    faults : list of str
        Tags that cannot be read are named here; the others are read all the same.

    Returns
    -------
    callable
        The values.
    """
    if claims_too_much(block):
        raise UnreadableMedia("the EXIF directories claim more bytes than there are")
    root = Image.Exif()
    root.load(block)
    ifds: dict[str, Mapping[int, Any]] = {"Image": root}
    for name, pointer in (("EXIF", ExifTags.IFD.Exif), ("GPS", ExifTags.IFD.GPSInfo)):
        ifd = guarded(lambda: root.get_ifd(pointer), doing=f"{name} directory")  # noqa: B023 - called at once
        if isinstance(ifd, Problem):
            faults.append(ifd.error)
        ifds[name] = {} if isinstance(ifd, Problem) else ifd

    present = {name: frozenset(ifd) for name, ifd in ifds.items()}

    def lookup(ifd: str, name: str) -> Any:
        tag = _GPS_TAGS[name] if ifd == "GPS" else _BASE_TAGS[name]
        if tag not in present[ifd]:
            # Some files keep the capture time in the wrong directory.
            if ifd != "EXIF" or tag not in present["Image"]:
                return None
            ifd = "Image"
        value = guarded(lambda: ifds[ifd][tag], doing=f"{ifd} {name}")
        if isinstance(value, Problem):
            faults.append(value.error)
            return None
        # Pillow reads texts as Latin-1, which keeps every byte; what they are is told later.
        return value.encode("latin-1", "backslashreplace") if isinstance(value, str) else value

    return lookup
