"""A scan of a folder with sidecars: what they assert is reported, and they fail nothing."""

import json
from pathlib import Path

import pytest

import forensics
from forensics.cli import status
from forensics.cli.main import main
from forensics.report.write import decode_case

TAKEOUT = {"title": "IMG_1234.JPG", "photoTakenTime": {"timestamp": "1723807327"}}
INFO = {"id": "x" * 11, "title": "t", "extractor": "youtube", "timestamp": 1723807327}


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch, sample) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    (folder / "IMG_1234.JPG").write_bytes(sample("IMG_2231.JPG").read_bytes())
    (folder / "IMG_1234.JPG.json").write_text(json.dumps(TAKEOUT), "utf-8")
    (folder / "gone.info.json").write_text(json.dumps(INFO), "utf-8")
    (folder / "other.json").write_text('{"a": 1}', "utf-8")
    return folder


def test_sidecars_and_names_stand_in_the_report(evidence: Path) -> None:
    case = forensics.scan("evidence", jobs=0)

    paired, unpaired = case.sidecars
    assert (paired.format, paired.media) == ("google-takeout", ("IMG_1234.JPG",))
    assert paired.fields["captured_at"].value == "2024-08-16T11:22:07Z"
    assert (unpaired.path, unpaired.media) == ("gone.info.json", ())
    assert [each.pattern for each in case.names] == ["iphone", "canon"]
    told = decode_case(Path("evidence-report/report.json").read_bytes())
    assert (told.sidecars, told.names) == (case.sidecars, case.names)


def test_sidecars_are_no_evidence_and_no_failure(evidence: Path, capsys) -> None:
    assert main(["scan", "evidence", "--jobs", "0"]) == status.OK

    report = json.loads(Path("evidence-report/report.json").read_bytes())
    assert {
        each["path"]: each["reason"] for each in report["unread"] if "sidecar" in each["reason"]
    } == {
        "IMG_1234.JPG.json": "a sidecar of IMG_1234.JPG (google-takeout)",
        "gone.info.json": "a sidecar of files that are not here (yt-dlp)",
    }
    assert all(each["expected"] for each in report["unread"])
    sums = Path("evidence-report/evidence.sha256").read_text("utf-8")
    assert "IMG_1234.JPG.json" in sums
    assert "other.json" not in sums


def test_second_run_is_the_same_and_changed_sidecar_changes_the_result(
    evidence: Path, state_of
) -> None:
    before = state_of(evidence)
    forensics.scan("evidence", jobs=0)
    first = Path("evidence-report/report.json").read_bytes()
    forensics.scan("evidence", jobs=0)
    second = Path("evidence-report/report.json").read_bytes()
    untouched = state_of(evidence)

    changed = {**TAKEOUT, "photoTakenTime": {"timestamp": "1723807328"}}
    (evidence / "IMG_1234.JPG.json").write_text(json.dumps(changed), "utf-8")
    case = forensics.scan("evidence", jobs=0)

    assert first == second
    assert before == untouched
    assert case.sidecars[0].fields["captured_at"].value == "2024-08-16T11:22:08Z"


def test_folder_without_sidecars_has_an_empty_list(evidence: Path) -> None:
    for path in evidence.glob("*.json"):
        path.unlink()

    case = forensics.scan("evidence", jobs=0)

    assert case.sidecars == ()
    assert [each.ran for each in case.methods if each.step == "metadata.sidecars"] == [1]
