"""Ordered features in files beside an archive: the same answers, and never a stale one."""

import json
import random

import numpy as np
import pytest

from forensics.model.findings import FrameHash, ImageHashes
from forensics.planning import plan
from forensics.reuse import archived, feature_files
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, KeptFeatures
from forensics.reuse.feature_files import open_features, refresh_features
from forensics.reuse.feature_index import find_candidates
from forensics.vision.codes import RECIPE, CodedFeatures, to_bytes

FEATURES = 40


def make_features(seed):
    """Make features that fall into few cells, so that pictures share some."""
    rng = np.random.default_rng(seed)
    base = np.random.default_rng(0).integers(0, 2**64, (60, 2), dtype=np.uint64)
    chosen = rng.integers(0, len(base), FEATURES)
    flips = np.uint64(1) << rng.integers(0, 64, (FEATURES, 2), dtype=np.uint64)
    cells = np.stack([chosen, (chosen + 1) % len(base)], axis=1).astype(np.uint16)
    points = rng.uniform(0, 400, (FEATURES, 2)).astype(np.float32)
    sizes = rng.uniform(2, 30, FEATURES).astype(np.float32)
    angles = rng.uniform(0, 359, FEATURES).astype(np.float32)
    return CodedFeatures((400, 400), points, sizes, angles, cells, base[chosen] ^ flips)


def add(archive, number):
    digest = f"{number:064x}"
    entry = Entry(id=digest, sha256=digest, kind="still", width_px=400, height_px=400)
    hashes = ImageHashes(
        "test-recipe/1", (FrameHash(None, digest, 90, digest[-16:], digest[-16:]),)
    )
    kept = KeptFeatures(RECIPE, (to_bytes(make_features(number)),))
    archive.add(entry, hashes=hashes, features=kept)
    return digest


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(feature_files, "MIN_PICTURES", 3)
    monkeypatch.setattr(archived, "MIN_PICTURES", 3)


def folder_of(archive):
    return archive.path.with_name(archive.path.name + feature_files.SUFFIX)


def answers(archive, *, in_memory):
    """Say who is found for some queries, with which votes and pairs."""
    if in_memory:
        held = archived.KnownPictures.of(
            ((entry_id, place), archived.read_features(packed, entry_id))
            for entry_id, kept in archive.all_features()
            for place, packed in enumerate(kept.pictures)
        )
        index, owners = held._index, held._owners
    else:
        index, owners = open_features(archive)
    told = []
    for seed in range(1000, 1004):
        for each in find_candidates(index, make_features(seed), limit=9):
            pairs = sorted(
                zip(each.pairs.query.tolist(), each.pairs.reference.tolist(), strict=True)
            )
            told.append((owners[each.picture], round(each.votes, 4), pairs))
    return told


@pytest.mark.parametrize("seed", range(4))
def test_answers_are_those_of_memory_whatever_was_added_and_removed(archive, seed):
    draw = random.Random(seed)
    there = []
    for number in range(14):
        there.append(add(archive, number))
        if draw.random() < 0.3:
            archive.remove(there.pop(draw.randrange(len(there))))
        if draw.random() < 0.4:
            refresh_features(archive)
        if len(there) >= feature_files.MIN_PICTURES:
            assert answers(archive, in_memory=False) == answers(archive, in_memory=True)

    assert answers(archive, in_memory=True)


def test_what_is_new_goes_into_a_segment_of_its_own(archive):
    for number in range(4):
        add(archive, number)
    refresh_features(archive)
    first = {path.name for path in folder_of(archive).iterdir()}

    add(archive, 9)
    refresh_features(archive)

    assert first < {path.name for path in folder_of(archive).iterdir()}


def test_many_segments_become_one(archive, monkeypatch):
    monkeypatch.setattr(feature_files, "MAX_SEGMENTS", 2)
    for number in range(7):
        add(archive, number)
        refresh_features(archive)

    assert len(list(folder_of(archive).iterdir())) <= 3
    assert answers(archive, in_memory=False) == answers(archive, in_memory=True)


