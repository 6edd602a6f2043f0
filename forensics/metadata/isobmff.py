"""Read the metadata of MP4, QuickTime and 3GP files, independently of FFmpeg."""

from typing import BinaryIO

from forensics.metadata.isobmff_boxes import Box, BoxReader
from forensics.metadata.isobmff_fields import put_tags
from forensics.metadata.isobmff_headers import (
    Clock,
    Header,
    external_references,
    read_brands,
    read_compressor,
    read_handler,
    read_header,
    read_language,
    still_moment,
)
from forensics.metadata.isobmff_tags import Tags, read_meta, read_user_data
from forensics.metadata.reading import Reading, Readings, clean_text

MAX_TRACKS = 200
"""Tracks that are looked at; a phone writes five."""

_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_UUID_BYTES = 16
_HEADER_BYTES = 4096
_TABLE_BYTES = 1 << 16
_VIDEO, _META = b"vide", b"meta"


def read_isobmff(file: BinaryIO) -> tuple[Readings, list[str], bytes]:
    """Read the metadata boxes of an MP4, QuickTime or 3GP file; everything else is passed over.

    Parameters
    ----------
    file : binary file
        Can be positioned anywhere. Some of its bytes are read, wherever they are: of a clip of
        hours, a few kilobytes.

    Returns
    -------
    readings : dict of str to Reading
        The fields that are there, each with the box it stands in. The clocks of headers carry no
        offset: ISO/IEC 14496-12 says UTC, and many cameras write what their clock shows.
    faults : list of str
        What is wrong with the file's structure; what could be read is read all the same.
    xmp : bytes
        The XMP packet; empty when there is none.
    """
    movie = _Movie(BoxReader(file))
    movie.read()
    return movie.readings, movie.boxes.faults, movie.xmp


class _Movie:
    """What was read of one file so far."""

    def __init__(self, boxes: BoxReader) -> None:
        self.boxes = boxes
        self.readings: Readings = {}
        self.xmp = b""
        self._tags: Tags = {}
        self._scale = 0
        self._pictures_at = 0
        self._elsewhere: list[str] = []

    def read(self) -> None:
        is_found = False
        for box in self.boxes.top():
            if box.kind == b"moov" and not is_found:
                is_found = True
                self._read_movie(box)
            elif box.kind == b"ftyp" and "brand" not in self.readings:
                major, compatible = read_brands(self.boxes.content(box, most=_HEADER_BYTES))
                self._put("brand", major, major, "ftyp major_brand")
                self._put("compatible_brands", compatible, compatible, "ftyp compatible_brands")
            elif box.kind == b"meta":
                read_meta(self.boxes, box, "meta", self._tags)
            elif box.kind == b"udta":
                self.xmp = self.xmp or read_user_data(self.boxes, box, "udta", self._tags)
            elif box.kind == b"uuid":
                self._read_uuid(box)
        if not is_found:
            self.boxes.fault("the box moov, which describes the clip, is not there")
        self._put_elsewhere()
        put_tags(self.readings, self._tags)

    def _read_movie(self, moov: Box) -> None:
        tracks: list[Box] = []
        for box in self.boxes.inside(moov):
            if box.kind == b"mvhd":
                self._put_clocks(self._header(box))
            elif box.kind == b"trak" and len(tracks) < MAX_TRACKS:
                tracks.append(box)
            elif box.kind == b"udta":
                packet = read_user_data(self.boxes, box, "moov/udta", self._tags)
                self.xmp = self.xmp or packet
            elif box.kind == b"meta":
                read_meta(self.boxes, box, "moov/meta", self._tags)
            elif box.kind == b"uuid":
                self._read_uuid(box)
            elif box.kind == b"cmov":
                self.boxes.fault("the header is compressed (cmov), which is not read")
        # After the movie's own tags, which come first: a track's may speak of the track alone.
        for number, track in enumerate(tracks, 1):
            _Track(self, number).read(track)

    def put_track(self, track: "_Track") -> None:
        """Take over what one track says; of several with pictures the first counts."""
        if track.elsewhere:
            self._elsewhere += [f"track {track.number}: {each}" for each in track.elsewhere]
        if track.still_s is not None:
            place = f"{track.place}/edts/elst, before still-image-time"
            self._put("live_photo_still_s", track.still_s, str(track.still_s), place)
        if track.kind != _VIDEO or self._pictures_at:
            return
        self._pictures_at = track.number
        self._put_track_clocks(track)
        self._put("media_language", track.language, track.language, f"{track.place}/mdia/mdhd")
        self._put("video_handler", track.handler, track.handler, f"{track.place}/mdia/hdlr")
        compressor, place = track.compressor, f"{track.place}/mdia/minf/stbl/stsd"
        self._put("video_encoder", compressor, compressor, f"{place} compressorname")
        for name, tag in track.tags.items():
            self._tags.setdefault(f"track {name}", tag)

    def scale(self) -> int:
        """Give the units of a second in the movie's header."""
        return self._scale

    def _header(self, box: Box) -> Header | None:
        return read_header(self.boxes.content(box, most=_HEADER_BYTES))

    def _put_clocks(self, header: Header | None) -> None:
        if header is None:
            self.boxes.fault("the box mvhd is cut short or of an unknown version")
            return
        self._scale = header.scale
        self._put_clock("created_at", header.created, "moov/mvhd creation_time")
        self._put_clock("container_modified_at", header.modified, "moov/mvhd modification_time")

    def _put_track_clocks(self, track: "_Track") -> None:
        if track.header is not None:
            place = f"{track.place}/tkhd"
            self._put_clock("track_created_at", track.header.created, f"{place} creation_time")
            self._put_clock(
                "track_modified_at", track.header.modified, f"{place} modification_time"
            )
        if track.media is not None:
            place = f"{track.place}/mdia/mdhd creation_time"
            self._put_clock("created_at", track.media.created, place)

    def _put_clock(self, field: str, clock: Clock | None, where: str) -> None:
        if clock is not None:
            note = " (counted from 1970)" if clock.is_from_1970 else ""
            self._put(field, clock.time, str(clock.seconds), f"{where}{note}")

    def _put_elsewhere(self) -> None:
        text = clean_text("; ".join(self._elsewhere))
        self._put("external_media", text, text, "moov/trak/mdia/minf/dinf/dref")

    def _put(self, field: str, value: str | float | None, raw: str | None, where: str) -> None:
        if value is not None and field not in self.readings:
            self.readings[field] = Reading(value, raw or "", where)

    def _read_uuid(self, box: Box) -> None:
        if self.boxes.content(box, most=_UUID_BYTES) == _XMP_UUID and not self.xmp:
            self.xmp = self.boxes.content(box)[_UUID_BYTES:]


