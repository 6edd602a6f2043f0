"""Pairs of files: each is looked at once, whoever dies of it, and is known afterwards."""

import pytest

from forensics.engine import process
from forensics.engine.meetings import Meetings, Pair
from forensics.engine.session import Session
from forensics.engine.visited import Errand
from forensics.ingest.regular import digest_of
from forensics.model.damage import DeckQuestion
from forensics.model.outcome import Absent, Problem, Result

QUESTION = DeckQuestion(((0.0, 0.0), (9.0, 0.0), (9.0, 2.0), (0.0, 2.0)))
OTHER = DeckQuestion(((0.0, 0.0), (8.0, 0.0), (8.0, 2.0), (0.0, 2.0)))


def pair(one, other, question=QUESTION):
    errand = Errand(
        f"{other.path} against {one.path}", one.location, beside=other.location, question=question
    )
    return Pair(digest_of(one.location), digest_of(other.location), errand)


@pytest.fixture
def meet(output, step):
    """Run a step on pairs; give what was said, and what the run's record has."""

    def run(function, pairs, *, jobs=1, **changes):
        row = step(function, scope="pair", takes=("before", "after", "question"), **changes)
        with Session(output, jobs=jobs, on_progress=lambda *_: None) as session:
            meetings = Meetings(row, pairs, store=session.store, keeper=output)
            session.meet(meetings)
            return [outcome for _, outcome in meetings.outcomes()]

    return run


@pytest.mark.parametrize("jobs", [0, 2])
def test_each_pair_is_looked_at_and_its_files_are_kept(pictures, output, meet, jobs):
    one, two, three = pictures(3)

    said = meet("meeting", [pair(one, two), pair(one, three)], jobs=jobs)

    assert [each.subject[0] for each in said] == [digest_of(one.location)] * 2
    kept = output.load(said[1].outcome.artefacts["both"])
    assert kept == one.location.read_bytes() + three.location.read_bytes()


def test_one_pair_may_be_asked_two_things(pictures, meet):
    one, two = pictures(2)

    said = meet("meeting", [pair(one, two), pair(one, two, OTHER)])

    assert [isinstance(each.outcome, Result) for each in said] == [True, True]


def test_second_run_asks_nothing_and_says_the_same(pictures, output, meet):
    pairs = [pair(*pictures(2))]
    first = meet("meeting", pairs)
    for each in pairs:
        each.errand.beside.unlink()  # nobody needs it any more

    assert meet("meeting", pairs) == first


def test_what_is_damaged_is_made_again(pictures, output, meet):
    pairs = [pair(*pictures(2))]
    path = meet("meeting", pairs)[0].outcome.artefacts["both"]
    (output.path / path).write_bytes(b"cut")

    meet("meeting", pairs)

    assert output.holds(path)


def test_a_pair_that_kills_its_worker_is_a_problem_and_the_others_are_met(pictures, meet):
    one, two, three = pictures(3)

    said = meet("crashing_meeting", [pair(one, two), pair(one, three)])

    assert all(isinstance(each.outcome, Problem) for each in said)
    assert "SIGSEGV" in said[0].outcome.error


def test_a_step_that_says_so_is_waited_for(pictures, meet, monkeypatch):
    monkeypatch.setattr(process, "STUCK_CPU_S", 0.5)
    pairs = [pair(*pictures(2))]

    (said,) = meet("slow_meeting", pairs, patience_s=20.0)

    assert isinstance(said.outcome, Absent)


def test_a_file_that_is_another_one_now_is_a_problem(pictures, meet):
    one, two = pictures(2)
    planned = pair(one, two)
    two.location.write_bytes(one.location.read_bytes())

    (said,) = meet("meeting", [planned])

    assert "changed" in said.outcome.error


def test_a_file_that_is_gone_is_a_problem(pictures, meet):
    one, two = pictures(2)
    planned = pair(one, two)
    two.location.unlink()

    (said,) = meet("meeting", [planned])

    assert "cannot be opened" in said.outcome.error
