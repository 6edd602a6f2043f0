"""Targets that render a report again from a changed ``report.json``."""

import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import msgspec

from forensics.report.render import render_again
from forensics.report.write import decode_case, encode_case
from tools.fuzz.target import Target, require
from tools.fuzz.texts import is_shown_plainly

_OUR_BREAKS = str.maketrans("", "", "\n\t\r")
_OUTSIDE = re.compile(r"^(?!#|data:image/(jpeg|png);base64,|artefacts/[0-9a-f]{2}/)")
_LINKED = re.compile(r"#|report\.json$|run\.jsonl$")  # addresses of footage are text, not links


ROOT = Path(__file__).parents[2]
_OWN_SCRIPTS = 1
_SAMPLES = (
    "case.toml", "notes.txt", "IMG_2231.JPG", "IMG-20240815-WA0007.jpg",
    "photo_2024-08-15_19-40-12.jpg", "photo_2024-08-16_14-22-07.jpg",
    "photo_2024-08-16_14-22-07 (2).jpg", "photo_2024-08-16_18-05-44.jpg",
    "photo_2024-08-17_08-15-30.jpg", "video_2024-08-16_17-02-11.mp4",
)  # fmt: skip


class _Page(HTMLParser):
    """Sees what a browser would be made to do."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            require(not name.startswith("on"), "no element carries a handler")
            if name == "src":
                require(
                    not _OUTSIDE.match(value or "#"), "no element loads anything from elsewhere"
                )
            if name == "href":
                require(_LINKED.match(value or "#"), "links lead nowhere else")


def _render(data: bytes, folder: Path) -> object:
    (folder / "report.json").write_bytes(data)
    render_again(folder)
    html = (folder / "report.html").read_bytes()
    text = html.decode("utf-8")
    require(is_shown_plainly(text.translate(_OUR_BREAKS)), "nothing invisible reaches the page")
    page = _Page()
    page.feed(text)
    require(page.scripts == _OWN_SCRIPTS, "no script is added")
    case = decode_case(data)
    require(decode_case(encode_case(case)) == case or b"NaN" in data, "a case reads back as itself")
    return hash(html)


def _seeds() -> list[bytes]:
    """Make reports of a part of the sample case."""
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place, "in"), Path(place, "out")
        folder.mkdir()
        for name in _SAMPLES:
            shutil.copy(ROOT / "samples/glushkovo" / name, folder)
        known = ROOT / "samples/glushkovo/archive"
        scan = ["scan", str(folder), "--archive", str(known), "--out", str(out)]
        command = [sys.executable, "-m", "forensics.cli.main", *scan]
        subprocess.run(command, check=False, capture_output=True)  # 1: files it names are missing
        whole = (out / "report.json").read_bytes()
    case = decode_case(whole)
    empty = msgspec.structs.replace(
        case, items=(), outcomes=(), matches=(), groups=(), archive=None
    )
    return [whole, encode_case(empty)]


TARGETS = (Target("report", _render, _seeds, max_bytes=1 << 19, repeat_every=8, is_json=True),)
