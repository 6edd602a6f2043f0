import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.model.errors import ArchiveError
from forensics.reuse import hash_index, hash_neighbours
from forensics.reuse.archive import Archive

RECIPE = "test-recipe/1"


def packed(*digits):
    rows = [np.frombuffer(bytes.fromhex(one), dtype=np.uint8) for one in digits]
    return np.stack(rows + [rows[-1]] * (8 - len(rows)))


def test_nearest_orientation_is_told(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("0f" * 32))
    query = packed("f0" * 32, "ff" * 32, "0f" * 31 + "0e", "00" * 32)

    (hit,) = archive.search(query, max_distance_bits=31, preprocessing=RECIPE)

    assert (hit.entry_id, hit.distance_bits, hit.orientation) == (make_entry("a").id, 1, 2)
    assert hit.quality == 90


def test_first_of_equally_near_orientations_is_told(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("0f" * 32))

    (hit,) = archive.search(packed("0f" * 32), max_distance_bits=0, preprocessing=RECIPE)

    assert hit.orientation == 0


def test_distance_limit_is_inclusive(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("00" * 31 + "07"))
    query = packed("00" * 32)

    assert len(archive.search(query, max_distance_bits=3, preprocessing=RECIPE)) == 1
    assert archive.search(query, max_distance_bits=2, preprocessing=RECIPE) == ()


def test_other_recipes_are_not_compared_but_imported_hashes_are(archive, make_entry, make_hashes):
    archive.add(make_entry("other"), hashes=make_hashes("ab" * 32, recipe="other/9"))
    archive.add(make_entry("same"), hashes=make_hashes("ab" * 32))
    archive.add_hash("ab" * 32)

    hits = archive.search(packed("ab" * 32), max_distance_bits=0, preprocessing=RECIPE)

    assert [hit.entry_id for hit in hits] == sorted([make_entry("same").id, "pdq-" + "ab" * 32])


def test_hits_are_in_order_of_distance_then_entry_then_moment(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("01" * 32, "00" * 32, moments=(0.0, 4.0)))
    archive.add(make_entry("b"), hashes=make_hashes("00" * 32, "00" * 32, moments=(0.0, 2.0)))
    first, second = sorted((make_entry("a").id, make_entry("b").id))
    moments = {make_entry("a").id: [4.0], make_entry("b").id: [0.0, 2.0]}

    hits = archive.search(packed("00" * 32), max_distance_bits=40, preprocessing=RECIPE)

    assert [hit.moment_s for hit in hits] == [*moments[first], *moments[second], 0.0]
    assert hits[-1].distance_bits == 32


def test_search_sees_what_was_added_and_removed_since(archive, make_entry, make_hashes):
    query = packed("ab" * 32)
    counts = [len(archive.search(query, max_distance_bits=9, preprocessing=RECIPE))]
    archive.add(make_entry("a"), hashes=make_hashes("ab" * 32))
    counts.append(len(archive.search(query, max_distance_bits=9, preprocessing=RECIPE)))
    archive.remove(make_entry("a").id)
    counts.append(len(archive.search(query, max_distance_bits=9, preprocessing=RECIPE)))

    assert counts == [0, 1, 0]


def test_search_sees_changes_by_another_program(archive, db, make_entry, make_hashes):
    with Archive.open(db) as reader:
        query = packed("ab" * 32)
        before = reader.search(query, max_distance_bits=9, preprocessing=RECIPE)
        archive.add(make_entry("a"), hashes=make_hashes("ab" * 32))
        after = reader.search(query, max_distance_bits=9, preprocessing=RECIPE)

    assert (len(before), len(after)) == (0, 1)


HASHES = st.lists(st.integers(0, 2**256 - 1), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    stored=HASHES,
    turned=st.lists(st.integers(0, 2**256 - 1), min_size=8, max_size=8),
    radius=st.integers(0, 256),
    chunk=st.integers(1, 5),
    is_indexed=st.booleans(),
    copies=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 255)), max_size=4),
)
def test_search_equals_brute_force(stored, turned, radius, chunk, is_indexed, copies):
    stored = stored + [turned[row] ^ (1 << bit) for row, bit in copies]
    query = np.frombuffer(b"".join(n.to_bytes(32) for n in turned), np.uint8).reshape(8, 32)
    index = hash_index.HashIndex(
        words=np.frombuffer(b"".join(n.to_bytes(32) for n in stored), np.uint64).reshape(-1, 4),
        owners=tuple(f"{number:02}" for number in range(len(stored))),
        moments_s=(None,) * len(stored),
        qualities=(50,) * len(stored),
        recipes=np.zeros(len(stored), np.int32),
        recipe_names=(RECIPE,),
    )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hash_neighbours, "CHUNK_ROWS", chunk)
        patch.setattr(hash_neighbours, "MIN_INDEXED_ROWS", 0 if is_indexed else 99)
        patch.setattr(hash_neighbours, "SCANS_BEFORE_INDEX", 0)
        hits = hash_index.search_index(index, query, max_distance_bits=radius, preprocessing=RECIPE)

    expected = []
    for number, one in enumerate(stored):
        distances = [(one ^ other).bit_count() for other in turned]
        if min(distances) <= radius:
            best = min(distances)
            expected.append((best, f"{number:02}", distances.index(best)))
    assert [(h.distance_bits, h.entry_id, h.orientation) for h in hits] == sorted(expected)


def near_and_far(count, *, seed):
    """Make random hashes, and queries at 0 to 40 bits from some of them."""
    rng = np.random.default_rng(seed)
    words = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    queries = words[rng.integers(0, count, 8)].copy()
    for query in queries:
        flipped = rng.choice(256, rng.integers(0, 41), replace=False)
        np.bitwise_xor.at(query, flipped // 64, np.uint64(1) << (flipped % 64).astype(np.uint64))
    return words, queries


@pytest.mark.parametrize("seed", range(6))
def test_large_table_is_looked_up_as_it_is_read_through(seed, monkeypatch):
    words, queries = near_and_far(hash_neighbours.MIN_INDEXED_ROWS, seed=seed)
    read = hash_neighbours.HashNeighbours(words).within(queries, 31)
    monkeypatch.setattr(hash_neighbours, "SCANS_BEFORE_INDEX", 0)

    looked_up = hash_neighbours.HashNeighbours(words).within(queries, 31)

    assert len(read[0]) > 0
    for one, other in zip(read, looked_up, strict=True):
        assert one.tolist() == other.tolist()


def test_hashes_that_all_look_alike_are_read_through(monkeypatch):
    words = np.zeros((hash_neighbours.MIN_INDEXED_ROWS, 4), np.uint64)
    monkeypatch.setattr(hash_neighbours, "SCANS_BEFORE_INDEX", 0)

    rows, distances, _ = hash_neighbours.HashNeighbours(words).within(words[:8], 31)

    assert len(rows) == len(words)
    assert not distances.any()


@pytest.mark.parametrize("query", [
    np.zeros((8, 31), np.uint8), np.zeros((1, 32), np.uint8), np.zeros((8, 32), np.int64),
])  # fmt: skip
def test_query_of_another_form_is_refused(archive, query):
    with pytest.raises(ArchiveError):
        archive.search(query, max_distance_bits=31, preprocessing=RECIPE)


@pytest.mark.parametrize("radius", [-1, 257])
def test_impossible_distance_is_refused(archive, radius):
    with pytest.raises(ArchiveError):
        archive.search(packed("00" * 32), max_distance_bits=radius, preprocessing=RECIPE)
