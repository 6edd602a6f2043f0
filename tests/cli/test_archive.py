import json
import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forensics.cli.main import build_parser, main
from forensics.reuse.archive import Archive

PAGE = Path(__file__).parents[2] / "docs" / "archive.md"
COMMANDS = re.findall(r"^forensics archive .*$", PAGE.read_text("utf-8"), re.MULTILINE)


def save_picture(path, seed):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC).save(path)


@pytest.fixture
def footage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "footage"
    folder.mkdir()
    for seed, name in enumerate(("bridge.jpg", "fire.png")):
        save_picture(folder / name, seed)
    return folder


@pytest.fixture
def forensics(capsys):
    def run(*arguments):
        status = main(["archive", *(str(argument) for argument in arguments)])
        return status, capsys.readouterr()

    return run


@pytest.fixture
def answer(forensics):
    def run(*arguments):
        _, printed = forensics(*arguments, "--json")
        return json.loads(printed.out)

    return run


def test_folder_is_taken_in_and_listed(footage, forensics, answer):
    status, printed = forensics("add", "known.db", footage, "--source", "https://a.example")

    assert status == 0
    assert "2 added, 0 known already." in printed.out
    assert printed.err == ""
    entries = answer("list", "known.db")["entries"]
    assert {entry["path"] for entry in entries} == {"bridge.jpg", "fire.png"}
    assert {entry["source"] for entry in entries} == {"https://a.example"}
    assert {entry["media_kept"] for entry in entries} == {"views"}


def test_file_again_adds_a_sighting_and_no_entry(footage, answer):
    answer("add", "known.db", footage / "fire.png", "--source", "one")
    again = answer("add", "known.db", footage / "fire.png", "--source", "other")

    assert (len(again["added"]), len(again["known"])) == (0, 1)
    (entry,) = answer("list", "known.db")["entries"]
    assert [seen["source"] for seen in entry["sightings"]] == ["one", "other"]


def test_list_in_the_folder_says_more_than_the_options(footage, answer):
    (footage / "list.csv").write_text("path,first_seen,source,rating\nfire.png,2014-08,listed,5\n")

    added = answer(
        "add", "known.db", footage, "--source", "option", "--event", "a fire",
        "--first-seen", "2020", "--basis", "platform",
    )  # fmt: skip

    entries = {entry["path"]: entry for entry in answer("list", "known.db")["entries"]}
    listed, other = entries["fire.png"], entries["bridge.jpg"]
    assert (listed["source"], listed["first_seen"]["value"]) == ("listed", "2014-08")
    assert (listed["basis"], listed["event"]) == ("analyst", "a fire")
    assert (other["source"], other["first_seen"]["value"]) == ("option", "2020")
    assert other["basis"] == "platform"
    assert added["notices"] == ["list.csv: column 'rating' is ignored"]


def test_list_names_files_by_itself(footage, answer):
    (footage / "sources.csv").write_text("path\nfire.png\n")

    added = answer("add", "known.db", "--from", footage / "sources.csv")

    assert [file["path"] for file in added["added"]] == ["fire.png"]


def test_what_cannot_be_taken_in_is_named_and_the_rest_is_kept(footage, forensics):
    (footage / "notes.txt").write_text("no picture")
    (footage / "list.csv").write_text("path\nmissing.jpg\n")

    status, printed = forensics("add", "known.db", footage)

    assert status == 1
    assert "2 added" in printed.out
    assert "notes.txt: not a photo or video" in printed.err
    assert "list.csv: line 2: there is no file 'missing.jpg'" in printed.err


def test_archive_in_its_own_folder_is_not_footage(footage, forensics):
    status, _ = forensics("add", footage / "known.db", footage)
    again, printed = forensics("add", footage / "known.db", footage)

    assert (status, again) == (0, 0)
    assert "0 added, 2 known already." in printed.out


def test_hashes_only_keeps_no_views(footage, answer):
    answer("add", "known.db", footage, "--hashes-only")

    assert answer("stats", "known.db")["with_views"] == 0


