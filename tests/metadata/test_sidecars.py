"""Sidecars as a whole: several of one file, hostile ones, and those of a single file on disk."""

import io
import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.metadata import sidecars as module
from forensics.metadata.sidecars import MediaName, SidecarFile, find_sidecars, sidecars_of

TAKEOUT = {"title": "a.jpg", "photoTakenTime": {"timestamp": "1723807327"}}
MESSAGE = {"id": 1, "type": "message", "date": "2024-08-16T14:22:07", "date_unixtime": "1723800000"}
EXPORT = {
    "name": "c",
    "type": "public_channel",
    "id": 1,
    "messages": [{**MESSAGE, "photo": "a.jpg"}],
}
MEDIA = [MediaName("a.jpg", "a" * 64)]
NAMES = ("a.jpg.json", "a.info.json", "result.json", "sheet.csv", "a.xmp")


def file_of(name: str, data: bytes) -> SidecarFile:
    return SidecarFile(name, lambda: io.BytesIO(data))


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def test_sidecars_that_contradict_one_another_are_all_told() -> None:
    files = [file_of("result.json", dumped(EXPORT)), file_of("a.jpg.json", dumped(TAKEOUT))]

    found = find_sidecars(files, MEDIA)

    assert [(each.path, each.format, each.media) for each in found] == [
        ("a.jpg.json", "google-takeout", ("a.jpg",)),
        ("result.json", "telegram", ("a.jpg",)),
    ]
    assert found[0].fields["captured_at"].value != found[1].fields["posted_at"].value


def test_order_of_files_does_not_matter_and_the_digest_is_of_the_bytes() -> None:
    files = [file_of("result.json", dumped(EXPORT)), file_of("a.jpg.json", dumped(TAKEOUT))]

    assert find_sidecars(files, MEDIA) == find_sidecars(files[::-1], MEDIA)
    other = find_sidecars([file_of("a.jpg.json", dumped(TAKEOUT) + b" ")], MEDIA)
    assert other[0].sha256 != find_sidecars(files, MEDIA)[0].sha256


def test_other_files_are_not_opened() -> None:
    def refuse() -> io.BytesIO:
        raise AssertionError("opened")

    names = ("a.txt", "a.jpg", "json", "a.json.bak", ".csvx")

    assert find_sidecars([SidecarFile(name, refuse) for name in names], MEDIA) == ()


def test_file_that_cannot_be_read_is_left_to_the_scan() -> None:
    def gone() -> io.BytesIO:
        raise FileNotFoundError

    assert find_sidecars([SidecarFile("a.jpg.json", gone)], MEDIA) == ()


DEEP = b"[" * 200_000


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 5000, DEEP, b'{"messages":' + DEEP, b'{"title":"a","photoTakenTime":' + DEEP,
        b'{"a":' * 100_000, b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xfe\0\0{", b"{" * 3_000_000,
        b'"' * 100_000, b"," * 1_000_000, b"Link,Archive status,Hash\n" + b'"' * 99_999,
        b"9" * 1_000_000, b'{"id":' + b"9" * 2_000_000 + b"}", b"<a>" * 50_000,
    ],
    ids=range(16),
)  # fmt: skip
def test_hostile_content_is_no_sidecar_or_a_named_fault(name: str, data: bytes) -> None:
    for each in find_sidecars([file_of(name, data)], MEDIA):
        assert each.media == ()


@given(st.sampled_from(NAMES), st.binary(max_size=300), st.integers(0, 400), st.data())
@settings(max_examples=150)
def test_changed_bytes_of_real_sidecars_are_read_or_left(
    name: str, junk: bytes, place: int, data: st.DataObject
) -> None:
    whole = data.draw(st.sampled_from([dumped(EXPORT), dumped(TAKEOUT)]))

    found = find_sidecars([file_of(name, whole[:place] + junk + whole[place:])], MEDIA)

    assert msgspec.json.decode(msgspec.json.encode(found), type=tuple[module.Sidecar, ...]) == found
    assert all(set(each.media) <= {"a.jpg"} for each in found)


def test_long_and_hostile_texts_are_cut_and_plain() -> None:
    body = {**TAKEOUT, "description": "<script>\x1b[2J\u202e" + "x" * 100_000}

    (told,) = find_sidecars([file_of("a.jpg.json", dumped(body))], MEDIA)

    text = told.fields["description"].value
    assert isinstance(text, str)
    assert len(text) <= 2000
    assert "\x1b" not in text


def test_file_over_the_limit_is_named_and_not_kept(monkeypatch) -> None:
    formats = [each._replace(max_bytes=1 << 20) for each in module._FORMATS]
    monkeypatch.setattr(module, "_FORMATS", tuple(formats))
    data = dumped(EXPORT)[:-2] + b"," + b" " * (8 << 20) + b'{"id": 2}]}'
    tracemalloc.start()

    (told,) = find_sidecars([file_of("result.json", data)], MEDIA)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told.faults == ("it is larger than 1 MiB and was not read",)
    assert told.format == "telegram"
    assert len(told.sha256) == 64
    assert peak < 5 << 20


def test_large_export_takes_little_more_memory_than_its_size() -> None:
    messages = [{**MESSAGE, "id": number, "text": "x" * 200} for number in range(20_000)]
    data = dumped({**EXPORT, "messages": [*messages, *EXPORT["messages"]]})
    tracemalloc.start()

    found = find_sidecars([file_of("result.json", data)], MEDIA)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0].media == ("a.jpg",)
    assert peak < 3 * len(data)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    folder = tmp_path / "export" / "chats" / "photos"
    folder.mkdir(parents=True)
    path = folder / "a.jpg"
    path.write_bytes(b"photo")
    return path


def test_sidecars_of_one_file_are_found_beside_and_above_it(photo: Path) -> None:
    photo.with_name("a.jpg.json").write_bytes(dumped(TAKEOUT))
    photo.with_name("b.jpg.json").write_bytes(dumped(TAKEOUT))
    export = {**EXPORT, "messages": [{**MESSAGE, "photo": "chats/photos/a.jpg"}]}
    (photo.parents[2] / "result.json").write_bytes(dumped(export))
    (photo.parents[2] / "a.jpg.json").write_bytes(dumped(TAKEOUT))

    found = sidecars_of(photo)

    assert [each.path for each in found] == ["chats/photos/a.jpg.json", "result.json"]
    assert {each.media for each in found} == {("chats/photos/a.jpg",)}


def test_sidecars_of_many_other_files_are_not_read(photo: Path) -> None:
    for number in range(300):
        photo.with_name(f"b{number}.jpg.json").write_text("{", "utf-8")
    photo.with_name("a.jpg.json").write_bytes(dumped(TAKEOUT))
    photo.with_name("result.json").write_bytes(dumped(EXPORT))

    found = sidecars_of(photo)

    assert [each.format for each in found] == ["google-takeout", "telegram"]


def test_file_without_sidecars_has_none(photo: Path) -> None:
    photo.with_name("notes.json").write_text("{}", "utf-8")

    assert sidecars_of(photo) == ()
    assert sidecars_of(photo.with_name("gone.jpg")) == ()


def test_folders_further_up_are_not_looked_at(photo: Path) -> None:
    export = {**EXPORT, "messages": [{**MESSAGE, "photo": "export/chats/photos/a.jpg"}]}
    (photo.parents[3] / "result.json").write_bytes(dumped(export))

    assert sidecars_of(photo) == ()
