"""Compare the states of content credentials that `metadata.provenance` tells with what is true.

    FORENSICS_MEDIA=... python benchmarks/accuracy/provenance.py [--write]

Three parts: the public test files of C2PA, each with why its state is expected; files that are
signed here and changed in known places, in every format; and files without credentials, in which
none must be seen. Results go to benchmarks/results/provenance.json.
"""

import hashlib
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from rates import Count  # noqa: E402

from forensics.ingest.media import Media, open_media  # noqa: E402
from forensics.ingest.sniff import HEAD_BYTES, sniff  # noqa: E402
from forensics.metadata.credentials.scan import is_in_still  # noqa: E402
from forensics.metadata.credentials.store import read_store  # noqa: E402
from forensics.metadata.provenance import read_provenance  # noqa: E402
from forensics.model.errors import UnreadableMedia  # noqa: E402
from forensics.model.outcome import Absent, Problem  # noqa: E402
from forensics.model.provenance import Credentials  # noqa: E402
from tools.signing import action, sign, split, with_segments  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "provenance.json"
NO_TABLE = Absent("not_present", "")
OURS = ("intact", "not_checked")
"""Integrity and signer of what nothing speaks against; no list of signers is given here."""

CA = "adobe-20220124-CA.jpg"
# File: integrity, signer, ingredients; then why. What the letters mean is told by the README of the
# test files: C claim, A parent ingredient, I ingredient, X and E-dat content hash does not match,
# E-sig signature does not validate. The content hash is computed again below, with hashlib.
EXPECTED = {
    CA: (*OURS, "none", "content hash matches; its parent A has no credentials"),
    "adobe-20220124-CI.jpg": (*OURS, "none", "content hash matches; I has no credentials"),
    "adobe-20220124-CICA.jpg": (*OURS, "intact", "content hash matches; made from CA"),
    "adobe-20220124-CAICA.jpg": (*OURS, "intact", "content hash matches; made from A and CA"),
    "adobe-20220124-CACAICAICICA.jpg": (*OURS, "intact", "content hash matches; from CAICA, CICA"),
    "adobe-20220124-CAIAIIICAICIICAIICICA.jpg": (
        *OURS, "intact", "content hash matches; seven ingredients, five with credentials"),
    "adobe-20220124-E-dat-CA.jpg": (
        "broken", "not_checked", "none",
        "content hash does not match; differs from CA in its XMP alone, outside the manifest"),
    "adobe-20220124-E-sig-CA.jpg": (
        "broken", "not_checked", "none",
        "content hash matches; differs from CA inside the claim alone, which the signature covers"),
    "adobe-20220124-XCA.jpg": (
        "broken", "not_checked", "none",
        "content hash does not match: the manifest of CA on a grey version of its picture"),
    "truepic-20230212-landscape.jpg": (
        "undetermined", "not_checked", "none",
        "content hash matches, but leaves out the first 302,402 bytes, of which the manifest is "
        "only the last 288,002: the EXIF block before it is covered by nothing"),
    "adobe-20220124-I.jpg": ("not_present", "", "", "no byte of a manifest store in it"),
}  # fmt: skip

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif",
           "TIFF": "image/tiff", "AVIF": "image/avif"}  # fmt: skip
FLIPS = 50
SLICE_BYTES = 24


def main() -> int:
    root = os.environ.get("FORENSICS_MEDIA")
    if root is None:
        print("needs FORENSICS_MEDIA")
        return 1
    public = public_files(Path(root) / "c2pa")
    made = made_files()
    quiet = files_without(Path(root))
    costs = measure_costs(Path(root) / "c2pa" / "truepic-20230212-landscape.jpg")
    results = {"public": public, "made": made, "without": quiet, "costs": costs}
    if "--write" in sys.argv[1:]:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    wrong = [each for each in public if each["found"] != each["expected"]]
    return 1 if wrong or made["wrong"] or quiet["seen"] else 0


