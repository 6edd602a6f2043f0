"""Runs that are killed, repeated, raced or lied to: the same report, and nothing done twice."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

import forensics
from forensics.model.errors import OutputError
from forensics.report.render import render_again

REPOSITORY = Path(__file__).parents[2]
SAMPLE = REPOSITORY / "samples" / "glushkovo"
ALIKE = (
    "seym-strike.gif",
    "video_*.mp4",
    "photo_2024-08-1[56]*",
    "IMG_2231.HEIC",
    "IMG_20240816_131502.jpg",
    "document_5217840391.png",
    "Screenshot*",
)


@pytest.fixture(scope="module")
def plain_sample(tmp_path_factory):
    """The sample case, thinned, and without images of the bridge, which `test_decks` interrupts.

    What is like another file costs seconds to compare and is killed no differently.
    """
    folder = tmp_path_factory.mktemp("sample") / SAMPLE.name
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns(*ALIKE))
    case = (folder / "case.toml").read_text()
    start, end = case.index("[[reference]]"), case.index("[[claim]]")
    (folder / "case.toml").write_text(case[:start] + case[end:])
    return folder


def start(folder, out, *options):
    command = [sys.executable, "-m", "forensics.cli.main", "scan", folder, "--out", out, *options]
    return subprocess.Popen(
        [os.fspath(each) for each in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip


def scan(folder, out, *options):
    running = start(folder, out, *options)
    printed = running.communicate(timeout=100)
    return running.returncode, printed


def reports(out):
    names = ("report.json", "report.html", "SHA256SUMS", "evidence.sha256")
    return [(out / name).read_bytes() for name in names]


def record(out):
    path = out / "run.jsonl"
    # A busy machine may not have begun to write when the run is killed.
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def work(lines):
    """Give every piece of work that was finished: bytes and step."""
    return [
        (line["sha256"], step) for line in lines if line["event"] == "visited"
        for step in line["ran"]
    ]  # fmt: skip


def kept(out):
    """Give every piece of work that a killed run has kept: bytes and step."""
    store = out / "store.db"
    if not store.exists():
        return set()
    with closing(sqlite3.connect(store)) as connection:
        try:
            rows = connection.execute("SELECT subject, payload FROM found").fetchall()
        except sqlite3.OperationalError:
            return set()  # killed before anything was laid out
    found = [(subject, json.loads(payload)) for subject, payload in rows if subject]
    return {(subject, each["step"]) for subject, each in found if "step" in each}


@pytest.fixture(scope="module")
def expected(tmp_path_factory, plain_sample):
    out = tmp_path_factory.mktemp("expected") / "out"
    assert scan(plain_sample, out)[0] == 0
    return reports(out), record(out)


@pytest.mark.parametrize("jobs", ["0", "1", "4"])
def test_report_does_not_depend_on_the_number_of_workers(tmp_path, expected, jobs, plain_sample):
    status, _ = scan(plain_sample, tmp_path / "out", "--jobs", jobs)

    assert status == 0
    assert reports(tmp_path / "out") == expected[0]


@pytest.mark.parametrize("seed", range(3))
def test_killed_run_goes_on_and_gives_the_same_report(tmp_path, expected, seed, plain_sample):
    out = tmp_path / "out"
    chance = random.Random(seed)
    finished = set()
    for _ in range(3):
        running = start(plain_sample, out)
        time.sleep(chance.uniform(0.3, 2.0))
        running.kill()
        running.communicate()
        finished |= kept(out)
    before = len(record(out))

    status, _ = scan(plain_sample, out)

    assert status == 0
    assert reports(out) == expected[0]
    assert not finished & set(work(record(out)[before:]))


@pytest.mark.parametrize("seed", range(2))
def test_killed_worker_changes_nothing(tmp_path, expected, seed, plain_sample):
    out = tmp_path / "out"
    chance = random.Random(seed)
    running = start(plain_sample, out)
    watched = psutil.Process(running.pid)
    waited_until = time.monotonic() + 30
    while not (workers := watched.children()):
        assert time.monotonic() < waited_until
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, 0.8))
    with suppress(psutil.NoSuchProcess):  # a quick machine is done by now
        chance.choice(workers).kill()
    printed = running.communicate(timeout=100)

    assert running.returncode == 0, printed
    assert reports(out) == expected[0]


def test_second_run_of_an_unchanged_folder_decodes_nothing(tmp_path, expected, plain_sample):
    out = tmp_path / "out"
    scan(plain_sample, out)
    before = len(record(out))

    scan(plain_sample, out)

    later = record(out)[before:]
    assert work(later) == []
    assert [line["event"] for line in later if line["event"] == "step"] == []
    assert reports(out) == expected[0]


def test_added_file_is_the_only_one_that_is_decoded(tmp_path):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    folder.mkdir()
    for name in ("DJI_0142.JPG", "IMG_2231.JPG", "VID_20240816_131418.mp4"):
        shutil.copyfile(SAMPLE / name, folder / name)
    scan(folder, out)
    before = len(record(out))
    shutil.copyfile(SAMPLE / "most-glushkovo-640.webp", folder / "new.webp")

    scan(folder, out)

    lines = record(out)[before:]
    assert {line["path"] for line in lines if line.get("ran")} == {"new.webp"}
    scan(folder, tmp_path / "fresh")
    assert reports(out) == reports(tmp_path / "fresh")


def test_known_footage_that_grew_is_examined_alone_and_searched_again(tmp_path):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    (folder / "archive").mkdir(parents=True)
    for name in ("photo_2024-08-17_08-15-30.jpg", "case.toml", "DJI_0142.JPG"):
        shutil.copyfile(SAMPLE / name, folder / name)
    shutil.copyfile(SAMPLE / "document_5217840391.png", folder / "document_5217840391.png")
    names = ("span-down-2023.jpg", "deck-holes-2022.jpg")
    shutil.copyfile(SAMPLE / "archive" / names[0], folder / "archive" / names[0])
    scan(folder, out)
    before = len(record(out))
    shutil.copyfile(SAMPLE / "archive" / names[1], folder / "archive" / names[1])

    scan(folder, out)

    lines = record(out)[before:]
    assert {line["path"] for line in lines if line.get("ran")} == {names[1]}
    assert [line["step"] for line in lines if line["event"] == "step"] == ["reuse.search"]
    assert json.loads(reports(out)[0])["matches"]


def test_tampered_result_is_noticed_told_and_made_again(tmp_path, expected, plain_sample):
    out = tmp_path / "out"
    scan(plain_sample, out)
    connection = sqlite3.connect(out / "store.db")
    with connection:
        changed = connection.execute(
            "UPDATE found SET payload = replace(payload, 'width_px\":', 'width_px\":1')"
            " WHERE instr(payload, 'still_facts')"
        ).rowcount
    connection.close()
    before = len(record(out))

    status, (_, errors) = scan(plain_sample, out)

    assert changed > 0
    assert status == 0
    assert f"{changed} results of an earlier run were found damaged".encode() in errors
    assert {step for _, step in work(record(out)[before:])} == {"ingest.media"}
    assert reports(out) == expected[0]


def test_second_run_at_the_same_time_says_so_and_stops(tmp_path, expected, plain_sample):
    out = tmp_path / "out"
    first = start(plain_sample, out)
    waited_until = time.monotonic() + 30
    while not (out / "run.jsonl").exists():
        assert time.monotonic() < waited_until
        time.sleep(0.01)

    status, (_, errors) = scan(plain_sample, out)
    first.communicate(timeout=100)

    assert status == 2
    assert b"another run is writing to" in errors
    assert first.returncode == 0
    assert reports(out) == expected[0]


def test_output_of_another_folder_of_the_same_name_is_refused(tmp_path):
    for place in ("one", "two"):
        (tmp_path / place / "evidence").mkdir(parents=True)
        shutil.copyfile(SAMPLE / "DJI_0142.JPG", tmp_path / place / "evidence" / "a.jpg")
    forensics.scan(tmp_path / "one" / "evidence", out=tmp_path / "out")

    with pytest.raises(OutputError, match="another folder of that name"):
        forensics.scan(tmp_path / "two" / "evidence", out=tmp_path / "out")


def test_folder_that_was_moved_keeps_its_output(tmp_path):
    (tmp_path / "one" / "evidence").mkdir(parents=True)
    shutil.copyfile(SAMPLE / "DJI_0142.JPG", tmp_path / "one" / "evidence" / "a.jpg")
    out = tmp_path / "out"
    forensics.scan(tmp_path / "one" / "evidence", out=out)
    (tmp_path / "one").rename(tmp_path / "elsewhere")

    forensics.scan(tmp_path / "elsewhere" / "evidence", out=out)

    assert work(record(out)) == [*dict.fromkeys(work(record(out)))]


@pytest.mark.parametrize("change", ["other bytes", "gone"])
def test_evidence_that_changes_during_the_run_is_told_and_not_kept(tmp_path, monkeypatch, change):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    folder.mkdir()
    for name in ("DJI_0142.JPG", "IMG_2231.JPG"):
        shutil.copyfile(SAMPLE / name, folder / name)

    def meddle(progress):
        if "reading the evidence again" in progress.doing:
            if change == "gone":
                (folder / "IMG_2231.JPG").unlink()
            else:
                shutil.copyfile(folder / "DJI_0142.JPG", folder / "IMG_2231.JPG")

    case = forensics.scan(folder, out=out, jobs=1, on_progress=meddle)

    (problem,) = case.problems
    assert problem.paths == ("IMG_2231.JPG",)
    assert ("is gone" if change == "gone" else "changed while it was examined") in problem.error
    assert "Copy the evidence" in problem.advice
    shutil.copyfile(SAMPLE / "IMG_2231.JPG", folder / "IMG_2231.JPG")
    before = len(record(out))
    again = forensics.scan(folder, out=out, jobs=1)
    assert again.problems == ()
    assert {line["path"] for line in record(out)[before:] if line.get("ran")} == {"IMG_2231.JPG"}


def test_record_of_a_run_names_who_where_and_how(tmp_path):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    folder.mkdir()
    shutil.copyfile(SAMPLE / "DJI_0142.JPG", folder / "a.jpg")

    scan(folder, out, "--examiner", "A. Müller", "--jobs", "1")

    first = record(out)[0]
    assert first["examiner"] == "A. Müller"
    assert first["command"][-4:] == ["--examiner", "A. Müller", "--jobs", "1"]
    assert first["folder"] == str(folder)
    assert first["zone"]
    assert json.loads((out / "report.json").read_bytes())["case"]["examiner"] == "A. Müller"
    assert str(folder).encode() not in (out / "report.json").read_bytes()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_digests_of_report_and_evidence_are_checked_by_sha256sum(tmp_path, plain_sample):
    out = tmp_path / "out"
    scan(plain_sample, out)

    report = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=out, capture_output=True, check=False
    )
    evidence = subprocess.run(
        ["sha256sum", "-c", "--strict", out / "evidence.sha256"],
        cwd=plain_sample, capture_output=True, check=False,
    )  # fmt: skip

    assert (report.returncode, evidence.returncode) == (0, 0)
    items = json.loads((out / "report.json").read_bytes())["items"]
    assert evidence.stdout.count(b": OK") == sum(len(item["paths"]) for item in items)
    assert b"report.html: OK" in report.stdout


def test_signal_to_end_is_an_interruption_that_leaves_no_worker(tmp_path, plain_sample):
    running = start(plain_sample, tmp_path / "out")
    watched = psutil.Process(running.pid)
    while not (workers := watched.children()):
        time.sleep(0.01)

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=30)

    gone, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
    assert gone


def test_page_that_was_made_again_still_goes_with_its_digests(tmp_path):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    folder.mkdir()
    shutil.copyfile(SAMPLE / "DJI_0142.JPG", folder / "a.jpg")
    forensics.scan(folder, out=out)
    before = reports(out)

    render_again(out, show=True)

    assert reports(out)[1] != before[1]
    listed = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    for name, digest in listed.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_paths_of_strangers_are_not_listed_as_artefacts(tmp_path):
    folder, out = tmp_path / "evidence", tmp_path / "out"
    folder.mkdir()
    shutil.copyfile(SAMPLE / "DJI_0142.JPG", folder / "a.jpg")
    forensics.scan(folder, out=out)
    report = json.loads((out / "report.json").read_bytes())
    outcome = next(
        each["outcome"] for each in report["outcomes"] if each["outcome"].get("artefacts")
    )
    outcome["artefacts"]["x"] = "artefacts/../../é/ü.png"
    (out / "report.json").write_text(json.dumps(report))

    render_again(out)

    assert "ü" not in (out / "SHA256SUMS").read_text("utf-8")
    assert "artefacts/" in (out / "SHA256SUMS").read_text("utf-8")