def test_copy_is_found_and_other_files_are_not(footage, forensics, answer):
    forensics("add", "known.db", footage / "fire.png", "--first-seen", "2014-08-01")
    Image.open(footage / "fire.png").save(footage / "copy.jpg", quality=80)

    found = answer("search", "known.db", footage / "copy.jpg", footage / "bridge.jpg")
    _, printed = forensics("search", "known.db", footage / "copy.jpg")

    (match,) = found["matches"]
    assert match["reference"]["path"] == "fire.png"
    assert match["relation"] == "reencoded"
    assert [file["reason"] for file in found["unmatched"]] == ["no match"]
    assert "known since 2014-08-01" in printed.out


def test_unreadable_query_is_a_problem(footage, forensics):
    forensics("add", "known.db", footage)
    (footage / "empty.jpg").write_bytes(b"")

    status, printed = forensics("search", "known.db", footage / "empty.jpg")

    assert status == 1
    assert "empty" in printed.err


def test_entry_is_removed_by_the_identifier_that_is_shown(footage, forensics, answer):
    forensics("add", "known.db", footage)
    (first, second) = answer("list", "known.db")["entries"]

    removed = answer("remove", "known.db", first["id"][:12])

    assert removed == {"removed": [first["id"]], "problems": []}
    assert [entry["id"] for entry in answer("list", "known.db")["entries"]] == [second["id"]]


@pytest.mark.parametrize("name", ["0" * 12, "abc", ""])
def test_entry_that_is_not_there_is_not_removed(footage, forensics, name):
    forensics("add", "known.db", footage)

    status, printed = forensics("remove", "known.db", name)

    assert status == 1
    assert printed.err


def test_what_a_person_decided_is_respected_and_listed(footage, forensics, answer):
    forensics("add", "known.db", footage / "fire.png", "--first-seen", "2014-08-01")
    Image.open(footage / "fire.png").save(footage / "copy.jpg", quality=80)
    entry = answer("list", "known.db")["entries"][0]["id"]
    reasons = ("--who", "A. Analyst", "--why", "another fire")

    kept = answer(
        "decide", "known.db", footage / "copy.jpg", entry[:12], "--not-a-duplicate", *reasons
    )
    found = answer("search", "known.db", footage / "copy.jpg")
    _, printed = forensics("search", "known.db", footage / "copy.jpg")
    answer("decide", "known.db", kept["query_sha256"], entry[:12], "--confirmed", *reasons)
    _, listed = forensics("decisions", "known.db")

    assert (kept["decision"], kept["who"]) == ("not a duplicate", "A. Analyst")
    assert (found["matches"], len(found["dismissed"])) == ([], 1)
    assert "set aside" in printed.out
    assert "another fire" in printed.out
    assert [line.endswith("(no longer holds)") for line in listed.out.splitlines()] == [True, False]
    assert answer("search", "known.db", footage / "copy.jpg")["matches"][0]["decision"]


@pytest.mark.parametrize(("query", "entry"), [
    ("missing.jpg", "661a641506be"), ("ab" * 32, "661a641506be"), ("ab" * 32, "66"),
])  # fmt: skip
def test_decision_about_nothing_is_refused(footage, forensics, query, entry):
    forensics("add", "known.db", footage)

    status, printed = forensics(
        "decide", "known.db", query, entry, "--confirmed", "--who", "A.", "--why", "w"
    )

    assert status == 2
    assert printed.err.startswith("forensics archive: ")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_hashes_travel_to_another_archive(footage, forensics, answer, form):
    forensics("add", "known.db", footage, "--first-seen", "2014")

    exported, _ = forensics("export", "known.db", f"hashes.{form}")
    imported = answer("import", "other.db", f"hashes.{form}", "--first-seen", "2019")
    found = answer("search", "other.db", footage / "fire.png")

    assert exported == 0
    assert imported == {"added": 2, "known": 0, "decisions": 0, "problems": []}
    (match,) = found["matches"]
    assert (match["relation"], match["reference"]["basis"]) == ("lead", "imported:hashes")
    assert match["reference"]["first_seen"] == ("2019" if form == "csv" else "2014")


def test_bad_row_of_an_imported_list_is_named(tmp_path, forensics):
    (tmp_path / "hashes.csv").write_text("ab" * 32 + ",90,a.jpg\nnot a hash\n")

    status, printed = forensics("import", tmp_path / "known.db", tmp_path / "hashes.csv")

    assert status == 1
    assert "1 added" in printed.out
    assert "line 2: not a PDQ hash" in printed.err


