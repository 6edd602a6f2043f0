"""Writing to a terminal: results to stdout, progress and problems to stderr, all of it inert."""

import re
import sys
from typing import TextIO

from forensics.report.text import reveal

# What JSON may hold as it is and a terminal acts on: DEL, C1 controls, changes of direction.
_ACTING = re.compile("[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def say(text: str = "") -> None:
    """Print one line of a result.

    Parameters
    ----------
    text : str, optional
        The line; control characters in it, line breaks included, are made visible.
    """
    _print_line(reveal(text), to=sys.stdout)


def warn(text: str) -> None:
    """Print one line about a problem to stderr.

    Parameters
    ----------
    text : str
        The line; control characters in it, line breaks included, are made visible.
    """
    _print_line(reveal(text), to=sys.stderr)


def say_json(answer: object) -> None:
    """Print an answer as JSON to stdout, in UTF-8 whatever the terminal's encoding is.

    Parameters
    ----------
    answer : object
        Anything msgspec encodes. Characters a terminal would act on are escaped, which leaves
        the meaning of the JSON as it is.
    """
    import msgspec

    if sys.stdout is None:
        return
    data = msgspec.json.format(msgspec.json.encode(answer), indent=1).decode("utf-8")
    text = _ACTING.sub(lambda found: f"\\u{ord(found.group()):04x}", data)
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()


def _print_line(text: str, *, to: TextIO | None) -> None:
    # A program started without this stream has None here, and `print` would take another one.
    if to is not None:
        print(text, file=to)
