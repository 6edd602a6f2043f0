"""Measure how far decoding a JPEG at a reduced scale moves its PDQ hash.

Run with FORENSICS_MEDIA set: ``python benchmarks/accuracy/decode.py``. Every colour JPEG of at
least 1,200 pixels is decoded in full and at the smallest scale that leaves both sides at least so
long; pictures of a quality below 50 are left out, as they are in a search.
"""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from forensics.reuse.pdq import PdqHash, pdq
from forensics.vision.views import DECODE_SIDE_PX, grey, hash_view

SIDES_PX = (512, 448, DECODE_SIDE_PX, 300)
MIN_LONGEST_PX = 1200
MIN_QUALITY = 50


def main() -> None:
    """Print one row for each shortest side."""
    moved: dict[int, list[int]] = {side_px: [] for side_px in SIDES_PX}
    for path in large_jpegs(Path(os.environ["FORENSICS_MEDIA"])):
        full = hash_at(path, None)
        if full.quality < MIN_QUALITY:
            continue
        for side_px in SIDES_PX:
            moved[side_px].append(distance_bits(full, hash_at(path, side_px)))
    print("| shortest side, px | JPEGs | mean, bits | 95 % within | most |")
    print("|--:|--:|--:|--:|--:|")
    for side_px, bits in moved.items():
        within = np.percentile(bits, 95)
        print(f"| {side_px} | {len(bits)} | {np.mean(bits):.1f} | {within:.0f} | {max(bits)} |")


def large_jpegs(folder: Path) -> Iterator[Path]:
    """Yield the colour JPEGs that are worth decoding at a reduced scale."""
    for path in sorted(folder.rglob("*.jp*g")):
        try:
            with Image.open(path, formats=["JPEG", "MPO"]) as image:
                if max(image.size) >= MIN_LONGEST_PX and image.mode == "RGB":
                    image.load()
                    yield path
        except OSError:
            continue


def hash_at(path: Path, side_px: int | None) -> PdqHash:
    """Hash a JPEG decoded in full, or at the smallest scale that leaves both sides `side_px`."""
    with Image.open(path) as image:
        if side_px is not None:
            image.draft("RGB", (side_px, side_px))
        return pdq(hash_view(grey(np.asarray(image.convert("RGB")))))


def distance_bits(one: PdqHash, other: PdqHash) -> int:
    """Count the bits in which two hashes differ."""
    bits = np.frombuffer(one.packed, np.uint8) ^ np.frombuffer(other.packed, np.uint8)
    return int(np.bitwise_count(bits).sum())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
