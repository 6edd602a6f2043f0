"""What a person says of a deck: its outline, and how long it is."""

import sys

from forensics.model.errors import ForensicsError


class DeckError(ForensicsError, ValueError):
    """A drawn deck cannot be used.

    Parameters
    ----------
    message : str
        What is wrong with it, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """


_LARGEST = sys.float_info.max


def known_length(length_m: object, length_error_m: object) -> tuple[float, float] | None:
    """Check what a person says of how long a deck is.

    Parameters
    ----------
    length_m, length_error_m : object
        The length and how far off it may be, in metres, as read from a file.

    Returns
    -------
    tuple of float, or None
        Both as numbers; None when neither is given.

    Raises
    ------
    DeckError
        When one is missing, or is no number above 0.
    """
    if length_m is None and length_error_m is None:
        return None
    both = (length_m, length_error_m)
    given = [each for each in both if isinstance(each, int | float) and 0 < each <= _LARGEST]
    if len(given) < len(both):
        raise DeckError(
            "length_m and length_error_m must both be numbers above 0",
            advice="Without a known error leave out both.",
        )
    return float(given[0]), float(given[1])
