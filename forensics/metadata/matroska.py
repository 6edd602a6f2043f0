"""Read the metadata of Matroska and WebM files, independently of FFmpeg."""

from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from msgspec import Struct

from forensics.metadata.ebml import Element, ElementReader
from forensics.metadata.iso6709 import read_iso_6709
from forensics.metadata.iso_time import read_iso_time
from forensics.metadata.reading import Reading, Readings, clean_text, clean_time, raw_text
from forensics.model.findings import FieldValue

MAX_TRACKS = 200
"""Tracks that are looked at."""

MAX_TAGS = 1000
"""Different tags that are kept of one file."""

MAX_NESTING = 8
"""Tags within tags that are followed."""

MAX_SEEKS = 100
"""Entries of the table of contents that are followed."""

_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_INFO, _TRACKS, _TAGS, _SEEK_HEAD = 0x1549A966, 0x1654AE6B, 0x1254C367, 0x114D9B74
_SEEK, _SEEK_ID, _SEEK_POSITION = 0x4DBB, 0x53AB, 0x53AC
_DATE, _TITLE, _MUXER, _WRITER = 0x4461, 0x7BA9, 0x4D80, 0x5741
_TRACK, _TRACK_UID, _TRACK_TYPE, _TRACK_NAME = 0xAE, 0x73C5, 0x83, 0x536E
_LANGUAGE, _LANGUAGE_BCP47, _ENCODER = 0x22B59C, 0x22B59D, 0x258688
_TAG, _TARGETS, _TARGET_TRACK = 0x7373, 0x63C0, 0x63C5
_SIMPLE_TAG, _TAG_NAME, _TAG_TEXT = 0x67C8, 0x45A3, 0x4487
_PICTURES = 1
_LEFT_OUT = ("und", "mis", "zxx")

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_DATE_BYTES = 8

# Field, then the tags that state it, the preferred one first; letters of any case.
_TEXTS = (
    ("title", "TITLE"),
    ("encoder", "ENCODER"),
    ("make", "COM.APPLE.QUICKTIME.MAKE", "COM.ANDROID.MANUFACTURER", "MAKE"),
    ("model", "COM.APPLE.QUICKTIME.MODEL", "COM.ANDROID.MODEL", "MODEL"),
    ("software", "COM.APPLE.QUICKTIME.SOFTWARE", "SOFTWARE"),
    ("os_version", "COM.ANDROID.VERSION"),
    ("artist", "ARTIST", "AUTHOR"),
    ("copyright", "COPYRIGHT"),
    ("description", "DESCRIPTION", "SUMMARY", "SYNOPSIS"),
    ("comment", "COMMENT"),
    ("place_name", "RECORDING_LOCATION"),
    ("date_tag", "DATE"),
    ("released_at_tag", "DATE_RELEASED"),
    ("encoded_at_tag", "DATE_ENCODED"),
    ("content_id", "COM.APPLE.QUICKTIME.CONTENT.IDENTIFIER"),
)
_CAPTURED = ("COM.APPLE.QUICKTIME.CREATIONDATE", "DATE_RECORDED")
_POSITION = ("COM.APPLE.QUICKTIME.LOCATION.ISO6709", "LOCATION")


_INFO_NAMES = {_TITLE: "Title", _MUXER: "MuxingApp", _WRITER: "WritingApp"}
# Tags come first: a file that was packed again keeps in them what first wrote it.
_INFO_TEXTS = (
    ("title", "Title"),
    ("encoder", "MuxingApp"),
    ("muxing_app", "MuxingApp"),
    ("writing_app", "WritingApp"),
)


class _Tag(Struct, frozen=True):
    text: bytes
    where: str


def read_matroska(file: BinaryIO) -> tuple[Readings, list[str]]:
    """Read header, tracks and tags of a Matroska or WebM file; everything else is passed over.

    Parameters
    ----------
    file : binary file
        Can be positioned anywhere.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there, each with the element it stands in. ``created_at`` carries no
        offset: DateUTC is UTC by definition, and still comes from a clock of which the file does
        not say how it was set.
    faults : list of str
        What is wrong with the file's structure; what could be read is read all the same.

    References
    ----------
    RFC 9559 (Matroska); Matroska Tag specification.
    """
    segment = _Segment(ElementReader(file))
    segment.read()
    return segment.readings, segment.elements.faults


