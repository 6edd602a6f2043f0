"""A folder is walked in one order, and whatever is no file is named."""

import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.ingest import folder as folder_module
from forensics.ingest.folder import Found, original_path, printable_path, walk
from forensics.model.item import Unread


def _found(folder: Path, **options: object) -> list[str]:
    return [each.path for each in walk(folder, **options) if isinstance(each, Found)]


def _unread(folder: Path) -> dict[str, str]:
    return {each.path: each.reason for each in walk(folder) if isinstance(each, Unread)}


def test_order_is_that_of_the_bytes(tmp_path: Path) -> None:
    for name in ("b", "a", "Z", "ä", ".hidden", "a.d/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")

    assert _found(tmp_path) == [".hidden", "Z", "a", "a.d/x", "b", "ä"]


def test_size_and_place_are_given(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")

    (found,) = walk(tmp_path)

    assert found == Found("a", tmp_path / "a", 3)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"1")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real" / "a")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")

    assert _found(tmp_path) == ["real/a"]
    assert _unread(tmp_path) == dict.fromkeys(("broken", "link", "loop"), "a symbolic link")


def test_pipes_and_sockets_are_named_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listener:
        old = Path.cwd()
        os.chdir(tmp_path)  # socket paths are short
        try:
            listener.bind("socket.mp4")
        finally:
            os.chdir(old)

    assert _unread(tmp_path) == {
        "pipe.jpg": "not a regular file (a named pipe)",
        "socket.mp4": "not a regular file (a socket)",
    }


def test_folder_that_may_not_be_listed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "z").write_bytes(b"1")
    real = os.scandir

    def deny(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(folder_module.os, "scandir", deny)

    (closed, found) = walk(tmp_path)

    assert isinstance(closed, Unread)
    assert (closed.path, closed.reason) == ("closed", "cannot list: Permission denied")
    assert closed.advice
    assert isinstance(found, Found)


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    deep = str(tmp_path)
    for _ in range(600):
        deep += "/d"
        Path(deep).mkdir()
    Path(deep, "a").write_bytes(b"1")

    assert len(_found(tmp_path)) == 1


@pytest.mark.parametrize("is_relative", [False, True])
def test_skipped_files_and_folders_are_left_out(
    is_relative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("in/a", "in/out/b", "in/case.toml", "in/keep/case.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    monkeypatch.chdir(tmp_path)
    base = Path() if is_relative else tmp_path
    skip = [base / "in" / "out", base / "in" / "." / "case.toml"]

    assert _found(tmp_path / "in", skip=skip) == ["a", "keep/case.toml"]
    assert _found(Path("in"), skip=skip) == ["a", "keep/case.toml"]


def test_skip_works_below_a_linked_folder(tmp_path: Path) -> None:
    (tmp_path / "real" / "out").mkdir(parents=True)
    (tmp_path / "real" / "out" / "b").write_bytes(b"1")
    (tmp_path / "alias").symlink_to(tmp_path / "real")

    assert _found(tmp_path / "alias", skip=[tmp_path / "real" / "out"]) == []


def test_name_that_is_not_utf8_is_escaped(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xd4\xee\xf2\xee.jpg"
    with open(raw, "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"1")

    (found,) = walk(tmp_path)

    assert isinstance(found, Found)
    assert found.path == r"\xd4\xee\xf2\xee.jpg"
    assert (tmp_path / original_path(found.path)).read_bytes() == b"1"


@given(st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_printable_paths_can_be_read_back(path: str) -> None:
    text = printable_path(path)

    text.encode("utf-8")
    assert original_path(text) == path


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_different_paths_never_look_the_same(one: bytes, two: bytes) -> None:
    texts = [printable_path(raw.decode("utf-8", "surrogateescape")) for raw in (one, two)]

    assert (texts[0] == texts[1]) == (one == two)


@pytest.mark.parametrize("text", [r"a\b", r"\x41", r"\xc3\xa9", r"\x00"])
def test_text_that_is_no_printable_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="escape"):
        original_path(text)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is locked for root")
def test_locked_folder_is_named_and_the_rest_is_walked(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    (tmp_path / "z").write_bytes(b"1")

    found, unread = _found(tmp_path), _unread(tmp_path)

    (tmp_path / "locked").chmod(0o700)
    assert found == ["z"]
    assert unread == {"locked": "cannot list: Permission denied"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make devices")
def test_devices_are_named_and_not_opened(tmp_path: Path) -> None:
    for name, kind in (("a.jpg", stat.S_IFCHR), ("b.mp4", stat.S_IFBLK)):
        try:
            os.mknod(tmp_path / name, kind | 0o600, os.makedev(7, 99))
        except OSError as error:
            pytest.skip(f"devices cannot be made here: {error}")

    assert _unread(tmp_path) == dict.fromkeys(("a.jpg", "b.mp4"), "not a regular file (a device)")


def test_both_names_of_a_hard_link_are_given(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").hardlink_to(tmp_path / "a")

    assert _found(tmp_path) == ["a", "b"]


def test_links_that_lead_out_or_nowhere_are_named_and_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_bytes(b"1")
    targets = {"out": "../secret", "folder": "..", "self": "self", "root": "/", "gone": "nowhere",
               "input": "/dev/stdin"}  # fmt: skip
    for name, target in targets.items():
        (inside / name).symlink_to(target)

    assert _found(inside) == []
    assert _unread(inside) == dict.fromkeys(sorted(targets), "a symbolic link")


@pytest.mark.parametrize(
    "name", ["a\nb", "-rf", "=cmd()", "<b>", "\x1b[2J", "photo\u202egpj.exe", "..\u2215x", "...",
             " ", "~", "x" * 255]
)  # fmt: skip
def test_deceiving_name_is_one_file_and_is_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"1")

    assert _found(tmp_path) == [name]
