"""Which stretch of a file shows which stretch of known footage, in words."""

from forensics.model.match import Segment


def tell_segment(segment: Segment) -> str:
    """Say which stretch shows which, and how surely.

    Parameters
    ----------
    segment : Segment
        The stretch.

    Returns
    -------
    str
        A sentence without its full stop.

    Examples
    --------
    >>> tell_segment(Segment((0.0, 4.0), (2.0, 6.0), 1.0, False, False, 0.08))
    '0.00-4.00 s of this file shows 2.00-6.00 s of the known footage (ends to within 0.08 s)'
    """
    query, reference = (
        f"{start:.2f} s" if start == end else f"{start:.2f}-{end:.2f} s"
        for start, end in (segment.query, segment.reference)
    )
    speed = f", {segment.speed:g} times as fast" if segment.speed not in {None, 1.0} else ""
    mirrored = ", mirrored" if segment.mirrored else ""
    backwards = ", backwards" if segment.reversed else ""
    return (
        f"{query} of this file shows {reference} of the known footage{speed}{mirrored}{backwards}"
        f"{_within(segment)}"
    )


def _within(segment: Segment) -> str:
    if segment.uncertainty_s is None:
        return ""
    lasts = segment.query[1] > segment.query[0] and segment.reference[1] > segment.reference[0]
    return f" ({'ends' if lasts else 'moment'} to within {segment.uncertainty_s:.2f} s)"
