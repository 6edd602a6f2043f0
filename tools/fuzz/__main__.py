"""Fuzz all targets in turn for a given time, each in a process of its own, and print a table."""

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools.fuzz.findings import Findings, crash_signature
from tools.fuzz.state import EXHAUSTED, PRESENT, SKIPPED, TRACE, left_behind
from tools.fuzz.targets import TARGETS

# One arena: when memory is short, glibc makes another, and what is freed in that one stays counted.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1",
    "MALLOC_ARENA_MAX": "1",
}  # fmt: skip
"""Of a fuzzed process, which has no more memory than a worker of the package."""

MIN_SLICE_S = 20
MAX_SLICE_S = 60
GRACE_S = 120
"""How much longer than it was given a process may take; then it hangs without using the CPU."""


@dataclass
class Score:
    """What became of one target."""

    executions: int = 0
    seconds: float = 0.0
    known: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    contained: set[str] = field(default_factory=set)


class Fuzzing:
    """One run over the targets.

    Parameters
    ----------
    folder : Path
        Where findings, corpus and logs are kept; a later run goes on with them.
    seed : int
        Seed of the first process; each later one gets the next number.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.scores: dict[str, Score] = {}
        self.is_stopped = False
        self._running: set[subprocess.Popen[bytes]] = set()

    def stop(self) -> None:
        """End all processes; what they were at is no finding."""
        self.is_stopped = True
        for process in tuple(self._running):
            process.kill()

    def run_slice(self, name: str, seconds: float) -> None:
        """Fuzz one target for some time; start again whenever it was killed."""
        score = self.scores.setdefault(name, Score(known=set(self._findings(name).names())))
        until = time.monotonic() + seconds
        while not self.is_stopped and (left_s := until - time.monotonic()) > 1:
            self._run_child(name, round(left_s), score)
        found = set(self._findings(name).names()) - score.known - score.contained
        for each in sorted(found - score.faults):
            print(f"FOUND {name}: {each}", flush=True)
        score.faults |= found

    def table(self) -> str:
        """Lay out the scores."""
        head = f"{'target':<24}{'executions':>12}{'exec/s':>9}{'findings':>10}{'contained':>11}"
        rows = [head]
        for name in sorted(self.scores):
            score = self.scores[name]
            rate = score.executions / score.seconds if score.seconds else 0.0
            rows.append(
                f"{name:<24}{score.executions:>12,}{rate:>9,.0f}{len(score.faults):>10}"
                f"{len(score.contained):>11}"
            )
        return "\n".join(rows)

    def results(self) -> dict[str, object]:
        """Give the sums for the table of docs/reliability.md; minutes are those of processes."""
        scores = self.scores.values()
        return {
            "minutes": round(sum(score.seconds for score in scores) / 60, 1),
            "targets": len(self.scores),
            "executions": sum(score.executions for score in scores),
            "findings": self.count,
            "contained": sum(len(score.contained) for score in scores),
        }

    @property
    def count(self) -> int:
        """Number of faults found."""
        return sum(len(score.faults) for score in self.scores.values())

    @property
    def known(self) -> int:
        """Number of faults that earlier runs found; they are not told again."""
        return sum(len(score.known) for score in self.scores.values())

    def _run_child(self, name: str, seconds: int, score: Score) -> None:
        state = self.folder / "state" / name
        state.mkdir(parents=True, exist_ok=True)
        self.seed += 1
        start = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="fuzz-") as work,
            (state / "log.txt").open("w") as log,
        ):
            command = [sys.executable, "-m", "tools.fuzz.child", name, self.folder, work,
                       str(seconds), str(self.seed)]  # fmt: skip
            process = subprocess.Popen(
                command,
                env={**os.environ, **ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            self._running.add(process)
            try:
                status = process.wait(seconds + GRACE_S)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGABRT)  # faulthandler says where it hangs
                process.wait()
                status = -signal.SIGALRM
            finally:
                self._running.remove(process)
        executions, data = left_behind(state / PRESENT)
        score.executions += executions
        score.seconds += time.monotonic() - start
        if self.is_stopped:
            return
        if status < 0:
            self._keep_crash(name, signal.Signals(-status).name, data, score)
        elif status not in (0, EXHAUSTED):
            sys.exit(f"{name} does not run (exit status {status}); see {state / 'log.txt'}")

    def _keep_crash(self, name: str, signal_name: str, data: bytes, score: Score) -> None:
        state = self.folder / "state" / name
        trace = (state / TRACE).read_text("utf-8", "replace")
        found = crash_signature(signal_name, trace)
        self._findings(name).keep(found, data, f"{signal_name}\n{trace}")
        skipped = state / SKIPPED
        skipped.mkdir(exist_ok=True)
        (skipped / hashlib.sha256(data).hexdigest()).write_bytes(data)
        if found in score.known:
            return
        is_foreign = TARGETS[name].is_contained and signal_name != "SIGPROF"
        if is_foreign and found not in score.contained:
            score.contained.add(found)
            print(f"CONTAINED {name}: {found}", flush=True)

    def _findings(self, name: str) -> Findings:
        return Findings(self.folder / "findings" / name)


def main() -> int:
    """Fuzz; give 1 when something was found."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to end its process, too
    names = options.target or list(TARGETS)
    fuzzing = Fuzzing(options.findings.resolve(), options.seed)
    total_s = options.minutes * 60 * options.jobs
    slice_s = min(MAX_SLICE_S, max(MIN_SLICE_S, total_s / len(names)))
    until = time.monotonic() + options.minutes * 60

    def run_next(name: str) -> None:
        left_s = until - time.monotonic()
        if left_s > 1:
            fuzzing.run_slice(name, min(slice_s, left_s))

    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            while time.monotonic() < until:
                list(pool.map(run_next, names))
                print(fuzzing.table(), flush=True)
                if options.results:
                    options.results.write_text(json.dumps(fuzzing.results(), indent=1) + "\n")
        except KeyboardInterrupt:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
            fuzzing.stop()
            print(fuzzing.table())
            return 130
    print(f"{fuzzing.count} findings in {options.minutes:g} minutes; see {fuzzing.folder}")
    if fuzzing.known:
        print(f"{fuzzing.known} of earlier runs stand there, too; remove what was repaired")
    return 1 if fuzzing.count else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this; repeatable")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (1)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at the same time (1)")
    parser.add_argument("--results", type=Path, help="file for the sums of this run")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), help="folder to go on with"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
