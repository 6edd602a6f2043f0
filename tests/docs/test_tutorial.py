"""The tutorial, followed to the letter, prints what it shows."""

import contextlib
import io
import re
import subprocess
from pathlib import Path


def test_tutorial_prints_what_it_shows(pages, checkout: Path, run, lines_of, calls_of) -> None:
    namespace: dict[str, object] = {"__name__": "__docs__"}
    printed = ""
    differing = []
    for block in pages["docs/tutorial.md"].blocks:
        if block.language == "sh" and "venv" not in block.text:
            printed = "".join(_run_line(line, run, calls_of) for line in lines_of(block.text))
        elif block.language == "python":
            printed = _run_python(block.text, namespace)
        elif block.language == "text" and not re.fullmatch(
            _pattern(block.text), _one_line(printed)
        ):
            differing.append(f"shown:\n{block.text}\nprinted:\n{printed}")

    assert not differing, "\n\n".join(differing)


def _run_line(line: str, run, calls_of) -> str:
    calls = list(calls_of(line))
    if not calls:
        subprocess.run(["bash", "-ec", line], check=True, capture_output=True)
    printed = "".join(run(call) for call in calls)
    # Progress is not on the page.
    return re.sub(r"^\d+/\d+ .*\n", "", printed, flags=re.M)


def _run_python(code: str, namespace: dict[str, object]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/tutorial.md", "exec"), namespace)
    return printed.getvalue()


def _one_line(text: str) -> str:
    """Take drawn lines away, and line breaks, which depend on the width of the terminal."""
    return " ".join(re.sub("─+", " ", text).split())


def _pattern(shown: str) -> str:
    """Give a pattern in which an ellipsis stands for anything."""
    return r"\s*.*?\s*".join(re.escape(_one_line(part)) for part in shown.split("…"))
