"""Bound how many entries of an archive would match a picture they have nothing to do with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from forensics.calibration import Rate, Threshold, load
from forensics.ingest.regular import open_regular
from forensics.model.errors import UnreadableMedia
from forensics.model.match import COPIES
from forensics.reuse.archive import Archive
from forensics.reuse.pair import Verdict
from forensics.whole_files import write_whole

Way = Literal["hash", "copy", "clip", "lead"]
"""By what two would have been matched by chance."""

SUFFIX = ".rates.json"
"""Of the file beside an archive that says what was counted in it."""

_MAX_BYTES = 10_000
_RULE_OF_THREE = 3.0
"""Of trials without an error, three divided by their number bounds the rate at 95 %."""

_Count = Annotated[int, Meta(ge=0)]
_Share = Annotated[float, Meta(ge=0, le=1)]


class OwnRates(Struct, frozen=True, forbid_unknown_fields=True):
    """What matched among the pictures of one archive, searched for in itself.

    Parameters
    ----------
    revision : str
        Of the archive that this was counted in; of any other it says nothing.
    date : str
        When it was counted.
    pairs : int
        Pairs of pictures that nobody said to be duplicates.
    copies, reported : int
        How many of them are called copies, and how many are reported at all.
    copies_high, reported_high : float
        Upper ends of their 95 % intervals, as shares of the pairs.
    """

    revision: str
    date: str
    pairs: Annotated[int, Meta(ge=1)]
    copies: _Count
    reported: _Count
    copies_high: _Share
    reported_high: _Share


def read_own(archive: Archive) -> OwnRates | None:
    """Read what was counted in an archive.

    Parameters
    ----------
    archive : Archive
        Known footage.

    Returns
    -------
    OwnRates or None
        None when nothing was counted since it last changed, or the file beside it cannot be read.
    """
    try:
        with open_regular(_beside(archive.path)) as file:
            found = msgspec.json.decode(file.read(_MAX_BYTES), type=OwnRates)
    except (OSError, UnreadableMedia, msgspec.MsgspecError, ValueError):
        return None
    return found if found.revision == archive.revision else None


def keep_own(archive: Archive, rates: OwnRates) -> Path:
    """Keep what was counted in an archive, in a file beside it.

    Parameters
    ----------
    archive : Archive
        Known footage.
    rates : OwnRates
        What was counted.

    Returns
    -------
    Path
        The file.
    """
    path = _beside(archive.path)
    data = msgspec.json.format(msgspec.json.encode(rates)) + b"\n"
    write_whole(path, data, is_lasting=True)
    return path


def bounds_by_chance(archive: Archive) -> dict[Way, float | None]:
    """Bound how many entries of an archive of this size would match by chance.

    Parameters
    ----------
    archive : Archive
        Known footage.

    Returns
    -------
    dict of str to float or None
        By way; None where no rate has been measured. Rates of matches by features are those that
        were counted in this archive, where more pairs were or some of them match, and else those
        of the package's own calibration.
    """
    size = archive.summary()
    near = load("reuse.search").thresholds["max_distance_bits"].false_alarms.values()
    judge = load("reuse.judge").thresholds
    own = read_own(archive)
    copies = _of_unrelated(judge["min_copy_score"])
    leads = _of_unrelated(judge["min_lead_correlation"])
    rates: dict[Way, tuple[float | None, int]] = {
        "hash": (_worst(tuple(near)), size.hashes),
        "copy": (_worst(copies), size.entries),
        "clip": (
            _worst(_of_unrelated(load("reuse.clips").thresholds["min_copy_score"])),
            size.entries,
        ),
        "lead": (_worst(leads), size.entries),
    }
    if own is not None:
        least = _RULE_OF_THREE / own.pairs
        if own.copies or _trials(copies) < own.pairs:
            rates["copy"] = (max(own.copies_high, least), size.entries)
        if own.reported or _trials(leads) < own.pairs:
            rates["lead"] = (max(own.reported_high, least), size.entries)
    return {
        way: None if rate is None else round(rate * count, 6)
        for way, (rate, count) in rates.items()
    }


def way_of(verdict: Verdict) -> Way:
    """Say by which way two would have been matched by chance.

    Parameters
    ----------
    verdict : Verdict
        What was found of them.

    Returns
    -------
    {"hash", "copy", "clip", "lead"}
        The way.
    """
    is_copy = verdict.relation in COPIES
    if is_copy and any(each.speed is not None for each in verdict.segments):
        return "clip"
    if verdict.features is None:
        return "hash"
    return "copy" if is_copy else "lead"


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)


def _of_unrelated(threshold: Threshold) -> tuple[Rate, ...]:
    counted = threshold.false_alarms.get("unrelated")
    return () if counted is None else (counted,)


def _worst(counted: Sequence[Rate]) -> float | None:
    return max((rate.high for rate in counted), default=None)


def _trials(counted: Sequence[Rate]) -> int:
    return max((rate.trials for rate in counted), default=0)
