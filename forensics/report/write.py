"""Write the report into the output folder: data, page, and the digests of both."""

import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from forensics.model.case import Case
from forensics.model.outcome import ARTEFACT_PATH, Result
from forensics.report.checksums import checksum_list

REPORT_SUMS = "SHA256SUMS"
"""Digests of the report and its pictures: ``sha256sum -c`` in the output folder."""

EVIDENCE_SUMS = "evidence.sha256"
"""Digests of the examined files: ``sha256sum -c`` in the folder of evidence."""


class Output(Protocol):
    """Where reports are written."""

    def write(self, relative: str, data: bytes) -> None:
        """Write one file whole or not at all.

        Parameters
        ----------
        relative : str
            Path in the output folder.
        data : bytes
            Its content.
        """


def write_report(
    case: Case, output: Output, *, evidence: bytes, make_page: Callable[[bytes], bytes]
) -> str:
    """Write both forms of the report, and the lists of digests.

    Parameters
    ----------
    case : Case
        What was found.
    output : Output
        The output folder.
    evidence : bytes
        The list of the evidence's digests.
    make_page : callable
        Gives ``report.html`` from the bytes of ``report.json``.

    Returns
    -------
    str
        SHA-256 of ``report.json``.
    """
    data = encode_case(case)
    files = {"report.json": data, "report.html": make_page(data), EVIDENCE_SUMS: evidence}
    for name, content in files.items():
        output.write(name, content)
    output.write(REPORT_SUMS, report_sums(case, files))
    return hashlib.sha256(data).hexdigest()


def report_sums(case: Case, files: Mapping[str, bytes]) -> bytes:
    """List the digests of a report's files.

    Parameters
    ----------
    case : Case
        What was found; its artefacts are named by their digests.
    files : mapping of str to bytes
        The other files, by name.

    Returns
    -------
    bytes
        What ``sha256sum -c`` reads.
    """
    digests = _artefacts_of(case)
    digests |= {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return checksum_list((digest, os.fsencode(name)) for name, digest in digests.items())


def _artefacts_of(case: Case) -> dict[str, str]:
    """Give the digests of the artefacts a report names, by their paths.

    A report that is rendered again may come from a stranger: other paths are no artefacts.
    """
    named = {path for match in case.matches for path in match.artefacts.values()}
    for each in case.outcomes:
        if isinstance(each.outcome, Result):
            named.update(each.outcome.artefacts.values())
    matches = (ARTEFACT_PATH.fullmatch(path) for path in named)
    return {match[0]: match[1] for match in matches if match is not None}


def encode_case(case: Case) -> bytes:
    """Encode a case as the bytes of ``report.json``: sorted keys, one space of indent.

    Parameters
    ----------
    case : Case
        What was found.

    Returns
    -------
    bytes
        UTF-8 JSON; the same case always gives the same bytes.
    """
    return msgspec.json.format(msgspec.json.encode(case, order="sorted"), indent=1) + b"\n"


def decode_case(data: bytes) -> Case:
    """Read a case back from ``report.json``.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    Case
        What was found.

    Raises
    ------
    msgspec.DecodeError
        When it is no JSON, or no report of this version.
    UnicodeDecodeError, RecursionError
        When it is no UTF-8, or nested too deeply.
    """
    return msgspec.json.decode(data, type=Case)
