"""Steps that misbehave, in a module that worker processes can import, and a place to run them."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forensics.engine.output import OutputFolder
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visited import Errand
from forensics.engine.visits import Visits

MISBEHAVING = """
    import os, signal, sys, time
    from pathlib import Path
    from forensics.model.outcome import Absent, ArtefactBytes, Made

    def quiet(media):
        return Absent("not_present", "nothing there")

    def failing(media):
        raise AssertionError("broken on purpose")

    def crashing(media):
        os.kill(os.getpid(), signal.SIGSEGV)

    def leaving(media):
        os._exit(3)

    def spinning(media):
        while True:
            pass

    def growing(media):
        return Absent("not_present", str(len(bytearray(2 << 30))))

    def printing(media):
        os.write(1, b"x" * 100_000)
        print("and more")
        return Absent("not_present", "said")

    def reading_input(media):
        return Absent("not_present", repr(os.read(0, 10)))

    def writing(media):
        Path(os.environ["TARGET"]).write_bytes(b"x" * 100)

    def evading(media):
        return Made(None, {"x": ArtefactBytes(b"x", "/../../../evil")})

    def crashing_once(media):
        flag = Path(os.environ["FLAG_FOLDER"])
        try:
            os.mkdir(flag)
        except FileExistsError:
            return Absent("not_present", "second time")
        os.kill(os.getpid(), signal.SIGKILL)

    def meeting(before, after, question):
        return Made(None, {"both": ArtefactBytes(before.data + after.data, ".bin")})

    def crashing_meeting(before, after, question):
        os.kill(os.getpid(), signal.SIGSEGV)

    def slow_meeting(before, after, question):
        started = time.process_time()
        while time.process_time() - started < 1.5:
            pass
        return Absent("not_present", "took its time")

    def threads(media):
        import cv2
        return Absent("not_present", f"{cv2.getNumThreads()} {os.environ['OMP_NUM_THREADS']}")
"""


@pytest.fixture
def step(tmp_path_factory, monkeypatch) -> Callable[..., Step]:
    folder = tmp_path_factory.mktemp("modules")
    (folder / "misbehaving_steps.py").write_text(textwrap.dedent(MISBEHAVING))
    monkeypatch.syspath_prepend(folder)

    def make(function: str, **changes: object) -> Step:
        row = {"name": f"test.{function}", "scope": "item", "takes": ("media",), "version": 1,
               "summary": "x", "kinds": ("still",)}  # fmt: skip
        return Step(run=f"misbehaving_steps:{function}", **(row | changes))

    return make


OPENING = Step(
    name="ingest.media",
    run="forensics.ingest.media:open_media",
    scope="file",
    takes=("path",),
    version=1,
    summary="x",
)


@pytest.fixture
def opening() -> Step:
    return OPENING


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[int], list[Errand]]:
    """Write different pictures."""

    def make(count: int) -> list[Errand]:
        folder = tmp_path / "evidence"
        folder.mkdir(exist_ok=True)
        errands = []
        for number in range(count):
            path = folder / f"{number:03}.png"
            pixels = np.full((8, 8, 3), number, np.uint8)
            Image.fromarray(pixels).save(path)
            errands.append(Errand(path.name, path, path.stat().st_size))
        return errands

    return make


@pytest.fixture
def output(tmp_path: Path):
    with OutputFolder(tmp_path / "out", case_id="a") as folder:
        yield folder


@pytest.fixture
def store(output: OutputFolder):
    kept = Store(output.path)
    yield kept
    kept.close()


@pytest.fixture
def visits(output: OutputFolder, store: Store) -> Callable[..., Visits]:
    return lambda *steps: Visits((OPENING, *steps), store=store, keeper=output)
