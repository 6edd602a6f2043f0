"""Every key the package writes stands in docs/report-format.md."""

import json
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from forensics.engine.step import Step
from forensics.ingest.casefile import read_case_file
from forensics.model.case import Case
from forensics.model.match import CheckReport
from forensics.reuse.archive_entry import BadRow, Entry
from forensics.reuse.enroll import Enrolment

PHOTO = "samples/glushkovo/IMG_2231.JPG"
KNOWN = "samples/glushkovo/archive/deck-holes-2022.jpg"
# Below these, keys are names of data: fields, engines, formats.
NAMES_OF_DATA = (
    "metadata",
    "sources",
    "traits",
    "by_kind",
    "by_basis",
    "bytes_by_kind",
    "bytes_kept",
)


@pytest.fixture
def text(pages) -> str:
    return pages["docs/report-format.md"].text


def structs(kind: object) -> Iterator[type[msgspec.Struct]]:
    """Give every record a type holds, itself included."""
    waiting, seen = [kind], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and each not in seen:
            seen.add(each)
            yield each
            waiting.extend(typing.get_type_hints(each).values())
        waiting.extend(typing.get_args(each))


@pytest.mark.parametrize("kind", [Case, CheckReport, Entry, Enrolment, BadRow, Step])
def test_every_key_is_described(kind: type, text: str) -> None:
    keys = {
        (record.__name__, field.encode_name)
        for record in structs(kind)
        for field in msgspec.structs.fields(record)
    }

    assert {key for key in keys if f"`{key[1]}`" not in text} == set()


def test_every_kind_of_finding_is_described(text: str) -> None:
    tags = {record.__struct_config__.tag for record in structs(Case)} - {None}

    assert {tag for tag in tags if f"`{tag}`" not in text} == set()


@pytest.mark.parametrize(
    "call",
    [
        ["inspect", PHOTO],
        ["check", PHOTO, KNOWN, "none.jpg", "--archive", "known.db", "--event-start", "2024"],
        ["archive", "add", "known.db", KNOWN],
        ["archive", "list", "known.db"],
        ["archive", "stats", "known.db"],
        ["archive", "search", "known.db", PHOTO, KNOWN],
        ["archive", "decisions", "known.db"],
        ["archive", "check", "known.db", "--repair"],
        ["archive", "export", "known.db", "other.csv"],
        ["archive", "import", "known.db", "list.csv"],
        ["archive", "remove", "known.db", "000000000000"],
        ["scan", "samples/glushkovo", "--dry-run"],
        ["stages"],
    ],
    ids=lambda call: " ".join(call[:2]),
)
def test_printed_keys_are_described(call: list[str], text: str, checkout: Path, capsys) -> None:
    from forensics.cli.main import main

    Path("list.csv").write_text("hash,quality,name\nnot a hash,100,a.jpg\n", "utf-8")
    main(["archive", "add", "known.db", KNOWN, "--first-seen", "2022"])
    capsys.readouterr()

    main([*call, "--json"])

    printed = json.loads(capsys.readouterr().out)
    assert {key for key in _keys(printed) if f"`{key}`" not in text} == set()


def _keys(value: object) -> set[str]:
    if isinstance(value, list):
        return {key for each in value for key in _keys(each)}
    if not isinstance(value, dict):
        return set()
    below = (each for name, each in value.items() if name not in NAMES_OF_DATA)
    return {*value, *(key for each in below for key in _keys(each))}


def test_case_file_of_the_page_can_be_read_and_is_whole(pages, tmp_path: Path) -> None:
    (example,) = pages["docs/report-format.md"].code("toml")
    path = tmp_path / "case.toml"
    path.write_text(example, "utf-8")

    case = read_case_file(path)

    assert [f.name for f in msgspec.structs.fields(case) if not getattr(case, f.name)] == []
