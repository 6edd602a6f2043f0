"""Write ``report.json`` and ``report.html`` into the output folder."""

from typing import Protocol

import msgspec

from forensics.model.case import Case
from forensics.report.html import render_html


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

    def load(self, relative: str) -> bytes:
        """Read one artefact.

        Parameters
        ----------
        relative : str
            Path in the output folder.

        Returns
        -------
        bytes
            Its content.
        """


def write_report(case: Case, output: Output, *, show: bool = False) -> None:
    """Write both forms of the report.

    Parameters
    ----------
    case : Case
        What was found.
    output : Output
        The output folder; artefacts are read from it for the HTML.
    show : bool, optional
        Show pictures at once instead of blurred until clicked.
    """
    data = encode_case(case)
    output.write("report.json", data)
    output.write("report.html", render_html(case, load=output.load, show=show, json_bytes=data))


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
