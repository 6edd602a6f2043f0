"""Strings from files become safe and readable."""

import pytest
from markupsafe import Markup

from forensics.report.text import (
    MAX_SHOWN_CHARS,
    digest,
    listed,
    markup,
    moment,
    name,
    prose,
    reveal,
    shorten,
    size,
)


@pytest.mark.parametrize(
    "code",
    [0x00, 0x0A, 0x1B, 0x7F, 0x85, 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2028, 0x202A, 0x202E,
     0x2060, 0x2066, 0x2069, 0x3164, 0xFEFF, 0xD800, 0xE0041, 0x27E8],
)  # fmt: skip
def test_invisible_character_is_written_as_its_code_point(code: int) -> None:
    assert reveal(f"a{chr(code)}b") == f"a⟨U+{code:04X}⟩b"


@pytest.mark.parametrize(
    "text", ["мост.jpg", "جسر.jpg", "橋 1.jpg", "café.jpg", "❤️.jpg", "a b.jpg"]
)
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert reveal(text) == text


def test_marks_stacked_on_a_letter_are_counted() -> None:
    assert reveal("Z" + "\u0301" * 50) == "Z\u0301\u0301\u0301⟨47 more marks⟩"


def test_names_are_escaped_and_isolated() -> None:
    assert name("<b>\u202e") == '<bdi class="name">&lt;b&gt;⟨U+202E⟩</bdi>'


def test_markup_escapes_values_and_keeps_markup() -> None:
    assert markup("{} {}", "<", Markup("<b>")) == "&lt; <b>"


def test_braces_in_values_are_left_alone() -> None:
    assert markup("{}", "{0.__class__}") == "{0.__class__}"


def test_prose_keeps_lines() -> None:
    assert prose("one\ntwo<") == "one<br>two&lt;"


def test_long_text_is_cut_and_says_so() -> None:
    cut = shorten("x" * (MAX_SHOWN_CHARS + 7))

    assert "7 more characters" in cut


def test_digest_folds_and_keeps_the_whole() -> None:
    assert digest("ab" * 32) == f'<code class="digest" title="{"ab" * 32}">abababababab…</code>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2014", "2014"),
        ("2014-08", "August 2014"),
        ("2014-08-01", "1 August 2014"),
        ("2024-08-16T13:15:02", "16 August 2024, 13:15:02 (zone unknown)"),
        ("2024-08-16T13:15:02Z", "16 August 2024, 13:15:02 UTC"),
        ("2024-08-16T13:15+03:00", "16 August 2024, 13:15 UTC+03:00"),
        ("2024-99", "2024-99"),
        ("yesterday", "yesterday"),
    ],
)
def test_dates_are_written_for_people(text: str, words: str) -> None:
    assert moment(text) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 byte"), (999, "999 bytes"), (40940, "40.9 kB"), (330514000, "330.5 MB")],
)
def test_sizes_are_decimal(count: int, words: str) -> None:
    assert size(count) == words


def test_long_lists_are_counted() -> None:
    assert listed(["a", "b", "c", "d", "e"], most=3) == "a, b and 3 more"
