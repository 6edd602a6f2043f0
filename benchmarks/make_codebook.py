"""Make the codebook of local features: ``python benchmarks/make_codebook.py``.

Learns from pictures of the half of the sources that thresholds are chosen on, and writes
``forensics/vision/codebook.npz``: mean, rotations and words, nothing of any single picture. The
same pictures and library versions give the same file.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from accuracy.media import is_tuning, media_root, photos, renders
from numpy import float32
from numpy.typing import NDArray

from forensics.vision.codes import CELLS_A_HALF, CODEBOOK
from forensics.vision.features import Features, find_features, mirrored
from forensics.vision.views import feature_view, grey

ROOT = Path(__file__).resolve().parents[1]

FEATURES_A_PICTURE = 2000
ROUNDS = 25
TURNED_ON = 40_000
"""Descriptors that the rotation of the bits is learned from."""

CARRIED = (
    "astronaut", "brick", "camera", "cat", "coffee", "grass", "gravel", "immunohistochemistry",
    "moon", "page", "retina", "rocket",
)  # fmt: skip
"""Pictures that scikit-image carries in its wheel."""


def main() -> int:
    """Learn and write."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    root = media_root()
    if root is None:
        print("FORENSICS_MEDIA names no folder: there is nothing to learn from", file=sys.stderr)
        return 3
    cv2.setNumThreads(1)
    descriptors = np.concatenate([_described(picture) for picture in _pictures(root)])
    learned = np.concatenate([descriptors, _mirrored(descriptors)])
    print(f"{len(descriptors):,} descriptors and their mirror images")
    mean = learned.mean(axis=0)
    centred = learned - mean
    directions = _directions(centred)
    # Neighbouring directions carry about the same: dealt out in turns, both halves weigh alike.
    to_cells = directions[:, np.r_[0:128:2, 1:128:2]]
    halves = (centred @ to_cells).reshape(len(centred), 2, -1)
    words = np.stack([_words(halves[:, half]) for half in range(2)])
    to_bits = _to_bits(centred, directions)
    target = ROOT / "forensics/vision" / CODEBOOK
    parts = {"mean": mean, "to_cells": to_cells, "to_bits": to_bits, "words": words}
    np.savez_compressed(target, **{key: each.astype(np.float16) for key, each in parts.items()})
    print(f"wrote {target.name}: {target.stat().st_size:,} bytes")
    return 0


def _pictures(root: Path) -> list[NDArray[np.uint8]]:
    carried = [getattr(skimage.data, name)() for name in CARRIED]
    sources = [each for each in (*photos(root), *renders(root)[::4]) if is_tuning(each.series)]
    return [*carried, *(np.asarray(each.image.convert("RGB")) for each in sources)]


def _described(picture: NDArray[np.uint8]) -> NDArray[float32]:
    luma = picture if picture.ndim == 2 else grey(np.ascontiguousarray(picture[:, :, :3]))
    return find_features(feature_view(luma), limit=FEATURES_A_PICTURE).descriptors


def _mirrored(descriptors: NDArray[float32]) -> NDArray[float32]:
    count = len(descriptors)
    none = np.zeros(count, float32)
    plain = Features(np.zeros((count, 2), float32), none, none, descriptors)
    return mirrored(plain, width_px=1).descriptors


def _directions(centred: NDArray[float32]) -> NDArray[float32]:
    """Principal directions, the strongest first (PCA)."""
    covariance = centred.T.astype(np.float64) @ centred / len(centred)
    _, vectors = np.linalg.eigh(covariance)
    return np.ascontiguousarray(vectors[:, ::-1]).astype(float32)


def _words(points: NDArray[float32]) -> NDArray[float32]:
    """Words of one half (k-means, Lloyd)."""
    random = np.random.default_rng(0)
    words = points[random.choice(len(points), CELLS_A_HALF, replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = ((words**2).sum(axis=1) - 2 * points @ words.T).argmin(axis=1)
        for word in range(CELLS_A_HALF):
            members = points[nearest == word]
            if len(members):
                words[word] = members.mean(axis=0)
    return words


def _to_bits(centred: NDArray[float32], directions: NDArray[float32]) -> NDArray[float32]:
    """Rotation whose signs lose least (iterative quantisation)."""
    random = np.random.default_rng(0)
    chosen = random.choice(len(centred), min(TURNED_ON, len(centred)), replace=False)
    turned = centred[chosen] @ directions
    rotation = np.linalg.qr(random.normal(size=(turned.shape[1],) * 2))[0].astype(float32)
    for _ in range(2 * ROUNDS):
        signs = np.sign(turned @ rotation)
        left, _, right = np.linalg.svd(signs.T @ turned)
        rotation = (left @ right).T
    return directions @ rotation


if __name__ == "__main__":
    sys.exit(main())
