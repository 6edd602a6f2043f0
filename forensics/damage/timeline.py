"""Put what was found of one deck in the order of time, and say what cannot be in that order."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from forensics.model.damage import (
    DamageReport,
    Dated,
    DeckTimeline,
    Order,
    State,
    TimelineStep,
    View,
)
from forensics.model.dates import parse_instant

SEVERITY: dict[State, int] = {"none": 0, "scorched": 1, "holed": 2, "collapsed": 3}
"""How bad a state is; *undetermined* is none of them."""

_WORDS: dict[State, str] = {
    "none": "without change",
    "scorched": "scorched",
    "holed": "holed",
    "collapsed": "collapsed",
}


def is_before(one: Dated | None, other: Dated | None) -> bool:
    """Say whether one picture must have been taken before another, if both dates are right.

    Parameters
    ----------
    one, other : Dated or None
        When they were taken; None when nothing says so.

    Returns
    -------
    bool
        True when the latest that `one` may mean is no later than the earliest of `other`.
    """
    if one is None or other is None or other.earliest is None:
        return False
    return parse_instant(one.latest) <= parse_instant(other.earliest)


def tell_order(before: View, after: View) -> tuple[Order, str]:
    """Say how it is known that the before picture is the earlier one.

    Parameters
    ----------
    before, after : View
        The pictures, with their dates.

    Returns
    -------
    order : {"known", "assumed", "unknown"}
        Known when both dates say so and neither is a mere bound; assumed when the after picture is
        only known to have been there later than the before picture was taken.
    because : str
        In a sentence.
    """
    if before.sha256 is not None and before.sha256 == after.sha256:
        return _order_in_clip(before, after)
    one, other = before.dated, after.dated
    if one is None or other is None:
        missing = [each.path or "a picture" for each in (before, after) if each.dated is None]
        return "unknown", f"Nothing dates {' or '.join(missing)}."
    said = f"{before.path} {one.because}; {after.path} {other.because}"
    if is_before(one, other):
        return "known", f"By their dates: {said}. Dates can be wrong."
    if is_before(other, one):
        return (
            "unknown",
            f"By their dates the picture that the deck is drawn on is the later one: {said}. What "
            "is told is how the other differs from it.",
        )
    # A picture that was there by a time may be older; without a reason to think so, it is not.
    is_bound = other.earliest is None and one.earliest is not None
    if is_bound and parse_instant(one.latest) <= parse_instant(other.latest):
        return "assumed", f"Assumed from dates of which one is only a bound: {said}."
    return "unknown", f"Their dates do not settle it: {said}."


def _order_in_clip(before: View, after: View) -> tuple[Order, str]:
    said = "By their moments in one clip; its parts may not stand in the order they were taken in"
    if (before.moment_s or 0.0) < (after.moment_s or 0.0):
        return "assumed", f"{said}."
    return (
        "unknown",
        f"{said}, and the picture with the deck is the later one: what is told is how the other "
        "differs from it.",
    )


def tell_timeline(
    image: TimelineStep | None, compared: Sequence[DamageReport], *, key: str, name: str
) -> DeckTimeline:
    """Order the states of one deck by time.

    Parameters
    ----------
    image : TimelineStep or None
        The picture that the deck is drawn on; None when nothing dates it.
    compared : sequence of DamageReport
        Comparisons with it, in any order.
    key, name : str
        Identifier of the timeline, and name of the image.

    Returns
    -------
    DeckTimeline
        Dated pictures that could be laid over the deck, earliest first; remarks on what cannot be
        in this order.

    Notes
    -----
    A state is told against one picture, so pictures are never compared along a chain. Pictures that
    could not be laid over it may show another bridge, and are left out. A deck does
    not mend itself: less damage later needs a repair, a temporary span, a wrong date, or one of the
    comparisons to be wrong. Comparisons that settled nothing take no part in that. A picture that
    is only known to have been there by a time may be older, so it contradicts nothing by being
    less damaged than an earlier one.
    """
    steps = [image] if image is not None else []
    undated = []
    for each in compared:
        if each.registration.status == "refused":
            continue  # it may show another bridge
        if each.after.dated is None:
            undated.append(each.id)
        else:
            steps.append(_step(each, each.after.dated))
    ordered = tuple(sorted(steps, key=_key))
    return DeckTimeline(key, name, ordered, tuple(_remarks(ordered)), tuple(sorted(undated)))


def _step(each: DamageReport, dated: Dated) -> TimelineStep:
    return TimelineStep(
        each.after.path or "",
        each.after.sha256,
        each.damage.state,
        dated,
        each.id,
        each.damage.reason,
        each.after.moment_s,
    )


def _key(step: TimelineStep) -> tuple[object, ...]:
    latest = parse_instant(step.dated.latest)
    file = step.path, step.sha256 or ""
    return latest, step.dated.earliest or "", *file, step.moment_s or 0.0, step.damage or ""


def _remarks(steps: Sequence[TimelineStep]) -> Iterator[str]:
    told = [step for step in steps if step.state in SEVERITY]
    for one, other in combinations(told, 2):
        for earlier, later in ((one, other), (other, one)):
            if SEVERITY[earlier.state] <= SEVERITY[later.state]:
                continue
            if is_before(earlier.dated, later.dated):
                yield _remark(earlier, later)
            elif _plays_before(earlier, later):
                yield _remark_in_clip(earlier, later)


def _plays_before(one: TimelineStep, other: TimelineStep) -> bool:
    """Say whether both are frames of one clip, in this order."""
    if one.sha256 is None or one.sha256 != other.sha256:
        return False
    return (one.moment_s or 0.0) < (other.moment_s or 0.0)


def _remark_in_clip(earlier: TimelineStep, later: TimelineStep) -> str:
    return (
        f"{earlier.path} shows the deck {_WORDS[earlier.state]} at {earlier.moment_s or 0:.1f} s "
        f"and {_WORDS[later.state]} at {later.moment_s or 0:.1f} s: either its parts do not stand "
        "in the order in which they were taken, or one of the comparisons is wrong."
    )


def _remark(earlier: TimelineStep, later: TimelineStep) -> str:
    what = (
        f"{earlier.path} shows the deck {_WORDS[earlier.state]}, and {later.path}, which is dated "
        f"later, {_WORDS[later.state]}"
    )
    if earlier.state == "collapsed":
        return f"{what}: a deck collapsed before it was whole needs {_NEEDS_SPAN}."
    return f"{what}: this needs {_NEEDS_MENDING}."


_NEEDS_SPAN = "a repair, a temporary span, or one of the dates or comparisons to be wrong"
_NEEDS_MENDING = (
    "a repair or a new surface, other light on the same marks, or one of the dates or comparisons "
    "to be wrong"
)
