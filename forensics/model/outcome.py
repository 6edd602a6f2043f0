"""The outcome of one planned step on one subject: a result, an absence or a problem."""

import re
from typing import Literal

from msgspec import Struct

from forensics.model.findings import Finding

ARTEFACT_PATH = re.compile(r"artefacts/[0-9a-f]{2}/([0-9a-f]{64})\.([a-z0-9]{1,8})")
"""Path of an artefact in the output folder: its SHA-256 and its ending. Other paths are none."""


class Result(Struct, frozen=True, tag="result"):
    """A step ran and found what `finding` says.

    Parameters
    ----------
    finding : Finding or None
        What was measured; None when the step only made artefacts.
    artefacts : dict of str to str
        Files the step made, by name: path in the output folder, which holds its SHA-256.
    limits : tuple of str
        What this result cannot show.
    """

    finding: Finding | None
    artefacts: dict[str, str] = {}
    limits: tuple[str, ...] = ()


class Absent(Struct, frozen=True, tag="absent"):
    """A step could not say anything, without anything having gone wrong.

    Parameters
    ----------
    reason : {"not_applicable", "not_present", "unreadable", "not_available"}
        Why there is no value: the question does not arise; it arises and the file has nothing;
        the file has something that cannot be read; a library or input is missing.
    detail : str
        The same for a person, in one sentence.
    advice : str
        What would make it available; empty when nothing would.
    """

    reason: Literal["not_applicable", "not_present", "unreadable", "not_available"]
    detail: str
    advice: str = ""


class Problem(Struct, frozen=True, tag="problem"):
    """A step failed on this subject.

    Parameters
    ----------
    error : str
        What happened.
    advice : str
        What to do about it.
    """

    error: str
    advice: str = ""


class ArtefactBytes(Struct, frozen=True):
    """A file a step made, before it is stored.

    Parameters
    ----------
    data : bytes
        Its content.
    suffix : str
        File name ending, with the dot.
    """

    data: bytes
    suffix: str


class Made(Struct, frozen=True):
    """What a step returns when it made files, alone or beside a finding.

    Parameters
    ----------
    finding : Finding or None
        What was measured.
    artefacts : dict of str to ArtefactBytes
        The files, by name.
    """

    finding: Finding | None
    artefacts: dict[str, ArtefactBytes]


class Outcome(Struct, frozen=True):
    """What one step said about one subject.

    Parameters
    ----------
    step : str
        Name of the step, a row of ``forensics.stages``.
    version : int
        Version of the step; it grows when results may change.
    subject : tuple of str
        SHA-256 of the item, of both items of a pair, or empty for the whole case.
    outcome : Result, Absent or Problem
        Exactly one of the three.
    """

    step: str
    version: int
    subject: tuple[str, ...]
    outcome: Result | Absent | Problem