class _Track:
    """What one track says of itself."""

    def __init__(self, movie: _Movie, number: int) -> None:
        self._movie, self._boxes = movie, movie.boxes
        self.number = number
        self.place = f"moov/trak[{number}]"
        self.kind = b""
        self.header: Header | None = None
        self.media: Header | None = None
        self.handler: str | None = None
        self.language: str | None = None
        self.compressor: str | None = None
        self.still_s: float | None = None
        self.elsewhere: list[str] = []
        self.tags: Tags = {}
        self._edits = self._samples = b""

    def read(self, trak: Box) -> None:
        for box in self._boxes.inside(trak):
            if box.kind == b"tkhd":
                self.header = read_header(self._boxes.content(box, most=_HEADER_BYTES))
            elif box.kind == b"edts":
                self._read_edits(box)
            elif box.kind == b"udta":
                read_user_data(self._boxes, box, f"{self.place}/udta", self.tags)
            elif box.kind == b"meta":
                read_meta(self._boxes, box, f"{self.place}/meta", self.tags)
            elif box.kind == b"mdia":
                self._read_media(box)
        if self.kind == _META:
            scale = self._movie.scale()
            self.still_s = still_moment(self._edits, self._samples, scale=scale)
        self._movie.put_track(self)

    def _read_edits(self, edts: Box) -> None:
        for box in self._boxes.inside(edts):
            if box.kind == b"elst":
                self._edits = self._boxes.content(box, most=_TABLE_BYTES)

    def _read_media(self, mdia: Box) -> None:
        for box in self._boxes.inside(mdia):
            if box.kind == b"mdhd":
                self.media = read_header(self._boxes.content(box, most=_HEADER_BYTES))
                self.language = None if self.media is None else read_language(self.media)
            elif box.kind == b"hdlr":
                self.kind, self.handler = read_handler(self._boxes.content(box, most=_HEADER_BYTES))
            elif box.kind == b"minf":
                self._read_information(box)

    def _read_information(self, minf: Box) -> None:
        for box in self._boxes.inside(minf):
            if box.kind not in (b"dinf", b"stbl"):
                continue
            for inner in self._boxes.inside(box):
                if inner.kind == b"dref":
                    self.elsewhere += external_references(self._boxes, inner)
                elif inner.kind == b"stsd":
                    self._samples = self._boxes.content(inner, most=_TABLE_BYTES)
                    self.compressor = read_compressor(self._samples)
