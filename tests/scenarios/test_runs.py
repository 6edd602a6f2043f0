"""Whole runs: the same evidence gives the same bytes, and nothing else is touched or walked."""

import json
import os
import random
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pytest

import forensics
from forensics.ingest.media import decode
from forensics.model.errors import ArchiveError, CaseFileError, ForensicsError, OutputError
from forensics.model.match import CheckReport
from forensics.model.outcome import Problem, Result

REPOSITORY = Path(__file__).parents[2]
SAMPLES = ("DJI_0142.JPG", "most-glushkovo-640.webp", "IMG_2231.JPG",
           "photo_2024-08-17_08-15-30.jpg")  # fmt: skip


def write_picture(path, seed, *, quality=90):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (15, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg.tobytes())


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def evidence(here):
    folder = here / "evidence"
    for seed, name in enumerate(("a.jpg", "b.jpg", "below/c.jpg")):
        write_picture(folder / name, seed)
    write_picture(folder / "again.jpg", 0, quality=50)
    return folder


@pytest.fixture
def archive(here):
    folder = here / "archive"
    write_picture(folder / "older.jpg", 0, quality=95)
    (folder / "list.csv").write_text("path,first_seen\nolder.jpg,2014\n")
    return folder


def reports(out):
    return [(Path(out) / name).read_bytes() for name in ("report.json", "report.html")]


def paths(case):
    return [path for item in case.items for path in item.paths]


def lay_out(names, folder, *, seed):
    """Copy samples into a new folder, made in another order each time."""
    source = REPOSITORY / "samples" / "glushkovo"
    # The case file names the last two as reference images.
    shuffled = sorted({*names, "DJI_0142.JPG", "document_5217840391.png"})
    random.Random(seed).shuffle(shuffled)
    folder.mkdir(parents=True)
    for name in shuffled:
        shutil.copyfile(source / name, folder / name)
        os.utime(folder / name, (seed * 1e6, seed * 1e7))
    (folder / "archive").mkdir()
    for name in ("deck-holes-2022.jpg", "span-down-2023.jpg"):
        shutil.copyfile(source / "archive" / name, folder / "archive" / name)
    (folder / "case.toml").write_bytes((source / "case.toml").read_bytes())


def run_elsewhere(folder, out, **variables):
    """Run a scan as a program of its own, in another zone, language and hash order."""
    command = [sys.executable, "-m", "forensics.cli.main", "scan", str(folder), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **variables}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=100)


def test_report_is_the_same_whenever_and_wherever_it_is_made(tmp_path):
    lay_out(SAMPLES, tmp_path / "one" / "evidence", seed=1)
    lay_out(SAMPLES, tmp_path / "a second place" / "evidence", seed=2)

    run_elsewhere(tmp_path / "one" / "evidence", tmp_path / "first", TZ="UTC", PYTHONHASHSEED="1")
    run_elsewhere(
        tmp_path / "a second place" / "evidence", tmp_path / "below" / "second",
        TZ="Pacific/Kiritimati", PYTHONHASHSEED="2", LC_ALL="C", COLUMNS="40",
    )  # fmt: skip

    assert reports(tmp_path / "first") == reports(tmp_path / "below" / "second")


def test_second_run_in_the_same_folder_gives_the_same_report(evidence, archive):
    forensics.scan("evidence", archive="archive")
    first = reports("evidence-report")

    forensics.scan("evidence", archive="archive")

    assert reports("evidence-report") == first


@pytest.mark.parametrize(
    "name", ["evidence", "./evidence/", "evidence/../evidence", "ABSOLUTE", "."]
)
def test_folder_may_be_named_in_any_way(evidence, here, monkeypatch, name):
    forensics.scan("evidence", out=here / "first")
    if name == ".":
        monkeypatch.chdir(evidence)

    forensics.scan(str(evidence) if name == "ABSOLUTE" else name)

    assert reports("evidence-report") == reports(here / "first")


def test_output_inside_the_evidence_is_not_walked(evidence):
    first = forensics.scan("evidence", out="evidence/report")

    again = forensics.scan("evidence", out="evidence/report")

    assert paths(first) == paths(again) == ["a.jpg", "again.jpg", "b.jpg", "below/c.jpg"]


