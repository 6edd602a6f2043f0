"""Render a report again from what a run left behind, without any image library."""

from pathlib import Path

import msgspec

from forensics.model.case import SCHEMA
from forensics.model.errors import ForensicsError, OutputError
from forensics.report.html import render_html
from forensics.report.write import decode_case

_ADVICE = "Name the output folder of a scan, which holds report.json and artefacts."


def render_again(folder: Path, *, show: bool = False) -> None:
    """Write ``report.html`` again from ``report.json`` and the artefacts beside it.

    Parameters
    ----------
    folder : Path
        Output folder of a scan; ``report.json`` in it is not touched.
    show : bool, optional
        Show pictures at once instead of blurred until clicked.

    Raises
    ------
    ForensicsError
        When there is no ``report.json``, or it is none of this version.
    OutputError
        When ``report.html`` cannot be written.
    """
    data = _read(folder / "report.json")
    try:
        case = decode_case(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ForensicsError(
            f"{folder / 'report.json'} is no report: {error}", advice=_ADVICE
        ) from error
    if case.schema != SCHEMA:
        raise ForensicsError(
            f"{folder / 'report.json'} has the format {case.schema}, this version reads {SCHEMA}",
            advice="Render it with the version of this package that made it.",
        )
    html = render_html(
        case, load=lambda path: (folder / path).read_bytes(), show=show, json_bytes=data
    )
    target = folder / "report.html"
    temporary = folder / ".report.html.part"
    try:
        temporary.write_bytes(html)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {target}: {error.strerror or error}",
            advice="Check free space and permissions.",
        ) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ForensicsError(
            f"cannot read {path}: {error.strerror or error}", advice=_ADVICE
        ) from error
