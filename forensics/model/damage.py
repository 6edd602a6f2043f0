"""What happened to the deck between two pictures, as ``compare --json`` gives it."""

from typing import Literal

from msgspec import Struct

Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
Region = tuple[tuple[float, float], ...]
State = Literal["none", "scorched", "holed", "collapsed", "undetermined"]
Order = Literal["known", "assumed", "unknown"]
FindingClass = Literal["scorch", "hole", "missing_deck"]

NOTHING, OUTSIDE, SCORCH, HOLE, MISSING, NOT_EXAMINED = 0, 1, 2, 3, 4, 255
"""Codes of the mask, in the frame of the before picture."""


class Registration(Struct, frozen=True):
    """How the after picture lies on the before picture, on the plane of the deck.

    Parameters
    ----------
    status : {"registered", "refused"}
        Refused when it would be a guess.
    reason : str or None
        Why it was refused, and what would help.
    inliers : int
        Patches of the deck that support it.
    support : float
        The same as a share of the patches that both pictures show.
    error_px : float or None
        The worst point of the deck is nearer than this with 90 % confidence, in pixels of the
        before picture.
    homography : 3 x 3 tuple of float or None
        Maps after -> before on the plane of the deck, (x, y), pixel centres; a mirror is inside.
    mirrored : bool
        Whether the after picture is a mirror image.
    tie_points : int
        Points that a person found on both, from which it was begun.
    """

    status: Literal["registered", "refused"]
    reason: str | None
    inliers: int
    support: float
    error_px: float | None
    homography: Matrix | None
    mirrored: bool = False
    tie_points: int = 0


class Deck(Struct, frozen=True):
    """The part of the bridge that was examined.

    Parameters
    ----------
    source : {"drawn", "found", "none"}
        Who says where it is.
    region_before : tuple of (x, y) or None
        Its corners in the before picture; may lie outside it.
    length_px, width_px : float or None
        In the before picture.
    examined_fraction : float
        Share of its surface that both pictures show and nothing hides.
    confidence : float or None
        Of a found deck: how sure both long edges are, 0 to 1; its ends are less so. Calibrated on
        rendered bridges and photographs without any.
    edges_px : float or None
        Of a found deck: 90 % bound of how far off its long edges are.
    """

    source: Literal["drawn", "found", "none"]
    region_before: Region | None
    length_px: float | None
    width_px: float | None
    examined_fraction: float
    confidence: float | None = None
    edges_px: float | None = None


class DamageFinding(Struct, frozen=True, rename={"class_": "class"}):
    """One damaged place on the deck.

    Parameters
    ----------
    class_ : {"scorch", "hole", "missing_deck"}
        What it looks like; named ``class`` in JSON.
    region : tuple of (x, y)
        Outline in the before picture.
    area_fraction_of_deck : float
        Of the rectified deck.
    confidence : float
        A score calibrated on rendered scenes, 0 to 1; not a probability for real pictures.
    because : str
        The measures it rests on.
    """

    class_: FindingClass
    region: Region
    area_fraction_of_deck: float
    confidence: float
    because: str


class Gap(Struct, frozen=True):
    """How much of the deck's length is missing.

    Parameters
    ----------
    fraction_of_deck : float
        Of the length between the drawn ends, all gaps together.
    length_m : float or None
        None unless a person stated how long the deck is.
    parts : tuple of (float, float)
        Start and end of each gap as shares of the length.
    length_error_m : float or None
        Half the width of the interval around `length_m`: the stated error of the deck's length, and
        what the ends of gaps were off by on nine in ten rendered bridges.
    """

    fraction_of_deck: float
    length_m: float | None
    parts: tuple[tuple[float, float], ...]
    length_error_m: float | None = None


class Damage(Struct, frozen=True):
    """What happened to the deck.

    Parameters
    ----------
    state : {"none", "scorched", "holed", "collapsed", "undetermined"}
        The worst finding.
    reason : str
        In a sentence.
    confidence : float or None
        A score calibrated on rendered scenes.
    findings : tuple of DamageFinding
        Largest first.
    gap : Gap
        Missing length.
    mask : str or None
        Path of the mask.
    """

    state: State
    reason: str
    confidence: float | None
    findings: tuple[DamageFinding, ...]
    gap: Gap
    mask: str | None


DateSource = Literal[
    "case file", "observation", "metadata", "known footage", "sidecar", "file name"
]


class Dated(Struct, frozen=True):
    """When a picture was taken, as far as somebody or something says so.

    Parameters
    ----------
    value : str
        The date as it stands there.
    earliest, latest : str or None
        RFC 3339 bounds in UTC; `earliest` is None where the date says only that the picture was
        there by then.
    source : {"case file", "observation", "metadata", "known footage", "sidecar", "file name"}
        Who or what says so.
    because : str
        The same in words.
    """

    value: str
    earliest: str | None
    latest: str
    source: DateSource
    because: str


