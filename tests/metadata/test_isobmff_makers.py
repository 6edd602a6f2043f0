"""Boxes of camera makers."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.isobmff_makers import MAKER_BOXES, maker_tags


def entry(name: bytes, kind: bytes, size: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    head = struct.pack(">4scBH", name, kind, size, len(value) // max(size, 1))
    return head + value + padding


def test_model_and_serial_of_a_gopro() -> None:
    inner = (
        entry(b"VERS", b"B", 1, b"\7\6\2") + entry(b"MINF", b"c", 1, b"HERO9 Black")
        + entry(b"CASN", b"c", 1, b"C3441324") + entry(b"FMWR", b"c", 1, b"HD9.01.01.72.00")
    )  # fmt: skip
    body = struct.pack(">4sBBH", b"DEVC", 0, 1, len(inner)) + inner

    found = {name: text.value for name, text in maker_tags(b"GPMF", body).items()}

    assert found == {
        "GPMF MINF": "HERO9 Black", "GPMF CASN": "C3441324", "GPMF FMWR": "HD9.01.01.72.00",
    }  # fmt: skip


def test_model_of_a_samsung() -> None:
    inner = struct.pack(">I4s", 16, b"mdln") + b"SM-G991B"

    assert maker_tags(b"smta", bytes(4) + inner)["smta mdln"].value == "SM-G991B"


def test_texts_of_other_makers() -> None:
    assert maker_tags(b"FIRM", b"HD6.01.02\0\0")["FIRM"].value == "HD6.01.02"
    assert maker_tags(b"CNMN", b"Canon EOS R6\0")["CNMN"].value == "Canon EOS R6"
    assert maker_tags(b"manu", bytes(6) + b"\x55\xc4Panasonic\0")["manu"].value == "Panasonic"
    assert maker_tags(b"modl", b"\0\4\x15\xc7DMC1")["modl"].value == "DMC1"


def test_camera_and_clock_of_a_sony() -> None:
    xml = (
        b'<NonRealTimeMeta><CreationDate value="2019-03-21T11:00:36+09:00"/>'
        b'<Device manufacturer="Sony" modelName="ILCE-7M3" serialNo="4294967295"/>'
    )

    found = {name: text.value for name, text in maker_tags(b"xml ", xml).items()}

    assert found == {
        "nrtm CreationDate": "2019-03-21T11:00:36+09:00", "nrtm manufacturer": "Sony",
        "nrtm modelName": "ILCE-7M3", "nrtm serialNo": "4294967295",
    }  # fmt: skip


@given(st.sampled_from(sorted(MAKER_BOXES)), st.binary(max_size=200))
def test_any_content_can_be_read(kind: bytes, body: bytes) -> None:
    for text in maker_tags(kind, body).values():
        text.value.encode("utf-8")


def test_settings_that_never_end_are_left() -> None:
    assert maker_tags(b"GPMF", bytes(4_000_000)) == {}
    assert maker_tags(b"xml ", b"<Device " * 500_000) == {}
