"""One comparison as a page of its own: the same as in a report, for ``compare --out``."""

import base64
import re
from collections.abc import Mapping

from msgspec.structs import replace

from forensics.model.case import SCHEMA, Case, Tool
from forensics.model.casefile import CaseFile
from forensics.model.damage import DamageReport, View
from forensics.model.outcome import ArtefactBytes
from forensics.report.damage import damage_card
from forensics.report.html import render_page
from forensics.report.lookup import Lookup
from forensics.report.pictures import Picture, Pictures

_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


def render_pair(told: DamageReport, files: Mapping[str, ArtefactBytes], *, version: str) -> bytes:
    """Render one comparison.

    Parameters
    ----------
    told : DamageReport
        The comparison.
    files : mapping of str to ArtefactBytes
        Its pictures, by the names that they have in its artefacts.
    version : str
        Version of this package.

    Returns
    -------
    bytes
        UTF-8 HTML: one file that opens offline and asks nobody anything.
    """
    # Where the files lie on this machine is nobody else's business.
    told = replace(told, before=_named(told.before), after=_named(told.after))
    lookup = Lookup(_case_of(told, version))
    pictures = _Given({path: files[name] for name, path in told.artefacts.items() if name in files})
    card = damage_card(told, lookup, pictures)
    title = f"{told.before.path} and {told.after.path}"
    # Who compares two pictures by name has seen them.
    return render_page("pair.html", card=card, title=title, version=version, show=True)


class _Given(Pictures):
    """Pictures that are at hand."""

    def __init__(self, files: Mapping[str, ArtefactBytes]) -> None:
        super().__init__(lambda _: b"")
        self._files = files

    def evidence(self, path: str | None) -> Picture:
        file = self._files.get(path or "")
        if file is None:
            return Picture("", "no picture")
        encoded = base64.b64encode(file.data).decode("ascii")
        return Picture(f"data:{_TYPES[file.suffix]};base64,{encoded}")


def _named(view: View) -> View:
    return replace(view, path=re.split(r"[/\\]", view.path)[-1] if view.path else None)


def _case_of(told: DamageReport, version: str) -> Case:
    return Case(
        schema=SCHEMA,
        tool=Tool("strike-forensics", version, {}),
        case=CaseFile(),
        items=(),
        outcomes=(),
        unread=(),
        archive=None,
        matches=(),
        unmatched=(),
        groups=(),
        damage=(told,),
        events=(),
        claims=(),
        problems=(),
        methods=(),
        not_tested=(),
    )
