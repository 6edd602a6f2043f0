import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.model.dates import parse_date
from forensics.model.errors import ArchiveError
from forensics.reuse.pdq_list import PdqRow, read_pdq_list, write_pdq_list

ONE, OTHER = "d8f8f0cec0f4a84f0637022a278f67f0b36e2ed596621e1d33e6b39c4e9c9b22", "0a" * 32
PDQ = st.binary(min_size=32, max_size=32).map(bytes.hex)
NAMES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    st.sampled_from(["=SUM(A1)", "'=x", "''", '"quoted"', "a, b", "@x", '"', ",", '",'] ),
)  # fmt: skip
QUALITIES = st.one_of(st.none(), st.integers(0, 100))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hashes"


def read(path, text):
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_pdq_list(path)


@pytest.mark.parametrize(("line", "quality", "name"), [
    (f"{ONE},100,photo.jpg", 100, "photo.jpg"),
    (f"{ONE},99,a photo, cropped.jpg", 99, "a photo, cropped.jpg"),
    (f'{ONE},99,"a photo, cropped.jpg"', 99, "a photo, cropped.jpg"),
    (f"hash={ONE},norm=128,delta=0,quality=55,filename=a,b.jpg", 55, "a,b.jpg"),
    (f"pdq {ONE}", None, None),
    (ONE, None, None),
    (ONE.upper(), None, None),
    (f"{ONE},,", None, None),
    (f"\ufeff{ONE},7", 7, None),
])  # fmt: skip
def test_forms_of_threatexchange_are_read(path, line, quality, name):
    (row,) = read(path, f"{line}\r\n").rows

    assert row == PdqRow(line=1, pdq=ONE, quality=quality, name=name)


def test_table_with_named_columns_is_read(path):
    text = (
        "collab,signal_type,signal_str,category,tags\n"
        f"Sample,pdq,{ONE},POSITIVE_CLASS,\n"
        "Sample,video_md5,d41d8cd98f00b204e9800998ecf8427e,POSITIVE_CLASS,\n"
    )

    found = read(path, text)

    assert [row.pdq for row in found.rows] == [ONE]
    assert [(bad.line, bad.reason) for bad in found.bad_rows] == [
        (3, "not a PDQ hash but 'video_md5'")
    ]


def test_own_header_is_read(path):
    (row,) = read(path, f"hash,quality,name\n{ONE},88,a.jpg\n").rows

    assert (row.line, row.quality, row.name) == (2, 88, "a.jpg")


@pytest.mark.parametrize("document", [
    [ONE, OTHER],
    [{"hash": ONE}, {"indicator": OTHER, "type": "HASH_PDQ"}],
    {"data": [{"indicator": ONE, "type": "HASH_PDQ", "id": "12"}, {"signal_str": OTHER}]},
])  # fmt: skip
def test_json_forms_are_read(path, document):
    found = read(path, json.dumps(document))

    assert [row.pdq for row in found.rows] == [ONE, OTHER]
    assert found.bad_rows == ()


@pytest.mark.parametrize("line", [
    "abc", f"{ONE}00", f"{ONE},101", f"{ONE},-1", f"{ONE},good", f"{ONE},5.5", "=cmd()", "zz" * 32,
])  # fmt: skip
def test_bad_row_is_named_and_the_others_are_read(path, line):
    found = read(path, f"{ONE},100,a\n\n{line}\n{OTHER}\n")

    assert [row.pdq for row in found.rows] == [ONE, OTHER]
    assert [bad.line for bad in found.bad_rows] == [3]


@pytest.mark.parametrize("item", [
    5, None, {}, {"indicator": ONE, "type": "HASH_MD5"}, {"hash": ONE, "quality": "x"},
    {"hash": ONE, "first_seen": "once"}, {"hash": ONE, "moment_s": -1}, {"hash": [ONE]},
    {"hash": ONE, "moment_s": "nan"},
])  # fmt: skip
def test_bad_json_item_is_named_by_its_place(path, item):
    found = read(path, json.dumps([ONE, item]))

    assert [row.pdq for row in found.rows] == [ONE]
    assert [bad.line for bad in found.bad_rows] == [2]


@pytest.mark.parametrize("text", ["[", "{}", '{"data": 5}', "[" * 100_000, b"\xff\xfe\x00"])
def test_unusable_file_is_refused_with_advice(path, text):
    with pytest.raises(ArchiveError) as caught:
        read(path, text)

    assert caught.value.advice


def test_line_that_is_not_utf8_is_named(path):
    with pytest.raises(ArchiveError, match="line 2"):
        read(path, f"{ONE}\n{OTHER},5,".encode() + b"\xf4.jpg\n")


def test_empty_list_has_no_rows(path):
    assert read(path, "").rows == ()


ROWS = st.lists(st.builds(PdqRow, line=st.just(0), pdq=PDQ, quality=QUALITIES, name=NAMES))
FILES = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _strip(rows):
    return [(row.pdq, row.quality, row.name, row.first_seen, row.moment_s) for row in rows]


@FILES
@given(rows=ROWS)
def test_written_csv_is_read_back(path, rows):
    found = read(path, write_pdq_list(rows, format="csv"))

    assert _strip(found.rows) == _strip(rows)
    assert found.bad_rows == ()


@FILES
@given(rows=ROWS, moment=st.one_of(st.none(), st.floats(0, 1e9)))
def test_written_json_is_read_back(path, rows, moment):
    dated = [
        PdqRow(0, row.pdq, row.quality, row.name, moment, "a source", parse_date("2014-08"))
        for row in rows
    ]

    found = read(path, write_pdq_list(dated, format="json"))

    assert _strip(found.rows) == _strip(dated)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\n=1"])
def test_names_cannot_become_formulas(name):
    text = write_pdq_list([PdqRow(0, ONE, 100, name)], format="csv")

    assert text.count("\n") == 1
    cell = text.rstrip("\n").split(",", 2)[2]
    assert cell[0] not in "=+-@\t\r"


@FILES
@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_any_content_is_read_or_refused(path, content):
    with suppress(ArchiveError):
        read(path, content)
