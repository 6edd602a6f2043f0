"""Cases made by hand, and what the page made of them says."""

import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from msgspec import Struct

from forensics.model.case import SCHEMA, Case, CaseProblem, Method, Tool
from forensics.model.casefile import CaseFile, EventWindow
from forensics.model.findings import Field, MetadataTable, Note, Notes, StillFacts
from forensics.model.item import Item
from forensics.model.match import (
    ArchiveSummary,
    Edit,
    Group,
    GroupMember,
    KnownRef,
    Match,
    QueryRef,
    Transform,
)
from forensics.model.outcome import Absent, Outcome, Problem, Result
from forensics.report.html import render_html
from forensics.report.write import encode_case

NO_AI_TEST = "Whether a picture was generated: no test for AI-generated imagery was made."


_MIRROR = ((-1.0, 0.0, 9.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


class Store:
    """Artefacts in memory, under the names a run gives them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def keep(self, data: bytes, suffix: str = ".jpg") -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = f"artefacts/{digest[:2]}/{digest}{suffix}"
        self.files[path] = data
        return path

    def load(self, path: str) -> bytes:
        return self.files[path]


class Page(HTMLParser):
    """Elements and text of a page, as a browser without scripts would see them."""

    def __init__(self, source: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.source = source.decode()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self._inside: list[str] = []
        self._text: list[str] = []
        self.feed(self.source)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._text))

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        if tag in self.raw:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside[-1]].append(data)
        else:
            self._text.append(data)


class Rendered(Struct):
    """A page and what it was made from."""

    page: Page
    html: bytes


def digest_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def item_of(path: str, **changes: object) -> Item:
    values: dict[str, object] = {
        "sha256": digest_of(path), "bytes": 1234, "kind": "still", "format": "jpeg",
        "paths": (path,), "extension_disagrees": (), "status": "ok", "reason": None,
    }  # fmt: skip
    return Item(**{**values, **changes})


def outcomes_of(item: Item, store: Store, *, notes: tuple[Note, ...] = (), **fields: Field) -> list:
    still = StillFacts(400, 300, 400, 300, 1, "RGB", 1, 1, None, None)
    thumb = Result(None, {"thumb": store.keep(b"\xff\xd8" + item.sha256.encode())})
    table = MetadataTable(fields, {}) if fields else None
    absent = Absent("not_present", "the file carries no metadata that this package reads")
    said = {
        "ingest.media": Result(still),
        "ingest.thumbnail": thumb,
        "metadata.read": Result(table) if table else absent,
        "metadata.notes": Result(Notes(notes)) if table else absent,
    }
    return [Outcome(step, 1, (item.sha256,), each) for step, each in said.items()]


def case_of(**changes: object) -> Case:
    values: dict[str, object] = {
        "schema": SCHEMA, "tool": Tool("strike-forensics", "0.1.0", {"numpy": "2.0"}),
        "case": CaseFile(), "items": (), "outcomes": (), "unread": (), "archive": None,
        "matches": (), "unmatched": (), "groups": (), "damage": (), "events": (), "claims": (),
        "problems": (), "methods": (), "not_tested": (NO_AI_TEST,),
    }  # fmt: skip
    return Case(**{**values, **changes})


def match_of(item: Item, store: Store, **changes: object) -> Match:
    reference = KnownRef(
        digest_of("known"), "old.jpg", digest_of("known"), "https://social.example.org/p/1",
        "2014-08-01", "2014-08-02T12:00:00Z", "platform", "Another bridge",
    )  # fmt: skip
    values: dict[str, object] = {
        "id": f"match-{item.sha256[:12]}", "query": QueryRef(item.paths[0], item.sha256),
        "reference": reference, "relation": "edited_copy", "recycled": True,
        "because": "PDQ hashes differ in 6 of 256 bits", "expected_false_matches": 0.01,
        "distance_bits": 6,
        "transform": Transform(True, 0.0, 1.0, _MIRROR, None, None),
        "edits": (Edit("mirror", None),), "segments": (),
        "artefacts": {name: store.keep(name.encode(), ".png") for name in ("reference", "aligned")},
    }  # fmt: skip
    return Match(**{**values, **changes})


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def make_item() -> Callable[..., Item]:
    return item_of


@pytest.fixture
def make_outcomes() -> Callable[..., list]:
    return outcomes_of


@pytest.fixture
def make_case() -> Callable[..., Case]:
    return case_of


@pytest.fixture
def make_match() -> Callable[..., Match]:
    return match_of


@pytest.fixture
def render(store: Store) -> Callable[..., Rendered]:
    def run(case: Case, *, show: bool = False) -> Rendered:
        made = render_html(case, load=store.load, show=show, json_bytes=encode_case(case))
        return Rendered(Page(made), made)

    return run


@pytest.fixture
def full_case(store: Store) -> Case:
    """A case with one of everything."""
    recycled, copy, lead = (item_of(f"{name}.jpg") for name in ("recycled", "copy", "lead"))
    broken = item_of("broken.jpg", status="rejected", reason="no picture in it")
    twice = item_of(
        "twice.jpg", paths=("again.png", "twice.jpg"), extension_disagrees=("again.png",)
    )
    note = Note(
        "clock-against-gps", "notice", "two clocks differ", ("captured_at",), "Clocks drift."
    )
    field = Field(
        "2024-08-16T13:15:02", "2024:08:16 13:15:02", {"pillow": "x", "exifread": "y"}, False
    )
    items = (recycled, copy, lead, broken, twice)
    outcomes = [each for item in items if item is not twice for each in outcomes_of(item, store)]
    outcomes += outcomes_of(twice, store, notes=(note,), captured_at=field)
    later = KnownRef("k2", "new.jpg", None, None, "2024-08-20", "2024-08-21T12:00:00Z", None, None)
    matches = (
        match_of(recycled, store),
        match_of(copy, store, relation="identical", recycled=None, reference=later),
        match_of(lead, store, relation="lead", recycled=None, edits=()),
    )
    members = (GroupMember(recycled.sha256, "first", "the largest"),)
    group = Group("group-1", (*members, GroupMember(copy.sha256, "reencoded", "near")), ())
    calibration = {"reuse.search/1 max_distance_bits": "31 bits: false alarms 0 of 1000 on photos"}
    search = Method(
        "reuse.search", 1, "case", "Looks up.", ("Misses crops.",), calibration, 0, 0, 0
    )
    return case_of(
        case=CaseFile(
            name="Bridge",
            examiner="E. Xaminer",
            event=EventWindow("A strike", "2024-08-16T00:00:00+03:00", "2024-08-16T23:59:59+03:00"),
        ),
        items=items,
        outcomes=tuple(outcomes),
        archive=ArchiveSummary(2, 3, "2014-08-01", "2024-08-20", ("row 7: no such file",)),
        matches=matches,
        groups=(group,),
        problems=(CaseProblem("reuse.views", ("broken.jpg",), "it broke", "Try again."),),
        methods=(search,),
    )


@pytest.fixture
def problem_case(store: Store) -> Case:
    item = item_of("bad.jpg", status="rejected", reason="cut off")
    failed = Outcome("ingest.media", 1, (item.sha256,), Problem("it broke", "Try again."))
    problem = CaseProblem("ingest.media", ("bad.jpg",), "it broke", "Try again.")
    return case_of(items=(item,), outcomes=(failed,), problems=(problem,))
