"""Make clips of which it is known what each stretch shows: cut, sped up, mirrored, drawn over."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from accuracy.clips.sources import Footage, Pixels
from av.video.frame import VideoFrame

RATE = 25
QUALITY = 28

BEHIND_S = 4.0
"""Seconds of the background of an inset that are shown again and again."""

Draw = Callable[[Pixels], Pixels]


@dataclass(frozen=True)
class Piece:
    """A stretch of a source, or of something else that is put between."""

    source: str
    start_s: float
    end_s: float
    speed: float = 1.0
    backwards: bool = False

    @property
    def length_s(self) -> float:
        """Say how long it plays."""
        return (self.end_s - self.start_s) / self.speed


@dataclass(frozen=True)
class Truth:
    """A stretch of a made clip and the stretch of a source that it shows."""

    source: str
    query: tuple[float, float]
    reference: tuple[float, float]
    speed: float
    mirrored: bool
    backwards: bool


@dataclass(frozen=True)
class Recipe:
    """How a clip is made."""

    name: str
    kind: str
    pieces: tuple[Piece, ...]
    draws: tuple[str, ...] = ()
    rate: int = RATE
    quality: int = QUALITY
    scale: float = 1.0
    behind: str | None = None

    def truth(self) -> list[Truth]:
        """Say what each stretch shows."""
        found, at = [], 0.0
        for piece in self.pieces:
            if not piece.source.startswith("="):
                found.append(
                    Truth(
                        piece.source,
                        (at, at + piece.length_s),
                        (piece.start_s, piece.end_s),
                        piece.speed,
                        "mirror" in self.draws,
                        piece.backwards,
                    )
                )
            at += piece.length_s
        if self.behind is not None:
            for start in np.arange(0.0, at, BEHIND_S):
                end = min(at, start + BEHIND_S)
                span = (0.0, float(end - start))
                found.append(Truth(self.behind, (float(start), end), span, 1.0, False, False))
        return found


def make(recipe: Recipe, footage: Mapping[str, Footage], target: Path) -> None:
    """Write a clip."""
    frames = list(_frames(recipe, footage))
    size = tuple(int(side * recipe.scale) // 2 * 2 for side in frames[0].shape[:2])
    placed = (each if each.shape[:2] == size else _placed(each, size) for each in frames)
    write_clip(placed, target, rate=recipe.rate, quality=recipe.quality)


def write_clip(frames: Iterable[Pixels], target: Path, *, rate: int, quality: int) -> None:
    """Encode frames of one size as H.264."""
    with av.open(str(target), "w", format="mp4") as output:
        stream = output.add_stream(
            "libx264", rate=rate, options={"crf": str(quality), "preset": "veryfast"}
        )
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for number, frame in enumerate(frames):
            if not number:
                stream.height, stream.width = frame.shape[:2]
            packed = VideoFrame.from_ndarray(frame, format="rgb24")
            packed.pts, packed.time_base = number, Fraction(1, rate)
            output.mux(stream.encode(packed))
        output.mux(stream.encode(None))


def _frames(recipe: Recipe, footage: Mapping[str, Footage]) -> Iterator[Pixels]:
    total = round(sum(piece.length_s for piece in recipe.pieces) * recipe.rate)
    ends = np.cumsum([piece.length_s for piece in recipe.pieces])
    shape = next(
        footage[p.source].frames[0].shape for p in recipe.pieces if not p.source.startswith("=")
    )
    for number in range(total):
        now = number / recipe.rate
        which = min(int(np.searchsorted(ends, now + 1e-6, side="right")), len(ends) - 1)
        piece = recipe.pieces[which]
        since = (now - (ends[which] - piece.length_s)) * piece.speed
        if piece.source.startswith("="):
            frame = _between(piece.source, since, shape)
        else:
            when = piece.end_s - since - 1e-3 if piece.backwards else piece.start_s + since
            frame = footage[piece.source].at(when)
            for name in recipe.draws:
                frame = DRAWS[name](frame)
            if recipe.behind is not None:
                frame = _inset(frame, footage[recipe.behind].at(now % BEHIND_S))
        yield np.ascontiguousarray(frame)


def _between(kind: str, since_s: float, shape: tuple[int, ...]) -> Pixels:
    """Give a frame of what belongs to nobody: black, flat, or a moving title."""
    frame = np.full(shape, {"=black": 0, "=flat": 128}.get(kind, 30), dtype=np.uint8)
    if kind == "=title":
        height, width = shape[:2]
        x = int(width * (0.1 + 0.15 * since_s)) % width
        cv2.rectangle(frame, (x, height // 3), (x + width // 4, height * 2 // 3), (220, 40, 40), -1)
        cv2.putText(frame, "NEWS", (width // 8, height // 2), 0, width / 200, (255,) * 3, 3)
    return frame


def _placed(frame: Pixels, size: tuple[int, int]) -> Pixels:
    """Fit a frame into a size, black around it."""
    height, width = size
    shrink = min(height / frame.shape[0], width / frame.shape[1])
    small = cv2.resize(
        frame,
        (max(1, round(frame.shape[1] * shrink)), max(1, round(frame.shape[0] * shrink))),
        interpolation=cv2.INTER_AREA,
    )
    placed = np.zeros((height, width, 3), np.uint8)
    y, x = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    placed[y : y + small.shape[0], x : x + small.shape[1]] = small
    return placed


def _inset(frame: Pixels, behind: Pixels) -> Pixels:
    """Put a frame into the corner of another, at 55 % of its width."""
    canvas = cv2.resize(behind, (480, 270))
    small = cv2.resize(frame, (264, max(1, round(264 * frame.shape[0] / frame.shape[1]))))
    small = small[:230]
    canvas[20 : 20 + small.shape[0], 200 : 200 + small.shape[1]] = small
    return canvas


def _crop(frame: Pixels) -> Pixels:
    height, width = frame.shape[:2]
    return frame[height // 8 : height - height // 16, width // 5 :]


def _large_logo(frame: Pixels) -> Pixels:
    drawn = frame.copy()
    height, width = frame.shape[:2]
    side = int(0.42 * min(height, width))
    at = (int(width * 0.62), int(height * 0.35))
    cv2.circle(drawn, at, side // 2, (250, 200, 20), -1)
    cv2.putText(drawn, "TV7", (at[0] - side // 2, at[1]), 0, side / 60, (10, 10, 120), 4)
    return drawn


def _caption(frame: Pixels) -> Pixels:
    drawn = frame.copy()
    height, width = frame.shape[:2]
    drawn[int(height * 0.8) :] = (20, 20, 160)
    cv2.putText(drawn, "BREAKING NEWS", (8, int(height * 0.93)), 0, width / 320, (255,) * 3, 2)
    return drawn


def _colour(frame: Pixels) -> Pixels:
    warm = (frame.astype(np.float32) / 255) ** 1.3 * (270.0, 240.0, 190.0)
    return np.asarray(warm.clip(0, 255), dtype=np.uint8)


def _letterbox(frame: Pixels) -> Pixels:
    pad = frame.shape[0] // 5
    return np.pad(frame, ((pad, pad), (0, 0), (0, 0)))


DRAWS: dict[str, Draw] = {
    "mirror": lambda frame: frame[:, ::-1],
    "crop": _crop,
    "large_logo": _large_logo,
    "caption": _caption,
    "colour": _colour,
    "letterbox": _letterbox,
    "grey": lambda frame: np.repeat(frame[:, :, 1:2], 3, axis=2),
}


def recipes(ends_s: Mapping[str, float], names: list[str]) -> list[Recipe]:
    """Give the clips that are made from some sources: twenty kinds, the sources by turns."""
    made: list[Recipe] = []

    def span(name: str, start: float, end: float) -> tuple[float, float]:
        longest = min(ends_s[name], 16.0)
        return round(start * longest, 2), round(end * longest, 2)

    def add(kind: str, pieces: list[Piece], **fields: object) -> None:
        made.append(Recipe(f"{len(made):03d}-{kind}", kind, tuple(pieces), **fields))  # type: ignore[arg-type]

    for turn, name in enumerate(names):
        other, third = names[(turn + 1) % len(names)], names[(turn + 2) % len(names)]
        one = Piece(name, *span(name, 0.1, 0.85))
        add("reencode", [Piece(name, *span(name, 0, 0.95))], quality=36, scale=0.5)
        add("speed_1.25", [Piece(name, *span(name, 0.05, 0.95), speed=1.25)])
        add("speed_0.8", [Piece(name, *span(name, 0.1, 0.7), speed=0.8)], rate=30)
        add("speed_2", [Piece(name, *span(name, 0.0, 0.98), speed=2.0)], draws=("caption",))
        add("reversed", [Piece(name, *span(name, 0.1, 0.9), backwards=True)])
        add("mirror", [one], draws=("mirror", "colour"))
        add("crop", [one], draws=("crop",))
        add("large_logo", [one], draws=("large_logo",))
        add("mirror_crop_logo", [one], draws=("mirror", "crop", "large_logo"))
        add("letterbox", [one], draws=("letterbox", "grey"))
        add("frame_rate", [one], rate=12)
        add("inset", [one], behind=third)
        cut = [Piece(name, *span(name, 0.0, 0.35)), Piece(name, *span(name, 0.6, 1.0))]
        add("cut", cut)
        add("swapped", cut[::-1], draws=("caption",))
        add(
            "black_between",
            [Piece("=title", 0, 2), cut[0], Piece("=black", 0, 1.5), cut[1], Piece("=flat", 0, 1)],
        )
        parts = [Piece(each, *span(each, 0.2, 0.7)) for each in (name, other, third)]
        add("compilation", parts, draws=("large_logo",))
        add(
            "compilation_edited",
            [
                Piece(third, *span(third, 0.3, 0.8), speed=1.25),
                Piece("=title", 0, 1),
                Piece(name, *span(name, 0.1, 0.6), backwards=True),
                Piece(other, *span(other, 0.4, 0.9)),
            ],
            draws=("mirror",),
        )
    return made
