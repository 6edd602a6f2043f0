"""The page as a file: closed to the outside, safe with hostile names, the same every time."""

import base64
import hashlib
import re
import subprocess
import sys
from itertools import pairwise

import msgspec
import pytest

from forensics.model.case import Case, Method
from forensics.model.casefile import CaseFile, ClaimText, Observation
from forensics.model.findings import Field
from forensics.report.write import encode_case

HOSTILE = (
    "<script>alert(1)</script>.jpg",
    "\"><img src=x onerror='alert(1)'>.jpg",
    "</script></style></title><b>.jpg",
    "{{ 7 * 7 }}{% for x in y %}.jpg",
    "photo\u202egpj.exe",
    "a\x1b[31mred\x1b[0m.jpg",
    "zero\u200bwidth\ufeff.jpg",
    "line\nbreak\ttab.jpg",
    "javascript:alert(1)",
    "' onfocus='alert(1)' autofocus='.jpg",
    "x" * 250 + ".jpg",
)
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
FORBIDDEN = re.compile(r"\b(fake[sd]?|authentic\w*|true|genuine\w*)\b", re.IGNORECASE)


def policy(rendered) -> dict[str, str]:
    metas = rendered.page.all("meta")
    content = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    return dict(part.strip().split(" ", 1) for part in content.split(";"))


@pytest.fixture
def hostile_case(store, make_case, make_item, make_outcomes, make_match) -> Case:
    items = tuple(make_item(name) for name in HOSTILE)
    outcomes = []
    for item, text in zip(items, HOSTILE, strict=True):
        field = Field(text, text, {"pillow": text, "exifread": text[::-1]}, False)
        outcomes += make_outcomes(item, store, description=field)
    matches = tuple(make_match(item, store, because=item.paths[0]) for item in items)
    said = CaseFile(
        name=HOSTILE[0],
        examiner=HOSTILE[4],
        claim=(ClaimText('c"1', HOSTILE[1], "javascript:alert(1)"),),
        observation=(Observation(HOSTILE[0], "2024", HOSTILE[2], HOSTILE[3]),),
    )
    return make_case(case=said, items=items, outcomes=tuple(outcomes), matches=matches)


def test_hostile_names_add_no_element(render, hostile_case):
    page = render(hostile_case).page

    assert len(page.all("script")) == 1
    assert len(page.all("style")) == 1
    assert len(page.all("title")) == 1
    assert not page.all("b")
    assert all(each["src"].startswith("data:image/") for each in page.all("img"))


def test_no_element_has_handlers_or_inline_style(render, hostile_case):
    keys = {key for _, attributes in render(hostile_case).page.elements for key in attributes}

    assert not [key for key in keys if key.startswith("on")]
    assert "style" not in keys


def test_invisible_characters_are_written_as_code_points(render, hostile_case):
    rendered = render(hostile_case)

    assert not INVISIBLE.search(rendered.page.source)
    assert "photo⟨U+202E⟩gpj.exe" in rendered.page.text
    assert "a⟨U+001B⟩[31mred" in rendered.page.text
    assert "line⟨U+000A⟩break⟨U+0009⟩tab.jpg" in rendered.page.text


def test_template_syntax_in_names_is_not_evaluated(render, hostile_case):
    page = render(hostile_case).page

    assert "{{ 7 * 7 }}" in page.text
    assert "49.jpg" not in page.text


def test_links_lead_into_the_page_or_to_the_files_of_the_run(render, hostile_case, full_case):
    for case in (hostile_case, full_case):
        page = render(case).page
        targets = {each["href"] for each in page.all("a")}

        beside = {each for each in targets if not each.startswith("#")}
        assert beside == {"report.json", "run.jsonl"}
        assert {each[1:] for each in targets - beside} <= set(page.ids)


def test_every_link_into_the_page_has_a_target(render, full_case):
    steps = ("reuse.search", "reuse.groups", "metadata.notes")
    methods = tuple(Method(step, 1, "item", "Does.", (), {}, 1, 0, 0) for step in steps)
    page = render(msgspec.structs.replace(full_case, methods=methods)).page

    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} <= set(page.ids)


def test_identifiers_are_unique(render, full_case):
    ids = render(full_case).page.ids

    assert len(ids) == len(set(ids))


