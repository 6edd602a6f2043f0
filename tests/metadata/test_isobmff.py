"""Boxes of MP4 and QuickTime files become fields, each with the box it stands in."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.metadata.isobmff import read_isobmff
from forensics.model.findings import Position

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
SHOT = 3806648527  # 2024-08-16T10:22:07 since 1904


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def said(kind: bytes, text: bytes, language: int = 0x15C7) -> bytes:
    return box(kind, struct.pack(">HH", len(text), language), text)


def item(kind: bytes, value: bytes, type_: int = 1) -> bytes:
    return box(kind, box(b"data", words(type_, 0), value))


def keyed(pairs: dict[bytes, bytes]) -> bytes:
    names = b"".join(box(b"mdta", name) for name in pairs)
    keys = box(b"keys", words(0, len(pairs)), names)
    items = (item(words(number), value) for number, value in enumerate(pairs.values(), 1))
    handler = box(b"hdlr", bytes(8), b"mdta", bytes(13))
    return box(b"meta", handler, keys, box(b"ilst", *items))


def header(
    kind: bytes, created: int = SHOT, modified: int = SHOT + 60, after: bytes = b""
) -> bytes:
    return box(kind, words(0, created, modified, 600, 6000), after)


def track(handler: bytes = b"vide", *, language: int = 0x55C4, **parts: bytes) -> bytes:
    entry = box(b"avc1", bytes(42), parts.get("name", b"\0").ljust(32, b"\0"), bytes(4))
    url = box(b"url ", words(1))
    data = box(b"dinf", box(b"dref", words(0, 1), parts.get("reference", url)))
    samples = parts.get("samples", entry)
    media = box(
        b"mdia",
        header(b"mdhd", after=struct.pack(">HH", language, 0)),
        box(b"hdlr", bytes(8), handler, bytes(12), b"VideoHandle\0"),
        box(b"minf", data, box(b"stbl", box(b"stsd", words(0, 1), samples))),
    )
    edits = box(b"edts", box(b"elst", parts["edits"])) if "edits" in parts else b""
    return box(b"trak", header(b"tkhd"), edits, media, parts.get("meta", b""))


def movie(*parts: bytes, head: bytes | None = None) -> bytes:
    return box(b"moov", header(b"mvhd") if head is None else head, *parts)


def values(data: bytes) -> dict[str, object]:
    readings, _, _ = read_isobmff(io.BytesIO(data))
    return {name: each.value for name, each in readings.items()}


def where(data: bytes) -> dict[str, str]:
    readings, _, _ = read_isobmff(io.BytesIO(data))
    return {name: each.where for name, each in readings.items()}


FTYP = box(b"ftyp", b"mp42", bytes(4), b"isom", b"mp42", bytes(4))


def test_headers_and_brands() -> None:
    data = FTYP + movie(track(language=0x4AB3, name=b"\x0aAVC Coding"))

    assert values(data) == {
        "brand": "mp42",
        "compatible_brands": "isom, mp42",
        "created_at": "2024-08-16T10:22:07",
        "container_modified_at": "2024-08-16T10:23:07",
        "track_created_at": "2024-08-16T10:22:07",
        "track_modified_at": "2024-08-16T10:23:07",
        "media_language": "rus",
        "video_handler": "VideoHandle",
        "video_encoder": "AVC Coding",
    }
    assert where(data)["created_at"] == "moov/mvhd creation_time"
    assert where(data)["track_created_at"] == "moov/trak[1]/tkhd creation_time"


def test_keys_of_an_iphone() -> None:
    keys = {
        b"com.apple.quicktime.make": b"Apple",
        b"com.apple.quicktime.model": b"iPhone 12",
        b"com.apple.quicktime.software": b"16.2",
        b"com.apple.quicktime.creationdate": b"2024-08-16T13:22:07+0300",
        b"com.apple.quicktime.location.ISO6709": b"+51.3350+034.6600+150.200/",
        b"com.apple.quicktime.location.accuracy.horizontal": b"4.766145",
        b"com.apple.quicktime.content.identifier": b"DA1A7EE8-0925-4C9F",
    }
    lens = keyed({b"com.apple.quicktime.camera.lens_model": b"back camera 5.1mm f/1.6"})

    found = values(movie(track(meta=lens), keyed(keys)))

    assert {name: found[name] for name in ("make", "model", "software", "lens")} == {
        "make": "Apple", "model": "iPhone 12", "software": "16.2",
        "lens": "back camera 5.1mm f/1.6",
    }  # fmt: skip
    assert (found["captured_at"], found["captured_offset"]) == ("2024-08-16T13:22:07", "+03:00")
    assert found["position"] == Position(51.335, 34.66)
    assert (found["altitude_m"], found["position_accuracy_m"]) == (150.2, 4.766145)
    assert found["content_id"] == "DA1A7EE8-0925-4C9F"


def test_keys_say_where_they_stand() -> None:
    data = movie(keyed({b"com.apple.quicktime.creationdate": b"2024-08-16T13:22:07+0300"}))

    assert where(data)["captured_at"] == "moov/meta com.apple.quicktime.creationdate"


def test_keys_of_one_list_do_not_name_the_items_of_another() -> None:
    ours = keyed({b"com.apple.quicktime.make": b"Apple"})
    theirs = box(b"meta", box(b"hdlr", bytes(25)), box(b"ilst", item(words(1), b"Stranger")))

    assert values(movie(theirs, ours))["make"] == "Apple"


def test_android() -> None:
    speed = box(b"data", words(23, 0), struct.pack(">f", 240.0))
    names = box(b"mdta", b"com.android.version") + box(b"mdta", b"com.android.capture.fps")
    meta = box(
        b"meta", bytes(4), box(b"hdlr", bytes(25)), box(b"keys", words(0, 2), names),
        box(b"ilst", item(words(1), b"14"), box(words(2), speed)),
    )  # fmt: skip

    found = values(movie(meta, box(b"udta", said(b"\xa9xyz", b"+51.4169-000.0806/"))))

    assert (found["os_version"], found["capture_fps"]) == ("14", 240.0)
    assert found["position"] == Position(51.4169, -0.0806)


def test_user_data_by_its_declared_character_set() -> None:
    data = movie(
        box(
            b"udta", said(b"\xa9nam", b"caf\x8e", 0), said(b"\xa9mak", "Олена".encode(), 0x55C4),
            said(b"\xa9cmt", "後".encode("shift_jis"), 11),
            said(b"\xa9inf", "ignored".encode("utf-16"), 0x15C7), bytes(4),
        )
    )  # fmt: skip
    readings, faults, _ = read_isobmff(io.BytesIO(data))

    found = {name: (each.value, each.charset) for name, each in readings.items()}
    assert found["title"] == ("café", "mac_roman")
    assert found["make"] == ("Олена", None)
    assert found["comment"] == ("後", "shift_jis")
    assert readings["title"].raw == r"caf\x8e"
    assert faults == []


def test_items_of_itunes() -> None:
    items = box(
        b"ilst", item(b"\xa9too", b"Lavf62"), item(b"\xa9nam", "Міст".encode("utf-16-be"), 2),
        item(b"\xa9ART", "橋".encode("shift_jis"), 3), item(b"\xa9day", b"2010-05-04T07:00:00Z"),
        item(b"covr", b"\xff\xd8\xff", 13),
    )  # fmt: skip
    data = movie(box(b"udta", box(b"meta", bytes(4), box(b"hdlr", bytes(25)), items)))

    assert {k: v for k, v in values(data).items() if not k.endswith("_at")} == {
        "encoder": "Lavf62", "title": "Міст", "artist": "橋", "date_tag": "2010-05-04T07:00:00Z",
    }  # fmt: skip
    assert where(data)["encoder"] == "moov/udta/meta/ilst ©too"


@pytest.mark.parametrize(
    ("text", "captured"),
    [
        (b"2024-08-16T13:22:07+0300", "2024-08-16T13:22:07"), (b"2024-08-16T13:22:07", None),
        (b"20240816", None), (b"2024", None), (b"2024-08-16", None),
    ],
)  # fmt: skip
def test_date_of_user_data_is_a_capture_time_only_with_its_zone(
    text: bytes, captured: str | None
) -> None:
    found = values(movie(box(b"udta", said(b"\xa9day", text))))

    assert found["date_tag"] == text.decode()
    assert found.get("captured_at") == captured


def test_date_box_of_user_data_is_the_capture_time() -> None:
    data = movie(box(b"udta", box(b"date", b"2024-08-16T13:22:07+0300")))

    assert values(data)["captured_at"] == "2024-08-16T13:22:07"
    assert where(data)["captured_at"] == "moov/udta date"


def test_texts_of_3gpp() -> None:
    lang = b"\0\0\0\0\x15\xc7"
    udta = box(
        b"udta", box(b"titl", lang, "Міст\0".encode("utf-16")), box(b"auth", lang, b"Olena\0"),
        box(b"dscp", lang, b"A bridge"), box(b"cprt", lang, b"(c)\0"),
    )  # fmt: skip

    found = values(movie(udta))

    wanted = ("title", "artist", "description", "copyright")
    assert [found[name] for name in wanted] == ["Міст", "Olena", "A bridge", "(c)"]


def loci(lat: float, lon: float, *, altitude: float = 0, role: int = 0, body: bytes = b"") -> bytes:
    numbers = (round(each * 65536) for each in (lon, lat, altitude))
    place = b"\0\0\0\0\x15\xc7Bridge\0"
    return box(b"loci", place, struct.pack(">Biii", role, *numbers), body + b"\0", b"\0")


def test_position_of_3gpp() -> None:
    found = values(movie(box(b"udta", loci(51.335, -34.66, altitude=150.25, body=b"earth"))))

    position = found["position"]
    assert isinstance(position, Position)
    assert (position.lat, position.lon) == pytest.approx((51.335, -34.66), abs=2e-5)
    assert (found["altitude_m"], found["place_name"]) == (150.25, "Bridge")


@pytest.mark.parametrize(
    "data",
    [
        loci(0, 0), loci(91, 0), loci(0, 181), loci(51, 34, role=2), loci(51, 34, body=b"Moon"),
        box(b"loci", bytes(6), b"Bridge\0", bytes(9)),
    ],
)  # fmt: skip
def test_position_of_3gpp_that_is_none(data: bytes) -> None:
    assert "position" not in values(movie(box(b"udta", data)))


@pytest.mark.parametrize("created", [0, 2082844800, 1, 2082844799, 2**32 - 1])
def test_clock_that_was_never_set_is_missing(created: int) -> None:
    found = values(movie(head=header(b"mvhd", created)))

    assert "created_at" not in found or str(found["created_at"]) > "2036"


def test_clock_with_64_bits() -> None:
    head = box(b"mvhd", words(1 << 24), struct.pack(">QQIQ", SHOT, 1 << 60, 600, 1))

    found = values(movie(head=head))

    assert found == {"created_at": "2024-08-16T10:22:07"}


def test_clock_that_counts_from_1970_says_so() -> None:
    data = movie(head=header(b"mvhd", 1723803727, 0))

    assert values(data) == {"created_at": "2024-08-16T10:22:07"}
    assert where(data)["created_at"] == "moov/mvhd creation_time (counted from 1970)"


def test_media_in_other_files_are_named() -> None:
    alias = bytearray(150)
    alias[50:61] = b"\x0atarget.mov"
    named = bytes(alias) + struct.pack(">HH", 18, 17) + b"/clips/target.mov" + b"\0\xff\xff\0\0"
    data = movie(
        track(reference=box(b"url ", words(0), b"http://127.0.0.1/a.mov\0")),
        track(reference=box(b"alis", words(0), bytes(alias))),
        track(reference=box(b"alis", words(0), named)),
        track(reference=box(b"alis", words(1))),
    )

    assert values(data)["external_media"] == (
        "track 1: url http://127.0.0.1/a.mov; track 2: alis target.mov; "
        "track 3: alis /clips/target.mov"
    )


def test_moment_of_a_live_photo() -> None:
    key = box(b"keys", box(words(1), box(b"keyd", b"mdtacom.apple.quicktime.still-image-time")))
    edits = words(0, 2, 900, 0xFFFFFFFF, 0x10000, 1, 0, 0x10000)
    still = track(b"meta", samples=box(b"mebx", bytes(8), key), edits=edits)
    other = track(b"meta", edits=edits)

    assert values(movie(track(), other, still))["live_photo_still_s"] == 1.5
    assert "live_photo_still_s" not in values(movie(track(), other))


@pytest.mark.parametrize("place", ["top", "movie", "user data"])
def test_xmp_is_found(place: str) -> None:
    packet = b"<x:xmpmeta/>"
    uuid = box(b"uuid", XMP_UUID, packet)
    data = {
        "top": movie() + box(b"mdat", bytes(100)) + box(b"uuid", bytes(16)) + uuid,
        "movie": movie(uuid),
        "user data": movie(box(b"udta", box(b"XMP_", packet))),
    }[place]

    assert read_isobmff(io.BytesIO(data))[2] == packet


@pytest.mark.parametrize("number", [1, 0, 300])
def test_first_movie_and_first_picture_track_count(number: int) -> None:
    sounds = [track(b"soun", language=0x15C7)] * number

    found = values(movie(*sounds, track(language=0x4AB3)) + movie(track(language=0x1DEE)))

    assert found.get("media_language") == ("rus" if number < 200 else None)


def test_pictures_are_not_read() -> None:
    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    file = Counting(FTYP + box(b"mdat", bytes(5_000_000)) + movie(track()))

    read_isobmff(file)

    assert file.count < 3000


def test_header_at_the_end_behind_a_long_box() -> None:
    data = FTYP + words(1) + b"mdat" + struct.pack(">Q", 1016) + bytes(1000) + movie()

    assert values(data)["created_at"] == "2024-08-16T10:22:07"


def test_fragments_are_passed_over() -> None:
    data = FTYP + movie(box(b"mvex")) + (box(b"moof", bytes(20)) + box(b"mdat", bytes(9))) * 50

    assert values(data)["created_at"] == "2024-08-16T10:22:07"
    assert read_isobmff(io.BytesIO(data))[1] == []


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(FTYP, "moov, which describes the clip, is not there", id="no header"),
        pytest.param(FTYP + movie()[:34], "claims", id="cut in the header"),
        pytest.param(FTYP + words(4) + b"free" + movie(), "claims to have 4 bytes", id="too small"),
        pytest.param(
            FTYP + movie() + words(2**31) + b"mdat", "bytes more than there are", id="too large"
        ),
        pytest.param(
            FTYP + movie(head=box(b"mvhd", bytes(9))), "mvhd is cut short", id="short clock"
        ),
        pytest.param(FTYP + movie(box(b"cmov", bytes(9))), "compressed", id="compressed header"),
    ],
)
def test_faults_are_named_and_the_rest_is_read(data: bytes, fault: str) -> None:
    readings, faults, _ = read_isobmff(io.BytesIO(data))

    assert any(fault in each for each in faults)
    assert readings["brand"].value == "mp42"


def test_real_clips_are_read_without_faults(media_root: Path) -> None:
    for path in sorted((media_root / "metadata" / "video").iterdir()):
        with path.open("rb") as file:
            readings, faults, _ = read_isobmff(file)
        assert faults == [], path
        assert {"brand", "created_at", "track_created_at"} <= set(readings), path


def test_sample_of_a_phone(sample: Callable[[str], Path]) -> None:
    with sample("VID_20240816_131418.mp4").open("rb") as file:
        readings, faults, _ = read_isobmff(file)

    assert faults == []
    assert "brand" in readings
