"""Keep what was found: one folder a fault, with the smallest input that shows it."""

import re
import traceback
from collections.abc import Callable
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_MAX_NAME = 120
_PACKAGE = "forensics"
_MAX_TRIALS = 400


def signature(error: BaseException) -> str:
    """Name a fault by what was raised and where: the innermost line of ours, and of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"/{_PACKAGE}/" in frame.filename]
    places = [f"{Path(each.filename).stem}.{each.name}" for each in (*ours[-1:], *frames[-1:])]
    promise = [str(error)[:60]] if isinstance(error, AssertionError) else []
    return _name("-".join((type(error).__name__, *dict.fromkeys(places), *promise)))


def crash_signature(signal_name: str, trace: str) -> str:
    """Name a crash by its signal and the innermost Python functions of the thread that met it."""
    places = re.findall(r'File ".*?([^/"]+)\.py", line \d+ in (\S+)', trace)
    return _name("-".join((signal_name, *(".".join(each) for each in places[:2]))))


class Findings:
    """The findings of one target.

    Parameters
    ----------
    folder : Path
        Where each gets a folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Name all there are, in order."""
        return sorted(each.name for each in self.folder.glob("*") if each.is_dir())

    def keep(self, name: str, data: bytes, report: str) -> bool:
        """Keep an input that shows a fault; say whether the fault is new."""
        place = self.folder / name
        is_new = not place.exists()
        place.mkdir(parents=True, exist_ok=True)
        file = place / "input"
        if is_new or len(data) < file.stat().st_size:
            file.write_bytes(data)
            (place / "report.txt").write_text(report, "utf-8", "backslashreplace")
        return is_new


def minimised(data: bytes, shows_it: Callable[[bytes], bool]) -> bytes:
    """Leave out parts of an input as long as it shows the same fault, within `_MAX_TRIALS`."""
    trials = 0
    size = len(data) // 2
    while size >= 1 and trials < _MAX_TRIALS:
        start = 0
        while start < len(data) and trials < _MAX_TRIALS:
            shorter = data[:start] + data[start + size :]
            trials += 1
            if shows_it(shorter):
                data = shorter
            else:
                start += size
        size //= 2
    return data


def _name(text: str) -> str:
    return _UNSAFE.sub("_", text)[:_MAX_NAME]
