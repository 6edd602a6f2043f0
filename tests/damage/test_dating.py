"""When a picture was taken, and who says so."""

import pytest

from forensics.damage.dating import date_picture
from forensics.model.casefile import CaseFile, Observation, Reference
from forensics.model.findings import Field
from forensics.model.match import KnownRef, Match, QueryRef, Transform
from forensics.model.sidecars import Asserted, NameReading, Sidecar

CAMERA = {"captured_at": Field("2024-08-16T13:15:02+03:00", "", {}, None)}
NAMED = (NameReading("a.jpg", "telegram", "Telegram", "", "", "2024-08-17T10:00:00", ""),)
POSTED = (
    Sidecar(
        "a.json", "0" * 64, "telegram", "", ("a.jpg",), "by name",
        {"posted_at": Asserted("2024-08-16T12:00:00Z", "", "date")}, (), (),
    ),
)  # fmt: skip


def known(first_seen, latest, relation="reencoded"):
    reference = KnownRef("k", "k.jpg", None, None, first_seen, latest, None, None)
    transform = Transform(None, None, None, None, None, None)
    return Match(
        "m", QueryRef("a.jpg", "0" * 64), reference, relation, None, "", None, None, transform,
        (), (), {},
    )  # fmt: skip


def date(**given):
    return date_picture(("a.jpg",), **{"case": CaseFile(), "fields": {}, **given})


def test_a_person_comes_before_the_camera():
    case = CaseFile(reference=(Reference("a.jpg", taken="2024-05"),))

    found = date(case=case, fields=CAMERA)

    assert (found.source, found.value) == ("case file", "2024-05")
    assert found.earliest < found.latest


def test_an_observation_dates_the_picture_that_it_names():
    told = Observation("A. Example", "2024-08-20", "", "", picture="a.jpg", taken="2024-08-16")
    other = Observation("A. Example", "2024-08-20", "", "", picture="b.jpg", taken="2023")

    found = date(case=CaseFile(observation=(other, told)))

    assert (found.source, found.value) == ("observation", "2024-08-16")
    assert "A. Example" in found.because


def test_the_camera_comes_before_what_only_bounds():
    found = date(fields=CAMERA, readings=NAMED, sidecars=POSTED)

    assert found.source == "metadata"
    assert found.earliest is not None


@pytest.mark.parametrize(
    ("matches", "source"),
    [
        ((), "sidecar"),
        ((known("2020", "2021-01-01T12:00:00Z"),), "known footage"),
        ((known("2020", "2021-01-01T12:00:00Z", relation="lead"),), "sidecar"),
        ((known(None, None),), "sidecar"),
        ((known("2020", "no time"),), "sidecar"),
    ],
)
def test_of_bounds_the_earliest_counts(matches, source):
    found = date(readings=NAMED, sidecars=POSTED, matches=matches)

    assert found.source == source
    assert found.earliest is None


@pytest.mark.parametrize("value", ["yesterday", "", 3, None])
def test_what_is_no_date_dates_nothing(value):
    assert date(fields={"captured_at": Field(value, "", {}, None)}) is None
