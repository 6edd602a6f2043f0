"""Text is decoded where its character set is declared or evident, and left alone elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.charsets import guess_charset, read_text
from forensics.metadata.user_comment import read_user_comment, read_xp_text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Курская область, мост через реку Сейм", "cp1251"),
        ("Фото: Владимир Сергеевич", "cp1251"),
        ("Міністерство оборони України", "cp1251"),
        ("ГЛУШКОВО 2024", "cp1251"),
        ("こんにちは 東京タワー", "cp932"),
        ("カメラ", "cp932"),
        ("Müller, Köln", "cp1252"),
        ("© 2008 John", "cp1252"),
    ],
)
def test_evident_text_is_decoded_and_said_to_be_guessed(text: str, charset: str) -> None:
    read = read_text(text.encode(charset))

    assert read is not None
    assert read.value == text
    assert read.charset == f"{charset} (guessed)"
    assert r"\x" in read.raw


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Влад", "cp1251"),
        ("привет как дела сегодня", "koi8-r"), ("ПРИВЕТ КАК ДЕЛА СЕГОДНЯ", "koi8-r"),
        ("Всё хорошо у нас сегодня", "cp866"), ("Курская область", "iso8859-5"),
        ("Курская область", "mac-cyrillic"), ("Αθήνα είναι η πρωτεύουσα", "cp1253"),
        ("καλημερα σας κυριε", "cp1253"), ("ירושלים עיר הבירה של ישראל", "cp1255"),
        ("صورة من سوريا اليوم", "cp1256"), ("中华人民共和国北京市", "gbk"),
        ("今天天气很好我们去公园", "gbk"), ("대한민국 서울특별시", "euc-kr"),
        ("東京都千代田区", "euc-jp"), ("東京都千代田区", "cp932"), ("ｶﾒﾗ ｼｬｼﾝ", "cp932"),
        ("台灣台北市", "big5"), ("ภาษาไทยประเทศไทย", "cp874"), ("Łódź", "cp1250"),
        ("İstanbul Şişli", "cp1254"), ("Café", "mac-roman"), ("Québec été", "cp850"),
    ],
)  # fmt: skip
def test_doubtful_text_stays_escaped(text: str, charset: str) -> None:
    data = text.encode(charset)
    read = read_text(data)

    assert guess_charset(data) is None
    assert read is not None
    assert read.charset is None
    assert r"\x" in read.value


@given(st.text(st.characters(max_codepoint=126), max_size=80))
def test_ascii_is_never_changed(text: str) -> None:
    read = read_text(text.encode())

    if read is not None:
        assert read.charset is None
        assert read == read_text(text)


@given(st.binary(max_size=80))
def test_any_bytes_can_be_read(data: bytes) -> None:
    for read in (read_text(data), read_user_comment(data), read_xp_text(data)):
        if read is not None:
            (read.value + read.raw).encode("utf-8")
            assert "\0" not in read.value


def test_declared_but_wrong_character_set_is_left_escaped() -> None:
    read = read_text(b"\x81\x8d", declared="iso2022_jp")

    assert read is not None
    assert read.value == r"\x81\x8d"


@pytest.mark.parametrize(
    ("data", "value", "charset"),
    [
        (b"ASCII\0\0\0shot\0\0", "shot", None),
        (b"UNICODE\0" + "Сейм".encode("utf-16-le"), "Сейм", "utf-16-le"),
        (b"UNICODE\0" + "Сейм".encode("utf-16-be"), "Сейм", "utf-16-be"),
        (b"UNICODE\0plain", "plain", None),
        (b"JIS\0\0\0\0\0" + "写真".encode("iso2022_jp"), "写真", "iso2022_jp"),
        (bytes(8) + b"shot", "shot", None),
        (b"no code at all", "no code at all", None),
    ],
)
def test_user_comments(data: bytes, value: str, charset: str | None) -> None:
    read = read_user_comment(data)

    assert read is not None
    assert (read.value, read.charset) == (value, charset)


@pytest.mark.parametrize("data", [b"", bytes(8), b"ASCII\0\0\0" + b" " * 20, b"UNICODE\0\0\0\0\0"])
def test_empty_user_comments_are_missing(data: bytes) -> None:
    assert read_user_comment(data) is None


def test_windows_texts_are_utf_16() -> None:
    read = read_xp_text(tuple("Мост\0\0".encode("utf-16-le")))

    assert read is not None
    assert (read.value, read.charset) == ("Мост", "utf-16-le")
