"""Files made to break decoders: how each ends, and what the workers needed."""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from runs import REPOSITORY, command, cost, fresh, media, record

sys.path.insert(0, str(REPOSITORY / "tools"))


def measure_real_nasties(work: Path) -> dict[str, object]:
    """Scan the collected crashers and broken files."""
    folder = media("hostile")
    if folder is None:
        return {"skipped": "FORENSICS_MEDIA names no folder with hostile/"}
    return _scan(folder, work / "real-nasties-report")


def measure_nasties(work: Path) -> dict[str, object]:
    """Scan the files that this project makes, with the heavy and the huge ones."""
    from nasties import make_all, make_heavy, make_huge

    folder = fresh(work / "nasties")
    folder.mkdir()
    made = [*make_all(folder), *make_heavy(folder), *make_huge(folder)]
    result = _scan(folder, work / "nasties-report")
    said = result.pop("said")
    wrong = [each.name for each in made if said.get(_shown(each.name)) not in _allowed(each.status)]
    return result | {"made": len(made), "said otherwise than expected": len(wrong)}


def _allowed(statuses: tuple[str, ...]) -> set[str | None]:
    return set(statuses)


def _shown(name: str) -> str:
    from forensics.ingest.folder import printable_path

    return printable_path(name)


def _scan(folder: Path, out: Path) -> dict[str, object]:
    started = time.perf_counter()
    ran = cost(command(folder, fresh(out), "--jobs", "2"))
    report = json.loads((out / "report.json").read_bytes())
    said = {path: item["status"] for item in report["items"] for path in item["paths"]}
    named = Counter([*said, *(each["path"] for each in report["unread"])])
    said |= {each["path"]: "unread" for each in report["unread"]}
    lines = record(out)
    visits = [line for line in lines if line["event"] == "visited"]
    stopped = [line for line in lines if line["event"] == "worker stopped"]
    return {
        "status": ran.status,
        "files": len(named),
        "named twice": sum(count > 1 for count in named.values()),
        "ok": sum(each == "ok" for each in said.values()),
        "degraded": sum(each == "degraded" for each in said.values()),
        "rejected": sum(each == "rejected" for each in said.values()),
        "unread": sum(each == "unread" for each in said.values()),
        "faults": sum("fault of this program" in each["advice"] for each in report["problems"]),
        "workers stopped": [[line["path"], line["why"]] for line in stopped],
        "given up": sum("had to be stopped" in each["error"] for each in report["problems"]),
        "peak_mib": round(lines[-1]["peak_bytes"] / 2**20),
        "slowest_s": max(line["seconds"] for line in visits),
        "wall_s": round(time.perf_counter() - started, 1),
        "said": said,
    }
