"""Single files against known footage: each is answered, none ends the others."""

import shutil
import struct
import sys
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from PIL import Image

from forensics.engine.session import scratch_session
from forensics.footage import open_footage
from forensics.model.casefile import EventWindow
from forensics.model.errors import UnreadableMedia
from forensics.reuse.check import check_files, probe_file
from forensics.stages import STEPS


def write_picture(path, seed, *, quality=90):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (15, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg.tobytes())
    return path


@contextmanager
def open_known(folder):
    """Index a folder of known footage for as long as it is asked."""
    with (
        scratch_session(jobs=0) as run,
        open_footage(folder, output=run.output, store=run.store, steps=STEPS, run=run.run) as (
            archive,
            skipped,
        ),
    ):
        yield archive, skipped


@pytest.fixture
def known(tmp_path):
    """A folder of known footage, indexed."""
    write_picture(tmp_path / "known" / "older.jpg", 1, quality=95)
    with open_known(tmp_path / "known") as (archive, skipped):
        assert skipped == ()
        yield archive


WRONG = {
    "missing.jpg": (None, "No such file"),
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"this is no picture", "not a photo or video"),
    "cut.jpg": (b"\xff\xd8\xff\xe0", "jpeg"),
    "cut.png": (b"\x89PNG\r\n\x1a\n", "png"),
    "cut.mp4": (struct.pack(">I", 16) + b"ftypisom\0\0\0\0", "mp4"),
}


@pytest.mark.parametrize(("name", "content", "word"), [(n, *each) for n, each in WRONG.items()])
def test_file_that_cannot_be_checked_is_a_problem_and_the_next_one_is_checked(
    known, tmp_path, name, content, word
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    good = write_picture(tmp_path / "copy.jpg", 1, quality=70)

    report = check_files([tmp_path / name, good], archive=known)

    (problem,) = report.problems
    assert problem.path == str(tmp_path / name)
    assert word in problem.error
    assert problem.advice
    assert [match.query.path for match in report.matches] == [str(good)]


def test_folder_is_no_file(known, tmp_path):
    (problem,) = check_files([tmp_path], archive=known).problems

    assert problem.path == str(tmp_path)


def test_sound_alone_is_said_to_be_sound(known, tmp_path):
    samples = np.zeros(8000, np.int16).tobytes()
    header = b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    (tmp_path / "bang.wav").write_bytes(
        header + b"data" + struct.pack("<I", len(samples)) + samples
    )

    with pytest.raises(UnreadableMedia) as caught:
        probe_file(tmp_path / "bang.wav")

    assert "Sound alone" in caught.value.advice


def test_every_path_is_answered_once_and_as_given(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_picture(tmp_path / "copy.jpg", 1, quality=70)
    shutil.copyfile("copy.jpg", "twin.jpg")
    given = ["copy.jpg", "./copy.jpg", "copy.jpg", tmp_path / "twin.jpg"]

    report = check_files(given, archive=known)

    assert sorted(match.query.path for match in report.matches) == sorted(
        ["copy.jpg", "./copy.jpg", str(tmp_path / "twin.jpg")]
    )
    assert len({match.id for match in report.matches}) == 3


def test_nothing_asked_is_nothing_answered(known):
    report = check_files([], archive=known, event=EventWindow())

    assert (report.matches, report.unmatched, report.problems) == ((), (), ())


def test_pages_of_a_still_are_no_clip(tmp_path):
    pages = [
        Image.open(write_picture(tmp_path / f"{seed}.jpg", seed)).convert("RGB")
        for seed in range(4)
    ]
    pages[0].save(tmp_path / "pages.tiff", save_all=True, append_images=pages[1:])

    probe = probe_file(tmp_path / "pages.tiff")

    assert len(probe.hashes.frames) == 4
    assert probe.is_video is False


def test_first_page_of_a_known_still_is_recognised(tmp_path):
    first, second = (write_picture(tmp_path / f"{seed}.jpg", seed) for seed in (1, 2))
    (tmp_path / "known").mkdir()
    with Image.open(first) as one, Image.open(second) as two:
        one.save(tmp_path / "known" / "pages.tiff", save_all=True, append_images=[two])

    with open_known(tmp_path / "known") as (archive, _):
        report = check_files([first, second], archive=archive)

    assert {match.query.path: match.relation for match in report.matches} == {
        str(first): "reencoded",
        str(second): "lead",
    }


def test_index_of_a_folder_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    write_picture(tmp_path / "known" / "older.jpg", 1)
    before = sorted((tmp_path / "known").iterdir())

    with open_known(tmp_path / "known") as (archive, _):
        assert archive.summary().entries == 1

    assert list((tmp_path / "scratch").iterdir()) == []
    assert sorted((tmp_path / "known").iterdir()) == before


def test_file_whose_decoder_is_missing_comes_with_the_decoders_own_advice(tmp_path, monkeypatch):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    with pytest.raises(UnreadableMedia) as caught:
        probe_file(path)

    assert "pip install" in caught.value.advice
