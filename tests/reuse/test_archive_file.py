import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from forensics.model.errors import ArchiveError
from forensics.reuse import archive_schema
from forensics.reuse.archive import Archive


def test_missing_file_is_not_made_unless_asked(db):
    with pytest.raises(ArchiveError, match="cannot be opened") as caught:
        Archive.open(db, writable=True)

    assert "archive add" in caught.value.advice
    assert not db.exists()


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(ArchiveError, match="no folder"):
        Archive.open(tmp_path / "nowhere" / "known.db", create=True)


def test_creating_opens_what_is_there(db, make_entry):
    with Archive.open(db, create=True) as first:
        first.add(make_entry("a"))
    with Archive.open(db, create=True) as second:
        assert second.summary().entries == 1


@pytest.mark.parametrize("content", [b"", b"not a database, by far", b"SQLite format 3\0 but no"])
def test_other_files_are_refused_with_advice(db, content):
    db.write_bytes(content)

    with pytest.raises(ArchiveError) as caught:
        Archive.open(db)

    assert caught.value.advice
    assert db.read_bytes() == content


def test_file_of_another_program_is_refused_and_left_alone(db):
    with closing(sqlite3.connect(db)) as other, other:
        other.execute("CREATE TABLE cookies (name)")
    before = db.read_bytes()

    for writable in (False, True):
        with pytest.raises(ArchiveError, match="another program"):
            Archive.open(db, create=writable)

    assert db.read_bytes() == before


def test_damage_that_sqlite_cannot_name_in_utf8_is_refused_with_advice(db):
    Archive.open(db, create=True).close()
    named = db.read_bytes().replace(b"tableentriesentries", b"tableentr\xf0\xf1sentries")
    db.write_bytes(named.replace(b"CREATE TABLE entries", b"CREATE \xf0\xf1BLE entries"))

    with pytest.raises(ArchiveError, match="damaged") as caught:
        Archive.open(db)

    assert caught.value.advice


@pytest.mark.parametrize("kept_share", [0.1, 0.5, 0.9])
def test_truncated_file_is_refused_with_advice(db, make_entry, kept_share):
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))
    os.truncate(db, int(db.stat().st_size * kept_share))

    with pytest.raises(ArchiveError, match="damaged") as caught:
        Archive.open(db)

    assert caught.value.advice


def test_damage_in_the_middle_is_an_error_and_not_a_wrong_answer(db, make_entry):
    with Archive.open(db, create=True) as archive, archive.transaction():
        for number in range(200):
            archive.add(make_entry(f"{number}"))
    data = bytearray(db.read_bytes())
    data[4096:] = b"\xa5" * len(data[4096:])
    db.write_bytes(data)

    with Archive.open(db) as archive, pytest.raises(ArchiveError, match="damaged"):
        archive.entries()


def test_values_that_this_program_does_not_write_are_refused(db, make_entry):
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))
    with closing(sqlite3.connect(db)) as other, other:
        other.execute("UPDATE entries SET kind = 'hologram'")

    with Archive.open(db) as archive, pytest.raises(ArchiveError, match="another program"):
        archive.entries()


@pytest.mark.parametrize("make", [
    "CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM hashes; END",
    "CREATE VIEW v AS SELECT 1",
])  # fmt: skip
def test_schema_that_acts_on_its_own_is_refused(db, make):
    Archive.open(db, create=True).close()
    with closing(sqlite3.connect(db)) as other, other:
        other.execute(make)

    with pytest.raises(ArchiveError, match="does not make"):
        Archive.open(db)


def test_future_version_is_refused_and_left_alone(db):
    Archive.open(db, create=True).close()
    with closing(sqlite3.connect(db)) as other:
        other.execute(f"PRAGMA user_version = {archive_schema.SCHEMA_VERSION + 1}")
    before = db.read_bytes()

    for writable in (False, True):
        with pytest.raises(ArchiveError, match="newer version") as caught:
            Archive.open(db, writable=writable)
        assert "Update" in caught.value.advice

    assert db.read_bytes() == before


