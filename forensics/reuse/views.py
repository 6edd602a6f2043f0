"""Small views of an item's pictures: what copies are compared on, and searched from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import msgspec
import numpy as np
from numpy import uint8
from numpy.typing import NDArray

from forensics.ingest.frame import Frame
from forensics.model.findings import CompareViews, ImageHashes
from forensics.model.outcome import ArtefactBytes, Made
from forensics.reuse.hashes import hash_orientations
from forensics.vision.codes import CodedFeatures
from forensics.vision.views import CLIP_COMPARE_SIDE_PX, COMPARE_SIDE_PX, Pixels, fit

MAX_KEPT_VIEWS = 16
"""Items whose stored views are kept in memory: at most 18 MB each."""

CHROMA_SHRINK = 4
"""Colour is kept at a quarter of the grey view's sides: enough to see that it was changed."""

# Half the time of the default strategy, and smaller files on grey pictures of this size.
_FAST_PNG = [
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_HUFFMAN_ONLY),
]


MOVING = ("video", "animation")
"""Kinds whose pictures, when there are several, are moments of a clip; others have pages."""


@dataclass(frozen=True, eq=False)
class Views:
    """Small views of the pictures of one item.

    Parameters
    ----------
    grey : (N, H, W) uint8
        Luma, at most 512 pixels on the longest side, of clips 256.
    chroma : (N, h, w, 2) uint8
        Cr and Cb (ITU-R BT.601), a quarter of the sides; 128 is colourless.
    """

    grey: NDArray[uint8]
    chroma: NDArray[uint8]

    def colour(self, index: int) -> Pixels:
        """Give one view in colour, for people to look at.

        Parameters
        ----------
        index : int
            Which.

        Returns
        -------
        (H, W, 3) uint8
            sRGB, R-G-B, with soft colour edges.
        """
        height, width = self.grey.shape[1:]
        chroma = cv2.resize(self.chroma[index], (width, height), interpolation=cv2.INTER_LINEAR)
        ycc = np.dstack([self.grey[index], chroma.reshape(height, width, 2)])
        return np.asarray(cv2.cvtColor(ycc, cv2.COLOR_YCrCb2RGB), dtype=uint8)


class StoredViews(Views):
    """Views that are read when they are looked at, and forgotten when others are.

    A folder may hold thousands of clips; their views together would not fit into memory.

    Parameters
    ----------
    read : callable
        Gives the views.
    """

    def __init__(self, read: Callable[[], Views]) -> None:
        # Past the frozen dataclass: `grey` and `chroma` are properties here.
        object.__setattr__(self, "read", read)

    @property
    def grey(self) -> NDArray[uint8]:
        """Luma, (N, H, W) uint8."""
        return _recently_read(self).grey

    @property
    def chroma(self) -> NDArray[uint8]:
        """Cr and Cb, (N, h, w, 2) uint8."""
        return _recently_read(self).chroma


