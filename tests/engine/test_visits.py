"""The desk: what is known is not asked again, and what is damaged is."""

import json

import pytest

from forensics.engine.messages import Finished, Identity, Todo, Told
from forensics.engine.runner import visit
from forensics.engine.serial import run_serially
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, ArtefactBytes, Outcome, Problem, Result
from forensics.stages import STEPS

PNG = SniffedType("still", "png", ("png",))


def run(errands, visits):
    lines = []
    run_serially(
        errands, visits, on_progress=lambda *_: None,
        on_event=lambda event, **values: lines.append(values),
    )  # fmt: skip
    json.dumps(lines)
    return [line["ran"] for line in lines]


def test_second_visit_runs_nothing(pictures, visits, step):
    errands = pictures(3)
    run(errands, visits(step("quiet")))

    ran = run(errands, visits(step("quiet")))

    assert ran == [[], [], []]


def test_new_file_is_the_only_one_that_is_examined(pictures, visits, step):
    run(pictures(20), visits(step("quiet")))

    ran = run(pictures(21), visits(step("quiet")))

    assert [bool(each) for each in ran] == [False] * 20 + [True]


def test_changed_step_alone_runs_again(pictures, visits, step):
    errands = pictures(2)
    run(errands, visits(step("quiet"), step("printing")))

    ran = run(errands, visits(step("quiet", version=2), step("printing")))

    assert ran == [["test.quiet"]] * 2


def test_what_takes_a_changed_finding_runs_again(pictures, visits, step):
    errands = pictures(1)
    rests_on = step("quiet", name="test.upper"), step("failing", takes=("test.upper",))
    run(errands, visits(*rests_on))
    changed = step("printing", name="test.upper"), step("failing", takes=("test.upper",))

    ran = run(errands, visits(*changed))

    assert ran == [["test.upper", "test.failing"]]


def test_step_that_only_takes_a_finding_decodes_nothing(pictures, visits, step, monkeypatch):
    errands = pictures(1)
    run(errands, visits(step("quiet"), step("failing", takes=("test.quiet",))))

    def decode(*_, **__):
        raise AssertionError("decoded")

    monkeypatch.setattr("forensics.engine.runner.decode", decode)
    ran = run(errands, visits(step("quiet"), step("failing", takes=("test.quiet",), version=2)))

    assert ran == [["test.failing"]]


@pytest.mark.parametrize("damage", ["removed", "changed", "cut"])
def test_step_whose_artefact_is_damaged_runs_again(pictures, visits, output, damage):
    rows = [row for row in STEPS if row.name == "ingest.thumbnail"]
    errands = pictures(1)
    first = visits(*rows)
    run(errands, first)
    (item,) = first.in_order()
    path = output.path / item.outcomes["ingest.thumbnail"].outcome.artefacts["thumb"]
    data = path.read_bytes()
    path.unlink()
    if damage != "removed":
        path.write_bytes(data[:-1] if damage == "cut" else data + b"x")

    ran = run(errands, visits(*rows))

    assert ran == [["ingest.thumbnail"]]
    assert path.read_bytes() == data


def test_problem_that_stopped_a_worker_is_tried_again_in_the_next_run(pictures, visits, step):
    (errand,) = pictures(1)
    identity = Identity("a" * 64, 3, PNG)
    first = visits(step("quiet"))
    first.ask(errand, identity)
    more = first.give_up(errand, identity, "ingest.media", Problem("stopped"))
    rest = first.ask(errand, identity)

    second = visits(step("quiet"))
    again = second.ask(errand, identity)

    assert more
    assert rest.stopped == Problem("stopped")
    assert [each.name for each in rest.steps] == ["test.quiet"]
    assert [each.name for each in again.steps] == ["ingest.media", "test.quiet"]
    assert again.stopped is None


def test_what_rests_on_a_stopped_decoder_is_not_kept_for_later(pictures, visits, step):
    (errand,) = pictures(1)
    identity = Identity("a" * 64, 3, PNG)
    first = visits(step("quiet"))
    first.ask(errand, identity)
    first.give_up(errand, identity, "ingest.media", Problem("stopped"))
    outcome = Outcome("test.quiet", 1, ("a" * 64,), Absent("unreadable", "no picture"))
    first.tell(identity, Told(outcome, {}))

    again = visits(step("quiet")).ask(errand, identity)

    assert [each.name for each in again.steps] == ["ingest.media", "test.quiet"]


def test_file_that_died_before_it_was_known_is_refused(pictures, visits, step):
    (errand,) = pictures(1)
    desk = visits(step("quiet"))

    more = desk.give_up(errand, None, "reading", Problem("stopped", "do this"))

    assert not more
    assert [(each.path, why.error) for each, why in desk.refused] == [("000.png", "stopped")]


def test_stopped_decoder_leaves_the_bytes_to_other_steps(pictures, step, opening):
    (errand,) = pictures(1)

    said = []

    class Desk:
        def ask(self, identity):
            return Todo((step("quiet"),), stopped=Problem("stopped"))

        def tell(self, message):
            said.append(message)

    end = visit(str(errand.location).encode(), Desk())

    (told,) = [each for each in said if isinstance(each, Told)]
    assert isinstance(end, Finished)
    assert told.outcome.outcome == Absent("not_present", "nothing there")


def test_artefact_with_a_plain_ending_is_kept_and_another_is_not(pictures, visits, step, output):
    (errand,) = pictures(1)
    identity = Identity("a" * 64, 3, PNG)
    desk = visits(step("quiet"))
    desk.ask(errand, identity)
    result = Outcome("test.quiet", 1, ("a" * 64,), Result(None))

    desk.tell(identity, Told(result, {"x": ArtefactBytes(b"x", ".png")}))
    good = desk.items["a" * 64].outcomes["test.quiet"].outcome
    desk.tell(identity, Told(result, {"x": ArtefactBytes(b"x", "/../../x")}))
    bad = desk.items["a" * 64].outcomes["test.quiet"].outcome

    assert output.holds(good.artefacts["x"])
    assert isinstance(bad, Problem)


def test_order_of_items_is_that_of_their_paths_whoever_was_first(pictures, visits, step):
    errands = pictures(4)

    desk = visits(step("quiet"))
    run(errands[::-1], desk)

    assert [item.errands[0] for item in desk.in_order()] == errands
