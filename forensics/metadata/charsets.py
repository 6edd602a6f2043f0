"""Decode text whose character set is declared, or can be told with strong evidence."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from forensics.metadata.reading import clean_text, raw_text

MAX_TEXT_BYTES = 1 << 16

GUESSED = " (guessed)"
"""Stands behind a character set that the file does not declare."""

# The commonest pairs of letters in Russian and Ukrainian prose. In a text of either, most
# neighbours are among them; in bytes of another character set that happen to be Cyrillic letters,
# few are.
_COMMON = (
    "ст но то на ен ов ни ра во ко не ро ер ос пр ре ал ет ли по ор ан ол од ла ес ло ть ка "
    "та го те ом ль ат ри ве ел ти ас де от ог ил из ит ви ин да ди за им ма ми мо му ны об "
    "оя он оп пе пи пл пу рн ру рс рт са св се си ск сл см со су ся тв ту ты уд ук ул ус ча "
    "че чи ши ще ый ые ая ой ий ию ия ие ць ьк ьс зн зо бу бр бо бе ба вс вы ги ге га гр др "
    "до ду ед еж ез ей ек ем жи жд же ив иг ид ик ии их ищ кр ку ки кв кт нн нс ну нт ня ії "
    "ів іт ік ін ід зі мі ні рі ві лі сі ті пі її ає ує ою ам ах ав ак ад аз ай гл ют юд яв "
    "як ял ям ят яз фо фі фр хо ха ци це цы уж ум ун ур ущ пп лю ля лу вл вн "
)
_PAIRS = frozenset(_COMMON.split())
_CYRILLIC = re.compile("[А-Яа-яЁёЄєІіЇїҐґ]+")
_CASED = re.compile("[А-ЯЁЄІЇҐ]?[а-яёєіїґ]+|[А-ЯЁЄІЇҐ]+")
_OTHER_CYRILLIC_TEXT = re.compile("[А-Яа-яЁёЄєІіЇїҐґ«»–—№“”„…’\x00-\x7f]*")
_VOWELS = frozenset("аеёиоуыэюяєії")
_ESCAPE = b"\x1b"
MIN_CYRILLIC_LETTERS = 8
MIN_COMMON_PAIRS = 0.55
VOWEL_SHARES = (0.25, 0.65)

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]")
_JAPANESE = re.compile(
    "[\x00-\x7f\u3000-\u3002\u300c-\u300f\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff\uff01-\uff5e]*"
)
MIN_KANA = 3

# Letters that Windows' Western, Central European and Turkish character sets put in one place.
_WESTERN = ("cp1252", "cp1250", "cp1254")
_WESTERN_MARKS = "©®°±§«»"
_WESTERN_WORD = re.compile(f"[A-Za-z]*[^\x00-\x7f{_WESTERN_MARKS}][A-Za-z]*")
MAX_FOREIGN_SHARE = 0.34


class Text(Struct, frozen=True):
    r"""A text as it is shown.

    Parameters
    ----------
    value : str
        Decoded when its character set is declared or evident, else with ``\xNN`` for bytes that
        are not UTF-8.
    raw : str
        With ``\xNN`` for bytes that are not UTF-8.
    charset : str or None
        What it was decoded by; None for ASCII and UTF-8.
    """

    value: str
    raw: str
    charset: str | None


def read_text(value: object, *, declared: str | None = None) -> Text | None:
    r"""Read a text; None when nothing is left of it without padding, or it is none.

    Parameters
    ----------
    value : object
        What an engine returned: text, bytes, or small numbers of a text stored as bytes.
    declared : str, optional
        The character set that the file declares for it, by Python's name.

    Returns
    -------
    Text or None
        The text.

    Examples
    --------
    >>> read_text("Курская область".encode("cp1251")).value
    'Курская область'
    >>> read_text("Курская область".encode("cp1251")).charset
    'cp1251 (guessed)'
    >>> read_text(b"\xca\xf3").value
    '\\xca\\xf3'
    """
    plain = None if value is None else clean_text(value)
    if plain is None:
        return None
    raw = raw_text(value)
    data = _as_bytes(value)
    # Character sets that switch by escape sequences, such as JIS, look like ASCII.
    is_plain = data is None or (data.isascii() and (declared is None or _ESCAPE not in data))
    if data is None or is_plain:
        return Text(plain, raw, None)
    decoded, charset = _decode(data, declared)
    cleaned = clean_text(decoded) if decoded is not None else None
    if cleaned is None:
        return Text(plain, raw, None)
    return Text(cleaned, raw, charset)


def guess_charset(data: bytes) -> str | None:
    """Tell the character set of bytes that are not UTF-8; None when there is room for doubt.

    Parameters
    ----------
    data : bytes
        A text.

    Returns
    -------
    str or None
        ``cp932`` (Shift-JIS), ``cp1251`` or ``cp1252``.

    Notes
    -----
    Shift-JIS: every byte fits and at least three letters are kana. cp1251: whole words are
    Cyrillic, written in small letters, capitals or with one capital in front, and the neighbours
    in them are those of Russian or Ukrainian. cp1252: single letters inside of Latin words, which
    the Central European and Turkish sets read alike. Short texts are not decided.
    """
    for charset, fits in _GUESSES:
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if fits(text, data):
            return charset
    return None


def _decode(data: bytes, declared: str | None) -> tuple[str | None, str | None]:
    if declared is not None and declared != "utf-8":
        try:
            return data.decode(declared), declared
        except UnicodeDecodeError:
            return None, None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        charset = guess_charset(data)
        return (None, None) if charset is None else (data.decode(charset), charset + GUESSED)


def _as_bytes(value: object) -> bytes | None:
    """Give a text's bytes up to the first zero; None for a text that was decoded already."""
    if isinstance(value, list | tuple):
        if not all(isinstance(each, int) and 0 <= each < 256 for each in value):  # noqa: PLR2004
            return None
        value = bytes(value)
    if not isinstance(value, bytes):
        return None
    return value[:MAX_TEXT_BYTES].split(b"\0", 1)[0].strip()


