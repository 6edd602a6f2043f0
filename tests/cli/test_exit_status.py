"""Exit status: 0 ran; 1 something failed; 2 wrong usage; 3 nothing examined; 130 interrupted."""

import json
from pathlib import Path

import pytest

from forensics.ingest.media import identify
from forensics.model.errors import UnreadableMedia


def only_line(printed):
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


def test_degraded_media_count_as_examined(evidence, draw, forensics):
    draw(evidence / "cut.jpg", 3)
    whole = (evidence / "cut.jpg").read_bytes()
    (evidence / "cut.jpg").write_bytes(whole[: len(whole) * 2 // 3])

    status, printed = forensics("scan", "evidence")

    assert status == 0
    assert "1 examined in part" in printed.out


@pytest.mark.parametrize(("name", "content"), [
    ("broken.jpg", b"\xff\xd8\xff and nothing more"),
    ("text.jpg", b"this is no picture"),
    ("empty.jpg", b""),
    ("empty.txt", b""),
])  # fmt: skip
def test_file_that_cannot_be_examined_gives_one(evidence, forensics, name, content):
    (evidence / name).write_bytes(content)

    status, printed = forensics("scan", "evidence")

    assert status == 1
    assert name in printed.out


def test_link_that_leads_out_is_not_followed_and_gives_one(evidence, here, draw, forensics):
    draw(here / "outside.jpg", 9)
    (evidence / "link.jpg").symlink_to(here / "outside.jpg")

    status, printed = forensics("scan", "evidence")

    assert status == 1
    assert "link.jpg: a symbolic link" in printed.out


def test_known_footage_that_is_missing_gives_one(evidence, here, forensics):
    with (here / "archive" / "list.csv").open("a") as file:
        file.write("gone.jpg,2013,\n")

    scanned, printed = forensics("scan", "evidence")
    checked, said = forensics("check", "evidence/copy.jpg", "--archive", "archive")

    assert (scanned, checked) == (1, 1)
    assert "gone.jpg" in printed.out
    assert "gone.jpg" in said.err


def test_step_that_fails_is_named_on_stderr_and_gives_one(evidence, forensics, monkeypatch):
    def fail(probes):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("forensics.reuse.groups.find_groups", fail)

    status, printed = forensics("scan", "evidence")

    assert status == 1
    assert "broken on purpose" in printed.err
    assert "Report: " in printed.out


@pytest.mark.parametrize("name", ["notes.txt", ".hidden"])
def test_folder_of_other_files_gives_three_and_a_report_that_says_so(here, forensics, name):
    (here / "evidence").mkdir()
    (here / "evidence" / name).write_text("no picture")

    status, _ = forensics("scan", "evidence")

    assert status == 3
    assert (here / "evidence-report" / "report.html").is_file()


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_empty_folder_gives_three_and_no_report(here, forensics, as_json):
    (here / "evidence").mkdir()

    status, printed = forensics("scan", "evidence", *as_json)

    assert status == 3
    assert json.loads(printed.out or "{}") == ({"report": None} if as_json else {})
    assert "no files to examine" in printed.err
    assert list(here.iterdir()) == [here / "evidence"]


def test_folder_of_links_says_why_there_is_nothing(here, forensics):
    (here / "evidence").mkdir()
    (here / "evidence" / "link.jpg").symlink_to(here / "nowhere.jpg")

    status, printed = forensics("scan", "evidence")

    assert status == 3
    assert "link.jpg: a symbolic link" in printed.err


def test_folder_of_broken_photos_gives_three(here, forensics):
    (here / "evidence").mkdir()
    (here / "evidence" / "broken.jpg").write_bytes(b"\xff\xd8\xff and nothing more")

    assert forensics("scan", "evidence")[0] == 3


@pytest.mark.parametrize(("files", "expected"), [
    (("copy.jpg",), 0),
    (("copy.jpg", "notes.txt"), 1),
    (("other.jpg", "gone.jpg"), 1),
    (("notes.txt",), 3),
    (("gone.jpg", "."), 3),
])  # fmt: skip
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_check_counts_what_could_be_read(evidence, forensics, files, expected, as_json):
    names = [evidence / name for name in files]

    status, printed = forensics("check", *names, "--archive", "archive", *as_json)

    assert status == expected
    assert bool(printed.err) is (expected != 0 and not as_json)


@pytest.mark.parametrize(("content", "expected"), [
    (b"no picture", 3), (b"", 3), (b"\xff\xd8\xff and nothing more", 1), (None, 3),
])  # fmt: skip
def test_inspect_of_what_is_no_media_or_broken(here, forensics, content, expected):
    if content is not None:
        (here / "file.jpg").write_bytes(content)

    status, printed = forensics("inspect", "file.jpg")

    assert status == expected
    assert printed.err.startswith("forensics inspect: file.jpg: ")


@pytest.mark.parametrize("arguments", [
    ("scan", "missing"),
    ("scan", "evidence/copy.jpg"),
    ("scan", ""),
    ("scan", "evidence", "--case", "missing.toml"),
    ("scan", "evidence", "--case", "evidence"),
    ("scan", "evidence", "--case", ""),
    ("scan", "evidence", "--archive", "missing.db"),
    ("scan", "evidence", "--archive", ""),
    ("scan", "evidence", "--archive", "evidence/copy.jpg"),
    ("scan", "evidence", "--out", ""),
    ("scan", "evidence", "--out", "evidence"),
    ("scan", "evidence", "--out", "evidence/copy.jpg"),
    ("scan", "evidence", "--out", "evidence/copy.jpg/below"),
    ("scan", "evidence", "--out", "/proc/nowhere"),
    ("check", "evidence/copy.jpg", "--archive", "missing.db"),
    ("check", "evidence/copy.jpg", "--archive", ""),
    ("check", "evidence/copy.jpg", "--archive", "evidence/notes.txt"),
    ("check", "evidence/copy.jpg", "--archive", "archive", "--event-start", "soon"),
    ("check", "evidence/copy.jpg", "--archive", "archive", "--event-start", ""),
    ("check", "evidence/copy.jpg", "--archive", "archive", "--event-start", "2024-02-30"),
    ("check", "evidence/copy.jpg", "--archive", "archive", "--case", "missing.toml"),
    ("report", "render", "missing"),
    ("report", "render", "evidence"),
    ("archive", "list", "missing.db"),
])  # fmt: skip
def test_wrong_usage_is_one_line_and_two(evidence, here, forensics, arguments):
    before = sorted(here.rglob("*"))

    status, printed = forensics(*arguments)

    line = only_line(printed)
    assert status == 2
    assert line.startswith(f"forensics {arguments[0]}: ")
    assert "Traceback" not in line
    assert line.endswith((".", "example 2014-08-01.", "add ARCHIVE.db FOLDER"))
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("arguments", [
    (),
    ("nonsense",),
    ("scan",),
    ("scan", "evidence", "--no-such-option"),
    ("scan", "evidence", "more"),
    ("check", "evidence/copy.jpg"),
    ("check", "--archive", "archive"),
    ("check", "x.jpg", "--archive", "a", "--case", "c", "--event-start", "2024"),
    ("report",),
    ("inspect",),
    ("inspect", "a\nb", "c\x1b[2Jd"),
])  # fmt: skip
def test_command_line_that_does_not_parse_is_one_line_and_two(forensics, arguments):
    status, printed = forensics(*arguments)

    line = only_line(printed)
    assert status == 2
    assert "--help" in line
    assert "\x1b" not in line


BAD_CASES = {
    "time without an offset": b"[event]\nstart = 2024-08-16T00:00:00\n",
    "day without an offset": b"[event]\nstart = 2024-08-16\n",
    "end before start": b"[event]\nstart = 2024-08-16T00:00:00Z\nend = 2024-08-15T00:00:00Z\n",
    "unknown key": b"nmae = 'A case'\n",
    "wrong type": b"name = 3\n",
    "wrong table": b"event = 'yesterday'\n",
    "no TOML": b"name: A case\n",
    "not UTF-8": b"name = '\xff\xfe'\n",
    "other schema": b"schema = 99\n",
    "no date": b"[event]\nstart = 'soon'\n",
    "impossible date": b"[event]\nstart = 2024-02-30T00:00:00Z\n",
    "archive without path": b"[archive]\nname = 'x'\n",
    "archive that is not there": b"[archive]\npath = 'nowhere.db'\n",
}


@pytest.mark.parametrize("content", BAD_CASES.values(), ids=BAD_CASES)
def test_bad_case_file_is_one_line_with_advice_and_two(evidence, here, forensics, content):
    (evidence / "case.toml").write_bytes(content)

    status, printed = forensics("scan", "evidence")

    line = only_line(printed)
    assert status == 2
    assert line.startswith("forensics scan: ")
    assert not (here / "evidence-report").exists()


def test_big_case_file_is_read(evidence, forensics):
    text = "".join(f'[[claim]]\nid = "c{i}"\ntext = "{"x" * 400}"\n' for i in range(500))
    (evidence / "case.toml").write_text(f'name = "Big"\n{text}')

    status, printed = forensics("scan", "evidence", "--dry-run")

    assert status == 0
    assert "2 files" not in printed.err


@pytest.mark.parametrize("command", ["scan", "check"])
def test_interruption_gives_130_and_leaves_no_new_folder(
    evidence, here, forensics, monkeypatch, command
):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("forensics.engine.runner.identify", interrupt)
    monkeypatch.setattr("forensics.engine.workers.Workers.run", interrupt)
    before = sorted(here.rglob("*"))
    arguments = ("evidence", "--jobs", "0")
    if command == "check":
        arguments = ("evidence/copy.jpg", "--archive", "archive")

    status, printed = forensics(command, *arguments)

    assert status == 130
    assert printed.out == ""
    assert printed.err.endswith(f"forensics {command}: interrupted\n")
    assert sorted(here.rglob("*")) == before


def test_interruption_leaves_the_last_report_of_the_case(evidence, here, forensics, monkeypatch):
    forensics("scan", "evidence")
    report = (here / "evidence-report" / "report.json").read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("forensics.engine.output.os.fsync", interrupt)
    status, _ = forensics("scan", "evidence")

    assert status == 130
    assert (here / "evidence-report" / "report.json").read_bytes() == report
    assert not list((here / "evidence-report").rglob("*.part"))


def test_full_disk_is_one_line_and_leaves_no_new_folder(evidence, here, forensics, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forensics.engine.output.os.fsync", fail)

    status, printed = forensics("scan", "evidence")

    assert status == 2
    assert "No space left" in only_line(printed)
    assert not (here / "evidence-report").exists()


def test_broken_archive_is_told_before_any_evidence_is_opened(evidence, forensics, monkeypatch):
    (evidence.parent / "known.db").write_bytes(b"SQLite format 3\0" + bytes(4000))
    opened = []
    monkeypatch.setattr("forensics.engine.runner.identify", opened.append)

    status, printed = forensics("scan", "evidence", "--archive", "known.db", "--jobs", "0")

    assert status == 2
    assert printed.err.splitlines()[-1].startswith("forensics scan: known.db is not an archive. ")
    assert opened == []
    assert not (evidence.parent / "evidence-report").exists()


def test_file_that_vanishes_is_named_and_the_others_are_examined(evidence, forensics, monkeypatch):
    def open_all_but_one(path, **settings):
        if path.endswith("other.jpg"):
            Path(path).unlink()
        return identify(path, **settings)

    monkeypatch.setattr("forensics.engine.runner.identify", open_all_but_one)

    status, printed = forensics("scan", "evidence", "--jobs", "0")

    assert status == 1
    assert "other.jpg: cannot be opened: No such file or directory" in printed.out
    assert "Recycled, known before the event: 1" in printed.out


def test_text_that_vanishes_is_no_expected_gap(evidence, forensics, monkeypatch):
    def open_none(path, **settings):
        if path.endswith("notes.txt"):
            raise UnreadableMedia("cannot be opened: gone") from FileNotFoundError()
        return identify(path, **settings)

    monkeypatch.setattr("forensics.engine.runner.identify", open_none)

    status, printed = forensics("scan", "evidence", "--jobs", "0")

    assert status == 1
    assert "notes.txt" in printed.out


def test_exiftool_that_is_asked_for_and_missing_is_wrong_usage(
    evidence, draw, forensics, monkeypatch
):
    draw(evidence / "a.jpg", 3)
    monkeypatch.setenv("PATH", "/nonexistent")

    status, printed = forensics("scan", "evidence", "--exiftool")

    assert status == 2
    assert "ExifTool is not installed" in only_line(printed)
    assert not Path("evidence-report").exists()
