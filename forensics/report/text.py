"""Make strings from strangers' files safe to read: nothing invisible, nothing that acts."""

import re
import unicodedata

# Controls (C0, C1), format characters (bidi, zero-width, tags), private use, unassigned and lone
# surrogates, line and paragraph separators.
_ACTING_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_ASCII_ONLY = re.compile(r"[ -~]*")


def visible(text: str) -> str:
    r"""Make every invisible or acting character of a text visible.

    File names and metadata may hold terminal escapes, line breaks and characters that turn the
    reading direction round, so that ``photo_gpj.exe`` reads as ``photo_exe.jpg``.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same with such characters as ``⟨U+202E⟩``.

    References
    ----------
    Unicode Technical Report 36, "Unicode Security Considerations", 2.8.

    Examples
    --------
    >>> visible("a\u202eb")
    'a⟨U+202E⟩b'
    """
    if _ASCII_ONLY.fullmatch(text):
        return text
    return "".join(
        f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _ACTING_CATEGORIES else char
        for char in text
    )
