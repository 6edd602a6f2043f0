"""Make strings that come from files safe to show and easy to read."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

MAX_SHOWN_CHARS = 600
"""Longer values are cut in the page; the whole stands in ``report.json``."""

SHORT_DIGEST_CHARS = 12

# Controls, directional marks and overrides, zero-width and filler characters, tags, surrogates
# and non-characters; and the brackets that mark them here, so that nobody can write them himself.
# The two variation selectors that emoji need (U+FE0E, U+FE0F) are left alone.
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\u27e8\u27e9\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Marks stacked on one letter run over the lines above and below; three are enough for any script.
_STACKED_MARKS = re.compile(
    "(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2})"
    r"([T ](?P<clock>\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?)?"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_BYTES_A_UNIT = 1000


def reveal(text: str) -> str:
    """Write invisible and direction-changing characters as their code points.

    A file name with a right-to-left override reads ``gpj.exe`` as ``exe.jpg``; shown this way it
    cannot.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same with ``⟨U+202E⟩`` in place of such characters.

    Examples
    --------
    >>> reveal("photo" + chr(0x202E) + "gpj.exe")
    'photo⟨U+202E⟩gpj.exe'
    """
    shown = _INVISIBLE.sub(lambda match: _code_points(match.group()), text)
    return _STACKED_MARKS.sub(lambda match: f"⟨{len(match.group())} more marks⟩", shown)


def markup(template: str, *values: object) -> Markup:
    """Fill a sentence with values from files, revealed and escaped.

    Parameters
    ----------
    template : str
        Our own words, with ``{}`` for each value.
    *values : object
        What to fill in; `Markup` made here goes in as it is.

    Returns
    -------
    Markup
        Safe to put into the page.
    """
    return Markup(template).format(*(_safe(value) for value in values))  # noqa: S704 - ours


def name(path: str) -> Markup:
    """Show a file name: isolated from the direction of the text around it.

    Parameters
    ----------
    path : str
        The name.

    Returns
    -------
    Markup
        A ``bdi`` element.
    """
    return markup('<bdi class="name">{}</bdi>', path)


def link(target: str, words: str | Markup) -> Markup:
    """Link to a place in this page.

    Parameters
    ----------
    target : str
        Identifier of the place.
    words : str or Markup
        What to click on.

    Returns
    -------
    Markup
        An ``a`` element.
    """
    return markup('<a href="#{}">{}</a>', target, words)


def prose(text: str) -> Markup:
    """Show text a person wrote, with its line breaks.

    Parameters
    ----------
    text : str
        From the case file.

    Returns
    -------
    Markup
        Revealed and escaped; lines are kept.
    """
    return Markup("<br>").join(_safe(line) for line in text.strip().splitlines())


def shorten(text: str) -> str:
    """Cut very long text and say how much is missing.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        At most `MAX_SHOWN_CHARS` of it.
    """
    if len(text) <= MAX_SHOWN_CHARS:
        return text
    left = len(text) - MAX_SHOWN_CHARS
    return f"{text[:MAX_SHOWN_CHARS]} … ({left} more characters in report.json)"


def digest(value: str) -> Markup:
    """Show a digest folded to its first digits, whole on hovering.

    Parameters
    ----------
    value : str
        Hexadecimal digits.

    Returns
    -------
    Markup
        A ``code`` element.
    """
    return markup('<code class="digest" title="{}">{}…</code>', value, value[:SHORT_DIGEST_CHARS])


def size(count: int) -> str:
    """Write a file size for people.

    Parameters
    ----------
    count : int
        Bytes.

    Returns
    -------
    str
        Decimal units, as file managers show them.

    Examples
    --------
    >>> size(40940)
    '40.9 kB'
    """
    if count < _BYTES_A_UNIT:
        return counted(count, "byte")
    scaled = float(count)
    for unit in ("kB", "MB", "GB"):
        scaled /= _BYTES_A_UNIT
        if scaled < _BYTES_A_UNIT:
            return f"{scaled:.1f} {unit}"
    return f"{scaled / _BYTES_A_UNIT:.1f} TB"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun.

    Parameters
    ----------
    count : int
        How many.
    noun : str
        For one.
    plural : str, optional
        For several; an added ``s`` by default.

    Returns
    -------
    str
        For example ``1 file`` or ``2 files``.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listed(parts: Sequence[str | Markup], *, most: int = 4) -> Markup:
    """Join parts as a sentence does.

    Parameters
    ----------
    parts : sequence of str or Markup
        What to join.
    most : int, optional
        Further ones are counted, not named.

    Returns
    -------
    Markup
        For example ``a, b and 3 more``.
    """
    named = [_safe(part) for part in parts]
    if len(named) > most:
        named = [*named[: most - 1], escape(f"{len(parts) - most + 1:,} more")]
    if not named:
        return Markup("")
    head = Markup(", ").join(named[:-1])
    return markup("{} and {}", head, named[-1]) if head else named[-1]


def moment(text: str) -> str:
    """Write an ISO 8601 date of any precision for people, with what is known of its zone.

    Parameters
    ----------
    text : str
        For example ``2014-08`` or ``2023-05-02T11:20:00+03:00``.

    Returns
    -------
    str
        The date in words; `text` itself when it is no such date.

    Examples
    --------
    >>> moment("2023-05-02T11:20:00+03:00")
    '2 May 2023, 11:20:00 UTC+03:00'
    >>> moment("2014-08")
    'August 2014'
    """
    match = _DATE.fullmatch(text.strip())
    part = match.groupdict() if match else {}
    if match is None or (part["month"] and not 1 <= int(part["month"]) <= len(_MONTHS)):
        return text
    month = _MONTHS[int(part["month"]) - 1] if part["month"] else ""
    day = str(int(part["day"])) if part["day"] else ""
    date = " ".join(each for each in (day, month, part["year"]) if each)
    if not part["clock"]:
        return date
    return f"{date}, {part['clock']}{_zone(part['zone'])}"


def days_between(earlier: str, later: str) -> int:
    """Count the whole days between two RFC 3339 instants.

    Parameters
    ----------
    earlier, later : str
        With offsets.

    Returns
    -------
    int
        Rounded down.

    Raises
    ------
    ValueError
        When one is no such time.
    """
    # The command line shows texts of strangers too, and need not load the model for that.
    from forensics.model.dates import parse_instant

    return (parse_instant(later) - parse_instant(earlier)).days


def _code_points(text: str) -> str:
    return "".join(f"⟨U+{ord(each):04X}⟩" for each in text)


def _safe(value: object) -> Markup:
    return value if isinstance(value, Markup) else escape(reveal(str(value)))


def _zone(zone: str | None) -> str:
    if zone is None:
        return " (zone unknown)"
    return " UTC" if zone == "Z" else f" UTC{zone}"
