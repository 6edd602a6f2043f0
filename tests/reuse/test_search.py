"""Is it recycled? Dates, orders, identifiers and what was not found."""

from functools import cache

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from forensics.calibration import Rate
from forensics.ingest.frame import Frame
from forensics.model.casefile import EventWindow
from forensics.model.dates import parse_date
from forensics.model.findings import FrameHash, ImageHashes
from forensics.model.match import COPIES
from forensics.reuse import by_chance, search
from forensics.reuse.archive_entry import Entry, Sighting
from forensics.reuse.check import probe_file
from forensics.reuse.enroll import enroll as take_in
from forensics.reuse.evidence import draw_match
from forensics.reuse.hashes import ORIENTATIONS, hash_frames, orient
from forensics.reuse.match_words import EARLIEST
from forensics.reuse.search import match_id, search_archive
from forensics.reuse.views import Probe, make_views, read_views


@cache
def make_picture(seed, *, width=320, height=240):
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(
            rng.normal(0, 1, (n * 3, n * 4, 3)).astype(np.float32), (width, height), interpolation=2
        )
        * (10 / n)
        for n in (2, 5, 11)
    ]
    total = sum(layers)
    total = (total - total.min()) / (total.max() - total.min())
    return np.ascontiguousarray((total * 255).astype(np.uint8))


def save_again(pixels):
    _, jpeg = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.ascontiguousarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[:, :, ::-1])


def make_probe(pixels, *, digest, path=None):
    frames = [Frame(None, pixels)]
    made = make_views(frames)
    views = read_views(made.finding, made.artefacts["views"].data)
    return Probe(
        digest * 64, path or f"{digest}.jpg", False, hash_frames(frames), views, pixels.shape[1::-1]
    )


@pytest.fixture
def enroll(archive):
    """Take a picture into the archive under a digest of one repeated digit."""

    def add(pixels, digest, *, first_seen=None, with_views=True, **fields):
        made = make_views([Frame(None, pixels)])
        hashes = hash_frames([Frame(None, pixels)])
        entry = Entry(
            id=digest * 64,
            sha256=digest * 64,
            kind=fields.pop("kind", "still"),
            width_px=pixels.shape[1],
            height_px=pixels.shape[0],
            path=f"known-{digest}.jpg",
            first_seen=None if first_seen is None else parse_date(first_seen),
            basis="analyst" if first_seen else None,
        )
        views = (made.finding, made.artefacts["views"].data) if with_views else None
        archive.add(entry, hashes=fields.pop("hashes", hashes), views=views)

    return add


def since(text):
    """As the command line reads ``--event-start``: the earliest instant the text may mean."""
    return EventWindow(start=parse_date(text).earliest)


ORIGINAL = make_picture(1)


@pytest.mark.parametrize(("first_seen", "event_start", "recycled"), [
    # A day without a zone lasts from UTC+14's midnight to UTC-12's; two of them need a day between.
    ("2024-08-13", "2024-08-16", True),
    ("2024-08-14", "2024-08-16", None),
    ("2024-08-15", "2024-08-16", None),
    ("2024-08-16", "2024-08-16", None),
    ("2024-08-17", "2024-08-16", None),
    ("2024-08-15T23:59:59+03:00", "2024-08-16T00:00:00+03:00", True),
    ("2024-08-16T00:00:00+03:00", "2024-08-16T00:00:00+03:00", None),
    ("2024-08-15T21:59:00Z", "2024-08-16T00:00:00+02:00", True),
    ("2024-08-15T22:00:00Z", "2024-08-16T00:00:00+02:00", None),
    ("2024-07", "2024-08-16", True),
    ("2024-08", "2024-08-16", None),
    ("2023", "2024-08-16", True),
    ("2024", "2024-08-16", None),
])  # fmt: skip
def test_copy_is_recycled_when_its_latest_date_precedes_the_earliest_event(
    archive, enroll, first_seen, event_start, recycled
):
    enroll(ORIGINAL, "b", first_seen=first_seen)

    (match,) = search_archive(
        [make_probe(save_again(ORIGINAL), digest="a")], archive, since(event_start)
    ).matches

    assert match.relation == "reencoded"
    assert match.recycled is recycled
    assert ("before the event" in match.because) is (recycled is True)


