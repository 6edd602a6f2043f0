"""The kit for reverse search holds sharp, different pictures and says what it left out."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from forensics.extract.export import export_frames
from forensics.extract.kit import LONGEST_SIDE_PX
from forensics.ingest.exact_source import open_exact
from forensics.ingest.media import identify

PHOTOS = (skimage.data.astronaut(), skimage.data.coffee(), skimage.data.chelsea())


@pytest.fixture
def slides(tmp_path: Path) -> Callable[..., Path]:
    """Make a clip that shows each picture for a second."""

    def make(*pictures: np.ndarray, size: tuple[int, int] = (320, 240)) -> Path:
        path = tmp_path / "slides.mkv"
        with av.open(str(path), "w") as output:
            stream = output.add_stream("ffv1", rate=4)
            (stream.width, stream.height), stream.pix_fmt = size, "bgr0"
            for number in range(4 * len(pictures)):
                shown = cv2.resize(pictures[number // 4], size, interpolation=cv2.INTER_AREA)
                frame = av.VideoFrame.from_ndarray(shown, format="rgb24").reformat(format="bgr0")
                frame.pts = number
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make


def open_exact_end(clip: Path) -> float:
    with identify(clip) as opened:
        return open_exact(opened).timeline.end_s


def make_kit(clip: Path, folder: Path):
    """Make a kit of the middle of every second."""
    middles = [number + 0.5 for number in range(round(open_exact_end(clip)))]
    kit = export_frames(clip, at=middles, search_kit=True, out=folder).search_kit
    assert kit is not None
    return kit


def test_pictures_of_no_use_are_left_out_and_counted(slides, tmp_path: Path) -> None:
    black, sky = np.zeros_like(PHOTOS[0]), np.full_like(PHOTOS[0], (120, 160, 220))
    blurred = cv2.GaussianBlur(PHOTOS[1], (0, 0), 12)

    kit = make_kit(slides(PHOTOS[0], black, sky, blurred, PHOTOS[2], PHOTOS[0]), tmp_path / "out")

    assert kit.left_out == {"black": 1, "flat": 1, "blurred": 1, "alike": 1}
    assert len(kit.pictures) == 2


def test_every_picture_is_there_mirrored_and_without_metadata(slides, tmp_path: Path) -> None:
    kit = make_kit(slides(*PHOTOS, size=(2400, 1800)), tmp_path / "out")

    for name in kit.pictures:
        folder = tmp_path / "out/search-kit"
        with (
            Image.open(folder / name) as plain,
            Image.open(folder / f"{name[:-4]}_mirrored.jpg") as mirrored,
        ):
            assert max(plain.size) == LONGEST_SIDE_PX
            assert not plain.getexif()
            assert set(plain.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            apart = np.asarray(plain).astype(int)[:, ::-1] - np.asarray(mirrored)
            assert np.abs(apart).mean() < 1


def test_contact_sheet_shows_every_picture(slides, tmp_path: Path) -> None:
    kit = make_kit(slides(*PHOTOS), tmp_path / "out")

    (name,) = kit.sheets
    with Image.open(tmp_path / "out/search-kit" / name) as sheet:
        tiles = np.asarray(sheet)[100:300]
    assert sheet.width == 1600
    assert [tiles[:, x : x + 366].std() > 20 for x in range(32, 1400, 390)] == [
        True,
        True,
        True,
        False,
    ]


def test_readme_says_what_a_miss_means_and_that_nothing_was_sent(slides, tmp_path: Path) -> None:
    make_kit(slides(*PHOTOS, np.zeros_like(PHOTOS[0])), tmp_path / "out")

    text = (tmp_path / "out/search-kit/README.txt").read_text("utf-8")
    assert "3 pictures" in text
    assert "A MISS PROVES NOTHING" in text
    assert "Nothing was sent anywhere" in text
    assert "1  black" in text
    assert max(len(line) for line in text.splitlines()) <= 90


def test_hostile_name_is_shown_inert(slides, tmp_path: Path) -> None:
    clip = slides(*PHOTOS).rename(tmp_path / "a\u202egpj.\x1b[31m.mkv")

    make_kit(clip, tmp_path / "out")

    text = (tmp_path / "out/search-kit/README.txt").read_text("utf-8")
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_clip_without_a_useful_picture_gives_an_explained_empty_kit(slides, tmp_path: Path) -> None:
    kit = make_kit(slides(np.zeros_like(PHOTOS[0])), tmp_path / "out")

    assert (kit.pictures, kit.sheets) == ((), ())
    assert (tmp_path / "out/search-kit/README.txt").is_file()


def test_later_kit_replaces_the_earlier_and_keeps_notes(slides, tmp_path: Path) -> None:
    clip, folder = slides(*PHOTOS), tmp_path / "out"
    make_kit(clip, folder)
    (folder / "search-kit/my notes.txt").write_text("hit on 14 August")

    kit = export_frames(clip, at=[1.0], search_kit=True, out=folder).search_kit

    assert kit is not None
    pictures = {path.name for path in (folder / "search-kit").glob("[0-9]*.jpg")}
    assert pictures == {"01_at_00001.000000s.jpg", "01_at_00001.000000s_mirrored.jpg"}
    assert (folder / "search-kit/my notes.txt").read_text() == "hit on 14 August"
