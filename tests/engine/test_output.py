"""The output folder: nothing half-written, nobody else's overwritten."""

import os
from pathlib import Path

import pytest

from forensics.engine.output import LOCK, MARKER, OutputFolder
from forensics.model.errors import OutputError
from forensics.model.outcome import ArtefactBytes


def test_artefacts_are_kept_by_digest_once(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out", case_id="a") as output:
        first = output.keep(ArtefactBytes(b"abc", ".png"))
        second = output.keep(ArtefactBytes(b"abc", ".png"))

    assert first == second
    assert "ba7816bf" in first  # the SHA-256 of "abc"
    assert (tmp_path / "out" / first).read_bytes() == b"abc"


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_what_took_the_place_of_an_artefact_is_none_and_is_not_waited_for(
    tmp_path: Path, kind: str
) -> None:
    with OutputFolder(tmp_path / "out", case_id="a") as output:
        relative = output.keep(ArtefactBytes(b"abc", ".png"))
        place = tmp_path / "out" / relative
        place.rename(tmp_path / "elsewhere.png")
        if kind == "pipe":
            os.mkfifo(place)
        elif kind == "link":
            place.symlink_to(tmp_path / "elsewhere.png")
        else:
            place.mkdir()

        assert not output.holds(relative)


def test_a_failed_run_leaves_nothing_in_a_folder_it_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError), OutputFolder(tmp_path / "out", case_id="a") as output:
        output.write(f"{MARKER}/report.json", b"{}")

    assert not (tmp_path / "out").exists()


def test_a_failed_run_keeps_what_an_earlier_one_left(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out", case_id="a") as output:
        output.write("report.json", b"{}")

    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "out", case_id="a"):
        raise RuntimeError

    assert (tmp_path / "out" / "report.json").read_bytes() == b"{}"


def test_the_folder_of_another_case_is_refused(tmp_path: Path) -> None:
    OutputFolder(tmp_path / "out", case_id="a")

    with pytest.raises(OutputError, match="another case") as caught:
        OutputFolder(tmp_path / "out", case_id="b")

    assert "--out" in caught.value.advice
    assert (tmp_path / "out" / MARKER).read_text() == "a\n"


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(OutputError, match="not empty"):
        OutputFolder(tmp_path, case_id="a")

    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_full_disk_is_a_clear_error_without_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = OutputFolder(tmp_path / "out", case_id="a")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OutputError, match="No space left"):
        output.write("report.json", b"{}")

    assert {each.name for each in (tmp_path / "out").iterdir()} == {MARKER, LOCK}


def test_a_file_in_the_way_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(OutputError):
        OutputFolder(tmp_path / "out", case_id="a")
