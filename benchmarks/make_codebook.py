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
from forensics.vision.features import DESCRIPTOR_SIZE, Features, find_features, mirrored
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
    even, odd = (_directions(part) for part in _parts_of(learned - mean))
    parts = {
        "mean": mean,
        "even": even,
        "odd": odd,
        "even_words": _words((learned - mean) @ even, CELLS_A_HALF),
        "odd_words": _closed_words((learned - mean) @ odd),
        "bits": _bits(learned - mean, even, odd),
    }
    target = ROOT / "forensics/vision" / CODEBOOK
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


def _parts_of(centred: NDArray[float32]) -> tuple[NDArray[float32], NDArray[float32]]:
    """Split descriptors into what a mirror leaves as it is, and what it turns round."""
    flipped = _mirrored(centred)
    return (centred + flipped) / 2, (centred - flipped) / 2


def _directions(part: NDArray[float32]) -> NDArray[float32]:
    """Principal directions of one part, the strongest first (PCA)."""
    covariance = part.T.astype(np.float64) @ part / len(part)
    _, vectors = np.linalg.eigh(covariance)
    return np.ascontiguousarray(vectors[:, ::-1][:, : DESCRIPTOR_SIZE // 2]).astype(float32)


def _words(points: NDArray[float32], count: int) -> NDArray[float32]:
    """Words of one half (k-means, Lloyd)."""
    random = np.random.default_rng(0)
    words = points[random.choice(len(points), count, replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = ((words**2).sum(axis=1) - 2 * points @ words.T).argmin(axis=1)
        for word in range(count):
            members = points[nearest == word]
            if len(members):
                words[word] = members.mean(axis=0)
    return words


def _closed_words(points: NDArray[float32]) -> NDArray[float32]:
    """Words of the half that a mirror turns round: the second 128 are the first ones negated."""
    count = CELLS_A_HALF // 2
    random = np.random.default_rng(0)
    words = points[random.choice(len(points), count, replace=False)].copy()
    for _ in range(ROUNDS):
        closed = np.concatenate([words, -words])
        nearest = ((closed**2).sum(axis=1) - 2 * points @ closed.T).argmin(axis=1)
        signs = np.where(nearest < count, 1.0, -1.0).astype(float32)[:, None]
        for word in range(count):
            members = nearest % count == word
            if members.any():
                words[word] = (points[members] * signs[members]).mean(axis=0)
    return np.concatenate([words, -words])


def _bits(
    centred: NDArray[float32], even: NDArray[float32], odd: NDArray[float32]
) -> NDArray[float32]:
    """Rotation whose signs lose least, among those where a mirror swaps the two halves of the bits.

    Iterative quantisation (Gong and Lazebnik, 2011) with two rotations for one: bit k is the
    sign of e_k + o_k, bit 64 + k that of e_k - o_k, where e and o are the parts, each rotated.
    """
    random = np.random.default_rng(0)
    chosen = random.choice(len(centred), min(TURNED_ON, len(centred)), replace=False)
    parts = [centred[chosen] @ each for each in (even, odd)]
    size = DESCRIPTOR_SIZE // 2
    turns = [np.linalg.qr(random.normal(size=(size, size)))[0].astype(float32) for _ in parts]
    for _ in range(2 * ROUNDS):
        one, other = (part @ turn for part, turn in zip(parts, turns, strict=True))
        first, second = np.sign(one + other), np.sign(one - other)
        for which, wanted in enumerate((first + second, first - second)):
            left, _, right = np.linalg.svd(wanted.T @ parts[which])
            turns[which] = (left @ right).T
    first, second = (even @ turns[0], odd @ turns[1])
    return np.concatenate([first + second, first - second], axis=1) / np.sqrt(2)


if __name__ == "__main__":
    sys.exit(main())
