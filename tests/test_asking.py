"""Single files are visited in workers, and answered like those of a scan."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensics.asking import Inspection, enroll_files, inspect_file, look_up
from forensics.engine import process
from forensics.engine.messages import Refused
from forensics.model.casefile import EventWindow
from forensics.model.outcome import Problem
from forensics.reuse.archive import Archive
from forensics.reuse.check import check_files
from forensics.reuse.intake import plan_intake


def write_picture(path: Path, seed: int, *, quality: int = 90) -> Path:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (15, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg.tobytes())
    return path


@pytest.fixture
def footage(tmp_path):
    folder = tmp_path / "known"
    for seed in range(6):
        write_picture(folder / f"{seed}.jpg", seed)
    shutil.copyfile(folder / "1.jpg", folder / "again.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff and nothing more")
    return folder


def enroll(database, folder, **options):
    with Archive.open(database, create=True) as archive:
        return enroll_files(archive, plan_intake([folder]), **options)


def test_files_are_taken_in_in_order_whoever_is_done_first(footage, tmp_path):
    enrolment = enroll(tmp_path / "known.db", footage)

    assert [file.path for file in enrolment.files] == [
        *(f"{seed}.jpg" for seed in range(6)),
        "again.jpg",
    ]
    assert [file.is_new for file in enrolment.files] == [True] * 6 + [False]
    assert [problem.path for problem in enrolment.problems] == ["broken.jpg"]


def test_files_that_were_done_are_in_the_archive_after_an_interruption(footage, tmp_path):
    def interrupt(done, total, doing):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enroll(tmp_path / "known.db", footage, on_progress=interrupt)

    with Archive.open(tmp_path / "known.db") as archive:
        assert archive.summary().entries >= 1


def test_archive_without_views_holds_hashes_alone(footage, tmp_path):
    enroll(tmp_path / "known.db", footage, hashes_only=True)

    with Archive.open(tmp_path / "known.db") as archive:
        assert all(archive.views(entry.id) is None for entry in archive.entries())
        assert archive.summary().hashes == 6


def test_answer_is_that_of_the_same_search_in_this_process(footage, tmp_path):
    enroll(tmp_path / "known.db", footage)
    copy = write_picture(tmp_path / "copy.jpg", 2, quality=60)
    other = write_picture(tmp_path / "other.jpg", 99)
    asked = [copy, other, tmp_path / "gone.jpg", copy]

    answer, not_known = look_up(asked, archive=tmp_path / "known.db", event=EventWindow())

    with Archive.open(tmp_path / "known.db") as archive:
        assert answer == check_files(asked, archive=archive)
    assert not_known == ()


def test_decoder_that_is_stopped_is_a_problem_and_the_next_file_is_answered(
    footage, tmp_path, monkeypatch
):
    enroll(tmp_path / "known.db", footage)
    copy = write_picture(tmp_path / "copy.jpg", 2, quality=60)
    monkeypatch.setattr(process, "_BOOT", CRASHING)
    write_picture(tmp_path / "crash.jpg", 98)

    answer, _ = look_up(
        [tmp_path / "crash.jpg", copy], archive=tmp_path / "known.db", event=EventWindow()
    )

    (problem,) = answer.problems
    assert problem.path.endswith("crash.jpg")
    assert "had to be stopped, twice: its process was ended by SIGSEGV" in problem.error
    assert [match.query.path for match in answer.matches] == [str(copy)]


# A worker whose decoder crashes at one file.
CRASHING = """
import json, os, sys
sys.path[:] = json.loads(sys.argv[1])
from forensics.engine import runner, worker
decode = runner.decode
def crash(opened, **options):
    if opened.path.name == "crash.jpg":
        os.kill(os.getpid(), 11)
    return decode(opened, **options)
runner.decode = crash
worker.main()
"""


def test_file_is_inspected_in_a_worker(footage, monkeypatch):
    monkeypatch.setattr(process, "_BOOT", CRASHING)
    (footage / "0.jpg").rename(footage / "crash.jpg")

    crashed, sound = inspect_file(footage / "crash.jpg"), inspect_file(footage / "1.jpg")

    assert isinstance(crashed, Inspection)
    assert isinstance(crashed.visited.told("ingest.media"), Problem)
    assert not isinstance(crashed.visited.told("metadata.read"), Problem)
    assert isinstance(sound, Inspection)
    assert not isinstance(sound.visited.told("ingest.media"), Problem)


def test_file_that_is_not_there_is_refused(tmp_path):
    refused = inspect_file(tmp_path / "gone.jpg")

    assert isinstance(refused, Refused)
    assert refused.by_system
