"""The words the report uses for what was found, the same everywhere."""

from collections.abc import Mapping

STANDINGS: Mapping[str, str] = {
    "recycled": "Recycled",
    "conflict": "Contradicts itself",
    "copy": "Copy of known footage",
    "group": "Copies in this folder",
    "same": "Same file twice",
    "lead": "Lead: needs a person",
    "notice": "Worth a look",
    "info": "For information",
    "name": "Name and content differ",
    "partial": "Examined in part",
    "rejected": "Not decodable",
    "undecided": "Not settled",
    "untested": "Not tested",
    "unread": "Not examined",
    "failed": "Failed",
    "limited": "Limited",
    "person": "A person says",
}
"""Word of each standing; its mark is drawn by the style sheet from the same key."""

STANDING_MEANINGS: Mapping[str, str] = {
    "recycled": "A copy of footage whose date, at its latest, precedes the event, at its earliest.",
    "conflict": "Two statements in the file cannot both hold. It says nothing about why.",
    "copy": "A copy of known footage that is not shown to be older than the event.",
    "group": "Items of this folder that are copies of one another.",
    "same": "Several files with exactly the same bytes; they are one item.",
    "lead": "Pictures that look alike and were not shown to be copies; somebody must look at both.",
    "notice": "Something to weigh, with an innocent explanation beside it.",
    "name": "The ending of the name belongs to another format than the content.",
}
"""What each standing of a finding means."""

RELATION_VERBS: Mapping[str, str] = {
    "identical": "is, byte for byte, a copy of",
    "reencoded": "is a copy, saved again, of",
    "edited_copy": "is an edited copy of",
    "contains": "contains, as a part,",
    "contained_in": "is a part of",
    "same_footage": "shows other frames of the same recording as",
    "same_view_other_moment": "shows the same view at another moment as",
    "same_place": "shows the same place as",
    "lead": "looks like",
}
"""Relation of a query to a reference, as the middle of a sentence."""

RELATION_NAMES: Mapping[str, str] = {
    "first": "largest picture of the set",
    "identical": "same bytes",
    "reencoded": "saved again",
    "edited_copy": "edited copy",
    "contains": "contains the other",
    "contained_in": "part of the other",
    "same_footage": "same recording",
    "same_view_other_moment": "same view, another moment",
    "same_place": "same place",
    "lead": "looks alike, not shown to be a copy",
}
"""The same relations as labels."""

EDITS: Mapping[str, str] = {
    "mirror": "mirrored left to right",
    "rotation": "turned",
    "crop": "cropped",
    "caption_bar": "a caption bar was added",
    "overlay": "something was laid over it",
    "screenshot": "shown inside a screenshot",
}
"""Kinds of edits in words."""

BASES: Mapping[str, str] = {
    "platform": "the date a platform shows",
    "web_capture": "the date of a capture by a web archive",
    "analyst": "the word of whoever wrote the list",
}
"""What the date of known footage rests on."""

CLOCKS: Mapping[str, tuple[str, str]] = {
    "captured_at": ("taken", "camera clock"),
    "digitized_at": ("digitised", "camera clock"),
    "modified_at": ("last changed", "clock of the program that last wrote the file"),
    "gps_at": ("position fixed", "satellite clock"),
    "created_at": ("container made", "clock of the program that made the clip"),
}
"""Metadata times: what they date, and by whose clock."""

FIELD_NAMES: Mapping[str, str] = {
    "captured_at": "Taken",
    "captured_offset": "Offset from UTC when taken",
    "digitized_at": "Digitised",
    "digitized_offset": "Offset from UTC when digitised",
    "modified_at": "Last changed",
    "modified_offset": "Offset from UTC when changed",
    "gps_at": "Time of the position",
    "created_at": "Container made",
    "position": "Position",
    "altitude_m": "Altitude, m",
    "make": "Maker",
    "model": "Model",
    "software": "Software",
    "body_serial": "Serial number",
}
"""Names of metadata fields for people; others are shown as they are called."""

OUTCOMES: Mapping[str, str] = {
    "result": "has a result",
    "not_applicable": "does not apply",
    "not_present": "nothing there",
    "unreadable": "cannot be read",
    "not_available": "not available",
    "problem": "failed",
}
"""State of a step on an item."""

RENAMED = (
    "Programs that save or forward pictures often give them another ending without converting."
)
"""Innocent explanation of an ending that disagrees with the content."""

RELATIONS_OF_THUMBNAIL: Mapping[str, str] = {
    "same": "shows the same as the picture",
    "shows_more": "shows more than the picture",
    "other": "does not show the picture",
    "undecided": "cannot be told from the picture for sure, nor found in it",
}
"""How a thumbnail inside a file compares with the picture."""
