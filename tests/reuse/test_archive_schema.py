import sqlite3
from contextlib import closing

import pytest

from forensics.model.errors import ArchiveError
from forensics.reuse import archive_schema
from forensics.reuse.archive import Archive


def add_column(connection):
    connection.execute("ALTER TABLE entries ADD COLUMN colour TEXT")


def fail_half_way(connection):
    connection.execute("DELETE FROM entries")
    raise ArchiveError("cannot go on")


@pytest.fixture
def old_file(db, make_entry, monkeypatch):
    with Archive.open(db, create=True) as archive:
        archive.add(make_entry("a"))
    monkeypatch.setattr(archive_schema, "SCHEMA_VERSION", archive_schema.SCHEMA_VERSION + 1)
    return db


def _version(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_older_file_is_brought_up_to_date_when_written(old_file, monkeypatch):
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {1: add_column})
    before = old_file.read_bytes()

    with Archive.open(old_file, writable=True) as archive:
        assert archive.summary().entries == 1

    assert _version(old_file) == archive_schema.SCHEMA_VERSION
    backup = old_file.with_name("known.db.v1-backup")
    assert _version(backup) == 1
    assert backup.stat().st_size == len(before)
    with Archive.open(old_file) as archive:
        assert archive.summary().entries == 1


def test_older_backup_is_not_overwritten(old_file, monkeypatch):
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {1: add_column})
    old_file.with_name("known.db.v1-backup").write_text("precious")

    Archive.open(old_file, writable=True).close()

    assert old_file.with_name("known.db.v1-backup").read_text() == "precious"
    assert _version(old_file.with_name("known.db.v1-backup.1")) == 1


def test_failed_migration_changes_nothing(old_file, monkeypatch):
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {1: fail_half_way})
    before = old_file.read_bytes()

    with pytest.raises(ArchiveError, match="cannot go on"):
        Archive.open(old_file, writable=True)

    assert old_file.read_bytes() == before


def test_version_without_a_way_forward_is_refused(old_file):
    with pytest.raises(ArchiveError, match="nothing can read"):
        Archive.open(old_file, writable=True)

    assert _version(old_file) == 1


def test_older_file_opened_for_reading_says_what_to_do(old_file, monkeypatch):
    monkeypatch.setattr("forensics.reuse.archive_file.SCHEMA_VERSION", 2)

    with pytest.raises(ArchiveError, match="older version") as caught:
        Archive.open(old_file)

    assert "for writing" in caught.value.advice


def test_two_programs_may_make_the_same_file(db):
    with closing(sqlite3.connect(db, isolation_level=None)) as one:
        archive_schema.create_tables(one)
        with closing(sqlite3.connect(db, isolation_level=None)) as other:
            archive_schema.create_tables(other)

    with Archive.open(db) as archive:
        assert archive.summary().entries == 0
