"""In which groups, and in which order, metadata fields are shown to people."""

from collections.abc import Iterable, Iterator

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Time",
        (
            "captured_at",
            "captured_offset",
            "digitized_at",
            "digitized_offset",
            "created_at",
            "track_created_at",
            "xmp_created_at",
            "iptc_created_at",
            "modified_at",
            "modified_offset",
            "xmp_modified_at",
            "track_modified_at",
            "metadata_changed_at",
            "gps_at",
            "time_zone",
            "date_tag",
        ),
    ),
    (
        "Place",
        (
            "position",
            "altitude_m",
            "direction_deg",
            "direction_ref",
            "speed",
            "city",
            "region",
            "country",
            "location",
        ),
    ),
    (
        "Device",
        (
            "make",
            "model",
            "lens",
            "lens_make",
            "body_serial",
            "internal_serial",
            "firmware",
            "owner",
            "host_computer",
            "os_version",
            "image_number",
            "shutter_count",
        ),
    ),
    (
        "Program and history",
        (
            "software",
            "creator_tool",
            "history",
            "generator_parameters",
            "digital_source_type",
            "xmp_toolkit",
            "document_id",
            "original_document_id",
            "encoder",
            "video_encoder",
            "video_handler",
            "brand",
            "compatible_brands",
            "external_media",
        ),
    ),
    (
        "Words and people",
        (
            "title",
            "headline",
            "description",
            "user_comment",
            "comment",
            "keywords",
            "artist",
            "credit",
            "source",
            "copyright",
        ),
    ),
)
"""Heading and fields of each group, what matters first. Other fields come last, by name."""

REST = "Further fields"


def group_fields(names: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Order the fields of an item for people.

    Parameters
    ----------
    names : iterable of str
        The fields that are there.

    Yields
    ------
    (str, tuple of str)
        A heading and its fields; groups without fields are left out.
    """
    left = dict.fromkeys(sorted(names))
    for heading, members in GROUPS:
        there = tuple(name for name in members if name in left)
        for name in there:
            del left[name]
        if there:
            yield heading, there
    if left:
        yield REST, tuple(left)
