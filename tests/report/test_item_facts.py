"""What the page says an item is."""

import pytest

from forensics.model.findings import VideoFacts
from forensics.model.outcome import Outcome, Result
from forensics.report.item_facts import MAX_CUTS, item_facts
from forensics.report.lookup import Lookup


@pytest.fixture
def shown(make_case, make_item):
    def show(*, sampling: str | None, cuts_s: tuple[float, ...] | None) -> dict[str, str]:
        item = make_item("clip.mp4", kind="video", format="mp4")
        clip = VideoFacts(
            "mov", "h264", None, 640, 360, 0, 9.0, 9.0, 270, 270, 3, 11, 0.0, None, sampling, cuts_s
        )
        said = Outcome("ingest.media", 2, (item.sha256,), Result(clip))
        case = make_case(items=(item,), outcomes=(said,))
        return {name: str(said) for name, said in item_facts(item, Lookup(case))}

    return show


@pytest.mark.parametrize(
    ("cuts_s", "words"),
    [
        (None, "cuts were not looked for"),
        ((), "no cut found"),
        ((1.2,), "1 cut: at 1.20 s"),
        ((1.2, 3.0, 4.5), "3 cuts: at 1.20 s, 3.00 s and 4.50 s"),
    ],
)
def test_cuts_are_told_in_words(shown, cuts_s, words):
    facts = shown(sampling="every frame", cuts_s=cuts_s)

    assert facts["Cuts"] == words


def test_many_cuts_are_counted(shown):
    facts = shown(sampling="every frame", cuts_s=tuple(float(i) for i in range(MAX_CUTS + 6)))

    assert facts["Cuts"].startswith("30 cuts: at 0.00 s, ")
    assert facts["Cuts"].endswith(" and 7 more")


def test_which_frames_were_decoded_is_told(shown):
    facts = shown(sampling="keyframes only: too long", cuts_s=None)

    assert facts["Decoded"] == "keyframes only: too long"


def test_words_about_decoding_are_escaped(shown):
    facts = shown(sampling="<script>\u202e", cuts_s=None)

    assert facts["Decoded"] == "&lt;script&gt;⟨U+202E⟩"
