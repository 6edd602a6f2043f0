"""What files beside an item, and its names, say: asserted by others, shown as such."""

from markupsafe import Markup
from msgspec import Struct

from forensics.model.sidecars import NameReading, Sidecar
from forensics.report.item_fields import label_of, value_in_words
from forensics.report.text import markup, moment, name, shorten

MAX_SIDECARS = 20
"""Records shown for an item; all stand in ``report.json``."""


class SidecarCard(Struct, frozen=True):
    """What one record beside an item says.

    Parameters
    ----------
    title : Markup
        The file and its format.
    pairing : str
        Why it is taken to be about the item.
    rows : tuple of (str, Markup)
        What it says, and under which key.
    remarks : tuple of str
        What this is not, and what of it could not be read.
    """

    title: Markup
    pairing: str
    rows: tuple[tuple[str, Markup], ...]
    remarks: tuple[str, ...]


def sidecar_card(sidecar: Sidecar) -> SidecarCard:
    """Lay out a record that describes an item.

    Parameters
    ----------
    sidecar : Sidecar
        The record.

    Returns
    -------
    SidecarCard
        In words.
    """
    record = f", {sidecar.record}" if sidecar.record else ""
    rows = []
    for key, each in sidecar.fields.items():
        value = value_in_words(each.value)
        shown = moment(value) if key.endswith("_at") else value
        said = '<bdi>{}</bdi> <span class="soft">{}</span>'
        rows.append((label_of(key), markup(said, shorten(shown), each.key)))
    return SidecarCard(
        title=markup("{} ({}{})", name(sidecar.path), sidecar.format, record),
        pairing=shorten(sidecar.pairing),
        rows=tuple(rows),
        remarks=tuple(shorten(each) for each in (*sidecar.limits, *sidecar.faults)),
    )


def name_row(reading: NameReading) -> tuple[str, Markup]:
    """Lay out what a name implies.

    Parameters
    ----------
    reading : NameReading
        A convention that the name follows.

    Returns
    -------
    (str, Markup)
        Whose convention, and what it implies and does not.
    """
    said = '{} {} <span class="soft">{}</span>'
    texts = (shorten(each) for each in (reading.implies, reading.does_not_imply, reading.source))
    return f"Fits {reading.platform}", markup(said, *texts)
