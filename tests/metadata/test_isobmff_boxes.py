"""Boxes that lie, nest and repeat are walked within bounds."""

import io
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata.isobmff import read_isobmff
from forensics.metadata.isobmff_boxes import (
    MAX_BOX_BYTES,
    MAX_BOXES,
    MAX_FAULTS,
    BoxReader,
    name_of,
)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def kinds(data: bytes) -> list[str]:
    return [name_of(each.kind) for each in BoxReader(io.BytesIO(data)).top()]


def test_boxes_in_order() -> None:
    long = struct.pack(">I4sQ", 1, b"mdat", 20) + bytes(4)

    data = box(b"ftyp") + long + box(b"moov") + struct.pack(">I", 0) + b"free" + bytes(9)

    assert kinds(data) == ["ftyp", "mdat", "moov", "free"]


def test_inner_boxes_end_with_a_zero() -> None:
    boxes = BoxReader(io.BytesIO(box(b"udta", box(b"name"), bytes(4), box(b"free"))))

    inner = [each.kind for outer in boxes.top() for each in boxes.inside(outer)]

    assert inner == [b"name"]
    assert boxes.faults == []


def test_box_never_reaches_beyond_the_one_that_holds_it() -> None:
    data = box(b"udta", struct.pack(">I4s", 2**31, b"name"), b"abc") + box(b"free")
    boxes = BoxReader(io.BytesIO(data))

    outer = next(iter(boxes.top()))
    inner = list(boxes.inside(outer))

    assert boxes.content(inner[0]) == b"abc"
    assert boxes.faults == ["the box name claims 2,147,483,637 bytes more than there are"]


@pytest.mark.parametrize("size", [2, 7])
def test_box_smaller_than_its_head_ends_the_walk(size: int) -> None:
    boxes = BoxReader(io.BytesIO(box(b"ftyp") + struct.pack(">I4s", size, b"free") + bytes(99)))

    assert len(list(boxes.top())) == 1
    assert boxes.faults == [f"the box free claims to have {size} bytes"]


@pytest.mark.parametrize("size", [0, 15, 2**64 - 1])
def test_long_sizes_that_lie(size: int) -> None:
    boxes = BoxReader(io.BytesIO(struct.pack(">I4sQ", 1, b"mdat", size)))

    assert sum(1 for _ in boxes.top()) == (size > 16)
    assert len(boxes.faults) == 1


def test_a_million_boxes_end_in_a_moment() -> None:
    boxes = BoxReader(io.BytesIO(box(b"free") * (MAX_BOXES + 5)))
    started = time.process_time()

    assert sum(1 for _ in boxes.top()) == MAX_BOXES
    assert time.process_time() - started < 5
    assert "the rest were not looked at" in boxes.faults[0]


def test_long_box_is_read_in_part() -> None:
    boxes = BoxReader(io.BytesIO(box(b"xml ", bytes(MAX_BOX_BYTES + 9))))

    assert len(boxes.content(next(boxes.top()))) == MAX_BOX_BYTES


def test_what_is_read_in_all_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensics.metadata.isobmff_boxes.MAX_READ_BYTES", 100)
    boxes = BoxReader(io.BytesIO(box(b"xml ", bytes(60)) * 3))

    read = [len(boxes.content(each)) for each in boxes.top()]

    assert read == [60, 0, 0]
    assert len(boxes.faults) == 1


def test_faults_are_kept_up_to_a_limit() -> None:
    boxes = BoxReader(io.BytesIO(b""))

    for number in range(MAX_FAULTS + 5):
        boxes.fault(str(number))

    assert len(boxes.faults) == MAX_FAULTS


def test_names_can_be_shown() -> None:
    assert name_of(b"\xa9xyz") == "©xyz"
    assert name_of(b"\0\x1b\x9b\xad") == r"\x00\x1b\x9b\xad"


_NAMES = (
    b"moov trak mdia minf dinf stbl udta meta ilst keys data hdlr mvhd tkhd mdhd stsd dref ftyp "
    b"loci titl uuid XMP_ mdat free smta GPMF edts elst ---- \xa9day \xa9xyz \0\0\0\1 alis"
)
_KINDS = st.sampled_from([*_NAMES.split(b" "), b"xml ", b"url "])
_SIZES = st.sampled_from([0, 1, 2, 7, 8, 9, 2**31, 2**32 - 1])


def _nested(children: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    bodies = st.lists(children, max_size=4).map(b"".join)
    honest = st.builds(box, _KINDS, bodies)
    lying = st.builds(
        lambda kind, size, body: struct.pack(">I", size) + kind + body,
        _KINDS, _SIZES, bodies,
    )  # fmt: skip
    return honest | lying


_TREES = st.recursive(st.binary(max_size=40), _nested, max_leaves=25)


@settings(max_examples=250, deadline=None)
@given(st.lists(_TREES, min_size=1, max_size=5).map(b"".join))
def test_any_tree_of_boxes_can_be_read(data: bytes) -> None:
    readings, faults, _ = read_isobmff(io.BytesIO(data))

    for reading in readings.values():
        reading.raw.encode("utf-8")
        str(reading.value).encode("utf-8")
        assert reading.where
    assert len(faults) <= MAX_FAULTS
    assert read_isobmff(io.BytesIO(data))[0] == readings


@given(st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=30)), max_size=9))
def test_honest_boxes_come_back(parts: list[tuple[bytes, bytes]]) -> None:
    boxes = BoxReader(io.BytesIO(b"".join(box(kind, body) for kind, body in parts)))

    assert [(each.kind, boxes.content(each)) for each in boxes.top()] == parts
    assert boxes.faults == []
