"""How sharp a picture is, as a number that compares frames of one clip."""

import cv2
import numpy as np

from forensics.vision.views import Pixels, fit, grey

SHARPNESS_SIDE_PX = 512
"""Pictures are measured at this longest side: finer than that, sensor noise counts as detail."""


def sharpness(pixels: Pixels) -> float:
    """Measure how sharp a picture is.

    Good for choosing among frames of one clip. It does not compare clips: a picture of leaves has
    ten times the value of a picture of a wall that is as sharp.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        sRGB.

    Returns
    -------
    float
        Variance of the Laplacian of the luma, in squared grey levels, 0 or more, at a longest
        side of at most `SHARPNESS_SIDE_PX`.

    References
    ----------
    Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative study",
    ICPR 2000, doi:10.1109/ICPR.2000.903548.

    Examples
    --------
    >>> import numpy as np
    >>> sharpness(np.full((8, 8, 3), 90, np.uint8))
    0.0
    """
    small = grey(fit(pixels, longest_side_px=SHARPNESS_SIDE_PX))
    edges = cv2.Laplacian(small, cv2.CV_16S)
    return round(float(np.var(edges, dtype=np.float64)), 2)
