"""What is measured at each pixel of the deck: does it persist, is it darker, is it water?"""

from dataclasses import dataclass

import numpy as np
from numpy import float32, uint8
from numpy.typing import NDArray

from forensics.damage.light import Lit, light_measures
from forensics.damage.strip import Grid, Mask
from forensics.damage.texture import texture_measures

NAMES = (
    "texture_small",
    "texture_large",
    "elsewhere",
    "moved",
    "drift",
    "roughness",
    "detail",
    "grain",
    "edges",
    "either_edge",
    "edge_shift",
    "narrower",
    "darkening",
    "dark_near",
    "darkness",
    "was_dark",
    "border",
    "blue_shift",
    "colour_change",
    "off_deck",
    "was_off_deck",
    "like_beside",
    "texture_column",
    "darkening_column",
    "off_deck_column",
    "like_beside_column",
    "texture_stretch",
    "moved_stretch",
    "drift_stretch",
    "edges_stretch",
    "edge_shift_stretch",
    "narrower_stretch",
    "either_edge_stretch",
    "off_deck_stretch",
    "like_beside_stretch",
    "held",
    "l_before",
    "a_before",
    "b_before",
    "l_after",
    "a_after",
    "b_after",
    "texture_fine",
    "texture_log",
    "drift_along",
    "drift_across",
    "drift_across_stretch",
)
"""The measures, in the order of the last axis of `measure`."""

_COLUMN, _STRETCH = 0.12, 0.8
"""Reach along the deck of the means across its width, in deck widths (sigma of a Gaussian)."""

_USUAL = 0.7
_RELATIVE = tuple(
    name.startswith(("texture", "edges_", "either_edge")) or name == "edges" for name in NAMES
)
"""Damage is local: how well texture and edges persist is counted from what is usual on this deck,
which haze, blur and the angle lower everywhere."""


@dataclass(frozen=True, eq=False)
class Measures:
    """Maps over the deck.

    Parameters
    ----------
    maps : (rows, columns, len(NAMES)) float32
        By pixel of the deck in the strip.
    seen : (rows, columns) bool
        Where both pictures show the deck.
    held : float
        Correlation of the textures over most of the deck: where it is low nothing can be told.
    """

    maps: NDArray[float32]
    seen: Mask
    held: float


def measure(before: NDArray[uint8], after: NDArray[uint8], seen: Mask, grid: Grid) -> Measures:
    """Measure the deck in two strips.

    Parameters
    ----------
    before, after : (rows, columns, 3) uint8
        The strips, sRGB, margins included.
    seen : (rows, columns) bool
        Where both pictures show the strip.
    grid : Grid
        Where the deck is in the strip.

    Returns
    -------
    Measures
        For the deck alone.

    Notes
    -----
    Texture: `texture_*` is the normalised correlation under a Gaussian window, best of small
    shifts; `texture_log` that of the logarithm of the light less its mean near by, as soot takes
    the same share from light and dark grains; `elsewhere` how much better a patch fits up to a
    third of the width away, `moved` how far that is in widths (a slab that fell), `drift` the
    distance of the best fit wherever it is, times how well it fits, `drift_along` and
    `drift_across` its parts along and across the deck; `roughness` the log ratio of the local
    contrasts, `detail` and `grain` the contrast of after alone, wider and finer, less its median.

    Edges: `edges` is the weaker of both deck edges as correlation of the slopes across them,
    `either_edge` the stronger; `edge_shift` and `narrower` say how far aside both lie, and how much
    nearer to each other, to a fraction of a pixel.

    Light: `darkening` is the log of after over before, `darkness` that of after and `was_dark` that
    of before alone, each less its median over the deck, so that exposure drops out; `dark_near` is
    the darkening around, `border` its steepest slope near by; `blue_shift` and `colour_change` the
    signed and the whole change of hue; `off_deck` and `was_off_deck` the distance in colour to the
    deck's middle; `like_beside` is 0 like the deck, 1 like the water or ground beside it.

    `l_*`, `a_*`, `b_*` are the CIELAB of the pixels themselves, less the deck's median.

    The measures of columns and stretches are means across the width, near by and over a deck width
    either way. `held` is the same everywhere.
    """
    lit = Lit.of(before, after, grid)
    maps = texture_measures(lit, grid) | light_measures(lit, seen, grid)
    for name, of, reach in (
        ("texture_column", "texture_small", _COLUMN),
        ("darkening_column", "darkening", _COLUMN),
        ("off_deck_column", "off_deck", _COLUMN),
        ("like_beside_column", "like_beside", _COLUMN),
        ("texture_stretch", "texture_large", _STRETCH),
        ("moved_stretch", "moved", _STRETCH),
        ("drift_stretch", "drift", _STRETCH),
        ("drift_across_stretch", "drift_across", _STRETCH),
        ("narrower_stretch", "narrower", _STRETCH),
        ("edges_stretch", "edges", _STRETCH),
        ("edge_shift_stretch", "edge_shift", _STRETCH),
        ("either_edge_stretch", "either_edge", _STRETCH),
        ("off_deck_stretch", "off_deck", _STRETCH),
        ("like_beside_stretch", "like_beside", _STRETCH),
    ):
        maps[name] = lit.across(maps[of], grid, reach=reach)
    inside = seen[grid.deck]
    held = 0.0
    if inside.any():
        held = float(np.quantile(maps["texture_large"][grid.deck][inside], _USUAL))
    maps["held"] = np.full(seen.shape, held, float32)
    whole = np.stack([maps[name][grid.deck] for name in NAMES], axis=2)
    whole = np.nan_to_num(whole)
    if inside.any():
        usual = np.quantile(whole[inside][:, _RELATIVE], _USUAL, axis=0)
        whole[..., _RELATIVE] -= usual.astype(float32)
    return Measures(whole, inside, held)
