"""Take the decoded frames of a video in: small copies, cuts, and the frames that are kept."""

from dataclasses import dataclass, field

from av.video.frame import VideoFrame
from numpy import uint8
from numpy.typing import NDArray

from forensics.ingest.frame import Frame
from forensics.ingest.video_cuts import Cuts
from forensics.ingest.video_frames import KeptFrames
from forensics.ingest.video_proxy import PROXY_SIDE_PX, Proxy
from forensics.ingest.video_tally import Tally
from forensics.ingest.video_turn import Scaler, Turn, fitted, read_turn
from forensics.vision.views import CLIP_SIDE_PX


@dataclass
class Pictures:
    """What is made of a video's frames.

    Parameters
    ----------
    tally : Tally
        Knows the time of the first frame.
    kept : KeptFrames
        Frames in colour.
    proxy : Proxy
        All frames, small and grey.
    cuts : Cuts
        Where shots begin.
    turn : Turn
        What the last kept frame needed.
    size : (int, int) or None
        Width and height of the last kept frame, the right way up.
    """

    tally: Tally
    kept: KeptFrames = field(default_factory=KeptFrames)
    proxy: Proxy = field(default_factory=Proxy)
    cuts: Cuts = field(default_factory=Cuts)
    turn: Turn = field(default_factory=Turn)
    size: tuple[int, int] | None = None
    _colour: Scaler = field(init=False, default_factory=lambda: Scaler(CLIP_SIDE_PX, "rgb24"))
    _grey: Scaler = field(init=False, default_factory=lambda: Scaler(PROXY_SIDE_PX, "gray"))
    _shape: tuple[int, ...] | None = field(init=False, default=None)
    _last: "_Seen | None" = field(init=False, default=None)

    def take(self, frame: VideoFrame, when_s: float, *, seek_cuts: bool) -> None:
        """Take one frame in.

        Parameters
        ----------
        frame : VideoFrame
            As decoded.
        when_s : float
            Its time on the container's clock.
        seek_cuts : bool
            Whether the frame before is the one before in the clip, too.
        """
        number, keyframe = self.tally.decoded - 1, bool(frame.key_frame)
        moment_s = round(when_s - (self.tally.first_frame_s or 0.0), 6)
        seen = _Seen(number, frame, moment_s)
        if self.kept.wants(moment_s, keyframe=keyframe):
            self.turn = read_turn(frame)
            self.kept.keep(number, self._picture(seen))
        grey = self._small(frame)
        self.proxy.add(grey, when_s)
        if not seek_cuts:
            return
        suspicion = self.cuts.add(grey, when_s)
        if suspicion is not None and self._last is not None:
            suspicion.pictures = [(each.number, self._picture(each)) for each in (self._last, seen)]
        self._keep_beside(when_s)
        self._last = seen

    def finish(self) -> None:
        """Settle what waits for more frames, when there are none."""
        self._keep_beside(None)
        self._last = None

    def _keep_beside(self, when_s: float | None) -> None:
        for cut in self.cuts.settle(when_s=when_s):
            for number, frame in cut.pictures or ():
                self.kept.keep_beside_cut(number, frame)

    def _picture(self, seen: "_Seen") -> Frame:
        frame = seen.frame
        is_turned = self.turn.rotation_deg % 180 != 0
        self.size = (frame.height, frame.width) if is_turned else (frame.width, frame.height)
        if seen.picture is None:  # a cut is often at a keyframe, which is kept anyway
            pixels = self.turn.apply(self._colour.scale(frame)).copy()
            seen.picture = Frame(seen.moment_s, pixels, bool(frame.key_frame))
        return seen.picture

    def _small(self, frame: VideoFrame) -> NDArray[uint8]:
        grey = self.turn.apply(self._grey.scale(frame))
        self._shape = self._shape or grey.shape
        return fitted(grey, self._shape)


@dataclass(eq=False)
class _Seen:
    """A decoded frame; its picture in colour, once one was wanted."""

    number: int
    frame: VideoFrame
    moment_s: float
    picture: Frame | None = None
