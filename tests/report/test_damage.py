"""What the page says of decks: findings, what is open, pictures, and no more than was measured."""

import msgspec
import pytest

from forensics.model.casefile import CaseFile, DrawnDeck
from forensics.model.damage import (
    Damage,
    DamageFinding,
    DamageReport,
    Dated,
    Deck,
    DeckTimeline,
    Gap,
    NotCompared,
    Registration,
    TimelineStep,
    View,
)
from forensics.model.outcome import ArtefactBytes
from forensics.report.deck_page import Sheet, render_deck_page
from forensics.report.pair import render_pair

CORNERS = ((0.0, 0.0), (90.0, 0.0), (90.0, 9.0), (0.0, 9.0))
MATRIX = ((1.0, 0.0, 2.0), (0.0, 1.0, 3.0), (0.0, 0.0, 1.0))
SPAN = ("2024-08-15T10:00:00Z", "2024-08-17T12:00:00Z")
DATED = Dated("2024-08-16", *SPAN, "metadata", "taken <b>")
CLASSES = {"scorched": "scorch", "holed": "hole", "collapsed": "missing_deck"}


def damage_of(state):
    findings = ()
    if state in CLASSES:
        findings = (DamageFinding(CLASSES[state], CORNERS, 0.25, 0.83, "texture 0.12"),)
    gap = Gap(0.36, None, ((0.4, 0.76),)) if state == "collapsed" else Gap(0.0, None, ())
    score = None if state == "undetermined" else 0.83
    return Damage(state, "so it was measured", score, findings, gap, None)


@pytest.fixture
def compared(make_item, store):
    """Give a comparison of two items in some state."""

    def make(state, *, name="after.jpg", is_refused=False):
        laid = Registration("registered", None, 97, 0.9, 0.4, MATRIX)
        if is_refused:
            laid = Registration("refused", "no patches agree", 3, 0.02, None, None)
        drawn = ("before", "after", "overlay", "strip_before", "strip_after", "error_view")
        drawn = drawn[: 2 if is_refused else 6]
        return DamageReport(
            f"damage-{name}",
            View("deck.jpg", make_item("deck.jpg").sha256, None, DATED),
            View(name, make_item(name).sha256, None, DATED),
            "known",
            laid,
            Deck("drawn", CORNERS, 90.0, 9.0, 0.97),
            damage_of(state),
            {each: store.keep(f"{name}{each}".encode()) for each in drawn},
            "By their dates: both say so.",
        )  # fmt: skip

    return make


@pytest.fixture
def case_with(make_case, make_item):
    def make(*told, **changes):
        names = {"deck.jpg", *(each.after.path for each in told)}
        deck = DrawnDeck("deck.jpg", CORNERS, text="Outlined by A. Example.")
        items = tuple(make_item(name) for name in sorted(names))
        return make_case(case=CaseFile(deck=(deck,)), items=items, damage=told, **changes)

    return make


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("collapsed", "the deck is missing over 36 % of its length, in 1 gap"),
        ("holed", "1 place that looks like a hole, on 25 % of the deck"),
        ("scorched", "a dark patch may also be a shadow"),
        ("none", "no change found on 97 % of the deck surface; underside and piers not examined"),
    ],
)
def test_findings_are_sentences_with_a_score_that_is_no_probability(
    compared, case_with, render, state, words
):
    page = render(case_with(compared(state))).page

    assert words in page.text
    assert "Score 0.83, calibrated on rendered scenes: not a probability." in page.text
    assert "finding-damage-after.jpg" in page.ids
    assert f"damage on {int(state != 'none')}" in page.text


def test_gap_is_told_in_metres_with_an_error_where_the_length_is_known(compared, case_with, render):
    told = compared("collapsed")
    gap = Gap(0.36, 57.6, ((0.4, 0.76),), 22.5)
    told = msgspec.structs.replace(told, damage=msgspec.structs.replace(told.damage, gap=gap))

    page = render(case_with(told)).page

    assert "over 36 % of its length, 58 m, give or take 22 m (90 %), in 1 gap" in page.text


def test_frame_of_a_clip_is_told_with_its_moment(compared, case_with, render):
    told = compared("collapsed", name="clip.mp4")
    after = msgspec.structs.replace(told.after, moment_s=5.375)

    page = render(case_with(msgspec.structs.replace(told, after=after))).page

    assert "clip.mp4 at 5.4 s" in page.text


