"""Measure what the engine withstands and costs, and print the table of docs/reliability.md.

Usage: python benchmarks/reliability [PART ...] [--write] [--work DIR]

Without parts the table of the last results is printed; `all` measures every part. Each part keeps
its result at once, so a long measurement may be done in pieces. `--write` puts the table into
docs/reliability.md. Folders of real media are found through FORENSICS_MEDIA.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cost import measure_many_files, measure_overhead, measure_rescan, measure_workers
from hostile import measure_nasties, measure_real_nasties
from kills import measure_parent_kills, measure_worker_kills
from table import PAGE, RESULTS, put_into, table

PARTS = {
    "real-nasties": measure_real_nasties,
    "nasties": measure_nasties,
    "parent-kills": measure_parent_kills,
    "worker-kills": measure_worker_kills,
    "overhead": measure_overhead,
    "rescan": measure_rescan,
    "workers": measure_workers,
    "many-files": measure_many_files,
}


def main() -> int:
    """Measure parts, keep their results, print the table."""
    parser = argparse.ArgumentParser(description="Measure what the engine withstands and costs.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "all", []], metavar="PART",
                        help=f"{', '.join(PARTS)}; or all")  # fmt: skip
    parser.add_argument("--write", action="store_true", help="put the table into the page")
    parser.add_argument("--work", type=Path, help="folder for what is made; kept when named")
    arguments = parser.parse_args()
    wanted = list(PARTS) if "all" in arguments.parts else arguments.parts
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        for part in wanted:
            started = time.perf_counter()
            result = PARTS[part](work)
            print(f"{part}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
            results = _results()  # another part may have been measured meanwhile
            results[part] = result | {"date": time.strftime("%Y-%m-%d")}
            RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")
    lines = table(_results())
    print(lines)
    if arguments.write:
        PAGE.write_text(put_into(PAGE.read_text("utf-8"), lines), "utf-8")
    return 0


def _results() -> dict[str, dict[str, object]]:
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
