"""Print for a person what a file says about itself, what matters first."""

from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from forensics.asking import Inspection
from forensics.cli.console import ResultConsole
from forensics.engine.itemise import item_of
from forensics.model.encoder import EncoderIdentity
from forensics.model.findings import Field, MetadataTable, Note, Notes, Position
from forensics.model.outcome import Absent, Problem
from forensics.model.provenance import Credentials, Provenance
from forensics.model.sidecars import NameReading, Sidecar
from forensics.model.thumbnail import EmbeddedThumbnail
from forensics.report.field_groups import group_fields
from forensics.report.item_fields import label_of
from forensics.report.text import counted, moment, reveal, shorten
from forensics.report.words import RELATIONS_OF_THUMBNAIL, STANDINGS

_STYLES = {"conflict": "bold magenta", "notice": "yellow", "info": "cyan"}
_INDENT = 2


def print_inspection(shown: str, found: Inspection) -> None:
    """Print what a file says about itself.

    Parameters
    ----------
    shown : str
        The file, as it was named.
    found : Inspection
        What was found out.
    """
    console = ResultConsole()
    told = found.visited.told
    item = item_of(found.visited)
    console.print(Text(reveal(shown), style="bold"), soft_wrap=True)
    console.print(Text(f"{item.format.upper()}, {counted(item.bytes, 'byte')}"))
    console.print(Text(f"SHA-256 {item.sha256}"), soft_wrap=True)
    noted = told("metadata.notes")
    if isinstance(noted, Notes):
        _print_notes(console, noted)
    _print_metadata(console, told("metadata.read"))
    thumbnail = told("metadata.embedded_thumbnail")
    if isinstance(thumbnail, EmbeddedThumbnail):
        _print_thumbnail(console, thumbnail)
    encoder = told("metadata.encoder")
    if isinstance(encoder, EncoderIdentity):
        _print_encoder(console, encoder)
    _print_provenance(console, told("metadata.provenance"))
    for sidecar in found.beside.sidecars:
        _print_sidecar(console, sidecar)
    _print_names(console, found.beside.names)
    console.print()
    console.print(Text(_LAST_WORD))


_LAST_WORD = "All of this can be edited without a trace. No test for AI-generated imagery was made."


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _indented(console: Console, content: RenderableType) -> None:
    console.print(Padding(content, (0, 0, 0, _INDENT), expand=False))


def _grid(rows: Iterable[Sequence[str]], *, bold: Sequence[bool] = ()) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for position, cells in enumerate(rows):
        if not table.columns:
            for _ in cells:
                table.add_column(overflow="fold")
        style = "bold yellow" if position < len(bold) and bold[position] else ""
        table.add_row(*(Text(reveal(shorten(cell)), style=style) for cell in cells))
    return table


def _print_notes(console: Console, noted: Notes) -> None:
    _heading(console, "What stands out")
    if not noted.notes:
        _indented(console, Text("Nothing."))
    for note in noted.notes:
        _print_note(console, note)
    for rule, said in noted.failed_rules.items():
        _indented(console, Text(reveal(f"The rule {rule} could not be looked at: {said}")))


def _print_note(console: Console, note: Note) -> None:
    line = Text()
    line.append(STANDINGS[note.severity], style=_STYLES[note.severity])
    line.append(f"  {reveal(note.text)}")
    _indented(console, line)
    said = Text(f"How this comes about innocently: {note.innocent_explanation}", style="dim")
    console.print(Padding(said, (0, 0, 0, 2 * _INDENT), expand=False))


def _print_metadata(console: Console, table: object) -> None:
    if isinstance(table, Absent | Problem):
        _heading(console, "Metadata")
        said = table.detail if isinstance(table, Absent) else table.error
        is_bare = isinstance(table, Absent) and table.reason == "not_present"
        why = "None. Platforms strip them as a rule, so their absence says nothing."
        _indented(console, Text(why if is_bare else f"They cannot be read: {reveal(said)}"))
    if not isinstance(table, MetadataTable):
        return
    for heading, names in group_fields(table.fields):
        _heading(console, heading)
        fields = [table.fields[name] for name in names]
        rows = [_field_row(name, table.fields[name]) for name in names]
        _indented(console, _grid(rows, bold=[field.agree is False for field in fields]))
    for engine, said in sorted(table.failed_engines.items()):
        _indented(console, Text(reveal(f"{engine} gave up: {said}"), style="yellow"))


