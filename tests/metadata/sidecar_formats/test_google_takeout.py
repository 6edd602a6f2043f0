"""Google Takeout's JSON files: the names they are given, and 0, 0 that is no place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.metadata.sidecar_formats.google_takeout import own_stems

BODY = {
    "title": "IMG_1.jpg",
    "description": "",
    "creationTime": {"timestamp": "1723900000", "formatted": "17 Aug 2024, 13:06:40 UTC"},
    "photoTakenTime": {"timestamp": "1723807327", "formatted": "16 Aug 2024, 11:22:07 UTC"},
    "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
    "geoDataExif": {"latitude": 51.335, "longitude": 34.66, "altitude": 150.0},
    "url": "https://photos.google.com/photo/x",
    "people": [{"name": "A"}, {"name": "B"}, {}],
    "googlePhotosOrigin": {"mobileUpload": {"deviceType": "ANDROID_PHONE"}},
}
LONG = "Screenshot_20240816-142207_Telegram_and_more.jpg"


def test_fields_are_read(find, values) -> None:
    (told,) = find({"IMG_1.jpg.json": BODY}, "IMG_1.jpg")

    found = values(told)
    position = found.pop("position")
    assert (position.lat, position.lon) == (51.335, 34.66)
    assert told.fields["position"].key == "geoDataExif"
    assert found.pop("position_exif") == position
    assert found == {
        "captured_at": "2024-08-16T11:22:07Z", "uploaded_at": "2024-08-17T13:06:40Z",
        "original_name": "IMG_1.jpg", "source_url": BODY["url"], "people": "A, B",
        "origin": "mobileUpload",
    }  # fmt: skip


def test_an_origin_without_a_name_states_nothing(find) -> None:
    (told,) = find({"IMG_1.jpg.json": {**BODY, "googlePhotosOrigin": {"": {}}}}, "IMG_1.jpg")

    assert "origin" not in told.fields


def test_no_place_is_no_position(find) -> None:
    nowhere = {"latitude": 0.0, "longitude": 0.0}

    (told,) = find({"IMG_1.jpg.json": {**BODY, "geoDataExif": nowhere}}, "IMG_1.jpg")

    assert "position" not in told.fields


def test_two_places_are_named(find) -> None:
    moved = {**BODY, "geoData": {"latitude": 50.45, "longitude": 30.52}}

    (told,) = find({"IMG_1.jpg.json": moved}, "IMG_1.jpg")

    assert "different places" in told.faults[0]


@pytest.mark.parametrize(
    ("sidecar", "medium"),
    [
        ("IMG_1.jpg.json", "IMG_1.jpg"),
        ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg"),
        ("IMG_1.jpg(1).json", "IMG_1(1).jpg"),
        ("IMG_1.jpg.supplemental-metadata(1).json", "IMG_1(1).jpg"),
        ("IMG_1(1).jpg.json", "IMG_1(1).jpg"),
        ("IMG_1.jpg.json", "IMG_1-edited.jpg"),
        ("IMG_1.jpg(2).json", "IMG_1-edited(2).jpg"),
        ("IMG_1.jpg.json", "IMG_1-bearbeitet.jpg"),
        (f"{LONG[:46]}.json", LONG),
        (f"{(LONG[3:] + '.supplemental-metadata')[:46]}.json", LONG[3:]),
        ("PXL_20240816_112207123.jpg.supplemental-meta.json", "PXL_20240816_112207123.jpg"),
        ("PXL_20240816_112207123.jpg.suppl(3).json", "PXL_20240816_112207123(3).jpg"),
        ("x" * 41 + ".jpg..json", "x" * 41 + ".jpg"),
    ],
)
def test_names_are_formed_as_takeout_forms_them(find, sidecar, medium) -> None:
    (told,) = find({f"album/{sidecar}": BODY}, f"album/{medium}", f"other/{medium}")

    assert told.media == (f"album/{medium}",)


def test_number_belongs_to_the_other_file(find) -> None:
    (told,) = find({"IMG_1.jpg(1).json": BODY}, "IMG_1.jpg", "IMG_1(1).jpg")

    assert told.media == ("IMG_1(1).jpg",)
    assert "agrees" in told.pairing


def test_edited_copy_is_told_apart_from_the_original(find) -> None:
    edited, own = find({"IMG_1.jpg.json": BODY}, "IMG_1.jpg", "IMG_1-edited.jpg")

    assert own.media == ("IMG_1.jpg",)
    assert edited.media == ("IMG_1-edited.jpg",)
    assert "statements about that one" in edited.limits[0]


def test_moving_part_is_told_apart_from_the_photo(find) -> None:
    body = {**BODY, "title": "IMG_1.HEIC"}

    moving, own = find({"IMG_1.HEIC.json": body}, "IMG_1.HEIC", "IMG_1.MP4")

    assert own.media == ("IMG_1.HEIC",)
    assert moving.media == ("IMG_1.MP4",)
    assert "moving part" in moving.pairing


def test_title_of_another_file_is_told(find) -> None:
    (told,) = find({"IMG_1.jpg.json": {**BODY, "title": "holiday.jpg"}}, "IMG_1.jpg")

    assert "another name" in told.pairing


def test_absent_file_leaves_it_unpaired(find) -> None:
    (told,) = find({"IMG_1.jpg.json": BODY}, "IMG_2.jpg")

    assert told.media == ()


@pytest.mark.parametrize(
    "content",
    [
        {"title": "Album", "description": "", "access": "protected", "date": {"timestamp": "1"}},
        {"title": "x.jpg"},
        {"photoTakenTime": {"timestamp": "1723807327"}},
        {"title": "x.jpg", "photoTakenTime": "1723807327"},
    ],
)
def test_other_json_is_no_sidecar(find, content) -> None:
    assert find({"metadata.json": content, "x.jpg.json": content}, "x.jpg") == ()


def test_unset_time_is_not_read(find) -> None:
    (told,) = find({"IMG_1.jpg.json": {**BODY, "photoTakenTime": {"timestamp": "0"}}}, "IMG_1.jpg")

    assert "captured_at" not in told.fields
    assert told.faults == ()


def test_repeated_key_is_named_and_the_last_counts(find, values) -> None:
    text = json.dumps(BODY)[:-1] + ', "title": "IMG_9.jpg"}'

    (told,) = find({"IMG_1.jpg.json": text}, "IMG_1.jpg")

    assert values(told)["original_name"] == "IMG_9.jpg"
    assert told.faults == ("it states title more than once; the last counts here",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_other_encodings_are_read(find, values, encoding) -> None:
    data = json.dumps({**BODY, "title": "Міст.jpg"}, ensure_ascii=False).encode(encoding)

    (told,) = find({"Міст.jpg.json": data}, "Міст.jpg")

    assert told.media == ("Міст.jpg",)
    assert values(told)["original_name"] == "Міст.jpg"


def test_halves_of_characters_are_shown_as_something(find, values) -> None:
    text = json.dumps({**BODY, "description": "a\udc80\ud800-\udfff b", "title": "\ud800.jpg"})

    (told,) = find({"IMG_1.jpg.json": text}, "IMG_1.jpg")

    assert values(told)["description"] == "a\\x80?-? b"
    assert values(told)["original_name"] == "?.jpg"


def test_numbers_that_are_no_json_are_read_as_nothing(find) -> None:
    text = json.dumps({**BODY, "geoDataExif": {"latitude": float("nan"), "longitude": 1}})

    (told,) = find({"IMG_1.jpg.json": text}, "IMG_1.jpg")

    assert "position" not in told.fields


@given(st.text(min_size=1, max_size=80))
def test_every_name_has_short_stems_of_its_own(name: str) -> None:
    stems = own_stems(name)

    assert stems
    assert len(set(stems)) == len(stems)
