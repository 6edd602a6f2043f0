"""What the pages say can be followed: links, commands, code."""

import argparse
import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

from forensics.cli.main import build_parser

# Followed from top to bottom by tests of their own.
FOLLOWED = ("docs/tutorial.md", "docs/adding-a-step.md")


def parsers(
    parser: argparse.ArgumentParser, name: str = "forensics"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give every command and sub-command with its full name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, sub in action.choices.items():
                yield f"{name} {word}", sub
                yield from parsers(sub, f"{name} {word}")


def test_links_lead_somewhere(page, pages, repository) -> None:
    broken = []
    for target in page.links:
        name, _, anchor = target.partition("#")
        place = (page.path.parent / name).resolve() if name else page.path
        known = pages.get(place.relative_to(repository.resolve()).as_posix())
        if not place.exists() or (anchor and (known is None or anchor not in known.anchors)):
            broken.append(target)

    assert broken == []


def test_commands_are_understood(page, calls_of) -> None:
    refused = []
    for call in (call for line in page.commands for call in calls_of(line)):
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                build_parser().parse_args(call)
        except SystemExit as end:  # 0 after --version
            if end.code != 0:
                refused.append(f"{call}: {said.getvalue()}")

    assert refused == []


def test_python_runs(page, checkout: Path) -> None:
    code = page.code("python") if page.name not in FOLLOWED else []

    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile("\n".join(code), page.name, "exec"), {"__name__": "__docs__"})


def test_every_command_is_on_a_page(everything: str) -> None:
    missing = [name for name, _ in parsers(build_parser()) if name not in everything]

    assert missing == []


def test_every_option_is_on_a_page(everything: str) -> None:
    options = {
        option
        for _, parser in parsers(build_parser())
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }

    assert {option for option in options if option not in everything} == set()


def test_readme_begins_with_the_two_commands_that_ci_runs(pages, repository: Path) -> None:
    readme = pages["README.md"]
    script = (repository / ".ci" / "run").read_text("utf-8")
    found = re.search(r"grep -E '([^']+)' README\.md", script)
    assert found is not None

    run_by_ci = [line for line in readme.text.splitlines() if re.match(found[1], line)]

    assert run_by_ci == readme.commands[:2]
    assert len(run_by_ci) == 2
