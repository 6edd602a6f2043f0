"""Decode a JPEG and see whether its coded data end before the picture does, or after.

libjpeg fills what is missing with grey and goes on; its warning is lost on the way. Here it is fed
in stretches. Instead of the marker that ends a scan it is first given a few bytes that mean
nothing: when the scan was whole it is done, or skips them while it looks for a marker; when it was
not, it waits for more. That costs no second decoding and no second look at the data.
"""

import re
from dataclasses import dataclass, field

from PIL import Image, ImageFile

from forensics.ingest.jpeg_scans import lacks_detail, wrong_restart
from forensics.ingest.jpeg_structure import EOI, SOF, Coded, JpegStructure, read_structure

CODEC = "jpeg_watched"

_FORMATS = ("JPEG", "MPO")
_SEQUENTIAL, _PROGRESSIVE = (0xC0, 0xC1), 0xC2
_END = bytes((0xFF, EOI))
# Eight bytes of ones: libjpeg reads up to eight ahead, and a code of ones alone is none
# (ITU-T T.81, C.2), so that at most four blocks are made of them.
_FILLING = b"\xff\x00" * 8
_PROBE = b"\0"
_LEFT_OVER_BYTES = 64
"""Coded data that are never read: more than any encoder's padding."""

_HOLE = re.compile(rb"\0{512,}")
"""Bytes that a sector of a disk or a part of a download leaves when it is lost."""

_MPF = b"MPF\0"
_APP2 = 0xE2


_UNKNOWN = JpegStructure((), (), None)


@dataclass(eq=False)
class Watch:
    """What was seen while one picture was decoded.

    Parameters
    ----------
    data : bytes
        The file.
    start : int
        Where the picture begins.
    end : int
        Where its coded data end; what a cut picture is made of ends here too.
    is_short : bool
        Whether coded data are missing at the end of a scan.
    is_left_over : bool
        Whether coded data were left when the picture was full.
    is_coarse : bool
        Whether scans are missing that would give the finer detail.
    hole : int or None
        Where a long stretch of zeros begins in coded data that are short or left over.
    wrong_restart : float or None
        How far into the picture, 0 to 1, the first restart marker is missing or out of order.
    scans : int
        Scans that were begun.
    structure : JpegStructure
        Where the parts of the picture stand, as far as they were looked for.
    is_searched : bool
        Whether the coded data were searched for markers.
    """

    data: bytes
    start: int
    end: int
    is_short: bool = False
    is_left_over: bool = False
    is_coarse: bool = False
    hole: int | None = None
    wrong_restart: float | None = None
    scans: int = 1
    structure: JpegStructure = field(default=_UNKNOWN, repr=False)
    is_searched: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong.

        Returns
        -------
        bool
            True when every scan ended where the picture did.
        """
        odd = (self.is_short, self.is_left_over, self.is_coarse, self.wrong_restart is not None)
        return not any(odd)


def watch(image: Image.Image, data: bytes) -> Watch | None:
    """Make a picture be watched while it is loaded.

    Parameters
    ----------
    image : PIL.Image.Image
        Opened, drafted and not yet loaded.
    data : bytes
        The file it was opened from.

    Returns
    -------
    Watch or None
        Filled while the picture is loaded; None when it is none that can be watched.

    Notes
    -----
    Limits: bytes that were changed inside the coded data are only seen when they move the end of
    the picture, which most do; between two restart markers none are seen.
    """
    tiles = getattr(image, "tile", [])
    if image.format not in _FORMATS or len(tiles) != 1 or tiles[0].codec_name != "jpeg":
        return None
    start = int(tiles[0].offset)
    head = read_structure(data, start=start, head_only=True)
    kind = next((each.marker for each in head.segments if each.marker in SOF), 0)
    if kind not in (*_SEQUENTIAL, _PROGRESSIVE):
        return None  # arithmetic coding cannot wait for more
    seen = Watch(data, start, len(data) - len(_END))
    if _is_plain(data, head, kind):
        # One scan that ends with the file: there is nothing to be searched for.
        scan = Coded(head.scans[0].header, seen.end)
        seen.structure = JpegStructure(head.segments, (scan,), seen.end)
    else:
        _look_through(seen)
    args = tiles[0].args if isinstance(tiles[0].args, tuple) else (tiles[0].args,)
    image.tile = [tiles[0]._replace(codec_name=CODEC, args=(seen, *args))]  # type: ignore[attr-defined]  # of an ImageFile
    return seen


def _is_plain(data: bytes, head: JpegStructure, kind: int) -> bool:
    """Say whether the picture is one scan and, as far as its head tells, the last in the file."""
    if kind == _PROGRESSIVE or not head.scans or not data.endswith(_END):
        return False
    frame = next(each for each in head.segments if each.marker in SOF)
    components = data[frame.start + 5 : frame.start + 6]
    in_scan = data[head.scans[0].header.start : head.scans[0].header.start + 1]
    has_more = any(
        each.marker == _APP2 and data.startswith(_MPF, each.start) for each in head.segments
    )
    return components == in_scan and not has_more


def _look_through(seen: Watch) -> None:
    seen.is_searched = True
    seen.structure = structure = read_structure(seen.data, start=seen.start)
    seen.end = len(seen.data) if structure.end is None else structure.end
    seen.scans = len(structure.scans)


class _Watched(ImageFile.PyDecoder):
    """Pillow's own JPEG decoder, fed by us."""

    _pulls_fd = True  # it has the data already

    def decode(self, _: object) -> tuple[int, int]:
        seen, *args = self.args
        while True:
            # As Pillow makes it; there is no public way to a decoder that is built in.
            decoder = Image._getdecoder(self.mode, "jpeg", tuple(args))
            decoder.setimage(self.im, self.state.extents())
            try:
                fed = _Feed(decoder, seen)
                result = fed.scan() if seen.scans <= 1 else fed.scans()
            finally:
                decoder.cleanup()
            if not seen.is_left_over or seen.is_searched:
                _judge(seen)
                return result
            # Full before the end of the file: perhaps because another picture follows.
            seen.is_left_over = False
            _look_through(seen)


