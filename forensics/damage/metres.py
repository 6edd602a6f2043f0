"""Give missing length in metres, where a person states how long the deck is."""

from math import hypot

from msgspec.structs import replace

from forensics.calibration import load
from forensics.model.damage import Damage

CALIBRATION = "damage.decide"


def in_metres(damage: Damage, *, length_m: float | None, error_m: float | None) -> Damage:
    """Add to a gap how long it is in metres.

    Parameters
    ----------
    damage : Damage
        What was found; a gap as a share of the deck's length.
    length_m : float or None
        Length of the deck between its drawn ends, as a person states it; None leaves all as it is.
    error_m : float or None
        How far off that may be.

    Returns
    -------
    Damage
        With `length_m` and `length_error_m` where there is a gap.

    Notes
    -----
    The unrolled deck keeps lengths along it in proportion: its drawn corners are those of a
    rectangle. The error joins, as if independent, that of the stated length and how far the gaps of
    nine in ten rendered bridges were off. Limits: a deck that is not flat and straight between its
    ends keeps no proportion.
    """
    gap = damage.gap
    if length_m is None or error_m is None or not gap.parts:
        return damage
    ends_m = load(CALIBRATION).value("gap_error") * length_m
    length_error_m = hypot(gap.fraction_of_deck * error_m, ends_m)
    told = replace(
        gap,
        length_m=round(gap.fraction_of_deck * length_m, 1),
        length_error_m=round(length_error_m, 1),
    )
    return replace(damage, gap=told)