def test_export_overwrites_nothing(footage, forensics):
    forensics("add", "known.db", footage)

    status, printed = forensics("export", "known.db", "known.db")

    assert status == 2
    assert "new file" in printed.err
    with Archive.open("known.db") as archive:
        assert archive.summary().entries == 2


def test_export_to_standard_output_is_the_list_alone(footage, forensics):
    forensics("add", "known.db", footage)

    _, printed = forensics("export", "known.db", "-")

    assert re.fullmatch(r"([0-9a-f]{64},\d+,[a-z.]+\n){2}", printed.out)


def test_stats_count_what_there_is(footage, forensics, answer):
    forensics("add", "known.db", footage, "--first-seen", "2014-08-01", "--basis", "web_capture")

    stats = answer("stats", "known.db")
    _, printed = forensics("stats", "known.db")

    assert (stats["entries"], stats["hashes"], stats["without_date"]) == (2, 2, 0)
    assert stats["by_basis"] == {"web_capture": 2}
    sizes = sum(path.stat().st_size for path in footage.iterdir())
    assert stats["bytes_by_kind"] == {"still": sizes}
    assert (stats["bytes_kept"]["hashes"], stats["without_views"]) == (64, 0)
    assert stats["bytes_kept"]["views"] > 0
    assert "2 still" in printed.out


def test_stats_say_what_only_hashes_can_find(footage, forensics, answer):
    forensics("add", "known.db", footage, "--hashes-only")

    stats = answer("stats", "known.db")
    _, printed = forensics("stats", "known.db")

    assert (stats["by_hash_only"], stats["without_views"]) == (2, 2)
    assert "Add their files again" in printed.out


def test_whole_archive_passes_the_check(footage, forensics):
    forensics("add", "known.db", footage)

    status, printed = forensics("check", "known.db", "--repair")

    assert (status, printed.err) == (0, "")
    assert "2 entries, all as they were written." in printed.out
    assert not Path("known.repaired.db").exists()


def test_damaged_archive_is_told_and_repaired_beside(footage, forensics, answer):
    forensics("add", "known.db", footage)
    with closing(sqlite3.connect("known.db")) as other, other:
        other.execute("UPDATE sightings SET source = 'x' WHERE path = 'fire.png'")

    status, printed = forensics("check", "known.db")
    repaired = answer("check", "known.db", "--repair")["repaired"]

    assert status == 1
    assert "the entry is not as it was written" in printed.err
    assert "--repair" in printed.out
    assert (repaired["path"], repaired["entries"]) == ("known.repaired.db", 1)
    assert [lost["path"] for lost in repaired["lost"]] == ["fire.png"]
    assert forensics("check", "known.repaired.db")[0] == 0


@pytest.mark.parametrize("arguments", [
    ("list", "missing.db"),
    ("search", "missing.db", "x.jpg"),
    ("add", "known.db"),
    ("add", "known.db", "missing.jpg"),
    ("import", "known.db", "missing.csv"),
])  # fmt: skip
def test_wrong_usage_is_told_and_leaves_no_file(tmp_path, monkeypatch, forensics, arguments):
    monkeypatch.chdir(tmp_path)

    status, printed = forensics(*arguments)

    assert status == 2
    assert printed.err.startswith("forensics archive: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [
    (), ("add",), ("add", "k.db", "f", "--first-seen", "soon"),
    ("add", "k.db", "f", "--basis", "hearsay"), ("export", "k.db", "l", "--format", "xml"),
])  # fmt: skip
def test_command_line_that_does_not_parse_ends_with_status_two(arguments):
    with pytest.raises(SystemExit) as caught:
        main(["archive", *arguments])

    assert caught.value.code == 2


def test_text_from_strangers_cannot_act_on_the_terminal(footage, forensics):
    forensics("add", "known.db", footage / "fire.png", "--source", "\x1b[2Jgone")

    _, printed = forensics("list", "known.db")

    assert "\x1b" not in printed.out


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_page_parses(command):
    assert build_parser().parse_args(shlex.split(command, comments=True)[1:]).run
