"""Tell in plain words what a kit for reverse image search is and is not."""

from forensics.extract.table import KitReport, SourceClip
from forensics.report.text import counted, reveal

_TEXT = """\
PICTURES FOR A REVERSE IMAGE SEARCH BY HAND

What this is
  {pictures} of the file "{name}"
  (SHA-256 {sha256}).
  Each is here twice: as it is, and mirrored left to right (..._mirrored.jpg), because
  footage is often mirrored when it is posted again. The name of a file gives the moment,
  in seconds from the first frame of the clip.
  The pictures are at most 1600 pixels wide or high and carry no metadata. The frames with
  every pixel are the PNG files in the folder above, listed in frames.csv.

Nothing was sent anywhere
  The program that made this folder never uses a network. Uploading is your decision.
  Whoever uploads a picture gives it to a company that may keep it. Think first of the
  people in it, and of whoever filmed it. If the clip came to you in confidence, upload a
  crop without faces, or nothing.

How to use it
  1. Look at the contact sheet{sheets}. Prefer pictures with
     something unlike anything else: a bridge's outline, a building, a sign, a ridge.
  2. Search with more than one engine; each knows another part of the web. Journalists
     often use Google Lens, Yandex Images, Bing Visual Search and TinEye.
  3. Search with the mirrored copies, too.
  4. When a whole picture finds nothing, search with a crop of one thing in it.
  5. Write down what you searched, where and when, hits and misses alike.

How to read the answers
  A hit is a lead. Open the page, compare it detail by detail with the PNG, and find out
  when it was first posted. The date an engine shows may be that of the page.
  A MISS PROVES NOTHING. Engines know a small part of what was ever posted, and hardly
  anything from closed channels. Old footage can be new to all of them.

Frames that were left out
{left_out}
"""
_LEFT_OUT = {
    "black": "black",
    "flat": "too plain to search for: sky, smoke, a wall",
    "blurred": "blurred",
    "alike": "looking like a sharper one that is here",
}


def explain_kit(kit: KitReport, about: SourceClip) -> str:
    """Write the text that goes with a kit.

    Parameters
    ----------
    kit : KitReport
        What is in it.
    about : SourceClip
        The clip.

    Returns
    -------
    str
        Plain text in lines of at most 90 characters, but for the name of a file.
    """
    left_out = [
        f"  {count:>3,}  {_LEFT_OUT[reason]}" for reason, count in kit.left_out.items() if count
    ]
    return _TEXT.format(
        pictures=counted(len(kit.pictures), "picture"),
        name=reveal(about.name),
        sha256=about.sha256,
        sheets=f" ({kit.sheets[0]})" if len(kit.sheets) == 1 else f"s ({len(kit.sheets)} of them)",
        left_out="\n".join(left_out) or "  None.",
    )