def _is_japanese(text: str, _: bytes) -> bool:
    return len(_KANA.findall(text)) >= MIN_KANA and _JAPANESE.fullmatch(text) is not None


def _is_russian_or_ukrainian(text: str, _: bytes) -> bool:
    if _OTHER_CYRILLIC_TEXT.fullmatch(text) is None:
        return False
    words = _CYRILLIC.findall(text)
    if any(_CASED.fullmatch(word) is None for word in words):
        return False
    letters = "".join(words).lower()
    if len(letters) < MIN_CYRILLIC_LETTERS or _touches_latin(text):
        return False
    low, high = VOWEL_SHARES
    if not low <= sum(each in _VOWELS for each in letters) / len(letters) <= high:
        return False
    pairs = list(_pairs(words))
    return sum(pair in _PAIRS for pair in pairs) >= MIN_COMMON_PAIRS * max(len(pairs), 1)


def _pairs(words: list[str]) -> Iterator[str]:
    for word in words:
        lower = word.lower()
        yield from (lower[at : at + 2] for at in range(len(lower) - 1))


_MIXED = re.compile("[A-Za-z][А-Яа-яЁёЄєІіЇїҐґ]|[А-Яа-яЁёЄєІіЇїҐґ][A-Za-z]")


def _touches_latin(text: str) -> bool:
    return _MIXED.search(text) is not None


def _is_western(text: str, data: bytes) -> bool:
    foreign = [each for each in text if each > "\x7f"]
    letters = sum(each.isalpha() for each in text)
    if sum(each.isalpha() for each in foreign) > MAX_FOREIGN_SHARE * max(letters, 1):
        return False
    for charset in _WESTERN[1:]:
        if data.decode(charset, "replace") != text:
            return False
    if not all(each.isalpha() or each in _WESTERN_MARKS for each in foreign):
        return False
    return all(_is_cased_word(word) for word in _WESTERN_WORD.findall(text))


def _is_cased_word(word: str) -> bool:
    """Say whether a letter stands in a word of at least three, in the case of its neighbours."""
    return len(word) > 2 and (word == word.lower() or word == word.title() or word == word.upper())  # noqa: PLR2004


_GUESSES: tuple[tuple[str, Callable[[str, bytes], bool]], ...] = (
    ("cp932", _is_japanese),
    ("cp1251", _is_russian_or_ukrainian),
    ("cp1252", _is_western),
)
