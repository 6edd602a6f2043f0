"""Which pictures go into the page and which lie beside it."""

import base64
import hashlib
from collections.abc import Callable

from msgspec import Struct

from forensics.model.outcome import ARTEFACT_PATH

MAX_INLINE_THUMBNAILS = 500
"""Thumbnails of the list of items that are put into the page itself."""

MAX_INLINE_BYTES = 24_000_000
"""Bytes of pictures in the page, over which even evidence pictures are left beside it."""

# Only what a run itself writes: a report may come from somebody else, and a path in it could name
# any file of the reader's.
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


class Picture(Struct, frozen=True):
    """One picture of the page.

    Parameters
    ----------
    src : str
        Data URI or relative path; empty when it cannot be shown.
    missing : str
        Why it cannot be shown.
    """

    src: str
    missing: str = ""


class Pictures:
    """Loads pictures and keeps within the bounds.

    Parameters
    ----------
    load : callable
        Takes the path of an artefact, gives its bytes.
    """

    def __init__(self, load: Callable[[str], bytes]) -> None:
        self._load = load
        self._inline_bytes = 0
        self._thumbnails = 0
        self.beside = False

    def evidence(self, path: str | None) -> Picture:
        """Give a picture that a finding rests on.

        Parameters
        ----------
        path : str or None
            Its artefact; None when there is none.

        Returns
        -------
        Picture
            Inline as long as the page does not grow beyond `MAX_INLINE_BYTES`.
        """
        return self._picture(path, inline=self._inline_bytes < MAX_INLINE_BYTES)

    def thumbnail(self, path: str | None) -> Picture:
        """Give a picture of the list of items.

        Parameters
        ----------
        path : str or None
            Its artefact; None when there is none.

        Returns
        -------
        Picture
            Inline for the first `MAX_INLINE_THUMBNAILS`, beside the page for the rest.
        """
        self._thumbnails += 1
        fits = self._inline_bytes < MAX_INLINE_BYTES
        return self._picture(path, inline=fits and self._thumbnails <= MAX_INLINE_THUMBNAILS)

    def _picture(self, path: str | None, *, inline: bool) -> Picture:
        if path is None:
            return Picture("", "no picture")
        match = ARTEFACT_PATH.fullmatch(path)
        if match is None or match[2] not in _TYPES:
            return Picture("", "not a picture that a run makes")
        if not inline:
            self.beside = True
            return Picture(path)
        try:
            data = self._load(path)
        except (OSError, LookupError):
            return Picture("", "missing from the report folder")
        if hashlib.sha256(data).hexdigest() != match[1]:
            return Picture("", "changed since the run: its digest is another")
        self._inline_bytes += len(data)
        encoded = base64.b64encode(data).decode("ascii")
        return Picture(f"data:{_TYPES[match[2]]};base64,{encoded}")
