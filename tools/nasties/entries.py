"""Entries of a folder that are no ordinary files, and names that deceive."""

import os
import socket
import stat
from pathlib import Path

from nasties.carriers import picture
from nasties.nasty import Nasty, nasty

NAMES = {
    b"\xd4\xee\xf2\xee.jpg": "a name that is no UTF-8",
    b"half\xe2\x82.jpg": "a name that ends in half a letter",
    b"line\nbreak.jpg": "a name of two lines",
    b"return\rforensics.jpg": "a name with a carriage return",
    b"\"quoted\" 'name'.jpg": "a name with quotation marks",
    b"<img src=x onerror=alert(1)>.jpg": "a name that is markup",
    b"&lt;b&gt;&amp;.jpg": "a name that is escaped markup",
    b"=cmd()|'!A0.jpg": "a name that is a formula",
    b"+1.jpg": "a name that is a sum",
    b"@sum.jpg": "a name that is a function",
    b"-rf": "a name that is an option",
    b"--out=x.jpg": "a name that is a long option",
    b"~": "a name that some programs take for home",
    b"$(id).jpg": "a name that some programs run",
    b"`id`;id|id&.jpg": "a name that some programs run",
    b"*?[a].jpg": "a name that is a pattern",
    b"%s%n%x.jpg": "a name that is a format",
    b"..\\..\\escape.jpg": "a name that leads out, on other systems",
    "..\u2215..\u2215escape.jpg".encode(): "a name that seems to lead out",
    b"...": "a name of dots",
    b" ": "a name of a blank",
    b" blanks .jpg ": "a name between blanks",
    b"\x1b[2J\x1b]0;owned\x07.jpg": "a name that acts on a terminal",
    b"\xc2\x9b31m.jpg": "a name with a control of eight bits",
    b"\x01\x02\x7f.jpg": "a name of controls",
    "photo\u202egpj.exe.jpg".encode(): "a name that runs backwards",
    "iso\u2066late\u2069.jpg".encode(): "a name of isolates",
    "zero\u200bwidth\ufeff.jpg".encode(): "a name with invisible letters",
    "\ufffe\uffff.jpg".encode(): "a name of no characters",
    "Cafe\u0301.jpg".encode(): "a name with a letter in two parts",
    "Caf\u00e9.jpg".encode(): "the same name with the letter in one",
    "с.jpg".encode(): "a name with a letter that looks like another",
    b"c.jpg": "the other",
    b"Case.jpg": "a name that differs in case alone",
    b"case.jpg": "the same in small letters",
    b"CON.jpg": "a name that other systems reserve",
    b"\\x41.jpg": "a name that looks escaped",
    b"x" * 251 + b".jpg": "a name as long as can be",
    "ж".encode() * 125 + b".jpg": "a name as long as can be, in letters of two bytes",
    b"forensics.db": "a picture named as an archive",
    b"case-id.txt": "a picture named as the mark of a report",
    b".report.json.part": "a picture named as a report being written",
}


def make_names(folder: Path) -> list[Nasty]:
    """Make pictures with deceiving names, each another picture.

    Parameters
    ----------
    folder : Path
        Where.

    Returns
    -------
    list of Nasty
        What was made.
    """
    made = []
    below = folder / "names"
    below.mkdir()
    for number, (raw, what) in enumerate(NAMES.items()):
        name = os.fsdecode(raw)
        try:
            (below / name).write_bytes(picture(f"name {number}", "JPEG"))
        except OSError:
            continue  # this file system knows no such names
        made.append(nasty(f"names/{name}", what, "ok"))
    return made


def make_entries(folder: Path) -> list[Nasty]:
    """Make links, pipes, sockets, devices, locked and deep folders.

    What the system or the user does not allow is left out; as root nothing can be locked.

    Parameters
    ----------
    folder : Path
        Where.

    Returns
    -------
    list of Nasty
        What was made.
    """
    below = folder / "entries"
    below.mkdir()
    link = "a symbolic link"
    made = []
    for name, target, what in (
        ("loop", ".", "a link to its own folder"),
        ("up", "..", "a link to the folder above"),
        ("out.jpg", "/etc/passwd", "a link to a file elsewhere"),
        ("out-folder", "/usr", "a link to a folder elsewhere"),
        ("dangling.jpg", "nowhere.jpg", "a link to nothing"),
        ("self.jpg", "self.jpg", "a link to itself"),
        ("zero.jpg", "/dev/zero", "a link to a device without an end"),
        ("input.mp4", "/dev/stdin", "a link to the program's own input"),
        ("descriptor.mp4", "/proc/self/fd/0", "a link to an open file"),
        ("inside.jpg", "hard.jpg", "a link to a file of the folder"),
    ):
        (below / name).symlink_to(target)
        made.append(nasty(f"entries/{name}", what, "unread", link))
    os.mkfifo(below / "pipe.jpg")
    made.append(nasty("entries/pipe.jpg", "a pipe nobody writes to", "unread", "named pipe"))
    _bind(below / "socket.mp4")
    made.append(nasty("entries/socket.mp4", "a socket", "unread", "a socket"))
    made += _devices(below)
    (below / "hard.jpg").write_bytes(picture("hard link", "JPEG"))
    os.link(below / "hard.jpg", below / "hard-too.jpg")
    made += [nasty(f"entries/{name}", "a hard link", "ok") for name in ("hard.jpg", "hard-too.jpg")]
    made += _locked(below)
    made.append(_deep(below))
    made.append(_not_mine(below))
    return made


def _bind(path: Path) -> None:
    # The name of a socket has room for a hundred bytes, so it is bound from within its folder.
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.fchdir(before)
        os.close(before)


def _devices(below: Path) -> list[Nasty]:
    made = []
    zero = os.makedev(1, 5)
    for name, kind in (("characters.jpg", stat.S_IFCHR), ("blocks.mp4", stat.S_IFBLK)):
        try:
            os.mknod(
                below / name, kind | 0o600, zero if kind == stat.S_IFCHR else os.makedev(7, 99)
            )
        except OSError:
            continue  # only root may, and not everywhere
        made.append(nasty(f"entries/{name}", "a device", "unread", "a device"))
    return made


def _locked(below: Path) -> list[Nasty]:
    if os.geteuid() == 0:
        return []
    (below / "locked.jpg").write_bytes(picture("locked", "JPEG"))
    (below / "locked.jpg").chmod(0)
    (below / "locked").mkdir()
    (below / "locked" / "inside.jpg").write_bytes(picture("inside", "JPEG"))
    (below / "locked").chmod(0)
    return [
        nasty("entries/locked.jpg", "a file that may not be read", "unread", "Permission denied"),
        nasty("entries/locked", "a folder that may not be listed", "unread", "Permission denied"),
    ]


def _deep(below: Path) -> Nasty:
    path = below
    for _ in range(200):
        path /= "d"
        path.mkdir()
    (path / "deep.jpg").write_bytes(picture("deep", "JPEG"))
    name = f"entries/{'d/' * 200}deep.jpg"
    return nasty(name, "a picture below two hundred folders", "ok")


def _not_mine(below: Path) -> Nasty:
    """Make a folder that looks like an earlier report but is none."""
    folder = below / "report-like"
    folder.mkdir()
    (folder / "case-id.txt").write_bytes(picture("report-like", "JPEG"))
    return nasty("entries/report-like/case-id.txt", "a picture that marks a report", "ok")