@pytest.mark.parametrize("kind", ["folder", "db"])
def test_archive_inside_the_evidence_is_not_walked(evidence, archive, kind):
    name = "evidence/known" if kind == "folder" else "evidence/known.db"
    if kind == "folder":
        archive.rename(name)
    else:
        from forensics.cli.main import main

        assert main(["archive", "add", name, "archive"]) == 0

    case = forensics.scan("evidence", archive=name)

    assert paths(case) == ["a.jpg", "again.jpg", "b.jpg", "below/c.jpg"]
    assert case.unread == ()
    assert {match.query.path for match in case.matches} == {"a.jpg", "again.jpg"}


@pytest.mark.parametrize("out", ["archive/report", "archive/deeper/report"])
def test_output_inside_the_archive_is_no_known_footage(evidence, archive, out):
    first = forensics.scan("evidence", archive="archive", out=out)

    again = forensics.scan("evidence", archive="archive", out=out)

    assert first.archive.entries == again.archive.entries == 1
    assert first.archive.problems == again.archive.problems == ()


def test_paths_of_a_case_file_elsewhere_are_relative_to_it(evidence, archive, here):
    (here / "desk").mkdir()
    archive.rename(here / "desk" / "known")
    (here / "desk" / "mine.toml").write_text('name = "Mine"\n[archive]\npath = "known"\n')
    (evidence / "case.toml").write_text('name = "Theirs"\n[archive]\npath = "nowhere"\n')

    case = forensics.scan("evidence", case="desk/mine.toml")

    assert case.case.name == "Mine"
    assert case.archive is not None
    assert [match.reference.path for match in case.matches] == ["older.jpg", "older.jpg"]


def test_archive_on_the_command_line_goes_before_the_case_files(evidence, archive):
    (evidence / "case.toml").write_text('[archive]\npath = "nowhere"\n')

    case = forensics.scan("evidence", archive="archive")

    assert case.archive.entries == 1


def test_exact_duplicates_are_one_item_and_decoded_once(evidence, monkeypatch):
    for name in ("copy.jpg", "below/copy.png", "z.txt"):
        shutil.copyfile(evidence / "a.jpg", evidence / name)
    opened = []

    def count(file, **settings):
        opened.append(file.path.name)
        return decode(file, **settings)

    monkeypatch.setattr("forensics.engine.runner.decode", count)

    case = forensics.scan("evidence", jobs=0)

    item = next(item for item in case.items if "a.jpg" in item.paths)
    assert item.paths == ("a.jpg", "below/copy.png", "copy.jpg", "z.txt")
    assert item.extension_disagrees == ("below/copy.png", "z.txt")
    assert sorted(opened) == ["a.jpg", "again.jpg", "b.jpg", "c.jpg"]
    assert case.unread == ()


def test_identical_duplicates_form_no_group_and_a_copy_does(evidence):
    shutil.copyfile(evidence / "b.jpg", evidence / "b2.jpg")

    case = forensics.scan("evidence")

    by_digest = {item.sha256: item.paths for item in case.items}
    assert [[by_digest[m.sha256] for m in group.members] for group in case.groups] == [
        [("a.jpg",), ("again.jpg",)]
    ]


def test_same_size_is_not_taken_for_the_same_file(evidence):
    data = bytearray((evidence / "b.jpg").read_bytes())
    (evidence / "padded.jpg").write_bytes(bytes(data) + b"x")
    (evidence / "padded2.jpg").write_bytes(bytes(data) + b"y")

    case = forensics.scan("evidence")

    assert {"padded.jpg", "padded2.jpg"} <= {item.paths[0] for item in case.items}


def test_grown_archive_finds_more_and_changes_nothing_else(evidence, archive):
    before = forensics.scan("evidence", archive="archive")
    write_picture(archive / "second.jpg", 1, quality=70)

    after = forensics.scan("evidence", archive="archive")

    assert {match.query.path for match in before.matches} == {"a.jpg", "again.jpg"}
    assert {match.query.path for match in after.matches} == {"a.jpg", "again.jpg", "b.jpg"}
    assert after.items == before.items
    assert after.outcomes == before.outcomes
    assert after.archive.entries == 2


