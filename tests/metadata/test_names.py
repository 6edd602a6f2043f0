"""Names that follow conventions are read with all candidates; ordinary names stay unread."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata.names import conventions, read_names
from forensics.model.dates import parse_date

EVERY = (*conventions().pattern, *conventions().suffix)


def patterns_of(name: str) -> list[str]:
    return [each.pattern for each in read_names([name])]


@pytest.mark.parametrize(
    ("pattern", "example"), [(each.name, name) for each in EVERY for name in each.examples]
)
def test_every_convention_reads_its_examples(pattern: str, example: str) -> None:
    assert pattern in patterns_of(f"folder/{example}")


@pytest.mark.parametrize("pattern", EVERY, ids=lambda each: each.name)
def test_no_convention_claims_certainty(pattern) -> None:
    for reading in read_names(pattern.examples):
        assert reading.implies.startswith("The name is consistent with ")
        assert reading.does_not_imply.startswith("It does not say ")
        assert reading.source


def test_names_of_conventions_are_unique_and_use_known_endings() -> None:
    assert len({each.name for each in EVERY}) == len(EVERY)
    assert {kind for each in conventions().pattern for kind in each.kinds} <= set(
        conventions().endings
    )


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("IMG-20240815-WA0007.jpg", "2024-08-15"),
        ("WhatsApp Image 2024-08-15 at 12.40.12 AM.jpeg", "2024-08-15T00:40:12"),
        ("WhatsApp Image 2024-08-15 at 12.40.12 PM.jpeg", "2024-08-15T12:40:12"),
        ("photo_123@16-08-2024_14-22-07.jpg", "2024-08-16T14:22:07"),
        ("PXL_20240816_112207123.jpg", "2024-08-16T11:22:07.123Z"),
        ("IMG_20240816_142207.jpg", "2024-08-16T14:22:07"),
        ("RPReplay_Final1723807327.MP4", "2024-08-16T11:22:07Z"),
        ("7403210987654321098.mp4", "2024-08-15T03:59:39Z"),
    ],
)
def test_time_in_a_name_has_a_zone_only_where_the_convention_defines_it(name, stated) -> None:
    assert [each.stated_at for each in read_names([name])] == [stated]


def test_ambiguous_name_lists_all_candidates() -> None:
    assert patterns_of("IMG_1234.JPG") == ["iphone", "canon"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_1234 (2).HEIC", ["iphone", "canon", "numbered-copy"]),
        ("IMG_1234-edited(1).jpg", ["iphone", "canon", "numbered-copy", "google-photos-edited"]),
        ("20240816_142207(1).jpg", ["samsung-camera", "numbered-copy"]),
    ],
)
def test_copies_are_read_as_what_they_copy(name: str, expected: list[str]) -> None:
    assert patterns_of(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "20240816.jpg", "2024-08-16.jpg", "image (3).png", "d41d8cd98f00b204e9800998ecf8427e.jpg",
        f"{'a1' * 32}.mp4", "bridge.jpg", "bridge-edited.jpg", "Explosion-1.jpg", "DSC_Bridge1.jpg",
        "frame_0001.png", "Untitled-1.png", "final_v2_ABC.mp4", "IMG.jpg", "Screenshot.png",
        "GoodMorningYear.jpg", "McDonaldsNewYork.jpg", "Kursk-Bridge-GlushkovoAttack.mp4",
        "clip [1080p].mp4", "deck-holes-2022.jpg", "0001.jpg", "12345.mp4", "clip (1).mp4",
        "IMG-20240815-WA0007.txt", "IMG-20240815-WA0007", ".jpg", "", "IMG_1234.json",
        "hello_world.jpeg", "WhatsApp.jpg", "DJI.mp4", "signal.jpg",
        "550e8400-e29b-41d4-a716-446655440000.jpg",
    ],
)  # fmt: skip
def test_ordinary_names_stay_quiet(name: str) -> None:
    assert read_names([name]) == ()


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20241316_142207.jpg", "IMG_20240230_142207.jpg", "IMG_20240816_252207.jpg",
        "20240816_146607.jpg", "IMG-00000000-WA0007.jpg", "photo_123@32-08-2024_14-22-07.jpg",
        "FB_IMG_0000000000001.jpg", "PXL_99990816_112207123.jpg",
    ],
)  # fmt: skip
def test_impossible_times_follow_no_convention(name: str) -> None:
    assert read_names([name]) == ()


@given(st.text(max_size=80), st.sampled_from(["jpg", "MP4", "png", "x"]))
def test_any_name_is_read_or_left(stem: str, ending: str) -> None:
    for each in read_names([f"{stem}.{ending}"]):
        assert each.stated_at is None or parse_date(each.stated_at).value == each.stated_at


TIMED = [each for each in EVERY if "(?P<" in each.stem]


@pytest.mark.parametrize("pattern", TIMED, ids=lambda each: each.name)
@given(data=st.data())
@settings(max_examples=25)
def test_whatever_fits_a_convention_has_a_real_time_or_none(pattern, data: st.DataObject) -> None:
    stem = data.draw(st.from_regex(re.compile(pattern.stem, re.ASCII), fullmatch=True))

    for each in read_names([f"{stem}.jpg", f"{stem}.mp4"]):
        assert each.stated_at is None or parse_date(each.stated_at)


@pytest.mark.parametrize("text", ["a-", "A0_", "-Aa1", "[", "6" * 19 + "_", "(1)", "-edited", " "])
def test_long_names_cost_nothing(text: str) -> None:
    names = [f"{(text * 300)[:length]}.mp4" for length in (250, 290, 10_000)]
    started = time.process_time()

    read_names(names)

    assert time.process_time() - started < 1


def test_order_does_not_matter_and_paths_are_told_once() -> None:
    names = ["b/IMG_1234.JPG", "a/IMG_1234.JPG", "b/IMG_1234.JPG"]

    assert [each.path for each in read_names(names)] == sorted(names[:2] * 2)


def test_escaped_name_is_read_as_it_is() -> None:
    assert patterns_of(r"a\x5cb/IMG_1234.JPG") == ["iphone", "canon"]
    assert patterns_of("C:\\IMG_1234.JPG") == []
