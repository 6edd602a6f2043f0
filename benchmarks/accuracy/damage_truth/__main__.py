"""Count the pairs with known damage by change and half, and show them.

Usage: FORENSICS_MEDIA=... python benchmarks/accuracy/damage_truth [--renders DIR] [--seeds N]
           [--sheet FILE.jpg]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from accuracy.damage_truth.composite import composites
from accuracy.damage_truth.pair import Pixels, Truth, TruthPair, load_photos
from accuracy.damage_truth.rendered import rendered_pairs
from accuracy.media import media_root

_TILE = (300, 200)
_COLUMNS = 5
_COLOURS = {
    Truth.SCORCH: (230, 60, 40),
    Truth.HOLE: (250, 220, 0),
    Truth.MISSING: (200, 60, 230),
    Truth.NOT_SEEN: (60, 160, 255),
}


def main() -> int:
    """Print the table; write the sheet when one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renders", type=Path, help="count rendered pairs of this folder, too")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    media = media_root()
    if media is None:
        print("no media: FORENSICS_MEDIA names no folder")
        return 1
    photos = load_photos(media)
    pairs = list(composites(photos, seeds=options.seeds))
    print(f"{len(photos)} photographs")
    if options.renders:
        pairs += rendered_pairs(options.renders)
    counts = Counter((p.origin, p.change, p.state, p.is_tuning) for p in pairs)
    for origin, change, state in sorted({key[:3] for key in counts}):
        tuning, test = (counts[origin, change, state, half] for half in (True, False))
        print(f"{origin:10} {change:16} {state:10} tuning {tuning:3} test {test:3}")
    for origin in sorted({pair.origin for pair in pairs}):
        mine = [pair for pair in pairs if pair.origin == origin]
        nulls = sum(pair.is_null for pair in mine)
        sources = len({pair.source for pair in mine})
        print(f"{origin}: {len(mine)} pairs of {sources} sources, {nulls} of them nulls")
    if options.sheet:
        _write(options.sheet, _sheet(pairs))
    return 0


def _sheet(pairs: Iterable[TruthPair]) -> Pixels:
    tiles = [_tile(pair) for pair in pairs]
    while len(tiles) % _COLUMNS:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[k : k + _COLUMNS]) for k in range(0, len(tiles), _COLUMNS)]
    return np.vstack(rows)


def _tile(pair: TruthPair) -> Pixels:
    """Show the second picture over itself with the truth drawn on."""
    height, width = pair.mask.shape
    aligned = cv2.warpPerspective(pair.after, pair.after_to_before, (width, height))
    drawn = np.asarray(aligned, np.uint8).copy()
    for truth, colour in _COLOURS.items():
        drawn[pair.mask == truth] = colour
    corners = np.round(pair.deck).astype(np.int32)
    cv2.polylines(drawn, [corners], isClosed=True, color=(0, 255, 120), thickness=1)
    x, y, w, h = cv2.boundingRect(corners)
    left, top = max(0, x - 15), max(0, y - 30)
    part = (slice(top, min(height, y + h + 30)), slice(left, min(width, x + w + 15)))
    shown = [cv2.resize(each[part], _TILE) for each in (np.asarray(aligned, np.uint8), drawn)]
    label = (4, 14)
    cv2.putText(shown[0], pair.name, label, cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
    return np.asarray(np.vstack(shown), np.uint8)


def _write(path: Path, pixels: Pixels) -> None:
    if not cv2.imwrite(str(path), np.ascontiguousarray(pixels[..., ::-1])):
        raise OSError(f"{path} could not be written")


if __name__ == "__main__":
    raise SystemExit(main())