def test_policy_allows_only_what_the_page_holds(render, full_case):
    rendered = render(full_case)
    allowed = policy(rendered)

    assert allowed["default-src"] == "'none'"
    assert allowed["img-src"] == "data:"
    assert allowed["base-uri"] == allowed["form-action"] == "'none'"
    for tag in ("style", "script"):
        (content,) = ["".join(rendered.page.raw[tag])]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert allowed[f"{tag}-src"] == f"'sha256-{digest}'"


def test_nothing_is_fetched(render, full_case):
    page = render(full_case).page

    for _, attributes in page.elements:
        for key in ("src", "srcset", "poster", "data", "action", "background"):
            assert attributes.get(key, "data:").startswith("data:")
    assert not page.all("link")
    assert "url(" not in "".join(page.raw["style"])
    assert "@import" not in "".join(page.raw["style"])
    assert {"name": "referrer", "content": "no-referrer"} in page.all("meta")


def test_pictures_are_blurred_until_chosen(render, full_case):
    page = render(full_case).page
    boxes = [each for each in page.all("input") if each.get("type") == "checkbox"]

    assert len(boxes) == len(page.all("img")) + 1
    assert all(box.get("aria-label") or box.get("id") == "reveal-all" for box in boxes)
    assert "blurred until you choose them" in page.text


def test_pictures_are_shown_when_asked(render, full_case):
    page = render(full_case, show=True).page

    assert page.all("img")
    assert not [each for each in page.all("input") if each.get("type") == "checkbox"]
    assert "blurred" not in page.text


def test_every_picture_has_a_text(render, full_case):
    assert all(each["alt"] for each in render(full_case).page.all("img"))


def test_says_that_no_test_for_generated_imagery_was_made(render, make_case, full_case):
    for case in (full_case, make_case(not_tested=())):
        assert "No test for AI-generated imagery was made" in render(case).page.text


def test_words_of_judgement_are_absent(render, full_case, problem_case):
    for case in (full_case, problem_case):
        # Pictures are base64, in which any four letters come up by chance.
        words = re.sub(r"data:image/[^\"]*", "", render(case).page.source)
        assert not FORBIDDEN.search(words)


def test_same_case_gives_the_same_bytes(render, full_case):
    assert render(full_case).html == render(full_case).html


def test_names_the_digest_of_the_json(render, full_case):
    assert hashlib.sha256(encode_case(full_case)).hexdigest() in render(full_case).page.text


def test_sections_stand_in_reading_order(render, full_case):
    wanted = ["says", "cannot-say", "recycled", "groups", "metadata", "items", "time-line",
              "methods", "audit"]  # fmt: skip
    ids = render(full_case).page.ids

    assert [each for each in ids if each in wanted] == wanted


def test_headings_skip_no_level(render, full_case):
    levels = [
        int(tag[1]) for tag, _ in render(full_case).page.elements if re.fullmatch(r"h\d", tag)
    ]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 2 for before, after in pairwise(levels))


def test_empty_case_renders(render, make_case):
    text = render(make_case()).page.text

    assert "0 of 0 files examined" in text
    assert "nothing is said" in text


def test_case_with_problems_only_names_them(render, problem_case):
    text = render(problem_case).page.text

    assert "0 of 1 file examined" in text
    assert "it broke" in text
    assert "Try again." in text
    assert "cut off" in text


def test_untested_claims_are_printed_as_such(render, make_case):
    said = CaseFile(claim=(ClaimText("c1", "The bridge fell.", "A channel"),))

    text = render(make_case(case=said)).page.text

    assert "The bridge fell." in text
    assert "not tested by this version" in text


def test_observations_are_printed_as_a_persons_word(render, make_case):
    seen = Observation("A. Person", "2024-08-18", "By eye.", "Same bridge.")

    text = render(make_case(case=CaseFile(observation=(seen,)))).page.text

    assert "A person says" in text
    assert "A. Person, 18 August 2024" in text


def test_renders_without_image_libraries():
    code = (
        "import sys, forensics.report.html, forensics.report.render;"
        "print(sorted({'cv2','PIL','av','numpy'} & set(sys.modules)))"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "[]"