@lru_cache(maxsize=MAX_KEPT_VIEWS)
def _recently_read(stored: StoredViews) -> Views:
    read: Callable[[], Views] = stored.__dict__["read"]
    return read()


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
    views : Views or None
        Views of the same pictures; None when only hashes are known.
    size_px : (int, int)
        Width and height of the picture; 0, 0 when unknown.
    duration_s : float or None
        Playing time; None for stills and when unknown.
    features : sequence of CodedFeatures
        Local features of its first pictures, of clips of some moments; empty when none were looked
        for.
    described : sequence of int
        Position of each of them among the pictures.
    read_trace : callable or None
        Gives the packed trace of a clip; None when none is kept.
    """

    sha256: str
    path: str
    is_video: bool
    hashes: ImageHashes
    views: Views | None
    size_px: tuple[int, int] = (0, 0)
    duration_s: float | None = None
    features: Sequence[CodedFeatures] = ()
    described: Sequence[int] = ()
    read_trace: Callable[[], bytes] | None = None

    @cached_property
    def orientation_hashes(self) -> tuple[NDArray[uint8], ...]:
        """PDQ hashes of every view in all eight orientations, (8, 32) uint8 each."""
        if self.views is None:
            return ()
        return tuple(hash_orientations(view) for view in self.views.grey)

    def features_of(self, position: int) -> CodedFeatures:
        """Give the local features of one picture.

        Parameters
        ----------
        position : int
            Which of the pictures; one of `described`.

        Returns
        -------
        CodedFeatures
            Its features.
        """
        return self.features[list(self.described).index(position)]


def moment_of(probe: Probe, position: int) -> float:
    """Say when a picture of an item is shown.

    Parameters
    ----------
    probe : Probe
        The item.
    position : int
        Which of its pictures.

    Returns
    -------
    float
        Seconds after the first presented frame; 0 for a still.
    """
    return probe.hashes.frames[position].moment_s or 0.0


def only_picture(probe: Probe, position: int) -> Probe:
    """Give one picture of an item as a still.

    Parameters
    ----------
    probe : Probe
        The item, with views and features.
    position : int
        Which of its pictures; one of `described`.

    Returns
    -------
    Probe
        With that picture alone.
    """
    views = probe.views
    one = slice(position, position + 1)
    return replace(
        probe,
        is_video=False,
        hashes=msgspec.structs.replace(probe.hashes, frames=probe.hashes.frames[one]),
        views=None if views is None else Views(views.grey[one], views.chroma[one]),
        features=(probe.features_of(position),),
        described=(0,),
        read_trace=None,
    )


def make_views(frames: Sequence[Frame]) -> Made:
    """Make the small views of an item's pictures.

    Parameters
    ----------
    frames : sequence of Frame
        The pictures, at least one.

    Returns
    -------
    Made
        `CompareViews` with their size and moments, and the artefact ``views``: a grey PNG with
        all of them one below the other, each as luma, then Cr, then Cb at a quarter of the sides.
    """
    side_px = COMPARE_SIDE_PX if frames[0].moment_s is None else CLIP_COMPARE_SIDE_PX
    small = [fit(frame.pixels, longest_side_px=side_px) for frame in frames]
    height, width = small[0].shape[:2]
    planes = [_planes(_sized(view, width, height)) for view in small]
    _, encoded = cv2.imencode(".png", np.concatenate(planes), _FAST_PNG)
    finding = CompareViews(width, height, tuple(frame.moment_s for frame in frames))
    return Made(finding, {"views": ArtefactBytes(encoded.tobytes(), ".png")})


def read_views(finding: CompareViews, png: bytes) -> Views:
    """Read views back from their PNG.

    Parameters
    ----------
    finding : CompareViews
        Their size and moments.
    png : bytes
        As `make_views` gave it.

    Returns
    -------
    Views
        The views.

    Raises
    ------
    ValueError
        When the picture is damaged or of another size.
    """
    stack = cv2.imdecode(np.frombuffer(png, dtype=uint8), cv2.IMREAD_GRAYSCALE) if png else None
    if stack is None:
        raise ValueError("the compare views cannot be decoded")
    height, width = finding.height_px, finding.width_px
    low, narrow = _chroma_size(height, width)
    planes = np.asarray(stack, dtype=uint8).reshape(-1, height + 2 * low, width)
    chroma = planes[:, height:, :narrow].reshape(-1, 2, low, narrow).transpose(0, 2, 3, 1)
    return Views(np.ascontiguousarray(planes[:, :height]), np.ascontiguousarray(chroma))


def _planes(pixels: Pixels) -> Pixels:
    """Lay luma, Cr and Cb of one view out one below the other."""
    height, width = pixels.shape[:2]
    low, narrow = _chroma_size(height, width)
    ycc = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    chroma = cv2.resize(ycc[:, :, 1:], (narrow, low), interpolation=cv2.INTER_AREA)
    band = np.zeros((2 * low, width), dtype=uint8)
    band[:, :narrow] = chroma.reshape(low, narrow, 2).transpose(2, 0, 1).reshape(-1, narrow)
    return np.concatenate([np.asarray(ycc[:, :, 0], dtype=uint8), band])


def _chroma_size(height: int, width: int) -> tuple[int, int]:
    return max(1, height // CHROMA_SHRINK), max(1, width // CHROMA_SHRINK)


def _sized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Pages of one file may differ in size; views are kept at the first one's."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), uint8)
