"""Texts are decoded by the character set that the file declares; nothing is guessed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.isobmff_text import (
    box_text,
    charset_of,
    decoded,
    item_value,
    language_of,
    user_text,
)


@pytest.mark.parametrize(
    ("body", "value", "charset"),
    [
        (b"\0\5\x15\xc7hello", "hello", None),
        (b"\0\4\0\0caf\x8e", "café", "mac_roman"),
        (b"\0\5\0\0caf\xc3\xa9", "café", None),
        (b"\0\6\0\0\xfe\xff\0A\0B", "AB", "utf_16"),
        (b"\0\4\x7f\xffcaf\x8e", "café", "mac_roman"),
        (b"\0\3\0\x20\x8c\xee\xf1", "Мос", "mac_cyrillic"),
        (b"\0\2\0\x0a\xe0\xe1", r"\xe0\xe1", None),
        (b"\0\x06\x15\xc7" + "\u041c\u0456".encode("utf-16"), "\u041c\u0456", "utf_16"),
        (b"\0\3\x15\xc7\xff\xfea", r"\x61", "utf_16"),
        (b"\0\4\x55\xc4caf\x8e", r"caf\x8e", None),
        (b"\0\5\x15\xc7hello\0\5\x19\xedhallo", "hello", None),
        (b"\0\x63\x15\xc7hello", "hello", None),
        (b"+51.3+034.6/", "+51.3+034.6/", None),
        (b"", "", None),
        (b"\0", "", None),
    ],
)
def test_texts_of_user_data(body: bytes, value: str, charset: str | None) -> None:
    text = user_text(body)

    assert (text.value, text.charset) == (value, charset)


def test_texts_of_3gpp_carry_a_mark_or_are_utf8() -> None:
    assert box_text(b"\0\0\0\0\x15\xc7Stra\xc3\x9fe\0").value == "Straße"
    assert box_text(b"\0\0\0\0\x15\xc7\xfe\xff\0A\0B\0\0").value == "AB"
    assert box_text(b"\0\0").value == ""


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (1, b"text", "text"), (2, b"\0A", "A"), (3, b"\x8b\xb4", "橋"), (21, b"\xff", "-1"),
        (22, b"\xff", "255"), (77, struct.pack(">I", 7), "7"), (65, b"\x80", "-128"),
        (23, struct.pack(">f", 29.97), "29.9699993"), (24, struct.pack(">d", 0.5), "0.5"),
        (13, b"\xff\xd8", None), (23, b"\0", None), (21, b"", None), (21, bytes(9), None),
        (999, b"x", None),
    ],
)  # fmt: skip
def test_values_by_their_declared_type(kind: int, value: bytes, expected: str | None) -> None:
    text = item_value(kind, value)

    assert (text and text.value) == expected


@pytest.mark.parametrize(
    ("code", "language"),
    [(0x15C7, "eng"), (0x4AB3, "rus"), (0x55C4, None), (0, None), (0x7FFF, None), (0x400, None)],
)
def test_languages(code: int, language: str | None) -> None:
    assert language_of(code) == language


def test_character_sets_are_known_to_python() -> None:
    for code in range(200):
        b"a".decode(charset_of(code) or "utf_8")


@given(st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_any_bytes_decode(raw: bytes, code: int) -> None:
    for text in (user_text(raw), box_text(raw), decoded(raw, charset_of(code))):
        text.value.encode("utf-8")
        assert "\0" not in text.value


@given(st.binary(max_size=12), st.integers(0, 90))
def test_any_value_decodes(raw: bytes, kind: int) -> None:
    text = item_value(kind, raw)

    if text is not None:
        text.value.encode("utf-8")
