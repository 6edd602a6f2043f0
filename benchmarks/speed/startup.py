"""What starting costs over a bare interpreter: `import forensics` and `forensics --help`.

Usage: python benchmarks/speed/startup.py [--rounds N]
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks/results/startup.json"
MIN_ROUNDS = 15
GOALS_MS = {"import forensics": 50.0, "forensics --help": 150.0}


def main() -> int:
    """Measure and print; the exit status says whether the goals were reached."""
    parser = argparse.ArgumentParser(description="Measure what starting costs.")
    parser.add_argument("--rounds", type=int, default=21)
    rounds = max(MIN_ROUNDS, parser.parse_args().rounds)
    commands = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "import forensics": [sys.executable, "-c", "import forensics"],
        "forensics --help": _help_command(),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for round_number in range(rounds + 1):
        for name, command in commands.items():
            took = _run(command)
            if round_number:
                times[name].append(took)
    wall = {name: statistics.median(each[0] for each in runs) for name, runs in times.items()}
    cpu = {name: statistics.median(each[1] for each in runs) for name, runs in times.items()}
    print(f"median of {rounds} runs, alternating\n")
    print("| command | wall, ms | CPU, ms | CPU over the bare interpreter | goal |")
    print("|---|--:|--:|--:|--:|")
    over = {name: (cpu[name] - cpu["bare interpreter"]) * 1e3 for name in commands}
    for name in commands:
        goal = GOALS_MS.get(name)
        shown = f"{goal:g}" if goal else ""
        print(
            f"| {name} | {wall[name] * 1e3:.0f} | {cpu[name] * 1e3:.0f} | {over[name]:.0f} "
            f"| {shown} |"
        )
    results = {
        name: {"wall_ms": round(wall[name] * 1e3, 1), "over_ms": round(over[name], 1)}
        for name in commands
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if all(over[name] <= goal for name, goal in GOALS_MS.items()) else 1


def _help_command() -> list[str]:
    """Use the installed command when it belongs to this interpreter, else the checkout's script."""
    installed = shutil.which("forensics", path=str(Path(sys.executable).parent))
    return [installed, "--help"] if installed else [sys.executable, str(ROOT / "cli.py"), "--help"]


def _run(command: list[str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    wall_s = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user_s, system_s = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return wall_s, user_s + system_s


if __name__ == "__main__":
    sys.exit(main())