Image.register_decoder(CODEC, _Watched)


class _Feed:
    """Feeds one picture to one decoder."""

    def __init__(self, decoder: object, seen: Watch) -> None:
        self.decoder = decoder
        self.seen = seen
        self.view = memoryview(seen.data)
        self.at = seen.start
        self.error = 0

    def give(self, stop: int, more: bytes = b"") -> int | None:
        """Give the data up to a place, and more; say how many were not taken, None at the end."""
        rest = self.view[self.at : stop]
        block = bytes(rest) + more if more else rest
        taken, self.error = self.decoder.decode(block)  # type: ignore[attr-defined]  # Pillow's
        if taken < 0:
            return None
        self.at = min(self.at + taken, stop)
        return len(block) - int(taken)

    def scan(self) -> tuple[int, int]:
        """Decode a picture of one scan."""
        seen = self.seen
        if self.give(max(seen.end - _LEFT_OVER_BYTES, seen.start)) is None:
            seen.is_left_over = not self.error
            return -1, self.error
        if self.give(seen.end, _FILLING) is None:
            return -1, self.error
        seen.is_short = True
        return self.finish(seen.end)

    def scans(self) -> tuple[int, int]:
        """Decode a picture of several scans."""
        seen = self.seen
        for scan in seen.structure.scans:
            begin = max(scan.header.end, scan.end - _LEFT_OVER_BYTES)
            # Only one who looks for a marker takes a single byte; bits are read by the eight.
            early = [self.give(begin), self.give(min(begin + 1, scan.end))]
            late = [self.give(scan.end, _FILLING), self.give(scan.end, _PROBE)]
            if None in (*early, *late):
                return -1, self.error
            is_long = scan.end - scan.header.end > _LEFT_OVER_BYTES
            seen.is_left_over |= is_long and early == [0, 0]
            seen.is_short |= late[1] != 0
            self.at = scan.end
        return self.finish(seen.end)

    def finish(self, stop: int) -> tuple[int, int]:
        """Let the decoder fill up what is missing."""
        if self.give(stop, _END) is None:
            return -1, self.error
        raise OSError("image file is truncated")


def _judge(seen: Watch) -> None:
    """See what more can be said of a picture that was decoded."""
    seen.is_coarse = lacks_detail(seen.data, seen.structure)
    seen.wrong_restart = wrong_restart(seen.data, seen.structure)
    if seen.is_left_over:
        rest = seen.data[seen.end - _LEFT_OVER_BYTES : seen.end]
        seen.is_left_over = rest.count(rest[:1]) < len(rest)
    if seen.is_left_over or seen.is_short:
        found = _HOLE.search(seen.data, seen.start, seen.end)
        seen.hole = found.start() if found else None
