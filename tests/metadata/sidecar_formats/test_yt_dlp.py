"""yt-dlp's info.json: times, days and names, and what only looks like it."""

import json

import pytest

INFO = {
    "id": "dQw4w9WgXcQ",
    "title": "Explosion at the bridge",
    "extractor": "youtube",
    "extractor_key": "Youtube",
    "webpage_url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "timestamp": 1723807327,
    "upload_date": "20240816",
    "epoch": 1723900000,
    "uploader": "somebody",
    "channel": "a channel",
    "duration": 12.5,
    "width": 1280,
    "height": 720,
    "description": "bridge",
    "_filename": "/home/u/clips/Explosion.mp4",
}


def test_times_are_utc_and_the_day_stays_a_day(find, values) -> None:
    (told,) = find({"a/clip.info.json": INFO}, "a/clip.mp4")

    assert told.media == ("a/clip.mp4",)
    found = values(told)
    assert found["posted_at"] == "2024-08-16T11:22:07Z"
    assert found["uploaded_on"] == "2024-08-16"
    assert found["downloaded_at"] == "2024-08-17T13:06:40Z"
    assert told.fields["posted_at"].raw == "1723807327"
    assert told.fields["posted_at"].key == "timestamp"
    assert told.faults == ()
    assert any("not when it was taken" in limit for limit in told.limits)


def test_other_fields_are_read(find, values) -> None:
    (told,) = find({"clip.info.json": INFO}, "clip.mp4")

    assert values(told).items() >= {
        "source_url": INFO["webpage_url"], "platform": "Youtube", "author": "somebody",
        "channel": "a channel", "title": INFO["title"], "message_id": "dQw4w9WgXcQ",
        "duration_s": 12.5, "width_px": 1280, "height_px": 720, "original_name": "Explosion.mp4",
    }.items()  # fmt: skip


@pytest.mark.parametrize("name", ["clip.mp4", "clip.f137.mp4", "clip.f251-drc.webm", "clip.mkv"])
def test_formats_of_the_same_name_are_paired(find, name) -> None:
    (told,) = find({"clip.info.json": INFO}, name, "clip2.mp4", "b/clip.mp4", "clip.part2.cut.mp4")

    assert told.media == (name,)
    assert "same name" in told.pairing


def test_file_named_inside_is_paired(find) -> None:
    info = {**INFO, "requested_downloads": [{"filepath": "C:\\clips\\other name.mp4"}]}

    (told,) = find({"clip.info.json": info}, "other name.mp4")

    assert told.media == ("other name.mp4",)
    assert "stated in it alone" in told.pairing


def test_thumbnail_is_told_apart_from_the_clip(find) -> None:
    clip, thumbnail = find({"clip.info.json": INFO}, "clip.mp4", "clip.webp")

    assert clip.media == ("clip.mp4",)
    assert thumbnail.record == "thumbnail"
    assert thumbnail.media == ("clip.webp",)
    assert "duration_s" not in thumbnail.fields
    assert "preview" in thumbnail.limits[0]


def test_day_that_differs_from_the_time_is_named(find) -> None:
    (told,) = find({"clip.info.json": {**INFO, "upload_date": "20240815"}}, "clip.mp4")

    assert told.faults == (
        "upload_date 2024-08-15 is not the UTC day of timestamp 2024-08-16T11:22:07Z",
    )


def test_absent_file_leaves_it_unpaired(find) -> None:
    (told,) = find({"clip.info.json": INFO}, "other.mp4")

    assert told.media == ()
    assert "not beside it" in told.pairing


def test_playlist_describes_no_clip(find) -> None:
    (told,) = find({"clip.info.json": {**INFO, "_type": "playlist"}}, "clip.mp4")

    assert told.media == ()


@pytest.mark.parametrize(
    "content",
    [{"id": "x", "title": "y"}, {"extractor": "youtube"}, [INFO], "{}", "[]", "null", "1", ""],
)
def test_other_json_is_no_sidecar(find, content) -> None:
    assert find({"clip.info.json": content}, "clip.mp4") == ()


def test_other_name_is_no_sidecar(find) -> None:
    assert find({"clip.json": INFO}, "clip.mp4") == ()


@pytest.mark.parametrize("seconds", [True, "soon", 1e400, -(10**15), 10**15, "9" * 400, [1], {}])
def test_impossible_times_are_not_read(find, seconds) -> None:
    text = json.dumps({**INFO, "timestamp": seconds})

    (told,) = find({"clip.info.json": text}, "clip.mp4")

    assert "posted_at" not in told.fields


def test_large_file_is_read_as_a_small_one(find, values) -> None:
    large = {**INFO, "comments": [{"text": "x" * 100, "timestamp": 1}] * 20_000}

    (told,) = find({"clip.info.json": large}, "clip.mp4")
    (small,) = find({"clip.info.json": INFO}, "clip.mp4")

    assert values(told) == values(small)
    assert told.faults == ()


def test_broken_file_is_named_and_not_read(find) -> None:
    (told,) = find({"clip.info.json": json.dumps(INFO)[:200]}, "clip.mp4")

    assert told.media == ()
    assert told.fields == {}
    assert "no valid JSON" in told.faults[0]
