"""Decide what two items are to each other: stills laid over each other, clips by moments."""

from collections.abc import Sequence

from forensics.reuse.clips import decide_clips
from forensics.reuse.known_pictures import Sighting
from forensics.reuse.pair import NearPair, Verdict
from forensics.reuse.stills import align_probes, decide_stills, has_enough
from forensics.reuse.views import Probe


def decide(
    query: Probe,
    reference: Probe,
    near: Sequence[NearPair] = (),
    *,
    sighted: Sequence[Sighting] | None = None,
) -> Verdict | None:
    """Decide what two items are to each other.

    Parameters
    ----------
    query, reference : Probe
        The two items.
    near : sequence of NearPair, optional
        Their pictures with near hashes.
    sighted : sequence of Sighting, optional
        Which of their pictures have features in common; of stills their first pictures are
        compared unless it is given.

    Returns
    -------
    Verdict or None
        The strongest relation that was shown; None when nothing speaks for one.
    """
    if query.is_video or reference.is_video:
        return decide_clips(query, reference, near=near, sighted=sighted or ())
    # Further pictures of a still are pages, and compared by their hashes alone.
    firsts = [each for each in sighted or () if each.query == each.reference == 0]
    found = [each.alignment for each in firsts] or align_probes(query, reference)
    if not near and not found:
        return None
    verdict = decide_stills(query, reference, near=near, aligned=found)
    return verdict if verdict.relation != "lead" or near or has_enough(verdict) else None
