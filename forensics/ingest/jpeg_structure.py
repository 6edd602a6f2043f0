"""Follow the markers of a JPEG without decoding it: segments, scans, and where the picture ends."""

import re
from typing import NamedTuple

SOI, EOI, SOS, DQT, DHT, DAC, DNL, DRI, COM = (
    0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xCC, 0xDC, 0xDD, 0xFE,
)  # fmt: skip
SOF = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
"""Markers that begin a frame header (ITU-T T.81, table B.1)."""

APP = range(0xE0, 0xF0)

MAX_SEGMENTS = 10_000
"""Programs write dozens, of cut-up profiles a few hundred; what goes on longer is not followed."""

_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
# Within entropy-coded data FF is followed by 00, by a restart marker or by more FF (B.1.1.2).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Segment(NamedTuple):
    """One marker segment.

    Parameters
    ----------
    marker : int
        Second byte of the marker.
    start, end : int
        Where what it holds begins and ends, without marker and length; equal for markers alone.
    """

    marker: int
    start: int
    end: int


class Coded(NamedTuple):
    """The entropy-coded data behind one scan header.

    Parameters
    ----------
    header : Segment
        The scan header.
    end : int
        Where the next marker other than a restart begins, or the file ends.
    """

    header: Segment
    end: int


class JpegStructure(NamedTuple):
    """Where the parts of one JPEG picture stand.

    Parameters
    ----------
    segments : tuple of Segment
        In order, scan headers included.
    scans : tuple of Coded
        In order.
    end : int or None
        Where the end-of-image marker begins; None when it is not there.
    """

    segments: tuple[Segment, ...]
    scans: tuple[Coded, ...]
    end: int | None


def read_structure(data: bytes, *, start: int = 0, head_only: bool = False) -> JpegStructure:
    """Follow the markers of one picture from its start to its end.

    Parameters
    ----------
    data : bytes
        A file.
    start : int, optional
        Where the picture begins in it.
    head_only : bool, optional
        Stop behind the first scan header: coded data are most of a file.

    Returns
    -------
    JpegStructure
        Its parts; ``end`` is None when the file ends first, or has more segments than are
        followed.

    References
    ----------
    ITU-T T.81 (1992), annex B.
    """
    segments: list[Segment] = []
    scans: list[Coded] = []  # with an end of -1 as long as it is not known
    position = start + 2
    while (found := _MARKER.search(data, position)) is not None and len(segments) < MAX_SEGMENTS:
        marker, position = data[found.start() + 1], found.end()
        if scans and scans[-1].end < 0:
            scans[-1] = Coded(scans[-1].header, found.start())
        if marker == EOI:
            return JpegStructure(tuple(segments), tuple(scans), found.start())
        if marker in _ALONE:
            continue
        length = max(int.from_bytes(data[position : position + 2], "big"), 2)
        segment = Segment(marker, position + 2, min(position + length, len(data)))
        segments.append(segment)
        if marker == SOS:
            scans.append(Coded(segment, -1))
            if head_only:
                break
        position = segment.end
    if scans and scans[-1].end < 0:
        scans[-1] = Coded(scans[-1].header, len(data))
    return JpegStructure(tuple(segments), tuple(scans), None)


def frame_header(structure: JpegStructure) -> Segment | None:
    """Give the first frame header of a picture.

    Parameters
    ----------
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    Segment or None
        None when there is none.
    """
    return next((each for each in structure.segments if each.marker in SOF), None)


def restart_interval(data: bytes, structure: JpegStructure) -> int:
    """Read the restart interval that the first scan is coded with.

    Programs may write it, and take it back with 0, before each scan.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    int
        Units between two restart markers; 0 when there are none.

    References
    ----------
    ITU-T T.81 (1992), B.2.4.4.
    """
    interval = 0
    for segment in structure.segments:
        if segment.marker == SOS:
            break
        if segment.marker == DRI:
            interval = int.from_bytes(data[segment.start : segment.end][:2], "big")
    return interval
