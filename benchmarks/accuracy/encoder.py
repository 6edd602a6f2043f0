"""Save photos with other programs and see whether their last writer is among those listed.

    FORENSICS_MEDIA=... python benchmarks/accuracy/encoder.py [--write]

Three kinds of material, which say different things and are counted apart:

- made independently: files of the programs themselves (ImageMagick, GIMP, FFmpeg, ...), where they
  are installed;
- imitated: photos saved by Pillow with the tables or texts that a signature names. They test the
  plumbing, not what the platform really does;
- originals: real files of cameras and phones. A candidate of the kind editor, platform or messaging
  is a wrong name there, unless the file itself names that program; so is a camera of another maker.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.accuracy.rates import Count
from forensics.ingest.media import identify, undecoded
from forensics.metadata.encoder import identify_encoder
from forensics.metadata.ijg import estimate_quality, ijg_tables
from forensics.metadata.signatures import known_signatures
from forensics.model.encoder import EncoderIdentity
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem

PHOTOS = 66
ORIGINALS = ("metadata/exif-samples/jpg", "registration", "c2pa", "reuse/stills")
RESULTS = Path(__file__).parent.parent / "results" / "encoder.json"
OTHERS = ("editor", "platform", "messaging")
ROUNDS = 20
GIMP_SCRIPT = """
(let* ((names (list %s)))
  (while (pair? names)
    (let* ((name (car names)) (image (car (gimp-file-load RUN-NONINTERACTIVE name name)))
           (layer (car (gimp-image-get-active-layer image))) (out (string-append name ".gimp.jpg")))
      (gimp-file-save RUN-NONINTERACTIVE image layer out out)
      (gimp-image-delete image) (set! names (cdr names)))))
