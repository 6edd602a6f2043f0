"""Cut and damage JPEGs so that they still end with their end marker, and see what is said.

    FORENSICS_MEDIA=... python benchmarks/accuracy/cut_jpeg.py [--write]

Photos are saved in several codings, cut at five places, and closed again with an end marker or
left open; in others a stretch of the coded data is left out, or overwritten with zeros or noise.
Counted is how often nothing is said (a miss), and on intact files how often something is (a false
alarm): real JPEGs of the test media, and photos with even bars, nights and documents, saved by
several encoders.
"""

import hashlib
import io
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import forensics.ingest.pages as pages
from benchmarks.accuracy.rates import Count
from forensics.ingest.jpeg_structure import read_structure
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.stills import decode_still
from forensics.model.findings import StillFacts

PHOTOS = 66
SIDE_PX = 900
CUTS = (0.1, 0.3, 0.5, 0.7, 0.95)
LOST_BYTES = 4096
END = b"\xff\xd9"
CODINGS: dict[str, dict[str, object]] = {
    "baseline": {},
    "optimised": {"optimize": True},
    "progressive": {"progressive": True},
    "restart, rows": {"restart_marker_rows": 1},
    "restart, 5 blocks": {"restart_marker_blocks": 5},
}
RESULTS = Path(__file__).parent.parent / "results" / "cut_jpeg.json"
ROUNDS = 25


def main() -> int:
    if "FORENSICS_MEDIA" not in os.environ:
        print("needs FORENSICS_MEDIA")
        return 1
    root = Path(os.environ["FORENSICS_MEDIA"])
    photos = [Image.open(each).convert("RGB") for each in _photos(root)]
    for photo in photos:
        photo.thumbnail((SIDE_PX, SIDE_PX))
    counts = [*_cuts(photos), *_losses(photos), *_intact(root), *_even(photos)]
    print("| what | files | said wrongly or not at all | 95 % interval |")
    print("|---|--:|--:|---|")
    for each in counts:
        low, high = each.interval
        print(f"| {each.corpus} | {each.trials} | {each.errors} | {low:.1%} to {high:.1%} |")
    costs = _costs(photos)
    print("\n| coding | ms to open 12 megapixels | without watching | ratio |")
    print("|---|--:|--:|--:|")
    for name, (watched, plain) in costs.items():
        print(f"| {name} | {watched:.1f} | {plain:.1f} | {watched / plain:.3f} |")
    if "--write" in sys.argv:
        rows = [
            {"what": each.corpus, "errors": each.errors, "trials": each.trials} for each in counts
        ]
        table = {"counts": rows, "cost_ms": costs}
        RESULTS.write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    return 0


def _photos(root: Path) -> list[Path]:
    return sorted((root / "reuse" / "photos").glob("*.*g"))[:PHOTOS]


def _said(data: bytes) -> str | None:
    kind = sniff(data[:HEAD_BYTES])
    if kind is None:
        return "not recognised"
    facts, _ = decode_still(data, kind)
    return facts.degraded if isinstance(facts, StillFacts) else "rejected"


