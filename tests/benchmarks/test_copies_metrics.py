"""Scores made by hand get the recall, precision and account that they should."""

import math

import pytest
from accuracy.copies.account import account, edited_hits, iou
from accuracy.copies.answers import Answer, Asked
from accuracy.copies.edits import Truth
from accuracy.copies.metrics import Judged, decided, false_copies, leads, micro_ap, rate, recall
from accuracy.copies.shot import Mark, rectangle
from accuracy.copies.sources import Source
from accuracy.copies.table import Run, views_counts
from accuracy.copies.views import Change, Pair

SERIES = {"a": "cd 1", "a2": "cd 1", "b": "cd 2", "c": "cd 3"}
UNIT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
FRAME = rectangle(0, 0, 100, 80)


def truth(**fields):
    plain = {"relation": "edited_copy", "acceptable": frozenset({"edited_copy"}),
             "mirrored": False, "rotation_deg": 0.0, "matrix": UNIT, "query_region": FRAME,
             "reference_region": FRAME, "marks": ()}  # fmt: skip
    return Truth(**{**plain, **fields})


def asked(original, *answers, is_copy=True, series=None, edit="text"):
    told = tuple(Answer(*each) if isinstance(each, tuple) else each for each in answers)
    series = series or SERIES.get(original, original)
    return Asked(f"{original}-{edit}", edit, original, series, is_copy, told, 1.0,
                 truth() if is_copy else None)  # fmt: skip


def test_recall_counts_what_scores_above_every_wrong_pair():
    judged = Judged(
        [
            asked("a", ("a", 0.9), ("b", 0.7)),
            asked("b", ("b", 0.7)),  # as high as a wrong pair is not above it
            asked("out", ("c", 0.5), is_copy=False),
        ],
        SERIES,
    )

    assert judged.threshold() == 0.7
    assert recall(judged).share == 0.5


def test_pair_of_one_series_is_neither_right_nor_wrong():
    judged = Judged([asked("a", ("a2", 0.9), ("a", 0.5))], SERIES)

    assert recall(judged).share == 1.0
    assert micro_ap(judged).value == 1.0


def test_archive_pictures_can_be_left_out_afterwards():
    judged = Judged([asked("a", ("b", 0.9), ("a", 0.5)), asked("b", ("b", 0.8))], SERIES)

    left = judged.without(frozenset({"b"}))

    assert recall(judged).share == 0.0
    assert recall(left).share == 1.0
    assert len(left.copies) == 1


def test_micro_ap_is_that_of_one_ranking_over_all_pairs():
    judged = Judged(
        [asked("a", ("a", 0.9)), asked("b", ("c", 0.8), ("b", 0.7)), asked("c")], SERIES
    )

    assert micro_ap(judged).value == pytest.approx((1 / 1 + 2 / 3) / 3)


def test_ties_are_taken_together():
    judged = Judged([asked("a", ("b", 0.9), ("a", 0.9))], SERIES)

    assert micro_ap(judged).value == 0.5


def test_edits_of_one_original_count_as_one_draw():
    hits = [True] * 20 + [False] * 20
    apart = rate(hits, [str(number) for number in range(40)])
    together = rate(hits, [str(number // 10) for number in range(40)])

    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_no_miss_at_all_leaves_an_interval():
    assert rate([True] * 50, [str(n // 5) for n in range(50)]).low == pytest.approx(0.69, abs=0.01)


def test_what_a_method_decides_is_counted_apart():
    judged = Judged(
        [asked("a", ("a", 2.5, "edited_copy")), asked("b", ("b", 1.5, "lead")),
         asked("out", ("c", 2.0, "reencoded"), is_copy=False)],
        SERIES,
    )  # fmt: skip

    assert decided(judged).share == 0.5
    assert leads(judged).share == 0.5
    assert false_copies(judged) == [("out-text", "c", "reencoded")]


def test_account_asks_for_mirror_rotation_and_region_together():
    right = Answer("a", 2.0, "edited_copy", False, 1.0, UNIT, FRAME, FRAME)
    turned = Answer("b", 2.0, "edited_copy", False, 90.0, UNIT, FRAME, FRAME)
    silent = Answer("c", 2.0, "edited_copy")

    said = account(Judged([asked("a", right), asked("b", turned), asked("c", silent)], SERIES))

    assert said.rotation.share == pytest.approx(1 / 3)
    assert said.mirrored.share == pytest.approx(2 / 3)
    assert said.all_three.share == pytest.approx(1 / 3)


def test_overlap_of_half_shifted_squares_is_a_third():
    assert iou(rectangle(0, 0, 100, 100), rectangle(50, 0, 100, 100)) == pytest.approx(
        1 / 3, abs=0.02
    )


def test_edited_regions_are_matched_and_those_outside_the_copy_excused():
    marks = (
        Mark("text", rectangle(10, 10, 30, 10)),
        Mark("emoji", rectangle(60, 50, 20, 20)),
        Mark("glare", rectangle(0, 60, 20, 20), optional=True),
        Mark("blur", None),
    )
    found = rectangle(12, 10, 30, 10)
    wrong = rectangle(40, 30, 10, 10)
    on_glare = rectangle(2, 62, 10, 10)
    buttons = rectangle(0, 90, 100, 30)

    hits = edited_hits((found, wrong, on_glare, buttons), truth(marks=marks))

    assert hits == (1, 1, 1)


def test_no_edited_regions_at_all_have_no_f1():
    said = account(Judged([asked("a", ("a", 2.0, "edited_copy"))], SERIES))

    assert math.isnan(said.edited_f1)


def test_same_view_pair_is_judged_by_what_is_said_of_its_own_reference():
    known = Source("view", "c", "cd 3", "c.jpg")
    pair = Pair("a view", "fixed camera", Source("view", "q", "cd 3", "q.jpg"), known, 12.0)
    told = asked("c", ("b", 2.5, "reencoded"), ("c", 0.5, "same_view_other_moment"),
                 is_copy=False, edit="well")  # fmt: skip
    run = Run("made up", Judged([asked("a", ("a", 2.0, "edited_copy"))], SERIES),
              [(pair, Change(0.2, True), told)])  # fmt: skip

    counts = views_counts(run)["all", "well", True]

    assert counts == {"other moment": 1, "views": 1}