class Sun(Struct, frozen=True):
    """Where the sun stood.

    Parameters
    ----------
    elevation_deg : float
        Above the horizon; negative below it.
    azimuth_deg : float
        Clockwise from north.
    """

    elevation_deg: float
    azimuth_deg: float


class View(Struct, frozen=True):
    """One of the two pictures.

    Parameters
    ----------
    path : str or None
        As given.
    sha256 : str or None
        Digest of its bytes.
    moment_s : float or None
        Seconds in a video.
    dated : Dated or None
        When it was taken; None when nothing says so, or nobody was asked.
    sun : Sun or None
        Where the sun stood then; None when the time or the place is not known well enough.
    """

    path: str | None
    sha256: str | None
    moment_s: float | None
    dated: Dated | None = None
    sun: Sun | None = None


class DamageReport(Struct, frozen=True):
    """A comparison as ``compare --json`` prints it.

    Parameters
    ----------
    id : str
        Made from the two digests.
    before, after : View
        The pictures.
    order : {"known", "assumed", "unknown"}
        How it is known which is the earlier one.
    registration : Registration
        How they lie on each other.
    deck : Deck
        What was examined.
    damage : Damage
        What was found.
    artefacts : dict of str to str
        Pictures by name.
    order_because : str
        What the order rests on, in a sentence.
    """

    id: str
    before: View
    after: View
    order: Order
    registration: Registration
    deck: Deck
    damage: Damage
    artefacts: dict[str, str]
    order_because: str = ""


class DeckQuestion(Struct, frozen=True):
    """What a pair of pictures is asked.

    Parameters
    ----------
    polygon : tuple of (x, y) or None
        Outline of the deck in the before picture; None has it looked for.
    ties : tuple of (x, y, x, y)
        Points that a person found on both pictures.
    before_s, after_s : float or None
        The moment of a clip whose frame is meant, in seconds after its first one; None for stills.
    either_way : bool
        Whether the deck is looked for on both, because nobody says which shows it whole.
    """

    polygon: Region | None
    ties: tuple[tuple[float, float, float, float], ...] = ()
    before_s: float | None = None
    after_s: float | None = None
    either_way: bool = False


class DeckComparison(Struct, frozen=True, tag="deck_comparison"):
    """What `damage.deck` found on a pair of items; the report gives it as a `DamageReport`.

    Parameters
    ----------
    registration : Registration
        How they lie on each other.
    deck : Deck
        What was examined.
    damage : Damage
        What was found.
    before_s, after_s : float or None
        When the frames that were compared are presented in their clips; None for stills.
    is_swapped : bool
        Whether the deck is on the second item of the pair, and the first one is the other picture.
    """

    registration: Registration
    deck: Deck
    damage: Damage
    before_s: float | None = None
    after_s: float | None = None
    is_swapped: bool = False


class NotCompared(Struct, frozen=True):
    """An item that was not compared on a deck.

    Parameters
    ----------
    image : str
        The image that the deck is drawn on, or was looked for on.
    path : str
        The item.
    sha256 : str or None
        Digest of its bytes.
    reason : str
        Why not.
    """

    image: str
    path: str
    sha256: str | None
    reason: str


class TimelineStep(Struct, frozen=True):
    """The state of a deck in one picture.

    Parameters
    ----------
    path : str
        The picture.
    sha256 : str or None
        Digest of its bytes.
    state : {"none", "scorched", "holed", "collapsed", "undetermined"}
        Against the picture that the deck is drawn on; ``none`` of that one itself.
    dated : Dated
        When it was taken.
    damage : str or None
        Identifier of the comparison; None of the picture that the deck is drawn on.
    because : str
        What the state rests on.
    moment_s : float or None
        Seconds in a clip.
    """

    path: str
    sha256: str | None
    state: State
    dated: Dated
    damage: str | None
    because: str
    moment_s: float | None = None


class DeckTimeline(Struct, frozen=True):
    """What became of a deck, over more than two times.

    Parameters
    ----------
    id : str
        Made from the image's digest and the outline.
    image : str
        The image that the deck is drawn on.
    steps : tuple of TimelineStep
        Pictures that could be laid over the deck, earliest first by the latest time at which each
        may have been taken.
    remarks : tuple of str
        Where a deck is less damaged later than before, and what that would need.
    undated : tuple of str
        Identifiers of comparisons whose picture nothing dates.
    """

    id: str
    image: str
    steps: tuple[TimelineStep, ...]
    remarks: tuple[str, ...]
    undated: tuple[str, ...]
