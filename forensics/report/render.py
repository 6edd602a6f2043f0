"""Render a report again from what a run left behind, without any image library."""

from pathlib import Path

import msgspec

from forensics.model.case import SCHEMA
from forensics.model.errors import ForensicsError, OutputError
from forensics.report.html import render_html
from forensics.report.write import EVIDENCE_SUMS, REPORT_SUMS, decode_case, report_sums
from forensics.whole_files import write_whole

_ADVICE = "Name the output folder of a scan, which holds report.json and artefacts."


def render_again(folder: Path, *, show: bool = False) -> None:
    """Write ``report.html`` and its digest again from ``report.json`` and what lies beside it.

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
    html = render_html(case, load=lambda path: _content(folder / path), show=show, json_bytes=data)
    _write(folder / "report.html", html)
    files = {"report.json": data, "report.html": html}
    if (folder / EVIDENCE_SUMS).is_file():
        files[EVIDENCE_SUMS] = _read(folder / EVIDENCE_SUMS)
    _write(folder / REPORT_SUMS, report_sums(case, files))


def _write(target: Path, data: bytes) -> None:
    try:
        write_whole(target, data)
    except OSError as error:
        raise OutputError(
            f"cannot write {target}: {error.strerror or error}",
            advice="Check free space and permissions.",
        ) from error


def _read(path: Path) -> bytes:
    try:
        return _content(path)
    except OSError as error:
        raise ForensicsError(
            f"cannot read {path}: {error.strerror or error}", advice=_ADVICE
        ) from error


def _content(path: Path) -> bytes:
    # A pipe in the place of a file would be waited for for ever.
    if path.exists() and not path.is_file():
        raise OSError("not a regular file")
    return path.read_bytes()
