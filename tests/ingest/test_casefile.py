"""Case files come with the evidence: anything may be in them."""

import os
from pathlib import Path

import pytest

from forensics.ingest.casefile import MAX_BYTES, read_case_file
from forensics.model.errors import CaseFileError

HOSTILE = {
    "nested": b"a = " + b"[" * 20_000 + b"]" * 20_000,
    "long number": b"schema = " + b"9" * 6_000,
    "large": b"# " + b"x" * MAX_BYTES,
    "not text": b"\xff\xfe\x00",
    "not TOML": b"name = ",
    "unknown key": b"[event]\nstrat = 2024-08-16T00:00:00Z\n",
    "wrong type": b'name = ["a"]\n',
    "other schema": b"schema = 99\n",
    "no offset": b"[event]\nstart = 2024-08-16T00:00:00\n",
    "no offset of an observation": b"[[observation]]\nwho=''\nwhen='2024-08-16'\nhow=''\ntext=''\n",
    "coarse date that is none": b"[[reference]]\npath='a'\ntaken='spring'\n",
    "date of no picture": b"[[observation]]\nwho=''\nwhen='2024-08-16T00:00:00Z'\nhow=''\ntext=''\n"
    b"taken='2024'\n",
    "deck of three corners": b"[[deck]]\nimage='a'\npolygon=[[0, 0], [9, 0], [9, 2]]\n",
    "deck that is no number": b"[[deck]]\nimage='a'\npolygon=[[0,0], [nan,0], [9,2], [0,2]]\n",
    "tie points that are three": b"[[deck]]\nimage='a'\npolygon=[[0,0], [9,0], [9,2], [0,2]]\n"
    b"[[deck.tie]]\npicture='b'\npoints=[[0,0,0,0], [9,0,9,0], [9,2,9,2]]\n",
    "deck at no moment": b"[[deck]]\nimage='a'\nat_s=-1\npolygon=[[0,0], [9,0], [9,2], [0,2]]\n",
    "deck of a length without its error": b"[[deck]]\nimage='a'\nlength_m=90\n"
    b"polygon=[[0,0], [9,0], [9,2], [0,2]]\n",
    "deck of no length": b"[[deck]]\nimage='a'\nlength_m=0\nlength_error_m=1\n"
    b"polygon=[[0,0], [9,0], [9,2], [0,2]]\n",
    "one deck twice": b"[[deck]]\nimage='a'\npolygon=[[0,0], [9,0], [9,2], [0,2]]\n" * 2,
    "too many decks": b"[[deck]]\nimage='a'\npolygon=[[0,0], [9,0], [9,2], [0,2]]\n" * 21,
    "deck without an image": b"[[deck]]\npolygon=[[0, 0], [9, 0], [9, 2], [0, 2]]\n",
    "backwards": b"[event]\nstart = 2024-08-17T00:00:00Z\nend = 2024-08-16T00:00:00Z\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_used_is_one_error_with_advice(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(content)

    with pytest.raises(CaseFileError) as caught:
        read_case_file(path)

    assert caught.value.advice


def test_an_empty_case_file_is_a_case_without_a_name(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"")

    assert read_case_file(path).name == ""


def test_the_sample_case_is_read(repository: Path) -> None:
    case = read_case_file(repository / "samples" / "glushkovo" / "case.toml")

    assert case.event.start == "2024-08-16T00:00:00+03:00"
    assert len(case.claim) == 6
    assert [deck.image for deck in case.deck] == ["DJI_0142.JPG", "document_5217840391.png"]


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "case.toml")

    with pytest.raises(CaseFileError, match="not a regular file") as caught:
        read_case_file(tmp_path / "case.toml")

    assert caught.value.advice
