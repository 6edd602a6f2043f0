"""Visit one file, run steps on it, and turn whatever happens into an outcome."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

from forensics.engine.messages import Doing, Finished, Identity, Refused, Todo, Told, Visit
from forensics.engine.step import Step
from forensics.ingest.guard import NEEDS_MEMORY, SCALE_DOWN, note_shortage
from forensics.ingest.media import Identified, Media, decode, identify, undecoded
from forensics.model.errors import ForensicsError, UnreadableMedia
from forensics.model.findings import StillFacts, VideoFacts
from forensics.model.outcome import Absent, ArtefactBytes, Made, Outcome, Problem, Result


class Desk(Protocol):
    """Who ordered a visit, as the visit sees it."""

    def ask(self, identity: Identity) -> Todo:
        """Say what is still to be found out.

        Parameters
        ----------
        identity : Identity
            Which bytes the file holds.

        Returns
        -------
        Todo
            The steps to run.
        """

    def tell(self, message: Told | Doing) -> None:
        """Take what a step said, or a sign of life.

        Parameters
        ----------
        message : Told or Doing
            The message.
        """


IDENTIFYING = "reading"
"""What a visit does before it knows which bytes the file holds."""

_NEED_DECODING = {"file", "media", "frames"}


def visit(location: bytes, desk: Desk) -> Finished | Refused:
    """Open one file once, and run every step on it that is asked for.

    Workers and the serial executor run this same function.

    Parameters
    ----------
    location : bytes
        Where to open it.
    desk : Desk
        Who ordered it; is told every outcome as soon as there is one.

    Returns
    -------
    Finished or Refused
        How it ended.
    """
    try:
        with _identified(location, desk) as opened:
            todo = desk.ask(Identity(opened.sha256, opened.bytes, opened.type))
            media = _decoded(opened, todo, desk)
            kind = media.type if media is not None else todo.type or opened.type
            for message in run_steps(
                todo.steps, sha256=opened.sha256, kind=kind.kind, media=media, known=todo.known
            ):
                desk.tell(message)
    except UnreadableMedia as error:
        return _refused(error)
    return Finished(media.type if media is not None else None)


def visit_pair(order: Visit, desk: Desk) -> Finished | Refused:
    """Open two files, and run every step on the pair that is asked for.

    Parameters
    ----------
    order : Visit
        Where they are, and what is asked of them.
    desk : Desk
        Who ordered it; is told every outcome as soon as there is one.

    Returns
    -------
    Finished or Refused
        How it ended.
    """
    try:
        with _identified(order.location, desk) as one, _identified(order.beside, desk) as other:
            identity = Identity(one.sha256, one.bytes, one.type, other.sha256, order.question)
            values = {"before": one, "after": other, "question": order.question}
            for step in desk.ask(identity).steps:
                desk.tell(Doing(step.name, 0.0, step.patience_s))
                outcome, artefacts = _as_outcome(run_step(step, values), step.limits)
                subject = (one.sha256, other.sha256)
                desk.tell(Told(Outcome(step.name, step.version, subject, outcome), artefacts))
    except UnreadableMedia as error:
        return _refused(error)
    return Finished(None)


def _identified(location: bytes, desk: Desk) -> AbstractContextManager[Identified]:
    """Open a file, and tell the desk of progress while it is read."""
    return identify(os.fsdecode(location), on_progress=lambda _: desk.tell(Doing(IDENTIFYING, 0.0)))


def _refused(error: UnreadableMedia) -> Refused:
    return Refused(str(error), error.advice, isinstance(error.__cause__, OSError))


def _decoded(opened: Identified, todo: Todo, desk: Desk) -> Media | None:
    needing = [step for step in todo.steps if _NEED_DECODING & {step.scope, *step.takes}]
    if not needing:
        return None
    if todo.stopped is not None:
        # Not asked a third time; other steps still get the bytes.
        return undecoded(opened, todo.stopped)
    step = needing[0].name
    desk.tell(Doing(step, 0.0))
    return decode(opened, on_progress=lambda played_s: desk.tell(Doing(step, played_s)))


def run_steps(
    steps: Sequence[Step],
    *,
    sha256: str,
    kind: str,
    media: Media | None = None,
    known: Mapping[str, Outcome] | None = None,
) -> Iterator[Doing | Told]:
    """Run item steps on one item; they share its bytes and pictures.

    Parameters
    ----------
    steps : sequence of Step
        Rows with scope ``file``, which has opened it, and ``item``.
    sha256 : str
        The item.
    kind : str
        What kind it is.
    media : Media, optional
        The decoded item; without it only steps that take other findings can run.
    known : mapping of str to Outcome, optional
        What is known of the rows above.

    Yields
    ------
    Doing or Told
        Before every step its name, and then what it said.
    """
    values: dict[str, object] = {name: _given(each) for name, each in (known or {}).items()}
    if media is not None:
        values |= {"media": media, "frames": media.frames}
    for step in steps:
        yield Doing(step.name, 0.0)
        if step.scope == "file" and media is not None:
            given: object = _opening(media)
        else:
            given = _run_item_step(step, kind, values)
        values[step.name] = given.finding if isinstance(given, Made) else given
        outcome, artefacts = _as_outcome(given, step.limits)
        yield Told(Outcome(step.name, step.version, (sha256,), outcome), artefacts)


def _given(known: Outcome) -> object:
    return known.outcome.finding if isinstance(known.outcome, Result) else known.outcome


def _opening(media: Media) -> Made | Absent | Problem:
    if isinstance(media.facts, Absent | Problem):
        return media.facts
    return Made(media.facts, media.artefacts)


def run_step(step: Step, values: Mapping[str, object]) -> Any:  # Any: depends on the row
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
    except MemoryError:
        note_shortage()
        return Problem(f"{step.name}: {NEEDS_MEMORY}", SCALE_DOWN)
    except Exception as error:  # noqa: BLE001 - a step's fault must not end the run
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return Problem(f"{step.name} failed: {text}", _REPORT_FAULT)


_REINSTALL = "Install the package again in a fresh environment; see the README."
_REPORT_FAULT = "This is a fault of this program; please report it with the file if you may."


def _run_item_step(step: Step, kind: str, values: Mapping[str, object]) -> object:
    if kind not in step.kinds:
        return Absent("not_applicable", f"{step.name} does not apply to a {kind}")
    if "frames" in step.takes and not values["frames"]:
        return Absent("unreadable", "no picture of this item could be decoded")
    for name in step.takes:
        if name not in step.copes_without and isinstance(values[name], Absent | Problem):
            return Absent("not_available", f"{name} has nothing for this item")
    return run_step(step, values)


def _as_outcome(
    given: object, limits: tuple[str, ...]
) -> tuple[Result | Absent | Problem, dict[str, ArtefactBytes]]:
    if isinstance(given, Absent | Problem):
        return given, {}
    if isinstance(given, Made):
        return Result(given.finding, {}, limits), given.artefacts
    # Every other step returns one of the findings of model.findings.
    return Result(given, {}, limits), {}  # type: ignore[arg-type]


def as_item_outcome(step: Step, sha256: str, given: object) -> Outcome:
    """Give what a step that makes no files said about an item.

    Parameters
    ----------
    step : Step
        The row.
    sha256 : str
        The item.
    given : object
        What `run_step` returned.

    Returns
    -------
    Outcome
        Its subject is the item.
    """
    outcome, _ = _as_outcome(given, step.limits)
    return Outcome(step.name, step.version, (sha256,), outcome)


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
