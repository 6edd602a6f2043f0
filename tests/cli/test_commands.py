"""Every command's ordinary use, and the keys of its JSON."""

import json

import pytest

MATCH = {
    "id", "query", "reference", "relation", "recycled", "because", "expected_false_matches",
    "transform", "edits", "segments", "artefacts",
}  # fmt: skip
REPORT = {
    "schema", "tool", "items", "outcomes", "matches", "groups", "damage", "events", "claims",
    "problems", "methods",
}  # fmt: skip


def test_scan_writes_the_report_and_sums_it_up(evidence, here, forensics):
    status, printed = forensics("scan", "evidence")

    out = here / "evidence-report"
    assert status == 0
    assert {"report.html", "report.json", "run.jsonl"} <= {path.name for path in out.iterdir()}
    assert "A case" in printed.out
    assert "Recycled, known before the event: 1" in printed.out
    assert "copy.jpg ← older.jpg, known since 2014-08-01" in printed.out
    assert printed.out.rstrip().endswith("Report: evidence-report/report.html")


def test_scan_as_json_names_the_report_and_nothing_else(evidence, here, answer):
    told = answer("scan", "evidence")

    assert told == {"report": "evidence-report/report.json"}
    report = json.loads((here / told["report"]).read_text("utf-8"))
    assert set(report) >= REPORT
    (match,) = report["matches"]
    assert set(match) >= MATCH
    assert (match["relation"], match["recycled"]) == ("reencoded", True)
    assert set(match["artefacts"]) == {"reference", "aligned", "difference", "common"}
    for path in match["artefacts"].values():
        assert (here / "evidence-report" / path).is_file()


def test_paths_in_the_report_are_relative_to_the_folder(evidence, here, answer):
    answer("scan", here / "evidence")

    text = (here / "evidence-report" / "report.json").read_text("utf-8")
    assert str(here) not in text
    paths = [path for item in json.loads(text)["items"] for path in item["paths"]]
    assert paths == ["copy.jpg", "other.jpg"]


def test_check_says_recycled_with_its_reason_and_source(evidence, forensics):
    status, printed = forensics(
        "check", "evidence/copy.jpg", "evidence/other.jpg", "--archive", "archive",
        "--event-start", "2024-08-16",
    )  # fmt: skip

    assert status == 0
    assert printed.out.startswith("RECYCLED  evidence/copy.jpg <- older.jpg\n")
    assert "Source: https://a.example" in printed.out
    assert "NO MATCH  evidence/other.jpg" in printed.out
    assert printed.err == ""


