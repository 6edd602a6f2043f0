"""``forensics stages``: the table of steps."""

import argparse

from forensics.cli import status


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the parser.

    Parameters
    ----------
    commands : argparse sub-parsers
        Where to add it.
    """
    parser = commands.add_parser(
        "stages",
        help="list the steps a scan runs",
        description="List every step a scan runs, in order, with what it cannot show.",
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


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
    from forensics.cli.terminal import say, say_json
    from forensics.stages import STEPS

    if arguments.json:
        say_json(STEPS)
        return status.OK
    for step in STEPS:
        say(f"{step.name} (version {step.version}, {step.scope}): {step.summary}")
        for limit in step.limits:
            say(f"    Limit: {limit}")
    return status.OK
