"""``forensics frames``: what it prints, its JSON and its exit status."""

import shutil

import pytest

from forensics.cli.frames import parse_moment
from forensics.ingest.exact import ExactClip

CLIP = "VID_20240816_131418.mp4"
ROW = {
    "asked_s", "reason", "moment_s", "file", "sha256", "width_px", "height_px", "pdq",
    "pdq_quality", "sharpness", "brightness", "keyframe", "damaged",
}  # fmt: skip


@pytest.fixture
def video(here, sample):
    return shutil.copy(sample(CLIP), here / "strike.mp4")


def test_frames_of_named_moments_are_written_and_named(video, here, forensics):
    status, printed = forensics("frames", "strike.mp4", "--at", "0:03.7", "--at", "1")

    names = sorted(path.name for path in (here / "strike-frames").glob("*.png"))
    assert status == 0
    assert names == ["0196ede32ce0_00001.000000s.png", "0196ede32ce0_00003.666667s.png"]
    assert all(name in printed.out for name in names)
    assert "Table: strike-frames/frames.csv" in printed.out


def test_answer_as_json_has_every_key(video, here, answer):
    told = answer("frames", "strike.mp4", "--every", "2", "--search-kit")

    assert set(told) == {"video", "folder", "frames", "remarks", "missing_s", "search_kit"}
    assert told["video"]["path"] == "strike.mp4"
    assert set(told["frames"][0]) == ROW
    assert set(told["search_kit"]) == {"pictures", "sheets", "left_out"}
    for row in told["frames"]:
        assert (here / told["folder"] / row["file"]).is_file()


def test_without_a_choice_there_is_a_frame_of_every_shot(video, answer):
    (row,) = answer("frames", "strike.mp4")["frames"]

    assert (row["reason"], row["asked_s"]) == ("shot", 3.0)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--at", "soon"],
        ["--at", "1:75"],
        ["--at", "-1"],
        ["--at", "99"],
        ["--every", "0"],
        ["--every", "nan"],
        ["--every", "often"],
        ["--out", ""],
        ["--out", "notes"],
    ],
)
def test_wrong_usage_gives_two_and_one_line(video, here, forensics, wrong):
    (here / "notes").mkdir()
    (here / "notes" / "mine.txt").write_text("mine")

    status, printed = forensics("frames", "strike.mp4", *wrong)

    assert status == 2
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert not (here / "strike-frames").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no-index.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x20mdat" + bytes(24)),
        ("text.mp4", b"this is no video"),
        ("broken.mkv", b"\x1a\x45\xdf\xa3 and nothing more"),
        ("broken.gif", b"GIF89a and nothing more"),
        ("empty.mp4", b""),
    ],
)
def test_what_cannot_be_decoded_gives_three_and_no_folder(here, forensics, name, content):
    (here / name).write_bytes(content)

    status, printed = forensics("frames", name)

    assert status == 3
    assert name in printed.err
    assert len(printed.err.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == [name]


def test_missing_file_gives_three(here, forensics):
    status, printed = forensics("frames", "gone.mp4")

    assert status == 3
    assert "gone.mp4" in printed.err


def test_clip_cut_short_gives_what_is_there(here, sample, forensics):
    shutil.copy(sample("video_2024-08-16_17-02-11.mp4"), here / "cut.mp4")

    status, _ = forensics("frames", "cut.mp4", "--every", "1")
    outside, printed = forensics("frames", "cut.mp4", "--at", "5")

    assert status == 0
    assert outside == 2
    assert "cut short" in printed.err


def test_frame_that_cannot_be_decoded_is_named_and_gives_one(video, here, forensics, monkeypatch):
    convert = ExactClip._exact
    monkeypatch.setattr(
        ExactClip,
        "_exact",
        lambda clip, frame, at: None if at > 3 else convert(clip, frame, at),
    )

    status, printed = forensics("frames", "strike.mp4", "--at", "1", "--at", "4")

    assert status == 1
    assert "no frame could be decoded at 4 s" in printed.err
    assert len(list((here / "strike-frames").glob("*.png"))) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.48", 12.48), ("0", 0), ("75:30", 4530), ("1:02.5", 62.5), ("01:02:03.25", 3723.25)],
)
def test_moments_are_read_as_people_write_them(text, seconds):
    assert parse_moment(text) == seconds
