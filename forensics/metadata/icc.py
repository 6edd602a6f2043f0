"""The name of a colour profile."""

from forensics.metadata.charsets import read_text
from forensics.metadata.reading import Reading, Readings, clean_text, raw_text

MAX_TAGS = 200
_HEADER_BYTES, _TAG_BYTES = 128, 12
_MARK_AT, _MARK = 36, b"acsp"
_NAME_BYTES = 4_096


def read_icc(profile: bytes) -> tuple[Readings, list[str]]:
    """Read the name of a colour profile.

    Parameters
    ----------
    profile : bytes
        The profile.

    Returns
    -------
    readings : dict of str to Reading
        ``icc_profile``, when the profile names itself.
    faults : list of str
        Why it does not look like a profile.

    References
    ----------
    ICC.1:2022, 7.2, 7.3, 9.2.41 and 10.15; ICC.1:2001-04, 6.5.17 (the older kind of name).
    """
    if profile[_MARK_AT : _MARK_AT + 4] != _MARK:
        return {}, ["the colour profile does not begin as one"]
    count = min(int.from_bytes(profile[_HEADER_BYTES : _HEADER_BYTES + 4], "big"), MAX_TAGS)
    for number in range(count):
        at = _HEADER_BYTES + 4 + _TAG_BYTES * number
        if profile[at : at + 4] == b"desc":
            start = int.from_bytes(profile[at + 4 : at + 8], "big")
            return _named(profile[start : start + _NAME_BYTES]), []
    return {}, []


def _named(element: bytes) -> Readings:
    if element[:4] == b"mluc":
        # The first record's length and place; its text is UTF-16, big end first.
        size, start = (int.from_bytes(element[at : at + 4], "big") for at in (20, 24))
        text = element[start : start + (size & ~1)].decode("utf-16-be", "backslashreplace")
        value, raw, charset = clean_text(text), raw_text(text), None
    else:
        size = int.from_bytes(element[8:12], "big")
        name = read_text(element[12 : 12 + size])
        value, raw, charset = (name.value, name.raw, name.charset) if name else (None, "", None)
    return {} if value is None else {"icc_profile": Reading(value, raw, "ICC desc", charset)}
