"""Which pictures are in the page, which beside it, and which are refused."""

import hashlib

import pytest

from forensics.report import pictures
from forensics.report.pictures import MAX_INLINE_THUMBNAILS, Pictures


def test_thumbnails_beyond_the_first_lie_beside_the_page(store):
    shown = Pictures(store.load)
    paths = [store.keep(f"{i}".encode()) for i in range(MAX_INLINE_THUMBNAILS + 2)]

    sources = [shown.thumbnail(path).src for path in paths]

    assert all(each.startswith("data:image/jpeg;") for each in sources[:MAX_INLINE_THUMBNAILS])
    assert sources[MAX_INLINE_THUMBNAILS:] == paths[MAX_INLINE_THUMBNAILS:]
    assert shown.beside


def test_evidence_stays_in_the_page_after_many_thumbnails(store):
    shown = Pictures(store.load)
    for i in range(MAX_INLINE_THUMBNAILS + 2):
        shown.thumbnail(store.keep(f"{i}".encode()))

    assert shown.evidence(store.keep(b"evidence")).src.startswith("data:")


def test_page_does_not_grow_without_bound(store, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_INLINE_BYTES", 10)
    shown = Pictures(store.load)
    big, other = store.keep(b"x" * 11), store.keep(b"y")

    assert shown.evidence(big).src.startswith("data:")
    assert shown.evidence(other).src == other


@pytest.mark.parametrize(
    "path",
    ["../secret.jpg", "/etc/passwd", "https://x.example/a.png", "artefacts/ab/x.svg",
     "artefacts/../../a.jpg", "javascript:alert(1)"],
)  # fmt: skip
def test_only_what_a_run_writes_is_loaded(path):
    def never(_: str) -> bytes:
        raise AssertionError("must not be read")

    shown = Pictures(never).evidence(path)

    assert shown.src == ""
    assert shown.missing


def test_changed_artefact_is_not_shown(store):
    path = store.keep(b"picture")
    store.files[path] = b"another"

    assert "changed" in Pictures(store.load).evidence(path).missing


def test_missing_artefact_is_said(store):
    digest = hashlib.sha256(b"gone").hexdigest()

    shown = Pictures(store.load).evidence(f"artefacts/{digest[:2]}/{digest}.png")

    assert "missing" in shown.missing


def test_page_with_pictures_beside_allows_files(render, store, make_case, make_item, make_outcomes):
    items = tuple(make_item(f"{i:04}.jpg") for i in range(MAX_INLINE_THUMBNAILS + 1))
    outcomes = tuple(each for item in items for each in make_outcomes(item, store))

    rendered = render(make_case(items=items, outcomes=outcomes))

    sources = [each["src"] for each in rendered.page.all("img")]
    assert sum(each.startswith("data:") for each in sources) == MAX_INLINE_THUMBNAILS
    assert [each for each in sources if each.startswith("artefacts/")] == [sources[-1]]
    assert "img-src data: 'self' file:;" in rendered.page.source.replace("&#39;", "'")