def public_files(folder: Path) -> list[dict[str, object]]:
    print(f"{'public test file':44} {'found':34} {'expected':34} content hash, here")
    rows = []
    for name, (*states, why) in EXPECTED.items():
        data = (folder / name).read_bytes()
        found, codes = state_of(data)
        matches = content_hash_matches(data)
        expected = [each for each in states if each]
        rows.append({"file": name, "found": found, "expected": expected, "codes": codes,
                     "content_hash_matches_here": matches, "why": why})  # fmt: skip
        mark = "" if found == expected else "   <-- WRONG"
        shown = {True: "matches", False: "does not match", None: "-"}[matches]
        print(f"{name:44} {' '.join(found):34} {' '.join(expected):34} {shown}{mark}")
    return rows


def state_of(data: bytes) -> tuple[list[str], list[str]]:
    """Give the three states, or why there are none, and the codes of integrity."""
    kind = sniff(data[:HEAD_BYTES])
    media = Media(Path("x"), "0" * 64, len(data), kind, data, Problem(""), (), {})
    found = read_provenance(media, NO_TABLE)
    if isinstance(found, Absent):
        return [found.reason], []
    told = found.credentials
    if not isinstance(told, Credentials):
        return [told.reason], []
    states = [told.integrity.state, told.signer.state, told.ingredients.state]
    return states, list(told.integrity.codes)


def content_hash_matches(data: bytes) -> bool | None:
    """Compute the content hash again; only which bytes it leaves out is taken from the library."""
    store = read_store(io.BytesIO(data), "image/jpeg")
    if not isinstance(store, list):
        return None
    binding = store[0]["assertions"]["c2pa.hash.data"]
    digest, at = hashlib.new(binding["alg"]), 0
    for each in sorted(binding["exclusions"], key=lambda each: each["start"]):
        digest.update(data[at : each["start"]])
        at = each["start"] + each["length"]
    digest.update(data[at:])
    return digest.digest() == b64decode(binding["hash"].removeprefix("b64'").rstrip("'"))


def made_files() -> dict[str, object]:
    counts: Counter[tuple[str, str, str]] = Counter()
    wrong: list[str] = []
    trials = 0
    for format_name, media_type in FORMATS.items():
        for case, expected, data in changes(format_name, media_type):
            found, _ = state_of(data)
            counts[format_name, case, found[0]] += 1
            trials += 1
            if found[0] not in expected:
                wrong.append(f"{format_name} {case}: {found[0]}")
    count = Count(len(wrong), trials, "signed here, changed in known places")
    print("\nfiles signed here: format, change, state, how many")
    for key, number in sorted(counts.items()):
        print(f"  {key[0]:6}{key[1]:28}{key[2]:14}{number}")
    low, high = count.interval
    print(f"wrong: {len(wrong)} of {trials} (95 %: {low:.4f} to {high:.4f})", *wrong, sep="\n  ")
    table = [[*key, number] for key, number in sorted(counts.items())]
    return {"counts": table, "wrong": wrong, "trials": trials,
            "interval": [round(low, 5), round(high, 5)]}  # fmt: skip