def _field_row(name: str, field: Field) -> tuple[str, str, str]:
    label = label_of(name)
    value = _value(field.value)
    if name.endswith("_at"):
        value = moment(value)
    return label, value, _sources(field)


def _sources(field: Field) -> str:
    if field.agree is False:
        said = "; ".join(
            f"{field.where.get(source, source)} by {source}: {_value(value)}"
            for source, value in field.sources.items()
        )
        return f"DIFFERENT: {said}"
    places = list(dict.fromkeys(field.where.get(source, "") for source in field.sources))
    where = ", ".join(place for place in places if place)
    readers = ", ".join(field.sources)
    return f"{where} ({readers})" if where else readers


def _value(value: object) -> str:
    return f"{value.lat}, {value.lon}" if isinstance(value, Position) else str(value)


def _print_thumbnail(console: Console, found: EmbeddedThumbnail) -> None:
    _heading(console, "Thumbnail inside the file")
    words = RELATIONS_OF_THUMBNAIL[found.relation]
    size = f"{found.width_px} x {found.height_px} pixels"
    _indented(console, Text(f"{size}: {words} (correlation {found.correlation:.2f})"))


def _print_encoder(console: Console, found: EncoderIdentity) -> None:
    _heading(console, "How it was last saved")
    _indented(console, Text(reveal(found.summary)))
    _indented(console, _grid(found.traits.items()))
    for each in found.candidates:
        because = "; ".join(each.because)
        text = f"Fits {each.kind} {each.name}: {because}. Source: {each.source} ({each.basis})."
        _indented(console, Text(reveal(text)))


def _print_provenance(console: Console, found: object) -> None:
    _heading(console, "Content credentials and declared sources")
    if isinstance(found, Absent | Problem):
        said = found.detail if isinstance(found, Absent) else found.error
        _indented(console, Text(reveal(f"{said} {found.advice}".strip())))
    if not isinstance(found, Provenance):
        return
    credentials = found.credentials
    if isinstance(credentials, Credentials):
        rows = [
            ("Integrity", credentials.integrity.detail),
            ("Signer", credentials.signer.detail),
            ("Made from", credentials.ingredients.detail),
            ("Written by", f"{credentials.generator or 'unknown'}"),
        ]
        if credentials.signed_at is not None:
            by = credentials.time_stamp_authority or "an authority that it does not name"
            rows.append(("Signed", f"{moment(credentials.signed_at)}, by the word of {by}"))
        _indented(console, _grid(rows))
    else:
        _indented(console, Text(reveal(f"{credentials.detail} {credentials.advice}".strip())))
    declared = [(each.where, each.meaning, each.value) for each in found.declared_ai]
    declared += [(each.where, each.meaning, each.value) for each in found.declared_sources]
    _indented(console, _grid(declared))


def _print_sidecar(console: Console, sidecar: Sidecar) -> None:
    _heading(console, f"Beside it: {reveal(sidecar.path)} ({sidecar.format})")
    _indented(console, Text(reveal(sidecar.pairing)))
    rows = ((label_of(name), _value(each.value), each.key) for name, each in sidecar.fields.items())
    _indented(console, _grid(rows))
    for text in (*sidecar.limits, *sidecar.faults):
        _indented(console, Text(reveal(text), style="dim"))


def _print_names(console: Console, names: Sequence[NameReading]) -> None:
    if not names:
        return
    _heading(console, "Its name")
    for each in names:
        text = f"Fits {each.platform}: {each.implies} {each.does_not_imply}"
        _indented(console, Text(reveal(text)))
