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
            "container_modified_at",
            "track_modified_at",
            "xmp_modified_at",
            "metadata_changed_at",
            "gps_at",
            "time_zone",
            "daylight_saving",
            "date_tag",
        ),
    ),
    (
        "Place",
        (
            "position",
            "position_error_m",
            "altitude_m",
            "direction_deg",
            "direction_reference",
            "speed_kmh",
            "gps_datum",
            "city",
            "region",
            "country",
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
            "lens_serial",
            "firmware",
            "owner_name",
            "host_computer",
            "os_version",
            "shutter_count",
        ),
    ),
    (
        "Program and history",
        (
            "software",
            "creator_tool",
            "history",
            "derived_from",
            "generator_parameters",
            "digital_source_type",
            "provenance_link",
            "external_media",
            "encoder",
            "video_encoder",
            "video_handler",
            "brand",
            "compatible_brands",
            "xmp_toolkit",
            "document_id",
            "instance_id",
            "original_document_id",
            "content_id",
            "image_unique_id",
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
            "caption_writer",
            "credit",
            "source_of_picture",
            "copyright",
            "instructions",
            "job",
            "windows_title",
            "windows_subject",
            "windows_comment",
            "windows_author",
            "windows_keywords",
        ),
    ),
    (
        "Picture",
        (
            "declared_size",
            "orientation",
            "icc_profile",
            "thumbnail_size",
            "exposure_time_s",
            "f_number",
            "iso",
            "focal_length_mm",
            "focal_length_35mm_mm",
            "flash",
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