def changes(format_name: str, media_type: str) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """Give what is changed, the states that are right, and the file."""
    plain, other = (encode(format_name, seed) for seed in (1, 2))
    actions = [action("c2pa.created", source="digitalCapture")]
    signed = sign(plain, media_type=media_type, actions=actions)
    rng = random.Random(format_name)
    yield "none", ("intact",), signed
    for place in content_places(plain, signed, rng):
        yield "one bit of the picture", ("broken",), flip(signed, place)
    yield "one bit of a statement", ("broken",), flip(signed, signed.index(b"digitalCapture"))
    yield "one bit of the claim", ("broken",), flip(signed, signed.index(b"signing"))
    cut = signed[: -len(plain) // 4]
    yield "cut", ("broken", "unreadable", "not_present"), cut
    yield "bytes behind it", ("broken", "unreadable"), signed + b"more"
    yield "no credentials", ("not_present",), plain
    if format_name == "JPEG":
        segments = split(signed)[0]
        yield "credentials of another", ("broken",), with_segments(other, segments)
        yield "two manifest stores", ("broken", "unreadable"), with_segments(signed, segments)
        yield "credentials taken out", ("not_present",), split(signed)[1]


def content_places(plain: bytes, signed: bytes, rng: random.Random) -> Iterator[int]:
    """Give places in the signed file where bytes of the picture stand, which signing moved."""
    given = 0
    while given < FLIPS:
        at = rng.randrange(len(plain) // 2, len(plain) - SLICE_BYTES)
        piece = plain[at : at + SLICE_BYTES]
        if signed.count(piece) == 1 and b"jumb" not in piece:
            given += 1
            yield signed.index(piece) + SLICE_BYTES // 2


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def encode(format_name: str, seed: int) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), np.uint8)
    picture = Image.fromarray(noise).resize((320, 240), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    picture.save(buffer, format_name)
    return buffer.getvalue()


def files_without(root: Path) -> dict[str, object]:
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    files = [path for path in files if "c2pa" not in path.parts]
    seen: list[str] = []
    seconds, size = 0.0, 0
    for path in files:
        data = path.read_bytes()
        started = time.perf_counter()
        if is_in_still(data):
            seen.append(path.name)
        seconds += time.perf_counter() - started
        size += len(data)
    declared = declarations_in(files, lambda path: path.suffix.lower() != ".mp4")
    low, high = Count(len(seen), len(files), "other media").interval
    print(f"\nfiles without credentials: a manifest seen in {len(seen)} of {len(files)} "
          f"(95 %: {low:.5f} to {high:.5f}); {size / seconds / 1e9:.1f} GB/s")  # fmt: skip
    print("declarations in them:", declared or "none")
    return {"seen": seen, "files": len(files), "interval": [round(low, 5), round(high, 5)],
            "declared": declared}  # fmt: skip


def declarations_in(files: list[Path], wanted: Callable[[Path], bool]) -> dict[str, int]:
    """Count what real files declare; each is printed, to be looked at."""
    from forensics.metadata.read import read_fields

    found: Counter[str] = Counter()
    for path in files:
        if not wanted(path) or "metadata" not in path.parts:
            continue
        try:
            media = open_media(path)
        except UnreadableMedia:
            continue
        told = read_provenance(media, read_fields(media))
        if isinstance(told, Absent):
            continue
        for each in (*told.declared_ai, *told.declared_sources):
            print(f"  {path.name}: {each.where}: {each.value[:60]!r}: {each.meaning}")
            found[f"{each.where}: {each.meaning}"] += 1
    return dict(sorted(found.items()))


_COST = """
import sys, time
sys.path[:0] = [sys.argv[1]]
import forensics.ingest.stills, forensics.metadata.provenance as step
from pathlib import Path
from forensics.ingest.media import Media
from forensics.ingest.sniff import sniff
from forensics.model.outcome import Absent, Problem
def told(name):
    status = Path("/proc/self/status").read_text()
    return int(status.split(name + ":")[1].split()[0]) / 1024
data = Path(sys.argv[2]).read_bytes()
media = Media(Path("x"), "0", len(data), sniff(data[:4096]), data, Problem(""), (), {})
resident, started = told("VmRSS"), time.perf_counter()
import c2pa
loaded, after = told("VmRSS") - resident, time.perf_counter()
step.read_provenance(media, Absent("not_present", ""))
first = time.perf_counter()
step.read_provenance(media, Absent("not_present", ""))
print((after - started) * 1e3, loaded, (first - after) * 1e3,
      (time.perf_counter() - first) * 1e3, told("VmHWM") - resident)
"""
_ROUNDS = 5


def measure_costs(photo: Path) -> dict[str, dict[str, float]]:
    """Measure, as the median of fresh processes, what loading and checking takes."""
    big = Image.fromarray(np.random.default_rng(3).integers(0, 255, (5800, 5800, 3), np.uint8))
    costs = {}
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.tif"
        buffer = io.BytesIO()
        big.save(buffer, "TIFF")
        large.write_bytes(sign(buffer.getvalue(), media_type="image/tiff"))
        for path in (photo, large):
            command = [sys.executable, "-W", "ignore", "-c", _COST, str(ROOT), str(path)]
            rounds = [
                [float(each) for each in subprocess.check_output(command).split()]
                for _ in range(_ROUNDS)
            ]
            names = ("load_ms", "load_mib", "first_check_ms", "check_ms", "peak_mib")
            medians = [round(statistics.median(each), 1) for each in zip(*rounds, strict=True)]
            label = f"{path.suffix[1:]} of {path.stat().st_size >> 20} MiB"
            costs[label] = dict(zip(names, medians, strict=True))
            print(label, costs[label])
    return costs


if __name__ == "__main__":
    sys.exit(main())
