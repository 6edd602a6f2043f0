"""The fuzzing tool keeps what it finds, makes it small, and changes files as they are built."""

import json
import random
import struct
import zlib
from pathlib import Path

import pytest

from tools.fuzz.findings import Findings, crash_signature, minimised, signature
from tools.fuzz.mutate import chunks, mend_png, mutate_bytes, mutate_json
from tools.fuzz.state import HEADER, left_behind, shared
from tools.fuzz.target import Target, Violation, check

_TRACE = """Current thread 0x1 (most recent call first):
  File "/x/PIL/ImageFile.py", line 3 in load
  File "/x/forensics/ingest/pages.py", line 9 in decode
"""


def _target(run, **options) -> Target:
    return Target("made up", lambda data, _: run(data), lambda: (b"",), **options)


def _fail(data: bytes) -> None:
    raise KeyError(data)


def test_error_that_is_not_documented_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        check(_target(_fail), b"x", tmp_path)


def test_documented_error_is_none(tmp_path: Path) -> None:
    check(_target(_fail, allowed=(KeyError,)), b"x", tmp_path)


def test_other_outcome_the_second_time_is_a_finding(tmp_path: Path) -> None:
    numbers = iter(range(2))

    with pytest.raises(Violation, match="same each time"):
        check(_target(lambda _: next(numbers)), b"x", tmp_path)


def test_faults_are_told_apart_by_where_they_were_raised() -> None:
    with pytest.raises(KeyError) as caught:
        _fail(b"x")

    assert signature(caught.value) == "KeyError-test_tool._fail"


def test_crashes_are_told_apart_by_the_functions_they_were_in() -> None:
    assert crash_signature("SIGSEGV", _TRACE) == "SIGSEGV-ImageFile.load-pages.decode"


def test_smallest_input_of_a_fault_is_kept(tmp_path: Path) -> None:
    findings = Findings(tmp_path)

    is_new = [findings.keep("fault", data, "") for data in (b"1234", b"12", b"123")]

    assert is_new == [True, False, False]
    assert (tmp_path / "fault" / "input").read_bytes() == b"12"


def test_input_is_made_as_small_as_still_shows_the_fault() -> None:
    data = bytes(100) + b"bad" + bytes(77)

    assert minimised(data, lambda shorter: b"bad" in shorter) == b"bad"


def test_input_outlives_the_process(tmp_path: Path) -> None:
    present = shared(tmp_path / "present")
    HEADER.pack_into(present, 0, 7, 3)
    present[HEADER.size : HEADER.size + 3] = b"abc"

    assert left_behind(tmp_path / "present") == (7, b"abc")


def test_changed_png_has_right_check_sums() -> None:
    head = b"\x89PNG\r\n\x1a\n"
    chunk = b"IHDR" + bytes(13)

    mended = mend_png(head + struct.pack(">I", 13) + chunk + b"\0\0\0\0")

    assert mended[-4:] == struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"RIFF\x10\0\0\0WEBPVP8 \2\0\0\0ab", [(12, 22)]),
        (b"\xff\xd8\xff\xe0\0\4ab\xff\xdb\0\3c\xff\xd9", [(2, 8), (8, 13)]),
        (b"\0\0\0\x08ftyp\0\0\0\x10moov\0\0\0\x08trak", [(0, 8), (8, 24), (16, 24)]),
        (b"\0\0\0\x08ftyp\xff\xff\xff\xffmdat", [(0, 8), (8, 16)]),
    ],
)
def test_parts_of_a_file_are_found(data: bytes, found: list[tuple[int, int]]) -> None:
    assert chunks(data) == found


def test_same_number_gives_the_same_change() -> None:
    def change(seed: int) -> bytes:
        return mutate_bytes(
            b"RIFF\x10\0\0\0WEBPVP8 \2\0\0\0ab", random.Random(seed), max_bytes=64,
            tokens=(b"ANMF",), others=(b"other",), blind=lambda same, _: same,
        )  # fmt: skip

    assert [change(seed) for seed in range(50)] == [change(seed) for seed in range(50)]
    assert len({change(seed) for seed in range(50)}) > 10


def test_changed_json_stays_json() -> None:
    seeds = [b'{"a": [1, {"b": "text"}], "c": null}']

    made = {mutate_json(seeds[0], random.Random(n), seeds, lambda same, _: same) for n in range(99)}

    assert len({json.dumps(json.loads(each)) for each in made}) > 50
