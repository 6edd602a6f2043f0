"""Which decoded frames of a video are kept in colour, for hashing and thumbnails."""

from dataclasses import dataclass, field

from forensics.ingest.frame import Frame

SAMPLE_EVERY_S = 1.0
"""Steady sampling of what is decoded, beside the keyframes."""

KEYFRAME_GAP_S = 0.25
"""Keyframes closer than this to the last kept frame add nothing: all-intra video has only such."""

MAX_KEPT_FRAMES = 240
"""Frames kept at most; beyond, every second is dropped and the gap doubled."""

MAX_KEPT_BYTES = 128 << 20
"""The same for their pixels: 194 of 640 x 360, 109 square ones."""

MAX_CUT_FRAMES = 80
"""Of those, frames beside cuts at most: the first 40 cuts' are kept."""


@dataclass
class KeptFrames:
    """The frames that are kept: keyframes, a steady sample, and those beside cuts.

    Parameters
    ----------
    every_s : float
        Current distance of the steady sample.
    """

    every_s: float = SAMPLE_EVERY_S
    _sampled: dict[int, Frame] = field(init=False, default_factory=dict)
    _beside_cuts: dict[int, Frame] = field(init=False, default_factory=dict)
    _last_s: float = field(init=False, default=0.0)

    def __len__(self) -> int:
        return len(self._sampled.keys() | self._beside_cuts.keys())

    def wants(self, moment_s: float, *, keyframe: bool) -> bool:
        """Say whether a frame at this moment would be kept.

        Parameters
        ----------
        moment_s : float
            Seconds after the first frame.
        keyframe : bool
            Whether it is coded on its own.

        Returns
        -------
        bool
            True for the first one, the first of each interval, and keyframes apart from others.
        """
        if not self._sampled:
            return True
        if int(moment_s / self.every_s) > int(self._last_s / self.every_s):
            return True
        gap_s = KEYFRAME_GAP_S * self.every_s / SAMPLE_EVERY_S
        return keyframe and moment_s - self._last_s >= gap_s

    def keep(self, number: int, frame: Frame) -> None:
        """Take a frame in, and thin what is kept when it grew too much.

        Parameters
        ----------
        number : int
            How many frames were decoded before it.
        frame : Frame
            The frame.
        """
        self._sampled[number] = frame
        self._last_s = frame.moment_s or 0.0
        self._thin()

    def keep_beside_cut(self, number: int, frame: Frame) -> None:
        """Take the last frame of a shot in, or the first of the next one.

        Parameters
        ----------
        number : int
            How many frames were decoded before it.
        frame : Frame
            The frame.
        """
        if len(self._beside_cuts) < MAX_CUT_FRAMES:
            self._beside_cuts[number] = frame
            self._thin()

    def in_order(self, *, start_s: float) -> tuple[Frame, ...]:
        """Give what was kept in order of time.

        Parameters
        ----------
        start_s : float
            Where moments count from: the earliest frame's. Zero unless the clock runs backwards.

        Returns
        -------
        tuple of Frame
            Broken clocks may run backwards; the order is right all the same. Frames of one time
            come as they were decoded.
        """
        kept = {**self._beside_cuts, **self._sampled}
        ordered = sorted(
            (kept[number] for number in sorted(kept)), key=lambda frame: frame.moment_s or 0.0
        )
        return tuple(
            Frame(round((each.moment_s or 0.0) - start_s, 6), each.pixels, each.keyframe)
            for each in ordered
        )

    def _thin(self) -> None:
        while len(self) > MAX_KEPT_FRAMES or self._bytes() > MAX_KEPT_BYTES:
            if len(self._sampled) < 2:  # noqa: PLR2004 - nothing is left to be dropped
                return
            self._sampled = dict(list(self._sampled.items())[::2])
            self.every_s *= 2

    def _bytes(self) -> int:
        return sum(each.pixels.nbytes for each in {**self._beside_cuts, **self._sampled}.values())
