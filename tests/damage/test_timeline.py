"""States of a deck in the order of time, and what cannot be in that order."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.damage.timeline import SEVERITY, is_before, tell_order, tell_timeline
from forensics.model.damage import (
    Damage,
    DamageReport,
    Dated,
    Deck,
    Gap,
    Registration,
    TimelineStep,
    View,
)

START = datetime(2024, 1, 1, tzinfo=UTC)


def on(day, *, is_bound=False):
    """A picture of one day, or one that was there by then."""
    earliest, latest = (
        f"{START + timedelta(days=day + each):%Y-%m-%dT%H:%M:%SZ}" for each in (0, 1)
    )
    return Dated(latest, None if is_bound else earliest, latest, "metadata", f"taken on day {day}")


def seen(number, state, dated):
    damage = Damage(state, "because", 0.9, (), Gap(0.0, None, ()), None)
    laid = Registration("registered", None, 90, 0.9, 0.5, None)
    deck = Deck("drawn", None, None, None, 1.0)
    after = View(f"{number}.jpg", f"{number:064x}", None, dated)
    before = View("deck.jpg", "f" * 64, None)
    return DamageReport(f"damage-{number}", before, after, "known", laid, deck, damage, {})


def told(*states, image=True):
    """Give the time line of pictures of day 1, 2, 3, ..., the deck drawn on one of day 0."""
    first = TimelineStep("deck.jpg", "f" * 64, "none", on(0), None, "drawn") if image else None
    compared = [seen(day, state, on(day)) for day, state in enumerate(states, 1)]
    return tell_timeline(first, compared, key="deck-1", name="deck.jpg")


def test_a_bridge_that_is_hit_twice_is_told_in_order():
    line = told("none", "scorched", "holed", "collapsed")

    assert [step.state for step in line.steps] == [
        "none", "none", "scorched", "holed", "collapsed",
    ]  # fmt: skip
    assert line.remarks == ()


def test_collapsed_before_whole_needs_a_reason_and_it_is_said():
    (remark,) = told("collapsed", "none").remarks

    assert "1.jpg shows the deck collapsed" in remark
    assert "repair" in remark
    assert "temporary span" in remark
    assert "dates" in remark


def test_marks_that_go_need_less():
    (remark,) = told("scorched", "none").remarks

    assert "temporary span" not in remark
    assert "other light" in remark


def test_a_picture_that_is_older_than_the_drawn_deck_and_broken_is_remarked_on():
    first = TimelineStep("deck.jpg", "f" * 64, "none", on(9), None, "drawn")

    line = tell_timeline(first, [seen(1, "collapsed", on(1))], key="k", name="deck.jpg")

    assert len(line.remarks) == 1


def test_a_bound_is_no_date_and_contradicts_nothing():
    late_upload = seen(2, "none", on(2, is_bound=True))

    line = tell_timeline(None, [seen(1, "collapsed", on(1)), late_upload], key="k", name="d")

    assert line.remarks == ()


def test_a_picture_of_perhaps_another_bridge_is_left_out():
    told_of = seen(1, "undetermined", on(1))
    refused = msgspec.structs.replace(
        told_of, registration=Registration("refused", "no", 0, 0.0, None, None)
    )

    assert tell_timeline(None, [refused], key="k", name="d").steps == ()


STATES = st.sampled_from([*SEVERITY, "undetermined"])
DATES = st.none() | st.builds(on, st.integers(0, 30), is_bound=st.booleans())
SEEN = st.lists(st.tuples(STATES, DATES), max_size=7).map(
    lambda rows: [seen(number, *row) for number, row in enumerate(rows)]
)


@given(SEEN, st.randoms(use_true_random=False))
def test_order_of_asking_changes_nothing(compared, random):
    shuffled = random.sample(compared, len(compared))

    one, other = (tell_timeline(None, each, key="k", name="d") for each in (compared, shuffled))

    assert one == other


@given(SEEN)
def test_every_picture_is_in_the_line_or_undated(compared):
    line = tell_timeline(None, compared, key="k", name="d")

    assert sorted([*line.undated, *(step.damage for step in line.steps)]) == sorted(
        each.id for each in compared
    )
    latest = [step.dated.latest for step in line.steps]
    assert latest == sorted(latest)


@given(SEEN)
def test_what_is_not_settled_contradicts_nothing(compared):
    settled = [each for each in compared if each.damage.state != "undetermined"]

    one, other = (tell_timeline(None, each, key="k", name="d") for each in (compared, settled))

    assert one.remarks == other.remarks


@given(st.lists(STATES.filter(lambda state: state != "undetermined"), max_size=6))
def test_remarks_stand_exactly_where_a_deck_mends(states):
    worst = [SEVERITY[state] for state in states]
    mends = sum(a > b for i, a in enumerate(worst) for b in worst[i + 1 :])

    assert len(told(*states, image=False).remarks) == mends


@given(DATES, DATES)
def test_no_two_pictures_are_each_before_the_other(one, other):
    assert not (is_before(one, other) and is_before(other, one))


@pytest.mark.parametrize(
    ("before", "after", "order", "words"),
    [
        (on(1), on(2), "known", "By their dates"),
        (on(1), on(2, is_bound=True), "assumed", "only a bound"),
        (on(2), on(1), "unknown", "the later one"),
        (on(1), on(1), "unknown", "do not settle"),
        (on(2), on(1, is_bound=True), "unknown", "the later one"),
        (on(1, is_bound=True), on(2, is_bound=True), "unknown", "do not settle"),
        (None, on(1), "unknown", "Nothing dates a.jpg"),
        (None, None, "unknown", "Nothing dates a.jpg or b.jpg"),
    ],
)
def test_order_says_what_it_rests_on(before, after, order, words):
    sides = View("a.jpg", None, None, before), View("b.jpg", None, None, after)

    found, because = tell_order(*sides)

    assert found == order
    assert words in because


def frame(moment_s, state):
    each = seen(1, state, on(3))
    return msgspec.structs.replace(
        each,
        id=f"damage-{moment_s}",
        after=msgspec.structs.replace(each.after, path="clip.mp4", moment_s=moment_s),
    )


def test_moments_of_one_clip_stand_in_the_order_it_plays():
    frames = [frame(5.0, "collapsed"), frame(1.0, "none")]

    line = tell_timeline(None, frames, key="deck-1", name="deck.jpg")

    assert [step.moment_s for step in line.steps] == [1.0, 5.0]
    assert line.remarks == ()


def test_clip_that_shows_the_deck_whole_after_it_collapsed_is_remarked_on():
    frames = [frame(1.0, "collapsed"), frame(5.0, "none")]

    (remark,) = tell_timeline(None, frames, key="deck-1", name="deck.jpg").remarks

    assert "1.0 s" in remark
    assert "5.0 s" in remark
    assert "order in which they were taken" in remark


@pytest.mark.parametrize(("moments_s", "order"), [((1.0, 5.0), "assumed"), ((5.0, 1.0), "unknown")])
def test_order_within_one_clip_is_never_known(moments_s, order):
    before, after = (View("clip.mp4", "c" * 64, each, on(3)) for each in moments_s)

    told_order, because = tell_order(before, after)

    assert told_order == order
    assert "may not stand in the order" in because
