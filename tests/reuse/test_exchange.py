import pytest

from forensics.model.dates import parse_date
from forensics.model.errors import ArchiveError
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
