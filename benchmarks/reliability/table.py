"""The table of docs/reliability.md, from the results on record."""

import json
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "benchmarks/results/reliability.json"
VIDEO = REPOSITORY / "benchmarks/results/video.json"
FUZZ = REPOSITORY / "benchmarks/results/fuzz.json"
PAGE = REPOSITORY / "docs/reliability.md"

_BEGIN = "<!-- figures: python benchmarks/reliability --write -->"
_END = "<!-- end of figures -->"


def table(results: dict[str, dict[str, object]]) -> str:
    """Write the figures as a table in Markdown."""
    rows = [
        *_hostile("real crashers and broken files", results.get("real-nasties")),
        *_hostile("hostile files made here, three of them 5 GB", results.get("nasties")),
        *_kills("runs killed at random moments", results.get("parent-kills")),
        *_kills("workers killed at random moments", results.get("worker-kills")),
        *_fuzz(),
        *_cost(results),
        *_video(),
    ]
    lines = ["| what | measured | goal | |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def put_into(page: str, lines: str) -> str:
    """Replace the table of a page."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return f"{head}{_BEGIN}\n\n{lines}\n\n{_END}{tail}"


Row = tuple[str, str, str, str]


def _hostile(what: str, result: dict[str, object] | None) -> list[Row]:
    if result is None or "skipped" in result:
        return [(what, str((result or {}).get("skipped", "not measured")), "", "")]
    stopped = result["workers stopped"]
    named = (
        f"{result['files']} files: {result['ok']} ok, {result['degraded']} degraded, "
        f"{result['rejected']} rejected, {result['unread']} not examined; each named once"
    )
    bad = result["status"] not in (0, 1) or result["named twice"] or result["faults"]
    rows = [
        (what, named, "no crash, each named once", _word(not bad)),
        ("… files given up because a worker had to be stopped twice", str(result["given up"]),
         "0 hangs", _word(not result["given up"])),
        ("… workers replaced on the way", str(len(stopped)), "", ""),
        ("… largest worker", f"{result['peak_mib']} MiB", "1,024 MiB",
         _word(result["peak_mib"] <= 1024)),
        ("… slowest file", f"{result['slowest_s']} s", "", ""),
    ]  # fmt: skip
    if "said otherwise than expected" in result:
        wrong = result["said otherwise than expected"]
        rows.append(("… said otherwise than expected", str(wrong), "0", _word(not wrong)))
    return rows


def _kills(what: str, result: dict[str, object] | None) -> list[Row]:
    if result is None:
        return [(what, "not measured", "", "")]
    measured = (
        f"{result['kills']} kills over {result['folders']} folders: {result['reports differ']} "
        f"reports differ, {result['outcomes found twice']} outcomes found twice"
    )
    good = not result["reports differ"] and not result["outcomes found twice"]
    return [(what, measured, "20 kills, none, none", _word(good))]


def _fuzz() -> list[Row]:
    if not FUZZ.exists():
        return [("fuzzing", "not measured", "an hour without a finding", "")]
    result = json.loads(FUZZ.read_text("utf-8"))
    measured = (
        f"{result['minutes']:.0f} minutes of one process, {result['executions']:,} inputs to "
        f"{result['targets']} targets: {result['findings']} findings"
    )
    good = not result["findings"] and result["minutes"] >= 60
    return [("fuzzing", measured, "60 minutes, no finding", _word(good))]


def _cost(results: dict[str, dict[str, object]]) -> list[Row]:
    rows = []
    if result := results.get("overhead"):
        measured = f"{result['overhead']:.1%} of a plain loop's time ({result['loop wall_s']} s)"
        rows.append(("engine, 500 photos of 12 MP, one worker", measured, "5 %",
                     _word(result["overhead"] <= 0.05)))  # fmt: skip
    if result := results.get("rescan"):
        measured = f"{result['of the floor']:.2f} of the floor ({result['floor cpu_s']} s)"
        rows.append(("second scan of the same folder", measured, "0.15",
                     _word(result["of the floor"] <= 0.15)))  # fmt: skip
    if result := results.get("workers"):
        measured = f"{result['speedup']:.2f} times as fast as one"
        rows.append(("two workers", measured, "1.8", _word(result["speedup"] >= 1.8)))
    if result := results.get("many-files"):
        again = f"again {result['again_s']:.0f} s"
        measured = f"{result['named']:,} named in {result['wall_s']:.0f} s; {again}"
        rows.append(("50,000 files, 5,000 of them pictures", measured, "each named",
                     _word(result["named"] == result["files"])))  # fmt: skip
    return rows


def _video() -> list[Row]:
    if not VIDEO.exists():
        return []
    rows = []
    for size, clip in json.loads(VIDEO.read_text("utf-8"))["clips"].items():
        chains = {name: each["of_floor"] for name, each in clip["chains"].items()}
        goal = 1.1 if int(size.split("x")[1]) >= 720 else 1.3
        for name, limit in (("keyframes only", 0.1), ("this package", goal)):
            label = "all that video wants" if name == "this package" else "keyframe pass"
            ratio = chains[name]
            rows.append((f"{label}, {size}", f"{ratio:.2f} of a full decode", f"{limit}",
                         _word(round(ratio, 2) <= limit)))  # fmt: skip
    return rows


def _word(is_reached: bool) -> str:
    return "reached" if is_reached else "missed"
