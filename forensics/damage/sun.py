"""Say where the sun stood when a picture was taken, where its time and place are known."""

from datetime import timedelta

from forensics.model.casefile import Place
from forensics.model.damage import Dated, Sun
from forensics.model.dates import parse_instant

LONGEST_SPAN = timedelta(minutes=20)
"""Within it the sun moves by no more than five degrees. A clock of unknown zone says far less."""


def sun_at(place: Place, dated: Dated | None) -> Sun | None:
    """Say where the sun stood.

    Parameters
    ----------
    place : Place
        The place that the case is about.
    dated : Dated or None
        When the picture was taken.

    Returns
    -------
    Sun or None
        In the middle of the time it may have been taken at; None when place or time are not known,
        or only a bound, or not to twenty minutes, or without the extra ``places``.

    Notes
    -----
    By the equations of NOAA (after Meeus, *Astronomical Algorithms*, 1998), without refraction, as
    the package astral has them. Limits: both time and place are what somebody states.
    """
    if place.lat is None or place.lon is None or dated is None or dated.earliest is None:
        return None
    start, end = parse_instant(dated.earliest), parse_instant(dated.latest)
    if not timedelta() <= end - start <= LONGEST_SPAN:
        return None
    try:
        from astral import Observer
        from astral.sun import azimuth, elevation
    except ImportError:
        return None
    observer, middle = Observer(place.lat, place.lon), start + (end - start) / 2
    height = elevation(observer, middle, with_refraction=False)
    return Sun(round(float(height), 1), round(float(azimuth(observer, middle)), 1))
