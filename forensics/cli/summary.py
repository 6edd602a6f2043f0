"""The short summary a scan ends with."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from forensics.model.case import Case
from forensics.model.findings import Notes
from forensics.model.match import COPIES, Match
from forensics.model.outcome import Result
from forensics.report.text import visible

_STYLES = {"recycled": "bold magenta", "copy": "cyan", "lead": "yellow", "note": "yellow"}
_WORD_WIDTH = 10
_MAX_LINES = 12


def print_summary(case: Case, report: Path) -> None:
    """Print what was examined and found, and where the report is.

    Parameters
    ----------
    case : Case
        What a scan found.
    report : Path
        The report in HTML.
    """
    # Wrapping would break paths that a person wants to copy.
    console = Console(highlight=False, soft_wrap=True)
    if case.case.name:
        console.print(Text(visible(case.case.name), style="bold"))
    console.print(Text(_examined(case)))
    lines = list(_findings(case))
    for word, text in lines[:_MAX_LINES]:
        console.print(Text(f"  {word.upper():<{_WORD_WIDTH}}", style=_STYLES[word]) + visible(text))
    if len(lines) > _MAX_LINES:
        console.print(Text(f"  and {len(lines) - _MAX_LINES} more in the report"))
    console.print(Text("Not tested: AI-generated imagery, damage, events, claims; see the report."))
    console.print(Text("Report: ") + Text(visible(str(report)), style="bold"))


def _examined(case: Case) -> str:
    states = [item.status for item in case.items]
    whole, partly, rejected = (states.count(each) for each in ("ok", "degraded", "rejected"))
    files = sum(len(item.paths) for item in case.items)
    parts = [f"{files} media files, {len(states)} different: {whole} examined"]
    if partly:
        parts.append(f"{partly} examined in part")
    if rejected:
        parts.append(f"{rejected} rejected")
    unread = [each for each in case.unread if not each.expected]
    if unread:
        parts.append(f"{len(unread)} files not read")
    known = case.archive
    compared = "; no archive of known footage"
    if known is not None:
        span = f", {known.earliest} to {known.latest}" if known.earliest else ""
        compared = f"; compared with {known.entries} known{span}"
    return ", ".join(parts) + compared


def _findings(case: Case) -> Iterator[tuple[str, str]]:
    paths = {item.sha256: item.paths[0] for item in case.items}
    for match in case.matches:
        yield _word(match), _sentence(match)
    for group in case.groups:
        if len(group.members) > 1:
            yield "copy", " = ".join(paths[member.sha256] for member in group.members)
    for item in case.items:
        if len(item.paths) > 1:
            yield "copy", " = ".join(item.paths) + " (identical files)"
    for path in (path for item in case.items for path in item.extension_disagrees):
        yield "note", f"{path}: the name's ending does not go with the content"
    for outcome in case.outcomes:
        if isinstance(outcome.outcome, Result) and isinstance(outcome.outcome.finding, Notes):
            for note in outcome.outcome.finding.notes:
                if note.severity != "info":
                    yield "note", f"{paths[outcome.subject[0]]}: {note.text}"


def _word(match: Match) -> str:
    if match.recycled:
        return "recycled"
    return "copy" if match.relation in COPIES else "lead"


def _sentence(match: Match) -> str:
    reference = match.reference
    known = f", known since {reference.first_seen}" if reference.first_seen else ""
    verb = "is a copy of" if match.relation in COPIES else "looks like"
    return f"{match.query.path} {verb} {reference.path or reference.id}{known}"
