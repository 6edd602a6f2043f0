"""Texts and numbers of MP4 and QuickTime metadata, by the character set that the file declares."""

import struct

from msgspec import Struct

MAX_TEXT_BYTES = 8192
"""Longer texts are cut before they are decoded: of a field, 2,000 letters are shown."""

# Macintosh language codes (QuickTime File Format, "Language Code Values") whose texts are in
# another script than MacRoman; of those that are not here, Python knows no character set.
_BY_MAC_LANGUAGE = {
    **dict.fromkeys((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 34, 35, 36, 47), "mac_roman"),
    **dict.fromkeys((25, 26, 27, 28, 38, 39), "mac_latin2"),
    **dict.fromkeys((32, 42, 43, 44, 45, 46), "mac_cyrillic"),
    11: "shift_jis", 12: "mac_arabic", 14: "mac_greek", 15: "mac_iceland", 17: "mac_turkish",
    18: "mac_croatian", 19: "big5", 23: "euc_kr", 33: "gb2312", 37: "mac_romanian",
}  # fmt: skip
_MAC_LANGUAGES = 0x400
"""Smaller language codes are Macintosh's; the others are three letters, five bits each."""

_UNSPECIFIED = 0x7FFF
_LETTER_BITS, _LETTER_BASE = 5, 0x60
_ENGLISH = 0
_BYTE_ORDER_MARKS = (b"\xfe\xff", b"\xff\xfe")

# Well-known types of metadata values (QuickTime File Format, table 3-5).
_TEXT_TYPES = {0: "utf_8", 1: "utf_8", 2: "utf_16_be", 3: "shift_jis", 4: "utf_8", 5: "utf_16_be"}
_SIGNED, _UNSIGNED = (21, 65, 66, 67, 74), (22, 75, 76, 77, 78)
_FLOATS = {23: ">f", 24: ">d"}
_MAX_INT_BYTES = 8


class Text(Struct, frozen=True):
    r"""One value of metadata, decoded.

    Parameters
    ----------
    value : str
        The text, or the number as text; bytes that the character set lacks as ``\xNN``.
    raw : bytes
        As it stands in the file.
    charset : str or None
        By which it was decoded, when that is not ASCII or UTF-8.
    """

    value: str
    raw: bytes
    charset: str | None = None


def user_text(body: bytes) -> Text:
    """Decode a text of QuickTime user data: length, language, and the text in its character set.

    Parameters
    ----------
    body : bytes
        Content of a box such as ``©day``; the first of its languages counts.

    Returns
    -------
    Text
        Decoded as the language code demands: by Macintosh's character sets below 0x400, else as
        UTF-8, or UTF-16 with a byte order mark. Bytes beyond ASCII that make up valid UTF-8 are
        read as such in any case: cameras and programs leave the language at 0, and no words in
        Macintosh's sets come out as UTF-8 by chance. A content without the two fields, as some
        cameras write it, is read as text.

    References
    ----------
    QuickTime File Format, "User Data Text Strings and Language Codes".
    """
    size, language = (int.from_bytes(body[start : start + 2], "big") for start in (0, 2))
    if size == 0 and not any(body[:4]):
        return plain_text(body[4:])
    if size > len(body) - 4 and body[0]:
        return plain_text(body)  # no length of a text of this size begins with a letter
    text = body[4 : 4 + size][:MAX_TEXT_BYTES]
    return decoded(text, None if _is_utf8(text) else charset_of(language))


def plain_text(body: bytes) -> Text:
    """Decode a text that says nothing of its character set: UTF-8, or UTF-16 with its mark.

    Parameters
    ----------
    body : bytes
        The text, with or without zeros behind it.

    Returns
    -------
    Text
        Decoded.
    """
    return decoded(body, None)


def box_text(body: bytes) -> Text:
    """Decode a text of 3GPP's user data: version, flags, language, UTF-8 or UTF-16.

    Parameters
    ----------
    body : bytes
        Content of a box such as ``titl``.

    Returns
    -------
    Text
        Decoded.

    References
    ----------
    3GPP TS 26.244, clause 8.
    """
    return decoded(body[6:], None)


def item_value(kind: int, value: bytes) -> Text | None:
    """Decode a value whose type the file declares.

    Parameters
    ----------
    kind : int
        Well-known type.
    value : bytes
        Content behind type and locale.

    Returns
    -------
    Text or None
        Text, or the number as text; None for pictures and what is not known.

    References
    ----------
    QuickTime File Format, "Well-known types".
    """
    if kind in _TEXT_TYPES:
        return decoded(value, _TEXT_TYPES[kind])
    if kind in _FLOATS:
        if len(value) != struct.calcsize(_FLOATS[kind]):
            return None
        return Text(f"{struct.unpack(_FLOATS[kind], value)[0]:.9g}", value)
    if kind in (*_SIGNED, *_UNSIGNED) and 0 < len(value) <= _MAX_INT_BYTES:
        return Text(str(int.from_bytes(value, "big", signed=kind in _SIGNED)), value)
    return None


def charset_of(language: int) -> str | None:
    """Name the character set that a language code of QuickTime stands for.

    Parameters
    ----------
    language : int
        16 bits.

    Returns
    -------
    str or None
        None for Unicode; ``ascii`` where Python lacks the set, so that bytes stay as they are.
    """
    if language == _UNSPECIFIED:
        return _BY_MAC_LANGUAGE[_ENGLISH]
    if language >= _MAC_LANGUAGES:
        return None
    return _BY_MAC_LANGUAGE.get(language, "ascii")


def language_of(code: int) -> str | None:
    """Give the language of a track as three letters of ISO 639-2.

    Parameters
    ----------
    code : int
        16 bits of a media header.

    Returns
    -------
    str or None
        None for Macintosh's codes, for undetermined (``und``), and for what are no letters.

    References
    ----------
    ISO/IEC 14496-12:2022, 8.4.2.3.
    """
    if not _MAC_LANGUAGES <= code < _UNSPECIFIED:
        return None
    letters = (code >> shift & 31 for shift in (2 * _LETTER_BITS, _LETTER_BITS, 0))
    name = "".join(chr(_LETTER_BASE + letter) for letter in letters)
    return name if name.isalpha() and name.isascii() and name != "und" else None


def undo_mac_roman(text: str) -> str:
    """Give back a text in UTF-8 that FFmpeg took for MacRoman, because its language was left at 0.

    Parameters
    ----------
    text : str
        As FFmpeg gives it.

    Returns
    -------
    str
        The same text, when it is none.

    Examples
    --------
    >>> undo_mac_roman("caf√©"), undo_mac_roman("café")
    ('café', 'café')
    """
    try:
        return text if text.isascii() else text.encode("mac_roman").decode("utf_8")
    except UnicodeError:
        return text


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf_8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(raw: bytes, charset: str | None) -> Text:
    """Decode bytes; UTF-16 is told by its mark where the character set is left open.

    Parameters
    ----------
    raw : bytes
        The text, cut at `MAX_TEXT_BYTES`.
    charset : str or None
        None for Unicode.

    Returns
    -------
    Text
        What follows a zero is padding and left out.
    """
    raw = raw[:MAX_TEXT_BYTES]
    if raw[:2] in _BYTE_ORDER_MARKS:
        charset = "utf_16"
    name = charset or "utf_8"
    text = raw.decode(name, "backslashreplace").partition("\0")[0]
    is_plain = name in ("utf_8", "ascii") or (raw.isascii() and not name.startswith("utf_16"))
    return Text(text, raw, None if is_plain else name)
