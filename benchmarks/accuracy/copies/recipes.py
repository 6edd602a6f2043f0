"""What people do to a picture before they post it again, one function an edit."""

import io
from collections.abc import Callable

import cv2
import numpy as np
from accuracy.copies.drawing import (
    BLACK,
    EMOJI,
    INKS,
    SMALLEST_FONT_PX,
    STATIONS,
    WHITE,
    Rng,
    arrow,
    emoji,
    line_width,
    logo,
    ring,
    text_height,
    tint,
    words,
    wrapped,
    write,
)
from accuracy.copies.shot import (
    Mark,
    Pixels,
    Shot,
    cropped,
    mirrored,
    placed,
    rectangle,
    repainted,
    scaled,
    scaled_to,
    start,
    turned,
    warped,
)
from numpy import uint8
from PIL import Image, ImageDraw, ImageEnhance

Make = Callable[[Shot, Rng, list[Pixels]], Shot]
"""From the picture, a source of chance and other pictures to the edited one."""


def _jpeg(shot: Shot, quality: int) -> Shot:
    buffer = io.BytesIO()
    shot.image.save(buffer, "JPEG", quality=quality)
    return repainted(shot, Image.open(buffer).convert("RGB"))


def same(shot: Shot, _rng: Rng, _others: list[Pixels]) -> Shot:
    """Leave the picture; it is only saved again."""
    return shot


def resize_25(shot: Shot, _rng: Rng, _others: list[Pixels]) -> Shot:
    """Shrink to a quarter of the sides."""
    return scaled(shot, 0.25)


