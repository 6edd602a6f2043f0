"""Content credentials and declared sources of whole files: ours, real ones and hostile ones."""

import io
import random
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from forensics.ingest.media import Media, open_media
from forensics.ingest.sniff import sniff
from forensics.metadata import provenance
from forensics.metadata.credentials.store import TRUST_LIST_VARIABLE
from forensics.metadata.provenance import read_provenance
from forensics.metadata.read import read_fields
from forensics.model.outcome import Absent, Problem
from forensics.model.provenance import Credentials, NoCredentials, Provenance

sys.path.append(str(Path(__file__).parents[2]))

NO_TABLE = Absent("not_present", "")
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
xmlns:dcterms="http://purl.org/dc/terms/" {}/></rdf:RDF></x:xmpmeta>"""
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def encode(format_name: str = "JPEG", *, shade: int = 0, **options: object) -> bytes:
    rows, columns = np.mgrid[:48, :64]
    pixels = np.dstack([rows * 5, columns * 4, np.full_like(rows, shade)]).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format_name, **options)
    return buffer.getvalue()


def look_at(data: bytes) -> Provenance | Absent:
    kind = sniff(data[:4096])
    media = Media(Path("x"), "0" * 64, len(data), kind, data, Problem("not decoded"), (), {})
    return read_provenance(media, read_fields(media))


@pytest.fixture(scope="module")
def photo() -> bytes:
    return encode()


@pytest.fixture(scope="module")
def signed(photo: bytes) -> bytes:
    from tools.signing import action, sign

    made = action("c2pa.created", source="trainedAlgorithmicMedia", softwareAgent="Model 3")
    return sign(photo, actions=[made])


def test_signed_file_has_its_credentials_described(signed):
    found = look_at(signed)

    assert isinstance(found, Provenance)
    told = found.credentials
    assert isinstance(told, Credentials)
    assert (told.integrity.state, told.signer.state, told.ingredients.state) == (
        "intact", "not_checked", "none",
    )  # fmt: skip
    assert (told.generator, told.generator_version) == ("signing", "1.0")
    assert (told.title, told.manifests, told.signed_at) == ("signed.jpg", 1, None)
    assert [each.software_agent for each in told.actions] == ["Model 3"]


def test_signed_declaration_of_a_model_is_told(signed):
    (found,) = look_at(signed).declared_ai

    assert found.where == "C2PA action c2pa.created"
    assert found.extent == "wholly"
    assert found.signed


def test_declaration_in_broken_credentials_is_not_called_signed(signed):
    (found,) = look_at(signed + b"more").declared_ai

    assert not found.signed


def test_model_that_made_an_ingredient_is_told_as_its(photo, signed):
    from tools.signing import action, sign

    made = action("c2pa.created", source="compositeCapture")
    found = look_at(sign(photo, actions=[made], ingredients=[("sky", signed)]))

    (declared,) = found.declared_ai
    assert declared.where == "C2PA action c2pa.created of the ingredient signed.jpg"
    assert declared.signed
    assert [each.where for each in found.declared_sources] == ["C2PA action c2pa.created"]


@pytest.mark.parametrize("data", [encode(), encode("PNG"), encode("WEBP"), encode("BMP")])
def test_file_with_nothing_is_absent_and_says_that_this_means_nothing(data):
    found = look_at(data)

    assert isinstance(found, Absent)
    assert found.reason == "not_present"
    assert "says nothing" in found.detail


def test_files_without_credentials_never_load_the_library(photo, monkeypatch):
    def fail(*_: object) -> None:
        raise AssertionError("must not be called")

    monkeypatch.setattr(provenance, "read_store", fail)

    assert isinstance(look_at(photo), Absent)


def test_credentials_without_the_library_are_named_as_unexamined(signed, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)

    found = look_at(signed)

    assert isinstance(found, Absent)
    assert found.reason == "not_available"
    assert found.detail.startswith("the file carries content credentials, which were not examined")
    assert "pip install" in found.advice


def test_stripped_file_says_nothing(signed):
    from tools.signing import without_manifest

    found = look_at(without_manifest(signed))

    assert isinstance(found, Absent)
    assert found.reason == "not_present"


def test_link_to_credentials_that_are_gone_is_told():
    found = look_at(encode(xmp=XMP.format('dcterms:provenance="self#jumbf=/c2pa/x"').encode()))

    assert isinstance(found, Absent)
    assert "stood in it" in found.detail


def test_credentials_kept_elsewhere_are_named():
    url = "https://192.0.2.1/manifest.c2pa"

    found = look_at(encode(xmp=XMP.format(f'dcterms:provenance="{url}"').encode()))

    assert isinstance(found, Provenance)
    assert found.remote_manifest_url == url
    assert isinstance(found.credentials, NoCredentials)
    assert "nothing was fetched" in found.credentials.detail


def test_source_declared_in_xmp_is_told_without_credentials():
    kind = f'Iptc4xmpExt:DigitalSourceType="{SOURCE}compositeWithTrainedAlgorithmicMedia"'

    found = look_at(encode(xmp=XMP.format(kind).encode()))

    assert isinstance(found, Provenance)
    assert isinstance(found.credentials, NoCredentials)
    assert found.credentials.reason == "not_present"
    (declared,) = found.declared_ai
    assert (declared.where, declared.extent, declared.signed) == (
        "XMP Iptc4xmpExt:DigitalSourceType", "partly", False,
    )  # fmt: skip


def test_declared_capture_is_no_declaration_of_a_model():
    kind = f'Iptc4xmpExt:DigitalSourceType="{SOURCE}digitalCapture"'

    found = look_at(encode(xmp=XMP.format(kind).encode()))

    assert found.declared_ai == ()
    assert [each.value for each in found.declared_sources] == [SOURCE + "digitalCapture"]


def test_system_named_in_xmp_is_told():
    found = look_at(encode(xmp=XMP.format('Iptc4xmpExt:AISystemUsed="Model 3"').encode()))

    assert [each.where for each in found.declared_ai] == ["XMP Iptc4xmpExt:AISystemUsed"]


def test_settings_of_a_generator_in_png_are_told():
    info = PngInfo()
    info.add_text("parameters", "a bridge\nSteps: 20, Sampler: Euler a, Model: x")

    found = look_at(encode("PNG", pnginfo=info))

    (declared,) = found.declared_ai
    assert declared.where == "PNG tEXt parameters"


def test_list_of_signers_is_named(signed, monkeypatch, tmp_path):
    from tools.signing import signer

    path = tmp_path / "known.pem"
    path.write_text(signer().above[0].pem)
    monkeypatch.setenv(TRUST_LIST_VARIABLE, str(path))

    found = look_at(signed).credentials.signer

    # There is no time stamp, so the certificate is not compared with today's date.
    assert found.state == "not_checked"
    assert found.trust_list.startswith("known.pem ")


def test_broken_list_does_not_touch_integrity(signed, monkeypatch, tmp_path):
    path = tmp_path / "known.pem"
    path.write_text("nothing")
    monkeypatch.setenv(TRUST_LIST_VARIABLE, str(path))

    found = look_at(signed).credentials

    assert found.integrity.state == "intact"
    assert TRUST_LIST_VARIABLE in found.signer.detail


def test_clip_is_read_from_its_file(tmp_path, sample):
    from tools.signing import action, sign

    clip = sample("video_2024-08-16_17-02-11.mp4")
    path = tmp_path / "clip.mp4"
    made = action("c2pa.created", source="digitalCapture")
    path.write_bytes(sign(clip.read_bytes(), media_type="video/mp4", actions=[made]))
    kind = sniff(path.read_bytes()[:4096])

    media = Media(path, "0" * 64, path.stat().st_size, kind, None, Problem(""), (), {})
    found = read_provenance(media, NO_TABLE)

    assert found.credentials.integrity.state == "intact"
    assert "assertion.bmffHash.match" in found.credentials.integrity.codes


def test_clip_that_has_gone_is_said_so(tmp_path):
    kind = sniff(b"\0\0\0\x10ftypisom\0\0\0\0")
    media = Media(tmp_path / "gone", "0" * 64, 9, kind, None, Problem(""), (), {})

    found = read_provenance(media, NO_TABLE)

    assert found.reason == "unreadable"


def test_large_files_are_not_checked(signed, monkeypatch):
    monkeypatch.setattr(provenance, "MAX_CHECKED_STILL_BYTES", 100)

    found = look_at(signed)

    assert found.reason == "not_available"
    assert "not checked" in found.detail


def _hostile(photo: bytes, signed: bytes) -> dict[str, bytes]:
    from tools.signing import STORE, box, describe, in_segments, sign, split, with_segments

    segments, rest = split(signed)
    store = box(b"jumb", describe(b"c2pa") + box(b"jumb", describe(b"x", STORE)))
    nested, wide = b"", box(b"jumb", describe(b"x")) * 100_000
    for _ in range(10_000):
        nested = box(b"jumb", describe(b"c2pa") + nested)
    at = signed.index(b"jumb")

    def lying(length: bytes, number: int = 0) -> bytes:
        place = at if number == 0 else signed.index(b"jumb", at + 9)
        return signed[: place - 4] + length + signed[place:]

    return {
        "cut in the manifest": signed[: at + 900],
        "cut at the mark": signed[: at + 24],
        "too long": lying(b"\xff\xff\xff\xff"),
        "too short": lying(b"\0\0\0\4"),
        "inner too long": lying(b"\x7f\xff\xff\xff", 1),
        "inner to the end": lying(b"\0\0\0\0", 1),
        "inner of 64 bits": lying(b"\0\0\0\1", 1),
        "nested": with_segments(photo, in_segments(nested)),
        "wide": with_segments(photo, in_segments(box(b"jumb", describe(b"c2pa") + wide))),
        "empty store": with_segments(photo, in_segments(box(b"jumb", describe(b"c2pa")))),
        "store in a store": with_segments(photo, in_segments(store)),
        "many small segments": with_segments(photo, in_segments(segments[12:], part_bytes=20)),
        "out of order": with_segments(rest, in_segments(nested)[60_000:] + segments),
        "two stores": with_segments(signed, segments),
        "behind the picture": photo + segments,
        "in a comment": photo[:20] + b"\xff\xfe" + b"\x20\0" + segments[8:8198] + photo[20:],
        "bomb of brackets": signed.replace(b"trainedAlgorithmicMedia", b"\x9f" * 23),
        "large": sign(photo, thumbnail=b"x" * 10_000_000),
    }


def test_hostile_manifests_are_answered_in_bounded_time(photo, signed):
    for name, data in _hostile(photo, signed).items():
        started = time.process_time()

        found = look_at(data)

        assert time.process_time() - started < 5, name
        msgspec.json.encode(found)
        if isinstance(found, Absent):
            assert found.reason in ("unreadable", "not_present"), name
        else:
            assert found.credentials.integrity.state != "intact" or name in _UNTOUCHED, name


_UNTOUCHED = ("large", "too long", "inner too long", "inner to the end", "inner of 64 bits")
"""Lengths of the store's own boxes are outside of what is hashed, as the standard has it."""


