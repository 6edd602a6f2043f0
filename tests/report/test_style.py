"""The palette can be read by everyone: WCAG contrast, light and dark."""

import re
from importlib import resources

import pytest

MIN_CONTRAST = 4.5
TEXT = ("ink", "soft", "accent", "strong", "conflict", "measured", "person", "open")
STYLE = (resources.files("forensics.report") / "templates" / "style.css").read_text("utf-8")


def palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colours = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block)) for block in blocks]
    return dict(zip(("light", "dark", "paper"), colours, strict=True))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", ["light", "dark", "paper"])
@pytest.mark.parametrize("ground", ["paper", "ground"])
@pytest.mark.parametrize("text", TEXT)
def test_text_stands_out(palette: str, ground: str, text: str) -> None:
    colours = palettes()[palette]

    assert contrast(colours[text], colours[ground]) >= MIN_CONTRAST


def test_colours_are_named_once() -> None:
    body = STYLE.split("/* Page */")[1].split("/* Paper */")[0]

    assert not re.findall(r"#[0-9a-f]{3,8}\b", body)


def test_nothing_moves_by_itself() -> None:
    assert "animation" not in STYLE
    assert "transition" not in STYLE
