"""Note where an item's own statements do not fit together, each with its innocent explanation."""

from collections.abc import Sequence

from forensics.ingest.guard import guarded
from forensics.metadata.rule import Rule, Seen, Subject
from forensics.metadata.rules import all_rules
from forensics.model.findings import Note, Notes
from forensics.model.outcome import Problem

MAX_NOTES_OF_A_RULE = 20
"""A rule that has more to say about one file says it about its fields, not about the file."""

_ORDER = ("conflict", "notice", "info")


def find_notes(subject: Subject, *, rules: Sequence[Rule] | None = None) -> Notes:
    """Note what in an item's own statements a reader should weigh.

    Parameters
    ----------
    subject : Subject
        Everything that was said of the item.
    rules : sequence of Rule, optional
        The rules to look at; all there are by default.

    Returns
    -------
    found : Notes
        With none in it when nothing stands out.
    """
    notes: list[Note] = []
    failed: dict[str, str] = {}
    for rule in all_rules().rules if rules is None else rules:
        # Rules may come from other packages; one that fails must not silence the others.
        seen = guarded(lambda: _apply(rule, subject), doing="looking")  # noqa: B023 - called at once
        if isinstance(seen, Problem):
            failed[rule.id] = seen.error
        else:
            notes += seen
    return Notes(
        tuple(sorted(notes, key=lambda note: (_ORDER.index(note.severity), note.id))), failed
    )


def _apply(rule: Rule, subject: Subject) -> list[Note]:
    notes = []
    for seen in rule.load()(subject):
        notes.append(_note(rule, seen))
        if len(notes) == MAX_NOTES_OF_A_RULE:
            break
    return notes


def _note(rule: Rule, seen: Seen) -> Note:
    return Note(
        id=rule.id,
        severity=seen.severity or rule.severity,
        text=rule.text.format_map(seen.values),
        evidence=seen.evidence,
        innocent_explanation=rule.innocent_explanation,
        docs=rule.docs,
    )
