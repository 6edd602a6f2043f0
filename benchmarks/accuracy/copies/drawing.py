"""What people put on pictures: words, bars, emoji, marks; all drawn, nothing loaded."""

import numpy as np
from accuracy.copies.shot import Polygon, rectangle
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
INKS: tuple[Colour, ...] = (WHITE, BLACK, (250, 220, 40), (220, 30, 40), (40, 200, 90))
SMALLEST_FONT_PX = 8.0
STATIONS: tuple[Colour, ...] = ((180, 20, 30), (20, 60, 140), (20, 20, 24), (230, 110, 20))

_VOCABULARY = (
    "bridge strike tonight city river smoke people street exclusive video first pictures shows "
    "witness says army source unconfirmed moment before after share watch live update region "
    "north south morning fire hospital school market report official denies new footage this is "
    "what they do not want you to see please retweet 14 August 2024 06:42 local time breaking"
)


def words(rng: Rng, count: int) -> str:
    """Make up a line of so many words."""
    known = _VOCABULARY.split()
    line = " ".join(str(rng.choice(known)) for _ in range(count))
    return line[0].upper() + line[1:]


def font(size: float) -> ImageFont.FreeTypeFont:
    """Give the font that Pillow carries."""
    made = ImageFont.load_default(max(SMALLEST_FONT_PX, size))
    if not isinstance(made, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return made


def write(
    image: Image.Image, at: tuple[float, float], text: str, *, size: float, ink: Colour,
    outline: Colour | None = None,
) -> Polygon:  # fmt: skip
    """Write lines of text; gives their bounding box."""
    draw = ImageDraw.Draw(image)
    stroke = 0 if outline is None else max(1, round(size / 14))
    options = {"font": font(size), "stroke_width": stroke, "spacing": size * 0.25}
    draw.text(at, text, ink, stroke_fill=outline, **options)
    left, top, right, bottom = draw.textbbox(at, text, **options)
    return rectangle(left, top, right - left, bottom - top)


def wrapped(text: str, *, size: float, width: float) -> str:
    """Break a text into lines that fit a width in pixels."""
    face = font(size)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def line_width(text: str, size: float) -> float:
    """Width of one line of text, in pixels."""
    return font(size).getlength(text)


def text_height(text: str, size: float) -> int:
    """Height of lines of text, in pixels."""
    canvas = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = canvas.textbbox((0, 0), text, font=font(size), spacing=size * 0.25)
    return int(np.ceil(box[3]))


def tint(image: Image.Image, box: Box, colour: Colour, opacity: float) -> None:
    """Lay a sheet of colour over a part."""
    x, y, width, height = box
    part = image.crop((x, y, x + width, y + height))
    image.paste(Image.blend(part, Image.new("RGB", part.size, colour), opacity), (x, y))


def emoji(image: Image.Image, centre: tuple[float, float], side: float, kind: str) -> Polygon:
    """Draw a face, a heart or a flame; gives its bounding box."""
    x, y, r = centre[0], centre[1], side / 2
    draw = ImageDraw.Draw(image)
    if kind == "heart":
        for dx in (-0.5, 0.5):
            draw.ellipse((x + (dx - 0.52) * r, y - r, x + (dx + 0.52) * r, y + 0.1 * r), "red")
        draw.polygon([(x - r, y - 0.3 * r), (x + r, y - 0.3 * r), (x, y + r)], "red")
    elif kind == "flame":
        draw.ellipse((x - 0.75 * r, y - 0.5 * r, x + 0.75 * r, y + r), (240, 90, 20))
        corners = ((-0.72, 0.1), (0.1, -1.0), (0.72, 0.1))
        draw.polygon([(x + dx * r, y + dy * r) for dx, dy in corners], (240, 90, 20))
        draw.ellipse((x - 0.35 * r, y + 0.1 * r, x + 0.35 * r, y + 0.9 * r), (255, 210, 60))
    else:
        line = max(2, round(0.08 * side))
        draw.ellipse((x - r, y - r, x + r, y + r), (255, 205, 50), (200, 140, 20), line // 2)
        for dx in (-0.35, 0.35):
            draw.ellipse(
                (x + (dx - 0.12) * r, y - 0.4 * r, x + (dx + 0.12) * r, y - 0.05 * r), BLACK
            )
        start, end = (20, 160) if kind == "smile" else (200, 340)
        top = y + (-0.1 if kind == "smile" else 0.25) * r
        draw.arc((x - 0.5 * r, top, x + 0.5 * r, top + 0.6 * r), start, end, BLACK, line)
    return rectangle(x - r, y - r, side, side)


EMOJI = ("smile", "frown", "heart", "flame")


def ring(image: Image.Image, box: Box, *, ink: Colour, line: int) -> Polygon:
    """Draw an ellipse around something, as people do by hand; gives its bounding box."""
    x, y, width, height = box
    ImageDraw.Draw(image).ellipse((x, y, x + width, y + height), outline=ink, width=line)
    return rectangle(x, y, width, height)


def arrow(
    image: Image.Image, tail: tuple[float, float], head: tuple[float, float], *, ink: Colour,
    line: int,
) -> Polygon:  # fmt: skip
    """Draw an arrow; gives its bounding box."""
    draw = ImageDraw.Draw(image)
    along = np.subtract(head, tail)
    along = along / max(1.0, float(np.hypot(*along)))
    across = np.array([-along[1], along[0]])
    base = np.subtract(head, along * 4 * line)
    corners = [head, tuple(base + across * 2.2 * line), tuple(base - across * 2.2 * line)]
    draw.line([tail, tuple(base)], ink, line)
    draw.polygon([tuple(map(float, corner)) for corner in corners], ink)
    points = np.array([tail, *corners])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    half = line / 2
    return rectangle(left - half, top - half, right - left + line, bottom - top + line)


def logo(image: Image.Image, box: Box, colour: Colour, letters: str) -> Polygon:
    """Draw a station's logo; gives its outline."""
    x, y, width, height = box
    draw = ImageDraw.Draw(image)
    draw.rectangle((x, y, x + width - 1, y + height - 1), colour)
    draw.ellipse(
        (x + height // 6, y + height // 6, x + height * 5 // 6, y + height * 5 // 6), WHITE
    )
    draw.text((x + height, y + height * 0.2), letters, WHITE, font=font(height * 0.55))
    return rectangle(x, y, width, height)
