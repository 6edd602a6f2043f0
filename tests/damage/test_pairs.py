"""What is compared on a deck, and why other things are not."""

from hypothesis import given
from hypothesis import strategies as st

from forensics.damage.pairs import (
    MAX_PAIRS_A_DECK,
    MAX_PAIRS_UNDRAWN,
    MOMENTS_A_CLIP,
    DeckImage,
    look_alikes,
    moments_of,
    propose_pairs,
)
from forensics.model.casefile import DrawnDeck, TiePoints
from forensics.model.findings import VideoFacts
from forensics.model.item import Item
from forensics.model.match import Group, GroupMember

MOMENTS = {"clip": (1.0, 3.0)}
OUTLINE = ((0.0, 0.0), (90.0, 0.0), (90.0, 9.0), (0.0, 9.0))


def item(name, kind="still", status="ok"):
    return Item(name, 1, kind, "jpeg", (f"{name}.jpg",), (), status, None)


def group(*members, leads=()):
    relations = [("first" if place == 0 else each[1]) for place, each in enumerate(members)]
    listed = [GroupMember(each[0], told, "") for each, told in zip(members, relations, strict=True)]
    return Group("g", tuple(listed), tuple(GroupMember(each, "lead", "") for each in leads))


def on_deck(*, pictures=(), tie=()):
    return DeckImage("deck.jpg", "deck", DrawnDeck("deck.jpg", OUTLINE, pictures, "", tie))


def propose(items, *, pictures=(), groups=(), image=None):
    image = image or on_deck(pictures=pictures)
    named = {f"{each.sha256}.jpg": each.sha256 for each in items}
    found = propose_pairs(
        image, [item("deck"), *items], named=named, moments=MOMENTS, groups=groups
    )
    return [each.item.sha256 for each in found.compared], {
        each.path.removesuffix(".jpg"): each.reason for each in found.not_compared
    }


def test_every_whole_still_is_compared_and_moments_of_every_clip():
    compared, left = propose(
        [
            item("b"),
            item("a"),
            item("clip", "video"),
            item("cut", status="degraded"),
            item("endless", "video"),
            item("sound", "audio"),
        ]
    )

    assert compared == ["a", "b", "clip", "clip"]
    assert "whole" in left["cut"]
    assert "how long" in left["endless"]
    assert "sound" not in left


def test_clip_that_can_be_decoded_in_part_is_compared_and_one_that_cannot_is_not():
    compared, _ = propose([item("clip", "video", "degraded")])
    none, left = propose([item("clip", "video", "rejected")])

    assert compared == ["clip", "clip"]
    assert none == []
    assert "no frame" in left["clip"]


def test_of_pictures_that_were_saved_again_one_is_compared():
    same = group(("big", "first"), ("small", "reencoded"), ("cropped", "edited_copy"))

    compared, left = propose([item("big"), item("small"), item("cropped")], groups=[same])

    assert compared == ["big", "cropped"]
    assert "big.jpg" in left["small"]


def test_a_copy_of_the_drawn_picture_is_not_compared_with_it():
    same = group(("big", "first"), ("deck", "reencoded"), ("small", "reencoded"))

    compared, left = propose([item("big"), item("small")], groups=[same])

    assert compared == []
    assert set(left) == {"big", "small"}


def test_a_person_may_name_the_pictures_and_look_alikes_are_added():
    alike = group(("deck", "first"), leads=("c",))

    compared, left = propose(
        [item("a"), item("b"), item("c")], pictures=("a.jpg", "gone.jpg"), groups=[alike]
    )

    assert compared == ["a", "c"]
    assert "none of them" in left["b"]
    assert "no item" in left["gone"]


def test_a_picture_with_tie_points_is_compared_and_asked_with_them():
    points = ((1.0, 2.0, 3.0, 4.0),) * 4
    image = on_deck(pictures=("a.jpg",), tie=(TiePoints("b.jpg", points),))

    compared, _ = propose([item("a"), item("b"), item("c")], image=image)

    assert compared == ["a", "b"]
    assert image.question({"b.jpg"}, None).ties == points
    assert image.question({"a.jpg"}, None).ties == ()


def test_moment_of_a_clip_with_tie_points_is_compared_too_and_no_other_has_them():
    points = ((1.0, 2.0, 3.0, 4.0),) * 4
    image = on_deck(tie=(TiePoints("clip.jpg", points, 2.0),))
    named = {"clip.jpg": "clip"}

    found = propose_pairs(image, [item("clip", "video")], named=named, moments=MOMENTS)

    asked = [image.question({"clip.jpg"}, each.moment_s) for each in found.compared]
    assert [each.after_s for each in asked] == [1.0, 2.0, 3.0]
    assert [each.ties for each in asked] == [(), points, ()]


def test_edited_copy_of_the_deck_s_picture_is_not_told_as_damage_unless_a_person_names_it():
    same = group(("deck", "first"), ("drawn_on", "edited_copy"))

    compared, left = propose([item("drawn_on")], groups=[same])
    named, _ = propose([item("drawn_on")], groups=[same], pictures=("drawn_on.jpg",))

    assert compared == []
    assert "not to the bridge" in left["drawn_on"]
    assert named == ["drawn_on"]


