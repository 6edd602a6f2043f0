import msgspec
import pytest

from forensics.model.errors import ArchiveError
from forensics.reuse import archive_connection
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import KeptFeatures, KeptTrace

FEATURES = KeptFeatures("packed/1", (b"\x00\xff of one", b""))
TRACE = KeptTrace("grey/1", bytes(range(256)))


@pytest.fixture
def clip(make_entry, make_hashes):
    return make_entry("clip"), make_hashes("ab" * 32, "cd" * 32, moments=(0.0, 1.5))


def test_features_and_trace_come_back_byte_for_byte(archive, clip):
    entry, hashes = clip

    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)

    assert archive.features(entry.id) == FEATURES
    assert archive.trace(entry.id) == TRACE


def test_entry_without_them_says_so(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("ab" * 32))

    assert archive.features(make_entry("a").id) is None
    assert archive.trace(make_entry("a").id) is None
    assert archive.summary().by_hash_only == 1


def test_adding_an_older_entry_again_brings_it_up_to_date(archive, clip):
    entry, hashes = clip
    archive.add(entry, hashes=hashes)

    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)

    assert archive.features(entry.id) == FEATURES
    assert archive.trace(entry.id) == TRACE


def test_adding_again_without_features_keeps_them(archive, clip):
    entry, hashes = clip
    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)
    before = archive.revision

    archive.add(entry, hashes=hashes)

    assert archive.revision == before
    assert archive.features(entry.id) == FEATURES


def test_features_of_a_newer_recipe_replace_older_ones(archive, clip):
    entry, hashes = clip
    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)
    newer = KeptFeatures("packed/2", (b"1", b"2"))

    archive.add(entry, hashes=hashes, features=newer, trace=KeptTrace("grey/2", b"3"))

    assert archive.features(entry.id) == newer
    assert archive.trace(entry.id) == KeptTrace("grey/2", b"3")


def test_features_of_other_moments_are_dropped_and_the_trace_stays(archive, clip, make_hashes):
    entry, hashes = clip
    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)

    archive.add(entry, hashes=make_hashes("ab" * 32, "cd" * 32, moments=(0.0, 9.0)))

    assert archive.features(entry.id) is None
    assert archive.trace(entry.id) == TRACE


def test_removed_entry_leaves_no_features_behind(archive, db, clip):
    empty = archive.revision
    entry, hashes = clip
    archive.add(entry, hashes=hashes, features=FEATURES, trace=TRACE)

    archive.remove(entry.id)

    assert archive.revision == empty
    assert archive.features(entry.id) is archive.trace(entry.id) is None
    assert FEATURES.pictures[0] not in db.read_bytes()
    assert TRACE.data not in db.read_bytes()


def test_revision_and_digest_tell_of_features_and_trace(archive, clip):
    entry, hashes = clip
    seen = set()
    for kept in ({}, {"features": FEATURES}, {"trace": TRACE}):
        archive.add(entry, hashes=hashes, **kept)
        seen.add((archive.revision, archive.digests()[entry.id]))

    assert len({revision for revision, _ in seen}) == len({digest for _, digest in seen}) == 3


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_all_are_given_in_order_in_batches(archive, make_entry, make_hashes, monkeypatch, batch):
    monkeypatch.setattr(archive_connection, "BATCH_ENTRIES", batch)
    names = [f"{number}" for number in range(5)]
    for name in names:
        kept = KeptFeatures("packed/1", (name.encode(),))
        archive.add(make_entry(name), hashes=make_hashes("ab" * 32), features=kept)
    archive.add(make_entry("without"), hashes=make_hashes("ab" * 32))

    found = list(archive.all_features())

    assert [one for one, _ in found] == sorted(make_entry(name).id for name in names)
    assert {features.pictures[0].decode() for _, features in found} == set(names)
    only = make_entry("3").id
    assert [one for one, _ in archive.all_features([only])] == [only]


def test_change_by_another_program_while_all_are_read_is_told(archive, db, make_entry, monkeypatch):
    monkeypatch.setattr(archive_connection, "BATCH_ENTRIES", 1)
    for name in "ab":
        archive.add(make_entry(name), trace=TRACE)
    with Archive.open(db) as reader:
        found = reader.all_traces()
        next(found)
        archive.add(make_entry("c"))

        with pytest.raises(ArchiveError, match="changed while"):
            next(found)


@pytest.mark.parametrize("change", [
    {"recipe": " "},
    {"pictures": (b"one picture too few",)},
    {"pictures": (b"", b"x" * (12 * 1024 + 1))},
    {"pictures": (b"", "text")},
])  # fmt: skip
def test_features_that_are_not_as_they_should_be_are_refused(archive, clip, change):
    entry, hashes = clip
    wrong = msgspec.structs.replace(FEATURES, **change)

    with pytest.raises(ArchiveError):
        archive.add(entry, hashes=hashes, features=wrong)
    assert archive.entries() == ()


def test_features_without_their_hashes_are_refused(archive, make_entry):
    with pytest.raises(ArchiveError, match="not of the pictures"):
        archive.add(make_entry("a"), features=FEATURES)


@pytest.mark.parametrize("trace", [KeptTrace("", b"1"), KeptTrace("r", bytes(4 * 2**20 + 1))])
def test_trace_that_is_not_as_it_should_be_is_refused(archive, make_entry, trace):
    with pytest.raises(ArchiveError):
        archive.add(make_entry("a"), trace=trace)


def test_rows_of_another_program_are_refused(archive, clip):
    entry, hashes = clip
    archive.add(entry, hashes=hashes, features=FEATURES)
    archive._connection.execute("UPDATE features SET position = position + 7")

    with pytest.raises(ArchiveError, match="not in order"):
        archive.features(entry.id)
