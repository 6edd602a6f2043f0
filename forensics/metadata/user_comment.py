"""Texts of EXIF whose character set is told by eight bytes in front, or by the tag."""

import re

from forensics.metadata.charsets import MAX_TEXT_BYTES, Text, read_text
from forensics.metadata.reading import clean_text, raw_text

_CODE_BYTES = 8
_ASCII, _JIS, _UNICODE, _UNDEFINED = b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"UNICODE\0", bytes(8)
_PLAIN = re.compile(rb"[\t\n\r\x20-\x7e]*")
_JIS_CHARSET = "iso2022_jp"


def read_user_comment(value: object) -> Text | None:
    """Read EXIF's UserComment; None when nothing is in it.

    Parameters
    ----------
    value : object
        What an engine returned.

    Returns
    -------
    Text or None
        The comment without the code of its character set. Some writers put text there without
        any code; it is read as it stands.

    References
    ----------
    CIPA DC-008-2019, 4.6.5: UserComment.
    """
    data = _bytes_of(value)
    if data is None:
        return read_text(value)
    code, body = data[:_CODE_BYTES], data[_CODE_BYTES:]
    if code == _UNICODE:
        return _read_utf_16(body)
    if code == _JIS:
        return read_text(body.strip(b"\0"), declared=_JIS_CHARSET)
    if code in (_ASCII, _UNDEFINED):
        return read_text(body.lstrip(b"\0 "))
    return read_text(data)


def read_xp_text(value: object) -> Text | None:
    """Read a text of Windows' own tags, which are UTF-16; None when nothing is in it.

    Parameters
    ----------
    value : object
        What an engine returned.

    Returns
    -------
    Text or None
        The text.
    """
    data = _bytes_of(value)
    if data is None:
        return None
    return _decoded(data, "utf-16-le")


def _read_utf_16(body: bytes) -> Text | None:
    """Decode by the byte order of the text itself: writers do not keep to the block's."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(body, "utf-16")
    stripped = body.rstrip(b"\0")
    if _PLAIN.fullmatch(stripped) is not None:
        return read_text(stripped)  # marked as Unicode, and plain all the same
    # The high bytes of a text in one script are few.
    is_big = len(set(body[0::2])) < len(set(body[1::2]))
    return _decoded(body, "utf-16-be" if is_big else "utf-16-le")


def _decoded(data: bytes, charset: str) -> Text | None:
    text = data[: len(data) & ~1].decode(charset, "backslashreplace").split("\0", 1)[0]
    cleaned = clean_text(text)
    if cleaned is None:
        return None
    return Text(cleaned, raw_text(text), None if cleaned.isascii() else charset)


def _bytes_of(value: object) -> bytes | None:
    if isinstance(value, list | tuple):
        if not all(isinstance(each, int) and 0 <= each < 256 for each in value):  # noqa: PLR2004
            return None
        value = bytes(value)
    return value[:MAX_TEXT_BYTES] if isinstance(value, bytes) else None
