import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forensics.model.errors import ArchiveError
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import KeptFeatures
from forensics.reuse.archive_health import check_archive
from forensics.reuse.archive_salvage import salvage_archive

PAGE = 4096
COUNT = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory, make_entry, make_hashes, make_kept_views):
    """An archive of several pages a table, and the digests of its entries."""
    path = tmp_path_factory.mktemp("whole") / "known.db"
    rng = random.Random(1)
    with Archive.open(path, create=True) as archive, archive.transaction():
        for number in range(COUNT):
            views = make_kept_views(None)
            archive.add(
                make_entry(f"{number}", source=f"source {number}"),
                hashes=make_hashes(rng.randbytes(32).hex()),
                views=(views[0], views[1] + rng.randbytes(3000)),
                features=KeptFeatures("test/1", (rng.randbytes(7000),)),
            )
    with Archive.open(path) as archive:
        return path, archive.digests()


@pytest.fixture
def copy(whole, db):
    shutil.copy(whole[0], db)
    return db


def change(path, statement):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(statement)


def test_whole_archive_has_no_faults(copy):
    health = check_archive(copy)

    assert (health.entries, health.faults, health.notices) == (COUNT, (), ())


def test_archive_of_the_first_format_has_no_faults(db):
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(Path(__file__).with_name("archive-v1.sql").read_text("utf-8"))

    assert check_archive(db).faults == ()


@pytest.mark.parametrize(("statement", "what"), [
    ("UPDATE sightings SET source = 'x' WHERE rowid = 7", "not as it was written"),
    ("UPDATE views SET png = X'89504E470D0A1A0A' WHERE rowid = 7", "not as it was written"),
    ("UPDATE features SET recipe = 'x' WHERE rowid = 7", "not as it was written"),
    ("DELETE FROM hashes WHERE rowid = 7", "not as it was written"),
    ("UPDATE entries SET kind = 'hologram' WHERE rowid = 7", "cannot be read"),
    ("DELETE FROM entries WHERE rowid = 7", "belong to no entry"),
    ("DELETE FROM sightings", "not as it was written"),
    ("DROP TABLE traces", "table of traces cannot be read"),
    ("DELETE FROM state", "revision cannot be read"),
])  # fmt: skip
def test_what_another_program_changed_is_found(copy, statement, what):
    change(copy, statement)

    faults = check_archive(copy).faults

    assert any(what in fault.what for fault in faults)


def test_missing_entry_is_seen_by_the_revision(copy):
    for table in ("sightings", "hashes", "views", "features"):
        change(copy, f"DELETE FROM {table} WHERE entry_id = (SELECT min(id) FROM entries)")
    change(copy, "DELETE FROM entries WHERE id = (SELECT min(id) FROM entries)")

    (fault,) = check_archive(copy).faults

    assert "some are missing" in fault.what


def test_cut_file_is_found_and_its_rest_is_saved(copy, whole):
    os.truncate(copy, copy.stat().st_size * 3 // 4)

    health, saved = check_archive(copy), salvage_archive(copy)

    assert "cut short" in health.faults[0].what
    assert 0 < saved.entries < COUNT
    with Archive.open(saved.path) as archive:
        assert archive.digests().items() <= whole[1].items()


def test_salvage_saves_what_is_whole_and_names_the_rest(copy, whole):
    change(copy, "UPDATE features SET recipe = 'x' WHERE rowid = 7")
    before = copy.read_bytes()

    saved = salvage_archive(copy)

    (lost,) = saved.lost
    assert (saved.entries, lost.path, lost.source) == (COUNT - 1, "6.jpg", "source 6")
    assert copy.read_bytes() == before
    assert Path(saved.path) == copy.with_name("known.repaired.db")
    assert check_archive(saved.path).faults == ()
    with Archive.open(saved.path) as archive:
        assert archive.digests() == {k: v for k, v in whole[1].items() if k != lost.id}


def test_salvage_of_a_whole_archive_is_the_same_archive(copy):
    saved = salvage_archive(copy)

    with Archive.open(copy) as one, Archive.open(saved.path) as other:
        assert one.revision == other.revision


def test_salvage_overwrites_nothing(copy):
    copy.with_name("known.repaired.db").write_text("precious")

    saved = salvage_archive(copy)

    assert Path(saved.path).name == "known.repaired.1.db"
    assert copy.with_name("known.repaired.db").read_text() == "precious"
    assert list(copy.parent.glob("*.part")) == []


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_is_found_and_never_saved(copy, whole, seed):
    rng = random.Random(seed)
    data = bytearray(copy.read_bytes())
    for _ in range(3):
        place = rng.randrange(PAGE, len(data) - PAGE)
        noise = rng.choice((b"\0" * PAGE, rng.randbytes(PAGE), rng.randbytes(1)))
        data[place : place + len(noise)] = noise
    copy.write_bytes(data)

    health, saved = check_archive(copy), salvage_archive(copy)

    with Archive.open(saved.path) as archive:
        kept = archive.digests()
    assert kept.items() <= whole[1].items()
    assert health.faults or kept == whole[1]
    assert check_archive(saved.path).faults == ()


def test_change_that_was_cut_short_is_taken_back_and_told(copy, tmp_path):
    cut = tmp_path / "cut" / "known.db"
    cut.parent.mkdir()
    with closing(sqlite3.connect(copy, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE sightings SET notes = hex(zeroblob(9000))")
        for path in copy.parent.glob("known.db*"):
            shutil.copy(path, cut.with_name(path.name))

    health = check_archive(cut)

    assert health.faults == ()
    assert health.notices == ("a change that was cut short has been taken back",)


def test_lost_journal_of_a_change_that_was_cut_short_is_found(copy, tmp_path):
    cut = tmp_path / "cut.db"
    with closing(sqlite3.connect(copy, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE sightings SET notes = hex(zeroblob(9000))")
        shutil.copy(copy, cut)

    assert check_archive(cut).faults


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_archive_at_all_is_refused(db, content):
    db.write_bytes(content)

    for look in (check_archive, salvage_archive):
        with pytest.raises(ArchiveError) as caught:
            look(db)
        assert caught.value.advice
    assert [path.name for path in db.parent.iterdir()] == ["known.db"]