def test_archive_that_shrank_leaves_nothing_behind(evidence, archive):
    write_picture(archive / "second.jpg", 1, quality=70)
    forensics.scan("evidence", archive="archive")
    (archive / "second.jpg").unlink()

    case = forensics.scan("evidence", archive="archive")

    assert {match.query.path for match in case.matches} == {"a.jpg", "again.jpg"}


def test_file_that_vanishes_is_named_and_the_run_goes_on(evidence, monkeypatch):
    module = import_module("forensics.planning")
    listed = list(module.walk(evidence))
    (evidence / "b.jpg").unlink()
    monkeypatch.setattr(module, "walk", lambda *_, **__: iter(listed))

    case = forensics.scan("evidence")

    (gone,) = case.unread
    assert (gone.path, gone.expected) == ("b.jpg", False)
    assert "No such file" in gone.reason
    assert gone.advice
    assert paths(case) == ["a.jpg", "again.jpg", "below/c.jpg"]


def test_file_that_became_a_pipe_does_not_hang_the_run(evidence, monkeypatch):
    module = import_module("forensics.planning")
    shutil.copyfile(evidence / "a.jpg", evidence / "copy.jpg")  # its size is not the only one
    listed = list(module.walk(evidence))
    (evidence / "copy.jpg").unlink()
    os.mkfifo(evidence / "copy.jpg")
    monkeypatch.setattr(module, "walk", lambda *_, **__: iter(listed))

    case = forensics.scan("evidence")

    assert [(each.path, each.reason) for each in case.unread] == [
        ("copy.jpg", "not a regular file")
    ]


@pytest.mark.parametrize("content", [b"", b"no archive", b"SQLite format 3\0" + bytes(900)])
def test_unreadable_archive_ends_the_run_with_advice_and_leaves_nothing(evidence, here, content):
    (here / "known.db").write_bytes(content)

    with pytest.raises(ArchiveError, match=r"known\.db") as caught:
        forensics.scan("evidence", archive="known.db")

    assert caught.value.advice
    assert not (here / "evidence-report").exists()


def test_unreadable_list_of_an_archive_ends_the_run_and_leaves_nothing(evidence, archive, here):
    (archive / "list.csv").write_bytes(b"name,date\nolder.jpg,2014\n")

    with pytest.raises(ForensicsError) as caught:
        forensics.scan("evidence", archive="archive")

    assert caught.value.advice
    assert not (here / "evidence-report").exists()


def test_bad_row_of_an_archive_is_told_in_the_report(evidence, archive):
    with (archive / "list.csv").open("a") as file:
        file.write("older.jpg,soon\ngone.jpg,2013\n")

    case = forensics.scan("evidence", archive="archive")

    assert len(case.archive.problems) == 2
    assert any("gone.jpg" in problem for problem in case.archive.problems)
    assert case.matches


def test_error_of_a_step_keeps_its_own_advice(evidence, archive, monkeypatch):
    def fail(*_):
        raise ArchiveError("the archive is damaged", advice="Use your last copy.")

    monkeypatch.setattr("forensics.reuse.search.search_archive", fail)

    case = forensics.scan("evidence", archive="archive")

    (problem,) = case.problems
    assert (problem.step, problem.advice) == ("reuse.search", "Use your last copy.")
    assert "fault of this program" not in problem.advice
    assert case.groups


def test_problem_of_one_query_reaches_the_report(evidence, archive, monkeypatch):
    monkeypatch.setattr("forensics.reuse.search.MAX_MATCHES", 0)

    case = forensics.scan("evidence", archive="archive")

    assert [problem.paths for problem in case.problems] == [("a.jpg",), ("again.jpg",)]


