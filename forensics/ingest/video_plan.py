"""Which packets of a video are decoded: all of them, as long as the work is bounded."""

from bisect import bisect_right
from dataclasses import dataclass, field

MAX_WORK_PX = 10 * 60 * 30 * 1920 * 1080
"""Pixels that are decoded in full at most: ten minutes of 1080p at 30 frames a second."""

MIN_FRAME_PX = 640 * 360
"""A smaller frame counts as this: handling it costs as much as decoding it."""

LONG_GAP_S = 20.0
"""Keyframes further apart than this have frames between them decoded, as the work allows."""

FILL_EVERY_S = 10.0
"""How far apart those frames are."""


@dataclass
class Plan:
    """What is decoded, and in which words that is told.

    Parameters
    ----------
    frame_px : int
        Pixels of a frame, by the header.
    keyframes_s : list of float or None
        Times of all keyframes when only those are decoded; None when every frame is.
    work_px : int
        Pixels decoded so far.
    dense_until_s : float or None
        Where decoding every frame was given up.
    looked_s : list of float
        Times of the frames that were looked at when not every one was.
    """

    frame_px: int
    keyframes_s: list[float] | None = None
    work_px: int = 0
    dense_until_s: float | None = None
    looked_s: list[float] = field(default_factory=list)
    _is_filling: bool = field(init=False, default=False)
    _has_filled: bool = field(init=False, default=False)

    @property
    def is_dense(self) -> bool:
        """Whether every frame is decoded at this point."""
        return self.keyframes_s is None and self.dense_until_s is None

    @property
    def is_spent(self) -> bool:
        """Whether as much was decoded as may be."""
        return self.work_px > MAX_WORK_PX

    def count_work(self, frames: int) -> None:
        """Count decoded frames.

        Parameters
        ----------
        frames : int
            How many.
        """
        self.work_px += frames * max(self.frame_px, MIN_FRAME_PX)

    def wants_packet(self, when_s: float | None, *, keyframe: bool, reached_s: float) -> bool:
        """Say whether a packet is decoded.

        Parameters
        ----------
        when_s : float or None
            Its time on the container's clock.
        keyframe : bool
            Whether it is coded on its own.
        reached_s : float
            Seconds of play that have passed.

        Returns
        -------
        bool
            Always, while the work lasts. After that keyframes; and what follows a keyframe that
            has no other near it, when the clip was known to be long from the start.
        """
        if self.is_dense:
            if not self.is_spent:
                return True
            self.dense_until_s = reached_s
        if keyframe:
            self._is_filling = not self.is_spent and self._next_is_far(when_s)
            self._has_filled = self._has_filled or self._is_filling
            return True
        return self._is_filling and not self.is_spent

    def wants_frame(self, when_s: float, *, keyframe: bool) -> bool:
        """Say whether a decoded frame is looked at.

        Parameters
        ----------
        when_s : float
            Its time.
        keyframe : bool
            Whether it is coded on its own.

        Returns
        -------
        bool
            Always, while every frame is decoded; else keyframes and a steady sample.
        """
        is_due = not self.looked_s or when_s - self.looked_s[-1] >= FILL_EVERY_S
        if not (self.is_dense or keyframe or is_due):
            return False
        if not self.is_dense:
            self.looked_s.append(when_s)
        return True

    def in_words(self, *, step: int) -> str:
        """Tell what was decoded.

        Parameters
        ----------
        step : int
            One of so many frames is in the proxy.

        Returns
        -------
        str
            For a person: ``every frame``, or which ones and why.
        """
        if self.is_dense:
            thinned = f"; the small grey copies keep one in {step}"
            return "every frame" + (thinned if step > 1 else "")
        why = "the clip is too long, or its picture too large, to decode every frame"
        between = ", and some between distant ones" if self._has_filled else ""
        gaps = sorted(b - a for a, b in zip(self.looked_s, self.looked_s[1:], strict=False))
        about = f", about every {gaps[len(gaps) // 2]:.1f} s" if gaps else ""
        sparse = f"keyframes only{between}{about}: {why}"
        if self.dense_until_s is None:
            return sparse
        return f"every frame of the first {self.dense_until_s:.0f} s, then {sparse}"

    def _next_is_far(self, when_s: float | None) -> bool:
        if self.keyframes_s is None or when_s is None:
            return False
        following = bisect_right(self.keyframes_s, when_s)
        if following == len(self.keyframes_s):
            return True
        return self.keyframes_s[following] - when_s > LONG_GAP_S


def is_too_much(*, frames: float | None, frame_px: int) -> bool:
    """Say whether decoding every frame of a clip would be too much work.

    Parameters
    ----------
    frames : float or None
        How many the header declares; None when it does not.
    frame_px : int
        Pixels of each.

    Returns
    -------
    bool
        False when it is not known: then the work is bounded while it is done.
    """
    return frames is not None and frames * max(frame_px, MIN_FRAME_PX) > MAX_WORK_PX