@pytest.mark.parametrize(("first_seen", "event", "words"), [
    (None, since("2024-08-16"), "no date"),
    ("2014", EventWindow(), "no event date"),
    ("2025", since("2024-08-16"), "older ones may exist"),
])  # fmt: skip
def test_without_a_date_on_either_side_a_copy_is_not_recycled(
    archive, enroll, first_seen, event, words
):
    enroll(ORIGINAL, "b", first_seen=first_seen)

    (match,) = search_archive([make_probe(ORIGINAL, digest="a")], archive, event).matches

    assert match.recycled is None
    assert words in match.because


def test_identical_file_is_identical_and_recycled_even_without_views(archive, enroll):
    enroll(ORIGINAL, "a", first_seen="2014", with_views=False)

    (match,) = search_archive([make_probe(ORIGINAL, digest="a")], archive, since("2024")).matches

    assert (match.relation, match.recycled, match.distance_bits) == ("identical", True, None)
    assert match.transform.matrix == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert match.expected_false_matches == 0


def test_hash_alone_is_a_lead_and_never_recycled(archive, enroll):
    enroll(ORIGINAL, "b", first_seen="2014", with_views=False)

    (match,) = search_archive([make_probe(ORIGINAL, digest="a")], archive, since("2024")).matches

    assert (match.relation, match.recycled) == ("lead", None)
    assert "A person must look" in match.because


@pytest.mark.parametrize("orientation", range(8))
def test_turned_copy_is_drawn_the_right_way_round(archive, enroll, orientation):
    enroll(ORIGINAL, "b", first_seen="2014")
    # What turns the query into the reference is this row, so the query is the other way round.
    mirrored, clockwise_deg = ORIENTATIONS[orientation]
    undone = (mirrored, clockwise_deg if mirrored else -clockwise_deg % 360)
    probe = make_probe(orient(ORIGINAL, undone), digest="a")
    stored = {}

    def store(artefact):
        picture = cv2.imdecode(np.frombuffer(artefact.data, np.uint8), cv2.IMREAD_COLOR)
        return stored.setdefault(f"{len(stored)}.png", picture) is None or f"{len(stored) - 1}.png"

    (match,) = search_archive([probe], archive, since("2024")).matches
    drawn = draw_match(match, probe, archive, store=store)

    reference, aligned, difference = (
        stored[drawn.artefacts[name]].astype(int) for name in ("reference", "aligned", "difference")
    )
    assert match.relation == ("edited_copy" if orientation else "reencoded")
    assert aligned.shape == reference.shape
    assert np.abs(aligned - reference).mean() < 6
    assert difference.mean() < 24


def test_damaged_views_of_an_archive_leave_a_lead_and_no_pictures(archive, enroll, monkeypatch):
    enroll(ORIGINAL, "b", first_seen="2014")
    kept = archive.views("b" * 64)
    monkeypatch.setattr(type(archive), "views", lambda *_: (kept[0], kept[1][:100]))
    probe = make_probe(ORIGINAL, digest="a")

    (match,) = search_archive([probe], archive, since("2024")).matches
    drawn = draw_match(match, probe, archive, store=lambda _: pytest.fail("nothing to keep"))

    assert match.relation == "lead"
    assert drawn.artefacts == {}


