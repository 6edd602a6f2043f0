"""Train the networks that score cells. Needs torch, which nothing else here does.

What is trained is `forensics.damage.cells._forward` with batch normalisation, which is multiplied
into the convolutions afterwards.
"""

from collections.abc import Sequence

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
_ROUNDS, _BATCH, _COLUMNS = 1200, 8, 160
_RATE, _DECAY, _WARM_UP = 3e-3, 2e-3, 0.15
_CLASS_WEIGHTS = (1.0, 2.0, 3.0, 1.0, 1.5)
_STATE_SHARES = (0.34, 0.2, 0.24, 0.22)
_REAL_SHARE = 0.5
"""Half of what is shown was rendered as it is, half mixed."""

_NOISE, _DROPPED, _SMOOTHING = 0.15, 0.06, 0.02
"""Measures are shifted and made noisy (in standard deviations) or left out, so that none is relied
on alone."""

_STEPS = 127
_IGNORED = -1
_OBJECT = CLASSES.index("object")
_CLASS_OF = {Truth.NOTHING: 0, Truth.SCORCH: 1, Truth.HOLE: 2, Truth.MISSING: 4}

Arrays = dict[str, NDArray[np.generic]]


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


def train(samples: Sequence[Sample], *, seed: int) -> Arrays:
    """Train a network; give its weights as `forensics.damage.cells.unpacked` reads them."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    centre, scale = _usual(samples)
    planes = [_planes(each, centre, scale) for each in samples]
    classes = [_classes(each) for each in samples]
    odds = _odds(samples)
    network = Network(len(NAMES) + 2)
    steps = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        steps, _RATE, total_steps=_ROUNDS, pct_start=_WARM_UP
    )
    weight = torch.tensor(_CLASS_WEIGHTS)
    for _ in range(_ROUNDS):
        chosen = rng.choice(len(samples), _BATCH, p=odds)
        some = [_cut(planes[at], classes[at], rng) for at in chosen]
        shown = _disturbed(np.stack([each[0] for each in some]), rng)
        wanted = torch.from_numpy(np.stack([each[1] for each in some]))
        network.train()
        steps.zero_grad()
        loss = functional.cross_entropy(
            network(torch.from_numpy(shown)),
            wanted,
            weight=weight,
            ignore_index=_IGNORED,
            label_smoothing=_SMOOTHING,
        )
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        steps.step()
        rate.step()
    return _folded(network.eval(), centre, scale)


def _layer(into: int, out: int, side: int, last: bool) -> nn.Module:
    if last:
        return nn.Conv2d(into, out, side)
    convolution = nn.Conv2d(into, out, side, padding=side // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU())


def _doubled(values: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(values, scale_factor=2, mode="nearest")


def _usual(samples: Sequence[Sample]) -> tuple[NDArray[float32], NDArray[float32]]:
    """Give mean and spread of each measure, in the precision they are kept in."""
    some = [each.maps[:, ::3, ::7].reshape(len(NAMES), -1) for each in samples]
    every = np.concatenate(some, axis=1).astype(float32)
    centre, scale = every.mean(axis=1), every.std(axis=1) + 1e-3
    return centre.astype(np.float16).astype(float32), scale.astype(np.float16).astype(float32)


def _planes(
    sample: Sample, centre: NDArray[float32], scale: NDArray[float32]
) -> NDArray[np.float16]:
    """Give what a network looks at, as `forensics.damage.cells` makes it."""
    maps = (sample.maps.astype(float32) - centre[:, None, None]) / scale[:, None, None]
    seen = sample.seen.astype(float32)[None]
    aside = np.abs(np.linspace(-1, 1, ROWS, dtype=float32))[None, :, None]
    aside = np.broadcast_to(aside, seen.shape)
    return np.concatenate([np.clip(maps, -4, 4) * seen, seen, aside]).astype(np.float16)


def _classes(sample: Sample) -> NDArray[np.int64]:
    """Give the class of each cell; what hides the deck is an object, its rim is not asked for."""
    found = np.full(sample.truth.shape, _IGNORED, np.int64)
    for truth, number in _CLASS_OF.items():
        found[sample.truth == truth] = number
    hidden = (sample.truth == Truth.NOT_SEEN).astype(np.uint8)
    found[cv2.morphologyEx(hidden, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0] = _OBJECT
    found[~sample.seen | (sample.truth == UNSURE)] = _IGNORED
    return found


def _odds(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Give how often each is shown."""
    odds = np.zeros(len(samples))
    for state, share in zip(STATES, _STATE_SHARES, strict=True):
        for real in (True, False):
            which = np.array([each.state == state and each.real == real for each in samples])
            if which.any():
                odds[which] = share * (_REAL_SHARE if real else 1 - _REAL_SHARE) / which.sum()
    return odds / odds.sum()


def _cut(
    planes: NDArray[np.float16], classes: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[float32], NDArray[np.int64]]:
    """Cut a piece of one length out, turned round and mirrored by chance."""
    length = planes.shape[2]
    start = int(rng.integers(0, max(0, length - _COLUMNS) + 1))
    piece = planes[:, :, start : start + _COLUMNS].astype(float32)
    wanted = classes[:, start : start + _COLUMNS]
    for axis in (0, 1):
        if rng.integers(2):
            piece, wanted = np.flip(piece, axis + 1), np.flip(wanted, axis)
    left = int(rng.integers(0, _COLUMNS - piece.shape[2] + 1))
    more = (left, _COLUMNS - piece.shape[2] - left)
    return (
        np.pad(piece, ((0, 0), (0, 0), more)),
        np.pad(wanted, ((0, 0), more), constant_values=_IGNORED),
    )


def _disturbed(shown: NDArray[float32], rng: np.random.Generator) -> NDArray[float32]:
    maps, seen = shown[:, :-2], shown[:, -2:-1]
    count, measures = maps.shape[:2]
    whole = rng.normal(0, _NOISE, (count, measures, 1, 1))
    each = rng.normal(0, _NOISE, maps.shape)
    kept = rng.random((count, measures, 1, 1)) > _DROPPED
    disturbed = ((maps + (whole + each) * seen) * kept).astype(float32)
    return np.concatenate([disturbed, shown[:, -2:]], axis=1)


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
