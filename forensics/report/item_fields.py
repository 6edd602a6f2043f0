"""An item's metadata as the page shows them: in groups, sources side by side."""

from collections.abc import Iterator

from msgspec import Struct

from forensics.model.findings import Field, FieldValue, MetadataTable, Position
from forensics.report.field_groups import group_fields
from forensics.report.text import counted, moment, shorten
from forensics.report.words import FIELD_NAMES

_DEGREES_SHOWN = 6


class FieldRow(Struct, frozen=True):
    """One metadata field.

    Parameters
    ----------
    label, value : str
        Its name and the value gone by.
    raw : str
        As it stands in the file; empty when the same.
    charset : str
        By which character set it was decoded; empty as a rule.
    sources : tuple of (str, str, str)
        Where in the file, who read it there, and what; the last is empty where all read the same.
    agreement, standing : str
        Whether they agree, in words, and as a key.
    """

    label: str
    value: str
    raw: str
    charset: str
    sources: tuple[tuple[str, str, str], ...]
    agreement: str
    standing: str


class FieldGroup(Struct, frozen=True):
    """Fields that belong together.

    Parameters
    ----------
    heading : str
        What they are about.
    rows : tuple of FieldRow
        The fields.
    """

    heading: str
    rows: tuple[FieldRow, ...]


def field_groups(table: MetadataTable | None) -> tuple[FieldGroup, ...]:
    """Lay out the metadata of an item.

    Parameters
    ----------
    table : MetadataTable or None
        Its metadata.

    Returns
    -------
    tuple of FieldGroup
        What matters first; empty when there are none.
    """
    if table is None:
        return ()
    return tuple(
        FieldGroup(heading, tuple(field_row(name, table.fields[name]) for name in names))
        for heading, names in group_fields(table.fields)
    )


def field_row(key: str, field: Field) -> FieldRow:
    """Lay out one field.

    Parameters
    ----------
    key : str
        Its name.
    field : Field
        What was read.

    Returns
    -------
    FieldRow
        In words.
    """
    agreement, standing = {
        True: (f"{counted(len(field.sources), 'source')} agree", "result"),
        False: ("sources differ", "conflict"),
        None: ("only one source", "info"),
    }[field.agree]
    value = value_in_words(field.value)
    shown = moment(value) if key.endswith("_at") else value
    raw = field.raw or ""
    return FieldRow(
        label=label_of(key),
        value=shorten(shown),
        raw=shorten(raw) if raw.strip() not in {value, shown} else "",
        charset=field.charset or "",
        sources=tuple(_sources(field)),
        agreement=agreement,
        standing=standing,
    )


def label_of(key: str) -> str:
    """Give the name of a field for people.

    Parameters
    ----------
    key : str
        As it is called in the data.

    Returns
    -------
    str
        Its name.
    """
    return FIELD_NAMES.get(key, key.replace("_", " ").capitalize())


def value_in_words(value: FieldValue) -> str:
    """Write a field's value.

    Parameters
    ----------
    value : str, int, float, Position or None
        The value.

    Returns
    -------
    str
        For people.
    """
    if value is None:
        return "nothing"
    if isinstance(value, Position):
        return f"{value.lat:.{_DEGREES_SHOWN}f}, {value.lon:.{_DEGREES_SHOWN}f}"
    return str(value)


def _sources(field: Field) -> Iterator[tuple[str, str, str]]:
    readers: dict[tuple[str, str], list[str]] = {}
    for source, said in sorted(field.sources.items()):
        shown = shorten(value_in_words(said)) if field.agree is False else ""
        readers.setdefault((field.where.get(source, ""), shown), []).append(source)
    for (where, shown), names in readers.items():
        yield where, ", ".join(names), shown