def test_check_as_json_has_every_key(evidence, answer):
    (evidence / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")

    told = answer(
        "check", "evidence/copy.jpg", "evidence/other.jpg", "evidence/broken.jpg", "missing.jpg",
        "--archive", "archive", "--case", "evidence/case.toml",
    )  # fmt: skip

    assert set(told) == {"matches", "unmatched", "problems", "dismissed"}
    (match,) = told["matches"]
    assert set(match) >= MATCH
    assert set(match["query"]) == {"path", "sha256"}
    assert set(match["reference"]) >= {"id", "path", "sha256", "source", "first_seen"}
    assert set(match["transform"]) == {
        "mirrored", "rotation_deg", "scale", "matrix", "query_region", "reference_region",
    }  # fmt: skip
    assert match["recycled"] is True
    assert match["expected_false_matches"] is None or match["expected_false_matches"] >= 0
    (unmatched,) = told["unmatched"]
    assert set(unmatched) == {"path", "sha256", "reason"}
    assert [each["path"] for each in told["problems"]] == ["evidence/broken.jpg", "missing.jpg"]
    assert all(set(each) == {"path", "error", "advice"} for each in told["problems"])
    assert all(each["error"] for each in told["problems"])


def test_check_without_an_event_calls_nothing_recycled(evidence, answer):
    (match,) = answer("check", "evidence/copy.jpg", "--archive", "archive")["matches"]

    assert (match["relation"], match["recycled"]) == ("reencoded", None)
    assert "no event date" in match["because"]


@pytest.mark.parametrize(
    "given", ["evidence/copy.jpg", "./evidence//copy.jpg", "evidence/../evidence/copy.jpg"]
)
def test_check_echoes_the_path_as_it_was_given(evidence, answer, given):
    (match,) = answer("check", given, "--archive", "archive")["matches"]

    assert match["query"]["path"] == given


def test_check_of_one_name_twice_is_one_question(evidence, here, answer):
    told = answer(
        "check", "evidence/copy.jpg", "evidence/copy.jpg", here / "evidence" / "copy.jpg",
        "--archive", "archive",
    )  # fmt: skip

    paths = [match["query"]["path"] for match in told["matches"]]
    assert paths == ["evidence/copy.jpg", str(here / "evidence" / "copy.jpg")]
    assert len({match["id"] for match in told["matches"]}) == 2


def test_check_against_a_file_of_known_footage(evidence, forensics, answer):
    forensics("archive", "add", "known.db", "archive")

    (match,) = answer("check", "evidence/copy.jpg", "--archive", "known.db")["matches"]

    assert match["reference"]["first_seen"] == "2014-08-01"


def test_inspect_prints_what_every_engine_read(sample, forensics):
    status, printed = forensics("inspect", sample("IMG_20240816_131502.jpg"))

    assert status == 0
    assert "16 August 2024, 13:15:02.417 UTC+03:00" in printed.out
    assert "EXIF DateTimeOriginal (pillow, exifread" in printed.out
    assert printed.err == ""


def test_inspect_does_not_ask_exiftool_when_told_so(sample, answer):
    told = answer("inspect", "--no-exiftool", sample("IMG_20240816_131502.jpg"))

    sources = {name for field in told["metadata"].values() for name in field["sources"]}
    assert {"pillow", "exifread"} <= sources
    assert "exiftool" not in sources


def test_inspect_as_json_has_every_key(sample, answer):
    path = sample("IMG_20240816_131502.jpg")

    told = answer("inspect", path)

    assert set(told) >= {"file", "metadata", "provenance", "notes", "encoder", "sidecars", "names"}
    assert told["file"] == str(path)
    for field in told["metadata"].values():
        assert set(field) >= {"value", "raw", "sources", "agree", "where"}
        assert set(field["where"]) <= set(field["sources"])
    assert set(told["metadata"]["position"]["value"]) == {"lat", "lon"}


def test_inspect_tells_contradictions_with_their_innocent_explanation(sample, forensics, answer):
    _, printed = forensics("inspect", sample("IMG_2231.JPG"))
    told = answer("inspect", sample("IMG_2231.JPG"))

    assert "How this comes about innocently: " in printed.out
    for note in told["notes"]:
        assert set(note) >= {"id", "severity", "text", "innocent_explanation"}
        assert note["innocent_explanation"]


def test_inspect_of_a_file_without_metadata_says_that_it_says_nothing(evidence, forensics, answer):
    status, printed = forensics("inspect", "evidence/other.jpg")

    assert status == 0
    assert "their absence says nothing" in printed.out
    assert answer("inspect", "evidence/other.jpg")["metadata"] == {}


def test_inspect_with_a_case_knows_the_place_and_the_time(sample, here, answer):
    (here / "case.toml").write_text(
        "as_of = 2024-08-01T00:00:00Z\n[place]\nlat = 50.0\nlon = 36.2\nradius_m = 3000\n"
    )
    path = sample("IMG_20240816_131502.jpg")

    bare = {note["id"] for note in answer("inspect", path)["notes"]}
    told = {note["id"] for note in answer("inspect", path, "--case", "case.toml")["notes"]}

    assert told - bare == {"future-date", "position-outside-place"}


def test_inspect_shows_what_lies_beside_the_file(evidence, forensics, answer):
    (evidence / "other.info.json").write_text(
        '{"id": "x1", "extractor": "youtube", "timestamp": 1723800000, "title": "=1+1",'
        ' "webpage_url": "https://example.org/x1", "epoch": 1723900000, "_type": "video"}'
    )

    _, printed = forensics("inspect", "evidence/other.jpg")
    (sidecar,) = answer("inspect", "evidence/other.jpg")["sidecars"]

    assert "other.info.json (yt-dlp)" in printed.out
    assert sidecar["media"] == ["evidence/other.jpg"]
    assert sidecar["fields"]["posted_at"]["value"] == "2024-08-16T09:20:00Z"


def test_stages_are_listed_with_their_limits(forensics, answer):
    _, printed = forensics("stages")
    told = answer("stages")

    assert [step["name"] for step in told] == [
        line.split()[0] for line in printed.out.splitlines() if not line.startswith(" ")
    ]
    assert "Limit: " in printed.out
    assert all(set(step) >= {"name", "version", "summary", "limits"} for step in told)


def test_report_is_rendered_again_as_it_was(evidence, here, forensics):
    forensics("scan", "evidence")
    page = here / "evidence-report" / "report.html"
    before, data = page.read_bytes(), page.with_name("report.json").read_bytes()
    page.unlink()

    status, printed = forensics("report", "render", "evidence-report")

    assert status == 0
    assert printed.out == "Report: evidence-report/report.html\n"
    assert page.read_bytes() == before
    assert page.with_name("report.json").read_bytes() == data


def test_pictures_are_shown_at_once_on_request_only(evidence, here, forensics):
    forensics("scan", "evidence")
    blurred = (here / "evidence-report" / "report.html").read_bytes()
    forensics("report", "render", "evidence-report", "--show")

    assert (here / "evidence-report" / "report.html").read_bytes() != blurred


def test_dry_run_writes_nothing_and_names_every_file(evidence, here, forensics, answer):
    before = sorted(here.rglob("*"))

    status, printed = forensics("scan", "evidence", "--dry-run")
    told = answer("scan", "evidence", "--dry-run")

    assert status == 0
    assert sorted(here.rglob("*")) == before
    assert "copy.jpg" in printed.out
    assert "Report: evidence-report/report.html" in printed.out
    assert [file["path"] for file in told["files"]] == ["copy.jpg", "notes.txt", "other.jpg"]
    assert told["out"] == "evidence-report"
    assert told["archive"].endswith("archive")


@pytest.mark.parametrize("command", [
    (), ("scan",), ("check",), ("inspect",), ("stages",), ("report",), ("report", "render"),
    ("archive",),
])  # fmt: skip
def test_every_command_has_help(forensics, command):
    status, printed = forensics(*command, "--help")

    assert status == 0
    assert printed.out.startswith("usage: forensics")
    assert printed.err == ""


def test_version_is_told(forensics):
    status, printed = forensics("--version")

    assert status == 0
    assert printed.out.startswith("strike-forensics ")
