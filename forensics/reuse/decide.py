"""Decide what two items are to each other: stills laid over each other, clips by moments."""

from collections.abc import Sequence

from forensics.reuse.pair import NearPair, Verdict, decide_clips
from forensics.reuse.stills import align_probes, decide_stills, has_enough
from forensics.reuse.views import Probe
from forensics.vision.alignment import Alignment


def decide(
    query: Probe,
    reference: Probe,
    near: Sequence[NearPair] = (),
    *,
    aligned: Sequence[Alignment] | None = None,
) -> Verdict | None:
    """Decide what two items are to each other.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    near : sequence of NearPair, optional
        Their pictures with near hashes.
    aligned : sequence of Alignment, optional
        How their first pictures lie over each other; looked for unless given.

    Returns
    -------
    Verdict or None
        The strongest relation that was shown; None when nothing speaks for one.
    """
    if query.is_video or reference.is_video:
        return decide_clips(query, reference, near) if near else None
    found = align_probes(query, reference) if aligned is None else aligned
    if not near and not found:
        return None
    verdict = decide_stills(query, reference, near=near, aligned=found)
    return verdict if verdict.relation != "lead" or near or has_enough(verdict) else None