@pytest.mark.parametrize("state", ["other case", "not empty", "file", "below a file"])
def test_output_folder_of_somebody_else_is_refused_and_not_touched(evidence, here, state):
    out = here / "out"
    if state == "other case":
        write_picture(here / "other" / "x.jpg", 7)
        forensics.scan("other", out=out)
    elif state == "not empty":
        out.mkdir()
        (out / "thesis.txt").write_text("mine")
    else:
        out.write_text("mine")
    target = out / "deeper" if state == "below a file" else out
    before = {path: path.stat().st_mtime_ns for path in sorted(here.rglob("*"))}

    with pytest.raises(OutputError) as caught:
        forensics.scan("evidence", out=target)

    assert "--out" in caught.value.advice
    assert {path: path.stat().st_mtime_ns for path in sorted(here.rglob("*"))} == before


@pytest.mark.parametrize("made", [False, True])
def test_empty_or_new_output_folder_is_used(evidence, here, made):
    out = here / "deep" / "er"
    if made:
        out.mkdir(parents=True)

    forensics.scan("evidence", out=out)

    assert (out / "report.html").is_file()


def test_new_output_folder_is_removed_when_it_cannot_be_claimed(evidence, here, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forensics.engine.output.os.fsync", fail)

    with pytest.raises(OutputError, match="No space left"):
        forensics.scan("evidence", out="new")

    assert not (here / "new").exists()


@pytest.mark.parametrize("argument", ["folder", "case", "archive", "out"])
def test_empty_name_is_not_the_current_folder(evidence, monkeypatch, argument):
    monkeypatch.chdir(evidence)
    names = {"folder": evidence} | {argument: ""}

    with pytest.raises(CaseFileError, match="empty"):
        forensics.scan(**names)


def test_evidence_is_only_read(evidence, archive):
    def state():
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
            for folder in (evidence, archive)
            for path in folder.rglob("*")
            if path.is_file()
        }

    before = state()

    forensics.scan("evidence", archive="archive")

    assert state() == before


def test_every_step_has_one_outcome_for_every_item(evidence):
    (evidence / "broken.jpg").write_bytes(b"\xff\xd8\xff and nothing more")

    case = forensics.scan("evidence")

    item_steps = {"ingest.media"} | {
        step.name
        for step in import_module("forensics.stages").STEPS
        if step.scope in ("item", "review")
    }
    for item in case.items:
        told = [each.step for each in case.outcomes if each.subject == (item.sha256,)]
        assert sorted(told) == sorted(item_steps)


def test_artefacts_are_named_by_their_digest_and_all_there(evidence, archive, here):
    import hashlib

    case = forensics.scan("evidence", archive="archive")

    named = [path for match in case.matches for path in match.artefacts.values()]
    for each in case.outcomes:
        if isinstance(each.outcome, Result):
            named += each.outcome.artefacts.values()
    assert named
    for path in named:
        data = (here / "evidence-report" / path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == Path(path).stem


def test_search_that_fails_leaves_the_rest_of_the_report(evidence, archive, monkeypatch):
    monkeypatch.setattr(
        import_module("forensics.examine"), "run_step", lambda *_: Problem("failed", "try again")
    )

    case = forensics.scan("evidence", archive="archive")

    assert case.matches == ()
    assert case.archive is not None
    assert len(case.items) == 4
    assert not isinstance(case.unmatched, CheckReport)


def test_log_of_the_run_is_lines_of_json_whatever_the_names(here):
    folder = os.fsdecode(os.fsencode(here) + b"/d\xe9")
    write_picture(Path(folder) / "a.jpg", 0)

    forensics.scan(folder, out="out")

    events = [json.loads(line)["event"] for line in Path("out/run.jsonl").read_text().splitlines()]
    assert events[0] == "start"
    assert "visited" in events
    assert events[-1] == "end"


def test_function_is_not_hidden_by_the_module_that_holds_it(here):
    script = (
        "import importlib, pkgutil, forensics\n"
        "for module in pkgutil.iter_modules(forensics.__path__):\n"
        "    importlib.import_module(f'forensics.{module.name}')\n"
        "assert callable(forensics.scan)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=True,
    )


def test_earlier_report_in_the_folder_is_named_and_not_examined(evidence, here):
    first = forensics.scan("evidence", out=evidence / "first report")
    second = forensics.scan("evidence", out=here / "second")

    assert paths(second) == paths(first)
    assert [each.path for each in second.unread] == ["first report"]
    assert second.unread[0].expected
