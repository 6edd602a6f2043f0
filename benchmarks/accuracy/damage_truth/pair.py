"""One pair with known truth, wherever it comes from, and the photographs that some are made of."""

import hashlib
import tomllib
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import cv2
import numpy as np
from accuracy.media import is_tuning
from numpy import float64, uint8
from numpy.typing import NDArray

Pixels = NDArray[uint8]
Matrix = NDArray[float64]

DECKS = Path(__file__).with_name("decks.toml")


class Truth(IntEnum):
    """Values of a mask, those that ``forensics compare`` writes."""

    NOTHING = 0
    OUTSIDE = 1
    SCORCH = 2
    HOLE = 3
    MISSING = 4
    NOT_SEEN = 255
    """Deck that at least one picture does not show: covered, hidden or outside the frame."""


@dataclass(frozen=True, eq=False)
class TruthPair:
    """Two pictures of a bridge, and what happened between them."""

    name: str
    source: str
    """Bridge or photograph; pairs of one source are of one half of the split."""
    origin: str
    """``composite`` or ``render``: never pooled."""
    shows: str
    """``deck``, ``side`` or ``likeness``, see decks.toml."""
    change: str
    """What was put in: ``scorch``, ``hole``, ``missing``, or the name of a null."""
    is_null: bool
    before: Pixels  # (H, W, 3), sRGB
    after: Pixels  # (H', W', 3), sRGB
    deck: NDArray[float64]  # (N, 2) pixels of `before`; may reach outside the frame
    mask: Pixels  # (H, W) in the frame of `before`, see Truth
    after_to_before: Matrix  # 3 x 3, (x, y), pixel centres, on the deck's plane
    view: str = ""
    """Kind of view of a render and how far it was moved: ``nadir_12``."""
    gap: float = 0.0
    """Share of the deck's length that went missing, where it is known exactly."""
    to_metres: Matrix | None = None
    """Maps `before` -> metres on the deck, of renders."""

    @property
    def is_tuning(self) -> bool:
        """Whether its source belongs to the half that thresholds are chosen on."""
        return is_tuning(self.source)

    @property
    def state(self) -> str:
        """The worst class in the mask: none, scorched, holed or collapsed."""
        for value, state in (
            (Truth.MISSING, "collapsed"),
            (Truth.HOLE, "holed"),
            (Truth.SCORCH, "scorched"),
        ):
            if (self.mask == value).any():
                return state
        return "none"


@dataclass(frozen=True, eq=False)
class Photo:
    """A photograph with a band on it that is taken for a deck."""

    name: str
    shows: str
    pixels: Pixels
    outline: NDArray[float64]  # (4, 2): start, end of one edge, end, start of the other
    behind: tuple[int, int, int, int]

    length_in_widths: float

    @property
    def width_px(self) -> float:
        """Mean width of the band in the picture."""
        a, b, c, d = self.outline
        return float(np.linalg.norm(d - a) + np.linalg.norm(c - b)) / 2

    def strip_to_image(self, rows: int, columns: int) -> Matrix:
        """Map the band, unrolled to so many rows and columns, into the picture."""
        flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
        found = cv2.getPerspectiveTransform(flat, self.outline.astype(np.float32))
        return np.asarray(found, float64)


def load_photos(media: Path) -> list[Photo]:
    """Read the photographs of decks.toml that are there and unchanged, by name."""
    photos = []
    for entry in tomllib.loads(DECKS.read_text())["photo"]:
        path = media / entry["file"]
        if not path.is_file():
            continue
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise ValueError(f"{path} is another file than the one that was outlined")
        decoded = cv2.imdecode(np.frombuffer(data, uint8), cv2.IMREAD_COLOR)
        if decoded is None:
            raise ValueError(f"{path} cannot be decoded")
        left, top, right, bottom = entry["behind"]
        outline = np.array(entry["outline"], float64)
        photos.append(
            Photo(
                name=entry["name"],
                shows=entry["shows"],
                pixels=np.ascontiguousarray(decoded[..., ::-1]).astype(uint8),
                outline=outline,
                behind=(left, top, right, bottom),
                length_in_widths=float(entry.get("length_in_widths", _proportion(outline))),
            )
        )
    return sorted(photos, key=lambda photo: photo.name)


def _proportion(outline: NDArray[float64]) -> float:
    a, b, c, d = outline
    length = np.linalg.norm(b - a) + np.linalg.norm(c - d)
    return float(length / (np.linalg.norm(d - a) + np.linalg.norm(c - b)))
