"""Exported frames are lossless, named by hash and moment, and their folder loses nothing."""

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from forensics.extract import export
from forensics.extract.export import default_folder, export_frames
from forensics.extract.moments import MAX_FRAMES
from forensics.model.errors import FrameChoiceError, OutputError, UnreadableMedia

Sample = Callable[[str], Path]
CLIP = "VID_20240816_131418.mp4"
GIF = "seym-strike.gif"


@pytest.fixture
def clip(sample: Sample) -> Path:
    return sample(CLIP)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_png_holds_the_decoders_own_pixels(clip: Path, tmp_path: Path) -> None:
    with av.open(str(clip)) as container:
        frame = next(each for each in container.decode(video=0) if each.time >= 2.5)

    (row,) = export_frames(clip, at=[2.5], out=tmp_path / "out").exported

    with Image.open(tmp_path / "out" / row.file) as image:
        assert np.array_equal(np.asarray(image), frame.to_ndarray(format="rgb24"))
        assert image.info == {}
    assert row.moment_s == frame.time


def test_name_carries_digest_and_moment(clip: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()

    (row,) = export_frames(clip, at=[3.7], out=tmp_path / "out").exported

    assert row.file == f"{digest[:12]}_00003.666667s.png"
    assert row.sha256 == hashlib.sha256((tmp_path / "out" / row.file).read_bytes()).hexdigest()


def test_same_wish_gives_the_same_bytes(clip: Path, tmp_path: Path) -> None:
    for name in ("one", "other", "one"):
        export_frames(clip, every_s=1.5, search_kit=True, out=tmp_path / name)

    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_later_wishes_are_added_to_the_table(clip: Path, tmp_path: Path) -> None:
    export_frames(clip, at=[5.0], search_kit=True, out=tmp_path)

    later = export_frames(clip, at=[1.0], out=tmp_path)

    table = json.loads((tmp_path / "frames.json").read_bytes())
    assert [row["asked_s"] for row in table["frames"]] == [1.0, 5.0]
    assert table["search_kit"] is not None
    assert [row.asked_s for row in later.exported] == [1.0]
    assert {row["file"] for row in table["frames"]} == {
        each.name for each in tmp_path.glob("*.png")
    }


def test_clip_is_only_read(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "clip.mp4"
    copy.write_bytes(clip.read_bytes())
    copy.chmod(0o400)
    before = copy.stat()

    export_frames(copy, scenes=True, out=tmp_path / "out")

    assert (copy.stat().st_mtime_ns, copy.read_bytes()) == (before.st_mtime_ns, clip.read_bytes())


def test_no_cell_of_the_csv_can_begin_a_formula(clip: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "=cmd|' !A1'.mp4"
    hostile.write_bytes(clip.read_bytes())

    export_frames(hostile, at=[0, 1.5], every_s=2, out=tmp_path / "out")

    text = (tmp_path / "out" / "frames.csv").read_text("utf-8")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert all(re.fullmatch(r"[0-9a-z][\w.]*", cell) for cell in cells), cells
    assert "cmd" not in " ".join(cells)


def test_frames_of_a_folder_of_another_clip_are_refused(
    clip: Path, sample: Sample, tmp_path: Path
) -> None:
    export_frames(clip, at=[0], out=tmp_path)
    before = contents(tmp_path)

    with pytest.raises(OutputError) as caught:
        export_frames(sample(GIF), at=[0], out=tmp_path)

    assert "--out" in caught.value.advice
    assert contents(tmp_path) == before


def test_table_that_cannot_be_read_is_not_overwritten(clip: Path, tmp_path: Path) -> None:
    export_frames(clip, at=[0], out=tmp_path)
    (tmp_path / "frames.json").write_text('{"frames": "mine"}')

    with pytest.raises(OutputError, match="cannot be read"):
        export_frames(clip, at=[1], out=tmp_path)

    assert (tmp_path / "frames.json").read_text() == '{"frames": "mine"}'


def test_interruption_leaves_no_new_folder_and_an_old_one_whole(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_frames(clip, at=[0], out=tmp_path / "old")
    before = contents(tmp_path / "old")
    made = export._png

    def interrupted(pixels: np.ndarray) -> bytes:
        if list(tmp_path.glob("*/*_00001.*.png")):
            raise KeyboardInterrupt
        return made(pixels)

    monkeypatch.setattr(export, "_png", interrupted)
    for name in ("new", "old"):
        with pytest.raises(KeyboardInterrupt):
            export_frames(clip, at=[1, 2], out=tmp_path / name)

    assert not (tmp_path / "new").exists()
    after = contents(tmp_path / "old")
    assert {name: after[name] for name in before} == before
    assert all(name.endswith(".png") for name in set(after) - set(before))


def test_still_is_exported_without_a_moment(sample: Sample, tmp_path: Path) -> None:
    (row,) = export_frames(sample("IMG_2231.JPG"), out=tmp_path).exported

    assert (row.reason, row.asked_s, row.moment_s) == ("still", None, None)
    assert row.file.endswith("_still.png")


def test_still_has_no_moments(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(FrameChoiceError, match="no moments"):
        export_frames(sample("IMG_2231.JPG"), at=[1.0], out=tmp_path)


def test_animation_gives_its_frames(sample: Sample, tmp_path: Path) -> None:
    rows = export_frames(sample(GIF), at=[0.0, 2.6], out=tmp_path).exported

    assert [row.moment_s for row in rows] == [0.0, 2.5]


def test_moment_outside_the_clip_is_an_error_before_anything_is_written(
    clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(FrameChoiceError, match="from 0 to 6 s"):
        export_frames(clip, at=[1.0, 6.5], out=tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_too_many_frames_are_refused_with_a_distance_that_works(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(FrameChoiceError, match=str(MAX_FRAMES)) as caught:
        export_frames(clip, every_s=0.001, out=tmp_path / "out")

    assert "every 0.012 s" in caught.value.advice


def test_sound_alone_is_refused_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    with pytest.raises(UnreadableMedia) as caught:
        export_frames(path, out=tmp_path / "out")

    assert "Sound alone" in caught.value.advice


def test_folder_is_named_for_the_clip_and_never_too_long() -> None:
    assert default_folder("a/b.c/strike.tar.mp4") == Path("strike.tar-frames")
    assert len(bytes(default_folder("я" * 120 + ".mp4"))) < 255
