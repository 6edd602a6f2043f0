"""One fuzzed target in a process of its own: what kills it leaves its input behind.

Started by ``python -m tools.fuzz``; the arguments are the target, the folder of findings, a folder
for its files, seconds to run and the seed.
"""

import faulthandler
import importlib
import os
import pkgutil
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["forensics"],
    # What compares arrays is left out: atheris keeps the result of every comparison it has seen.
    exclude=[
        "forensics.vision",
        *(f"forensics.ingest.{name}" for name in ("missing", "pixels", "video_cuts")),
        *(f"forensics.reuse.{name}" for name in ("compare", "hash_index", "hashes", "pair", "pdq")),
    ],
):
    import forensics

    for found in pkgutil.walk_packages(forensics.__path__, "forensics."):
        importlib.import_module(found.name)

from tools.fuzz.findings import Findings, minimised, signature
from tools.fuzz.mutate import mutate_bytes, mutate_json
from tools.fuzz.state import EXHAUSTED, HEADER, PRESENT, SKIPPED, TRACE, shared
from tools.fuzz.target import Target, check
from tools.fuzz.targets import TARGETS

MAX_DATA_BYTES = 900 << 20
"""Memory a target may have; the package's own workers have no more."""

HANG_S = 40
"""CPU seconds after which an input that never ends ends the process."""

NEVER_S = 1 << 30
"""libFuzzer's own limit is of wall-clock time, which says little on a busy machine."""

_MINIMISING_S = 20.0


class Child:
    """Runs one target, keeping what it finds.

    Parameters
    ----------
    target : Target
        Which.
    folder : Path
        The folder of findings.
    work : Path
        A folder that the target may write to.
    """

    def __init__(self, target: Target, folder: Path, work: Path) -> None:
        self.target = target
        self.work = work
        self.findings = Findings(folder / "findings" / target.name)
        self.state = folder / "state" / target.name
        self.state.mkdir(parents=True, exist_ok=True)
        self.executions = 0
        self.present = shared(self.state / PRESENT)
        self.known = set(self.findings.names())
        skipped = self.state / SKIPPED
        self.skipped = {each.read_bytes() for each in skipped.glob("*")}
        self.seeds = [seed[: target.max_bytes] for seed in target.seeds()]

    def try_one(self, data: bytes) -> None:
        """Run the target on one input, and keep the input when it shows a fault."""
        if data in self.skipped or len(data) > self.target.max_bytes:
            return
        self.executions += 1
        HEADER.pack_into(self.present, 0, self.executions, len(data))
        self.present[HEADER.size : HEADER.size + len(data)] = data
        error = self._fault_of(data)
        if error is not None:
            self._keep(data, error)

    def mutate(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Change an input, the way atheris asks for it."""
        rng = random.Random(seed)
        limit = min(max_size, self.target.max_bytes)
        try:
            if self.target.is_json:
                return mutate_json(data, rng, self.seeds, atheris.Mutate)[:limit]
            return mutate_bytes(
                data, rng, max_bytes=limit, tokens=self.target.tokens, others=self.seeds,
                blind=atheris.Mutate,
            )  # fmt: skip
        except MemoryError:  # what decoders left behind fills the memory
            os._exit(EXHAUSTED)

    def _fault_of(self, data: bytes) -> BaseException | None:
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        try:
            check(self.target, data, self.work)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - each is a finding
            return error
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return None

    def _keep(self, data: bytes, error: BaseException) -> None:
        name = signature(error)
        report = "".join(traceback.format_exception(error))
        is_new = name not in self.known
        self.known.add(name)
        self.findings.keep(name, data, report)
        if is_new and not self.target.is_json:
            until = time.monotonic() + _MINIMISING_S

            def shows_it(shorter: bytes) -> bool:
                if time.monotonic() > until:
                    return False
                fault = self._fault_of(shorter)
                return fault is not None and signature(fault) == name

            self.findings.keep(name, minimised(data, shows_it), report)


def main() -> None:
    """Fuzz until the time is over; libFuzzer ends the process."""
    name, folder, work, seconds, seed = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    inputs, seeds = Path(work, "inputs"), Path(work, "seeds")
    for each in (inputs, seeds):
        each.mkdir()
    child = Child(TARGETS[name], Path(folder), inputs)
    for number, data in enumerate(child.seeds):
        (seeds / str(number)).write_bytes(data)
    corpus = Path(folder, "corpus", name)
    corpus.mkdir(parents=True, exist_ok=True)
    trace = (child.state / TRACE).open("w")
    faulthandler.enable(trace)
    faulthandler.register(signal.SIGPROF, trace, chain=True)
    own_signals = [f"-handle_{each}=0" for each in ("segv", "abrt", "bus", "fpe", "ill")]
    atheris.Setup(
        [
            sys.argv[0], str(corpus), str(seeds), f"-seed={seed}", f"-max_total_time={seconds}",
            f"-max_len={child.target.max_bytes}", "-len_control=0", f"-timeout={NEVER_S}",
            "-rss_limit_mb=0", "-detect_leaks=0", "-reload=0", *own_signals,
        ],
        child.try_one,
        custom_mutator=child.mutate,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
