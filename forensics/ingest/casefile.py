"""Read ``case.toml``: the event, the place, the known footage and the claims to be tested."""

import math
import tomllib
from datetime import date, datetime
from pathlib import Path

import msgspec

from forensics.ingest.regular import open_regular
from forensics.model.casefile import CaseFile, DrawnDeck
from forensics.model.dates import parse_date
from forensics.model.deck import DeckError, known_length
from forensics.model.errors import CaseFileError, UnreadableMedia

CASE_FILE = "case.toml"

SUPPORTED_SCHEMA = 1

MAX_BYTES = 1 << 20
"""A case file comes with the evidence, so it may be anything."""


def read_case_file(path: Path) -> CaseFile:
    """Read a case file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    CaseFile
        What it says.

    Raises
    ------
    CaseFileError
        When it cannot be read, is no TOML, has a wrong or unknown key, a time without an offset,
        or an event that ends before it starts.
    """
    try:
        with open_regular(path) as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CaseFileError(f"{path} is larger than {MAX_BYTES:,} bytes", advice=_ADVICE)
        values = tomllib.loads(data.decode("utf-8"))
        case = msgspec.convert(_plain_times(values), CaseFile)
    except OSError as error:
        raise CaseFileError(
            f"cannot read {path}: {error.strerror}", advice="Check the path."
        ) from error
    except UnreadableMedia as error:
        raise CaseFileError(f"{path} is {error}", advice="Name a file with --case.") from error
    except CaseFileError:
        raise
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        # Not only what TOML calls an error: it may nest too deeply, or hold a number too long.
        raise CaseFileError(f"{path}: {error}", advice=_ADVICE) from error
    if case.schema != SUPPORTED_SCHEMA:
        raise CaseFileError(
            f"{path}: schema {case.schema} is not known", advice="Update this program."
        )
    _check_times(case, path)
    _check_dates(case, path)
    _check_decks(case, path)
    return case


MAX_DECKS, MAX_CORNERS = 20, 200
"""Each deck is compared with many pictures: a file of strangers must not ask for days of work."""

_CORNERS = 4
_DRAW = "Draw it with: forensics compare BEFORE AFTER --draw"
_ADVICE = "See the case file's section in docs/report-format.md."


def _plain_times(value: object) -> object:
    """Turn TOML's own dates into the text they stand for; everything else stays."""
    if isinstance(value, dict):
        return {key: _plain_times(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_times(each) for each in value]
    return value.isoformat() if isinstance(value, datetime | date) else value


def _check_dates(case: CaseFile, path: Path) -> None:
    """Check when pictures were taken, which may be known to the year only."""
    dates = {f"reference {each.path}: taken": each.taken for each in case.reference}
    for number, observation in enumerate(case.observation, start=1):
        dates[f"observation {number}: taken"] = observation.taken
        if observation.taken is not None and observation.picture is None:
            raise CaseFileError(
                f"{path}: observation {number} says when a picture was taken, and not which",
                advice="Name it with the key picture.",
            )
    for name, text in dates.items():
        try:
            if text is not None:
                parse_date(text)
        except ValueError as error:
            raise CaseFileError(f"{path}: {name}: {error}", advice=_ADVICE) from error


def _check_decks(case: CaseFile, path: Path) -> None:
    if len(case.deck) > MAX_DECKS:
        raise CaseFileError(f"{path}: more than {MAX_DECKS} decks", advice=_ADVICE)
    if len({(deck.image, deck.at_s, deck.polygon) for deck in case.deck}) < len(case.deck):
        raise CaseFileError(
            f"{path}: the same deck is drawn twice", advice="Name all its pictures under one."
        )
    for deck in case.deck:
        numbers = [number for corner in deck.polygon for number in corner]
        count = len(deck.polygon)
        if not _CORNERS <= count <= MAX_CORNERS or not all(map(math.isfinite, numbers)):
            raise CaseFileError(
                f"{path}: the deck on {deck.image} has fewer than four corners, more than "
                f"{MAX_CORNERS}, or one that is no number",
                advice=_DRAW,
            )
        _check_scale(deck, path)
        moments_s = [deck.at_s, *(tie.at_s for tie in deck.tie)]
        if not all(each is None or (math.isfinite(each) and each >= 0) for each in moments_s):
            raise CaseFileError(
                f"{path}: at_s of the deck on {deck.image} is no moment of a clip",
                advice="It is counted in seconds from the clip's first frame.",
            )
        for tie in deck.tie:
            numbers = [number for point in tie.points for number in point]
            if not _CORNERS <= len(tie.points) <= MAX_CORNERS or not all(
                map(math.isfinite, numbers)
            ):
                raise CaseFileError(
                    f"{path}: the tie points of {tie.picture} are fewer than four, more than "
                    f"{MAX_CORNERS}, or hold what is no number",
                    advice=_DRAW,
                )


def _check_scale(deck: DrawnDeck, path: Path) -> None:
    try:
        known_length(deck.length_m, deck.length_error_m)
    except DeckError as error:
        raise CaseFileError(
            f"{path}: deck on {deck.image}: {error}", advice=error.advice
        ) from error


def _check_times(case: CaseFile, path: Path) -> None:
    times = {"as_of": case.as_of, "event.start": case.event.start, "event.end": case.event.end}
    for number, observation in enumerate(case.observation, start=1):
        times[f"observation {number}: when"] = observation.when
    read: dict[str, datetime] = {}
    for name, text in times.items():
        if text is None:
            continue
        try:
            read[name] = datetime.fromisoformat(text)
        except ValueError as error:
            raise CaseFileError(f"{path}: {name}: {error}", advice=_ADVICE) from error
        if read[name].tzinfo is None:
            raise CaseFileError(
                f"{path}: {name} has no UTC offset",
                advice="Write it with one, for example 2024-08-16T13:00:00+03:00.",
            )
    start, end = read.get("event.start"), read.get("event.end")
    if start is not None and end is not None and end < start:
        raise CaseFileError(f"{path}: the event ends before it starts", advice=_ADVICE)
