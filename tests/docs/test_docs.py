"""What the pages say can be followed: links, commands, code, keys."""

import argparse
import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from forensics.cli.main import build_parser, main
from forensics.engine.step import Step
from forensics.ingest.casefile import read_case_file
from forensics.model.case import Case
from forensics.model.match import CheckReport
from forensics.reuse.archive_entry import BadRow, Entry
from forensics.reuse.enroll import Enrolment

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


def _load_pages() -> types.ModuleType:
    # The tests are no package: the module beside this one is loaded by its place.
    spec = importlib.util.spec_from_file_location("pages_of_docs", HERE / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


pages = _load_pages()
PAGES = pages.find_pages(REPOSITORY)
TUTORIAL = REPOSITORY / "docs" / "tutorial.md"
FORMAT = REPOSITORY / "docs" / "report-format.md"
STEP_PAGE = REPOSITORY / "docs" / "adding-a-step.md"
# These two are followed from top to bottom by tests of their own.
FOLLOWED = (TUTORIAL, STEP_PAGE)

EACH_PAGE = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix()
)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder with the samples, as in a fresh checkout."""
    (tmp_path / "samples").symlink_to(REPOSITORY / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def parsers(
    parser: argparse.ArgumentParser, name: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give every command and sub-command with its full name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, sub in action.choices.items():
                yield f"{name} {word}", sub
                yield from parsers(sub, f"{name} {word}")


@EACH_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in pages.links(page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists():
            broken.append(target)
        elif anchor and anchor not in pages.anchors(place.read_text("utf-8")):
            broken.append(target)

    assert broken == []


@EACH_PAGE
def test_commands_are_understood(page: Path) -> None:
    refused = []
    for line in pages.commands(page.read_text("utf-8")):
        for call in pages.forensics_calls(line):
            said = io.StringIO()
            try:
                with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                    build_parser().parse_args(call)
            except SystemExit as end:  # --version and --help end with 0
                if end.code == 0:
                    continue
                refused.append(f"{line}: {said.getvalue()}")

    assert refused == []


@pytest.mark.parametrize(
    "page", [each for each in PAGES if each not in FOLLOWED], ids=lambda page: page.name
)
def test_python_runs(page: Path, checkout: Path) -> None:
    code = [each.text for each in pages.blocks(page.read_text("utf-8")) if each.language == "python"]
    if not code:
        return

    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile("\n".join(code), str(page), "exec"), {"__name__": "__docs__"})


def test_tutorial_prints_what_it_shows(checkout: Path) -> None:
    (checkout / "forensics").symlink_to(REPOSITORY / "forensics")
    namespace: dict[str, object] = {"__name__": "__docs__"}
    printed = ""
    for block in pages.blocks(TUTORIAL.read_text("utf-8")):
        if block.language == "sh" and "venv" not in block.text:
            printed = "".join(_run_line(line) for line in pages.commands(f"```sh\n{block.text}```"))
        elif block.language == "python":
            printed = _run_python(block.text, namespace)
        elif block.language in ("text", "json"):
            assert re.fullmatch(_pattern(block.text), _one_line(printed)), (block.text, printed)


def _run_line(line: str) -> str:
    calls = list(pages.forensics_calls(line))
    if not calls:
        subprocess.run(["bash", "-ec", line], check=True, capture_output=True)
        return ""
    printed = io.StringIO()
    for call in calls:
        # Problems go to stderr and are shown by a terminal too; progress is not on the page.
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            with contextlib.suppress(SystemExit):  # --version
                main(call)
    return re.sub(r"^\d+/\d+ .*\n", "", printed.getvalue(), flags=re.M)


def _run_python(code: str, namespace: dict[str, object]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(TUTORIAL), "exec"), namespace)
    return printed.getvalue()


def _one_line(text: str) -> str:
    """Take line breaks away, which depend on the width of the terminal, and drawn lines."""
    return " ".join(re.sub("─+", " ", text).split())


def _pattern(shown: str) -> str:
    """Give a pattern in which an ellipsis stands for anything."""
    parts = [re.escape(_one_line(part)) for part in shown.split("…")]
    return r"\s*.*?\s*".join(parts)


def test_every_command_is_on_a_page() -> None:
    everything = "\n".join(page.read_text("utf-8") for page in PAGES)

    missing = [name for name, _ in parsers(build_parser(), "forensics") if name not in everything]

    assert missing == []


def test_every_option_is_on_a_page() -> None:
    everything = "\n".join(page.read_text("utf-8") for page in PAGES)

    options = {
        option
        for _, parser in parsers(build_parser(), "forensics")
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }

    assert {option for option in options if f"{option}" not in everything} == set()


def test_readme_begins_with_the_two_commands_that_ci_runs() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    script = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    found = re.search(r"grep -E '([^']+)' README\.md", script)
    assert found is not None

    run_by_ci = [line for line in readme.splitlines() if re.match(found[1], line)]

    assert run_by_ci == pages.commands(readme)[:2]


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
def test_every_key_is_described(kind: type) -> None:
    page = FORMAT.read_text("utf-8")
    keys = {
        f"{record.__name__}.{field.encode_name}"
        for record in structs(kind)
        for field in msgspec.structs.fields(record)
    }

    missing = {key for key in keys if f"`{key.partition('.')[2]}`" not in page}

    assert missing == set()


def test_every_kind_of_finding_is_described() -> None:
    page = FORMAT.read_text("utf-8")
    tags = {record.__struct_config__.tag for record in structs(Case)} - {None}

    assert {tag for tag in tags if f"`{tag}`" not in page} == set()


def test_printed_keys_of_commands_are_described(checkout: Path) -> None:
    photo = "samples/glushkovo/IMG_2231.JPG"
    page = FORMAT.read_text("utf-8")
    calls = (
        ["inspect", photo],
        ["check", photo, "--archive", "known.db", "--event-start", "2024-08-16"],
        ["archive", "list", "known.db"],
        ["archive", "stats", "known.db"],
        ["archive", "search", "known.db", photo],
        ["archive", "export", "known.db", "list.csv"],
        ["archive", "import", "other.db", "list.csv"],
        ["archive", "remove", "known.db", "000000000000"],
        ["scan", "samples/glushkovo", "--dry-run"],
        ["stages"],
    )
    first = ["archive", "add", "known.db", "samples/glushkovo/archive/deck-holes-2022.jpg"]

    keys = {key for call in (first, *calls) for key in _printed_keys([*call, "--json"])}

    assert {key for key in keys if f"`{key}`" not in page} == set()


def _printed_keys(call: list[str]) -> set[str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(call)
    # Fields and engines are names of data, not keys of the format.
    return _keys(msgspec.json.decode(printed.getvalue()), below={"metadata", "sources"})


def _keys(value: object, *, below: set[str]) -> set[str]:
    if isinstance(value, list):
        return {key for each in value for key in _keys(each, below=below)}
    if not isinstance(value, dict):
        return set()
    found = set(value)
    for name, each in value.items():
        if name in below or name.startswith("by_"):
            continue
        found |= _keys(each, below=below)
    return found


def test_case_file_of_the_page_can_be_read(tmp_path: Path) -> None:
    (text,) = [b.text for b in pages.blocks(FORMAT.read_text("utf-8")) if b.language == "toml"]
    path = tmp_path / "case.toml"
    path.write_text(text, "utf-8")

    case = read_case_file(path)

    for field in msgspec.structs.fields(case):
        assert getattr(case, field.name), f"{field.name} is not in the example"


def _packaged_with(blocks: list[str], folder: Path) -> Callable[[str], Path]:
    """Copy the package and put the page's blocks where their first lines say."""
    import shutil

    shutil.copytree(
        REPOSITORY / "forensics",
        folder / "forensics",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for text in blocks:
        head, _, body = text.partition("\n")
        path, _, where = head.removeprefix("# ").partition(", ")
        target = folder / path
        if not where:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, "utf-8")
            continue
        place, _, landmark = where.rstrip("`").partition(" `")
        target.write_text(_with(body, place, landmark, target.read_text("utf-8")), "utf-8")
    return lambda name: folder / name


