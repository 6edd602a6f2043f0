"""Say in plain words what is missing from a video."""

import os
from typing import BinaryIO

from forensics.ingest.guard import REFETCH
from forensics.ingest.video_tally import Tally
from forensics.model.item import SniffedType
from forensics.model.outcome import Problem

CUT_SHORT_S = 0.5
"""Missing play time, against the header, from which a clip is called cut short."""

_BOX_HEAD_BYTES = 16


def name_faults(tally: Tally, *, declared_s: float | None, ended_early: str | None) -> list[str]:
    """Say what could not be read of a video that was opened.

    Parameters
    ----------
    tally : Tally
        What its packets say.
    declared_s : float or None
        Duration in the header; None when the container does not keep one.
    ended_early : str or None
        What the demuxer said when it stopped before the end.

    Returns
    -------
    list of str
        The faults, the gravest first; empty when there are none.
    """
    faults = []
    reached_s = _reached_s(tally)
    if declared_s is not None and declared_s - reached_s > CUT_SHORT_S:
        faults.append(
            f"the file is cut short: {reached_s:.1f} s of {declared_s:.1f} s are there "
            "(duration in the header against the last packet)"
        )
    if tally.broken:
        faults.append(f"{tally.broken} packets or frames are corrupted")
    if tally.broken_sound:
        faults.append(f"{tally.broken_sound} packets of sound are corrupted")
    if tally.untimed:
        faults.append(f"{tally.untimed} frames carry no time; they follow the ones before them")
    if tally.backwards:
        faults.append(f"the clock runs backwards at {tally.backwards} frames")
    if ended_early:
        faults.append(f"the file breaks off ({ended_early})")
    return faults


def explain_no_opening(file: BinaryIO, kind: SniffedType, problem: Problem) -> Problem:
    """Say why a file that looks like a video does not open.

    Parameters
    ----------
    file : binary file
        The file, at any position.
    kind : SniffedType
        What `sniff` says it is.
    problem : Problem
        What FFmpeg said.

    Returns
    -------
    Problem
        The reason in plain words, the technical one in parentheses, and advice.
    """
    if kind.format in ("mp4", "mov"):
        boxes, is_cut = _top_boxes(file)
        if b"moov" not in boxes:
            return _without_index(boxes, is_cut, problem)
        if is_cut:
            return Problem(
                f"the file is cut short: nothing of it can be played ({problem.error})", REFETCH
            )
    return Problem(
        f"the file is corrupted, or no {kind.format.upper()} behind its first bytes: nothing in it "
        f"can be played ({problem.error})",
        REFETCH,
    )


def _without_index(boxes: set[bytes], is_cut: bool, problem: Problem) -> Problem:
    has_content = b"mdat" in boxes or is_cut
    what = "the file is cut short" if has_content else "the file is corrupted"
    return Problem(
        f"{what}: the index that says where its pictures are (moov) is missing, so nothing can "
        f"be played ({problem.error})",
        "Ask for the original file. When the recording itself broke off, a repair program may "
        "rebuild the index with the help of another clip from the same camera."
        if has_content
        else REFETCH,
    )


def _reached_s(tally: Tally) -> float:
    """Give how far the packets reach, in whichever way reaches further.

    Declared durations count from zero or from the first packet, for the pictures or for the
    longest stream, depending on the container; none of these is a sign of missing data.
    """
    reached = [0.0]
    for start_s, end_s in (
        (tally.start_s, tally.end_s),
        (tally.other_start_s, tally.other_end_s),
    ):
        if start_s is not None and end_s is not None:
            reached += [end_s, end_s - start_s]
    return max(reached)


def _top_boxes(file: BinaryIO) -> tuple[set[bytes], bool]:
    """Name the boxes at the top of an ISO file, and say whether the last one is cut off."""
    end = file.seek(0, os.SEEK_END)
    boxes: set[bytes] = set()
    position = 0
    while position + 8 <= end:
        file.seek(position)
        head = file.read(_BOX_HEAD_BYTES)
        size = int.from_bytes(head[:4], "big")
        if size == 1:  # a 64-bit size follows the type (ISO/IEC 14496-12, 4.2)
            size = int.from_bytes(head[8:16], "big")
        boxes.add(head[4:8])
        if size == 0:  # reaches to the end of the file
            return boxes, False
        if size < 8:  # noqa: PLR2004 - less than a box header
            return boxes, False
        position += size
    return boxes, position > end
