"""Notes are given for contradictions, and not for ordinary files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.ingest.media import open_media
from forensics.metadata.notes import find_notes
from forensics.metadata.read import read, read_fields
from forensics.metadata.reading import clean_time
from forensics.model.errors import UnreadableMedia
from forensics.model.findings import Field, MetadataTable


def _table(**values: str) -> MetadataTable:
    return MetadataTable(
        {name: Field(value, value, {"pillow": value}, None) for name, value in values.items()}, {}
    )


def _found(table: MetadataTable) -> dict[str, str]:
    return {note.id: note.severity for note in find_notes(table).notes}


def test_changed_before_taken_with_zones_is_a_conflict() -> None:
    table = _table(captured_at="2024-08-16T14:22:07+03:00", modified_at="2024-08-16T11:00:00Z")

    assert _found(table) == {"modified-before-captured": "conflict"}


def test_changed_before_taken_without_zones_is_a_notice() -> None:
    near = _table(captured_at="2024-08-16T14:22:07", modified_at="2024-08-16T11:00:00")
    far = _table(captured_at="2026-11-24T14:41:16", modified_at="2008-07-31T17:32:06")

    assert _found(near) == _found(far) == {"modified-before-captured": "notice"}
    assert "time zones" in find_notes(near).notes[0].text
    assert "time zones" not in find_notes(far).notes[0].text


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"captured_at": "2024-08-16T14:22:07", "modified_at": "2024-08-16T14:22:07"},
        {"captured_at": "2024-08-16T14:22:07", "modified_at": "2024-08-16T14:22"},
        {"captured_at": "2024-08-16T14:22:07+03:00", "modified_at": "2024-08-16T11:22:07Z"},
        {"captured_at": "2024-08-16T14:22:07", "gps_at": "2024-08-16T11:22:07Z"},
        {"captured_at": "2024-08-16T14:22:07+03:00", "gps_at": "2024-08-16T11:29:07Z"},
    ],
)
def test_ordinary_times_give_no_note(values: dict[str, str]) -> None:
    assert _found(_table(**values)) == {}


def test_clock_far_from_the_satellites_is_a_notice() -> None:
    table = _table(captured_at="2024-08-16T14:22:07+03:00", gps_at="2024-08-12T11:22:07Z")

    assert _found(table) == {"clock-against-gps": "notice"}
    assert "4.0 days apart" in find_notes(table).notes[0].text


def test_engines_that_disagree_are_named() -> None:
    field = Field("A", "A", {"pillow": "A", "exifread": "B"}, False)

    (note,) = find_notes(MetadataTable({"make": field}, {})).notes

    assert note.severity == "notice"
    assert "pillow: A; exifread: B" in note.text
    assert note.innocent_explanation


@settings(max_examples=80)
@given(
    st.lists(
        st.datetimes().map(lambda moment: clean_time(moment.strftime("%Y:%m:%d %H:%M:%S"))),
        min_size=3,
        max_size=3,
    ),
    st.sampled_from(["", "+14:00", "-12:00", "+15:59", "Z"]),
)
def test_any_real_times_can_be_compared(times: list[str | None], offset: str) -> None:
    names = ("captured_at", "modified_at", "gps_at")
    values = {name: f"{each}{offset}" for name, each in zip(names, times, strict=True) if each}

    for note in find_notes(_table(**values)).notes:
        assert note.text
        assert note.innocent_explanation


def test_sample_that_contradicts_itself_is_noted(
    manifest: dict[str, dict[str, object]], sample: Callable[[str], Path]
) -> None:
    notes: dict[str, set[str]] = {"consistent": set(), "contradictory": set()}
    for path, entry in manifest.items():
        truth = entry["truth"]
        assert isinstance(truth, dict)
        if path.startswith("glushkovo/") and truth.get("metadata") in notes:
            table = read(sample(path.removeprefix("glushkovo/")))
            assert isinstance(table, MetadataTable)
            notes[truth["metadata"]] |= set(_found(table))

    assert notes["consistent"] == set()
    assert notes["contradictory"] == {"clock-against-gps", "modified-before-captured"}


def test_no_real_photo_is_in_conflict(media_root: Path) -> None:
    seen = 0
    for folder in ("metadata", "c2pa", "reuse/stills"):
        for path in sorted((media_root / folder).rglob("*")):
            try:
                table = read_fields(open_media(path))
            except UnreadableMedia:
                continue
            if isinstance(table, MetadataTable):
                seen += 1
                assert "conflict" not in _found(table).values(), path

    assert seen > 90
