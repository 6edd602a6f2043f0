"""A report renders again from its JSON, or says why it cannot."""

import base64
import os
import re
import subprocess
import sys

import pytest
from msgspec.structs import replace

from forensics.model.errors import ForensicsError
from forensics.report.render import render_again
from forensics.report.write import encode_case


@pytest.fixture
def folder(tmp_path, full_case, store):
    (tmp_path / "report.json").write_bytes(encode_case(full_case))
    for path, data in store.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_gives_the_same_page(folder, render, full_case):
    render_again(folder)

    assert (folder / "report.html").read_bytes() == render(full_case).html


def test_needs_no_image_library(folder):
    code = (
        "import sys; from pathlib import Path; from forensics.report.render import render_again;"
        "render_again(Path(sys.argv[1])); assert not {'cv2', 'PIL', 'numpy'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)

    assert (folder / "report.html").stat().st_size


def test_missing_json_is_said(tmp_path):
    with pytest.raises(ForensicsError, match="cannot read") as caught:
        render_again(tmp_path)

    assert caught.value.advice


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"schema": "x"}', b"\xff", b'{"schema": "\xff"}', b'{"x":' + b"[" * 9999],
)
def test_file_that_is_no_report_is_said(tmp_path, data):
    (tmp_path / "report.json").write_bytes(data)

    with pytest.raises(ForensicsError, match="is no report"):
        render_again(tmp_path)


@pytest.mark.parametrize(
    ("kept", "emptied"),
    [(b'"paths": [', b'"paths": [], "was": ['), (b'"members": [', b'"members": [], "was": [')],
)
def test_item_or_group_of_nothing_is_no_report(tmp_path, full_case, kept, emptied):
    (tmp_path / "report.json").write_bytes(encode_case(full_case).replace(kept, emptied))

    with pytest.raises(ForensicsError, match="is no report"):
        render_again(tmp_path)


@pytest.mark.parametrize("start", ["202", "2024-08-16T00:00:00"])
def test_time_that_no_run_writes_is_shown_as_it_is(tmp_path, full_case, start):
    event = replace(full_case.case.event, start=start)
    case = replace(full_case, case=replace(full_case.case, event=event))
    (tmp_path / "report.json").write_bytes(encode_case(case))

    render_again(tmp_path)

    assert b"known since" in (tmp_path / "report.html").read_bytes()


def test_other_format_version_is_said(tmp_path, make_case):
    (tmp_path / "report.json").write_bytes(
        encode_case(make_case(schema="strike-forensics/report/9"))
    )

    with pytest.raises(ForensicsError, match="this version reads"):
        render_again(tmp_path)


def test_link_in_the_place_of_the_new_page_does_not_lead_out(folder, tmp_path_factory):
    victim = tmp_path_factory.mktemp("elsewhere") / "victim.txt"
    victim.write_text("mine")
    for name in (".report.html.part", "report.html"):
        (folder / name).symlink_to(victim)

    render_again(folder)

    assert victim.read_text() == "mine"
    assert not (folder / "report.html").is_symlink()


def test_pipe_in_the_place_of_the_json_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "report.json")

    with pytest.raises(ForensicsError, match="not a regular file"):
        render_again(tmp_path)


def test_pipe_in_the_place_of_a_picture_is_said_to_be_missing(folder, store, full_case):
    for path in store.files:
        (folder / path).unlink()
        os.mkfifo(folder / path)

    render_again(folder)

    assert "missing from the report folder" in (folder / "report.html").read_text("utf-8")


def test_path_of_a_picture_cannot_lead_out(folder, full_case):
    (folder.parent / "secret.png").write_bytes(b"secret picture")
    data = (folder / "report.json").read_text("utf-8")
    hostile = re.sub(r'"artefacts/[^"]*"', '"artefacts/../../secret.png"', data)
    (folder / "report.json").write_text(hostile, "utf-8")

    render_again(folder)

    page = (folder / "report.html").read_text("utf-8")
    assert "not a picture that a run makes" in page
    assert base64.b64encode(b"secret picture").decode() not in page
    assert "secret.png" not in page
