"""How a file was last saved is told from its headers; what fits several writers is not decided."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from forensics.ingest.media import Media, open_media
from forensics.metadata.encoder import identify_encoder
from forensics.metadata.signatures import known_signatures
from forensics.model.encoder import EncoderIdentity
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Problem

PHOTO = Image.fromarray(skimage.data.coffee()).resize((240, 160))
JPEG = SniffedType("still", "jpeg", ("jpg",))


def encode(format_name: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    PHOTO.save(buffer, format_name, **options)
    return buffer.getvalue()


def see(data: bytes, format_name: str = "jpeg") -> EncoderIdentity:
    found = look(data, format_name)
    assert isinstance(found, EncoderIdentity), found
    return found


def look(data: bytes, format_name: str = "jpeg") -> EncoderIdentity | Absent:
    kind = SniffedType("still", format_name, ())
    media = Media(Path("-"), "0" * 64, len(data), kind, data, Problem("not decoded"), (), {})
    return identify_encoder(media)


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def insert(data: bytes, *segments: bytes) -> bytes:
    """Put segments behind the JFIF header that Pillow writes."""
    return data[:20] + b"".join(segments) + data[20:]


def names(found: EncoderIdentity) -> set[str]:
    return {each.name.split(" (")[0] for each in found.candidates}


def test_tables_of_the_library_give_the_quality() -> None:
    found = see(encode(quality=87))

    assert found.traits["quantisation"] == "IJG tables, quality 87"
    assert found.jpeg is not None
    assert [(each.role, each.ijg_quality, each.ijg_error) for each in found.jpeg.tables] == [
        ("luma", 87, 0.0),
        ("chroma", 87, 0.0),
    ]


@pytest.mark.parametrize(
    ("options", "subsampling"),
    [({}, "4:2:0"), ({"subsampling": 0}, "4:4:4"), ({"subsampling": 1}, "4:2:2")],
)
def test_subsampling_is_named(options: dict[str, object], subsampling: str) -> None:
    assert see(encode(**options)).traits["chroma"] == subsampling


def test_progressive_scans_are_listed() -> None:
    jpeg = see(encode(progressive=True)).jpeg

    assert jpeg is not None
    assert (jpeg.process, jpeg.scan_count, jpeg.huffman) == ("progressive", 10, "optimised")
    assert jpeg.scans[0] == "1,2,3:0-0,0,1"


def test_restart_interval_and_standard_codes_are_read() -> None:
    jpeg = see(encode(restart_marker_blocks=7)).jpeg

    assert jpeg is not None
    assert (jpeg.restart_interval, jpeg.huffman) == (7, "standard")


def test_writers_that_cannot_be_told_apart_are_all_listed() -> None:
    found = see(encode())

    assert names(found) == {"Pillow", "OpenCV", "libjpeg-turbo"}
    assert "does not decide" in found.summary


def test_every_candidate_says_why_and_where_from() -> None:
    for candidate in see(encode()).candidates:
        assert candidate.because
        assert candidate.source
        assert candidate.basis == "measured"
        assert candidate.specificity > 0


def test_opencv_is_among_the_writers_of_its_file() -> None:
    data = cv2.imencode(".jpg", np.asarray(PHOTO))[1].tobytes()

    assert "OpenCV" in names(see(data))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n", "GD"),
        (b"Lavc59.37.100\0", "FFmpeg"),
        (b"Created with GIMP", "GIMP"),
    ],
)
def test_programs_that_name_themselves_in_a_comment_are_named(text: bytes, name: str) -> None:
    found = see(insert(encode(), segment(0xFE, text)))

    assert name in names(found)
    assert found.candidates[0].specificity == 0


def test_mark_of_facebook_in_iptc_is_named() -> None:
    mark = b"FBMD01000a9f0300"
    iptc = b"\x1c\x02\x28" + len(mark).to_bytes(2, "big") + mark
    block = b"Photoshop 3.0\0" + b"8BIM\4\4\0\0" + len(iptc).to_bytes(4, "big") + iptc

    found = see(insert(encode(progressive=True), segment(0xED, block)))

    (platform,) = [each for each in found.candidates if each.kind == "platform"]
    assert platform.basis == "literature"
    assert f"IPTC SpecialInstructions: {mark.decode()}" in platform.because


def test_tables_of_photoshop_are_named() -> None:
    (steps,) = [each for each in known_signatures().steps if each.name == "photoshop-10"]

    found = see(encode(qtables=[list(steps.luma), list(steps.chroma)]))

    assert found.traits["quantisation"] == steps.words
    assert names(found) == {"Adobe Photoshop or Lightroom"}


def test_save_for_web_is_named_by_its_segment() -> None:
    found = see(insert(encode(), segment(0xEC, b"Ducky\0\1\0\4\0\0\0\x46\0\0")))

    assert "Adobe Photoshop, “Save for Web”" in names(found)


def test_last_program_of_a_history_counts() -> None:
    xmp = b"".join(
        b"<rdf:li stEvt:softwareAgent='%s'/>" % name
        for name in (b"Adobe Photoshop CC", b"Gimp 2.10")
    )

    found = see(insert(encode(), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp)))

    assert "GIMP" in names(found)
    assert "Adobe Photoshop" not in names(found)


def test_file_with_a_maker_is_not_called_a_librarys() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"

    assert not names(see(encode(exif=exif))) & {"Pillow", "OpenCV", "libvips"}


def test_unlike_tables_have_no_known_writer() -> None:
    found = see(encode(qtables=[[17] * 64, [23] * 64]))

    assert found.candidates == ()
    assert found.summary.startswith("No signature")
    assert "not like the IJG library's" in found.traits["quantisation"]


def test_preview_in_exif_has_its_own_tables() -> None:
    small = encode(quality=30)
    tiff = b"II*\0" + struct.pack("<IHI", 8, 0, 0) + small

    jpeg = see(insert(encode(), segment(0xE1, b"Exif\0\0" + tiff))).jpeg

    assert jpeg is not None
    assert jpeg.preview is not None
    assert jpeg.preview.tables[0].ijg_quality == 30


@pytest.mark.parametrize(
    ("behind", "words", "images"),
    [
        (b"", "", 1),
        (bytes(70_000), "zeros", 1),
        (encode(quality=20), "1 more JPEG picture", 2),
        (encode() + bytes(100) + encode(), "2 more JPEG pictures", 3),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "an MP4 clip (motion photo)", 1),
        (b"PK\3\4" + bytes(50), "a ZIP archive", 1),
        (b"\0\0\1\x0aabc" + b"SEFT", "a Samsung trailer", 1),
        (b"strange things", "data of an unknown kind", 1),
        (b"\0\n ", "blanks", 1),
    ],
)
def test_what_stands_behind_the_end_is_named(behind: bytes, words: str, images: int) -> None:
    found = see(encode() + behind)

    assert (found.trailing_bytes, found.images) == (len(behind), images)
    assert found.trailing == words


def test_samsungs_trailer_names_the_maker() -> None:
    found = see(encode() + b"\0\0\1\x0aMotionPhoto_Data" + b"SEFT")

    (phone,) = [each for each in found.candidates if each.kind == "phone"]
    assert phone.makes == ("samsung", "SAMSUNG")
    assert found.trailing == "a Samsung trailer with a motion photo"


def test_png_chunks_packing_and_program_are_read() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", "Adobe ImageReady", zip=True)

    found = see(encode("PNG", pnginfo=info, dpi=(144, 144)), "png")

    assert found.parts == ("IHDR", "zTXt", "pHYs", "IDAT", "IEND")
    assert found.traits["density"] == "5669 x 5669 per metre"
    assert found.traits["packing"].startswith("zlib level default")
    assert [(each.where, each.text) for each in found.texts] == [
        ("PNG Software", "Adobe ImageReady")
    ]


@pytest.mark.parametrize(
    ("format_name", "options", "coding"),
    [("WEBP", {}, "lossy (VP8)"), ("WEBP", {"lossless": True}, "lossless (VP8L)")],
)
def test_webp_coding_is_named(format_name: str, options: dict[str, object], coding: str) -> None:
    assert see(encode(format_name, **options), "webp").traits["coding"] == coding


def test_avif_brands_and_items_are_read() -> None:
    found = see(encode("AVIF"), "avif")

    assert found.traits["items"] == "1 av01"
    assert found.parts == ("ftyp", "meta", "mdat")


def test_gif_comment_is_read() -> None:
    found = see(encode("GIF", comment=b"made by hand"), "gif")

    assert [each.text for each in found.texts] == ["made by hand"]


def test_bitmaps_are_not_told_apart() -> None:
    found = look(encode("BMP"), "bmp")

    assert isinstance(found, Absent)
    assert found.reason == "not_applicable"


def test_clip_of_the_sample_case_names_its_encoder(sample: Callable[[str], Path]) -> None:
    found = identify_encoder(open_media(sample("VID_20240816_131418.mp4")))

    assert isinstance(found, EncoderIdentity)
    assert found.video is not None
    assert found.video.library is not None
    assert found.video.library.startswith("x264 - core ")
    assert "x264" in names(found)


def test_handler_of_a_platform_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08free")
    tags = {"major_brand": "isom", "video:handler_name": "Twitter-vork muxer"}
    kind = SniffedType("video", "mp4", ("mp4",))

    found = identify_encoder(Media(path, "0" * 64, 24, kind, None, Problem("-"), (), tags))

    assert isinstance(found, EncoderIdentity)
    assert names(found) == {"X"}
    assert found.parts == ("ftyp", "free")


def test_container_that_does_not_open_is_absent(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")
    kind = SniffedType("video", "mp4", ("mp4",))

    found = identify_encoder(Media(path, "0" * 64, 16, kind, None, Problem("-"), (), {}))

    assert isinstance(found, Absent)


@pytest.mark.parametrize(
    "hostile",
    [
        b"\xff\xd8" + b"\xff\xdb\0\x43\0" * 1 + b"\1" * 64 + b"\xff\xd9",
        b"\xff\xd8" + b"\xff\xdb\0\2" * 65_536 + b"\xff\xd9",
        b"\xff\xd8" + b"\xff" * 1_000_000,
        b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\xff\xff\xff\xff",
        encode()[:-2] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 100_000,
        encode() + bytes(20_000_000),
        encode() + (b"\xff\xd8\xff" + bytes(10)) * 50_000,
        insert(
            encode(), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"xmp:CreatorTool=" * 4000)
        ),
        insert(encode(), *[segment(0xFE, b"x" * 65_000)] * 50),
    ],
    ids=["no frame", "tables", "fill", "exif", "scans", "zeros", "pictures", "xmp", "comments"],
)
def test_hostile_files_cost_little_and_do_not_raise(hostile: bytes) -> None:
    found = look(hostile)

    assert len(msgspec.json.encode(found)) < 100_000


WHOLE = {name: encode(name.upper()) for name in ("jpeg", "png", "webp", "avif", "gif", "tiff")}


@settings(deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_changed_bytes_never_raise(format_name: str, data: st.DataObject) -> None:
    whole = WHOLE[format_name]
    at = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=60))

    found = look(whole[:at] + noise + whole[at + len(noise) :], format_name)

    again = msgspec.json.decode(msgspec.json.encode(found), type=EncoderIdentity | Absent)
    assert again == found


def test_real_cameras_are_not_called_another_makers(media_root: Path) -> None:
    for path in sorted((media_root / "metadata/exif-samples/jpg").rglob("*.jpg")):
        found = look(path.read_bytes())
        if not isinstance(found, EncoderIdentity):
            continue
        make = next((each.text for each in found.texts if each.where == "EXIF Make"), None)
        strange = [each.name for each in found.candidates if each.makes and make not in each.makes]
        assert not (make and strange), path