def crop(share: float) -> Make:
    """Keep a share of the area, off the centre."""

    def make(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
        # Another ratio of the sides too, and off the centre: half of the room to a side at least.
        stretch = float(rng.uniform(0.85, 1.18))
        width = min(shot.size[0], round(shot.size[0] * np.sqrt(share) * stretch))
        height = min(shot.size[1], round(shot.size[0] * shot.size[1] * share / width))
        room = shot.size[0] - width, shot.size[1] - height
        x, y = (round(each * _off_centre(rng)) for each in room)
        return cropped(shot, x, y, width, height)

    return make


def _off_centre(rng: Rng) -> float:
    """A place, 0 to 1, away from the middle."""
    return float(rng.uniform(0.0, 0.3) if rng.random() < 0.5 else rng.uniform(0.7, 1.0))


def letterbox(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Put bars of one colour above and below, or beside a portrait."""
    choices = [BLACK, BLACK, WHITE, (28, 28, 30), tuple(int(c) for c in rng.integers(0, 256, 3))]
    colour = choices[int(rng.integers(len(choices)))]
    width, height = shot.size
    room = round((height if width >= height else width) * float(rng.uniform(0.08, 0.2)))
    if width >= height:
        return _barred(shot, np.full((height + 2 * room, width, 3), colour, uint8), 0, room)
    return _barred(shot, np.full((height, width + 2 * room, 3), colour, uint8), room, 0)


def _barred(shot: Shot, canvas: Pixels, x: int, y: int, kind: str = "bars") -> Shot:
    width, height = shot.size
    tall, wide = canvas.shape[:2]
    laid = placed(shot, canvas, x, y)
    marks = [
        Mark(kind, rectangle(*box))
        for box in (
            (0, 0, wide, y), (0, y + height, wide, tall - y - height),
            (0, y, x, height), (x + width, y, wide - x - width, height),
        )
        if box[2] and box[3]
    ]  # fmt: skip
    return repainted(laid, laid.pixels, *marks)


def bars_9_16_blurred(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Fill a phone screen: the picture in the middle, itself blurred behind."""
    width = int(rng.choice([540, 720]))
    height = width * 16 // 9
    fit = min(width / shot.size[0], height / shot.size[1])
    inner = scaled_to(shot, (round(shot.size[0] * fit), round(shot.size[1] * fit)))
    fill = max(width / shot.size[0], height / shot.size[1])
    grown = shot.image.resize((round(shot.size[0] * fill), round(shot.size[1] * fill)))
    x, y = (grown.width - width) // 2, (grown.height - height) // 2
    behind = np.asarray(grown)[y : y + height, x : x + width]
    blurred = cv2.GaussianBlur(behind, (0, 0), width * float(rng.uniform(0.02, 0.05)))
    dimmed = (blurred * float(rng.uniform(0.6, 1.0))).astype(uint8)
    return _barred(inner, dimmed, (width - inner.size[0]) // 2, (height - inner.size[1]) // 2)


def mirror(shot: Shot, _rng: Rng, _others: list[Pixels]) -> Shot:
    """Mirror left to right."""
    return mirrored(shot)


def rotate_10(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Turn by ten degrees: same size, whole, or cut to what is inside."""
    degrees = 10.0 if rng.random() < 0.5 else -10.0
    width, height = shot.size
    turn = np.radians(degrees)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    style = str(rng.choice(["same size", "whole", "inside"]))
    size = (width, height)
    if style == "whole":
        size = (round(width * cos + height * abs(sin)), round(width * abs(sin) + height * cos))
    about = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])
    there = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
    back = np.array([[1, 0, (size[0] - 1) / 2], [0, 1, (size[1] - 1) / 2], [0, 0, 1.0]])
    fill = np.full((size[1], size[0], 3), rng.choice([0, 0, 255]), uint8)
    laid = warped(shot, back @ about @ there, size, behind=fill)
    if style != "inside":
        return laid
    # The largest upright rectangle of the same ratio inside the turned one.
    ratio = max(width / height, height / width)
    share = 1 / (cos + ratio * abs(sin))
    inner = round(width * share) - 2, round(height * share) - 2
    return cropped(laid, (width - inner[0]) // 2, (height - inner[1]) // 2, *inner)


def rotate_90(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Turn by a quarter to either side."""
    return turned(shot, int(rng.choice([1, 3])))


def caption(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Write a caption over the picture, with outline or on a box."""
    image = shot.image
    width, height = image.size
    size = min(width, height) * float(rng.uniform(0.05, 0.1))
    room = width * float(rng.uniform(0.5, 0.85))
    caption = wrapped(words(rng, int(rng.integers(4, 12))), size=size, width=room)
    tall = text_height(caption, size)
    x = int(rng.uniform(0.03, 0.97) * max(1.0, width - room))
    y = int(_off_centre(rng) * max(1, height - tall - 2 * size) + size * 0.5)
    ink = INKS[int(rng.integers(len(INKS)))]
    if rng.random() < 0.4:
        box = (x, y, round(room), round(tall + size * 0.6))
        paper = BLACK if sum(ink) > 380 else WHITE
        tint(image, box, paper, float(rng.uniform(0.55, 1.0)))
        write(image, (x + size * 0.2, y + size * 0.2), caption, size=size, ink=ink)
        return repainted(shot, image, Mark("text", rectangle(*box)))
    outline = BLACK if sum(ink) > 380 else WHITE
    box_of_text = write(image, (x, y), caption, size=size, ink=ink, outline=outline)
    return repainted(shot, image, Mark("text", box_of_text))


def stickers(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Put emoji on it."""
    image = shot.image
    count = int(rng.integers(1, 4))
    marks = []
    for third in rng.permutation(3)[:count]:
        side = min(image.size) * float(rng.uniform(0.12, 0.25))
        # One in each third of the width, so that they do not cover each other.
        x = (third + float(rng.uniform(0.25, 0.75))) * image.width / 3
        y = float(rng.uniform(side / 2, image.height - side / 2))
        x = min(max(x, side / 2), image.width - side / 2)
        marks.append(Mark("emoji", emoji(image, (x, y), side, str(rng.choice(EMOJI)))))
    return repainted(shot, image, *marks)


def drawn_marks(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Draw a ring and an arrow, as people do to point at something."""
    image = shot.image
    width, height = image.size
    ink = INKS[int(rng.choice([2, 3]))]
    line = max(3, round(min(width, height) * 0.012))
    w, h = (int(each * rng.uniform(0.15, 0.3)) for each in (width, height))
    x, y = int(rng.integers(width // 2, width - w)), int(rng.integers(0, height - h))
    marks = [Mark("drawing", ring(image, (x, y, w, h), ink=ink, line=line))]
    tail = width * float(rng.uniform(0.05, 0.2)), height * float(rng.uniform(0.1, 0.9))
    head = width * float(rng.uniform(0.3, 0.45)), height * float(rng.uniform(0.1, 0.9))
    marks.append(Mark("drawing", arrow(image, tail, head, ink=ink, line=line)))
    return repainted(shot, image, *marks)


def news_bar(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Lay a station's lower third and logo over it."""
    image = shot.image
    width, height = image.size
    station = STATIONS[int(rng.integers(len(STATIONS)))]
    tall = round(height * float(rng.uniform(0.16, 0.28)))
    margin = round(width * float(rng.choice([0.0, 0.04])))
    bottom = round(height * float(rng.choice([0.0, 0.05])))
    box = (margin, height - tall - bottom, width - 2 * margin, tall)
    tint(image, box, station, float(rng.uniform(0.8, 1.0)))
    head = (box[0], box[1], box[2], round(tall * 0.35))
    tint(image, head, WHITE if rng.random() < 0.5 else (200, 160, 20), 0.95)
    start_x = box[0] + width * 0.02
    title = "BREAKING NEWS" if rng.random() < 0.6 else "LIVE"
    write(image, (start_x, head[1] + tall * 0.06), title, size=tall * 0.2, ink=BLACK)
    line = words(rng, int(rng.integers(4, 8)))
    size = min(tall * 0.28, tall * 0.28 * box[2] * 0.94 / line_width(line, tall * 0.28))
    write(image, (start_x, box[1] + tall * 0.48), line, size=size, ink=WHITE)
    down = round(min(width, height) * 0.09)
    across = max(round(width * 0.16), round(down * 2.6))
    x = round(width * 0.03) if rng.random() < 0.5 else round(width * 0.97) - across
    outline = logo(image, (x, round(height * 0.05), across, down), station, "N24")
    return repainted(shot, image, Mark("bar", rectangle(*box)), Mark("logo", outline))


def meme_banner(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Add a bar with words above or below."""
    return _bannered(shot, rng, float(rng.uniform(0.16, 0.3)))


def _bannered(shot: Shot, rng: Rng, share: float) -> Shot:
    width, height = shot.size
    tall = max(16, round(height * share))
    paper, ink = (WHITE, BLACK) if rng.random() < 0.8 else (BLACK, WHITE)
    at_top = rng.random() < 0.7
    canvas = Image.new("RGB", (width, height + tall), paper)
    size = tall * float(rng.uniform(0.22, 0.34))
    said = words(rng, int(rng.integers(4, 10)))
    caption = wrapped(said, size=size, width=width * 0.92)
    while text_height(caption, size) > tall * 0.85 and size > SMALLEST_FONT_PX:
        size *= 0.9
        caption = wrapped(said, size=size, width=width * 0.92)
    write(
        canvas, (width * 0.04, (0 if at_top else height) + tall * 0.1), caption, size=size, ink=ink
    )
    laid = placed(shot, np.asarray(canvas), 0, tall if at_top else 0)
    bar = rectangle(0, 0 if at_top else height, width, tall)
    return repainted(laid, laid.pixels, Mark("bar", bar))


def blur(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Blur by 0.4 to 0.8 % of the longer side."""
    radius = max(shot.size) * float(rng.uniform(0.004, 0.008))
    return repainted(shot, cv2.GaussianBlur(shot.pixels, (0, 0), radius), Mark("blur", None))


def colour(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Change hue, saturation, balance and contrast."""
    hue = float(rng.choice([-1, 1])) * float(rng.uniform(12, 40))
    hsv = cv2.cvtColor(shot.pixels, cv2.COLOR_RGB2HSV).astype(np.int32)
    hsv[..., 0] = (hsv[..., 0] + round(hue)) % 180
    turned_hue = cv2.cvtColor(hsv.astype(uint8), cv2.COLOR_HSV2RGB)
    image = ImageEnhance.Color(Image.fromarray(turned_hue)).enhance(float(rng.uniform(0.4, 1.9)))
    cast = np.asarray(image).astype(np.float32) * rng.uniform(0.8, 1.2, 3).astype(np.float32)
    image = Image.fromarray(cast.clip(0, 255).astype(uint8))
    image = ImageEnhance.Contrast(image).enhance(float(rng.uniform(0.75, 1.35)))
    return repainted(shot, image, Mark("colour", None))


def dark(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Darken to a quarter to a half of the light."""
    level = float(rng.uniform(0.25, 0.45))
    curve = 255 * level * (np.arange(256) / 255) ** float(rng.uniform(1.0, 1.4))
    dimmed = cv2.LUT(shot.pixels, curve.round().astype(uint8))
    return repainted(shot, dimmed, Mark("brightness", None))


def grey(shot: Shot, _rng: Rng, _others: list[Pixels]) -> Shot:
    """Take the colour away."""
    return repainted(shot, shot.image.convert("L").convert("RGB"), Mark("grey", None))


def repost(shot: Shot, rng: Rng, _others: list[Pixels]) -> Shot:
    """Shrink, compress, cut a little off, compress again."""
    small = _jpeg(scaled(shot, float(rng.uniform(0.5, 0.75))), int(rng.integers(45, 65)))
    share = float(rng.uniform(0.9, 0.96))
    width, height = (round(side * share) for side in small.size)
    x, y = (
        int(rng.integers(small.size[0] - width + 1)),
        int(rng.integers(small.size[1] - height + 1)),
    )
    return _jpeg(cropped(small, x, y, width, height), int(rng.integers(60, 80)))


def hard_repost(shot: Shot, rng: Rng, others: list[Pixels]) -> Shot:
    """Shrink to two fifths, crop, add a bar."""
    small = _jpeg(scaled(shot, 0.4), 60)
    share = float(rng.uniform(0.65, 0.8))
    return _bannered(crop(share)(small, rng, others), rng, float(rng.uniform(0.15, 0.25)))


def collage(shot: Shot, rng: Rng, others: list[Pixels]) -> Shot:
    """Put it beside three other pictures."""
    side = int(rng.choice([360, 480, 600]))
    cell = (side, round(side * float(rng.choice([0.66, 0.75, 1.0]))))
    gap = int(rng.integers(0, 10))
    paper = int(rng.choice([0, 255]))
    canvas = np.full((2 * cell[1] + 3 * gap, 2 * cell[0] + 3 * gap, 3), paper, uint8)
    order = [int(each) for each in rng.permutation(4)]
    spots = [(gap + i % 2 * (cell[0] + gap), gap + i // 2 * (cell[1] + gap)) for i in order]
    for other, (x, y) in zip(others, spots[1:], strict=False):
        canvas[y : y + cell[1], x : x + cell[0]] = _filled(start(other), cell).pixels
    mine = _filled(shot, cell)
    return placed(mine, canvas, *spots[0])


def _filled(shot: Shot, cell: tuple[int, int]) -> Shot:
    """Scale and crop a picture so that it fills a cell, as collage makers do."""
    fit = max(cell[0] / shot.size[0], cell[1] / shot.size[1])
    size = max(cell[0], round(shot.size[0] * fit)), max(cell[1], round(shot.size[1] * fit))
    grown = scaled_to(shot, size)
    return cropped(grown, (size[0] - cell[0]) // 2, (size[1] - cell[1]) // 2, *cell)


def picture_in_picture(share: float) -> Make:
    """Show it small in another picture; `share` of that one's width."""

    def make(shot: Shot, rng: Rng, others: list[Pixels]) -> Shot:
        behind = Image.fromarray(others[0])
        scale = 1280 / max(behind.size)
        behind = behind.resize((round(behind.width * scale), round(behind.height * scale)))
        wide = round(behind.width * share)
        tall = round(shot.size[1] * wide / shot.size[0])
        most = round(behind.height * 0.9)
        if tall > most:  # a portrait before a landscape: keep the width, lose top and bottom
            height = round(shot.size[0] * most / wide)
            shot, tall = cropped(shot, 0, (shot.size[1] - height) // 2, shot.size[0], height), most
        inset = scaled_to(shot, (wide, tall))
        x = round((behind.width - wide) * float(rng.uniform(0.03, 0.97)))
        y = round((behind.height - tall) * float(rng.uniform(0.03, 0.97)))
        if rng.random() < 0.5:
            ImageDraw.Draw(behind).rectangle((x - 4, y - 4, x + wide + 3, y + tall + 3), WHITE)
        return placed(inset, np.asarray(behind), x, y)

    return make
