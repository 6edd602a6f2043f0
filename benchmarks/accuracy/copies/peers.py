"""Ways to find copies that others use: perceptual hashes, and local features with RANSAC.

Hashes see what this package's own reader gives, which may be a reduced decode of a JPEG; features
see the picture decoded in full, because small details are what they live on.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import imagehash
import numpy as np
from accuracy.copies.answers import Answer
from accuracy.copies.shot import Pixels
from accuracy.copies.sources import Source
from numpy import float32, uint8
from numpy.typing import NDArray
from PIL import Image, ImageOps

from forensics.ingest.media import open_media
from forensics.reuse.hashes import hash_image, hash_orientations, unpack_hex

KEPT = 10
"""Nearest archive pictures a hash names; the others would not change any number."""


def decode(path: Path) -> Pixels:
    """Decode a file as the package does."""
    return open_media(path).frames[0].pixels


def decode_in_full(path: Path) -> Pixels:
    """Decode a file at full size, the right way up."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"), uint8)


class _Hashes:
    """Archive and search of one binary hash a picture; `_ask` may give several of a query."""

    name: str

    def prepare(self, archive: Sequence[tuple[Source, Path]], work: Path) -> None:  # noqa: ARG002
        """Hash every archive picture."""
        self._names = [source.name for source, _ in archive]
        self._stored = np.stack([self._store(decode(path)) for _, path in archive])

    def search(self, query: Path) -> list[Answer]:
        """Name the nearest pictures, by the share of bits that agree."""
        asked = self._ask(decode(query))
        differ = np.bitwise_count(asked[:, None] ^ self._stored[None]).sum(axis=2, dtype=int)
        bits = differ.min(axis=0)
        nearest = np.argsort(bits, kind="stable")[:KEPT]
        size = 8 * self._stored.shape[1]
        return [Answer(self._names[i], 1 - float(bits[i]) / size) for i in nearest]

    def _store(self, pixels: Pixels) -> NDArray[uint8]:
        raise NotImplementedError

    def _ask(self, pixels: Pixels) -> NDArray[uint8]:
        return self._store(pixels)[None]


class PHash(_Hashes):
    """pHash of 64 bits, as imagehash computes it."""

    name = "phash"

    def _store(self, pixels: Pixels) -> NDArray[uint8]:
        bits = imagehash.phash(Image.fromarray(pixels)).hash
        return np.packbits(bits.ravel())


class Pdq(_Hashes):
    """PDQ of 256 bits."""

    name = "pdq"

    def _store(self, pixels: Pixels) -> NDArray[uint8]:
        return unpack_hex([hash_image(pixels).pdq])[0]


class PdqOrientations(Pdq):
    """PDQ in eight orientations of the query."""

    name = "pdq-8"

    def _ask(self, pixels: Pixels) -> NDArray[uint8]:
        return hash_orientations(pixels)


SIFT_SIDE_PX = 800
SIFT_FEATURES = 800
NEIGHBOURS = 3
CHECKS = 48
"""Leaves that the kd-trees visit for a descriptor."""
VERIFIED = 10
RATIO = 0.8
REPROJECTION_PX = 4.0
MIN_MATCHES = 4
_TREES = {"algorithm": 1, "trees": 4}
_FLANN_SEED = 7


class SiftCascade:
    """RootSIFT, one kd-tree index of all descriptors, votes, then a homography by RANSAC.

    The ten pictures with most votes are verified; the score is the number of inliers. Arandjelović
    and Zisserman, 2012 (RootSIFT); Lowe, 2004 (ratio of the two nearest).
    """

    name = "sift"

    def prepare(self, archive: Sequence[tuple[Source, Path]], work: Path) -> None:
        """Extract every archive picture's features, kept under `work`, and build the index."""
        self._sift = cv2.SIFT_create(nfeatures=SIFT_FEATURES)
        self._names = [source.name for source, _ in archive]
        folder = work / "sift"
        folder.mkdir(parents=True, exist_ok=True)
        self._features = [self._kept(path, folder) for _, path in archive]
        self._owner = np.concatenate(
            [np.full(len(points), i) for i, (points, _) in enumerate(self._features)]
        )
        cv2.setRNGSeed(_FLANN_SEED)
        self._index = cv2.flann.Index(
            np.concatenate([found.astype(float32) for _, found in self._features]), _TREES
        )

    def search(self, query: Path) -> list[Answer]:
        """Name the pictures that a homography of the query agrees with, by number of inliers."""
        points, found = self._extract(decode_in_full(query))
        if len(points) < MIN_MATCHES:
            return []
        asked = found.astype(float32)
        near, distance = self._index.knnSearch(asked, NEIGHBOURS, params={"checks": CHECKS})
        # A vote counts more the nearer the descriptor is, as against the farthest of the near.
        weight = 1 - np.sqrt(distance / np.maximum(distance[:, -1:], 1e-6))
        votes = np.bincount(self._owner[near].ravel(), weight.ravel(), len(self._names))
        answers = []
        for candidate in np.argsort(-votes, kind="stable")[:VERIFIED]:
            inliers = self._inliers(points, asked, int(candidate)) if votes[candidate] else 0
            if inliers:
                answers.append(Answer(self._names[candidate], float(inliers)))
        return answers

    def _inliers(self, points: NDArray[float32], asked: NDArray[float32], candidate: int) -> int:
        known_points, known = self._features[candidate]
        if len(known_points) < MIN_MATCHES:
            return 0
        pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(asked, known.astype(float32), k=2)
        good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < RATIO * p[1].distance]
        if len(good) < MIN_MATCHES:
            return 0
        here = np.array([points[m.queryIdx] for m in good])
        there = np.array([known_points[m.trainIdx] for m in good])
        _, inside = cv2.findHomography(here, there, cv2.USAC_MAGSAC, REPROJECTION_PX, maxIters=2000)
        if inside is None:
            return 0
        # Many points that all go to one place are no agreement: count places, not pairs.
        kept = inside.ravel().astype(bool)
        return min(len(np.unique(here[kept].round(), axis=0)),
                   len(np.unique(there[kept].round(), axis=0)))  # fmt: skip

    def _kept(self, path: Path, folder: Path) -> tuple[NDArray[float32], NDArray[uint8]]:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
        file = folder / f"{digest}-{SIFT_SIDE_PX}-{SIFT_FEATURES}.npz"
        if file.exists():
            with np.load(file) as kept:
                return kept["points"], kept["found"]
        points, found = self._extract(decode_in_full(path))
        draft = file.with_suffix(".part.npz")
        np.savez(draft, points=points, found=found)
        draft.rename(file)
        return points, found

    def _extract(self, pixels: Pixels) -> tuple[NDArray[float32], NDArray[uint8]]:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        scale = SIFT_SIDE_PX / max(grey.shape)
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        keypoints, found = self._sift.detectAndCompute(grey, None)
        if found is None or not keypoints:
            return np.zeros((0, 2), float32), np.zeros((0, 128), uint8)
        root = np.sqrt(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-6))
        points = np.array([each.pt for each in keypoints], float32)
        return points, (root * 255).round().clip(0, 255).astype(uint8)
