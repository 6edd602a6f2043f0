"""What is noted of a file's name, parts, writer, place and credentials."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from forensics.metadata.notes import find_notes
from forensics.metadata.rule import Subject
from forensics.metadata.rules import RULES
from forensics.metadata.rules_place import distance_m
from forensics.model.casefile import Place
from forensics.model.encoder import Candidate, EncoderIdentity
from forensics.model.findings import Field, Position, StillFacts
from forensics.model.provenance import (
    AiDeclaration,
    Credentials,
    Ingredients,
    Integrity,
    NoCredentials,
    Provenance,
    Signer,
)
from forensics.model.sidecars import Asserted, NameReading, Sidecar
from forensics.model.thumbnail import EmbeddedThumbnail

SubjectOf = Callable[..., Subject]


def found(subject: Subject) -> dict[str, str]:
    return {note.id: note.severity for note in find_notes(subject, rules=RULES).notes}


def text_of(subject: Subject) -> str:
    (note,) = find_notes(subject, rules=RULES).notes
    return note.text


def _encoder(*candidates: Candidate, images: int = 1, trailing_bytes: int = 0) -> EncoderIdentity:
    looks = "a clip" if trailing_bytes else ""
    return EncoderIdentity("", {}, candidates, (), (), images, trailing_bytes, looks)


def _candidate(kind: str, name: str, *makes: str) -> Candidate:
    return msgspec.convert(
        {
            "kind": kind,
            "name": name,
            "because": ("tables",),
            "source": "a test",
            "basis": "measured",
            "specificity": 0,
            "makes": makes,
        },
        Candidate,
    )


def test_programs_that_differ_about_one_tag_are_named(subject_of: SubjectOf) -> None:
    tag = {"pillow": "EXIF Make", "exifread": "EXIF Make"}
    field = Field("A", "A", {"pillow": "A", "exifread": "B"}, False, tag)

    subject = subject_of(make=field)

    assert found(subject) == {"engines-disagree": "notice"}
    assert "EXIF Make, read by exifread: B" in text_of(subject)


def test_blocks_that_differ_are_told_from_programs_that_differ(subject_of: SubjectOf) -> None:
    where = {"pillow": "EXIF DateTimeOriginal", "xmp": "XMP photoshop:DateCreated"}
    field = Field("2024-01-01", "", {"pillow": "2024-01-01", "xmp": "2024-02-01"}, False, where)

    subject = subject_of(captured_at=field)

    assert found(subject) == {"blocks-disagree": "notice"}
    assert "XMP photoshop:DateCreated, read by xmp: 2024-02-01" in text_of(subject)
    assert found(subject_of(title=field)) == {"blocks-disagree": "info"}


@pytest.mark.parametrize(
    ("software", "program"),
    [
        ("Adobe Photoshop 25.9 (Windows)", "Adobe Photoshop"),
        ("GIMP 2.10.34", "GIMP"),
        ("Snapseed 2.0", "Snapseed"),
    ],
)
def test_editor_is_information(subject_of: SubjectOf, software: str, program: str) -> None:
    subject = subject_of(software=software)

    assert found(subject) == {"editor-named": "info"}
    assert program in text_of(subject)


@pytest.mark.parametrize(
    "software", ["17.5.1", "Ver.1.00", "A546EXXS9CXG1", "HDR+ 1.0.220943774z", "Nikon Transfer 1.1"]
)
def test_software_of_a_camera_is_no_editor(subject_of: SubjectOf, software: str) -> None:
    assert found(subject_of(software=software)) == {}


def test_ending_of_another_format_is_information(subject_of: SubjectOf) -> None:
    subject = subject_of()
    named = msgspec.structs.replace(subject.item, extension_disagrees=("a.png",))

    assert found(replace(subject, item=named)) == {"extension-against-content": "info"}


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("same", {}),
        ("undecided", {}),
        ("other", {"thumbnail-unlike-image": "notice"}),
        ("shows_more", {"thumbnail-unlike-image": "notice"}),
    ],
)
def test_unlike_thumbnail_is_a_notice(
    subject_of: SubjectOf, relation: str, expected: dict[str, str]
) -> None:
    thumbnail = msgspec.convert(
        {
            "type": "embedded_thumbnail",
            "width_px": 160,
            "height_px": 120,
            "correlation": 0.98,
            "shown_fraction": 0.49,
            "relation": relation,
        },
        EmbeddedThumbnail,
    )

    assert found(subject_of(thumbnail=thumbnail)) == expected


def test_maker_against_the_way_it_is_written_is_information(subject_of: SubjectOf) -> None:
    editor = _candidate("editor", "GIMP 2.10")
    camera = _candidate("camera", "Canon cameras", "Canon")
    phone = _candidate("phone", "phones")

    assert found(subject_of(make="Canon", encoder=_encoder(editor))) == {
        "make-against-encoder": "info"
    }
    assert found(subject_of(make="NIKON", encoder=_encoder(camera))) == {
        "make-against-encoder": "info"
    }
    assert found(subject_of(make="Canon", encoder=_encoder(editor, camera))) == {}
    assert found(subject_of(make="Canon", encoder=_encoder(editor, phone))) == {}
    assert found(subject_of(make="Canon", encoder=_encoder())) == {}


def test_what_stands_behind_the_picture_is_information(subject_of: SubjectOf) -> None:
    subject = subject_of(encoder=_encoder(images=2, trailing_bytes=4096))

    assert found(subject) == {"several-images": "info", "trailing-data": "info"}


def test_stripped_metadata_are_put_down_to_the_service(subject_of: SubjectOf) -> None:
    sent = _encoder(_candidate("messaging", "WhatsApp"))
    name = (NameReading("IMG-20240815-WA0007.jpg", "p", "WhatsApp", "", "", None, ""),)

    assert found(subject_of(encoder=sent)) == {"stripped-by-platform": "info"}
    assert found(subject_of(names=name)) == {"stripped-by-platform": "info"}
    assert found(subject_of(model="iPhone 13", encoder=sent, names=name)) == {}


def test_picture_of_another_size_than_stated_is_information(subject_of: SubjectOf) -> None:
    facts = StillFacts(1280, 960, 1280, 960, 1, "RGB", 1, 1, None, None)

    def stated(width: int, height: int) -> dict[str, str]:
        return found(subject_of(facts=facts, declared_size=f"{width}x{height}"))

    assert stated(4032, 3024) == {"size-against-metadata": "info"}
    assert stated(1280, 960) == stated(960, 1280) == {}


def test_media_elsewhere_are_a_notice(subject_of: SubjectOf) -> None:
    assert found(subject_of(external_media="file:///other.mov")) == {"external-media": "notice"}


def test_position_is_compared_with_the_place_of_the_case(subject_of: SubjectOf) -> None:
    place = Place("bridge", 51.35, 34.66, 3000)

    near = subject_of(position=Position(51.3511, 34.6598), place=place)
    far = subject_of(position=Position(50.0, 36.2), place=place)

    assert found(near) == {}
    assert found(far) == {"position-outside-place": "info"}


def test_position_is_compared_with_sidecars(subject_of: SubjectOf) -> None:
    def beside(lat: float) -> tuple[Sidecar, ...]:
        stated = {"position": Asserted(Position(lat, 34.66), "", "geoData")}
        return (Sidecar("a.json", "0" * 64, "google-takeout", "", ("a.jpg",), "", stated, (), ()),)

    here = Position(51.35, 34.66)

    assert found(subject_of(position=here, sidecars=beside(51.351))) == {}
    assert found(subject_of(position=here, sidecars=beside(51.4))) == {
        "sidecar-elsewhere": "notice"
    }


def test_distance_is_that_of_a_known_pair() -> None:
    # Paris to London, 343.6 km on the ellipsoid.
    away = distance_m(Position(48.8566, 2.3522), Position(51.5074, -0.1278))

    assert away == pytest.approx(343_600, rel=0.006)
    assert distance_m(Position(0, 179.9), Position(0, -179.9)) == pytest.approx(22_239, rel=0.001)


def _provenance(
    *, integrity: str = "intact", signer: str = "not_checked", ingredients: str = "none"
) -> Provenance:
    credentials = Credentials(
        manifest="m", manifests=1, title=None, generator=None, generator_version=None,
        signed_at=None, time_stamp_authority=None,
        integrity=msgspec.convert(
            {"state": integrity, "detail": "The hash differs.", "codes": ()}, Integrity
        ),
        signer=msgspec.convert(
            {"state": signer, "detail": "On no list.", "codes": (), "name": None,
             "organization": None, "issuer": None,
             "trust_list": None},
            Signer,
        ),
        ingredients=msgspec.convert(
            {"state": ingredients, "detail": "One of them.", "codes": (), "entries": (),
             "count": 0},
            Ingredients,
        ),
        actions=(), action_count=0,
    )  # fmt: skip
    return Provenance(credentials, None, (), ())


def test_three_states_of_credentials_are_three_notes(subject_of: SubjectOf) -> None:
    assert found(subject_of(provenance=_provenance())) == {}
    assert found(subject_of(provenance=_provenance(integrity="broken"))) == {
        "credentials-broken": "conflict"
    }
    assert found(subject_of(provenance=_provenance(signer="not_on_list"))) == {
        "signer-not-vouched-for": "info"
    }
    assert found(subject_of(provenance=_provenance(ingredients="problems"))) == {
        "ingredient-problems": "info"
    }


def test_declared_model_is_a_notice_that_says_whether_it_is_signed(subject_of: SubjectOf) -> None:
    none = NoCredentials("not_present", "none")
    said = AiDeclaration("XMP x", "v", "wholly", "declares that a trained model made it", False)

    subject = subject_of(provenance=Provenance(none, None, (said,), ()))

    assert found(subject) == {"declared-ai": "notice"}
    assert text_of(subject) == "XMP x declares that a trained model made it (unsigned)."
