"""Read the Markdown pages: their blocks, headings, links and commands."""

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from forensics.cli.main import main

REPOSITORY = Path(__file__).parents[2]

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S
)
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
_MADE_FOLDERS = ("build", "dist", "site")
_SEPARATORS = ("&&", "||", ";", "|")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


class Page:
    """One Markdown page."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(REPOSITORY).as_posix()
        self.text = path.read_text("utf-8")

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks, in order."""
        return [
            Block(found["language"], re.sub(f"^{found['indent']}", "", found["text"], flags=re.M))
            for found in _FENCE.finditer(self.text)
        ]

    def code(self, language: str) -> list[str]:
        """Give the blocks of one language."""
        return [block.text for block in self.blocks if block.language == language]

    @property
    def links(self) -> list[str]:
        """Targets of all links and images that lead to a place in the repository."""
        text = re.sub(r"`[^`\n]+`", "", _FENCE.sub("", self.text))
        return [unquote(each) for each in _LINK.findall(text) if not re.match(r"[a-z]+:", each)]

    @property
    def anchors(self) -> set[str]:
        """Anchors of the headings, made the way GitHub makes them."""
        found: list[str] = []
        for heading in _HEADING.findall(_FENCE.sub("", self.text)):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
            found.append(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
        repeated = (found[:position].count(slug) for position, slug in enumerate(found))
        return {f"{s}-{n}" if n else s for s, n in zip(found, repeated, strict=True)}

    @property
    def commands(self) -> list[str]:
        """Lines of the shell blocks."""
        return [line for text in self.code("sh") for line in command_lines(text)]


def command_lines(text: str) -> list[str]:
    """Give the lines of a shell block without comments, continued ones joined."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def forensics_calls(line: str) -> Iterator[list[str]]:
    """Give the arguments of every ``forensics`` call in a line of shell."""
    call: list[str] | None = None
    for word in [*shlex.split(line, comments=True), ";"]:
        if word in _SEPARATORS:
            if call is not None:
                yield call
            call = None
        elif call is not None:
            call.append(word)
        elif word.rpartition("/")[2] == "forensics":
            call = []


def find_pages() -> list[Page]:
    """Give every page of the repository, without hidden and made folders."""

    def is_ours(path: Path) -> bool:
        folders = path.relative_to(REPOSITORY).parts[:-1]
        return not any(
            name.startswith(".") or name.endswith("-report") or name in _MADE_FOLDERS
            for name in folders
        )

    return [Page(path) for path in sorted(REPOSITORY.rglob("*.md")) if is_ours(path)]


PAGES = find_pages()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that take a page once for each."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    """Every page by its path in the repository."""
    return {page.name: page for page in PAGES}


@pytest.fixture(scope="session")
def everything() -> str:
    """All pages in one text."""
    return "\n".join(page.text for page in PAGES)


@pytest.fixture(scope="session")
def lines_of() -> Callable[[str], list[str]]:
    return command_lines


@pytest.fixture(scope="session")
def calls_of() -> Callable[[str], Iterator[list[str]]]:
    return forensics_calls


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the samples, as in a fresh checkout."""
    (tmp_path / "samples").symlink_to(REPOSITORY / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture(scope="session")
def run() -> Callable[[list[str]], str]:
    """Run a command and give what it prints, problems included."""

    def call(arguments: list[str]) -> str:
        said = io.StringIO()
        # --version ends the interpreter.
        with (
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            contextlib.suppress(SystemExit),
        ):
            main(arguments)
        return said.getvalue()

    return call