def test_recycled_come_first_then_the_stronger_relations(archive, enroll):
    pictures = [make_picture(seed) for seed in range(4)]
    enroll(pictures[0], "b", first_seen="2014", with_views=False)
    enroll(pictures[1], "c", first_seen="2030")
    enroll(pictures[2], "d", first_seen="2014")
    enroll(pictures[3], "e", first_seen="2030")
    probes = [
        make_probe(pictures[0], digest="1"),
        make_probe(pictures[1], digest="2"),
        make_probe(orient(pictures[2], (True, 0)), digest="3"),
        make_probe(pictures[3], digest="e"),
    ]

    told = [m.relation for m in search_archive(probes, archive, since("2024-08-16")).matches]

    assert told == ["edited_copy", "identical", "reencoded", "lead"]


def test_plain_picture_has_insufficient_detail_and_another_no_match(archive, enroll):
    enroll(ORIGINAL, "b")
    plain = make_probe(np.full((240, 320, 3), 90, np.uint8), digest="1")
    other = make_probe(make_picture(2), digest="2")

    report = search_archive([plain, other], archive, EventWindow())

    assert report.matches == ()
    assert [each.reason for each in report.unmatched] == ["insufficient detail", "no match"]


def test_query_with_only_a_lead_is_not_unmatched(archive, enroll):
    enroll(ORIGINAL, "b", with_views=False)

    report = search_archive([make_probe(ORIGINAL, digest="a")], archive, EventWindow())

    assert [match.relation for match in report.matches] == ["lead"]
    assert report.unmatched == ()


@pytest.mark.parametrize(("quality", "found"), [(49, 0), (50, 1)])
def test_known_hash_of_a_plain_picture_is_not_searched(archive, enroll, quality, found):
    (hashed,) = hash_frames([Frame(None, ORIGINAL)]).frames
    recipe = hash_frames([Frame(None, ORIGINAL)]).preprocessing
    hashes = ImageHashes(
        recipe, (FrameHash(None, hashed.pdq, quality, hashed.phash, hashed.dhash),)
    )
    enroll(ORIGINAL, "b", hashes=hashes)

    report = search_archive([make_probe(ORIGINAL, digest="a")], archive, EventWindow())

    assert len(report.matches) == found


def test_known_animation_of_one_picture_is_compared_like_a_still(archive, enroll):
    enroll(ORIGINAL, "b", kind="animation")

    (match,) = search_archive(
        [make_probe(save_again(ORIGINAL), digest="a")], archive, EventWindow()
    ).matches

    assert match.relation == "reencoded"


def test_identifiers_are_stable_and_unlike_each_other(archive, enroll):
    enroll(ORIGINAL, "b")
    enroll(save_again(ORIGINAL), "c")
    probe = make_probe(ORIGINAL, digest="a")

    ids = [match.id for match in search_archive([probe], archive, EventWindow()).matches]
    later = [match.id for match in search_archive([probe], archive, since("2024")).matches]

    assert len(set(ids)) == 2
    assert sorted(ids) == sorted(later)
    assert sorted(ids) == sorted(match_id("a" * 64, other * 64) for other in "bc")


def test_two_files_of_the_same_bytes_have_matches_of_their_own(archive, enroll):
    enroll(ORIGINAL, "b")
    twins = [make_probe(ORIGINAL, digest="a", path=name) for name in ("one.jpg", "two.jpg")]

    matches = search_archive(twins, archive, EventWindow()).matches

    assert [match.query.path for match in matches] == ["one.jpg", "two.jpg"]
    assert len({match.id for match in matches}) == 2


def test_entries_left_out_are_counted_in_a_problem(archive, enroll, monkeypatch):
    monkeypatch.setattr(search, "MAX_MATCHES", 2)
    for digest in "bcdef":
        enroll(ORIGINAL, digest)

    report = search_archive([make_probe(ORIGINAL, digest="a")], archive, EventWindow())

    assert len(report.matches) == 2
    (problem,) = report.problems
    assert problem.path == "a.jpg"
    assert problem.error.startswith("3 more entries")