def test_reading_archive_cannot_be_changed(archive, db, make_entry):
    with Archive.open(db) as reader, pytest.raises(ArchiveError, match="for reading"):
        reader.add(make_entry("a"))


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_read_only_folder_can_be_read(tmp_path, make_entry, journal, request):
    folder = tmp_path / "medium"
    folder.mkdir()
    db = folder / "known #1?.db"
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))
    with closing(sqlite3.connect(db)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
    db.chmod(0o444)
    folder.chmod(0o555)
    request.getfixturevalue("as_ordinary_user")

    with Archive.open(db) as reader:
        assert reader.summary().entries == 1
    with pytest.raises(ArchiveError, match="cannot be written"):
        Archive.open(db, writable=True)


def test_file_is_one_file_after_use(tmp_path, db, make_entry):
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))

    assert [path.name for path in tmp_path.iterdir()] == ["known.db"]
    with closing(sqlite3.connect(db)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_second_writer_is_told_that_somebody_writes(archive, db, make_entry):
    with archive.transaction(), Archive.open(db, wait_s=0.05) as reader:
        assert reader.entries() == ()
        with (
            pytest.raises(ArchiveError, match="written by another program") as caught,
            Archive.open(db, writable=True, wait_s=0.05) as second,
        ):
            second.add(make_entry("b"))

    assert "Wait" in caught.value.advice


def test_reader_sees_the_state_before_until_the_change_is_complete(archive, db, make_entry):
    with Archive.open(db, wait_s=0.05) as reader:
        with archive.transaction():
            for number in range(500):
                archive.add(make_entry(f"{number}", notes="n" * 1000))
            during = reader.summary().entries
        after = reader.summary().entries

    assert (during, after) == (0, 500)


def test_readers_and_a_writer_do_not_disturb_each_other(archive, db, make_entry):
    problems = []

    def read():
        try:
            with Archive.open(db) as reader:
                for _ in range(30):
                    entries = reader.entries()
                    assert [e.id for e in entries] == sorted(e.id for e in entries)
        except (ArchiveError, AssertionError) as error:
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    with Archive.open(db, writable=True) as writer:
        for number in range(30):
            writer.add(make_entry(f"{number}"))
    for thread in threads:
        thread.join()

    assert problems == []
    assert archive.summary().entries == 30


def test_failed_transaction_changes_nothing(archive, make_entry):
    archive.add(make_entry("before"))
    revision = archive.revision

    def change():
        with archive.transaction():
            archive.add(make_entry("a"))
            archive.remove(make_entry("before").id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()

    assert archive.revision == revision
    assert [entry.path for entry in archive.entries()] == ["before.jpg"]


def test_failed_part_of_a_transaction_is_dropped_alone(archive, make_entry):
    def change():
        with archive.transaction():
            archive.add(make_entry("b"))
            raise ZeroDivisionError

    with archive.transaction():
        archive.add(make_entry("a"))
        with pytest.raises(ZeroDivisionError):
            change()
        archive.add(make_entry("c"))

    assert {entry.path for entry in archive.entries()} == {"a.jpg", "c.jpg"}


KILLED = """
import os, sys
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry
archive = Archive.open(sys.argv[1], writable=True)
with archive.transaction():
    for number in range(300):
        digest = f"{number:064x}"
        archive.add(Entry(id=digest, sha256=digest, notes="n" * 1000))
    os.kill(os.getpid(), 9)
"""


def test_killed_writer_leaves_the_archive_as_it_was(db, make_entry):
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))
        revision = archive.revision

    subprocess.run([sys.executable, "-c", KILLED, str(db)], check=False)

    with Archive.open(db) as archive:
        assert archive.revision == revision
    with Archive.open(db, writable=True) as archive:
        assert archive.add(make_entry("b"))


def _leave_half_written(db, copy):
    # A copy of the file and its journal in the middle of a change is what a power cut leaves.
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE sightings SET notes = hex(zeroblob(60000))")
        for path in db.parent.glob("known.db*"):
            shutil.copy(path, copy.with_name(path.name))


@pytest.fixture
def half_written(tmp_path, make_entry):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    with Archive.open(whole / "known.db", create=True) as archive, archive.transaction():
        for number in range(50):
            archive.add(make_entry(f"{number}", notes="as it was"))
    _leave_half_written(whole / "known.db", cut / "known.db")
    assert (cut / "known.db-journal").stat().st_size
    assert (cut / "known.db").read_bytes() != (whole / "known.db").read_bytes()
    return cut / "known.db"


def test_half_written_change_is_taken_back_when_read(half_written):
    with Archive.open(half_written) as archive:
        assert {entry.notes for entry in archive.entries()} == {"as it was"}


def test_half_written_change_on_a_read_only_medium_is_refused(half_written, request):
    half_written.chmod(0o444)
    half_written.parent.chmod(0o555)
    request.getfixturevalue("as_ordinary_user")

    with pytest.raises(ArchiveError, match="half written") as caught:
        Archive.open(half_written)

    assert "-journal" in caught.value.advice


def test_full_disk_leaves_the_archive_as_it_was(archive, make_entry):
    archive.add(make_entry("a"))
    revision = archive.revision
    archive._connection.execute("PRAGMA max_page_count = 20")

    with pytest.raises(ArchiveError, match="does not fit"):
        archive.add(make_entry("b", notes="n" * 200_000))

    assert archive.revision == revision
