"""The sentences in which comparisons on decks are told, the same everywhere."""

from collections.abc import Iterable
from math import radians, tan

from markupsafe import Markup

from forensics.model.damage import DamageReport, Deck, Gap, Sun, View
from forensics.report.lookup import Lookup
from forensics.report.text import counted, markup, name
from forensics.report.words import DECK_STATES, STANDINGS

DAMAGED = frozenset({"scorched", "holed", "collapsed"})


def damage_standing(each: DamageReport) -> str:
    """Say how a comparison stands.

    Parameters
    ----------
    each : DamageReport
        The comparison.

    Returns
    -------
    str
        ``damage``, ``unchanged`` or ``undecided``.
    """
    if each.damage.state in DAMAGED:
        return "damage"
    return "unchanged" if each.damage.state == "none" else "undecided"


def damage_sentence(each: DamageReport, lookup: Lookup, *, also: str = "") -> Markup:
    """Say what a comparison found.

    Parameters
    ----------
    each : DamageReport
        The comparison.
    lookup : Lookup
        The case.
    also : str, optional
        Other moments of the clip of which the same is said.

    Returns
    -------
    Markup
        One or two full sentences, with the score and what it is not.
    """
    after = lookup.linked(each.after.sha256 or "", each.after.path or "the other picture")
    after = markup("{}{}{}", after, _at(each.after), also)
    before = markup("{}{}", name(each.before.path or "the first picture"), _at(each.before))
    if each.damage.state == "undetermined":
        said = "What happened to the deck between {} and {} is not settled. {}."
        return markup(said, before, after, each.damage.reason.rstrip("."))
    found = _found(each)
    score = (
        ""
        if each.damage.confidence is None
        else f" Score {each.damage.confidence:.2f}, {_NO_PROBABILITY}."
    )
    return markup("{}, against {}: {}.{}", after, before, found, score)


def damage_alt(each: DamageReport) -> str:
    """Say what a comparison found, as the text for its pictures.

    Parameters
    ----------
    each : DamageReport
        The comparison.

    Returns
    -------
    str
        Plain text.
    """
    word = STANDINGS[damage_standing(each)]
    state = DECK_STATES[each.damage.state]
    return f"{word}: {view_words(each.after)} against {view_words(each.before)}: {state}"


def view_words(view: View) -> str:
    """Name a picture, and the moment of a clip.

    Parameters
    ----------
    view : View
        The picture.

    Returns
    -------
    str
        Plain text.
    """
    return f"{view.path or 'no name'}{_at(view)}"


def _at(view: View) -> str:
    return "" if view.moment_s is None else f" at {view.moment_s:.1f} s"


def sun_words(sun: Sun) -> str:
    """Say where the sun stood, and what that means for shadows.

    Parameters
    ----------
    sun : Sun
        Where it stood.

    Returns
    -------
    str
        In words.
    """
    given = "if that time and the place of the case are right"
    height = sun.elevation_deg
    if height < _SET_DEG:
        return (
            f"{-height:.0f} degrees below the horizon, {given}: a dark patch is then no shadow of "
            "the sun"
        )
    shadow = "" if height < _LOW_DEG else f", of {1 / tan(radians(height)):.1f} m for each m"
    return (
        f"{max(height, 0.0):.0f} degrees above the horizon in the {_wind(sun.azimuth_deg)}, "
        f"{given}: shadows on level ground fall to the {_wind(sun.azimuth_deg + 180)}{shadow}"
    )


_WINDS = (
    "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west",
)  # fmt: skip


def _wind(azimuth_deg: float) -> str:
    return _WINDS[round(azimuth_deg / 45) % len(_WINDS)]


def told_once(compared: Iterable[DamageReport]) -> list[tuple[DamageReport, str]]:
    """Tell of a clip that could not be laid over a deck once, and not of each of its moments.

    Parameters
    ----------
    compared : iterable of DamageReport
        In any order.

    Returns
    -------
    list of (DamageReport, str)
        In that order, with the other moments in words; empty words where there are none.
    """
    told: dict[object, list[DamageReport]] = {}
    for each in compared:
        clip = (each.before.sha256, each.before.moment_s, each.after.sha256, each.deck.source)
        is_alone = each.registration.status == "registered" or each.after.moment_s is None
        told.setdefault(each.id if is_alone else clip, []).append(each)
    return [(first, _others(rest)) for first, *rest in told.values()]


def _others(rest: Iterable[DamageReport]) -> str:
    moments = ", ".join(f"{each.after.moment_s or 0:.1f}" for each in rest)
    return f", and at {moments} s" if moments else ""


def gap_words(gap: Gap) -> str:
    """Say how much of the deck's length is missing.

    Parameters
    ----------
    gap : Gap
        As it was measured.

    Returns
    -------
    str
        As a share, and in metres where the deck's length is known.
    """
    return f"{as_percent(gap.fraction_of_deck)} of the deck's length{_metres(gap)}"


def _metres(gap: Gap) -> str:
    if gap.length_m is None:
        return ""
    return f", {gap.length_m:.0f} m, give or take {gap.length_error_m or 0:.0f} m (90 %)"


def score_words(score: float) -> str:
    """Write a score so that nobody takes it for a probability.

    Parameters
    ----------
    score : float
        0 to 1.

    Returns
    -------
    str
        In words.
    """
    return f"{score:.2f}, {_NO_PROBABILITY}"


def found_deck_words(deck: Deck) -> str:
    """Say how sure it is where a deck lies that no person drew.

    Parameters
    ----------
    deck : Deck
        A found one.

    Returns
    -------
    str
        In words.
    """
    return (
        f"found, not drawn by a person: confidence {deck.confidence or 0:.2f} of its long edges, "
        f"which may be {deck.edges_px or 0:.1f} pixels off; where it ends is a guess"
    )


def as_percent(share: float) -> str:
    """Write a share in percent.

    Parameters
    ----------
    share : float
        0 to 1.

    Returns
    -------
    str
        To a whole percent from 10 % on, to a tenth below.
    """
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= _WHOLE_FROM else f"{percent:.1f} %"


_SET_DEG = -0.833
"""Height of the sun's middle when its upper edge rises or sets, by the usual refraction."""

_LOW_DEG = 3.0
"""Lower, hills and haze decide how long shadows are."""

_NO_PROBABILITY = "calibrated on rendered scenes: not a probability"
_WHOLE_FROM = 9.95
"""Percent that are written as a whole number from here on."""


def _found(each: DamageReport) -> str:
    damage = each.damage
    if damage.state == "none":
        examined = as_percent(each.deck.examined_fraction)
        return (
            f"no change found on {examined} of the deck surface; underside and piers not examined"
        )
    shares = {
        kind: sum(each.area_fraction_of_deck for each in damage.findings if each.class_ == kind)
        for kind in ("scorch", "hole", "missing_deck")
    }
    if damage.state == "collapsed":
        gaps = counted(max(1, len(damage.gap.parts)), "gap")
        missing = as_percent(damage.gap.fraction_of_deck)
        metres = _metres(damage.gap)
        return f"the deck is missing over {missing} of its length{metres}, in {gaps}"
    if damage.state == "holed":
        count = sum(each.class_ == "hole" for each in damage.findings)
        holes = counted(count, "place that looks like a hole", "places that look like holes")
        return f"{holes}, on {as_percent(shares['hole'])} of the deck; its edges go on"
    return (
        f"the deck is darkened as by scorch on {as_percent(shares['scorch'])} of its surface, and "
        "its texture and edges go on; a dark patch may also be a shadow, wet, oil or new asphalt"
    )
