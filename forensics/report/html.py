"""Render ``report.html`` from a case."""

from collections.abc import Callable

from forensics.model.case import Case


def render_html(
    case: Case, *, load: Callable[[str], bytes], show: bool, json_bytes: bytes
) -> bytes:
    return b"<!doctype html>"
