"""Count the notes that are given on real photos and clips, by rule and severity.

    FORENSICS_MEDIA=... python benchmarks/accuracy/notes.py [--write]

The media come from cameras, phones, editors and test collections; nobody meant harm by any of
them but for the three that were broken on purpose to test content credentials, so whatever is
noted shows how often a rule speaks of innocent files. With --write the counts go to
benchmarks/results/notes.json.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from accuracy.media import media_root
from accuracy.rates import Count

import forensics
from forensics.model.findings import Notes
from forensics.model.outcome import Result

FOLDERS = (
    "metadata", "c2pa", "registration", "reuse/photos", "reuse/stills", "reuse/videos",
    "reuse/bsds500", "video",
)  # fmt: skip
BROKEN_ON_PURPOSE = ("adobe-20220124-E-dat-CA", "adobe-20220124-E-sig-CA", "adobe-20220124-XCA")
CASE = 'name = "notes"\nas_of = 2026-11-25T00:00:00Z\n'
EXAMPLES = 3
RESULTS = Path(__file__).resolve().parents[1] / "results/notes.json"


def main() -> int:
    """Scan, count, print."""
    parser = argparse.ArgumentParser(description="Count the notes on real media.")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    arguments = parser.parse_args()
    root = media_root()
    if root is None:
        print("FORENSICS_MEDIA names no folder: there is nothing to measure on", file=sys.stderr)
        return 3
    notes: Counter[tuple[str, str]] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    items: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for folder in FOLDERS:
        for name, sha256, found in noted(root / folder):
            if sha256 in items:
                continue
            items[sha256] = {note.severity for note in found.notes}
            names[sha256] = name
            for note in found.notes:
                notes[note.severity, note.id] += 1
                examples[note.id].append(f"{name}: {note.text}")
    innocent = [s for key, s in items.items() if not names[key].startswith(BROKEN_ON_PURPOSE)]
    in_conflict = Count.of(("conflict" in each for each in innocent), "innocent real files")
    low, high = in_conflict.interval
    print(f"{len(items)} different files; without those broken on purpose {len(innocent)}:")
    print(
        f"conflict on {in_conflict.errors} ({low:.2%} to {high:.2%}), "
        f"notice on {sum('notice' in each for each in innocent)}, "
        f"nothing on {sum(not each for each in innocent)}\n"
    )
    print("| severity | rule | notes |\n|---|---|--:|")
    for (severity, rule), count in sorted(notes.items()):
        print(f"| {severity} | {rule} | {count} |")
    for rule, seen in sorted(examples.items()):
        print(f"\n{rule}")
        print("\n".join(f"  {each}" for each in seen[:EXAMPLES]))
    if arguments.write:
        results = {
            "files": len(items),
            "innocent": len(innocent),
            "in_conflict": [in_conflict.errors, in_conflict.trials, low, high],
            "notes": {f"{rule} ({severity})": n for (severity, rule), n in sorted(notes.items())},
        }
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def noted(folder: Path) -> list[tuple[str, str, Notes]]:
    """Scan a folder and give the notes on every item."""
    with tempfile.TemporaryDirectory() as out:
        case_file = Path(out) / "case.toml"
        case_file.write_text(CASE, encoding="utf-8")
        case = forensics.scan(folder, case=case_file, out=Path(out) / "report")
    names = {item.sha256: item.paths[0].rpartition("/")[2] for item in case.items}
    return [
        (names[each.subject[0]], each.subject[0], each.outcome.finding)
        for each in case.outcomes
        if isinstance(each.outcome, Result) and isinstance(each.outcome.finding, Notes)
    ]


if __name__ == "__main__":
    sys.exit(main())
