"""Where an item, files beside it and the case say it was, as points of a map."""

from collections.abc import Iterator

from markupsafe import Markup

from forensics.model.findings import MetadataTable, Position
from forensics.model.item import Item
from forensics.report.locator import MapPoint, draw_map
from forensics.report.lookup import Lookup


def item_map(item: Item, lookup: Lookup) -> Markup:
    """Draw where an item says it was, beside what others say.

    Parameters
    ----------
    item : Item
        The item.
    lookup : Lookup
        The case.

    Returns
    -------
    Markup
        A map, or nothing when neither the item nor a file beside it states a position.
    """
    table = lookup.metadata(item.sha256)
    stated = [*_of_file(table), *_of_sidecars(item, lookup)]
    if not stated:
        return Markup("")
    title = f"Where {item.paths[0]} and what stands beside it say it was"
    return draw_map([*stated, *_of_case(lookup)], title=title)


def _of_file(table: MetadataTable | None) -> Iterator[MapPoint]:
    field = table.fields.get("position") if table is not None else None
    if field is None:
        return
    # Sources that read the same are one point; a disagreement shows as two.
    by_position: dict[Position, list[str]] = {}
    for source, value in sorted(field.sources.items()):
        if isinstance(value, Position):
            by_position.setdefault(value, []).append(field.where.get(source) or source)
    if field.agree is not False and isinstance(field.value, Position):
        by_position = {field.value: ["the file"]}
    for position, places in by_position.items():
        label = ", ".join(dict.fromkeys(places))
        yield MapPoint(position.lat, position.lon, label, "file")


def _of_sidecars(item: Item, lookup: Lookup) -> Iterator[MapPoint]:
    for sidecar in lookup.sidecars(item):
        for name in ("position", "position_exif"):
            stated = sidecar.fields.get(name)
            if stated is not None and isinstance(stated.value, Position):
                yield MapPoint(stated.value.lat, stated.value.lon, sidecar.path, "sidecar")


def _of_case(lookup: Lookup) -> Iterator[MapPoint]:
    place = lookup.case.case.place
    if place.lat is not None and place.lon is not None:
        yield MapPoint(place.lat, place.lon, place.name or "place of the case", "case")
