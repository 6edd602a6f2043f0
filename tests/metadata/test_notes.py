"""Notes are given for contradictions, each with its innocent explanation, and not otherwise."""

import string
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata.notes import MAX_NOTES_OF_A_RULE, find_notes
from forensics.metadata.reading import clean_time
from forensics.metadata.rule import Rule, Seen, Subject
from forensics.metadata.rules import ENTRY_POINTS, RULES, all_rules
from forensics.model.findings import Note


def found(subject: Subject) -> dict[str, str]:
    return {note.id: note.severity for note in find_notes(subject, rules=RULES).notes}


def test_a_bare_item_gives_no_note(subject_of: Callable[..., Subject]) -> None:
    assert find_notes(subject_of(), rules=RULES).notes == ()


def test_what_matters_most_comes_first(subject_of: Callable[..., Subject]) -> None:
    subject = subject_of(
        captured_at="2024-08-16T14:22:07+03:00",
        modified_at="2024-08-16T11:00:00Z",
        software="Adobe Photoshop 25.9 (Windows)",
        gps_at="2024-08-12T11:22:07Z",
    )

    assert [note.severity for note in find_notes(subject, rules=RULES).notes] == [
        "conflict",
        "notice",
        "info",
    ]


@settings(max_examples=80)
@given(
    st.lists(
        st.datetimes().map(lambda moment: clean_time(moment.strftime("%Y:%m:%d %H:%M:%S"))),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(["", "+14:00", "-12:00", "+15:59", "Z"]),
    st.text(max_size=30),
)
def test_any_values_can_be_noted(
    subject_of: Callable[..., Subject], times: list[str | None], offset: str, text: str
) -> None:
    names = ("captured_at", "modified_at", "gps_at")
    values = {name: f"{each}{offset}" for name, each in zip(names, times, strict=True) if each}
    subject = subject_of(**values, software=text, make=text, as_of="2024-08-20T12:00:00+03:00")

    noted = find_notes(subject, rules=RULES)

    assert noted.failed_rules == {}
    assert all(note.text and note.innocent_explanation for note in noted.notes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_complete_and_documented(rule: Rule, repository: Path) -> None:
    page = (repository / "docs/methods/metadata.md").read_text("utf-8")

    assert callable(rule.load())
    assert rule.text.endswith((".", "}"))
    assert f"`{rule.id}`" in page
    assert rule.innocent_explanation in " ".join(page.split())
    assert (repository / rule.docs.partition("#")[0]).is_file()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_accuses(rule: Rule) -> None:
    words = f"{rule.text} {rule.innocent_explanation}".lower()

    assert not any(
        word in words
        for word in ("fake", "forged", "authentic", "genuine", "manipulat", "tamper", "suspicious")
    )


def test_rules_have_different_names() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def see_twice_too_often(_: Subject) -> Iterator[Seen]:
    for number in range(2 * MAX_NOTES_OF_A_RULE):
        yield Seen({"number": str(number)}, ("make",))


def fail(_: Subject) -> Iterator[Seen]:
    yield Seen({}, ())
    raise KeyError("no such thing")


def _rule(look: str) -> Rule:
    return Rule("own", "info", "Number {number}.", "It happens.", f"{__name__}:{look}")


@pytest.fixture
def own_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Let another package add rules."""

    def add(value: object) -> None:
        class Point(metadata.EntryPoint):
            def load(self) -> object:
                if isinstance(value, Exception):
                    raise value
                return value

        point = Point("rules", "newsroom.rules:RULES", ENTRY_POINTS)
        monkeypatch.setattr("forensics.metadata.rules.entry_points", lambda **_: [point])
        all_rules.cache_clear()

    yield add  # type: ignore[misc]
    monkeypatch.undo()
    all_rules.cache_clear()


def test_other_packages_add_rules_under_their_name(
    own_rules: Callable[[object], None],
    monkeypatch: pytest.MonkeyPatch,
    subject_of: Callable[..., Subject],
) -> None:
    monkeypatch.setattr(Rule, "load", lambda _: see_twice_too_often)
    own_rules((_rule("see_twice_too_often"),))

    notes = find_notes(subject_of(), rules=all_rules().rules[len(RULES) :]).notes

    assert {note.id for note in notes} == {"newsroom.rules/own"}
    assert len(notes) == MAX_NOTES_OF_A_RULE
    assert notes[0].text == "Number 0."


@pytest.mark.parametrize("value", [ImportError("half installed"), ["no tuple"], (1, 2)])
def test_rules_that_do_not_load_are_named(
    own_rules: Callable[[object], None], value: object
) -> None:
    own_rules(value)

    assert all_rules().rules == RULES
    (problem,) = all_rules().problems
    assert problem.startswith("the rules of the package newsroom.rules")


def test_a_rule_that_fails_silences_no_other(
    monkeypatch: pytest.MonkeyPatch, subject_of: Callable[..., Subject]
) -> None:
    broken, good = _rule("fail"), RULES[0]
    load = Rule.load
    monkeypatch.setattr(Rule, "load", lambda self: fail if self is broken else load(self))
    subject = subject_of(
        captured_at="2024-08-16T14:22:07+03:00", modified_at="2024-08-16T11:00:00Z"
    )

    noted = find_notes(subject, rules=(broken, good))

    assert [note.id for note in noted.notes] == [good.id]
    assert "no such thing" in noted.failed_rules["own"] or "KeyError" in noted.failed_rules["own"]


def test_text_of_a_file_is_no_template(subject_of: Callable[..., Subject]) -> None:
    hostile = "{0.__class__}{captured}" + string.punctuation
    subject = subject_of(make=hostile, software="GIMP 2.10 " + hostile)

    notes: tuple[Note, ...] = find_notes(subject, rules=RULES).notes

    assert [note.id for note in notes] == ["editor-named"]
