"""Assemble a `Case` from what a run found."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from msgspec import Struct

from forensics.calibration import load
from forensics.engine.keys import library_versions, program_versions
from forensics.engine.step import Step
from forensics.model.case import SCHEMA, Case, CaseProblem, Method, Tool
from forensics.model.casefile import CaseFile
from forensics.model.damage import DamageReport, DeckTimeline, NotCompared
from forensics.model.item import Item, Unread
from forensics.model.match import ArchiveSummary, CheckReport, Group
from forensics.model.outcome import Absent, Outcome, Problem, Result
from forensics.model.sidecars import NameReading, Sidecar

_DISTRIBUTION = "strike-forensics"


class Decks(Struct, frozen=True):
    """What was found of decks that a person outlined.

    Parameters
    ----------
    compared : tuple of DamageReport
        The comparisons.
    timelines : tuple of DeckTimeline
        What became of each deck.
    not_compared : tuple of NotCompared
        Stills that were not compared, and why.
    """

    compared: tuple[DamageReport, ...] = ()
    timelines: tuple[DeckTimeline, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()


def build_case(
    *,
    case: CaseFile,
    items: Sequence[Item],
    outcomes: Sequence[Outcome],
    unread: Sequence[Unread],
    archive: ArchiveSummary | None,
    checked: CheckReport | None,
    groups: Sequence[Group],
    sidecars: Sequence[Sidecar],
    names: Sequence[NameReading],
    decks: Decks,
    problems: Sequence[CaseProblem],
    steps: Sequence[Step],
    not_tested: Sequence[str],
) -> Case:
    """Assemble a case.

    Parameters
    ----------
    case : CaseFile
        What a person says about it.
    items : sequence of Item
        In order of their first path.
    outcomes : sequence of Outcome
        In order of items, then of steps.
    unread : sequence of Unread
        Files that were not examined.
    archive : ArchiveSummary or None
        Known footage compared with.
    checked : CheckReport or None
        What the search in it gave.
    groups : sequence of Group
        Copies within the case.
    sidecars : sequence of Sidecar
        What files beside the evidence assert about it.
    names : sequence of NameReading
        Naming conventions that the paths of items follow.
    decks : Decks
        What was found of decks that a person outlined.
    problems : sequence of CaseProblem
        What went wrong with the case as a whole.
    steps : sequence of Step
        The table that was run.
    not_tested : sequence of str
        Questions nothing in the table answers.

    Returns
    -------
    Case
        Ready to be written.
    """
    return Case(
        schema=SCHEMA,
        tool=_tool(),
        case=case,
        items=tuple(items),
        outcomes=tuple(outcomes),
        unread=tuple(sorted(unread, key=lambda each: each.path)),
        archive=archive,
        matches=checked.matches if checked is not None else (),
        unmatched=checked.unmatched if checked is not None else (),
        dismissed=checked.dismissed if checked is not None else (),
        groups=tuple(groups),
        sidecars=tuple(sidecars),
        names=tuple(names),
        damage=tuple(decks.compared),
        deck_timelines=tuple(decks.timelines),
        not_compared=tuple(decks.not_compared),
        events=(),
        claims=(),
        problems=(*_item_problems(items, outcomes), *problems),
        methods=tuple(_method(step, outcomes) for step in steps),
        not_tested=tuple(not_tested),
    )


def _tool() -> Tool:
    try:
        own = version(_DISTRIBUTION)
    except PackageNotFoundError:  # a checkout that was never installed
        own = "0+checkout"
    return Tool(_DISTRIBUTION, own, library_versions() | program_versions())


def _item_problems(items: Sequence[Item], outcomes: Sequence[Outcome]) -> list[CaseProblem]:
    paths = {item.sha256: item.paths for item in items}
    return [
        CaseProblem(
            each.step,
            tuple(path for digest in each.subject for path in paths.get(digest, ())),
            each.outcome.error,
            each.outcome.advice,
        )
        for each in outcomes
        if isinstance(each.outcome, Problem)
    ]


def _method(step: Step, outcomes: Sequence[Outcome]) -> Method:
    own = [each.outcome for each in outcomes if each.step == step.name]
    return Method(
        step=step.name,
        version=step.version,
        scope=step.scope,
        summary=step.summary,
        limits=step.limits,
        calibration=_calibration_in_words(step),
        ran=sum(isinstance(each, Result) for each in own),
        absent=sum(isinstance(each, Absent) for each in own),
        failed=sum(isinstance(each, Problem) for each in own),
    )


def _calibration_in_words(step: Step) -> dict[str, str]:
    words = {}
    for name in step.calibrations:
        calibration = load(name)
        for key, threshold in calibration.thresholds.items():
            rates = [
                f"{kind} {rate.errors} of {rate.trials} ({rate.low:.2g} to {rate.high:.2g}) on "
                f"{rate.corpus}"
                for kind, by_corpus in (
                    ("false alarms", threshold.false_alarms),
                    ("misses", threshold.misses),
                )
                for rate in by_corpus.values()
            ]
            measured = "; ".join(rates) or "error rates not measured"
            words[f"{calibration.id} {key}"] = (
                f"{threshold.value:g} {threshold.unit}: {threshold.meaning}. "
                f"Origin: {threshold.origin}. {measured}."
            )
    return words