"""


def main() -> int:
    if "FORENSICS_MEDIA" not in os.environ:
        print("needs FORENSICS_MEDIA")
        return 1
    root = Path(os.environ["FORENSICS_MEDIA"])
    photos = sorted((root / "reuse" / "photos").glob("*.*g"))[:PHOTOS]
    with tempfile.TemporaryDirectory() as folder:
        sources = [_plain(path, Path(folder)) for path in photos]
        rows = [*_named("independent", _programs(sources)), *_named("imitated", _copies(sources))]
    rows += _originals(root)
    likeness = _likeness()
    for each in likeness:
        print(f"{each.corpus}: {each.errors} of {each.trials} wrong, {each.interval}")
    print("\n| material | files | wrong | 95 % interval | candidates on average |")
    print("|---|--:|--:|---|--:|")
    for count, candidates in rows:
        low, high = count.interval
        print(
            f"| {count.corpus} | {count.trials} | {count.errors} | {low:.1%} to {high:.1%} "
            f"| {candidates:.1f} |"
        )
    cost = _cost()
    print("\nms a file: read and hash {read:.2f}, encoder {encoder:.2f}".format(**cost))
    if "--write" in sys.argv:
        table = [
            {"what": c.corpus, "errors": c.errors, "trials": c.trials, "candidates": round(n, 2)}
            for c, n in rows
        ]
        RESULTS.write_text(json.dumps({"counts": table, "cost_ms": cost}, indent=1) + "\n", "utf-8")
    return 0


def _plain(path: Path, folder: Path) -> Path:
    """Write a photo as PNG, so that nothing of its own coding is left."""
    target = folder / f"{path.stem}.png"
    with Image.open(path) as image:
        image.convert("RGB").save(target, compress_level=1)
    return target


def see(path: Path) -> EncoderIdentity | None:
    try:
        with identify(path) as opened:
            found = identify_encoder(undecoded(opened, Problem("not decoded")))
    except UnreadableMedia:
        return None
    return found if isinstance(found, EncoderIdentity) else None


Made = Iterator[tuple[str, str, list[Path]]]
"""Setting, beginning of the name that must be among the candidates, files."""


def _named(kind: str, made: Made) -> list[tuple[Count, float]]:
    rows = []
    for setting, wanted, files in made:
        if not files:
            print(f"{kind}: {setting}: not made, the program is not installed")
            continue
        found = [see(path) for path in files]
        named = [[c.name for c in each.candidates] if each else [] for each in found]
        missed = [not any(name.startswith(wanted) for name in names) for names in named]
        listed = sum(len(set(names)) for names in named) / len(named)
        rows.append((Count.of(missed, f"{kind}: {setting}"), listed))
    return rows


def _programs(sources: list[Path]) -> Made:
    convert = shutil.which("convert-im6.q16") or shutil.which("magick")
    yield "ImageMagick, default", "ImageMagick", _run(sources, convert, "im", "{in}", "{out}")
    yield (
        "ImageMagick, quality 80, progressive", "ImageMagick",
        _run(sources, convert, "im80", "{in}", "-quality", "80", "-interlace", "Plane", "{out}"),
    )  # fmt: skip
    gm = shutil.which("gm")
    yield "GraphicsMagick", "GraphicsMagick", _run(sources, gm, "gm", "convert", "{in}", "{out}")
    ffmpeg = shutil.which("ffmpeg")
    quiet = ("-y", "-loglevel", "error", "-i", "{in}")
    yield "FFmpeg, default", "FFmpeg", _run(sources, ffmpeg, "ff", *quiet, "{out}")
    yield (
        "FFmpeg, bit exact (no comment)", "FFmpeg",
        _run(sources, ffmpeg, "ffb", *quiet, "-flags", "+bitexact", "-q:v", "3", "{out}"),
    )  # fmt: skip
    vips = shutil.which("vips")
    yield "libvips, default", "libvips", _run(sources, vips, "vips", "copy", "{in}", "{out}")
    yield (
        "libvips, stripped",
        "libvips",
        _run(sources, vips, "vips90", "copy", "{in}", "{out}[Q=90,strip]"),
    )
    php = shutil.which("php")
    code = "imagejpeg(imagecreatefrompng($argv[1]), $argv[2], 85);"
    yield "GD by PHP", "GD", _run(sources, php, "gd", "-r", code, "--", "{in}", "{out}")
    yield "GIMP, default", "GIMP", _run_gimp(sources)
    yield "OpenCV, default", "OpenCV", _write(sources, "cv", lambda i, o: _opencv(i, o, 95))
    yield "OpenCV, quality 70", "OpenCV", _write(sources, "cv70", lambda i, o: _opencv(i, o, 70))
    yield "Pillow, default", "Pillow", _write(sources, "pil", _pillow)
    yield (
        "Pillow, progressive, quality 85",
        "Pillow",
        _write(sources, "pilp", lambda i, o: _pillow(i, o, quality=85, progressive=True)),
    )


def _copies(sources: list[Path]) -> Made:
    steps = {each.name: each for each in known_signatures().steps}
    for name in ("photoshop-03", "photoshop-10"):
        tables = [list(steps[name].luma), list(steps[name].chroma)]
        yield (
            f"tables {name}",
            "Adobe Photoshop",
            _write(sources, name, lambda i, o, t=tables: _pillow(i, o, qtables=t, subsampling=0)),
        )
    web = [list(steps["photoshop-web-70"].luma), list(steps["photoshop-web-70"].chroma)]
    yield (
        "tables photoshop-web-70",
        "Adobe Photoshop, “Save for Web”",
        _write(sources, "web", lambda i, o: _pillow(i, o, qtables=web, subsampling=0)),
    )
    yield (
        "as Telegram Desktop: quality 87, 1,280 pixels",
        "Telegram",
        _write(sources, "tg", lambda i, o: _pillow(i, o, side=1280, quality=87)),
    )
    yield "as Facebook: progressive, IPTC with FBMD", "Facebook", _write(sources, "fb", _facebook)
    yield (
        "as Android: optimised codes, quality 80",
        "Android",
        _write(sources, "android", lambda i, o: _pillow(i, o, quality=80, optimize=True)),
    )


def _run(sources: list[Path], program: str | None, mark: str, *arguments: str) -> list[Path]:
    if program is None:
        return []
    made = []
    for source in sources:
        target = source.with_suffix(f".{mark}.jpg")
        words = [
            each.format(**{"in": source, "out": target}) if "{" in each else each
            for each in arguments
        ]
        subprocess.run([program, *words], check=True, capture_output=True)
        made.append(target)
    return made


def _run_gimp(sources: list[Path]) -> list[Path]:
    gimp = shutil.which("gimp-console") or shutil.which("gimp")
    if gimp is None:
        return []
    names = " ".join(f'"{path}"' for path in sources)
    script = " ".join((GIMP_SCRIPT % names).split())
    subprocess.run(
        [gimp, "-i", "-b", script, "-b", "(gimp-quit 0)"], check=False, capture_output=True
    )
    return [made for path in sources if (made := path.with_name(f"{path.name}.gimp.jpg")).exists()]


def _write(sources: list[Path], mark: str, write: Callable[[Path, Path], None]) -> list[Path]:
    made = [source.with_suffix(f".{mark}.jpg") for source in sources]
    for source, target in zip(sources, made, strict=True):
        write(source, target)
    return made


def _opencv(source: Path, target: Path, quality: int) -> None:
    cv2.imwrite(str(target), cv2.imread(str(source)), [cv2.IMWRITE_JPEG_QUALITY, quality])


def _pillow(source: Path, target: Path, *, side: int = 0, **options: object) -> None:
    with Image.open(source) as image:
        if side:
            image.thumbnail((side, side))
        image.save(target, "JPEG", **options)


def _facebook(source: Path, target: Path) -> None:
    buffer = io.BytesIO()
    with Image.open(source) as image:
        image.save(buffer, "JPEG", quality=80, progressive=True)
    mark = b"FBMD01000a9f030000610f0000"
    field = b"\x1c\x02\x28" + len(mark).to_bytes(2, "big") + mark
    block = b"Photoshop 3.0\08BIM\x04\x04\0\0" + len(field).to_bytes(4, "big") + field
    data = buffer.getvalue()
    segment = b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block
    target.write_bytes(data[:20] + segment + data[20:])


def _originals(root: Path) -> list[tuple[Count, float]]:
    halves: dict[str, list[tuple[bool, bool, int]]] = {"derived from": [], "kept aside": []}
    for folder in ORIGINALS:
        for path in sorted((root / folder).rglob("*.jp*g")):
            found = see(path)
            texts = {each.where: each.text for each in found.texts} if found else {}
            make = texts.get("EXIF Make", "")
            if not found or not found.jpeg or not make:
                continue
            half = (
                "kept aside" if zlib.crc32(make.lower().split()[0].encode()) % 2 else "derived from"
            )
            own = " ".join(texts.values())
            named = [c for c in found.candidates if c.kind in OTHERS and not _says(own, c.name)]
            strange = [c for c in found.candidates if c.makes and make not in c.makes]
            for each in (*named, *strange):
                print(f"{half}: {path.name} ({make}): {each.name} because {each.because}")
            halves[half].append(
                (bool(named), bool(strange), len({c.name for c in found.candidates}))
            )
    rows = []
    for half, found_in in halves.items():
        listed = sum(count for _, _, count in found_in) / len(found_in)
        rows.append(
            (
                Count.of(
                    (a for a, _, _ in found_in), f"originals, makers {half}: other program named"
                ),
                listed,
            )
        )
        rows.append(
            (
                Count.of(
                    (b for _, b, _ in found_in), f"originals, makers {half}: other maker named"
                ),
                listed,
            )
        )
    return rows


def _likeness() -> list[Count]:
    """Count tables that are wrongly called unlike, or like, those of the IJG library."""
    scaled, foreign = [], []
    for role, quality in (("luma", 50), ("chroma", 50)):
        base = ijg_tables(role)[quality - 1]
        for scale in np.arange(0.05, 2, 0.013):
            for rounded in (np.floor, np.ceil, np.round):
                steps = np.clip(rounded(base * scale), 1, 255).astype(int)
                scaled.append(estimate_quality(steps.tolist(), role) is None)
    for steps in known_signatures().steps:
        for role, values in (("luma", steps.luma), ("chroma", steps.chroma)):
            foreign.append(estimate_quality(values, role) is not None)
    return [
        Count.of(scaled, "the standard's tables at scales and roundings not the library's"),
        Count.of(foreign, "tables of Adobe and Apple"),
    ]


def _says(own: str, name: str) -> bool:
    words = [word.strip(",()“”") for word in name.split()]
    return any(word.lower() in own.lower() for word in words if len(word) > 3)


def _cost() -> dict[str, float]:
    grain = np.random.default_rng(0).integers(100, 156, (3000, 4000, 3), np.uint8)
    large = Image.fromarray(grain)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.jpg"
        large.save(path, quality=80)
        read, encoder = [], []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            with identify(path) as opened:
                read.append(time.perf_counter() - begin)
                media = undecoded(opened, Problem("not decoded"))
            begin = time.perf_counter()
            identify_encoder(media)
            encoder.append(time.perf_counter() - begin)
    return {"read": 1000 * float(np.median(read)), "encoder": 1000 * float(np.median(encoder))}


if __name__ == "__main__":
    sys.exit(main())
