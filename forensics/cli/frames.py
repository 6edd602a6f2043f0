"""``forensics frames``: lossless stills of a clip, and a kit for reverse search by hand."""

import argparse
import re
from typing import TYPE_CHECKING

from forensics.cli import status

if TYPE_CHECKING:
    from forensics.extract.export import Export

_MOMENT = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_SEXAGESIMAL = 60


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "frames",
        help="export frames of a clip as lossless pictures",
        description="Export frames of a clip as PNGs that hold every pixel, named by the clip's "
        "digest and the frame's moment, with a table. Without a choice: the sharpest frame near "
        "the middle of every shot, and of every 10 seconds of longer ones. The clip is only read.",
    )
    parser.add_argument("video", metavar="VIDEO", help="a video, an animation or a photo")
    parser.add_argument(
        "--at",
        metavar="T",
        type=parse_moment,
        action="append",
        default=[],
        help="the frame on the screen at this moment from the first frame: 12.48, 1:02.5 or "
        "1:02:03 (may be repeated)",
    )
    parser.add_argument("--scenes", action="store_true", help="a sharp frame of every shot")
    parser.add_argument("--every", metavar="S", type=float, help="a frame every S seconds")
    parser.add_argument(
        "--search-kit",
        action="store_true",
        help="make a folder of pictures for reverse image search by hand; nothing is uploaded",
    )
    parser.add_argument("--out", metavar="DIR", help="output folder (default: ./VIDEO-frames)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=run)


def parse_moment(text: str) -> float:
    """Read a moment in a clip.

    Parameters
    ----------
    text : str
        Seconds, ``mm:ss`` or ``hh:mm:ss``, each with decimals or without.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    argparse.ArgumentTypeError
        When it is none of these.

    Examples
    --------
    >>> parse_moment("12.48"), parse_moment("1:02.5"), parse_moment("1:02:03")
    (12.48, 62.5, 3723.0)
    """
    found = _MOMENT.fullmatch(text.strip())
    hours, minutes, seconds = found.groups(default="") if found else ("", "", "")
    too_many = (minutes and float(seconds) >= _SEXAGESIMAL) or (
        hours and int(minutes) >= _SEXAGESIMAL
    )
    if not found or too_many:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment; write seconds (12.48), mm:ss (1:02.5) or hh:mm:ss (1:02:03)"
        )
    in_minutes = int(hours or 0) * _SEXAGESIMAL + int(minutes or 0)
    return in_minutes * _SEXAGESIMAL + float(seconds)


def run(arguments: argparse.Namespace) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from forensics.cli.progress import ProgressLine
    from forensics.cli.terminal import say_json, warn
    from forensics.examine import Progress
    from forensics.extract.export import export_frames
    from forensics.ingest.folder import printable_path
    from forensics.model.errors import CaseFileError, UnreadableMedia

    for name in ("video", "out"):
        if getattr(arguments, name) == "":
            raise CaseFileError(f"the name given as {name} is empty", advice="Check the command.")
    shown = printable_path(arguments.video)
    line = ProgressLine()
    try:
        export = export_frames(
            arguments.video,
            at=arguments.at,
            scenes=arguments.scenes,
            every_s=arguments.every,
            search_kit=arguments.search_kit,
            out=arguments.out,
            on_progress=lambda done, total: line(Progress(done, total, shown)),
        )
    except UnreadableMedia as error:
        line.close()
        warn(f"forensics frames: {shown}: {error}. {error.advice}".rstrip())
        return status.NOTHING
    finally:
        line.close()
    for moment_s in export.missing_s:
        warn(f"forensics frames: {shown}: no frame could be decoded at {moment_s:g} s")
    if arguments.json:
        say_json(_answer(export, shown))
    else:
        _print_export(export, shown)
    return status.SOME_FAILED if export.missing_s else status.OK


def _answer(export: "Export", shown: str) -> dict[str, object]:
    from forensics.ingest.folder import printable_path

    return {
        "video": {"path": shown, "sha256": export.table.video.sha256},
        "folder": printable_path(export.folder),
        "frames": export.exported,
        "remarks": export.table.remarks,
        "missing_s": export.missing_s,
        "search_kit": export.search_kit,
    }


def _print_export(export: "Export", shown: str) -> None:
    from forensics.cli.terminal import say
    from forensics.ingest.folder import printable_path
    from forensics.report.text import counted

    folder = printable_path(export.folder)
    files = {row.file for row in export.exported}
    say(f"{shown}: {counted(len(files), 'frame')}, SHA-256 {export.table.video.sha256}")
    for row in export.exported:
        asked = "" if row.asked_s is None else f"{row.asked_s:12.6f} s -> "
        damaged = ", damaged: the decoder made up parts of it" if row.damaged else ""
        say(f"  {asked}{row.file}{damaged}")
    for remark in export.table.remarks:
        say(remark)
    say(f"Table: {folder}/frames.csv")
    kit = export.search_kit
    if kit is not None:
        left = ", ".join(f"{count} {reason}" for reason, count in kit.left_out.items() if count)
        without = f" (left out: {left})" if left else ""
        say(f"Search kit: {folder}/search-kit, {counted(len(kit.pictures), 'picture')}{without}")