def test_store_behind_the_picture_is_named_though_no_reader_looks_there(photo, signed):
    from tools.signing import split

    found = look_at(photo + split(signed)[0])

    assert found.reason == "unreadable"
    assert "mark of content credentials" in found.detail


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_changed_bytes_are_never_more_than_unreadable(format_name):
    from tools.signing import action, sign

    media_type = f"image/{format_name.lower()}"
    made = action("c2pa.created", source="digitalCapture")
    data = sign(encode(format_name), media_type=media_type, actions=[made])
    rng = random.Random(format_name)
    for _ in range(60):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(12, len(changed) - 8)
            changed[at : at + 4] = rng.choice(
                (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", rng.randbytes(4))
            )

        found = look_at(bytes(changed))

        assert isinstance(found, Provenance) or found.reason in ("unreadable", "not_present")
        msgspec.json.encode(found)


def test_same_file_gives_the_same_answer(signed):
    assert msgspec.json.encode(look_at(signed)) == msgspec.json.encode(look_at(signed))


STATES = {
    "adobe-20220124-CA.jpg": ("intact", "none"),
    "adobe-20220124-CACAICAICICA.jpg": ("intact", "intact"),
    "adobe-20220124-CAIAIIICAICIICAIICICA.jpg": ("intact", "intact"),
    "adobe-20220124-CAICA.jpg": ("intact", "intact"),
    "adobe-20220124-CI.jpg": ("intact", "none"),
    "adobe-20220124-CICA.jpg": ("intact", "intact"),
    "adobe-20220124-E-dat-CA.jpg": ("broken", "none"),
    "adobe-20220124-E-sig-CA.jpg": ("broken", "none"),
    "adobe-20220124-XCA.jpg": ("broken", "none"),
    "truepic-20230212-landscape.jpg": ("undetermined", "none"),
}


@pytest.mark.parametrize("name", STATES)
def test_public_test_files_have_their_states(media_root, name):
    media = open_media(media_root / "c2pa" / name)

    found = read_provenance(media, read_fields(media)).credentials

    assert (found.integrity.state, found.ingredients.state) == STATES[name]
    assert found.signer.state == "not_checked"


def test_public_test_file_without_credentials_has_none(media_root):
    media = open_media(media_root / "c2pa" / "adobe-20220124-I.jpg")

    found = read_provenance(media, read_fields(media))

    assert isinstance(found, Absent)
    assert found.reason == "not_present"
