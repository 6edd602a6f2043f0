"""Run steps on one subject and turn whatever happens into an outcome."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from forensics.engine.step import Step
from forensics.ingest.media import Media
from forensics.model.errors import ForensicsError
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.outcome import Absent, ArtefactBytes, Made, Outcome, Problem, Result


def visit(
    media: Media, steps: Sequence[Step], *, store: Callable[[ArtefactBytes], str]
) -> list[Outcome]:
    """Run every item step on one opened item.

    The item is opened once; the steps share its bytes and pictures.

    Parameters
    ----------
    media : Media
        The opened item.
    steps : sequence of Step
        Rows with scope ``file``, which has opened it, and ``item``.
    store : callable
        Takes an artefact and gives the path under which it is kept.

    Returns
    -------
    list of Outcome
        One a step.
    """
    subject = (media.sha256,)
    outcomes = []
    values: dict[str, object] = {"media": media, "frames": media.frames}
    for step in steps:
        given = media.facts if step.scope == "file" else _run_item_step(step, media, values)
        values[step.name] = given.finding if isinstance(given, Made) else given
        outcome = _as_outcome(given, step.limits, store)
        outcomes.append(Outcome(step.name, step.version, subject, outcome))
    return outcomes


def run_step(step: Step, values: Mapping[str, object]) -> object:
    """Call one step with what it takes.

    Parameters
    ----------
    step : Step
        The row.
    values : mapping of str to object
        What there is to give, by name.

    Returns
    -------
    object
        What the step returned, or a `Problem` or `Absent` when it could not run.
    """
    try:
        function = step.load()
    except ImportError as error:
        return Absent("not_available", f"a library does not load here: {error}", _REINSTALL)
    try:
        return function(*(values[name] for name in step.takes))
    except ForensicsError as error:
        return Problem(f"{step.name}: {error}", error.advice)
    except Exception as error:  # noqa: BLE001 - a step's fault must not end the run
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return Problem(f"{step.name} failed: {text}", _REPORT_FAULT)


_REINSTALL = "Install the package again in a fresh environment; see the README."
_REPORT_FAULT = "This is a fault of this program; please report it with the file if you may."


def _run_item_step(step: Step, media: Media, values: Mapping[str, object]) -> object:
    if media.type.kind not in step.kinds:
        return Absent("not_applicable", f"{step.name} does not apply to a {media.type.kind}")
    if "frames" in step.takes and not media.frames:
        return Absent("unreadable", "no picture of this item could be decoded")
    for name in step.takes:
        if isinstance(values[name], Absent | Problem):
            return Absent("not_available", f"{name} has nothing for this item")
    return run_step(step, values)


def _as_outcome(
    given: object, limits: tuple[str, ...], store: Callable[[ArtefactBytes], str]
) -> Result | Absent | Problem:
    if isinstance(given, Absent | Problem):
        return given
    if isinstance(given, Made):
        kept = {name: store(artefact) for name, artefact in given.artefacts.items()}
        return Result(given.finding, kept, limits)
    # Every other step returns one of the findings of model.findings.
    return Result(given, {}, limits)  # type: ignore[arg-type]


State = Literal["ok", "degraded", "rejected"]


def as_case_outcome(step: Step, given: object) -> Outcome:
    """Say of a case step that it ran, or why not; what it found stands in the case itself.

    Parameters
    ----------
    step : Step
        The row.
    given : object
        What `run_step` returned.

    Returns
    -------
    Outcome
        Its subject is the whole case.
    """
    outcome = given if isinstance(given, Absent | Problem) else Result(None, {}, step.limits)
    return Outcome(step.name, step.version, (), outcome)


def describe_state(
    facts: StillFacts | VideoFacts | Absent | Problem,
) -> tuple[State, str | None]:
    """Say whether an item could be decoded.

    Parameters
    ----------
    facts : StillFacts, VideoFacts, Absent or Problem
        As `ingest.open_media` gives them.

    Returns
    -------
    status : {"ok", "degraded", "rejected"}
        Wholly, partly, not at all.
    reason : str or None
        Why it is not ``ok``.
    """
    if isinstance(facts, Problem):
        return "rejected", facts.error
    if isinstance(facts, Absent):
        return "rejected", facts.detail
    return ("degraded", facts.degraded) if facts.degraded else ("ok", None)
