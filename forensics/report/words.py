"""The words the report uses for what was found, the same everywhere."""

from collections.abc import Mapping, Sequence

STANDINGS: Mapping[str, str] = {
    "recycled": "Recycled",
    "damage": "Damage on the deck",
    "unchanged": "No change found",
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
    "damage": "The deck looks damaged against the picture it is drawn on; why is not measured.",
    "unchanged": "The examined part of the deck looks as in the picture it is drawn on.",
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
    "first": "closest to the original, as far as was seen",
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
    "resize": "resized",
    "stretch": "stretched in one direction",
    "border": "bars were added",
    "blurred_fill": "blurred bars were added",
    "caption_bar": "a caption bar was added",
    "overlay": "something was laid over it",
    "inserted": "a part of it was changed",
    "colour": "other colours",
    "grey": "without colours",
    "brightness": "brighter or darker",
    "blur": "blurred",
    "recompression": "compressed harder",
    "perspective": "seen at an angle",
    "cut": "parts were cut out",
    "speed": "played at another speed",
    "reversed": "played backwards",
    "frame_rate": "another frame rate",
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
    "xmp_created_at": ("made", "clock of the program that wrote XMP"),
    "iptc_created_at": ("made", "whoever wrote IPTC"),
    "metadata_changed_at": ("metadata changed", "clock of the program that wrote XMP"),
}
"""Metadata times: what they date, and by whose clock."""

SIDECAR_TIMES: Mapping[str, str] = {
    "captured_at": "taken",
    "posted_at": "posted",
    "edited_at": "edited by its sender",
    "uploaded_on": "uploaded",
    "archived_at": "archived",
    "downloaded_at": "downloaded",
}
"""Times in files beside the media: what they date."""

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
    "lens": "Lens",
    "lens_make": "Maker of the lens",
    "owner_name": "Owner",
    "declared_size": "Size, as stated",
    "exposure_time_s": "Exposure, s",
    "f_number": "Aperture, f-number",
    "iso": "Sensitivity, ISO",
    "focal_length_mm": "Focal length, mm",
    "focal_length_35mm_mm": "Focal length as of 35 mm film, mm",
    "position_error_m": "Error of the position, m",
    "direction_deg": "Direction, degrees",
    "direction_reference": "North of the direction",
    "speed_kmh": "Speed, km/h",
    "gps_datum": "Datum of the position",
    "thumbnail_bytes": "Bytes of the thumbnail",
    "document_id": "Identifier of the document",
    "instance_id": "Identifier of this version",
    "content_id": "Identifier of the content",
    "image_unique_id": "Identifier of the picture",
    "provenance_link": "Address of credentials",
    "source_of_picture": "Source, as stated",
    "xmp_created_at": "Made, by XMP",
    "xmp_modified_at": "Last changed, by XMP",
    "iptc_created_at": "Made, by IPTC",
    "metadata_changed_at": "Metadata last changed",
    "creator_tool": "Program that made it",
    "xmp_toolkit": "Library that wrote XMP",
    "history": "History",
    "digital_source_type": "Declared kind of source",
    "generator_parameters": "Parameters of a generator",
    "original_document_id": "Identifier of the first document",
    "thumbnail_size": "Size of the thumbnail",
    "icc_profile": "Colour profile",
    "time_zone": "Time zone of the camera",
    "user_comment": "Comment",
    "posted_at": "Posted",
    "edited_at": "Edited by its sender",
    "uploaded_on": "Uploaded on",
    "archived_at": "Archived",
    "downloaded_at": "Downloaded",
    "source_url": "Address",
    "forwarded_from": "Forwarded from",
    "original_name": "First name",
    "duration_s": "Playing time, s",
    "width_px": "Width, pixels",
    "height_px": "Height, pixels",
    "message_id": "Message",
    "external_media": "Media in another file",
    "compatible_brands": "Compatible brands",
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

DECK_STATES: Mapping[str, str] = {
    "none": "no change found",
    "scorched": "scorched, or in shadow",
    "holed": "holed",
    "collapsed": "deck missing",
    "undetermined": "not settled",
}
"""State of a deck against the picture that it is drawn on."""

DECK_TAGS: Mapping[str, str] = {"undecided": "Deck not settled"}
"""Standings of comparisons on decks that would say too little beside an item."""

DAMAGE_CLASSES: Mapping[str, str] = {
    "scorch": "scorch or shadow",
    "hole": "hole",
    "missing_deck": "missing deck",
}
"""Classes of damaged places, as the legends of pictures have them."""

DATE_SOURCES: Mapping[str, str] = {
    "case file": "by the case file",
    "observation": "by an observation",
    "metadata": "by its camera's clock",
    "known footage": "by known footage that it is a copy of",
    "sidecar": "by a file beside it",
    "file name": "by its name, which anybody can have typed",
}
"""Who says when a picture was taken, or by when it was there."""

GRADES: Mapping[str, str] = {
    "none": "no visible damage",
    "scorched": "possibly damaged",
    "holed": "damaged",
    "collapsed": "destroyed",
}
"""Grades of the damage assessments of the Copernicus Emergency Management Service (EMS)."""

RELATIONS_OF_THUMBNAIL: Mapping[str, str] = {
    "same": "shows the same as the picture",
    "shows_more": "shows more than the picture",
    "other": "does not show the picture",
    "undecided": "cannot be told from the picture for sure, nor found in it",
}
"""How a thumbnail inside a file compares with the picture."""

CANDIDATE_KINDS: Mapping[str, str] = {
    "camera": "camera",
    "phone": "phone",
    "editor": "editing program",
    "messaging": "messaging service",
    "platform": "platform",
    "library": "programming library",
}
"""Who may have written a file."""

TRAITS: Sequence[str] = (
    "coding",
    "quantisation",
    "chroma",
    "Huffman codes",
    "restart markers",
    "JFIF",
    "Adobe transform",
    "preview",
    "brand",
    "encoder",
    "settings",
    "handlers",
    "keyframes",
    "parts",
    "pictures",
    "behind the end",
)
"""Traits of how a file was saved, in the order in which they are shown; others come last."""

BASES_OF_SIGNATURES: Mapping[str, str] = {
    "measured": "measured by this project",
    "literature": "from that source, not verified by this project",
}
"""What the signature of an encoder rests on."""
