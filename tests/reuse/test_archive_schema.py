import sqlite3
from contextlib import closing
from pathlib import Path

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
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {2: add_column})
    before = old_file.read_bytes()

    with Archive.open(old_file, writable=True) as archive:
        assert archive.summary().entries == 1

    assert _version(old_file) == archive_schema.SCHEMA_VERSION
    backup = old_file.with_name("known.db.v2-backup")
    assert _version(backup) == 2
    assert backup.stat().st_size == len(before)
    with Archive.open(old_file) as archive:
        assert archive.summary().entries == 1


def test_older_backup_is_not_overwritten(old_file, monkeypatch):
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {2: add_column})
    old_file.with_name("known.db.v2-backup").write_text("precious")

    Archive.open(old_file, writable=True).close()

    assert old_file.with_name("known.db.v2-backup").read_text() == "precious"
    assert _version(old_file.with_name("known.db.v2-backup.1")) == 2


def test_failed_migration_changes_nothing(old_file, monkeypatch):
    monkeypatch.setattr(archive_schema, "MIGRATIONS", {2: fail_half_way})
    before = old_file.read_bytes()

    with pytest.raises(ArchiveError, match="cannot go on"):
        Archive.open(old_file, writable=True)

    assert old_file.read_bytes() == before


def test_version_without_a_way_forward_is_refused(old_file):
    with pytest.raises(ArchiveError, match="nothing can read"):
        Archive.open(old_file, writable=True)

    assert _version(old_file) == 2


def test_older_file_that_cannot_be_read_says_what_to_do(old_file):
    with pytest.raises(ArchiveError, match="older version") as caught:
        Archive.open(old_file)

    assert "for writing" in caught.value.advice


V1 = Path(__file__).with_name("archive-v1.sql")
V1_REVISION = "001b1d02737b36b58885c624208d2d7325042452f48f923cd244bc73d5ae5922"


@pytest.fixture
def v1_file(db):
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(V1.read_text("utf-8"))
    return db


def _tables(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


def test_first_format_is_brought_up_to_date_with_all_it_holds(v1_file, tmp_path):
    Archive.open(tmp_path / "new.db", create=True).close()

    with Archive.open(v1_file, writable=True) as archive:
        revision, entries = archive.revision, archive.entries()
        kept = archive.views(entries[0].id)

    assert revision == V1_REVISION
    assert [entry.path for entry in entries] == ["bridge.jpg", "other.jpg"]
    assert kept[0].width_px == 64
    assert _tables(v1_file) == _tables(tmp_path / "new.db")
    assert _version(v1_file.with_name("known.db.v1-backup")) == 1


def test_first_format_can_be_read_without_being_changed(v1_file):
    before = v1_file.read_bytes()

    with Archive.open(v1_file) as archive:
        summary, features = archive.summary(), list(archive.all_features())
        revision = archive.revision

    assert (summary.entries, summary.by_hash_only, features) == (2, 2, [])
    assert revision == V1_REVISION
    assert v1_file.read_bytes() == before
    assert [path.name for path in v1_file.parent.iterdir()] == ["known.db"]


def test_two_programs_may_make_the_same_file(db):
    with closing(sqlite3.connect(db, isolation_level=None)) as one:
        archive_schema.create_tables(one)
        with closing(sqlite3.connect(db, isolation_level=None)) as other:
            archive_schema.create_tables(other)

    with Archive.open(db) as archive:
        assert archive.summary().entries == 0
