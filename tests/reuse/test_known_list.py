import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.model.errors import ArchiveError
from forensics.reuse.known_list import read_known_list

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.jpg", "дрон.mp4"):
        (tmp_path / name).write_bytes(b"media")
    return tmp_path


def write(folder, content):
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_every_column_is_read(folder):
    path = write(
        folder,
        "path,first_seen,basis,source,capture_url,event,place,licence,notes\n"
        "a.jpg,2014-08-01T12:30+03:00,platform,https://a.example,https://c.example/1,"
        '"fire, on a bridge",Glushkovo,CC0,"two\nlines"\n',
    )

    (row,) = read_known_list(path).rows

    seen = row.sighting
    assert (row.line, row.location) == (2, str(folder / "a.jpg"))
    assert (seen.path, seen.first_seen.zone, seen.basis) == ("a.jpg", "+03:00", "platform")
    assert (seen.event, seen.notes) == ("fire, on a bridge", "two\nlines")
    assert (seen.place, seen.licence, seen.capture_url) == (
        "Glushkovo", "CC0", "https://c.example/1",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends_do_not_matter(folder, encoding, end):
    path = write(folder, f"path,place{end}дрон.mp4,Глушково{end}".encode(encoding))

    (row,) = read_known_list(path).rows

    assert (row.sighting.path, row.sighting.place) == ("дрон.mp4", "Глушково")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_of_spreadsheets_are_understood(folder, delimiter):
    path = write(folder, f"path{delimiter}event\na.jpg{delimiter}fire, smoke\n")

    (row,) = read_known_list(path).rows

    assert row.sighting.event == "fire, smoke"


def test_only_the_path_is_required(folder):
    known = read_known_list(write(folder, "path\na.jpg\n"))

    assert known.rows[0].sighting.first_seen is None
    assert known.rows[0].sighting.basis is None
    assert known.bad_rows == known.notices == ()


def test_date_without_a_basis_rests_on_the_analyst(folder):
    (row,) = read_known_list(write(folder, "path,first_seen\na.jpg,2014\n")).rows

    assert row.sighting.basis == "analyst"


def test_extra_columns_are_ignored_with_a_notice(folder):
    known = read_known_list(write(folder, "path,rating\na.jpg,5\n"))

    assert len(known.rows) == 1
    assert known.notices == ("column 'rating' is ignored",)


@pytest.mark.parametrize(("row", "reason"), [
    (",2014", "no path"),
    ("missing.jpg,", "no file 'missing.jpg'"),
    ("../a.jpg,", "leads out"),
    ("/etc/passwd,", "leads out"),
    ("link.jpg,", "leads out"),
    ("a.jpg,last summer", "not an ISO 8601 date"),
    ("a.jpg,2014-02-30", "first_seen"),
    ("a.jpg,2014,hearsay", "unknown basis"),
    ("a.jpg,2014,analyst,javascript:alert(1)", "not a web address"),
    ("a.jpg,2014,analyst,,and, more", "6 fields in 4 columns"),
    ('"a.jpg,2014', "not readable as CSV"),
    ("x" * 5000 + ",", "cannot be looked at"),
])  # fmt: skip
def test_bad_row_is_named_and_the_others_are_read(folder, row, reason):
    (folder / "link.jpg").symlink_to("/etc/passwd")
    path = write(folder, f"path,first_seen,basis,capture_url\nb.jpg,2014\n\n{row}\n")

    known = read_known_list(path)

    assert [row.sighting.path for row in known.rows] == ["b.jpg"]
    ((line, text),) = [(bad.line, bad.reason) for bad in known.bad_rows]
    assert line == 4
    assert reason in text


def test_bad_row_does_not_swallow_the_next(folder):
    known = read_known_list(write(folder, 'path,event\na.jpg,"fire" x\nb.jpg,fire\n'))

    assert [row.sighting.path for row in known.rows] == ["b.jpg"]
    assert [bad.line for bad in known.bad_rows] == [2]


def test_repeated_path_names_the_first_line(folder):
    (folder / "sub").mkdir()

    known = read_known_list(write(folder, "path\na.jpg\n./sub/../a.jpg\n"))

    assert len(known.rows) == 1
    assert known.bad_rows[0].line == 3
    assert "line 2" in known.bad_rows[0].reason


def test_row_that_is_not_utf8_is_named_with_its_byte(folder):
    content = b"path,event\na.jpg," + "пожар".encode("cp1251") + b"\nb.jpg,fire\n"

    known = read_known_list(write(folder, content))

    assert [row.sighting.path for row in known.rows] == ["b.jpg"]
    assert known.bad_rows[0].line == 2
    assert "0xEF in 'event' is not UTF-8" in known.bad_rows[0].reason


@pytest.mark.parametrize("content", [
    b"", b"\n\n", b"name,date\na.jpg,2014\n", b"path,path\na.jpg,b.jpg\n",
    "path\na.jpg\n".encode("utf-16"),
])  # fmt: skip
def test_list_without_a_usable_first_line_is_refused_with_advice(folder, content):
    with pytest.raises(ArchiveError) as caught:
        read_known_list(write(folder, content))

    assert caught.value.advice


def test_missing_list_is_an_error(tmp_path):
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_known_list(tmp_path / "list.csv")


def test_windows_and_macos_spellings_of_a_name_are_found(folder):
    (folder / "media").mkdir()
    (folder / "media" / unicodedata.normalize("NFD", "й.jpg")).write_bytes(b"media")

    known = read_known_list(write(folder, "path\nmedia\\" + unicodedata.normalize("NFC", "й.jpg")))

    assert [row.line for row in known.rows] == [2]


def test_list_may_lie_beside_the_folder(folder, tmp_path_factory):
    path = write(tmp_path_factory.mktemp("lists"), "path\na.jpg\n")

    assert len(read_known_list(path, folder=folder).rows) == 1


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_content_is_read_or_refused(folder, content):
    path = write(folder, b"path,event\n" + content)

    try:
        known = read_known_list(path)
    except ArchiveError:
        return
    assert all(bad.line > 1 and bad.reason for bad in known.bad_rows)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/archive/list.csv")), ids=str)
def test_list_of_the_sample_case_has_no_bad_rows(path):
    known = read_known_list(path)

    assert known.rows
    assert known.bad_rows == known.notices == ()
