"""Writing to a terminal: results to stdout, progress and problems to stderr, all of it inert."""

import sys

from forensics.report.text import reveal


def say(text: str = "") -> None:
    """Print one line of a result.

    Parameters
    ----------
    text : str, optional
        The line; control characters in it, line breaks included, are made visible.
    """
    print(reveal(text))


def warn(text: str) -> None:
    """Print one line about a problem to stderr.

    Parameters
    ----------
    text : str
        The line; control characters in it, line breaks included, are made visible.
    """
    print(reveal(text), file=sys.stderr)


def say_json(data: bytes) -> None:
    """Print JSON to stdout as it is.

    Parameters
    ----------
    data : bytes
        UTF-8 JSON, in which control characters are escaped already.
    """
    print(data.decode("utf-8"))
