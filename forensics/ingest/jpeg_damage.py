"""Say what is missing of a JPEG that decodes without complaint."""

from forensics.ingest.jpeg_scans import gone_by_restarts
from forensics.ingest.jpeg_watch import Watch
from forensics.ingest.missing import OpenPage, Salvage, salvage_jpeg
from forensics.model.outcome import Problem

_DISPLACED = "; if bytes were lost further up instead, what is below them is displaced"
_CLOSED = "though the marker of its end is there"


def is_cut(seen: Watch) -> bool:
    """Say whether a picture only lacks its end, rather than being disturbed within.

    Parameters
    ----------
    seen : Watch
        What was seen while it was decoded.

    Returns
    -------
    bool
        False when it may be disturbed elsewhere too.
    """
    is_disturbed = seen.is_left_over or seen.hole is not None or seen.wrong_restart is not None
    return not is_disturbed


def describe(seen: Watch, open_page: OpenPage) -> tuple[str, Salvage | None]:
    """Say what is missing of a picture, and give what is left of it.

    Parameters
    ----------
    seen : Watch
        What was seen while it was decoded; something is wrong with it.
    open_page : callable
        Opens a picture in given bytes, ready to be loaded.

    Returns
    -------
    words : str
        What is missing.
    left : Salvage or None
        What is left, with grey where nothing is known; None when what was decoded shows it as well.
    """
    if seen.scans > 1:
        return _describe_scans(seen), None
    if seen.wrong_restart is not None:
        return (
            "restart markers are missing or out of order from "
            f"{round(seen.wrong_restart * 100)} % of the picture on, so that parts of it are "
            "missing or displaced",
            None,
        )
    if seen.hole is not None:
        share = _share(seen, seen.hole, open_page)
        return f"bytes are lost, of which zeros are left: {share}", None
    if seen.is_left_over:
        return (
            "coded data are left over when the picture is full: it is disturbed from a place on "
            "that cannot be told",
            None,
        )
    gone = gone_by_restarts(seen.data, seen.structure)
    left = salvage_jpeg(seen.data[seen.start : seen.end], open_page, scans=1, gone=gone)
    if isinstance(left, Problem):
        return f"its coded data end before the picture does, {_CLOSED} ({left.error})", None
    coarse = "; what is there is coarser than it was made" if seen.is_coarse else ""
    return f"{left.missing}, {_CLOSED}{coarse}{_DISPLACED}", left


def _describe_scans(seen: Watch) -> str:
    if seen.is_coarse:
        return (
            f"scans are missing after the first {seen.scans}: the picture is there but coarser "
            f"than it was made, {_CLOSED}"
        )
    if seen.is_short:
        return (
            "the coded data of a scan end early: the picture is there but in part coarser than it "
            f"was made, or disturbed, {_CLOSED}"
        )
    return "coded data of a scan are left over: the picture may be disturbed anywhere"


def _share(seen: Watch, stop: int, open_page: OpenPage) -> str:
    left = salvage_jpeg(seen.data[seen.start : stop], open_page, scans=1)
    if isinstance(left, Problem):
        return "where, cannot be told"
    return left.missing.replace("is missing", "is disturbed or missing")
