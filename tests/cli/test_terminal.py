"""What strangers put into names and texts cannot act, and streams that are gone do no harm."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

HOSTILE = {
    "escape": "\x1b]0;owned\x07\x1b[2J.jpg",
    "line break": "a\nforensics scan: all is well\r.jpg",
    "right to left": "photo\u202egpj.exe.jpg",
    "isolate": "a\u2066b\u2069.jpg",
    "C1 control": "a\u009b31m.jpg",
    "delete": "a\x7f\x08.jpg",
    "zero width": "a\u200bb\ufeff.jpg",
    "markup": "[red]a[bold] [link=file:etc]b[].jpg",
    "HTML": "<img src=x onerror=alert(1)>&amp;.jpg",
    "formula": "=HYPERLINK(1).jpg",
    "emoji code": ":smile: :warning:.jpg",
    "backslash": "a\\x1b[31m\\n.jpg",
    "dashes": "--out.jpg",
}
ACTING = set("\x1b\x07\x08\x7f\r\u009b\u202e\u2066\u2069")
NOT_UTF8 = b"caf\xe9 \xff.jpg"


@pytest.fixture
def hostile(evidence, draw):
    """One copy of known footage under every hostile name."""
    files = [evidence / name for name in HOSTILE.values()]
    for quality, file in enumerate(files, start=60):
        draw(file, 1, quality=quality)
    return files


@pytest.mark.parametrize("arguments", [
    ("scan", "evidence"),
    ("scan", "evidence", "--json"),
    ("scan", "evidence", "--dry-run"),
    ("scan", "evidence", "--dry-run", "--json"),
    ("check", "--archive", "archive", "--"),
    ("check", "--archive", "archive", "--json", "--"),
])  # fmt: skip
def test_hostile_names_are_shown_and_do_not_act(hostile, forensics, arguments):
    files = hostile if "check" in arguments else ()

    status, printed = forensics(*arguments, *files)

    assert status == 0
    assert not ACTING & set(printed.out + printed.err)
    assert "all is well" not in printed.out.splitlines() + printed.err.splitlines()
    if "--json" in arguments:
        assert json.loads(printed.out)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_name_of_an_inspected_file_does_not_act(evidence, draw, forensics, name):
    draw(evidence / name, 1)

    for as_json in ((), ("--json",)):
        status, printed = forensics("inspect", *as_json, "--", evidence / name)
        assert status == 0
        assert not ACTING & set(printed.out + printed.err)


def test_hostile_names_are_read_back_from_json(hostile, answer):
    matches = answer("check", "--archive", "archive", *hostile)["matches"]

    told = {match["query"]["path"].replace("\\x5c", "\\") for match in matches}
    assert told == {str(file) for file in hostile}


def test_markup_in_a_name_is_printed_as_it_is(hostile, forensics):
    _, printed = forensics("check", "--archive", "archive", *hostile)

    for kind in ("markup", "HTML", "emoji code", "formula", "dashes"):
        assert HOSTILE[kind] in printed.out


def test_hostile_names_of_broken_files_do_not_act_either(hostile, forensics):
    for number, file in enumerate(hostile):
        file.write_bytes(b"\xff\xd8\xff and nothing more %d" % number)

    scanned = forensics("scan", "evidence")
    checked = forensics("check", "--archive", "archive", *hostile)
    inspected = forensics("inspect", hostile[0])

    assert [status for status, _ in (scanned, checked, inspected)] == [1, 3, 1]
    for _, printed in (scanned, checked, inspected):
        assert not ACTING & set(printed.out + printed.err)


@pytest.mark.parametrize("place", ["folder", "out", "case"])
def test_hostile_name_of_a_folder_does_not_act(evidence, here, forensics, place):
    hostile = here / "\x1b[2Jx\n\u202e"
    if place == "folder":
        (evidence / "case.toml").unlink()
        evidence.rename(hostile)
        arguments = ("scan", hostile)
    elif place == "out":
        arguments = ("scan", evidence, "--out", hostile)
    else:
        hostile.write_text("name = 3")
        arguments = ("scan", evidence, "--case", hostile)

    status, printed = forensics(*arguments)

    assert status == (2 if place == "case" else 0)
    assert not ACTING & set(printed.out + printed.err)


def test_texts_of_the_case_file_do_not_act(evidence, forensics):
    (evidence / "case.toml").write_text(
        'name = "\\u001B[2J\\u202E[red]x"\n"\\u001B[31m" = 1\n', "utf-8"
    )
    bad = forensics("scan", evidence)
    (evidence / "case.toml").write_text('name = "\\u001B[2J\\u202E[red]x"\n', "utf-8")
    good = forensics("scan", evidence)

    assert [bad[0], good[0]] == [2, 0]
    assert "[red]x" in good[1].out
    for _, printed in (bad, good):
        assert not ACTING & set(printed.out + printed.err)


def test_name_that_is_not_utf8_is_escaped_without_loss(evidence, here, draw, forensics, answer):
    file = os.fsencode(evidence) + b"/" + NOT_UTF8
    draw(os.fsdecode(file), 1, quality=50)

    status, printed = forensics("scan", "evidence")
    report = json.loads((here / "evidence-report" / "report.json").read_text("utf-8"))
    checked = answer("check", os.fsdecode(file), "--archive", "archive")

    assert status == 0
    assert r"caf\xe9 \xff.jpg" in printed.out
    assert r"caf\xe9 \xff.jpg" in [path for item in report["items"] for path in item["paths"]]
    assert checked["matches"][0]["query"]["path"].endswith(r"/caf\xe9 \xff.jpg")


@pytest.mark.parametrize("as_json", [(), ("--json",), ("--dry-run",), ("--dry-run", "--json")])
def test_folders_that_are_not_utf8_can_be_used(evidence, here, forensics, as_json):
    (evidence / "case.toml").unlink()
    folder, out = (os.fsdecode(os.fsencode(here) + b"/" + each) for each in (b"d\xe9", b"o\xff"))
    evidence.rename(folder)
    (here / "archive").rename(os.fsdecode(b"a\xe9"))

    status, printed = forensics(
        "scan", folder, "--out", out, "--archive", os.fsdecode(b"a\xe9"), *as_json
    )

    assert status == 0
    assert (printed.out + printed.err).encode("utf-8")
    assert Path(out, "report.html").exists() is ("--dry-run" not in as_json)


def test_results_go_to_stdout_and_the_rest_to_stderr(evidence, forensics):
    (evidence / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    files = [evidence / name for name in ("copy.jpg", "broken.jpg")]

    _, printed = forensics("check", *files, "--archive", "archive")

    assert "broken.jpg" in printed.err
    assert "broken.jpg" not in printed.out
    assert "RECYCLED" not in printed.err


@pytest.mark.parametrize("variables", [{"TERM": "xterm-256color"}, {"NO_COLOR": "1"}])
def test_no_escapes_are_written_to_a_file(evidence, program, sample, variables):
    scanned = program("scan", "evidence", env=variables)
    inspected = program("inspect", str(sample("IMG_2231.JPG")), env=variables)

    for ran in (scanned, inspected):
        assert ran.returncode == 0, ran.stderr
        assert b"\x1b" not in ran.stdout + ran.stderr


def test_long_paths_are_not_folded_where_nobody_looks(evidence, draw, program):
    name = "a-very-long-name-" * 10 + ".jpg"
    draw(evidence / name, 1, quality=50)

    ran = program("scan", "evidence")

    assert name in ran.stdout.decode()
    assert all(line == line.rstrip() for line in ran.stdout.decode().splitlines())


def test_json_is_utf8_whatever_the_terminal_says(evidence, draw, program):
    draw(evidence / "наступ é.jpg", 1, quality=50)

    ran = program(
        "check", "evidence/наступ é.jpg", "--archive", "archive", "--json",
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    (match,) = json.loads(ran.stdout.decode("utf-8"))["matches"]
    assert match["query"]["path"] == "evidence/наступ é.jpg"


def test_terminal_that_knows_only_ascii_gets_escapes(evidence, draw, program):
    draw(evidence / "наступ.jpg", 1, quality=50)

    ran = program("scan", "evidence", env={"PYTHONIOENCODING": "ascii"})

    assert ran.returncode == 0, ran.stderr
    assert rb"\u043d" in ran.stdout


@pytest.mark.parametrize("arguments", [
    ("stages",),
    ("stages", "--json"),
    ("scan", "evidence"),
    ("inspect", "SAMPLE"),
])  # fmt: skip
def test_reader_that_left_is_no_error(evidence, program, sample, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [str(sample("IMG_2231.JPG")) if a == "SAMPLE" else a for a in arguments]

    ran = program(*arguments, stdout=writer)
    os.close(writer)

    assert ran.returncode == 0
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr
    assert b"BrokenPipe" not in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("arguments", [("stages",), ("stages", "--json"), ("scan", "evidence")])
def test_full_disk_behind_stdout_is_one_line(evidence, program, arguments):
    with Path("/dev/full").open("wb") as full:
        ran = program(*arguments, stdout=full)

    assert ran.returncode == 2
    assert b"No space left on device" in ran.stderr.splitlines()[-1]
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_leave_the_report_whole(evidence, here, program, closed):
    command = f'exec "$@" {closed}'

    ran = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "forensics.cli.main", "scan",
         "evidence", "--out", "second"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        cwd=here, timeout=60, check=False, capture_output=True,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    assert json.loads((here / "second" / "report.json").read_bytes())["matches"]
    page = (here / "second" / "report.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")


def test_interrupt_from_the_keyboard_gives_130_and_keeps_what_is_done(
    evidence, here, draw, program
):
    for seed in range(240):
        draw(evidence / f"{seed:03}.jpg", seed + 10)
    running = subprocess.Popen(
        [sys.executable, "-m", "forensics.cli.main", "scan", "evidence"],
        cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        # Shells start what runs in the background with this signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    waited_until = time.monotonic() + 30
    record = here / "evidence-report" / "run.jsonl"
    while not record.exists() or b"visited" not in record.read_bytes():
        assert time.monotonic() < waited_until
        time.sleep(0.01)

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)

    assert running.returncode == 130
    assert err.endswith(b"forensics scan: interrupted\n")
    assert b"Traceback" not in err
    done = {line["sha256"] for line in map(json.loads, record.read_text().splitlines())
            if line["event"] == "visited" and line["ran"]}  # fmt: skip
    assert done
    again = program("scan", "evidence")
    assert again.returncode == 0
    later = [json.loads(line) for line in record.read_text().splitlines()]
    later = later[[line["event"] for line in later].index("stopped") :]
    assert not done & {line["sha256"] for line in later if line.get("ran")}