def _with(body: str, place: str, landmark: str, old: str) -> str:
    found = re.search(rf"^{re.escape(landmark)}.*\n", old, re.M)
    assert found is not None, landmark
    if place == "before":
        return f"{old[: found.start()]}{body}{old[found.start() :]}"
    return f"{old[: found.end() - 1]}{body}{old[found.end() :]}"


def test_example_step_works(tmp_path: Path) -> None:
    found = pages.blocks(STEP_PAGE.read_text("utf-8"))
    place = _packaged_with(
        [block.text for block in found if block.language in ("python", "toml")], tmp_path
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    photos = place("photos")
    photos.mkdir()
    (photos / "a.jpg").symlink_to(REPOSITORY / "samples" / "glushkovo" / "DJI_0142.JPG")
    check = (
        "import forensics, pathlib, shutil\n"
        "shutil.copy('photos/a.jpg', 'photos/b.jpg'); pathlib.Path('photos/a.jpg').unlink()\n"
        "case = forensics.scan('photos', out='out')\n"
        "(found,) = [o for o in case.outcomes if o.step == 'ingest.exposure']\n"
        "print(type(found.outcome).__name__, type(found.outcome.finding).__name__)\n"
        "from forensics.report.write import decode_case\n"
        "assert decode_case(pathlib.Path('out/report.json').read_bytes()) == case\n"
    )

    scanned = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "tests"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip

    assert scanned.stdout == "Result Exposure\n", scanned.stderr
    assert tested.returncode == 0, tested.stdout
