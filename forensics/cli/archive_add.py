"""``forensics archive add``: take known footage into an archive."""

import argparse

from forensics.cli import status
from forensics.cli.archive_lines import shorten
from forensics.cli.archive_options import add_database, add_origin, read_basis, read_origin


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this action to the parser.

    Parameters
    ----------
    actions : argparse sub-parsers
        Where to add it.
    """
    parser = actions.add_parser(
        "add",
        help="take photos and videos in; the archive is made when it is not there",
        description="Take photos and videos into an archive, which is made when it is not there. "
        "A list.csv in a folder says what is known of each file; the options hold for the rest.",
    )
    add_database(parser)
    parser.add_argument("paths", metavar="FILE_OR_FOLDER", nargs="*", help="known footage")
    parser.add_argument(
        "--from", dest="lists", metavar="LIST", action="append", default=[],
        help="a list.csv; the files it names are beside it",
    )  # fmt: skip
    add_origin(parser)
    parser.add_argument(
        "--basis", type=read_basis,
        help="what the date rests on: platform, web_capture, analyst (default), imported:NAME",
    )  # fmt: skip
    parser.add_argument(
        "--hashes-only", action="store_true",
        help="keep hashes alone; copies of such footage can only be leads",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the action.

    Parameters
    ----------
    arguments : argparse.Namespace
        The parsed command line.

    Returns
    -------
    int
        Exit status.
    """
    from pathlib import Path

    from forensics.asking import enroll_files
    from forensics.cli.progress import ProgressLine
    from forensics.cli.terminal import say, say_json, warn
    from forensics.examine import Progress
    from forensics.model.errors import ArchiveError
    from forensics.reuse.archive import Archive
    from forensics.reuse.intake import plan_intake

    if not arguments.paths and not arguments.lists:
        raise ArchiveError("nothing to add", advice="Name files or folders, or --from LIST.")
    database = Path(arguments.database)
    intake = plan_intake(
        arguments.paths,
        lists=[Path(path) for path in arguments.lists],
        skip=[database],
        common=read_origin(arguments, basis=arguments.basis),
    )
    with Archive.open(database, create=True) as archive:
        line = ProgressLine()
        try:
            enrolment = enroll_files(
                archive,
                intake,
                hashes_only=arguments.hashes_only,
                on_progress=lambda done, total, doing: line(Progress(done, total, doing)),
            )
        finally:
            line.close()
    added = [file for file in enrolment.files if file.is_new]
    known = [file for file in enrolment.files if not file.is_new]
    if arguments.json:
        say_json(
            {
                "added": [{"path": file.path, "id": file.id} for file in added],
                "known": [{"path": file.path, "id": file.id} for file in known],
                "problems": enrolment.problems,
                "notices": enrolment.notices,
            }
        )
    else:
        for word, files in (("added", added), ("known", known)):
            for file in files:
                say(f"{word}  {shorten(file.id)}  {file.path}")
        say(f"{len(added)} added, {len(known)} known already.")
        for notice in enrolment.notices:
            warn(notice)
        for problem in enrolment.problems:
            warn(f"{problem.path}: {problem.error}. {problem.advice}".rstrip())
    return status.SOME_FAILED if enrolment.problems else status.OK