@pytest.mark.parametrize("rates", [(), (0.001,), (0.001, 0.02)])
def test_expected_false_matches_grow_with_the_archive(archive, enroll, monkeypatch, rates):
    # The bound of the corpus that has the most false alarms, for every stored picture.
    enroll(ORIGINAL, "b")
    enroll(make_picture(2), "c")
    count_false_alarms(monkeypatch, "max_distance_bits", {str(high): high for high in rates})

    (match,) = search_archive([make_probe(ORIGINAL, digest="a")], archive, EventWindow()).matches

    assert match.expected_false_matches == (pytest.approx(2 * max(rates)) if rates else None)


@pytest.mark.parametrize("is_copy", [True, False])
def test_pictures_that_share_features_are_bounded_by_pairs_that_do_not(
    archive, monkeypatch, tmp_path, is_copy
):
    threshold = "min_copy_score" if is_copy else "min_lead_correlation"
    count_false_alarms(monkeypatch, threshold, {"unrelated": 0.001, "fixed camera": 0.5})
    for name, pixels in (("known", draw_boxes(1)), ("other", draw_boxes(2))):
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
        take_in(archive, tmp_path / f"{name}.png", sighting=Sighting())
    asked = draw_boxes(1)[30:210, 40:280]
    if not is_copy:
        soft = cv2.GaussianBlur(draw_boxes(3), (0, 0), 4)[30:210, 40:280]
        weight = np.zeros((180, 240, 1), np.float32)
        weight[60:140, 60:180] = 1
        weight = cv2.GaussianBlur(weight, (0, 0), 6)[..., None]
        noise = np.random.default_rng(4).normal(0, 5, asked.shape)
        asked = np.clip(asked * (1 - weight) + soft * weight + noise, 0, 255).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "asked.png"), asked)

    (match,) = search_archive([probe_file(tmp_path / "asked.png")], archive, EventWindow()).matches

    assert match.features
    assert (match.relation in COPIES) == is_copy
    assert match.expected_false_matches == pytest.approx(2 * 0.001)


def test_earliest_dated_copy_is_told_and_no_other(archive, enroll):
    enroll(ORIGINAL, "b", first_seen="2019")
    enroll(save_again(ORIGINAL), "c", first_seen="2014")
    enroll(save_again(save_again(ORIGINAL)), "d")

    report = search_archive([make_probe(ORIGINAL, digest="a")], archive, EventWindow())

    told = {match.reference.id[0]: EARLIEST in match.because for match in report.matches}
    assert told == {"b": False, "c": True, "d": False}


def test_answer_says_what_the_archive_covers(archive, enroll):
    enroll(ORIGINAL, "b", first_seen="2019")
    enroll(make_picture(2), "c", first_seen="2014")

    covered = search_archive([], archive, EventWindow()).archive

    assert covered is not None
    assert (covered.entries, covered.earliest, covered.latest) == (2, "2014", "2019")


def draw_boxes(seed):
    """Draw boxes of many sizes: a picture with corners that differ."""
    rng = np.random.default_rng(seed)
    pixels = np.full((240, 320, 3), 120, np.uint8)
    for _ in range(150):
        x, y = int(rng.integers(0, 310)), int(rng.integers(0, 230))
        width, height = (int(side) for side in rng.integers(6, 60, 2))
        colour = tuple(int(level) for level in rng.integers(0, 256, 3))
        cv2.rectangle(pixels, (x, y), (x + width, y + height), colour, -1)
    return cv2.GaussianBlur(pixels, (0, 0), 0.7)


def count_false_alarms(monkeypatch, threshold, highs):
    """Let a threshold have been counted with these upper bounds, whatever it ships with."""
    as_shipped = by_chance.load

    def load(step):
        known = as_shipped(step)
        if threshold not in known.thresholds:
            return known
        alarms = {
            name: Rate(errors=0, trials=9, low=0.0, high=high, corpus="x")
            for name, high in highs.items()
        }
        counted = replace(known.thresholds[threshold], false_alarms=alarms)
        return replace(known, thresholds={**known.thresholds, threshold: counted})

    monkeypatch.setattr(by_chance, "load", load)
