"""Telegram Desktop's result.json: times, paths, forwards, what was left out, and broken exports."""

import json
import unicodedata

import pytest

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"


def message(number: int = 1, **changes: object) -> dict[str, object]:
    return {
        "id": number,
        "type": "message",
        "date": "2024-08-16T14:22:07",
        "date_unixtime": "1723807327",
        "from": "News",
        "from_id": "channel123",
        "photo": "photos/photo_1.jpg",
        "width": 1280,
        "height": 720,
        "text": "",
        **changes,
    }


def chat(*messages: object, **changes: object) -> dict[str, object]:
    about = {"name": "A channel", "type": "public_channel", "id": 123}
    return {**about, **changes, "messages": list(messages)}


def test_unix_time_is_utc_and_the_message_is_named(find, values) -> None:
    (told,) = find({"x/result.json": chat(message(7))}, "x/photos/photo_1.jpg")

    assert told.record == "message 7"
    assert told.media == ("x/photos/photo_1.jpg",)
    assert values(told) == {
        "posted_at": "2024-08-16T11:22:07Z", "message_id": "7", "author": "News",
        "author_id": "channel123", "channel": "A channel", "channel_id": "123",
        "channel_type": "public_channel", "width_px": 1280, "height_px": 720,
    }  # fmt: skip
    assert told.fields["posted_at"].key == "date_unixtime"
    assert "not when the file was taken" in told.limits[0]


def test_old_export_states_a_time_of_unknown_zone(find, values) -> None:
    old = message()
    del old["date_unixtime"]

    (told,) = find({"result.json": chat(old)}, "photos/photo_1.jpg")

    assert values(told)["posted_at"] == "2024-08-16T14:22:07"
    assert "zone is unknown" in told.limits[0]


def test_edits_forwards_and_sources_are_kept(find, values) -> None:
    sent = message(
        edited="2024-08-16T14:30:00", edited_unixtime="1723807800", forwarded_from="Origin",
        forwarded_from_id="channel9", saved_from="Saved",
    )  # fmt: skip

    (told,) = find({"result.json": chat(sent)}, "photos/photo_1.jpg")

    found = values(told)
    assert found["edited_at"] == "2024-08-16T11:30:00Z"
    assert found["forwarded_from"] == "Origin"
    assert found["saved_from"] == "Saved"


def test_text_of_entities_is_joined(find, values) -> None:
    text = ["Bridge ", {"type": "bold", "text": "down"}, 3, {"type": "link"}, "!"]

    (told,) = find({"result.json": chat(message(text=text))}, "photos/photo_1.jpg")

    assert values(told)["description"] == "Bridge down!"


def test_video_and_its_preview_are_told_apart(find) -> None:
    clip = message(
        file="video_files/a.mp4", thumbnail="video_files/a.mp4_thumb.jpg", duration_seconds=9
    )
    del clip["photo"]

    file, preview = find(
        {"result.json": chat(clip)}, "video_files/a.mp4", "video_files/a.mp4_thumb.jpg"
    )

    assert file.media == ("video_files/a.mp4",)
    assert file.fields["duration_s"].value == 9
    assert preview.record == "message 1, preview"
    assert "duration_s" not in preview.fields


def test_export_of_an_account_is_read(find, values) -> None:
    account = {
        "about": "Here is the data you requested.",
        "chats": {"about": "", "list": [chat(message(1)), chat(message(2), name="Second")]},
        "left_chats": {"list": [chat(message(3, photo="b.jpg"))]},
    }

    told = find({"result.json": account}, "photos/photo_1.jpg", "b.jpg")

    assert [each.record for each in told] == ["message 1", "message 2", "message 3"]
    assert values(told[1])["channel"] == "Second"


def test_what_is_left_out_or_elsewhere_is_counted(find) -> None:
    sent = [message(1, photo=NOT_INCLUDED), message(2, photo="gone.jpg"), message(3)]

    paired, rest = find({"result.json": chat(*sent)}, "photos/photo_1.jpg")

    assert paired.record == "message 3"
    assert rest.media == ()
    assert rest.faults == (
        "1 files named in messages are not here",
        "1 files were left out of the export",
    )


