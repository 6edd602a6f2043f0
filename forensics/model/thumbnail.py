"""The small picture that a camera puts into a photo's EXIF, beside the photo itself."""

from typing import Literal

from msgspec import Struct

Relation = Literal["same", "shows_more", "other", "undecided"]


class EmbeddedThumbnail(Struct, frozen=True, tag="embedded_thumbnail"):
    """How the thumbnail embedded in a photo compares with the photo.

    The thumbnail itself is the artefact ``embedded_thumbnail``.

    Parameters
    ----------
    width_px, height_px : int
        Its size as stored.
    correlation : float
        Of the grey values where thumbnail and photo lie over each other best, -1 to 1.
    shown_fraction : float
        Share of the thumbnail that the photo fills, 0 to 1; bars of one colour are not counted.
    relation : {"same", "shows_more", "other", "undecided"}
        ``same``: the photo at a small size; ``shows_more``: the photo is a part of it;
        ``other``: the photo is not found in it; ``undecided``: between the thresholds.
    """

    width_px: int
    height_px: int
    correlation: float
    shown_fraction: float
    relation: Relation
