"""``NAME.info.json``, which yt-dlp and youtube-dl write beside what they download."""

import re

from forensics.ingest.sniff import MEDIA_EXTENSIONS
from forensics.metadata.sidecar_formats.asserting import (
    assert_fields,
    day_value,
    number_value,
    text_value,
    unix_time,
)
from forensics.metadata.sidecar_formats.loose_json import (
    BROKEN,
    MAX_SMALL_BYTES,
    NOT_READ,
    read_object,
)
from forensics.metadata.sidecar_formats.pairing import Draft, MediaIndex, join, last_part, split
from forensics.model.sidecars import Asserted

ENDING = ".info.json"
MAX_BYTES = 64 << 20
"""With comments such a file may have tens of megabytes."""

_FIELDS = (
    ("posted_at", unix_time, ("timestamp",)),
    ("released_at", unix_time, ("release_timestamp",)),
    ("uploaded_on", day_value, ("upload_date",)),
    ("modified_at", unix_time, ("modified_timestamp",)),
    ("modified_at", day_value, ("modified_date",)),
    ("downloaded_at", unix_time, ("epoch",)),
    ("source_url", text_value, ("webpage_url", "original_url")),
    ("platform", text_value, ("extractor_key", "extractor")),
    ("author", text_value, ("uploader", "creator", "uploader_id")),
    ("author_id", text_value, ("uploader_id",)),
    ("channel", text_value, ("channel", "channel_id")),
    ("channel_id", text_value, ("channel_id",)),
    ("title", text_value, ("title", "fulltitle")),
    ("description", text_value, ("description",)),
    ("message_id", text_value, ("id",)),
    ("duration_s", number_value, ("duration",)),
    ("width_px", number_value, ("width",)),
    ("height_px", number_value, ("height",)),
    ("bytes", number_value, ("filesize",)),
)
_NAMES = ("_filename", "filename")
_DOWNLOADS = "requested_downloads"
_DOWNLOAD_NAMES = ("filepath", "filename", "_filename")
_WANTED = (
    *dict.fromkeys(key for _, _, keys in _FIELDS for key in keys),
    *_NAMES,
    _DOWNLOADS,
    "_type",
)
_OF_THE_CLIP = ("duration_s", "width_px", "height_px", "bytes", "original_name")
_PICTURES = frozenset(("jpg", "jpeg", "png", "webp", "avif", "gif"))
# Formats that were downloaded apart and not yet merged: NAME.f137.mp4.
_REST = re.compile(r"(?:f[\w+\-]{1,40}\.)?(\w{2,5})", re.ASCII)
_DAY_CHARS = 10
_MAX_NAMES = 50

LIMITS = (
    "posted_at is when the platform says that this copy was published, not when it was taken.",
    "uploaded_on is a day without a time; platforms count it in zones of their own, so it may be "
    "a day off.",
    "Anybody can edit this file.",
)
_PLAYLIST = "It describes a list or a channel, not a single clip."
_THUMBNAIL = (
    "This picture has the clip's name, so it is as a rule the preview that the platform shows, "
    "which its author may have made of anything."
)


def looks_like(head: bytes) -> bool:
    """Say whether a file that cannot be read whole begins like one.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        Its name has been looked at before.
    """
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") and b'"id"' in head


def read(path: str, data: bytes, index: MediaIndex) -> tuple[Draft, ...] | None:
    """Read one.

    Parameters
    ----------
    path : str
        The file.
    data : bytes
        The whole of it.
    index : MediaIndex
        The media that are there.

    Returns
    -------
    tuple of Draft or None
        One for the clips, one for pictures beside them; None when it is something else.

    References
    ----------
    yt-dlp, ``yt_dlp/extractor/common.py``, the fields of InfoExtractor; README, "Output template".
    """
    faults: list[str] = []
    values = read_object(data, _WANTED, faults)
    if values is None:
        is_one = looks_like(data[:MAX_SMALL_BYTES])
        return (Draft("", (), NOT_READ, {}, LIMITS, (BROKEN,)),) if is_one else None
    if not all(text_value(values.get(key)) for key in ("id", "title")) or not (
        text_value(values.get("extractor")) or text_value(values.get("extractor_key"))
    ):
        return None
    fields = assert_fields(values, _FIELDS, faults)
    named = _names_inside(values)
    if named:
        key, name = named[0]
        fields["original_name"] = Asserted(last_part(name), last_part(name), key)
    faults += _compare_days(fields)
    if values.get("_type") in ("playlist", "multi_video"):
        return (Draft("", (), _PLAYLIST, fields, LIMITS, tuple(faults)),)
    same_name, by_content = _find_media(path, [name for _, name in named], index)
    return _drafts(same_name, by_content, fields, tuple(faults))


def _drafts(
    same_name: list[str],
    by_content: list[str],
    fields: dict[str, Asserted],
    faults: tuple[str, ...],
) -> tuple[Draft, ...]:
    pictures = [path for path in same_name if _ending(path) in _PICTURES]
    clips = [path for path in same_name if path not in pictures]
    media = sorted({*clips, *by_content})
    drafts = [Draft("", tuple(media), _how(clips, by_content), fields, LIMITS, faults)]
    if pictures:
        kept = {name: each for name, each in fields.items() if name not in _OF_THE_CLIP}
        how = "By the same name; it was written for the clip of that name, not for the picture."
        limits = (_THUMBNAIL, *LIMITS)
        drafts.append(Draft("thumbnail", tuple(sorted(pictures)), how, kept, limits, faults))
    return tuple(drafts)


def _how(clips: list[str], by_content: list[str]) -> str:
    if clips and by_content:
        return "By the same name, and by the file name stated in it; files can be renamed."
    if clips:
        return "By the same name alone; files can be renamed."
    if by_content:
        return "By the file name stated in it alone; files can be renamed."
    return "The file that it describes is not beside it."


def _find_media(path: str, named: list[str], index: MediaIndex) -> tuple[list[str], list[str]]:
    folder, name = split(path)
    stem = f"{name[: -len(ENDING)]}."
    same_name = [
        join(folder, each)
        for each in index.by_folder.get(folder, ())
        if each.startswith(stem)
        and (rest := _REST.fullmatch(each[len(stem) :])) is not None
        and rest.group(1).lower() in MEDIA_EXTENSIONS
    ]
    paths = (index.find(join(folder, last_part(each))) for each in named)
    return same_name, sorted({path for path in paths if path is not None})


def _names_inside(values: dict[str, object]) -> list[tuple[str, str]]:
    found = [(key, values.get(key)) for key in _NAMES]
    downloads = values.get(_DOWNLOADS)
    for each in downloads[:_MAX_NAMES] if isinstance(downloads, list) else ():
        if isinstance(each, dict):
            found += [(f"{_DOWNLOADS}.{key}", each.get(key)) for key in _DOWNLOAD_NAMES]
    return [(key, name) for key, name in found if isinstance(name, str) and last_part(name)]


def _compare_days(fields: dict[str, Asserted]) -> list[str]:
    posted, day = fields.get("posted_at"), fields.get("uploaded_on")
    if posted is None or day is None or str(posted.value)[:_DAY_CHARS] == day.value:
        return []
    return [f"upload_date {day.value} is not the UTC day of timestamp {posted.value}"]


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()
