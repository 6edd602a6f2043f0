"""From bytes to items, pixels and frames.

Examples
--------
>>> from forensics.ingest import sniff
>>> sniff(b"GIF89a" + bytes(20)).format
'gif'
"""

from forensics.ingest.folder import Found, walk
from forensics.ingest.frame import Frame
from forensics.ingest.media import Media, open_media
from forensics.ingest.sniff import sniff

__all__ = ["Found", "Frame", "Media", "open_media", "sniff", "walk"]