def test_letters_may_be_composed_in_either_way(find) -> None:
    names = ["files/міст-й.jpg", unicodedata.normalize("NFD", "files/міст-й.jpg")]

    for stated, there in (names, names[::-1]):
        (told,) = find({"result.json": chat(message(photo=stated))}, there)

        assert told.media == (there,)


@pytest.mark.parametrize(
    "path",
    ["../photos/photo_1.jpg", "/x/photos/photo_1.jpg", "photos/../photos/photo_1.jpg", "",
     "./photos/photo_1.jpg", "photos//photo_1.jpg", "photos/photo_1.jpg\0", "\ud800.jpg", "a\\b"],
)  # fmt: skip
def test_no_path_leads_outside(find, path) -> None:
    told = find(
        {"x/result.json": chat(message(photo=path))}, "photos/photo_1.jpg", "x/photos/o.jpg"
    )

    assert all(each.media == () for each in told)


def test_same_file_in_many_messages_is_told_of_only_so_often(find) -> None:
    told = find({"result.json": chat(*map(message, range(50)))}, "photos/photo_1.jpg")

    assert len(told) == 21
    assert told[-1].faults[0].startswith("30 further messages")


def test_clocks_that_no_zone_explains_are_named(find) -> None:
    (told,) = find({"result.json": chat(message(date="2024-08-14T14:22:07"))}, "photos/photo_1.jpg")

    assert "no zone explains" in told.faults[0]


def test_control_characters_written_as_in_c_are_read(find, values) -> None:
    text = json.dumps(chat(message(text="a\\nb BELL c \\\\x07"))).replace("BELL", "\\x07")

    told, rest = find({"result.json": text}, "photos/photo_1.jpg")

    assert "no JSON" in rest.faults[0]
    assert values(told)["description"] == "a\\nb \\x07 c \\\\x07"


@pytest.mark.parametrize("is_account", [False, True])
def test_export_that_is_cut_short_is_read_up_to_the_break(find, is_account) -> None:
    whole: object = chat(*map(message, range(3)))
    if is_account:
        whole = {"about": "", "chats": {"about": "", "list": [whole]}}
    text = json.dumps(whole)

    told = find({"result.json": text[: text.index('"id": 2') + 40]}, "photos/photo_1.jpg")

    assert [each.record for each in told] == ["message 0", "message 1", "all other messages"]
    assert "cut short" in told[-1].faults[0]


def test_bytes_that_are_not_utf8_are_shown(find, values) -> None:
    data = json.dumps(chat(message(text="XX"))).encode().replace(b"XX", b"\xff\xfe")

    (told,) = find({"result.json": data}, "photos/photo_1.jpg")

    assert values(told)["description"] == "\\xff\\xfe"
    assert "not UTF-8" in told.faults[0]


@pytest.mark.parametrize(
    "content",
    [
        {"messages": []},
        {"messages": [{"sender_name": "a", "timestamp_ms": 1, "photos": []}], "title": "Messenger"},
        {"name": "x", "type": "y", "messages": {"id": 1, "type": "message", "date": "2024"}},
        {"name": "x", "type": "y", "messages": [1, 2, "photo"]},
        {"name": "x", "type": "y", "messages": [{"id": 1, "type": "unsupported"}]},
        {"ok": True, "result": [message()]},
        [chat(message())],
    ],
)
def test_other_json_is_no_export(find, content) -> None:
    assert find({"result.json": content}, "photos/photo_1.jpg") == ()


def test_export_with_too_many_values_is_named_and_not_read(find) -> None:
    head = json.dumps(chat(message()))[:-2]

    (told,) = find({"result.json": head + ",1" * 8_000_001 + "]}"}, "photos/photo_1.jpg")

    assert told.media == ()
    assert "was not read" in told.faults[0]
