"""What a hostile file is called, what it is, and what must be said of it."""

from collections.abc import Iterator
from dataclasses import dataclass

OK, DEGRADED, REJECTED, UNREAD = "ok", "degraded", "rejected", "unread"
"""Wholly examined; in part; an item whose decoding is a problem; no item at all."""


@dataclass(frozen=True)
class Nasty:
    """One hostile file or folder entry.

    Parameters
    ----------
    name : str
        Its path in the folder, with surrogate escapes where it is no UTF-8.
    what : str
        What is nasty about it.
    status : tuple of str
        What may be said of it: one of the four words above. More than one where decoders of
        different versions give up at different places, never because anything would do.
    word : str
        What the reason must hold; empty where there is none or it may vary.
    """

    name: str
    what: str
    status: tuple[str, ...]
    word: str = ""


Made = Iterator[tuple[Nasty, bytes]]
"""What the modules beside this one give: descriptions and contents."""


def nasty(name: str, what: str, status: str, word: str = "") -> Nasty:
    """Describe a nasty; `status` may name several, with ``|`` between them.

    Parameters
    ----------
    name, what, status, word : str
        As in `Nasty`.

    Returns
    -------
    Nasty
        The description.
    """
    return Nasty(name, what, tuple(status.split("|")), word)
