"""The sample case from folder to report: what the manifest says is true is found."""

import fcntl
import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from jsonschema import Draft202012Validator

import forensics
from forensics.model.case import Case
from forensics.model.findings import MetadataTable, Notes, StillFacts
from forensics.model.outcome import Result
from forensics.report.render import render_again
from forensics.report.schema import shipped_schema

Manifest = dict[str, dict]


@pytest.fixture(scope="module")
def scanned(
    tmp_path_factory: pytest.TempPathFactory, repository: Path, worker_id: str
) -> tuple[Case, Path]:
    """Scan the sample case; programs that test together do it once, and read it from the store."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    out = shared / "sample-report"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return forensics.scan(repository / "samples" / "glushkovo", out=out), out


@pytest.fixture(scope="module")
def case(scanned: tuple[Case, Path]) -> Case:
    return scanned[0]


def truths(manifest: Manifest, key: str) -> dict[str, dict]:
    """Manifest truths of evidence files that have a key, by path in the folder."""
    return {
        path.removeprefix("glushkovo/"): entry["truth"]
        for path, entry in manifest.items()
        if key in entry.get("truth", {}) and "/archive/" not in path
    }


def finding(case: Case, path: str, step: str) -> object:
    digest = next(item.sha256 for item in case.items if path in item.paths)
    outcome = next(each for each in case.outcomes if each.step == step and digest in each.subject)
    assert isinstance(outcome.outcome, Result), outcome
    return outcome.outcome.finding


def test_every_file_is_named_once(case: Case, manifest: Manifest) -> None:
    evidence = {p.removeprefix("glushkovo/") for p in manifest if "/archive/" not in p}
    evidence -= {"case.toml"}

    seen = [path for item in case.items for path in item.paths]
    seen += [each.path for each in case.unread]

    assert sorted(seen) == sorted(evidence)


def test_formats_are_told_by_content(case: Case, manifest: Manifest) -> None:
    expected = {path: truth["format"] for path, truth in truths(manifest, "format").items()}
    expected = {path: name for path, name in expected.items() if name != "text"}

    assert {path: item.format for item in case.items for path in item.paths} == expected


def test_wrong_extensions_are_named_and_only_those(case: Case, manifest: Manifest) -> None:
    expected = sorted(truths(manifest, "extension_disagrees"))

    assert sorted(path for item in case.items for path in item.extension_disagrees) == expected


def test_truncated_files_are_degraded_and_only_those(case: Case, manifest: Manifest) -> None:
    expected = sorted(truths(manifest, "truncated"))

    assert sorted(item.paths[0] for item in case.items if item.status != "ok") == expected
    assert all(item.status == "degraded" for item in case.items if item.status != "ok")


def test_recycled_copies_are_found_with_their_relation(case: Case, manifest: Manifest) -> None:
    expected = {
        (path, truth["copy_of"].removeprefix("glushkovo/archive/"), truth["relation"])
        for path, truth in truths(manifest, "copy_of").items()
        if truth["recycled"]
    }

    recycled = {(m.query.path, m.reference.path, m.relation) for m in case.matches if m.recycled}

    assert recycled == expected
    assert expected


def test_a_copy_dated_after_the_event_is_a_copy_and_not_recycled(case: Case) -> None:
    after = [m for m in case.matches if m.reference.path == "seym-bridge-2024-08-17.jpg"]

    assert after
    assert {match.relation for match in after} <= {"identical", "reencoded"}
    assert all(match.recycled is None for match in after)
    assert all("older ones may exist" in match.because for match in after)


def test_nothing_else_matches_known_footage(case: Case, manifest: Manifest) -> None:
    related = set(truths(manifest, "copy_of"))

    assert {match.query.path for match in case.matches} <= related


def test_edited_copies_are_mapped_onto_their_originals(case: Case, manifest: Manifest) -> None:
    edited = [m for m in case.matches if m.relation == "edited_copy"]

    assert len(edited) > 1
    for match in edited:
        truth = manifest[f"glushkovo/{match.query.path}"]["truth"]
        assert match.transform.mirrored is truth["mirrored"]
        assert [edit.kind for edit in match.edits] == [each["kind"] for each in truth["edits"]]
        assert match.transform.matrix is not None
        corners = np.array([[0, 0, 1], [400, 0, 1], [0, 300, 1], [400, 300, 1]], dtype=float)
        found, wanted = (
            corners @ np.array(matrix).T for matrix in (match.transform.matrix, truth["matrix"])
        )
        assert found / found[:, 2:] == pytest.approx(wanted / wanted[:, 2:], abs=0.2)


def test_writing_over_a_copy_is_told_by_its_place(case: Case, manifest: Manifest) -> None:
    path = "photo_2024-08-16_18-05-44.jpg"
    (match,) = [m for m in case.matches if m.query.path == path]
    truth = manifest[f"glushkovo/{path}"]["truth"]["edits"]

    found = {edit.kind: np.array(edit.region) for edit in match.edits if edit.region}
    wanted = {each["kind"]: np.array(each["region"]) for each in truth if "region" in each}

    assert set(found) == set(wanted)
    for kind, region in wanted.items():
        assert np.abs(found[kind].mean(axis=0) - region.mean(axis=0)).max() < 15
        assert np.ptp(found[kind], axis=0) == pytest.approx(np.ptp(region, axis=0), abs=15)


def test_duplicates_in_the_folder_form_groups(case: Case, manifest: Manifest) -> None:
    path_of = {item.sha256: item.paths for item in case.items}
    together = [
        {path for member in group.members for path in path_of[member.sha256]}
        for group in case.groups
    ] + [set(item.paths) for item in case.items]

    for path, truth in truths(manifest, "duplicate_of").items():
        # Frames, parts and palettes of a clip are beyond this version.
        if truth["duplicate_relation"] == "contained_in" or path.endswith(".gif"):
            continue
        other = truth["duplicate_of"].removeprefix("glushkovo/")
        assert any({path, other} <= group for group in together), (path, other)


def test_items_in_one_group_are_copies_by_the_manifest(case: Case, manifest: Manifest) -> None:
    path_of = {item.sha256: item.paths[0] for item in case.items}

    for group in case.groups:
        contents = {
            manifest[f"glushkovo/{path_of[member.sha256]}"]["truth"]["content"].split(",")[0]
            for member in group.members
        }
        assert len(contents) == 1, contents


def test_positions_are_read_by_two_engines_that_agree(case: Case, manifest: Manifest) -> None:
    for path, truth in truths(manifest, "position").items():
        table = finding(case, path, "metadata.read")
        assert isinstance(table, MetadataTable)
        position = table.fields["position"]
        assert position.value.lat == pytest.approx(truth["position"]["lat"], abs=1e-4)
        assert position.value.lon == pytest.approx(truth["position"]["lon"], abs=1e-4)
        assert position.agree is not False


def test_capture_times_keep_their_offset_or_have_none(case: Case, manifest: Manifest) -> None:
    for path, truth in truths(manifest, "captured_at").items():
        if truth.get("metadata") == "contradictory":
            continue
        table = finding(case, path, "metadata.read")
        assert isinstance(table, MetadataTable)
        # A phone's clip has its time in the container's header only.
        names = [name for name in ("captured_at", "created_at") if name in table.fields]
        assert names
        if names[0] == "captured_at":
            read = datetime.fromisoformat(str(table.fields["captured_at"].value))
            assert read.replace(microsecond=0).isoformat() == truth["captured_at"]


def test_contradictory_file_has_notes_and_the_clean_ones_none(
    case: Case, manifest: Manifest
) -> None:
    contradictory = {
        path
        for path, truth in truths(manifest, "metadata").items()
        if truth["metadata"] == "contradictory"
    }
    noted = set()
    for outcome in case.outcomes:
        result = outcome.outcome
        found = result.finding if isinstance(result, Result) else None
        if isinstance(found, Notes) and any(note.severity != "info" for note in found.notes):
            noted |= {p for i in case.items if i.sha256 in outcome.subject for p in i.paths}

    assert contradictory
    assert noted == contradictory


def test_orientation_is_applied_once(case: Case, manifest: Manifest) -> None:
    for path, truth in truths(manifest, "orientation").items():
        facts = finding(case, path, "ingest.media")
        assert isinstance(facts, StillFacts)
        assert facts.orientation == truth["orientation"]
        assert (facts.width_px, facts.height_px) == (facts.stored_height_px, facts.stored_width_px)


def test_named_pictures_are_compared_with_their_deck(case: Case) -> None:
    path_of = {item.sha256: set(item.paths) for item in case.items}
    wanted = [(deck.image, name) for deck in case.case.deck for name in deck.pictures]
    tied = {tie.picture for deck in case.case.deck for tie in deck.tie}

    compared = [(each.before.path, path_of[each.after.sha256]) for each in case.damage]

    stills = [each for each in case.damage if each.after.moment_s is None]
    assert len(stills) == len(wanted)
    for image, name in wanted:
        assert any(image == before and name in after for before, after in compared)
    begun = {each.after.path for each in case.damage if each.registration.tie_points}
    assert begun == tied == {"photo_2024-08-15_19-40-12.jpg"}


def state_at(truth: dict[str, Any], moment_s: float | None) -> str:
    """Give the state of the deck; of a clip at a moment, which smoke may hide."""
    if truth["bridge"] != "glushkovo":
        return "undetermined"
    if moment_s is None:
        return str(truth["state"])
    if moment_s < truth["strike_onset_s"]:
        return "none"
    clears_s = truth.get("obscured_s", (0.0, float("inf")))[1]
    return str(truth["state"]) if moment_s > clears_s else "undetermined"


def test_clip_of_the_strike_shows_the_deck_whole_then_broken(case: Case) -> None:
    told = {
        each.after.moment_s: each.damage.state
        for each in case.damage
        if each.after.path == "VID_20240816_131418.mp4"
    }

    assert len(told) == 5
    assert [told[min(told)], told[max(told)]] == ["none", "collapsed"]


def test_states_of_the_deck_are_those_of_the_manifest_or_not_settled(
    case: Case, scanned: tuple[Case, Path], manifest: Manifest
) -> None:
    for each in case.damage:
        truth = manifest[f"glushkovo/{each.after.path}"]["truth"]
        state = state_at(truth, each.after.moment_s)
        assert each.damage.state in {state, "undetermined"}, (each.after.path, each.damage)
        assert each.damage.reason
        assert {"before", "after"} <= set(each.artefacts)
        if each.registration.status == "registered" and each.damage.state != "undetermined":
            mask = cv2.imread(str(scanned[1] / each.damage.mask), cv2.IMREAD_UNCHANGED)
            codes = {"none": {0}, "scorched": {0, 2}, "holed": {0, 3}, "collapsed": {0, 4}}
            assert codes[each.damage.state] <= set(np.unique(mask))


def test_the_split_bridge_is_measured(case: Case) -> None:
    (each,) = [each for each in case.damage if each.after.path == "IMG_20240816_131502.jpg"]

    assert each.registration.status == "registered"
    if each.damage.state == "collapsed":
        # 36.5 % by the truth of the renderer; what hangs into the river is counted, too.
        assert each.damage.gap.fraction_of_deck == pytest.approx(0.4, abs=0.1)


def test_decks_are_told_in_the_order_of_their_dates(case: Case) -> None:
    above, beside = case.deck_timelines

    in_order = [
        "DJI_0142.JPG", "photo_2024-08-15_19-40-12.jpg", "photo_2024-08-16_14-22-07 (2).jpg",
    ]  # fmt: skip
    laid = {each.after.path for each in case.damage if each.registration.status == "registered"}
    assert [step.path for step in above.steps] == [
        path for path in in_order if path in {*laid, "DJI_0142.JPG"}
    ]
    assert [step.dated.source for step in beside.steps][:2] == ["case file", "metadata"]
    assert above.remarks == beside.remarks == ()


def test_every_item_is_compared_with_each_deck_or_told_why_not(case: Case) -> None:
    for deck in case.case.deck:
        seen = {each.after.sha256 for each in case.damage if each.before.path == deck.image}
        told = {each.sha256 for each in case.not_compared if each.image == deck.image}
        own = {item.sha256 for item in case.items if deck.image in item.paths}
        assert seen | told | own == {item.sha256 for item in case.items}
        # Of a clip that is cut short one moment may be told and another one not.
        degraded = {item.sha256 for item in case.items if item.status == "degraded"}
        assert not (seen & told) - degraded


def test_sample_report_validates(scanned: tuple[Case, Path]) -> None:
    validator = Draft202012Validator(json.loads(shipped_schema()))

    validator.validate(json.loads((scanned[1] / "report.json").read_bytes()))


def test_folder_with_a_report_can_be_moved(scanned: tuple[Case, Path], tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(scanned[1], moved)
    (moved / "report.html").unlink()

    render_again(moved)

    assert (moved / "report.html").read_bytes() == (scanned[1] / "report.html").read_bytes()


def test_report_says_what_it_cannot_say(case: Case, scanned: tuple[Case, Path]) -> None:
    page = (scanned[1] / "report.html").read_text("utf-8")

    assert "AI-generated" in page
    assert any("AI-generated" in each for each in case.not_tested)
    # Pictures are base64, in which any word may stand.
    words = re.sub(r"data:[^\"']*", "", page).lower()
    for word in ("fake", "authentic", "genuine"):
        assert word not in words


def test_clocks_and_places_of_the_run_stay_out_of_the_report(
    scanned: tuple[Case, Path], repository: Path
) -> None:
    text = (scanned[1] / "report.json").read_text("utf-8")

    assert str(repository) not in text
    assert str(scanned[1]) not in text
    log = [json.loads(line) for line in (scanned[1] / "run.jsonl").read_text("utf-8").splitlines()]
    assert log[0]["event"] == "start"
    assert log[-1]["event"] == "end"


def test_evidence_is_not_touched(
    scanned: tuple[Case, Path], repository: Path, manifest: Manifest
) -> None:
    folder = repository / "samples" / "glushkovo"

    # case.toml and list.csv are written by hand and have no recorded digest.
    on_disk = {p.relative_to(folder.parent).as_posix() for p in folder.rglob("*") if p.is_file()}
    by_hand = {"glushkovo/case.toml", "glushkovo/archive/list.csv"}
    assert on_disk - by_hand == {p for p in manifest if p.startswith("glushkovo/")}
