"""What a JPEG's headers promise: its scans' share of the detail, and its restart markers."""

import math
import re
from typing import NamedTuple

import numpy as np
from numpy import bool_
from numpy.typing import NDArray

from forensics.ingest.jpeg_structure import JpegStructure, frame_header, restart_interval

_COEFFICIENTS = 64
_PROGRESSIVE = 0xC2
_RESTARTS = re.compile(rb"\xff([\xd0-\xd7])")
_CYCLE = 8
_UNSENT = 16  # more than any precision of a coefficient


def lacks_detail(data: bytes, structure: JpegStructure) -> bool:
    """Say whether the scans of a progressive picture leave out part of its detail.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    bool
        True when a coefficient of a component was never sent, or not to its last bit.

    References
    ----------
    ITU-T T.81 (1992), G.1.1.1.
    """
    frame = frame_header(structure)
    if frame is None or frame.marker != _PROGRESSIVE:
        return False
    body = data[frame.start : frame.end]
    ids = [body[at] for at in range(6, min(len(body), 6 + 3 * body[5]), 3)] if len(body) > 6 else []  # noqa: PLR2004 - B.2.2
    unsent = {each: [_UNSENT] * _COEFFICIENTS for each in ids}
    for scan in structure.scans:
        head = data[scan.header.start : scan.header.end]
        count = head[0] if head else 0
        if len(head) < 4 + 2 * count:
            continue
        first, last, steps = head[1 + 2 * count : 4 + 2 * count]
        for index in range(count):
            row = unsent.get(head[1 + 2 * index])
            if row is not None:
                for k in range(first, min(last + 1, _COEFFICIENTS)):
                    row[k] = steps & 15
    return any(any(row) for row in unsent.values())


class Restarts(NamedTuple):
    """The restart intervals of a picture of one scan.

    Parameters
    ----------
    interval : int
        Units (blocks of pixels that are coded together) in each.
    across, down : int
        Units in a row, and rows of them.
    """

    interval: int
    across: int
    down: int


def read_restarts(data: bytes, structure: JpegStructure) -> Restarts | None:
    """Read how many restart intervals a picture of one scan has.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    Restarts or None
        None when there are none, or several scans.

    References
    ----------
    ITU-T T.81 (1992), A.2 and B.2.4.4.
    """
    interval, frame = restart_interval(data, structure), frame_header(structure)
    if not interval or frame is None or len(structure.scans) != 1:
        return None
    body = data[frame.start : frame.end]
    if len(body) < 6 or len(body) < 6 + 3 * body[5] or not body[5]:  # noqa: PLR2004 - B.2.2
        return None
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    factors = [body[at] for at in range(7, 6 + 3 * body[5], 3)]
    wide, high = max(each >> 4 for each in factors), max(each & 15 for each in factors)
    if body[5] == 1:
        wide = high = 1  # a single component is coded block by block
    if not (wide and high and width and height):
        return None
    return Restarts(interval, math.ceil(width / (8 * wide)), math.ceil(height / (8 * high)))


def wrong_restart(data: bytes, structure: JpegStructure) -> float | None:
    """Say how far into a picture of one scan its restart markers are first out of order.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    float or None
        0 to 1; None when they are in order, or break off in order, or there are none.
    """
    restarts = read_restarts(data, structure)
    if restarts is None:
        return None
    units = restarts.across * restarts.down
    wanted = math.ceil(units / restarts.interval) - 1
    # Some encoders write one more at the very end.
    for index, number in enumerate(_restart_numbers(data, structure)[:wanted]):
        if number != index % _CYCLE:
            return index * restarts.interval / units
    return None


def gone_by_restarts(data: bytes, structure: JpegStructure) -> NDArray[bool_] | None:
    """Say what is missing of a picture of one scan that breaks off between restart markers.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    (rows, columns) bool or None
        By units, as stored; the interval in which it breaks off counts as missing. None when there
        are no restart markers.
    """
    restarts = read_restarts(data, structure)
    if restarts is None:
        return None
    there = len(_restart_numbers(data, structure)) * restarts.interval
    units = np.arange(restarts.across * restarts.down)
    return np.asarray(units >= there, bool_).reshape(restarts.down, restarts.across)


def _restart_numbers(data: bytes, structure: JpegStructure) -> list[int]:
    scan = structure.scans[0]
    found = _RESTARTS.finditer(data, scan.header.end, scan.end)
    return [each[1][0] & (_CYCLE - 1) for each in found]
