"""Make search probes from what the item steps found, without opening any file again."""

from collections.abc import Callable, Mapping
from functools import partial

from forensics.model.findings import (
    ClipTraceKept,
    CompareViews,
    Finding,
    ImageHashes,
    LocalFeatures,
    StillFacts,
    VideoFacts,
)
from forensics.model.item import Item
from forensics.model.outcome import Outcome, Result
from forensics.reuse.features import read_described
from forensics.reuse.views import MOVING, Probe, StoredViews, Views, read_views
from forensics.vision.codes import CodedFeatures


def make_probe(
    item: Item, outcomes: Mapping[str, Outcome], *, load: Callable[[str], bytes]
) -> Probe | None:
    """Make the probe of one item.

    Parameters
    ----------
    item : Item
        The item.
    outcomes : mapping of str to Outcome
        Its outcomes by step name.
    load : callable
        Gives the bytes of an artefact by its path.

    Returns
    -------
    Probe or None
        None when no picture of the item was hashed.
    """
    results = {
        name: outcome.outcome
        for name, outcome in outcomes.items()
        if isinstance(outcome.outcome, Result)
    }
    findings = {name: result.finding for name, result in results.items()}
    artefacts = {name: result.artefacts for name, result in results.items()}
    hashes, views = findings.get("reuse.hashes"), findings.get("reuse.views")
    if not isinstance(hashes, ImageHashes):
        return None
    stored = None
    if isinstance(views, CompareViews):
        path = artefacts["reuse.views"]["views"]
        stored = StoredViews(partial(_read, views, path, load))
    facts = findings.get("ingest.media")
    size_px, duration_s = (0, 0), None
    if isinstance(facts, StillFacts | VideoFacts):
        size_px = (facts.width_px or 0, facts.height_px or 0)
        duration_s = facts.duration_s
    return Probe(
        sha256=item.sha256,
        path=item.paths[0],
        is_video=item.kind in MOVING and len(hashes.frames) > 1,
        hashes=hashes,
        views=stored,
        size_px=size_px,
        duration_s=duration_s,
        features=_features(findings, artefacts, load),
        described=_described(findings),
        read_trace=_trace(findings, artefacts, load),
    )


def _features(
    findings: Mapping[str, Finding | None],
    artefacts: Mapping[str, Mapping[str, str]],
    load: Callable[[str], bytes],
) -> tuple[CodedFeatures, ...]:
    found = findings.get("reuse.features")
    if not isinstance(found, LocalFeatures):
        return ()
    return read_described(found, load(artefacts["reuse.features"]["features"]))


def _described(findings: Mapping[str, Finding | None]) -> tuple[int, ...]:
    found = findings.get("reuse.features")
    return found.pictures if isinstance(found, LocalFeatures) else ()


def _trace(
    findings: Mapping[str, Finding | None],
    artefacts: Mapping[str, Mapping[str, str]],
    load: Callable[[str], bytes],
) -> Callable[[], bytes] | None:
    if not isinstance(findings.get("reuse.traces"), ClipTraceKept):
        return None
    return partial(load, artefacts["reuse.traces"]["trace"])


def _read(finding: CompareViews, path: str, load: Callable[[str], bytes]) -> Views:
    return read_views(finding, load(path))