def test_what_is_not_settled_is_no_finding_and_stands_with_what_cannot_be_said(
    compared, case_with, render
):
    told = compared("undetermined"), compared("undetermined", name="far.jpg", is_refused=True)

    page = render(case_with(*told)).page

    assert "2 comparisons do not settle what happened" in page.text
    assert not [each for each in page.ids if each.startswith("finding-damage")]
    assert "damage on 0" in page.text
    assert {"damage-after.jpg", "damage-far.jpg"} <= set(page.ids)


def test_classes_are_told_by_words_and_hatching_beside_colour(compared, case_with, render):
    page = render(case_with(compared("collapsed"))).page

    swatches = [each["class"] for each in page.all("span") if "swatch" in each.get("class", "")]
    assert swatches == ["swatch w-missing_deck", "swatch w-not_examined"]
    assert "missing deck" in page.text


def test_pictures_have_words_that_state_the_finding(compared, case_with, render):
    page = render(case_with(compared("collapsed"))).page

    shown = [each["alt"] for each in page.all("img") if "after.jpg against deck.jpg" in each["alt"]]
    assert len(shown) == 7  # six of the comparison, and one beside the finding
    assert all("deck missing" in each for each in shown)


def test_slider_is_of_the_two_pictures_and_there_only_where_they_lie_on_each_other(
    compared, case_with, render
):
    laid = render(case_with(compared("none"))).page
    refused = render(case_with(compared("undetermined", is_refused=True))).page

    (slider,) = [each for each in laid.all("details") if each.get("class") == "slider"]
    assert (slider["data-below"], slider["data-above"]) == ("0", "1")
    assert not [each for each in refused.all("details") if each.get("class") == "slider"]


def test_time_line_says_order_states_and_what_cannot_be(compared, case_with, render):
    told = compared("collapsed"), compared("none", name="later.jpg")
    steps = (
        TimelineStep("deck.jpg", "0" * 64, "none", DATED, None, ""),
        *(
            TimelineStep(each.after.path, each.after.sha256, each.damage.state, DATED, each.id, "")
            for each in told
        ),
    )
    line = DeckTimeline("deck-1", "deck.jpg", steps, ("collapsed before whole: a repair",), ())

    page = render(case_with(*told, deck_timelines=(line,))).page

    assert page.text.count("collapsed before whole: a repair") >= 2  # as a finding, and there
    assert "deck-1" in page.ids
    assert "deck.jpg : Outlined by A. Example." in page.text
    assert page.text.index("compared with this one") < page.text.index("deck missing")


def test_what_was_not_compared_is_named_with_its_reason(compared, case_with, render):
    left = NotCompared("deck.jpg", "<i>clip.mp4", "0" * 64, "not a whole picture")

    page = render(case_with(compared("none"), not_compared=(left,))).page

    assert "1 item was compared with no deck" in page.text
    assert page.text.count("<i>clip.mp4") == 2


def test_without_a_deck_the_page_says_that_nothing_was_compared(make_case, render):
    page = render(make_case()).page

    assert "no deck is drawn in the case file" in page.text
    assert "damage" not in page.ids


def test_words_of_strangers_stay_words(compared, case_with, render):
    hostile = msgspec.structs.replace(
        compared("collapsed", name="<script>.jpg"), order_because="</p><script>x"
    )

    made = render(case_with(hostile)).html

    assert b"<script>.jpg" not in made
    assert b"</p><script>x" not in made


def test_one_pair_has_a_page_that_names_no_folder(compared):
    told = compared("collapsed")
    told = msgspec.structs.replace(
        told, after=View("/home/somebody/after.jpg", "0" * 64, None), artefacts={"before": "x"}
    )

    page = render_pair(told, {"before": ArtefactBytes(b"\xff\xd8", ".jpg")}, version="1").decode()

    assert "36 % of its length" in page
    assert "somebody" not in page
    assert "data:image/jpeg" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_page_to_draw_on_holds_both_photos_and_asks_nobody():
    sheet = Sheet("/home/somebody/<b>.jpg", ArtefactBytes(b"\xff\xd8", ".jpg"), 4000, 3000)

    page = render_deck_page(sheet, sheet).decode()

    assert page.count("data:image/jpeg") == 2
    assert page.count('data-width="4000" data-height="3000"') == 2
    assert "somebody" not in page
    assert "<b>.jpg" not in page
    assert "default-src" in page
