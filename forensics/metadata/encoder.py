"""Say how a file was last saved, and what is known to save files so."""

from forensics.ingest.guard import guarded
from forensics.ingest.media import Media
from forensics.metadata.encoder_words import sum_up
from forensics.metadata.signatures import Seen
from forensics.model.encoder import EncoderIdentity
from forensics.model.outcome import Absent, Problem


def identify_encoder(media: Media) -> EncoderIdentity | Absent:
    """Say how an opened item was last saved.

    Parameters
    ----------
    media : Media
        As `ingest.open_media` gives it.

    Returns
    -------
    EncoderIdentity or Absent
        Its traits, and everything known to write such files; `Absent` for formats whose encoders
        are not told apart, and where the headers cannot be read.

    Notes
    -----
    Limits: it says how the file was last saved, not what was done to the picture before, and a
    file can be written so that it looks like another program's.
    """
    seen = guarded(lambda: _see(media), doing="reading how the file was written")
    if isinstance(seen, Problem):
        return Absent("unreadable", seen.error, seen.advice)
    if isinstance(seen, Absent):
        return seen
    return sum_up(seen)


def _see(media: Media) -> Seen | Absent:
    # Stills and clips have nothing in common that would be worth importing for both.
    if media.data is not None:
        from forensics.metadata.encoder_still import see_still

        return see_still(media, media.data)
    from forensics.metadata.encoder_video import see_video

    return see_video(media)
