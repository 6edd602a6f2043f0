"""Small grey views of an item's pictures: what copies are compared on, and searched from."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from forensics.ingest.media import Frame
from forensics.model.findings import CompareViews, ImageHashes
from forensics.model.outcome import ArtefactBytes, Made
from forensics.reuse.compare import stack_views
from forensics.reuse.hashes import hash_orientations
from forensics.vision.views import COMPARE_SIDE_PX, Pixels, fit, grey

# Half the time of the default strategy, and smaller files on grey pictures of this size.
_FAST_PNG = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY),
]


@dataclass(frozen=True, eq=False)
class Probe:
    """An item as the search sees it: digest, hashes, and views to verify with.

    Parameters
    ----------
    sha256 : str
        Digest of the file.
    path : str
        Where it was seen.
    is_video : bool
        Whether its frames are moments of a clip.
    hashes : ImageHashes
        Hashes of its pictures.
    views : (N, H, W) uint8 or None
        Grey views of the same pictures; None when only hashes are known.
    size_px : (int, int)
        Width and height of the picture; 0, 0 when unknown.
    duration_s : float or None
        Playing time; None for stills and when unknown.
    """

    sha256: str
    path: str
    is_video: bool
    hashes: ImageHashes
    views: NDArray[uint8] | None
    size_px: tuple[int, int] = (0, 0)
    duration_s: float | None = None


def make_views(frames: Sequence[Frame]) -> Made:
    """Make the grey views of an item's pictures.

    Parameters
    ----------
    frames : sequence of Frame
        The pictures, at least one.

    Returns
    -------
    Made
        `CompareViews` with their size and moments, and the artefact ``views``: all of them one
        below the other, as a grey PNG.
    """
    views = [fit(grey(frame.pixels), longest_side_px=COMPARE_SIDE_PX) for frame in frames]
    height, width = views[0].shape
    _, encoded = cv2.imencode(".png", stack_views(views), _FAST_PNG)
    finding = CompareViews(width, height, tuple(frame.moment_s for frame in frames))
    return Made(finding, {"views": ArtefactBytes(encoded.tobytes(), ".png")})


def read_views(finding: CompareViews, png: bytes) -> NDArray[uint8]:
    """Read views back from their PNG.

    Parameters
    ----------
    finding : CompareViews
        Their size and moments.
    png : bytes
        As `make_views` gave it.

    Returns
    -------
    (N, H, W) uint8
        The views.

    Raises
    ------
    ValueError
        When the picture is damaged or of another size.
    """
    stack = cv2.imdecode(np.frombuffer(png, dtype=uint8), cv2.IMREAD_GRAYSCALE)
    if stack is None:
        raise ValueError("the compare views cannot be decoded")
    return np.asarray(stack, dtype=uint8).reshape(-1, finding.height_px, finding.width_px)


def orientation_hashes(view: Pixels) -> NDArray[uint8]:
    """Hash a grey view in all eight orientations.

    Parameters
    ----------
    view : (H, W) uint8
        A grey view.

    Returns
    -------
    (8, 32) uint8
        Packed PDQ hashes in the order of `reuse.hashes.ORIENTATIONS`.

    Notes
    -----
    The first is 0 to 8 bits from the hash of the full picture on 49 of 52 photographs and
    renders, 16 to 22 bits on three strongly textured ones.
    """
    return hash_orientations(view)
