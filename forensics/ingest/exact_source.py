"""Open a photo, animation or video from which frames are decoded with every pixel."""

from typing import TYPE_CHECKING, TypeAlias

from forensics.ingest.exact_still import ExactStill
from forensics.ingest.media import Identified, decode, require_pictures
from forensics.model.errors import UnreadableMedia

if TYPE_CHECKING:
    from forensics.ingest.exact import ExactClip

Source: TypeAlias = "ExactClip | ExactStill"
"""What frames are decoded from."""


def open_exact(opened: Identified) -> Source:
    """Open a photo, animation or video for exact decoding.

    Parameters
    ----------
    opened : Identified
        The open file.

    Returns
    -------
    ExactClip or ExactStill
        To decode frames from.

    Raises
    ------
    UnreadableMedia
        When there is no picture in it that can be decoded.
    """
    try:
        if opened.data is not None:
            return ExactStill(opened.data, opened.type)
        from forensics.ingest.exact import ExactClip  # PyAV is slow to import

        return ExactClip(opened.file, opened.type)
    except (ImportError, UnreadableMedia):
        # An examination says in plain words why nothing of it can be decoded.
        require_pictures(decode(opened))
        raise
