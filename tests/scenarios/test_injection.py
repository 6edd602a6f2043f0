"""Texts that strangers chose reach people inert: on the page, in JSON, terminals and tables."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from forensics.cli.main import main
from forensics.ingest.folder import printable_path

REPOSITORY = Path(__file__).parents[2]
# In JSON what only cannot be seen stays as it is; programs read it.
ACTING_IN_JSON = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
# What a terminal acts on or a reader does not see, line breaks and tabs within a line included.
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def acts(stream, arguments=()):
    """Find what acts in the lines that a command printed."""
    text = stream.decode("utf-8") if isinstance(stream, bytes) else stream
    pattern = ACTING_IN_JSON if "--json" in arguments else ACTING
    return pattern.findall(text.replace("\n", ""))


FORMULA = ("=", "+", "-", "@", "\t", "\r")
KNOWN_ATTRIBUTES = re.compile(r"[a-z][a-z-]*")


class Strict(HTMLParser):
    """Every element and attribute of a page, as a browser would find them."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.comments = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_comment(self, data):
        self.comments.append(data)

    def unknown_decl(self, data):
        self.comments.append(data)

    handle_pi = unknown_decl


def toml(text):
    """Write a text as a TOML string."""
    return '"{}"'.format("".join(f"\\U{ord(each):08X}" for each in text))


@pytest.fixture(scope="module")
def acting(nasties):
    from nasties import texts

    return texts.ACTING


@pytest.fixture(scope="module")
def case(nasties, acting, tmp_path_factory):
    """A folder in which everything a stranger can write is hostile, and an archive."""
    from nasties.carriers import clip
    from nasties.texts import with_texts

    base = tmp_path_factory.mktemp("injection")
    folder, archive = base / "evidence", base / "archive"
    (archive / "below").mkdir(parents=True)
    folder.mkdir()
    rows = []
    for number, (label, text) in enumerate(acting.items()):
        data = with_texts(label, text)
        name = text.replace("/", "\u2215").replace("\0", "")[:60]
        (folder / f"{name}{number}.jpg").write_bytes(data)
        (archive / "below" / f"{number}{name}.jpg").write_bytes(data)
        said = text.replace("\0", "")
        rows.append([f"below/{number}{name}.jpg", "2014-08-01", said, said, said, said, said])
    (folder / "clip.mp4").write_bytes(
        clip("injected", "mp4", "libx264", seconds=1, tags={"title": acting["script"]})
    )
    (folder / "broken<script>.jpg").write_bytes(b"\xff\xd8\xff<script>alert(1)</script>")
    (folder / "page<b>.jpg").write_bytes(b"<html><script>alert(1)</script>")
    with (archive / "list.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["path", "first_seen", "source", "event", "place", "licence", "notes"], *rows]
        )
    everything = toml(" ".join(acting.values()))
    claims = "".join(
        f"[[claim]]\nid = {toml(f'c{number}' + text)}\ntext = {toml(text)}\nsource = {toml(text)}\n"
        f"[[observation]]\nwho = {toml(text)}\nwhen = 2024-08-16T00:00:00Z\nhow = {toml(text)}\n"
        f"text = {toml(text)}\n"
        for number, text in enumerate(acting.values())
    )
    (folder / "case.toml").write_text(
        f"name = {everything}\nexaminer = {everything}\n[event]\ntext = {everything}\n"
        f'start = 2024-08-16T00:00:00+03:00\n[archive]\npath = "../archive"\n{claims}',
        "utf-8",
    )
    return base


def run_program(case, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "forensics.cli.main", *arguments],
        cwd=case, check=False, capture_output=True, timeout=100,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def scanned(case):
    ran = run_program(case, "scan", "evidence", "--out", "out")
    assert ran.returncode == 1, ran.stderr.decode()
    return ran


@pytest.fixture(scope="module")
def page(case, scanned):
    return Strict((case / "out" / "report.html").read_text("utf-8"))


