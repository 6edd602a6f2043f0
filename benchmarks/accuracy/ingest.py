"""Cut real photos short and compare what is said to be missing with what is.

    FORENSICS_MEDIA=... python benchmarks/accuracy/ingest.py

Every photo is saved in every format, cut at three places and opened. The truth is the last row
that still looks like the intact picture. Intact files are opened too: none may be called cut.
"""

import io
import os
import re
import sys
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from forensics.ingest.media import open_media
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.stills import decode_still
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import StillFacts

PHOTOS = 20
SIDE_PX = 640
CUTS = (0.25, 0.5, 0.75)
SAME_ROW = 8.0
"""Mean difference of 8-bit values up to which a row counts as seen."""

FORMATS = {
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "lossless webp": ("WEBP", {"lossless": True}),
    "gif": ("GIF", {"interlace": 0}),
    "tiff": ("TIFF", {}),
    "bmp": ("BMP", {}),
    "heic": ("HEIF", {}),
    "avif": ("AVIF", {}),
}
INTACT = ("reuse/photos", "reuse/stills", "reuse/bsds500", "metadata/exif-samples", "c2pa")


def main() -> int:
    if "FORENSICS_MEDIA" not in os.environ:
        print("needs FORENSICS_MEDIA")
        return 1
    root = Path(os.environ["FORENSICS_MEDIA"])
    pillow_heif.register_heif_opener()
    photos = sorted((root / "reuse" / "photos").glob("*.*g"))[:PHOTOS]
    print("| format | cut files | shown in part | rejected | share said | median error | largest |")
    print("|---|---|---|---|---|---|---|")
    for name, (format_name, options) in FORMATS.items():
        print_row(
            name, [measure(path, format_name, options, cut) for path in photos for cut in CUTS]
        )
    states = [state_of(path) for folder in INTACT for path in sorted((root / folder).rglob("*"))]
    states = [each for each in states if each]
    print(f"\n{len(states)} intact stills: {states.count('ok')} ok; others:")
    for state in sorted(set(states) - {"ok"}):
        print("  ", state)
    return 0


def measure(path: Path, format_name: str, options: dict[str, object], cut: float) -> float | str:
    """Give the error of the share that is said, or what was said instead."""
    with Image.open(path) as image:
        small = image.convert("RGB")
    small.thumbnail((SIDE_PX, SIDE_PX))
    buffer = io.BytesIO()
    small.save(buffer, format_name, **options)
    data = buffer.getvalue()
    kind = sniff(data[:HEAD_BYTES])
    assert kind is not None
    _, (intact,) = decode_still(data, kind)
    facts, frames = decode_still(data[: int(len(data) * cut)], kind)
    if not isinstance(facts, StillFacts):
        return "rejected"
    said = re.search(r"the (bottom|top) (\d+) %", facts.degraded or "")
    if said is None:
        return "no share"
    apart = np.abs(frames[0].pixels.astype(int) - intact.pixels).mean(axis=(1, 2))
    if said[1] == "top":
        apart = apart[::-1]
    gone = np.flatnonzero(apart > SAME_ROW)
    seen = gone[0] if len(gone) else len(apart)
    return abs(int(said[2]) / 100 - (1 - seen / len(apart)))


def print_row(name: str, results: list[float | str]) -> None:
    errors = [each for each in results if isinstance(each, float)]
    rejected = results.count("rejected")
    median = f"{np.median(errors):.3f}" if errors else ""
    worst = f"{max(errors):.3f}" if errors else ""
    print(
        f"| {name} | {len(results)} | {len(results) - rejected} | {rejected} | {len(errors)} "
        f"| {median} | {worst} |"
    )


def state_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    try:
        media = open_media(path)
    except UnreadableMedia:
        return None
    if not isinstance(media.facts, StillFacts):
        return f"{path.name}: {media.facts}"
    return f"{path.name}: {media.facts.degraded}" if media.facts.degraded else "ok"


if __name__ == "__main__":
    sys.exit(main())
