import msgspec
import pytest

from forensics.model.errors import ArchiveError
from forensics.model.match import Decision
from forensics.reuse.archive import Archive

QUERY = "ab" * 32


@pytest.fixture
def entry(archive, make_entry):
    archive.add(make_entry("a"))
    return make_entry("a")


@pytest.fixture
def decision(entry):
    return Decision(
        QUERY, entry.id, "not a duplicate", "A. Analyst", "2026-01-31T12:30:00+02:00", "a bridge"
    )


def test_decision_comes_back_with_its_time_in_utc(archive, entry, decision):
    assert archive.decide(decision)

    (kept,) = archive.decisions()

    assert kept == msgspec.structs.replace(decision, when="2026-01-31T10:30:00.000000Z")
    assert archive.decisions(query_sha256=QUERY, entry_id=entry.id) == (kept,)
    assert archive.decisions(query_sha256="cd" * 32) == ()


def test_history_is_kept_in_order_of_time_whatever_the_order_of_writing(archive, decision):
    later = msgspec.structs.replace(
        decision, decision="confirmed", when="2026-01-31T12:30:00.5+02:00"
    )
    archive.decide(later)
    archive.decide(decision)

    assert [one.decision for one in archive.decisions()] == ["not a duplicate", "confirmed"]


def test_same_decision_twice_is_one(archive, decision):
    archive.decide(decision)
    before = archive.revision

    assert not archive.decide(decision)
    assert archive.revision == before


def test_decision_is_part_of_the_revision_and_goes_with_its_entry(archive, entry, decision):
    before = archive.revision
    archive.decide(decision)
    after = archive.revision
    archive.remove(entry.id)

    assert before != after
    assert archive.decisions() == ()
    assert archive.revision == f"{0:064x}"


def test_decision_survives_that_the_file_is_added_again(archive, make_entry, decision):
    archive.decide(decision)

    archive.add(make_entry("a", source="another"))

    assert len(archive.decisions()) == 1


@pytest.mark.parametrize("change", [
    {"who": " "}, {"why": ""}, {"when": "2026-01-31T12:30:00"}, {"when": "yesterday"},
    {"query_sha256": "AB" * 32}, {"entry_id": "cd" * 32}, {"query_sha256": "entry"},
])  # fmt: skip
def test_decision_that_is_not_as_it_should_be_is_refused(archive, entry, decision, change):
    wrong = {key: entry.id if value == "entry" else value for key, value in change.items()}

    with pytest.raises(ArchiveError):
        archive.decide(msgspec.structs.replace(decision, **wrong))
    assert archive.decisions() == ()


def test_archive_open_for_reading_takes_no_decision(archive, db, decision):
    with Archive.open(db) as reader, pytest.raises(ArchiveError, match="for reading"):
        reader.decide(decision)
