"""The envelope of a clip's sound: how loud it is, a hundred times a second."""

import io
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from numpy import float32
from numpy.typing import NDArray

from forensics.model.outcome import ArtefactBytes

WINDOW_S = 0.01
"""Length of a window: sound travels 3.4 m in it, and a bang rises within one."""

MAX_SOUND_VALUES = 2 * 48_000 * 4 * 3600
"""Samples that are decoded at most: four hours of stereo at 48 kHz."""

MAX_WINDOWS = 4 * 3600 * 100
"""Windows kept at most: four hours, or less of sound that claims a very low sample rate."""

MAX_DRIFT_S = WINDOW_S / 2
"""A clock that differs by more from the count of samples starts a new run of windows."""

MAX_LEVEL = 100.0
"""Samples that claim to be louder, 1.0 being full scale, count as this; no numbers as silence."""

ENVELOPE = np.dtype([("time_s", "<f8"), ("rms", "<f4"), ("peak", "<f4")])
"""A row of the envelope: start of the window, root mean square and highest value over all channels,
1.0 being full scale."""

_FLUSH_S = 1.0  # what is worked on stays in the cache
_FULL_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9223372036854775808.0}
_UNSIGNED_ZERO = 128.0


@dataclass
class Envelope:
    """Windows of sound, filled while frames come in.

    Parameters
    ----------
    values : int
        Samples of all channels that were measured.
    windows : int
        Windows that were closed.
    is_full : bool
        Whether a limit was reached; nothing more is taken in then.
    """

    values: int = 0
    windows: int = 0
    is_full: bool = False
    _rate: int = field(init=False, default=0)
    _run_start_s: float = field(init=False, default=0.0)
    _run_samples: int = field(
        init=False, default=0
    )  # of this run, those in closed windows included
    _closed: int = field(init=False, default=0)  # windows of this run
    _waiting: AudioFifo = field(
        init=False, default_factory=AudioFifo
    )  # sound that is in no window yet
    _layout: object = field(init=False, default=None)
    _rows: list[NDArray[np.void]] = field(init=False, default_factory=list)

    def add(self, frame: AudioFrame) -> None:
        """Take decoded sound in.

        Parameters
        ----------
        frame : AudioFrame
            Of any sample format. Without a timestamp it follows the one before.
        """
        if self.is_full or not frame.samples or frame.sample_rate <= 0:
            return
        expected_s = self._run_start_s + self._run_samples / max(1, self._rate)
        when_s = expected_s if frame.time is None else frame.time
        layout = (frame.sample_rate, frame.format.name, frame.layout.nb_channels)
        if layout != self._layout or abs(when_s - expected_s) > MAX_DRIFT_S:
            self._close(everything=True)
            self._waiting, self._layout = AudioFifo(), layout
            self._rate, self._run_start_s = frame.sample_rate, when_s
            self._run_samples = self._closed = 0
        frame.pts = None  # the clock is kept here; the queue would refuse one that drifts
        self._waiting.write(frame)
        self._run_samples += frame.samples
        self.values += frame.samples * frame.layout.nb_channels
        if self._waiting.samples >= _FLUSH_S * self._rate:
            self._close(everything=False)
        self.is_full = self.values > MAX_SOUND_VALUES or self.windows > MAX_WINDOWS

    def artefacts(self, *, start_s: float | None) -> dict[str, ArtefactBytes]:
        """Make the file that is left for later steps.

        Parameters
        ----------
        start_s : float or None
            Time of the first presented picture on the container's clock; None when there are no
            pictures, and times count from the first sample.

        Returns
        -------
        dict of str to ArtefactBytes
            ``sound``: a .npy with one row of `ENVELOPE` a window. Windows without a sample are not
            there. Empty when there is no sound.
        """
        self._close(everything=True)
        if not self._rows:
            return {}
        rows = np.concatenate(self._rows)
        zero_s = float(rows["time_s"][0]) if start_s is None else start_s
        rows["time_s"] = np.round(rows["time_s"] - zero_s, 6)
        buffer = io.BytesIO()
        np.save(buffer, rows)
        return {"sound": ArtefactBytes(buffer.getvalue(), ".npy")}

    def _close(self, *, everything: bool) -> None:
        """Reduce the samples that wait to windows; the last one stays open unless `everything`."""
        waiting = self._waiting.samples
        if not waiting:
            return
        first = self._run_samples - waiting
        length = max(1.0, self._rate * WINDOW_S)
        # Windows of 110.25 samples begin at 0, 111, 221: the first sample not before their start.
        until = int(np.ceil(self._run_samples / length))
        starts = np.ceil(np.arange(self._closed, until) * length).astype(np.int64) - first
        starts = starts[starts < waiting]
        taken = waiting
        if not everything:
            starts, taken = starts[:-1], int(starts[-1])
        if not len(starts):
            return
        sound = self._waiting.read(taken, partial=True)
        levels = _levels(cast("AudioFrame", sound))
        rows = np.empty(len(starts), dtype=ENVELOPE)
        rows["time_s"] = self._run_start_s + (first + starts) / self._rate
        peaks = np.abs(levels).max(axis=0)
        if not peaks.max() <= MAX_LEVEL:  # so that it holds for NaN, too
            levels = np.nan_to_num(np.clip(levels, -MAX_LEVEL, MAX_LEVEL), nan=0.0)
            peaks = np.abs(levels).max(axis=0)
        counts = np.diff(starts, append=taken) * len(levels)
        squares = np.einsum("cn,cn->n", levels, levels)
        rows["rms"] = np.sqrt(np.add.reduceat(squares, starts) / counts)
        rows["peak"] = np.maximum.reduceat(peaks, starts)
        self._rows.append(rows)
        self._closed += len(rows)
        self.windows += len(rows)


def read_sound(data: bytes) -> NDArray[np.void]:
    """Read an envelope back.

    Parameters
    ----------
    data : bytes
        The artefact ``sound`` of ``ingest.media``.

    Returns
    -------
    (N,) array of `ENVELOPE`
        Windows in the order they were read.
    """
    rows = np.load(io.BytesIO(data), allow_pickle=False)
    return np.asarray(rows, dtype=ENVELOPE)


def _levels(frame: AudioFrame) -> NDArray[float32]:
    """Give samples as (channels, N) floats, 1.0 being full scale."""
    name = frame.format.name.removesuffix("p")
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    levels = samples.astype(float32, copy=False)
    if name in _FULL_SCALE:
        levels = (levels - (_UNSIGNED_ZERO if name == "u8" else 0.0)) / float32(_FULL_SCALE[name])
    return levels
