from pathlib import Path

import pytest

from forensics.whole_files import write_whole


@pytest.mark.parametrize("is_lasting", [False, True])
def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path, is_lasting: bool) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b"old")

    write_whole(path, b"new", is_lasting=is_lasting)

    assert [each.name for each in tmp_path.iterdir()] == ["list.json"]
    assert path.read_bytes() == b"new"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"kept")
    for name in ("list.json", ".list.json.part"):
        (tmp_path / name).symlink_to(elsewhere)

    write_whole(tmp_path / "list.json", b"new")

    assert elsewhere.read_bytes() == b"kept"
    assert not (tmp_path / "list.json").is_symlink()


def test_what_cannot_be_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", _no_room)

    with pytest.raises(OSError, match="no room"):
        write_whole(path, b"new")

    assert [each.name for each in tmp_path.iterdir()] == ["list.json"]
    assert path.read_bytes() == b"old"


def _no_room(*_: object) -> None:
    raise OSError("no room")
