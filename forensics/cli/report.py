"""``forensics report``: work with a finished report."""

import argparse

from forensics.cli import status


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser("report", help="render a report again from its JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    render = actions.add_parser(
        "render",
        help="write report.html again from report.json",
        description="Write DIR/report.html again from DIR/report.json and its artefacts; no "
        "evidence is opened.",
    )
    render.add_argument("folder", metavar="DIR", help="output folder of a scan")
    render.add_argument("--show", action="store_true", help="do not blur pictures")
    render.set_defaults(run=run)


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
    from pathlib import Path

    from forensics.cli.terminal import say
    from forensics.report.render import render_again

    folder = Path(arguments.folder)
    render_again(folder, show=arguments.show)
    say(f"Report: {folder / 'report.html'}")
    return status.OK
