"""The short summary a scan ends with: what a person acts on, then where the report is."""

from collections.abc import Container, Sequence
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from forensics.cli.archive_lines import compared_with
from forensics.cli.console import ResultConsole
from forensics.model.case import Case
from forensics.model.damage import DamageReport
from forensics.model.findings import Notes
from forensics.model.match import COPIES, Match
from forensics.model.outcome import Result
from forensics.report.damage_sentences import DAMAGED, as_percent, told_once, view_words
from forensics.report.text import reveal
from forensics.report.words import DECK_STATES

MAX_LINES = 8
"""Lines of one kind that are printed; the report has them all."""

_INDENT = 2


def print_summary(case: Case, report: Path) -> None:
    """Print what was examined and found, and where the report is.

    Parameters
    ----------
    case : Case
        What a scan found.
    report : Path
        The report in HTML.
    """
    console = ResultConsole()
    console.print(Text(reveal(case.case.name or "Unnamed case"), style="bold"))
    console.print(Text(_examined(case)))
    console.print(Text(reveal(_compared(case))))
    recycled = [match for match in case.matches if match.recycled]
    known = [m for m in case.matches if not m.recycled and m.relation in COPIES]
    leads = [match for match in case.matches if match.relation not in COPIES]
    _section(console, "Recycled, known before the event", recycled, "bold magenta")
    _section(console, "Known, but not shown to be older than the event", known, "cyan")
    _section(console, "Looks like known footage, a person must look", leads, "yellow")
    aside = [f"{d.query.path} ← {d.reference.path or d.reference.id}" for d in case.dismissed]
    _print_lines(console, "Looks like known footage, set aside by a person", aside, "cyan")
    _print_lines(console, "Damage on the deck", _decks(case, DAMAGED), "bold magenta")
    _print_lines(console, "No change found on the deck", _decks(case, {"none"}), "cyan")
    open_ones = _decks(case, {"undetermined"})
    _print_lines(console, "Compared on the deck, and not settled", open_ones, "yellow")
    remarks = [remark for each in case.deck_timelines for remark in each.remarks]
    _print_lines(console, "Cannot be in this order", remarks, "yellow")
    _print_lines(console, "Copies within the folder", _copies(case), "cyan")
    _print_lines(console, "Worth a look", _notes(case), "yellow")
    _print_lines(console, "Not examined, or only in part", _not_examined(case), "yellow")
    console.print()
    damage = "" if case.case.deck or case.damage else " damage,"
    console.print(
        Text(f"Not tested: AI-generated imagery,{damage} events, claims. See the report.")
    )
    # A path that is wrapped cannot be copied.
    console.print(Text(f"Report: {reveal(str(report))}", style="bold"), soft_wrap=True)


def _examined(case: Case) -> str:
    states = [item.status for item in case.items]
    files = sum(len(item.paths) for item in case.items)
    parts = [f"{states.count('ok')} examined"]
    for state, words in (("degraded", "examined in part"), ("rejected", "rejected")):
        if state in states:
            parts.append(f"{states.count(state)} {words}")
    different = "" if files == len(states) else f" ({len(states)} different)"
    noun = "photo or video" if files == 1 else "photos and videos"
    return f"{files} {noun}{different}: {', '.join(parts)}"


def _compared(case: Case) -> str:
    known = case.archive
    if known is None:
        return "Not compared with known footage: the case names no archive"
    return compared_with(known)


def _section(console: ResultConsole, title: str, matches: Sequence[Match], style: str) -> None:
    lines = []
    for match in matches:
        reference = match.reference
        since = f", known since {reference.first_seen}" if reference.first_seen else ", no date"
        lines.append(f"{match.query.path} ← {reference.path or reference.id}{since}")
    _print_lines(console, title, lines, style)


def _print_lines(console: ResultConsole, title: str, lines: Sequence[str], style: str) -> None:
    if not lines:
        return
    console.print()
    console.print(Text(f"{title}: {len(lines)}", style=style))
    for line in lines[:MAX_LINES]:
        console.print(_indented(reveal(line)))
    if len(lines) > MAX_LINES:
        console.print(_indented(f"and {len(lines) - MAX_LINES} more"))


def _indented(line: str) -> Padding:
    return Padding(Text(line, overflow="fold"), (0, 0, 0, _INDENT), expand=False)


def _decks(case: Case, states: Container[str]) -> list[str]:
    return [
        f"{view_words(each.after)}{also} ← {view_words(each.before)}: "
        f"{DECK_STATES[each.damage.state]}{_extent(each)}"
        for each, also in told_once(d for d in case.damage if d.damage.state in states)
    ]


def _extent(each: DamageReport) -> str:
    if each.damage.state == "undetermined":
        return ", not laid over it" if each.registration.status == "refused" else ""
    if each.damage.state == "collapsed":
        return f" over {as_percent(each.damage.gap.fraction_of_deck)} of its length"
    if each.damage.state == "none":
        return f" on {as_percent(each.deck.examined_fraction)} of it"
    return ""


def _copies(case: Case) -> list[str]:
    paths = {item.sha256: item.paths[0] for item in case.items}
    same = [f"{' = '.join(each.paths)} (same bytes)" for each in case.items if len(each.paths) > 1]
    return same + [
        " ~ ".join(paths[member.sha256] for member in group.members)
        for group in case.groups
        if len(group.members) > 1
    ]


def _notes(case: Case) -> list[str]:
    paths = {item.sha256: item.paths[0] for item in case.items}
    lines = [
        f"{path}: is {item.format}, whatever its name says"
        for item in case.items
        for path in item.extension_disagrees
    ]
    for outcome in case.outcomes:
        if isinstance(outcome.outcome, Result) and isinstance(outcome.outcome.finding, Notes):
            lines += [
                f"{paths[outcome.subject[0]]}: {note.text}"
                for note in outcome.outcome.finding.notes
                if note.severity != "info"
            ]
    return lines


def _not_examined(case: Case) -> list[str]:
    lines = [f"{each.paths[0]}: {each.reason}" for each in case.items if each.status != "ok"]
    lines += [f"{each.path}: {each.reason}" for each in case.unread if not each.expected]
    if case.archive is not None:
        lines += [f"archive: {problem}" for problem in case.archive.problems]
    return lines
