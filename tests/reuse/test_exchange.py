import pytest

from forensics.model.dates import parse_date
from forensics.model.errors import ArchiveError
from forensics.model.match import Decision
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.exchange import ImportCount, export_hashes, import_hashes
from forensics.reuse.pdq_list import PdqRow, read_pdq_list, write_pdq_list

ONE, OTHER = "ab" * 32, "cd" * 32


def test_rows_become_entries_with_the_name_of_the_list(archive):
    common = Sighting(source="a partner", first_seen=parse_date("2020"), event="fires")

    count = import_hashes(
        archive, [PdqRow(1, ONE, 90, "a.jpg"), PdqRow(2, OTHER)], origin="partner", sighting=common
    )

    entry = archive.entry("pdq-" + ONE)
    assert count == ImportCount(added=2, known=0)
    assert (entry.path, entry.source, entry.event) == ("a.jpg", "a partner", "fires")
    assert (entry.basis, entry.first_seen.value) == ("imported:partner", "2020")
    assert archive.hashes(entry.id)[0].preprocessing == "imported"


def test_what_a_row_says_goes_before_what_holds_for_all(archive):
    row = PdqRow(1, ONE, source="the row's", first_seen=parse_date("2014-08-01"))

    import_hashes(archive, [row], origin="x", sighting=Sighting(source="all", place="here"))

    entry = archive.entry("pdq-" + ONE)
    assert (entry.source, entry.first_seen.value, entry.place) == (
        "the row's", "2014-08-01", "here",
    )  # fmt: skip


def test_importing_twice_adds_nothing(archive):
    rows = [PdqRow(1, ONE, 90, "a.jpg")]
    import_hashes(archive, rows, origin="x")
    revision = archive.revision

    count = import_hashes(archive, rows, origin="x")

    assert count == ImportCount(added=0, known=1)
    assert archive.revision == revision


def test_failed_import_leaves_the_archive_as_it_was(archive):
    with pytest.raises(ArchiveError):
        import_hashes(archive, [PdqRow(1, ONE), PdqRow(2, "no hash")], origin="x")

    assert archive.entries() == ()


def test_list_without_a_name_is_refused(archive):
    with pytest.raises(ArchiveError):
        import_hashes(archive, [], origin=" ")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_exported_hashes_can_be_imported_elsewhere(
    archive, tmp_path, make_entry, make_hashes, form
):
    archive.add(
        make_entry("clip", first_seen="2014-08", source="s"),
        hashes=make_hashes(ONE, OTHER, moments=(0.0, 1.5)),
    )
    path = tmp_path / "list"
    path.write_text(write_pdq_list(export_hashes(archive), format=form))

    with Archive.open(tmp_path / "other.db", create=True) as other:
        import_hashes(other, read_pdq_list(path).rows, origin="colleague")
        (stored,) = other.hashes("pdq-" + OTHER)
        entry = other.entry("pdq-" + OTHER)

    assert (stored.pdq, stored.quality, entry.path) == (OTHER, 90, "clip.jpg")
    if form == "json":
        assert (stored.moment_s, entry.source, entry.first_seen.value) == (1.5, "s", "2014-08")


@pytest.fixture
def decided(archive, make_entry, make_hashes, tmp_path):
    """A list of an archive with a decision, and where it is."""
    archive.add(make_entry("a"), hashes=make_hashes(ONE))
    when = "2026-01-31T10:30:00Z"
    archive.decide(Decision(OTHER, make_entry("a").id, "not a duplicate", "A.", when, "a river"))
    path = tmp_path / "list.json"
    path.write_text(write_pdq_list(export_hashes(archive), format="json"))
    return path


def test_decisions_travel_with_the_hashes_and_say_by_which_list(decided, tmp_path):
    rows = read_pdq_list(decided).rows
    with Archive.open(tmp_path / "other.db", create=True) as other:
        count = import_hashes(other, rows, origin="partner")
        (kept,) = other.decisions()

    assert count == ImportCount(added=1, known=0, decisions=1)
    assert (kept.entry_id, kept.query_sha256) == ("pdq-" + ONE, OTHER)
    assert (kept.decision, kept.who, kept.why) == (
        "not a duplicate",
        "A. (list partner)",
        "a river",
    )


def test_imported_decision_holds_of_the_same_file_too(decided, tmp_path, make_entry, make_hashes):
    with Archive.open(tmp_path / "other.db", create=True) as other:
        other.add(make_entry("a"), hashes=make_hashes(ONE))
        import_hashes(other, read_pdq_list(decided).rows, origin="partner")

        assert len(other.decisions(entry_id=make_entry("a").id)) == 1


def test_decisions_can_be_left_out(decided, archive):
    assert export_hashes(archive, decisions=False)[0].decisions == ()


@pytest.mark.parametrize("change", [
    '"decision": "perhaps"', '"when": "soon"', '"query_sha256": "short"', '"who": ""',
])  # fmt: skip
def test_malformed_decision_makes_a_bad_row(decided, change):
    key = change.partition(":")[0]
    lines = decided.read_text().splitlines()
    changed = [f"{change}," if line.strip().startswith(f"{key}:") else line for line in lines]
    decided.write_text("\n".join(changed))

    found = read_pdq_list(decided)

    assert (found.rows, len(found.bad_rows)) == ((), 1)
