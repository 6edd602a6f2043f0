"""Train the networks that score cells. Needs torch, which nothing else here does.

What is trained is `forensics.damage.cells._forward` with batch normalisation, which is multiplied
into the convolutions afterwards. On a graphics card a network takes a minute, on one core an hour;
sums are added in another order there, so that networks come out alike, but not the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import cv2
import numpy as np
import torch
from accuracy.damage.examples import Sample
from accuracy.damage.strips import UNSURE
from accuracy.damage_truth.pair import Truth
from numpy import float32
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from forensics.damage.cells import CLASSES, LAYERS, ROWS
from forensics.damage.measures import NAMES
from forensics.damage.model import STATES

WIDTHS = {"stem": 16, "down1": 24, "down2": 32, "deep1": 32, "deep2": 32, "up2": 32, "up1": 24}
WIDTHS |= {"up0": 16, "out": len(CLASSES)}
_COLUMNS = 160
"""Pieces of one length are shown; shorter decks are filled up with what is not seen."""

_WARM_UP, _SMOOTHING, _CLIP, _MOST_SLOPE = 0.15, 0.02, 4.0, 1.0
_STEPS = 127
_IGNORED = -1
_OBJECT = CLASSES.index("object")
_CLASS_OF = {Truth.NOTHING: 0, Truth.SCORCH: 1, Truth.HOLE: 2, Truth.MISSING: 4}
_SEEN_ROWS, _SEEN_COLUMNS = 3, 29
"""Every so many cells are enough for the mean and spread of a measure."""

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    rounds: int = 6000
    batch: int = 32
    rate: float = 3e-3
    decay: float = 2e-3
    noise: float = 0.3
    """Measures are shifted and made noisy by so many standard deviations."""
    dropped: float = 0.15
    """Share of the measures that is left out of each piece, so that none is relied on alone."""
    class_weights: tuple[float, ...] = (1.0, 2.0, 5.0, 1.0, 1.5)
    state_shares: tuple[float, ...] = (0.3, 0.2, 0.3, 0.2)
    real_share: float = 0.5
    """So much of what is shown was rendered as it is, the rest mixed."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """Samples beside each other, each at least as long as a piece."""

    maps: torch.Tensor  # (measures, ROWS, columns) half
    seen: torch.Tensor  # (ROWS, columns) bool
    classes: torch.Tensor  # (ROWS, columns) int8
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    states: NDArray[np.int64]
    real: NDArray[np.bool_]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> "Shelf":
        """Put samples on a shelf, on the graphics card where there is one."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        lengths = [max(_COLUMNS, each.seen.shape[1]) for each in samples]
        starts = [0, *accumulate(lengths)]
        maps = np.zeros((len(NAMES), ROWS, starts[-1]), np.float16)
        seen, classes = np.zeros(maps.shape[1:], bool), np.full(maps.shape[1:], _IGNORED, np.int8)
        for sample, start in zip(samples, starts[:-1], strict=True):
            place = slice(start, start + sample.seen.shape[1])
            maps[:, :, place], seen[:, place] = sample.maps, sample.seen
            classes[:, place] = classes_of(sample)
        return cls(
            *(torch.from_numpy(each).to(device) for each in (maps, seen, classes)),
            np.array(starts[:-1]),
            np.array(lengths),
            np.array([STATES.index(each.state) for each in samples]),
            np.array([each.real for each in samples]),
        )


