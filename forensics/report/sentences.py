"""The sentences in which matches and groups of copies are told, the same everywhere."""

from markupsafe import Markup

from forensics.model.case import Method
from forensics.model.match import Decision, Dismissed, Group, Match
from forensics.report.lookup import Lookup, is_copy
from forensics.report.text import counted, days_between, listed, markup, moment, name
from forensics.report.words import EDITS, RELATION_NAMES, RELATION_VERBS, STANDINGS

_DAYS_A_YEAR = 365.25
_YEARS_FROM_DAYS = 730


def match_standing(match: Match) -> str:
    """Say how a match with known footage stands.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        ``recycled``, ``copy`` or ``lead``.
    """
    if match.recycled:
        return "recycled"
    return "copy" if is_copy(match) else "lead"


def match_sentence(match: Match, lookup: Lookup) -> Markup:
    """Say what a match means.

    Parameters
    ----------
    match : Match
        The match.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        One or two full sentences.
    """
    query = lookup.linked(match.query.sha256, match.query.path)
    verb = RELATION_VERBS.get(match.relation, match.relation)
    edits = ", ".join(dict.fromkeys(EDITS.get(edit.kind, edit.kind) for edit in match.edits))
    how = f" ({edits})" if edits else ""
    known = _known(match)
    if match.recycled:
        lead_time = _lead_time(match, lookup)
        return markup("{} {} {}{}{}.", query, verb, known, how, lead_time)
    if not is_copy(match):
        ends = "; it is not shown to be a copy. A person must look at both."
        return markup("{} {} {}{}", query, verb, known, ends)
    return markup("{} {} {}{}. {}", query, verb, known, how, _why_not_recycled(match, lookup))


def match_alt(match: Match) -> str:
    """Say what a match means, as the text for its picture.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        Plain text.
    """
    word = STANDINGS[match_standing(match)]
    reference = match.reference.path or match.reference.source or match.reference.id
    verb = RELATION_VERBS.get(match.relation, match.relation)
    return f"{word}: {match.query.path} {verb} {reference}"


def dismissed_sentence(dismissed: Dismissed, lookup: Lookup) -> Markup:
    """Say what a person set aside, and why.

    Parameters
    ----------
    dismissed : Dismissed
        The pair and the decision.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        Two full sentences.
    """
    decision = dismissed.decision
    return markup(
        "{} and {}: {} decided on {} that this is no duplicate ({}). It was measured as: {}.",
        lookup.linked(dismissed.query.sha256, dismissed.query.path),
        name(dismissed.reference.path or dismissed.reference.source or dismissed.reference.id),
        decision.who,
        decided_at(decision),
        decision.why,
        RELATION_NAMES.get(dismissed.relation, dismissed.relation),
    )


def decided_at(decision: Decision) -> str:
    """Say when a person decided, to the second.

    Parameters
    ----------
    decision : Decision
        The decision.

    Returns
    -------
    str
        In words.
    """
    second, dot, _ = decision.when.partition(".")
    return moment(f"{second}Z" if dot else second)


def expected_by_chance(match: Match) -> str:
    """Say how many such matches chance alone may give.

    Parameters
    ----------
    match : Match
        The match.

    Returns
    -------
    str
        In words; says so when it was not measured.
    """
    if match.expected_false_matches is None:
        return "not measured for this archive"
    if match.expected_false_matches == 0:
        return "none: the bytes are the same"
    return f"at most {match.expected_false_matches:g} entries of an archive of this size"


def group_sentence(group: Group, lookup: Lookup) -> Markup:
    """Say what a group of copies means.

    Parameters
    ----------
    group : Group
        The group.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        One or two full sentences.
    """
    members = [lookup.linked(each.sha256) for each in group.members]
    leads = [lookup.linked(each.sha256) for each in group.leads]
    if len(members) > 1:
        sentence = markup("{} are copies of one another.", listed(members))
        if not leads:
            return sentence
        verb = "looks" if len(leads) == 1 else "look"
        return markup("{} {} {} like them; not shown to be copies.", sentence, listed(leads), verb)
    return markup(
        "{} and {} look alike; they are not shown to be copies. A person must look at them.",
        listed(members),
        listed(leads),
    )


def thresholds(method: Method) -> tuple[tuple[str, str], ...]:
    """Give the thresholds of a method with names that read well.

    Parameters
    ----------
    method : Method
        The step.

    Returns
    -------
    tuple of (str, str)
        Name and words, sorted by name.
    """
    rows = []
    for key, words in sorted(method.calibration.items()):
        calibration, _, threshold = key.partition(" ")
        rows.append((f"{threshold.replace('_', ' ')} ({calibration})", words))
    return tuple(rows)


def _known(match: Match) -> Markup:
    reference = match.reference
    shown = reference.path or reference.source
    footage = markup("known footage {}", name(shown)) if shown else Markup("known footage")
    if reference.first_seen is None:
        return markup("{} (no date)", footage)
    return markup("{}, known since {}", footage, moment(reference.first_seen))


def _lead_time(match: Match, lookup: Lookup) -> str:
    start, latest = lookup.case.case.event.start, match.reference.first_seen_latest
    if start is None or latest is None:
        return ""
    try:
        days = days_between(latest, start)
    except ValueError:  # a report may come from somebody else; the dates stand there as they are
        return ""
    if days >= _YEARS_FROM_DAYS:
        years = int(days / _DAYS_A_YEAR)
        return f": more than {years} years before the event it is said to show"
    if days < 1:
        return ": before the event it is said to show"
    return f": at least {counted(days, 'day')} before the event it is said to show"


def _why_not_recycled(match: Match, lookup: Lookup) -> str:
    if match.reference.first_seen is None:
        return "Without a date nothing follows about the event."
    if lookup.case.case.event.start is None:
        return "The case names no date of the event to compare with."
    return "That date does not precede the event, so it is not shown to be recycled."
