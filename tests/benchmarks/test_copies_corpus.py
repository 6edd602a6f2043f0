"""The split holds: nothing that shows the same thing is on both sides, or asked for in vain."""

import cv2
import numpy as np
import pytest
from accuracy.copies.corpus import POSTED_EDITS, Queries, plan
from accuracy.copies.sources import Media
from accuracy.copies.views import changed_share, same_view_pairs


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def media(media_root, work):
    return Media(media_root, work)


@pytest.fixture(scope="module")
def plans(media_root, media):
    return {half: plan(media_root, half, media=media) for half in ("tuning", "test")}


def test_tuning_sees_no_series_that_is_tested(plans):
    tuned = {source.series for source in plans["tuning"].archive}
    tuned |= {query.original.series for query in plans["tuning"].queries}

    tested = {query.original.series for query in plans["test"].queries}

    assert tuned & tested == set()


def test_tuning_pairs_share_no_series_with_test_pairs(media_root):
    halves = [
        {
            s.series
            for p in same_view_pairs(media_root, tuning=tuning)
            for s in (p.query, p.reference)
        }
        for tuning in (True, False)
    ]

    assert halves[0] & halves[1] == set()


@pytest.mark.parametrize("half", ["tuning", "test"])
def test_what_is_kept_out_is_in_no_archive(plans, half):
    archive = {source.series for source in plans[half].archive}

    kept_out = {q.original.series for q in plans[half].queries if not q.is_copy}
    behind = {
        other.series for q in (*plans[half].queries, *plans[half].posts) for other in q.others
    }

    assert archive & (kept_out | behind) == set()


def test_picture_is_in_the_archive_as_itself_or_as_a_post(plans):
    posts = {post.original.series for post in plans["test"].posts}

    as_itself = {source.series for source in plans["test"].archive if not source.edit}

    assert len(posts) > 10
    assert posts & as_itself == set()


def test_test_half_is_as_large_as_the_goals_ask(plans, media_root):
    test = plans["test"]
    pairs = same_view_pairs(media_root, tuning=False)

    assert len(test.archive) >= 1000
    assert len(test.originals) >= 120
    assert len({query.edit for query in test.queries}) >= 23
    assert sum(not query.is_copy for query in test.queries) >= 300
    assert len(pairs) >= 300
    assert len({pair.view for pair in pairs}) >= 20


@pytest.mark.parametrize("edit", sorted(set(POSTED_EDITS)))
def test_map_of_a_picture_into_its_post_is_exact(plans, media, work, edit):
    posts = [post for post in plans["test"].posts if post.original.edit == edit][:1]
    queries = Queries(media, work)
    queries.make_posts(posts)

    file, truth = queries.get(posts[0])

    post = cv2.cvtColor(media.pixels(posts[0].original), cv2.COLOR_RGB2GRAY)
    asked = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    onto = cv2.warpPerspective(asked, np.array(truth.matrix), post.shape[::-1])
    shown = np.zeros_like(post)
    cv2.fillPoly(shown, [np.round(truth.reference_region).astype(int)], 1)
    inside = cv2.erode(shown, np.ones((5, 5)), borderValue=0) > 0
    assert np.median(np.abs(onto.astype(int) - post)[inside]) <= 6


def test_changed_share_is_that_of_the_frame_that_moved():
    still = np.full((400, 400, 3), 90, np.uint8)
    moved = still.copy()
    moved[80:160, 80:280] = 200

    assert changed_share(still, still) == 0
    assert changed_share(moved, still) == pytest.approx(0.1, abs=0.015)