class Network(nn.Module):
    """The network in torch; `planes` measures go in, scores before the softmax come out."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        wide = WIDTHS
        into = {
            "stem": planes,
            "down1": wide["stem"],
            "down2": wide["down1"],
            "deep1": wide["down2"],
            "deep2": wide["deep1"],
            "up2": wide["deep2"] + wide["down2"],
            "up1": wide["up2"] + wide["down1"],
            "up0": wide["up1"] + wide["stem"],
            "out": wide["up0"],
        }
        pointwise = ("stem", "up0", "out")
        self.layers = nn.ModuleDict(
            {
                name: _layer(into[name], wide[name], 1 if name in pointwise else 3, name == "out")
                for name in LAYERS
            }
        )

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """Score cells, in the order of `forensics.damage.cells`."""
        run = self.layers
        stem = run["stem"](planes)
        half = run["down1"](functional.avg_pool2d(stem, 2))
        quarter = run["down2"](functional.avg_pool2d(half, 2))
        deep = run["deep2"](run["deep1"](functional.avg_pool2d(quarter, 2)))
        quarter = run["up2"](torch.cat([_doubled(deep), quarter], 1))
        half = run["up1"](torch.cat([_doubled(quarter), half], 1))
        return run["out"](run["up0"](torch.cat([_doubled(half), stem], 1)))


def train(
    shelf: Shelf, which: NDArray[np.int64], *, seed: int, recipe: Recipe | None = None
) -> Arrays:
    """Train a network on some samples; give its weights as `forensics.damage.cells` reads them."""
    recipe = recipe or Recipe()
    device = shelf.maps.device
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    centre, scale = _usual(shelf, which)
    odds = _odds(shelf, which, recipe)
    network = Network(len(NAMES) + 2).to(device)
    steps = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        steps, recipe.rate, total_steps=recipe.rounds, pct_start=_WARM_UP
    )
    weight = torch.tensor(recipe.class_weights, device=device)
    for _ in range(recipe.rounds):
        chosen = which[rng.choice(len(which), recipe.batch, p=odds)]
        maps, seen, wanted = _pieces(shelf, chosen, rng)
        planes = planes_of(maps, seen, centre, scale)
        steps.zero_grad()
        loss = functional.cross_entropy(
            network(_disturbed(planes, recipe)),
            wanted,
            weight=weight,
            ignore_index=_IGNORED,
            label_smoothing=_SMOOTHING,
        )
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), _MOST_SLOPE)
        steps.step()
        rate.step()
    return _folded(network.eval().cpu(), centre.cpu().numpy(), scale.cpu().numpy())


def planes_of(
    maps: torch.Tensor, seen: torch.Tensor, centre: torch.Tensor, scale: torch.Tensor
) -> torch.Tensor:
    """Give what a network looks at, (N, measures + 2, ROWS, columns), as at work."""
    known = seen[:, None].float()
    even = (maps.float() - centre[None, :, None, None]) / scale[None, :, None, None]
    aside = torch.abs(torch.linspace(-1, 1, ROWS, device=maps.device))[None, None, :, None]
    return torch.cat([even.clamp(-_CLIP, _CLIP) * known, known, aside.expand_as(known)], 1)


def classes_of(sample: Sample) -> NDArray[np.int8]:
    """Give the class of each cell; what hides the deck is an object, its rim is not asked for."""
    found = np.full(sample.truth.shape, _IGNORED, np.int8)
    for truth, number in _CLASS_OF.items():
        found[sample.truth == truth] = number
    hidden = (sample.truth == Truth.NOT_SEEN).astype(np.uint8)
    found[cv2.morphologyEx(hidden, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0] = _OBJECT
    found[~sample.seen | (sample.truth == UNSURE)] = _IGNORED
    return found


def _layer(into: int, out: int, side: int, last: bool) -> nn.Module:
    if last:
        return nn.Conv2d(into, out, side)
    convolution = nn.Conv2d(into, out, side, padding=side // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU())


def _doubled(values: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(values, scale_factor=2, mode="nearest")


def _usual(shelf: Shelf, which: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Give mean and spread of each measure, in the precision they are kept in."""
    columns = np.concatenate(
        [
            np.arange(start, start + length, _SEEN_COLUMNS)
            for start, length in zip(shelf.starts[which], shelf.lengths[which], strict=True)
        ]
    )
    at = torch.from_numpy(columns).to(shelf.maps.device)
    some = shelf.maps[:, ::_SEEN_ROWS, at].float().reshape(len(NAMES), -1)
    return some.mean(1).half().float(), (some.std(1) + 1e-3).half().float()


def _odds(shelf: Shelf, which: NDArray[np.int64], recipe: Recipe) -> NDArray[np.float64]:
    """Give how often each is shown."""
    states, real = shelf.states[which], shelf.real[which]
    odds = np.zeros(len(which))
    for state, share in enumerate(recipe.state_shares):
        for are_real in (True, False):
            these = (states == state) & (real == are_real)
            if these.any():
                part = recipe.real_share if are_real else 1 - recipe.real_share
                odds[these] = share * part / these.sum()
    return np.asarray(odds / odds.sum())


def _pieces(
    shelf: Shelf, chosen: NDArray[np.int64], rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Cut a piece of one length out of each, turned round and mirrored by chance."""
    device = shelf.maps.device
    room = shelf.lengths[chosen] - _COLUMNS + 1
    begin = shelf.starts[chosen] + (rng.random(len(chosen)) * room).astype(np.int64)
    columns = begin[:, None] + np.arange(_COLUMNS)[None]
    columns = np.where(rng.random(len(chosen))[:, None] < 0.5, columns[:, ::-1], columns)
    at = torch.from_numpy(np.ascontiguousarray(columns)).to(device)
    rows = np.repeat(np.arange(ROWS)[None], len(chosen), axis=0)
    rows = np.where(rng.random(len(chosen))[:, None] < 0.5, rows[:, ::-1], rows)
    down = torch.from_numpy(np.ascontiguousarray(rows)).to(device)
    place = down[:, :, None], at[:, None, :]
    maps = shelf.maps[:, place[0], place[1]].transpose(0, 1)
    return maps, shelf.seen[place], shelf.classes[place].long()


def _disturbed(planes: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    maps, seen = planes[:, :-2], planes[:, -2:-1]
    whole = torch.randn(*maps.shape[:2], 1, 1, device=maps.device)
    kept = torch.rand(*maps.shape[:2], 1, 1, device=maps.device) > recipe.dropped
    disturbed = (maps + recipe.noise * (whole + torch.randn_like(maps)) * seen) * kept
    return torch.cat([disturbed, planes[:, -2:]], 1)


def _folded(network: Network, centre: NDArray[float32], scale: NDArray[float32]) -> Arrays:
    """Multiply the normalisation into the convolutions, and count the weights in whole steps."""
    found: Arrays = {"centre": centre.astype(np.float16), "scale": scale.astype(np.float16)}
    for name in LAYERS:
        layer = network.layers[name]
        if isinstance(layer, nn.Conv2d):
            weight, bias = layer.weight, layer.bias
        else:
            convolution, normal = layer[0], layer[1]
            factor = normal.weight / torch.sqrt(normal.running_var + normal.eps)
            weight = convolution.weight * factor[:, None, None, None]
            bias = normal.bias - normal.running_mean * factor
        weights = weight.detach().numpy()
        steps = (np.abs(weights).max(axis=(1, 2, 3)) / _STEPS + 1e-7).astype(np.float16)
        whole = np.round(weights / steps.astype(float32)[:, None, None, None])
        found[f"{name}.weight"] = np.clip(whole, -_STEPS, _STEPS).astype(np.int8)
        found[f"{name}.step"] = steps
        found[f"{name}.bias"] = bias.detach().numpy().astype(np.float16)
    return found
