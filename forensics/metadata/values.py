"""Numbers and angles of EXIF, as three libraries give them."""

from typing import Any

from forensics.metadata.reading import clean_text

_DEGREE_PARTS = (1, 60, 3600)


def number_of(value: Any) -> float | None:  # Any: numbers of three libraries
    """Read an integer, float or rational; None for x/0 and for anything else.

    Parameters
    ----------
    value : object
        What an engine returned; of a list its only entry.

    Returns
    -------
    float or None
        Finite.
    """
    try:
        if isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
        # Pillow's and exifread's rationals turn into numbers; texts are none.
        number = float("nan" if value is None or isinstance(value, str | bytes) else value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if abs(number) != float("inf") and number == number else None


def rounded(number: float) -> float | int:
    """Show a number without digits that rationals bring along.

    Parameters
    ----------
    number : float
        Finite.

    Returns
    -------
    float or int
        A whole number as one, else with six digits behind the point.
    """
    return int(number) if number == int(number) else round(number, 6)


def numbers_of(value: object) -> list[float] | None:
    """Read three numbers, such as degrees, minutes and seconds.

    Parameters
    ----------
    value : object
        What an engine returned.

    Returns
    -------
    list of float or None
        None when they are not three, or one is no number or negative.
    """
    if not isinstance(value, list | tuple) or len(value) != len(_DEGREE_PARTS):
        return None
    numbers = [number for each in value if (number := number_of(each)) is not None and number >= 0]
    return numbers if len(numbers) == len(_DEGREE_PARTS) else None


def degrees_of(value: object, ref: object, hemispheres: str) -> float | None:
    """Read an angle; None when a part is no number or the hemisphere is not said.

    Parameters
    ----------
    value : object
        Degrees, minutes and seconds.
    ref : object
        The letter of the hemisphere.
    hemispheres : str
        The two letters it may be, the positive one first.

    Returns
    -------
    float or None
        Degrees.
    """
    letter = (clean_text(ref) or "?").upper()[0]
    parts = numbers_of(value)
    if letter not in hemispheres or parts is None:
        return None
    degrees = sum(part / unit for part, unit in zip(parts, _DEGREE_PARTS, strict=True))
    return -degrees if letter == hemispheres[1] else degrees