def _save(photo: Image.Image, options: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def _cuts(photos: list[Image.Image]) -> Iterator[Count]:
    for name, options in CODINGS.items():
        files = [_save(photo, options) for photo in photos]
        for words, ending in (("closed", END), ("left open", b"")):
            missed = [
                _said(data[: _place(data, cut)] + ending) is None for data in files for cut in CUTS
            ]
            yield Count.of(missed, f"{name}, cut and {words}")
        if "progressive" in options:
            continue  # everything is coarser, so no row tells where the break is
        errors = [_share_error(data, cut) for data in files for cut in CUTS]
        told = [each for each in errors if each is not None]
        if told:
            print(
                f"{name}: share said for {len(told)} of {len(errors)}, off by "
                f"{statistics.median(told):.3f} in the median, {max(told):.3f} at most"
            )


def _place(data: bytes, cut: float) -> int:
    """Give a place in the coded data, at a share of them."""
    structure = read_structure(data)
    begin, end = structure.scans[0].header.end, len(data) - len(END)
    return begin + int((end - begin) * cut)


def _share_error(data: bytes, cut: float) -> float | None:
    """Compare the share that is said with the rows that look otherwise than the intact ones."""
    broken = data[: _place(data, cut)] + END
    said = _said(broken) or ""
    words = said.partition("the bottom ")[2].split(" %")[0]
    if not words.isdigit():
        return None
    whole, left = (np.asarray(Image.open(io.BytesIO(each))).astype(int) for each in (data, broken))
    same = np.abs(whole - left).max(axis=(1, 2)) == 0
    first = int(np.argmin(same)) if not same.all() else len(same)
    return abs(int(words) / 100 - (1 - first / len(same)))


def _losses(photos: list[Image.Image]) -> Iterator[Count]:
    noise = random.Random(1).randbytes(LOST_BYTES).replace(b"\xff", b"\xfe")
    for name, options in CODINGS.items():
        files = [_save(photo, options) for photo in photos]
        for words, filling in (("left out", b""), ("zeros", bytes(LOST_BYTES)), ("noise", noise)):
            missed = []
            for data in files:
                at = _place(data, 0.4)
                missed.append(_said(data[:at] + filling + data[at + LOST_BYTES :]) is None)
            yield Count.of(missed, f"{name}, {LOST_BYTES:,} bytes within: {words}")


def _intact(root: Path) -> Iterator[Count]:
    seen: set[bytes] = set()
    wrong: list[bool] = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or "hostile" in path.parts or path.stem == "corrupted":
            continue
        with path.open("rb") as file:
            kind = sniff(file.read(HEAD_BYTES))
        if kind is None or kind.format != "jpeg":
            continue
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        if digest not in seen:
            seen.add(digest)
            wrong.append(_said(data) is not None)
    yield Count.of(wrong, "real JPEGs, intact (false alarms)")


def _even(photos: list[Image.Image]) -> Iterator[Count]:
    """Pictures with even bottoms, saved by several encoders."""
    makers = {
        "bar at the bottom": lambda photo: _bar(photo, 0),
        "white bar": lambda photo: _bar(photo, 255),
        "grey bar": lambda photo: _bar(photo, 128),
        "night": lambda photo: photo.point(lambda value: max(value - 200, 0)),
        "document": lambda photo: photo.convert("L").point(lambda v: 255 * (v > 40)).convert("RGB"),
        "all one grey": lambda photo: Image.new("RGB", photo.size, (128, 128, 128)),
    }
    for name, make in makers.items():
        wrong = []
        for photo in photos:
            picture = make(photo)
            files = [_save(picture, options) for options in CODINGS.values()]
            bgr = np.asarray(picture)[:, :, ::-1]
            files.append(cv2.imencode(".jpg", bgr)[1].tobytes())
            files.append(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1].tobytes())
            files.append(_save(picture.convert("L"), {"quality": 20}))
            wrong += [_said(data) is not None for data in files]
        yield Count.of(wrong, f"{name}, intact, 8 encoders (false alarms)")


def _bar(photo: Image.Image, value: int) -> Image.Image:
    bar = photo.copy()
    bar.paste((value, value, value), (0, photo.height * 3 // 5, photo.width, photo.height))
    return bar


def _costs(photos: list[Image.Image]) -> dict[str, tuple[float, float]]:
    random_noise = np.random.default_rng(0).integers(-12, 12, (3000, 4000, 3))
    large = np.asarray(photos[0].resize((4000, 3000))).astype(int) + random_noise
    picture = Image.fromarray(np.clip(large, 0, 255).astype(np.uint8))
    costs = {}
    for name in ("baseline", "progressive", "restart, rows"):
        data = _save(picture, {"quality": 92, **CODINGS[name]})
        times: dict[bool, list[float]] = {True: [], False: []}
        watch = pages.watch
        for _ in range(ROUNDS):
            for is_watched, each in times.items():
                pages.watch = watch if is_watched else _unwatched
                begin = time.perf_counter()
                _said(data)
                each.append(1000 * (time.perf_counter() - begin))
        pages.watch = watch
        costs[name] = (statistics.median(times[True]), statistics.median(times[False]))
    return costs


def _unwatched(*_: object) -> None:
    """Stand in for `watch`: the picture is decoded as Pillow does it by itself."""


if __name__ == "__main__":
    sys.exit(main())
