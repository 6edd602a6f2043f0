"""Render ``report.html`` from a case: one file that opens offline and asks nobody anything."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forensics.model.case import Case
from forensics.report.pictures import Pictures
from forensics.report.text import counted, digest, moment, name, prose, reveal, shorten
from forensics.report.view import lay_out
from forensics.report.words import OUTCOMES, STANDING_MEANINGS, STANDINGS


def render_html(
    case: Case, *, load: Callable[[str], bytes], show: bool, json_bytes: bytes
) -> bytes:
    """Render the report for people.

    Parameters
    ----------
    case : Case
        What was found.
    load : callable
        Takes the path of an artefact relative to the output folder, gives its bytes.
    show : bool
        Show pictures at once instead of blurred until clicked.
    json_bytes : bytes
        The bytes of ``report.json``, whose digest the page names.

    Returns
    -------
    bytes
        UTF-8 HTML; the same arguments always give the same bytes.
    """
    page = lay_out(case, Pictures(load), json_bytes=json_bytes)
    return render_page(
        "report.html",
        page=page,
        case=case,
        show=show,
        has_pictures_beside=page.has_pictures_beside,
        standings=STANDINGS,
        meanings=STANDING_MEANINGS,
        outcomes=OUTCOMES,
    )


def render_page(
    template: str,
    *,
    script: str = "script.js",
    styles: Sequence[str] = ("style.css",),
    has_pictures_beside: bool = False,
    **values: object,
) -> bytes:
    """Render a page that opens offline and asks nobody anything.

    Parameters
    ----------
    template : str
        Its template.
    script : str, optional
        Its script.
    styles : sequence of str, optional
        Its style sheets.
    has_pictures_beside : bool, optional
        Whether it shows files that lie beside it.
    **values : object
        What the template shows.

    Returns
    -------
    bytes
        UTF-8 HTML.
    """
    style, code = Markup("").join(map(_asset, styles)), _asset(script)
    policy = _policy(style, code, has_pictures_beside=has_pictures_beside)
    page = _environment().get_template(template)
    return page.render(style=style, script=code, policy=policy, **values).encode()


def _policy(style: Markup, script: Markup, *, has_pictures_beside: bool) -> str:
    """Allow what the page holds itself and nothing else.

    Pictures beside the page are allowed by scheme: opened from a disk, a page has no origin that
    'self' could stand for in every browser.
    """
    beside = " 'self' file:" if has_pictures_beside else ""
    return (
        f"default-src 'none'; img-src data:{beside}; style-src {_source(style)}; "
        f"script-src {_source(script)}; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    digest_of = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest_of).decode('ascii')}'"


@cache
def _asset(file: str) -> Markup:
    folder = resources.files("forensics.report") / "templates"
    return Markup((folder / file).read_text("utf-8"))  # noqa: S704 - shipped with the package


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("forensics.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_reveal_all,
    )
    filters = {
        "counted": counted, "digest": digest, "moment": moment, "name": name, "prose": prose,
        "shorten": shorten,
    }  # fmt: skip
    environment.filters.update(filters)
    return environment


def _reveal_all(value: object) -> object:
    """Make every text visible that a template puts out, whether it asks for it or not."""
    return reveal(value) if isinstance(value, str) and not isinstance(value, Markup) else value
