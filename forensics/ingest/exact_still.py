"""Decode a still, or chosen pictures of an animation, at full size and the right way up."""

from collections.abc import Collection, Iterator
from itertools import accumulate

import numpy as np
from PIL import Image

from forensics.ingest.guard import REFETCH, captured_stderr, guarded
from forensics.ingest.pages import MAX_PLAYED_PIXELS, shown_s
from forensics.ingest.pixels import exif_orientation, plain_rgb, turn
from forensics.ingest.source import size_problem
from forensics.ingest.stills import open_image
from forensics.ingest.timeline import MOMENT_DIGITS, ExactFrame, Timeline
from forensics.model.errors import UnreadableMedia
from forensics.model.item import SniffedType
from forensics.model.outcome import Problem

_GREY_AXES = 2


class ExactStill:
    """A still or an animation whose pictures can be decoded one by one.

    Parameters
    ----------
    data : bytes
        The whole file.
    kind : SniffedType
        What `sniff` says it is.

    Attributes
    ----------
    timeline : Timeline or None
        When the pictures of an animation are presented; None for a still.
    degraded : str or None
        Always None: what is not whole is refused.

    Raises
    ------
    UnreadableMedia
        When it cannot be decoded whole.
    """

    degraded: str | None = None

    def __init__(self, data: bytes, kind: SniffedType) -> None:
        self._data = data
        self._kind = kind
        with captured_stderr():
            delays_s = self._delays_s()
        self.timeline: Timeline | None = None
        if len(delays_s) > 1:
            ends_s = list(accumulate(delays_s))
            moments_s = np.round(np.array([0.0, *ends_s[:-1]]), MOMENT_DIGITS)
            self.timeline = Timeline(moments_s, round(ends_s[-1], MOMENT_DIGITS))

    def decode(self, positions: Collection[int]) -> Iterator[tuple[int, ExactFrame]]:
        """Decode pictures in order.

        Parameters
        ----------
        positions : collection of int
            Which, as positions in `timeline`; 0 for a still.

        Yields
        ------
        (int, ExactFrame)
            A position and its picture.

        Raises
        ------
        UnreadableMedia
            When a picture is broken.
        """
        with self._opened() as image:
            # A picture of an animation builds on the ones before it, and Pillow plays those.
            first = 0 if self.timeline is not None else image.tell()
            for position in sorted(positions):
                shown = self._shown(image, first + position, position)
                yield position, shown

    def _opened(self) -> Image.Image:
        return open_image(self._data, self._kind)

    def _delays_s(self) -> list[float]:
        with self._opened() as image:
            if self._kind.kind != "animation":
                return [0.0]
            counted = guarded(lambda: int(getattr(image, "n_frames", 1)), doing="counting")
            if isinstance(counted, Problem):
                raise _broken(counted)
            count = max(counted, 1)
            if count * image.width * image.height > MAX_PLAYED_PIXELS:
                raise UnreadableMedia(
                    f"an animation of {count:,} pictures of {image.width} x {image.height} pixels "
                    "is too long to be played",
                    advice="Convert it to a video and export the frames of that.",
                )
            return [_delay_s(image, number) for number in range(count)]

    def _shown(self, image: Image.Image, number: int, position: int) -> ExactFrame:
        def decode() -> ExactFrame:
            image.seek(number)
            too_large = size_problem(*image.size)
            if too_large is not None:
                raise UnreadableMedia(too_large.error, advice=too_large.advice)
            image.load()
            pixels = turn(plain_rgb(image), exif_orientation(image))
            if pixels.ndim == _GREY_AXES:
                pixels = np.repeat(pixels[:, :, None], 3, axis=2)
            moment_s = None if self.timeline is None else self.timeline.moments_s[position]
            return ExactFrame(
                None if moment_s is None else float(moment_s), np.ascontiguousarray(pixels)
            )

        with captured_stderr():
            shown = guarded(decode, doing=f"decoding picture {number + 1}")
        if isinstance(shown, Problem):
            raise _broken(shown)
        return shown


def _delay_s(image: Image.Image, number: int) -> float:
    def read() -> float:
        image.seek(number)
        image.load()  # WebP and AVIF know the delay only then
        return shown_s(image, number)

    delay_s = guarded(read, doing=f"playing picture {number + 1}")
    if isinstance(delay_s, Problem):
        raise _broken(delay_s)
    return delay_s


def _broken(problem: Problem) -> UnreadableMedia:
    return UnreadableMedia(
        f"only whole pictures are exported, and this one breaks off ({problem.error})",
        advice=problem.advice or REFETCH,
    )