def test_page_has_the_elements_of_the_template_alone(page):
    tags = [tag for tag, _ in page.elements]

    assert [tags.count(tag) for tag in ("html", "head", "body", "title", "style", "script")] == [
        1, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert tags.count("form") == 1  # the filter of the list
    assert not {"iframe", "object", "embed", "base", "link", "svg", "math", "template", "b",
                "marquee", "video", "audio", "source"} & set(tags)  # fmt: skip
    assert page.comments == []


def test_page_has_no_attribute_that_acts(page):
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            assert KNOWN_ATTRIBUTES.fullmatch(name), (tag, name)
            assert not name.startswith("on"), (tag, name)
            assert name not in ("style", "srcdoc", "srcset", "ping", "formaction"), (tag, name)
            if name in ("href", "src"):
                assert re.match(r"#|data:image/|report\.json$|run\.jsonl$", value), (
                    tag,
                    value[:80],
                )


def test_policy_lets_nothing_through_that_a_stranger_wrote(page):
    policies = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    (policy,) = policies
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert [tag for tag, _ in page.elements].index("meta") < [
        tag for tag, _ in page.elements
    ].index("script")


def test_page_shows_nothing_that_cannot_be_seen(case, scanned):
    source = (case / "out" / "report.html").read_text("utf-8")

    assert ACTING.search(source) is None
    assert "⟨U+202E⟩" in source
    assert "⟨U+001B⟩]52;c;" in source
    assert "⟨U+009B⟩31m" in source


def test_json_keeps_what_was_said_and_can_be_read(case, scanned, acting):
    data = (case / "out" / "report.json").read_bytes()
    report = json.loads(data)

    assert msgspec.json.decode(data)
    assert report["case"]["claim"][0]["text"] == acting["script"]
    assert {claim["text"] for claim in report["case"]["claim"]} == set(acting.values())


def test_every_file_name_is_in_the_json_as_it_was(case, scanned):
    report = json.loads((case / "out" / "report.json").read_bytes())
    told = {path for item in report["items"] for path in item["paths"]}
    told |= {each["path"] for each in report["unread"]}

    there = {printable_path(path.name) for path in (case / "evidence").iterdir()}
    assert told == there - {"case.toml"}


def test_log_of_the_run_is_json_line_by_line(case, scanned):
    text = (case / "out" / "run.jsonl").read_text("utf-8")

    assert all(isinstance(json.loads(line), dict) for line in text.split("\n") if line)


def test_nothing_is_written_outside_of_the_output_folder(case, scanned):
    assert {path.name for path in case.iterdir()} >= {"archive", "evidence", "out"}
    assert not list(case.glob("*.jpg"))
    for path in (case / "out").rglob("*"):
        assert path.resolve().is_relative_to((case / "out").resolve())
        assert re.fullmatch(r"[\w.-]+", path.name), path


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_scan_prints_nothing_that_acts(case, scanned, as_json):
    ran = (
        scanned if not as_json else run_program(case, "scan", "evidence", "--out", "out", *as_json)
    )

    for stream in (ran.stdout, ran.stderr):
        assert acts(stream, as_json) == []
    assert b"\nforensics scan: all is well" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("label", ["script", "return", "link", "clipboard", "c1", "override",
                                   "line", "tags", "separators", "long"])  # fmt: skip
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_inspect_prints_no_text_of_a_file_that_acts(
    nasties, acting, tmp_path, capsys, label, as_json
):
    from nasties.texts import with_texts

    (tmp_path / "a.jpg").write_bytes(with_texts(label, acting[label]))

    status = main(["inspect", str(tmp_path / "a.jpg"), *as_json])

    printed = capsys.readouterr()
    assert status == 0
    assert acts(printed.out + printed.err, as_json) == []
    assert not [line for line in printed.out.splitlines() if line.startswith("forensics scan:")]


@pytest.fixture(scope="module")
def database(case):
    """An archive made from the list that strangers wrote."""
    added = run_program(case, "archive", "add", "known.db", "archive", "--json")
    assert added.returncode == 0, added.stdout + added.stderr
    return case / "known.db"


@pytest.mark.parametrize("command", [
    "archive list known.db",
    "archive list known.db --json",
    "archive stats known.db",
    "archive search known.db FILE",
    "check FILE --archive known.db",
    "check FILE --archive known.db --json",
    "check FILE --archive archive --case evidence/case.toml",
    "archive remove known.db nothing-like-it\x1b[2J",
    "archive export known.db -",
])  # fmt: skip
def test_archive_prints_nothing_that_acts(case, database, command):
    one = next(path for path in sorted((case / "evidence").iterdir()) if "\x1b" in path.name)
    arguments = [str(one) if word == "FILE" else word for word in shlex.split(command)]

    ran = run_program(case, *arguments)

    for stream in (ran.stdout, ran.stderr):
        assert acts(stream, arguments) == []
    assert not [
        line for line in (ran.stdout + ran.stderr).decode().splitlines()
        if line.startswith("forensics scan: all")
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "json"])
def test_exported_list_is_inert_and_whole(case, database, form):
    ran = run_program(case, "archive", "export", "known.db", f"hashes.{form}")

    text = (case / f"hashes.{form}").read_text("utf-8")
    assert ran.returncode == 0, ran.stderr
    if form == "json":
        assert json.loads(text)
        return
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 20
    for row in rows:
        for cell in row:
            assert not cell.startswith(FORMULA), cell
            assert not cell.lstrip().startswith(FORMULA), cell


def test_names_of_artefacts_cannot_lead_out(case, scanned):
    report = json.loads((case / "out" / "report.json").read_bytes())
    named = [
        path for each in report["outcomes"]
        for path in (each["outcome"].get("artefacts") or {}).values()
    ]  # fmt: skip

    assert named
    assert all(
        re.fullmatch(r"artefacts/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]+", path) for path in named
    )
