"""Read from a JPEG's headers how it was coded: tables, sampling, scans, Huffman codes."""

import hashlib
from typing import Literal, NamedTuple

from forensics.ingest.jpeg_structure import (
    DHT,
    DQT,
    JpegStructure,
    Segment,
    frame_header,
    restart_interval,
)
from forensics.metadata.ijg import Role, estimate_quality
from forensics.model.encoder import JpegCoding, JpegComponent, JpegPreview, JpegTable

MAX_SCANS_SHOWN = 20
"""Scans of a script that are listed; programs write at most a dozen."""

_STEPS = 64
# Row-by-row position of the k-th step in zigzag order (ITU-T T.81, figure A.6).
ZIGZAG = tuple(
    row * 8 + column
    for row, column in sorted(
        ((row, column) for row in range(8) for column in range(8)),
        key=lambda at: (sum(at), at[0] if sum(at) % 2 else at[1]),
    )
)
# SHA-256 of class and code lengths and values of the four examples, annex K, tables K.3 to K.6.
_STANDARD_CODES = frozenset(
    {
        "9fb04cb1a8076318f33f273ffef967a9ea7291ecf3adeca79f643dfd300de425",
        "59212967b269cec5a1976158e406db3335b014dcedf67030011764d382b273a0",
        "56f4b3b1bf992ae5175f190e3ac071f2bd0dd0c5f41d969c7b7fba0fbf4afe9f",
        "544b5fe2b77b3d613e0b0f753b598fbe5501ac21084462d28fbc039699b47ec0",
    }
)
_PROCESS = {0: "baseline", 1: "extended", 2: "progressive", 3: "lossless"}
_ARITHMETIC = 0xC8
_DIFFERENTIAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
_SUBSAMPLING = {
    (1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1",
    (4, 2): "4:1:0",
}  # fmt: skip
_MAX_SLOTS = 4


class Frame(NamedTuple):
    """What a frame header says.

    Parameters
    ----------
    marker, bits, width_px, height_px : int
        Kind of frame, bits per sample, size as stored.
    components : tuple of JpegComponent
        In order.
    """

    marker: int
    bits: int
    width_px: int
    height_px: int
    components: tuple[JpegComponent, ...]


def read_coding(
    data: bytes, structure: JpegStructure, *, preview: JpegPreview | None = None
) -> JpegCoding | None:
    """Read how a picture was coded.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.
    preview : JpegPreview, optional
        What is known of the small picture in its EXIF.

    Returns
    -------
    JpegCoding or None
        None when there is no frame header that can be read.
    """
    frame = read_frame(data, structure)
    if frame is None:
        return None
    scans = tuple(_describe_scan(data, each.header) for each in structure.scans[:MAX_SCANS_SHOWN])
    return JpegCoding(
        process=_name_process(frame.marker),
        bits=frame.bits,
        width_px=frame.width_px,
        height_px=frame.height_px,
        components=frame.components,
        subsampling=name_subsampling(frame.components),
        tables=read_tables(data, structure, frame.components),
        huffman=_name_codes(data, structure),
        scans=scans,
        scan_count=len(structure.scans),
        restart_interval=restart_interval(data, structure),
        jfif=_read_jfif(data, structure),
        adobe_transform=_adobe_transform(data, structure),
        preview=preview,
    )


def read_preview(data: bytes, structure: JpegStructure) -> JpegPreview | None:
    """Read how the small picture of an EXIF segment was coded.

    Parameters
    ----------
    data : bytes
        A JPEG: the small picture alone.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    JpegPreview or None
        None when there is no frame header that can be read.
    """
    frame = read_frame(data, structure)
    if frame is None:
        return None
    return JpegPreview(
        frame.width_px,
        frame.height_px,
        name_subsampling(frame.components),
        read_tables(data, structure, frame.components),
    )


def read_frame(data: bytes, structure: JpegStructure) -> Frame | None:
    """Read the first frame header.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.

    Returns
    -------
    Frame or None
        None when there is none, or it is cut short.
    """
    header = frame_header(structure)
    if header is None:
        return None
    body = data[header.start : header.end]
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:  # noqa: PLR2004 - B.2.2: 6 bytes, 3 each
        return None
    components = tuple(
        JpegComponent(body[at], body[at + 1] >> 4, body[at + 1] & 15, body[at + 2])
        for at in range(6, 6 + 3 * body[5], 3)
    )
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    return Frame(header.marker, body[0], width, height, components)


def read_tables(
    data: bytes, structure: JpegStructure, components: tuple[JpegComponent, ...]
) -> tuple[JpegTable, ...]:
    """Read the quantisation tables.

    Parameters
    ----------
    data : bytes
        The file.
    structure : JpegStructure
        Where its parts stand.
    components : tuple of JpegComponent
        Of the frame header: they say what a table is used for.

    Returns
    -------
    tuple of JpegTable
        By slot; of tables for the same slot the last.
    """
    slots: dict[int, tuple[int, tuple[int, ...]]] = {}
    for segment in structure.segments:
        if segment.marker == DQT:
            slots.update(_split_tables(data[segment.start : segment.end]))
    return tuple(_table(slot, *slots[slot], components) for slot in sorted(slots))


def name_subsampling(components: tuple[JpegComponent, ...]) -> str:
    """Name the sampling of the colour components.

    Parameters
    ----------
    components : tuple of JpegComponent
        Of the frame header.

    Returns
    -------
    str
        ``4:2:0`` and the like; ``grey``; the factors where the usual names do not fit.
    """
    if len(components) == 1:
        return "grey"
    factors = [(each.horizontal, each.vertical) for each in components]
    luma, chroma = factors[0], set(factors[1:3])
    if len(factors) == 3 and len(chroma) == 1:  # noqa: PLR2004 - luma and two of colour
        across, down = chroma.pop()
        if across and down and luma[0] % across == 0 and luma[1] % down == 0:
            ratio = (luma[0] // across, luma[1] // down)
            return _SUBSAMPLING.get(ratio, f"{ratio[0]}x{ratio[1]}")
    if set(factors) == {(1, 1)}:
        return f"4:4:4 in {len(factors)} components"
    return ", ".join(f"{across}x{down}" for across, down in factors)


def _split_tables(body: bytes) -> dict[int, tuple[int, tuple[int, ...]]]:
    found: dict[int, tuple[int, tuple[int, ...]]] = {}
    at = 0
    while at < len(body):
        wide, slot = body[at] >> 4, body[at] & 15
        size = 2 if wide else 1
        raw = body[at + 1 : at + 1 + _STEPS * size]
        if len(raw) < _STEPS * size or slot >= _MAX_SLOTS:
            break
        steps = [0] * _STEPS
        for k, place in enumerate(ZIGZAG):
            steps[place] = int.from_bytes(raw[k * size : (k + 1) * size], "big")
        found[slot] = (8 * size, tuple(steps))
        at += 1 + _STEPS * size
    return found


def _table(
    slot: int, bits: int, values: tuple[int, ...], components: tuple[JpegComponent, ...]
) -> JpegTable:
    role = _role(slot, components)
    near = None if role == "unused" else estimate_quality(values, role)
    digest = hashlib.sha256(b"".join(step.to_bytes(2, "big") for step in values)).hexdigest()
    quality, error = near or (None, None)
    return JpegTable(slot, role, bits, values, digest, quality, error)


def _role(slot: int, components: tuple[JpegComponent, ...]) -> Role | Literal["unused"]:
    if components and components[0].table == slot:
        return "luma"
    users = [index for index, each in enumerate(components) if each.table == slot]
    if not users:
        return "unused"
    # The fourth component, black, is coded like the first.
    return "chroma" if set(users) & {1, 2} else "luma"


def _name_process(marker: int) -> str:
    name = _PROCESS[marker & 3]
    if marker in _DIFFERENTIAL:
        name = f"differential {name}"
    return f"{name}, arithmetic" if marker > _ARITHMETIC else name


def split_codes(body: bytes) -> list[bytes]:
    """Split a segment of Huffman tables.

    Parameters
    ----------
    body : bytes
        What the segment holds.

    Returns
    -------
    list of bytes
        Class, code lengths and values of each whole table, without its slot.
    """
    found: list[bytes] = []
    at = 0
    while at + 17 <= len(body):
        end = at + 17 + sum(body[at + 1 : at + 17])
        if end > len(body):
            break
        found.append(bytes([body[at] >> 4]) + body[at + 1 : end])
        at = end
    return found


def _name_codes(data: bytes, structure: JpegStructure) -> Literal["standard", "optimised", "none"]:
    codes = [
        code
        for segment in structure.segments
        if segment.marker == DHT
        for code in split_codes(data[segment.start : segment.end])
    ]
    if not codes:
        return "none"
    digests = {hashlib.sha256(code).hexdigest() for code in codes}
    return "standard" if digests <= _STANDARD_CODES else "optimised"


def _describe_scan(data: bytes, header: Segment) -> str:
    body = data[header.start : header.end]
    count = body[0] if body else 0
    if len(body) < 4 + 2 * count:
        return "cut short"
    ids = ",".join(str(body[1 + 2 * index]) for index in range(count))
    first, last, steps = body[1 + 2 * count : 4 + 2 * count]
    return f"{ids}:{first}-{last},{steps >> 4},{steps & 15}"


_APP0, _APP14 = 0xE0, 0xEE
_UNITS = {0: "", 1: " dpi", 2: " per cm"}


def _read_jfif(data: bytes, structure: JpegStructure) -> str | None:
    for segment in structure.segments:
        body = data[segment.start : segment.end][:12]
        if segment.marker == _APP0 and body[:5] == b"JFIF\0" and len(body) == 12:  # noqa: PLR2004
            across, down = int.from_bytes(body[8:10], "big"), int.from_bytes(body[10:12], "big")
            unit = _UNITS.get(body[7], f" of unit {body[7]}")
            return f"{body[5]}.{body[6]:02} {across}x{down}{unit}"
    return None


def _adobe_transform(data: bytes, structure: JpegStructure) -> int | None:
    for segment in structure.segments:
        body = data[segment.start : segment.end][:12]
        if segment.marker == _APP14 and body[:5] == b"Adobe" and len(body) == 12:  # noqa: PLR2004
            return body[11]
    return None
