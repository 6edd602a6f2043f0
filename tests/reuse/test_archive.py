import hashlib

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.model.dates import parse_date
from forensics.model.errors import ArchiveError
from forensics.model.findings import CompareViews
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Sighting

PDQ = st.binary(min_size=32, max_size=32).map(bytes.hex)
DATES = st.one_of(
    st.dates().map(lambda day: f"{day.year:04d}"),
    st.dates().map(lambda day: f"{day.year:04d}-{day.month:02d}"),
    st.datetimes().map(lambda time: f"{time:%m-%dT%H:%M:%S}+03:00").map("2023-".__add__),
).filter(lambda text: not text.startswith(("9999", "2023-02-29")))
TEXTS = st.one_of(st.none(), st.text())
REUSED_ARCHIVE = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_entry_comes_back_as_it_was_added(archive, make_entry, make_hashes, make_kept_views):
    entry = make_entry(
        "bridge", first_seen="2014-08-01T12:30+03:00", basis="platform", source="https://a.example",
        capture_url="https://c.example/1", event="a strike", place="Glushkovo", licence="CC0",
        notes="x", width_px=640, height_px=480,
    )  # fmt: skip

    is_new = archive.add(entry, hashes=make_hashes("ab" * 32))

    assert is_new
    assert archive.entry(entry.id) == entry
    assert archive.entries() == (entry,)
    assert archive.find_identical(entry.sha256) == entry


@REUSED_ARCHIVE
@given(pdq=PDQ, moment=st.one_of(st.none(), st.floats(0, 1e6)), date=DATES, text=TEXTS)
def test_hashes_dates_and_texts_survive_storage(archive, make_entry, make_hashes, pdq, moment,
                                                date, text):  # fmt: skip
    name = f"{pdq} {moment} {date} {text!r}"
    entry = make_entry(name, first_seen=date, notes=text, path=None)

    archive.add(entry, hashes=make_hashes(pdq, moments=(moment,)))

    (stored,) = archive.hashes(entry.id)
    assert (stored.pdq, stored.moment_s) == (pdq, moment)
    assert archive.entry(entry.id).first_seen == parse_date(date)
    if text and text.strip():
        assert archive.entry(entry.id).notes == text


def test_leading_zeros_of_a_hash_are_kept(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("00" * 31 + "0f"))

    (stored,) = archive.hashes(make_entry("a").id)

    assert stored.pdq == "00" * 31 + "0f"
    assert stored.phash == "0" * 16


def test_numpy_numbers_are_stored_as_numbers(archive, make_entry, make_hashes):
    entry = make_entry("a", width_px=np.int64(640), height_px=np.uint16(480), bytes=np.int32(7))
    views = CompareViews(np.int64(64), np.int64(48), (np.float32(1.5),))
    frames = make_hashes("ab" * 32, moments=(np.float32(1.5),))

    archive.add(entry, hashes=frames, views=(views, b"\x89PNG\r\n\x1a\n"))

    stored = archive.entry(entry.id)
    assert (stored.width_px, stored.height_px, stored.bytes) == (640, 480, 7)
    assert archive.views(entry.id)[0] == CompareViews(64, 48, (1.5,))


def test_views_come_back_byte_for_byte(archive, make_entry, make_hashes, make_kept_views):
    kept = make_kept_views(0.0, 2.5)
    frames = make_hashes("ab" * 32, "cd" * 32, moments=(0.0, 2.5))

    archive.add(make_entry("a"), hashes=frames, views=kept)

    assert archive.views(make_entry("a").id) == kept
    assert archive.entry(make_entry("a").id).media_kept == "views"


def test_hashes_only_entry_has_no_views(archive, make_entry, make_hashes):
    archive.add(make_entry("a"), hashes=make_hashes("ab" * 32))

    assert archive.views(make_entry("a").id) is None
    assert archive.entry(make_entry("a").id).media_kept == "hashes"


def test_second_source_of_the_same_file_is_kept(archive, make_entry):
    archive.add(make_entry("a", first_seen="2020", source="late"))
    is_new = archive.add(make_entry("a", first_seen="2014-08-01", source="early", event="fire"))

    assert not is_new
    assert archive.summary().entries == 1
    assert [seen.source for seen in archive.sightings(make_entry("a").id)] == ["early", "late"]


def test_entry_shows_the_date_that_proves_most_with_its_own_source(archive, make_entry):
    archive.add(make_entry("a", first_seen="2014", source="to the year", basis="analyst"))
    archive.add(make_entry("a", first_seen="2014-03-01", source="to the day", basis="platform"))
    archive.add(make_entry("a", source="without a date", event="a fire"))

    shown = archive.entry(make_entry("a").id)

    assert (shown.source, shown.basis, shown.first_seen.value) == (
        "to the day", "platform", "2014-03-01",
    )  # fmt: skip
    assert shown.event == "a fire"


def test_same_sighting_twice_is_one(archive, make_entry):
    archive.add(make_entry("a", source="s"))
    before = archive.revision
    archive.add(make_entry("a", source="s"))

    assert len(archive.sightings(make_entry("a").id)) == 1
    assert archive.revision == before


def test_hashes_of_a_newer_recipe_replace_older_ones(archive, make_entry, make_hashes,
                                                     make_kept_views):  # fmt: skip
    entry = make_entry("a")
    archive.add(entry, hashes=make_hashes("ab" * 32), views=make_kept_views(None))
    archive.add(entry, hashes=make_hashes("cd" * 32, "ef" * 32, recipe="new/2", moments=(0.0, 1.0)))

    assert [one.pdq for one in archive.hashes(entry.id)] == ["cd" * 32, "ef" * 32]
    assert archive.views(entry.id) is None