def test_clip_with_the_deck_s_picture_in_it_shows_other_moments_and_is_compared():
    same = group(("deck", "first"), ("clip", "contains"))

    compared, _ = propose([item("clip", "video")], groups=[same])

    assert compared == ["clip", "clip"]


def test_deck_drawn_on_a_frame_is_compared_with_other_moments_of_that_clip():
    deck = DrawnDeck("clip.mp4", OUTLINE, at_s=1.0)
    image = DeckImage("clip.mp4", "clip", deck, 1.0)

    found = propose_pairs(image, [item("clip", "video")], named={}, moments=MOMENTS)

    assert [each.moment_s for each in found.compared] == [3.0]
    assert image.question((), 3.0).before_s == 1.0


def test_a_deck_that_is_looked_for_is_compared_with_look_alikes_only_and_the_rest_is_not_told():
    image = DeckImage("deck.jpg", "deck")
    alike = group(("deck", "first"), leads=("b",))

    compared, left = propose([item("a"), item("b")], image=image, groups=[alike])

    assert compared == ["b"]
    assert left == {}
    assert image.question((), None).polygon is None


def test_of_many_look_alikes_some_are_compared_where_no_person_drew_a_deck():
    many = [item(f"{n:04}") for n in range(MAX_PAIRS_UNDRAWN + 2)]
    alike = group(("deck", "first"), leads=[each.sha256 for each in many])

    compared, left = propose(many, image=DeckImage("deck.jpg", "deck"), groups=[alike])

    assert len(compared) == MAX_PAIRS_UNDRAWN
    assert all("outline the deck" in each for each in left.values())


def test_look_alikes_need_two_whole_pictures():
    alone = group(("a", "first"), leads=("cut",))
    both = group(("a", "first"), leads=("b",))
    copies = group(("a", "first"), ("b", "reencoded"))
    items = [item("a"), item("b"), item("cut", status="degraded")]

    found = list(look_alikes(items, [alone, both, copies]))

    assert [[each.sha256 for each in whole] for whole, _ in found] == [["a", "b"]]


def video(duration_s, cuts_s=()):
    return VideoFacts(
        "mp4", "h264", None, 64, 36, 0, None, duration_s, None, 9, 1, 9, 0.0, None, None, cuts_s
    )


def test_moments_of_one_shot_are_spread_over_it():
    assert moments_of(video(10.0)) == (1.0, 3.0, 5.0, 7.0, 9.0)


def test_moments_of_a_cut_clip_lie_in_its_shots_and_never_at_their_borders():
    assert moments_of(video(10.0, (0.5, 2.0, 9.0))) == (1.25, 2.875, 4.625, 6.375, 8.125)


@given(st.floats(0.01, 1e5), st.lists(st.floats(-10, 2e5), max_size=200))
def test_moments_are_few_ascending_and_within_the_clip(duration_s, cuts_s):
    moments = moments_of(video(duration_s, tuple(cuts_s)))

    assert 1 <= len(moments) <= MOMENTS_A_CLIP
    assert list(moments) == sorted(moments)
    assert all(0 <= each <= duration_s for each in moments)


def test_of_a_clip_of_unknown_length_no_moment_is_chosen():
    assert moments_of(video(None)) == ()
    assert moments_of(None) == ()


def test_a_copy_of_a_named_picture_is_told_as_one():
    same = group(("big", "first"), ("named", "reencoded"))

    compared, left = propose([item("big"), item("named")], pictures=("named.jpg",), groups=[same])

    assert compared == ["named"]
    assert "named.jpg" in left["big"]


def test_more_stills_than_can_be_compared_are_counted_and_told():
    compared, left = propose([item(f"{n:04}") for n in range(MAX_PAIRS_A_DECK + 2)])

    assert len(compared) == MAX_PAIRS_A_DECK
    assert len(left) == 2


NAMES = st.sampled_from([f"i{n}" for n in range(8)])
ITEMS = st.lists(
    st.builds(
        item, NAMES, st.sampled_from(["still", "video"]), st.sampled_from(["ok", "degraded"])
    ),
    unique_by=lambda each: each.sha256,
)
RELATION = st.sampled_from(["reencoded", "identical", "edited_copy"])
GROUPS = st.lists(
    st.lists(st.tuples(NAMES | st.just("deck"), RELATION), min_size=2, max_size=4).map(
        lambda members: group(*members)
    ),
    max_size=2,
)


@given(ITEMS, GROUPS, st.lists(NAMES.map("{}.jpg".format), max_size=3))
def test_every_item_is_compared_or_told_of_once(items, groups, pictures):
    compared, left = propose(items, groups=groups, pictures=tuple(pictures))

    told = [name for name in left if name in {each.sha256 for each in items}]
    assert sorted([*compared, *told]) == sorted(each.sha256 for each in items)
