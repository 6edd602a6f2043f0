"""Decks looked for where there is none: real views of one place, as a scan compares them.

python benchmarks/accuracy/damage/plain_views.py     needs FORENSICS_MEDIA

Frames of fixed and moving cameras some seconds apart, photos of one place, and photographs against
themselves from a little further aside. None shows a bridge from where a deck can be compared.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
from accuracy.damage.scenes import degraded
from accuracy.damage_truth.pair import Pixels
from accuracy.media import media_root

from forensics.damage import compare_views
from forensics.damage.find import find_deck
from forensics.model.outcome import Absent

_FRAMES = 4
_LONGEST_PX = 1000


def main() -> None:
    """Print what is found, and what is said of it."""
    root = media_root()
    if root is None:
        raise SystemExit("set FORENSICS_MEDIA to the folder of real media")
    for name, pairs in (("views of one place", views(root)), ("photographs moved", moved(root))):
        print(f"{name}: {dict(sorted(Counter(said(*pair) for pair in pairs).items()))}")


def said(one: Pixels, other: Pixels) -> str:
    """Give what a scan would say of two pictures that look alike."""
    ways = ((one, other), (other, one))
    states = [compare_views(*way).damage.state for way in ways if _has_deck(way[0])]
    damaged = [each for each in states if each not in {"none", "undetermined"}]
    if damaged:
        return damaged[0]
    return "no deck" if not states else max(states)  # undetermined, unless both say none


def views(root: Path) -> Iterator[tuple[Pixels, Pixels]]:
    """Give frames of clips some seconds apart, and photos of one place."""
    clips = [*root.glob("video/*.mp4"), *root.glob("video/*.avi"), *root.glob("reuse/videos/*")]
    for path in sorted(clips):
        frames = list(_frames(path))
        yield from pairwise(frames)
    photos = sorted(root.glob("registration/same_place_berlin/*.jpg"))
    places = [photos, sorted(root.glob("registration/leuven?.jpg"))]
    for place in places:
        pictures = [_read(each) for each in place]
        yield from pairwise(pictures)


def moved(root: Path) -> Iterator[tuple[Pixels, Pixels]]:
    """Give photographs, and the same from a little further aside and saved worse."""
    every = sorted(root.glob("reuse/bsds500/**/*.jpg"))[::2]
    for seed, path in enumerate([*every, *sorted(root.glob("reuse/photos/*.jpg"))]):
        picture = _read(path)
        height, width = picture.shape[:2]
        aside = np.array([[1.01, 0.02, -0.02 * width], [-0.015, 1.0, 0.02 * height]])
        again = cv2.warpAffine(picture, aside, (width, height), borderMode=cv2.BORDER_REFLECT)
        yield picture, degraded(np.asarray(again, dtype=np.uint8), seed)


def _has_deck(picture: Pixels) -> bool:
    return not isinstance(find_deck(picture), Absent)


def _frames(path: Path) -> Iterator[Pixels]:
    clip = cv2.VideoCapture(str(path))
    count = int(clip.get(cv2.CAP_PROP_FRAME_COUNT))
    for number in range(_FRAMES):
        clip.set(cv2.CAP_PROP_POS_FRAMES, int((number + 0.5) * count / _FRAMES))
        there, frame = clip.read()
        if there:
            yield np.ascontiguousarray(frame[..., ::-1])


def _read(path: Path) -> Pixels:
    picture = cv2.imread(str(path))[..., ::-1]
    factor = min(1.0, _LONGEST_PX / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(np.ascontiguousarray(small), dtype=np.uint8)


if __name__ == "__main__":
    main()