def test_adding_again_without_views_keeps_the_views(archive, make_entry, make_hashes,
                                                    make_kept_views):  # fmt: skip
    entry = make_entry("a")
    archive.add(entry, hashes=make_hashes("ab" * 32), views=make_kept_views(None))
    archive.add(entry, hashes=make_hashes("ab" * 32))

    assert archive.views(entry.id) == make_kept_views(None)


def test_removed_entry_leaves_nothing_behind(archive, db, make_entry, make_hashes, make_kept_views):
    empty = archive.revision
    entry = make_entry("a", notes="must be forgotten")
    archive.add(entry, hashes=make_hashes("ab" * 32), views=make_kept_views(None))

    assert archive.remove(entry.id)

    assert archive.entries() == ()
    assert archive.sightings(entry.id) == archive.hashes(entry.id) == ()
    assert archive.revision == empty
    assert b"must be forgotten" not in db.read_bytes()
    assert not archive.remove(entry.id)


def test_unknown_entry_is_an_error_with_advice(archive):
    with pytest.raises(ArchiveError) as caught:
        archive.entry("0" * 64)

    assert "archive list" in caught.value.advice


def test_imported_hash_has_the_same_identifier_everywhere(archive):
    seen = Sighting(path="photo.jpg", first_seen=parse_date("2020"), basis="imported:partner")

    assert archive.add_hash("ab" * 32, quality=80, sighting=seen)
    assert not archive.add_hash("ab" * 32, sighting=Sighting(path="other.jpg"))

    entry = archive.entry("pdq-" + "ab" * 32)
    assert (entry.sha256, entry.basis, entry.media_kept) == (None, "imported:partner", "hashes")
    assert len(archive.sightings(entry.id)) == 2


def test_revision_depends_on_content_and_not_on_order(tmp_path, make_entry, make_hashes):
    one, other = make_entry("one", source="s"), make_entry("other", first_seen="2014")
    revisions = []
    for name, order in (("a.db", (one, other)), ("b.db", (other, one))):
        with Archive.open(tmp_path / name, create=True) as opened:
            for entry in order:
                opened.add(entry, hashes=make_hashes("ab" * 32))
            revisions.append(opened.revision)

    assert revisions[0] == revisions[1]


def test_revision_changes_with_every_kind_of_change(archive, make_entry, make_hashes,
                                                    make_kept_views):  # fmt: skip
    entry = make_entry("a")
    revisions = [archive.revision]
    for change in (
        lambda: archive.add(entry),
        lambda: archive.add(make_entry("a", source="another")),
        lambda: archive.add(entry, hashes=make_hashes("ab" * 32)),
        lambda: archive.add(entry, hashes=make_hashes("ab" * 32), views=make_kept_views(None)),
        lambda: archive.add(make_entry("a", width_px=640)),
        lambda: archive.add_hash("ab" * 32),
        lambda: archive.remove(entry.id),
    ):
        change()
        revisions.append(archive.revision)

    assert len(set(revisions)) == len(revisions)


def test_summary_spans_the_dates(archive, make_entry, make_hashes):
    archive.add(make_entry("a", first_seen="2014-08-01"), hashes=make_hashes("ab" * 32))
    archive.add(make_entry("b", first_seen="2023"), hashes=make_hashes("ab" * 32, "cd" * 32))
    archive.add(make_entry("c"))

    summary = archive.summary()

    assert (summary.entries, summary.hashes) == (3, 3)
    assert (summary.earliest, summary.latest) == ("2014-08-01", "2023")


def test_summary_of_an_empty_archive_has_no_dates(archive):
    summary = archive.summary()

    assert (summary.entries, summary.hashes, summary.earliest) == (0, 0, None)


@pytest.mark.parametrize("change", [
    {"sha256": "AB" * 32, "id": "AB" * 32},
    {"sha256": "ab" * 31, "id": "ab" * 31},
    {"id": "ab" * 32},
    {"sha256": None},
    {"basis": "hearsay"},
    {"bytes": -1},
    {"bytes": 1.5},
    {"width_px": 2**70},
])  # fmt: skip
def test_entry_that_is_not_as_it_should_be_is_refused(archive, make_entry, change):
    wrong = msgspec.structs.replace(make_entry("a"), **change)

    with pytest.raises(ArchiveError):
        archive.add(wrong)
    assert archive.entries() == ()


@pytest.mark.parametrize("pdq", ["AB" * 32, "ab" * 31, "ab" * 33, "zz" * 32, "", " " + "a" * 63])
def test_malformed_hash_is_refused(archive, make_entry, make_hashes, pdq):
    with pytest.raises(ArchiveError):
        archive.add(make_entry("a"), hashes=make_hashes(pdq))
    assert archive.entries() == ()


def test_views_without_their_hashes_are_refused(archive, make_entry, make_kept_views):
    with pytest.raises(ArchiveError, match="not of the pictures"):
        archive.add(make_entry("a"), views=make_kept_views(None))


def test_name_with_a_lone_surrogate_is_escaped(archive, make_entry):
    archive.add(make_entry("a", path="bad\udcff.jpg"))

    assert archive.entry(make_entry("a").id).path == "bad\\udcff.jpg"


def test_digest_of_the_file_is_the_identifier(archive, make_entry):
    archive.add(make_entry("a"))

    assert archive.entries()[0].id == hashlib.sha256(b"a").hexdigest()
