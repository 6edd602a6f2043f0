"""Two open files on a deck: frames of clips, decks looked for either way, frames that are gone."""

from contextlib import ExitStack
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from forensics.damage.deck import compare_on_deck, decode_whole
from forensics.ingest.media import identify
from forensics.model.damage import DeckQuestion
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Absent

OUTLINE = ((60.0, 175.0), (580.0, 175.0), (580.0, 225.0), (60.0, 225.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, bridge, again):
    """The bridge as a photo, and a clip that shows it from the second second on."""
    folder = tmp_path_factory.mktemp("deck")
    cv2.imwrite(str(folder / "before.png"), bridge[..., ::-1])
    lawn = np.full_like(bridge, (70, 110, 60))
    with av.open(str(folder / "clip.mp4"), "w") as clip:
        stream = clip.add_stream("libx264", rate=10, options={"crf": "12"})
        stream.height, stream.width = bridge.shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in [lawn] * 10 + [again[0]] * 10:
            clip.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        clip.mux(stream.encode())
    return folder


def ask(folder, one, other, question):
    with ExitStack() as stack:
        opened = [stack.enter_context(identify(folder / name)) for name in (one, other)]
        return compare_on_deck(*opened, question)


def test_frame_of_a_clip_is_compared_and_its_moment_told(folder):
    made = ask(folder, "before.png", "clip.mp4", DeckQuestion(OUTLINE, after_s=1.55))

    assert made.finding.registration.status == "registered"
    assert (made.finding.before_s, made.finding.after_s) == (None, 1.5)
    assert "overlay" in made.artefacts


def test_another_frame_of_it_is_another_answer(folder):
    made = ask(folder, "before.png", "clip.mp4", DeckQuestion(OUTLINE, after_s=0.5))

    assert made.finding.registration.status == "refused"


@pytest.mark.parametrize("moment_s", [-1.0, 99.0, float("nan")])
def test_moment_that_is_not_there_is_told_and_is_no_problem(folder, moment_s):
    said = ask(folder, "before.png", "clip.mp4", DeckQuestion(OUTLINE, after_s=moment_s))

    assert isinstance(said, Absent)
    assert "no frame" in said.detail


@pytest.mark.parametrize(("name", "moment_s"), [("clip.mp4", None), ("before.png", 1.0)])
def test_a_moment_belongs_to_a_clip_and_to_nothing_else(folder, name, moment_s):
    with identify(folder / name) as opened, pytest.raises(UnreadableMedia, match="moment"):
        decode_whole(opened, moment_s)


def test_a_deck_that_is_found_on_neither_is_told_without_pictures(folder, tmp_path):
    lawn = np.random.default_rng(2).normal(120, 20, (240, 320, 3)).clip(0, 255).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "lawn.png"), lawn)

    made = ask(tmp_path, "lawn.png", "lawn.png", DeckQuestion(None, either_way=True))

    assert made.finding.deck.source == "none"
    assert made.artefacts == {}


def test_without_an_order_a_broken_deck_is_told_though_it_stands_second():
    scenes = Path(__file__).parents[2] / "samples/scenes"

    made = ask(
        scenes, "s2_video_before.jpg", "s2_video_after.jpg", DeckQuestion(None, either_way=True)
    )

    assert made.finding.damage.state == "collapsed"
    assert not made.finding.is_swapped  # the other way round: tests/scenarios/test_decks.py
