"""Read Markdown pages: their blocks, headings, links and commands."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.M | re.S)
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
_SKIPPED_FOLDERS = ("build", "dist", "site")
_SEPARATORS = ("&&", "||", ";", "|")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def find_pages(repository: Path) -> list[Path]:
    """Give every Markdown page of the repository, without hidden and made folders."""

    def is_ours(path: Path) -> bool:
        folders = path.relative_to(repository).parts[:-1]
        return not any(
            name.startswith(".") or name.endswith("-report") or name in _SKIPPED_FOLDERS
            for name in folders
        )

    return sorted(path for path in repository.rglob("*.md") if is_ours(path))


def blocks(text: str) -> list[Block]:
    """Give the fenced blocks of a page in order."""
    return [
        Block(found["language"], re.sub(f"^{found['indent']}", "", found["text"], flags=re.M))
        for found in _FENCE.finditer(text)
    ]


def without_code(text: str) -> str:
    """Take blocks and inline code out of a page."""
    return re.sub(r"`[^`\n]+`", "", _FENCE.sub("", text))


def links(text: str) -> list[str]:
    """Give the targets of all links and images that lead to a place in the repository."""
    targets = _LINK.findall(without_code(text))
    return [unquote(each) for each in targets if not re.match(r"[a-z]+:", each)]


def anchors(text: str) -> set[str]:
    """Give the anchors of a page's headings, made the way GitHub makes them."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        copies = sum(1 for n in range(100) if (f"{slug}-{n}" if n else slug) in found)
        found.add(f"{slug}-{copies}" if copies else slug)
    return found


def commands(text: str) -> list[str]:
    """Give the lines of all shell blocks, continued lines joined."""
    shell = [block.text for block in blocks(text) if block.language == "sh"]
    lines = "\n".join(shell).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def forensics_calls(line: str) -> Iterator[list[str]]:
    """Give the arguments of every ``forensics`` call in a line of shell."""
    words = shlex.split(line, comments=True)
    call: list[str] | None = None
    for word in [*words, ";"]:
        if word in _SEPARATORS:
            if call is not None:
                yield call
            call = None
        elif call is not None:
            call.append(word)
        elif word.rpartition("/")[2] == "forensics":
            call = []
