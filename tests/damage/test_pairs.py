"""Which stills are compared with a drawn deck, and why others are not."""

from hypothesis import given
from hypothesis import strategies as st

from forensics.damage.pairs import MAX_PAIRS_A_DECK, DeckImage, propose_pairs
from forensics.model.casefile import DrawnDeck, TiePoints
from forensics.model.item import Item
from forensics.model.match import Group, GroupMember

OUTLINE = ((0.0, 0.0), (90.0, 0.0), (90.0, 9.0), (0.0, 9.0))


def item(name, kind="still", status="ok"):
    return Item(name, 1, kind, "jpeg", (f"{name}.jpg",), (), status, None)


def group(*members, leads=()):
    relations = [("first" if place == 0 else each[1]) for place, each in enumerate(members)]
    listed = [GroupMember(each[0], told, "") for each, told in zip(members, relations, strict=True)]
    return Group("g", tuple(listed), tuple(GroupMember(each, "lead", "") for each in leads))


def propose(items, *, pictures=(), groups=()):
    image = DeckImage(DrawnDeck("deck.jpg", OUTLINE, pictures), "deck.jpg", "deck")
    named = {f"{each.sha256}.jpg": each.sha256 for each in items}
    found = propose_pairs(image, [item("deck"), *items], named=named, groups=groups)
    return [each.sha256 for each in found.compared], {
        each.path.removesuffix(".jpg"): each.reason for each in found.not_compared
    }


def test_every_whole_still_is_compared_and_nothing_else():
    compared, left = propose(
        [item("b"), item("a"), item("clip", "video"), item("cut", status="degraded")]
    )

    assert compared == ["a", "b"]
    assert "clip" in left["clip"]
    assert "whole" in left["cut"]


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
    deck = DrawnDeck("deck.jpg", OUTLINE, ("a.jpg",), "", (TiePoints("b.jpg", points),))
    image = DeckImage(deck, "deck.jpg", "deck")
    named = {"a.jpg": "a", "b.jpg": "b"}

    found = propose_pairs(image, [item("a"), item("b"), item("c")], named=named)

    assert [each.sha256 for each in found.compared] == ["a", "b"]
    assert image.question({"b.jpg"}).ties == points
    assert image.question({"a.jpg"}).ties == ()


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
