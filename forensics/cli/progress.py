"""Show how far a scan is: one line that is rewritten on a terminal, few lines elsewhere."""

import shutil
import sys
import time

from forensics.cli.terminal import warn
from forensics.examine import Progress
from forensics.report.text import reveal

_REDRAW_S = 0.1
_LINE_EVERY_S = 10.0
_BAR_WIDTH = 24


class ProgressLine:
    """Draw progress on stderr; call it with each `Progress`."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        # In a log a run shorter than the first pause says nothing before its end.
        self._last_s = 0.0 if self._is_terminal else time.monotonic()

    def __call__(self, progress: Progress) -> None:
        """Draw one state; states that follow too quickly are left out.

        Parameters
        ----------
        progress : Progress
            The state.
        """
        if sys.stderr is None:
            return
        if progress.notice:
            self.close()
            warn(f"note: {progress.notice}")
        now_s = time.monotonic()
        pause_s = _REDRAW_S if self._is_terminal else _LINE_EVERY_S
        if now_s - self._last_s < pause_s:
            return
        self._last_s = now_s
        line = f"{progress.done}/{progress.total} {reveal(progress.doing)}"
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[2K{self._bar(progress)} {self._fit(line)}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Take the line away."""
        if self._is_terminal:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    def _bar(self, progress: Progress) -> str:
        filled = round(_BAR_WIDTH * progress.done / max(progress.total, 1))
        return "█" * filled + "░" * (_BAR_WIDTH - filled)

    def _fit(self, line: str) -> str:
        room = shutil.get_terminal_size().columns - _BAR_WIDTH - 2
        return line if len(line) <= room else line[: max(room - 1, 0)] + "…"
