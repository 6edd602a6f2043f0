"""What a person says about a case in ``case.toml``: premises, never measurements."""

from msgspec import Struct


class EventWindow(Struct, frozen=True, forbid_unknown_fields=True):
    """The event the media are said to show.

    Parameters
    ----------
    text : str
        What is said to have happened.
    start, end : str or None
        RFC 3339 bounds of when; None when unknown.
    """

    text: str = ""
    start: str | None = None
    end: str | None = None


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """The place the media are said to show.

    Parameters
    ----------
    name : str
        Name of the place.
    lat, lon : float or None
        WGS 84 degrees.
    radius_m : float or None
        How far around it still counts.
    """

    name: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None


class ArchiveRef(Struct, frozen=True, forbid_unknown_fields=True):
    """The known footage to compare with.

    Parameters
    ----------
    path : str
        A ``.db`` made by ``forensics archive``, or a folder with a ``list.csv``; relative to the
        case file.
    """

    path: str


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """An image of the place in a known state.

    Parameters
    ----------
    path : str
        Relative to the case file.
    text : str
        What it shows.
    taken : str or None
        When it was taken, as a person says: ISO 8601 of any precision.
    """

    path: str
    text: str = ""
    taken: str | None = None


class TiePoints(Struct, frozen=True, forbid_unknown_fields=True):
    """Points of a deck that a person found again on another picture.

    Parameters
    ----------
    picture : str
        The other picture, relative to the case file.
    points : tuple of (x, y, x, y)
        On the image that the deck is drawn on, and on the other picture; pixel centres.
    at_s : float or None
        Where the other is a clip: the moment of the frame, in seconds after its first one.
    """

    picture: str
    points: tuple[tuple[float, float, float, float], ...]
    at_s: float | None = None


class DrawnDeck(Struct, frozen=True, forbid_unknown_fields=True):
    """The deck of a bridge, outlined by a person on one image.

    Parameters
    ----------
    image : str
        The image, relative to the case file.
    polygon : tuple of (x, y)
        Its corners, pixel centres, the image the right way up; may lie outside it.
    pictures : tuple of str
        Photos and clips to compare with it, relative to the case file; empty compares all.
    text : str
        Who drew it, and by what.
    tie : tuple of TiePoints
        Points found again on other pictures, which are compared, too.
    at_s : float or None
        Where it is drawn on a clip: the moment of the frame, in seconds after its first one.
    length_m : float or None
        How long the deck is between the drawn ends, in metres, as a person states it.
    length_error_m : float or None
        How far off that may be.
    """

    image: str
    polygon: tuple[tuple[float, float], ...]
    pictures: tuple[str, ...] = ()
    text: str = ""
    tie: tuple[TiePoints, ...] = ()
    at_s: float | None = None
    length_m: float | None = None
    length_error_m: float | None = None


class ClaimText(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence to be tested.

    Parameters
    ----------
    id, text, source : str
        Identifier, the sentence, and who says it.
    """

    id: str
    text: str
    source: str = ""


class Observation(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a person saw, printed as a premise.

    Parameters
    ----------
    who, when, how, text : str
        Who saw it, when, by which means, and what.
    picture : str or None
        The file it is about, relative to the case file.
    taken : str or None
        When that was taken, by this observation: ISO 8601 of any precision.
    """

    who: str
    when: str
    how: str
    text: str
    picture: str | None = None
    taken: str | None = None


class CaseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``case.toml``.

    Parameters
    ----------
    name : str
        Name of the case.
    schema : int
        Version of the format.
    as_of : str or None
        RFC 3339 time of the investigation; later dates in media are in its future.
    examiner : str or None
        Who examines.
    event : EventWindow
        The event the media are said to show.
    place : Place
        The place the media are said to show.
    archive : ArchiveRef or None
        Known footage.
    reference : tuple of Reference
        Images of the place in a known state.
    deck : tuple of DrawnDeck
        Decks of bridges that a person outlined.
    claim : tuple of ClaimText
        Sentences to be tested.
    observation : tuple of Observation
        What persons saw.
    """

    name: str = ""
    schema: int = 1
    as_of: str | None = None
    examiner: str | None = None
    event: EventWindow = EventWindow()
    place: Place = Place()
    archive: ArchiveRef | None = None
    reference: tuple[Reference, ...] = ()
    deck: tuple[DrawnDeck, ...] = ()
    claim: tuple[ClaimText, ...] = ()
    observation: tuple[Observation, ...] = ()