class _Segment:
    """What was read of one file so far."""

    def __init__(self, elements: ElementReader) -> None:
        self.elements = elements
        self.readings: Readings = {}
        self._seeks: dict[int, int] = {}
        self._done: set[int] = set()
        self._video_uid = 0
        self._info: dict[str, _Tag] = {}
        self._tags: dict[str, _Tag] = {}
        self._track_tags: dict[tuple[int, str], _Tag] = {}

    def read(self) -> None:
        for element in self.elements.between(0, self.elements.size):
            if element.id == _SEGMENT:
                self._read_segment(element)
                break
        else:
            self.elements.fault("the element Segment, which holds the clip, is not there")
        self._put_tags()

    def _read_segment(self, segment: Element) -> None:
        for element in self.elements.inside(segment):
            if element.id == _CLUSTER and element.is_open:
                break  # nothing says where it ends; the table of contents may know what follows
            self._read_part(element)
        for place in list(self._seeks.values()):
            at = segment.body + place
            if at < segment.end:
                for element in self.elements.between(at, segment.end):
                    self._read_part(element)
                    break

    def _read_part(self, element: Element) -> None:
        readers = {
            _INFO: self._read_info,
            _TRACKS: self._read_tracks,
            _TAGS: self._read_tags,
            _SEEK_HEAD: self._read_seeks,
        }
        if element.id in readers and element.body not in self._done:
            self._done.add(element.body)
            readers[element.id](element)

    def _read_seeks(self, head: Element) -> None:
        for seek in self.elements.inside(head):
            if seek.id != _SEEK or len(self._seeks) >= MAX_SEEKS:
                continue
            parts = {each.id: self.elements.content(each) for each in self.elements.inside(seek)}
            target = int.from_bytes(parts.get(_SEEK_ID, b"")[:4], "big")
            position = parts.get(_SEEK_POSITION, b"")
            if target in (_INFO, _TRACKS, _TAGS) and 0 < len(position) <= 8:  # noqa: PLR2004
                at = int.from_bytes(position, "big")
                self._seeks[at] = at

    def _read_info(self, info: Element) -> None:
        for element in self.elements.inside(info):
            if element.id == _DATE:
                self._put_date(self.elements.content(element))
            elif element.id in _INFO_NAMES:
                name = _INFO_NAMES[element.id]
                self._info.setdefault(name, _Tag(self.elements.content(element), f"Info {name}"))

    def _put_date(self, raw: bytes) -> None:
        if len(raw) != _DATE_BYTES:
            return
        since = int.from_bytes(raw, "big", signed=True)
        moment = _EPOCH + timedelta(microseconds=since // 1000)
        time = clean_time(f"{moment:%Y-%m-%dT%H:%M:%S}") if moment.year >= _FIRST_YEAR else None
        if since and time is not None:
            where = "Info DateUTC (nanoseconds since 2001)"
            self._put("created_at", time, str(since), where)

    def _read_tracks(self, tracks: Element) -> None:
        number = 0
        for track in self.elements.inside(tracks):
            if track.id != _TRACK or number == MAX_TRACKS:
                continue
            number += 1
            parts = {each.id: self.elements.content(each) for each in self.elements.inside(track)}
            is_video = int.from_bytes(parts.get(_TRACK_TYPE, b"")[:8], "big") == _PICTURES
            if not is_video or self._video_uid:
                continue
            self._video_uid = int.from_bytes(parts.get(_TRACK_UID, b"")[:8], "big")
            place = f"Tracks/TrackEntry[{number}]"
            self._put_text("video_handler", parts.get(_TRACK_NAME, b""), f"{place} Name")
            self._put_text("video_encoder", parts.get(_ENCODER, b""), f"{place} CodecName")
            # The language is English when none is written, which says nothing.
            language = parts.get(_LANGUAGE_BCP47) or parts.get(_LANGUAGE, b"")
            if clean_text(language) not in _LEFT_OUT:
                self._put_text("media_language", language, f"{place} Language")

    def _read_tags(self, tags: Element) -> None:
        for tag in self.elements.inside(tags):
            if tag.id != _TAG:
                continue
            parts = list(self.elements.inside(tag))
            track = 0
            for targets in (each for each in parts if each.id == _TARGETS):
                for target in self.elements.inside(targets):
                    if target.id == _TARGET_TRACK:
                        track = int.from_bytes(self.elements.content(target)[:8], "big")
            for simple in (each for each in parts if each.id == _SIMPLE_TAG):
                self._read_simple(simple, track, "", 0)

    def _read_simple(self, simple: Element, track: int, path: str, depth: int) -> None:
        name, text, inner = "", b"", []
        for element in self.elements.inside(simple):
            if element.id == _TAG_NAME:
                name = (clean_text(self.elements.content(element)) or "").upper()
            elif element.id == _TAG_TEXT:
                text = self.elements.content(element)
            elif element.id == _SIMPLE_TAG:
                inner.append(element)
        path = f"{path}/{name}" if path else name
        if path and text and len(self._tags) + len(self._track_tags) < MAX_TAGS:
            if track:
                self._track_tags.setdefault((track, path), _Tag(text, f"Tags {path} of a track"))
            else:
                self._tags.setdefault(path, _Tag(text, f"Tags {path}"))
        if depth < MAX_NESTING:
            for each in inner:
                self._read_simple(each, track, path, depth + 1)

    def _put_tags(self) -> None:
        for field, *names in _TEXTS:
            for name in names:
                if name in self._tags:
                    self._put_text(field, self._tags[name].text, self._tags[name].where)
        for field, name in _INFO_TEXTS:
            if name in self._info:
                self._put_text(field, self._info[name].text, self._info[name].where)
        encoder = self._track_tags.get((self._video_uid, "ENCODER"))
        if encoder is not None:
            self._put_text("video_encoder", encoder.text, encoder.where)
        for name in _CAPTURED:
            if name in self._tags and "captured_at" not in self.readings:
                self._put_captured(self._tags[name])
        for name in _POSITION:
            tag = self._tags.get(name)
            point = None if tag is None else read_iso_6709(clean_text(tag.text) or "")
            if tag is not None and point is not None:
                raw = raw_text(tag.text)
                self._put("position", point.position, raw, tag.where)
                self._put("altitude_m", point.altitude_m, raw, tag.where)

    def _put_captured(self, tag: _Tag) -> None:
        time = read_iso_time(clean_text(tag.text) or "")
        if time is not None:
            self._put("captured_at", time.value, raw_text(tag.text), tag.where)
            self._put("captured_offset", time.offset, raw_text(tag.text), tag.where)

    def _put_text(self, field: str, raw: bytes, where: str) -> None:
        self._put(field, clean_text(raw), raw_text(raw), where)

    def _put(self, field: str, value: FieldValue, raw: str, where: str) -> None:
        if value is not None and field not in self.readings:
            self.readings[field] = Reading(value, raw, where)


_FIRST_YEAR = 1970
"""Files from before it do not exist."""
