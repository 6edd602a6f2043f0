import pytest

from forensics.model.dates import parse_date
from forensics.model.errors import ArchiveError
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.intake import plan_intake


@pytest.fixture
def folder(tmp_path):
    for name in ("one/a.jpg", "one/sub/b.jpg", "two/a.jpg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"media")
    return tmp_path


def _said(intake):
    return {file.location: file.sighting for file in intake.files}


def test_folders_are_walked_and_paths_are_relative_to_them(folder):
    intake = plan_intake([folder / "one", folder / "two" / "a.jpg"])

    assert [file.sighting.path for file in intake.files] == ["a.jpg", "sub/b.jpg", "a.jpg"]
    assert intake.problems == intake.notices == ()


def test_file_named_twice_is_taken_once(folder):
    intake = plan_intake([folder / "one", folder / "one" / "a.jpg", folder / "one" / ".." / "one"])

    assert len(intake.files) == 2


def test_list_speaks_of_files_named_in_any_way(folder):
    (folder / "one" / "list.csv").write_text("path,event\nsub/b.jpg,fire\n")

    intake = plan_intake([folder / "one" / "sub" / "b.jpg"], lists=[folder / "one" / "list.csv"])

    assert [file.sighting.event for file in intake.files] == ["fire"]


def test_list_read_once_when_named_and_found(folder):
    (folder / "one" / "list.csv").write_text("path\nmissing.jpg\n")

    intake = plan_intake([folder / "one"], lists=[folder / "one" / "list.csv"])

    assert len(intake.problems) == 1


@pytest.mark.parametrize(("row", "basis"), [
    ("2014,platform", "platform"),
    ("2014,", "analyst"),
    (",", "web_capture"),
])  # fmt: skip
def test_a_date_keeps_its_own_basis(folder, row, basis):
    (folder / "two" / "list.csv").write_text(f"path,first_seen,basis\na.jpg,{row}\n")
    common = Sighting(first_seen=parse_date("2020"), basis="web_capture")

    (file,) = plan_intake([folder / "two"], common=common).files

    assert file.sighting.basis == basis


def test_date_for_all_without_a_basis_rests_on_the_analyst(folder):
    (file,) = plan_intake([folder / "two"], common=Sighting(first_seen=parse_date("2020"))).files

    assert file.sighting.basis == "analyst"


def test_links_are_named_and_not_followed(folder):
    (folder / "two" / "link.jpg").symlink_to(folder / "one" / "a.jpg")

    intake = plan_intake([folder / "two"])

    assert [problem.path for problem in intake.problems] == ["link.jpg"]
    assert len(intake.files) == 1


def test_missing_path_is_an_error(folder):
    with pytest.raises(ArchiveError, match=r"no .*nowhere"):
        plan_intake([folder / "nowhere"])
