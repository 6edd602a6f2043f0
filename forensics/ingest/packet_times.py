"""The table of a clip's packets: when each is presented, and where decoding may begin."""

from array import array
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from av.packet import Packet
from numpy import bool_, float64, int64
from numpy.typing import NDArray

from forensics.ingest.timeline import MOMENT_DIGITS, Timeline
from forensics.model.errors import UnreadableMedia

MAX_PACKETS = 20_000_000
"""Four days at 60 frames a second; the table takes 200 MB then."""

_KEY, _HIDDEN = 1, 2
_MAX_KEYFRAMES_BACK = 16


class PacketTimes:
    """Presentation times of the packets of one stream, in the order they are stored in."""

    def __init__(self) -> None:
        self._pts = array("q")
        self._marks = bytearray()
        self._time_base = Fraction(0)
        self._is_timed = True
        self._last = (0, 0)
        self._order: NDArray[int64] = np.empty(0, int64)

    def add(self, packet: "Packet[Any]") -> None:
        """Take in the next packet.

        Parameters
        ----------
        packet : Packet
            Not an empty one.

        Raises
        ------
        UnreadableMedia
            When there are more than `MAX_PACKETS`.
        """
        if len(self._pts) == MAX_PACKETS:
            raise UnreadableMedia(
                f"more than {MAX_PACKETS:,} frames",
                advice="Cut the stretch you need out of it, and keep the original beside it.",
            )
        self._is_timed &= packet.pts is not None and bool(packet.time_base)
        pts = packet.pts or 0
        self._time_base = packet.time_base or self._time_base
        self._pts.append(pts)
        # An edit list may leave packets out of the presentation; they are decoded, not shown.
        self._marks.append(_KEY * packet.is_keyframe + _HIDDEN * packet.is_discard)
        if not packet.is_discard and (pts >= self._last[0] or len(self._pts) == 1):
            self._last = (pts, packet.duration or 0)

    def timeline(self, *, start_pts: int | None) -> Timeline | None:
        """Give the moments of the presented packets.

        Parameters
        ----------
        start_pts : int or None
            Timestamp of the first frame that the decoder gives.

        Returns
        -------
        Timeline or None
            None when packets do not tell the times of frames: some have none, or two the same.
        """
        pts = np.frombuffer(self._pts, int64)
        if start_pts is None or not self._is_timed or not pts.size:
            return None
        is_shown = ~self._marked(_HIDDEN)
        shown = np.flatnonzero(is_shown & (pts >= start_pts))
        early = np.flatnonzero(is_shown & (pts < start_pts))
        keys = self._keys
        is_odd = (
            np.unique(pts[shown]).size != shown.size
            or start_pts not in pts[shown]
            # Before the first frame stand only those that cannot be decoded without an earlier one.
            or (early.size and keys[1:2].size and early.max() > keys[1])
        )
        if is_odd:
            return None
        self._order = shown[np.argsort(pts[shown], kind="stable")].astype(int64)
        ticks = (pts[self._order] - start_pts).astype(float64)
        moments_s = np.round(
            ticks * self._time_base.numerator / self._time_base.denominator, MOMENT_DIGITS
        )
        last_ticks = self._last[1] or (ticks[-1] - ticks[-2:][0])
        end_s = float(moments_s[-1]) + float(last_ticks) * float(self._time_base)
        return Timeline(moments_s, round(end_s, MOMENT_DIGITS))

    def runs(self, positions: Iterable[int]) -> tuple[dict[int, set[int]], dict[int, int]]:
        """Say where decoding must begin for some frames.

        Parameters
        ----------
        positions : iterable of int
            Positions in the timeline.

        Returns
        -------
        starts : dict of int to set of int
            Numbers of the packets to begin at, each with the timestamps wanted from there.
        positions : dict of int to int
            Position of each wanted timestamp.
        """
        keys = self._keys
        starts: dict[int, set[int]] = {}
        position_of: dict[int, int] = {}
        for position in positions:
            number = int(self._order[position])
            pts = self._pts[number]
            position_of[pts] = position
            before = int(np.searchsorted(keys, number, side="right"))
            # Pictures stored behind a keyframe and shown before it need the one before that.
            start = next(
                (
                    int(key)
                    for key in keys[max(before - _MAX_KEYFRAMES_BACK, 1) : before][::-1]
                    if self._pts[key] <= pts
                ),
                0,
            )
            starts.setdefault(start, set()).add(pts)
        return starts, position_of

    @property
    def _keys(self) -> NDArray[int64]:
        return np.flatnonzero(self._marked(_KEY)).astype(int64)

    def _marked(self, mark: int) -> NDArray[bool_]:
        return (np.frombuffer(self._marks, np.uint8) & mark) > 0
