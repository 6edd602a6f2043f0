"""Workers: whatever a file does to one, the others are examined, and the report names it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from forensics.engine import process, workers
from forensics.engine.serial import run_serially
from forensics.engine.store import Store
from forensics.engine.visits import Visits
from forensics.engine.workers import Workers
from forensics.model.errors import WorkerError
from forensics.model.outcome import Absent, Problem, Result
from forensics.stages import STEPS


class Record(list):
    def __call__(self, event, **values):
        self.append((event, values))

    def named(self, event):
        return [values for name, values in self if name == event]


def run(errands, visits, *, jobs=1):
    record = Record()
    with Workers(jobs, on_event=record) as pool:
        pool.run(errands, visits, on_progress=lambda *_: None)
    return record


def outcomes(visits, name):
    return [item.outcomes[name].outcome for item in visits.in_order()]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(process, "STUCK_CPU_S", 0.5)


def test_workers_and_this_process_find_the_same(pictures, store, output):
    rows = [row for row in STEPS if row.is_part_of_a_visit]
    errands = pictures(5)
    (output.path / "other").mkdir()
    with closing(Store(output.path / "other")) as other:
        first = Visits(rows, store=other, keeper=output)
        run(errands, first, jobs=2)
    second = Visits(rows, store=store, keeper=output)

    run_serially(errands, second, on_progress=lambda *_: None, on_event=Record())

    assert [each.outcomes for each in first.in_order()] == [
        each.outcomes for each in second.in_order()
    ]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("crashing", "ended by SIGSEGV"),
        ("leaving", "ended with status 3"),
        ("spinning", "made no progress in 0.5 s of processor time"),
    ],
)
def test_what_kills_a_worker_twice_is_a_problem_and_the_rest_runs(
    pictures, visits, step, impatient, function, words
):
    desk = visits(step(function), step("quiet"))

    record = run(pictures(1), desk)

    (problem,), (other,) = outcomes(desk, f"test.{function}"), outcomes(desk, "test.quiet")
    assert isinstance(problem, Problem)
    assert problem.error.startswith(f"test.{function} had to be stopped, twice: ")
    assert words in problem.error
    assert problem.advice
    assert isinstance(other, Absent)
    assert other.reason == "not_present"
    assert len(record.named("worker stopped")) == 2


def test_other_files_are_examined_whatever_one_does(pictures, visits, step, impatient):
    errands = pictures(6)
    errands[2].location.write_bytes(errands[2].location.read_bytes() + b"longer")
    desk = visits(step("crashing"))

    run(errands, desk, jobs=2)

    assert len(desk.items) == 6
    assert all(isinstance(each, Result) for each in outcomes(desk, "ingest.media"))
    assert all(isinstance(each, Problem) for each in outcomes(desk, "test.crashing"))


def test_what_kills_a_worker_once_leaves_no_trace_in_the_outcomes(
    pictures, visits, step, tmp_path, monkeypatch
):
    monkeypatch.setenv("FLAG_FOLDER", str(tmp_path / "flag"))
    desk = visits(step("crashing_once"))

    record = run(pictures(1), desk)

    assert outcomes(desk, "test.crashing_once") == [Absent("not_present", "second time")]
    assert record.named("worker stopped")[0]["why"] == "its process was ended by SIGKILL"


def test_what_was_finished_is_not_done_again_after_a_crash(
    pictures, visits, step, tmp_path, monkeypatch
):
    monkeypatch.setenv("FLAG_FOLDER", str(tmp_path / "flag"))
    desk = visits(step("quiet"), step("crashing_once"))

    record = run(pictures(1), desk)

    assert record.named("worker stopped")[0]["ran"] == ["ingest.media", "test.quiet"]
    assert record.named("visited")[0]["ran"] == ["test.crashing_once"]


def test_worker_beyond_the_memory_limit_is_stopped_and_the_file_named_once(
    pictures, visits, step, monkeypatch
):
    desk = visits(step("spinning"))
    monkeypatch.setattr(process, "RSS_LIMIT_BYTES", 1)
    monkeypatch.setattr(workers, "MAX_FALSE_STARTS", 1000)
    monkeypatch.setattr(workers, "LOOK_EVERY_S", 0.6)

    run(pictures(1), desk)

    named = [errand.path for errand, _ in desk.refused]
    named += [errand.path for item in desk.in_order() for errand in item.errands]
    problems = [
        each.outcome
        for item in desk.in_order()
        for each in item.outcomes.values()
        if isinstance(each.outcome, Problem)
    ]
    assert named == ["000.png"]
    assert all("MiB of memory" in problem.error for problem in problems)


def test_memory_beyond_the_limit_is_a_problem_not_the_end(pictures, visits, step):
    desk = visits(step("growing"))

    record = run(pictures(1), desk)

    (problem,) = outcomes(desk, "test.growing")
    assert isinstance(problem, Problem)
    assert "more memory would be needed" in problem.error
    assert record.named("worker stopped") == []


def test_memory_that_runs_out_is_told_by_a_fresh_worker(pictures, visits, step):
    errands = pictures(2)
    desk = visits(step("growing"))

    record = run(errands, desk)

    assert all("more memory" in each.error for each in outcomes(desk, "test.growing"))
    (stopped,) = record.named("worker stopped")
    assert (stopped["path"], stopped["why"]) == ("001.png", "its process ended with status 75")


def test_idle_worker_is_not_taken_for_stuck(pictures, visits, step, monkeypatch):
    monkeypatch.setattr(process, "STUCK_WALL_S", 0.5)
    record = Record()

    with Workers(1, on_event=record) as pool:
        pool.run(pictures(1), visits(step("quiet")), on_progress=lambda *_: None)
        time.sleep(0.8)
        pool.run(pictures(2), visits(step("threads")), on_progress=lambda *_: None)

    assert record.named("worker stopped") == []


def test_what_libraries_print_does_not_come_between_messages(pictures, visits, step):
    desk = visits(step("printing"), step("reading_input"))

    run(pictures(1), desk)

    assert outcomes(desk, "test.printing") == [Absent("not_present", "said")]
    assert outcomes(desk, "test.reading_input") == [Absent("not_present", "b''")]


def test_decoders_cannot_write_files(pictures, visits, step, tmp_path, monkeypatch):
    monkeypatch.setenv("TARGET", str(tmp_path / "written"))
    desk = visits(step("writing"))

    run(pictures(1), desk)

    assert isinstance(outcomes(desk, "test.writing")[0], Problem)
    assert (tmp_path / "written").read_bytes() == b""


def test_artefact_whose_ending_leads_elsewhere_is_refused(pictures, visits, step, tmp_path):
    desk = visits(step("evading"))

    run(pictures(1), desk)

    (problem,) = outcomes(desk, "test.evading")
    assert isinstance(problem, Problem)
    assert "ending" in problem.error
    assert not list(tmp_path.rglob("*evil*"))


def test_worker_uses_one_thread(pictures, visits, step):
    desk = visits(step("threads"))

    run(pictures(1), desk)

    assert outcomes(desk, "test.threads") == [Absent("not_present", "1 1")]


def test_same_bytes_are_decoded_once_however_many_files_hold_them(pictures, visits, step):
    errands = pictures(4)
    for errand in errands[1:]:
        errand.location.write_bytes(errands[0].location.read_bytes())
    desk = visits(step("quiet"))

    record = run(errands, desk, jobs=2)

    (item,) = desk.in_order()
    assert [errand.path for errand in item.errands] == [errand.path for errand in errands]
    assert sum("ingest.media" in each["ran"] for each in record.named("visited")) == 1


def test_no_worker_is_left_behind(pictures, visits, step):
    before = set(psutil.Process().children())

    run(pictures(2), visits(step("quiet")), jobs=2)

    assert set(psutil.Process().children()) <= before


def test_stuck_worker_ends_with_its_parent(tmp_path):
    script = (
        "import os, sys, time\n"
        "from forensics.engine.process import WorkerProcess\n"
        "worker = WorkerProcess()\n"
        "while not list(worker.read()): time.sleep(0.01)\n"
        "os.kill(worker._process.pid, 19)\n"  # SIGSTOP: it cannot notice anything by itself
        "print(worker._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=60,
    )  # fmt: skip
    pid = int(ran.stdout)

    waited_until = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < waited_until
        time.sleep(0.02)


def test_worker_that_never_starts_is_an_error_with_advice(pictures, visits, step, monkeypatch):
    monkeypatch.setattr(process, "_BOOT", "raise SystemExit('no library')")

    with pytest.raises(WorkerError, match="status 1") as caught:
        run(pictures(1), visits(step("quiet")))

    assert "--jobs 0" in caught.value.advice


def test_worker_that_sends_no_message_of_ours_is_stopped(pictures, visits, step, monkeypatch):
    monkeypatch.setattr(
        process, "_BOOT", "import os; os.write(1, b'\\xff' * 100); import time; time.sleep(60)"
    )

    with pytest.raises(WorkerError, match="no message of ours"):
        run(pictures(1), visits(step("quiet")))


def test_file_that_stays_unreadable_is_refused_in_words(pictures, visits, step):
    errands = pictures(2)
    errands[0].location.unlink()
    desk = visits(step("quiet"))

    run(errands, desk)

    ((errand, refused),) = desk.refused
    assert errand == errands[0]
    assert refused.by_system
    assert "No such file" in refused.error


def test_signal_for_the_terminal_does_not_reach_workers(pictures, visits, step):
    desk = visits(step("quiet"))
    record = Record()

    with Workers(1, on_event=record) as pool:
        pool.run(pictures(1), desk, on_progress=lambda *_: None)
        os.kill(pool._seats[0].process._process.pid, signal.SIGINT)
        time.sleep(0.2)
        pool.run(pictures(2), desk, on_progress=lambda *_: None)

    assert record.named("worker stopped") == []
    assert json.dumps(record)
    assert workers.MAX_FALSE_STARTS > 0