def test_what_was_removed_leaves_the_files_too(archive):
    entries = [add(archive, number) for number in range(5)]
    refresh_features(archive)

    archive.remove(entries[2])
    refresh_features(archive)

    listed = (folder_of(archive) / "list.json").read_text()
    assert entries[2] not in listed
    assert entries[3] in listed
    total = sum(len(np.load(path)) for path in folder_of(archive).glob("*/codes.npy"))
    assert total == 4 * FEATURES


def test_small_archive_has_no_files(archive):
    entries = [add(archive, number) for number in range(4)]
    refresh_features(archive)
    assert folder_of(archive).exists()

    for entry in entries[:2]:
        archive.remove(entry)
    refresh_features(archive)

    assert not folder_of(archive).exists()


def damage_codes(folder):
    file = next(folder.glob("*/codes.npy"))
    data = bytearray(file.read_bytes())
    data[-5] ^= 0xFF
    file.write_bytes(data)


def lose_owners(folder):
    next(folder.glob("*/owners.npy")).unlink()


def cut_list(folder):
    file = folder / "list.json"
    file.write_bytes(file.read_bytes()[:50])


def lead_elsewhere(folder):
    file = folder / "list.json"
    listed = json.loads(file.read_text())
    listed["segments"][0]["name"] = "../" + folder.name + "/" + listed["segments"][0]["name"]
    file.write_text(json.dumps(listed))


def half_written(folder):
    (folder / "list.json").unlink()


@pytest.mark.parametrize(
    "harm", [damage_codes, lose_owners, cut_list, lead_elsewhere, half_written]
)
def test_files_that_are_not_whole_are_left_aside_and_made_again(archive, harm):
    for number in range(5):
        add(archive, number)
    refresh_features(archive)
    expected = answers(archive, in_memory=True)

    harm(folder_of(archive))

    assert answers(archive, in_memory=False) == expected
    refresh_features(archive)
    assert answers(archive, in_memory=False) == expected
    assert len(list(folder_of(archive).glob("*/codes.npy"))) == 1


def test_stopping_half_way_loses_nothing(archive, monkeypatch):
    for number in range(5):
        add(archive, number)
    refresh_features(archive)
    add(archive, 9)
    expected = answers(archive, in_memory=True)
    saved = []

    def stop(file, *_args, **_options):
        saved.append(file)
        if len(saved) > 2:
            raise KeyboardInterrupt
        file.write_bytes(b"half of it")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", stop)
        with pytest.raises(KeyboardInterrupt):
            refresh_features(archive)

    assert answers(archive, in_memory=False) == expected
    refresh_features(archive)
    assert answers(archive, in_memory=False) == expected
    assert not list(folder_of(archive).glob("*.part"))


def test_files_that_cannot_be_written_do_not_matter(archive):
    folder_of(archive).write_text("somebody's file of this name")
    for number in range(4):
        add(archive, number)

    refresh_features(archive)

    assert answers(archive, in_memory=False) == answers(archive, in_memory=True)


def test_folder_is_no_evidence_and_nothing_to_take_in(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(feature_files, "MIN_PICTURES", 1)
    known = archive.path
    for number in range(2):
        add(archive, number)
    refresh_features(archive)
    (known.parent / "case.toml").write_text(f'[archive]\npath = "{known.name}"\n')

    planned = plan(known.parent, out=tmp_path / "report")

    assert folder_of(archive).exists()
    assert [each.path for each in (*planned.found, *planned.unread) if ".index" in each.path] == []


def test_reading_writes_nothing(archive, db):
    for number in range(5):
        add(archive, number)
    with Archive.open(db) as reader:
        archived.known_pictures(reader)

    assert not folder_of(archive).exists()


def test_search_reads_features_only_of_candidates(archive, monkeypatch):
    for number in range(6):
        add(archive, number)
    refresh_features(archive)
    pictures = archived.known_pictures(archive)
    read = []
    as_it_is = archive.features
    monkeypatch.setattr(archive, "features", lambda entry: read.append(entry) or as_it_is(entry))

    found = pictures.find([make_features(3)], [0])

    assert next(iter(found)) == f"{3:064x}"
    assert len(read) == len(set(read))


def test_case_may_name_its_own_folder_as_the_archive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text('[archive]\npath = "."\n')

    assert plan(".", out=tmp_path / "report").found == ()
