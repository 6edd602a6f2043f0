"""Programs outside of this package that may be asked: ExifTool, when a person wishes it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from forensics.model.outcome import Absent

VARIABLE = "STRIKE_FORENSICS_EXIFTOOL"
"""Environment variable by which a run tells its workers to ask ExifTool: version and path."""

OLDEST = (12, 24)
"""Older versions execute code that a DjVu file brings along (CVE-2021-22204)."""

ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
"""What ExifTool is started with: no settings of the user's, for it or for Perl."""

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")
_ANSWER_S = 10.0
_ADVICE = "Install ExifTool 12.24 or later (Debian: libimage-exiftool-perl), or go without it."


class Program(Struct, frozen=True):
    """A program that is there.

    Parameters
    ----------
    path : str
        Where it is.
    version : str
        What it says of itself.
    """

    path: str
    version: str


def find_exiftool() -> Program | Absent:
    """Look for ExifTool, and ask it for its version.

    Returns
    -------
    Program or Absent
        `Absent` when it is not there, does not answer, or is too old to be safe.
    """
    path = shutil.which("exiftool")
    if path is None:
        return Absent("not_available", "ExifTool is not installed", _ADVICE)
    try:
        ran = subprocess.run(  # noqa: S603 - a program of the user's, without words from files
            [path, "-config", "", "-ver"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER_S,
            check=False,
            env=ENVIRONMENT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Absent("not_available", f"ExifTool does not answer ({error})", _ADVICE)
    said = ran.stdout[:20].decode("ascii", "replace").strip()
    match = _VERSION.fullmatch(said)
    if match is None:
        return Absent("not_available", "ExifTool does not say its version", _ADVICE)
    if (int(match.group(1)), int(match.group(2))) < OLDEST:
        detail = f"ExifTool {said} executes code from certain files, so it is not asked"
        return Absent("not_available", detail, _ADVICE)
    return Program(path, said)


@contextmanager
def asking_exiftool(program: Program | None) -> Iterator[None]:
    """Let `metadata.read` ask ExifTool in this process and in workers that it starts.

    Parameters
    ----------
    program : Program or None
        As `find_exiftool` gives it; None asks nobody.

    Yields
    ------
    None
        As long as it holds.
    """
    before = os.environ.pop(VARIABLE, None)
    if program is not None:
        os.environ[VARIABLE] = f"{program.version} {program.path}"
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before


def asked_exiftool() -> Program | None:
    """Say whether ExifTool is to be asked.

    Returns
    -------
    Program or None
        None when it is not.
    """
    version, _, path = os.environ.get(VARIABLE, "").partition(" ")
    return Program(path, version) if path else None
