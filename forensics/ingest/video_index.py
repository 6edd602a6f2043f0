"""What the index of a clip promises, where it lists every packet: then none has to be read."""

from collections.abc import Callable

from av.container import InputContainer
from av.video.stream import VideoStream

INDEXED = ("mp4", "mov")
"""Their index is read when they are opened, and lists every packet of a file without fragments."""


def read_index(
    container: InputContainer, stream: VideoStream, on_progress: Callable[[float], None]
) -> tuple[int, list[float]] | None:
    """Count the packets that are there, and give the times of keyframes.

    An index knows when packets are decoded. They are presented later, keyframes by what the first
    packet is.

    Parameters
    ----------
    container : InputContainer
        One of the kinds `INDEXED`, opened.
    stream : VideoStream
        Its pictures.
    on_progress : callable
        Called at every entry.

    Returns
    -------
    (int, list of float) or None
        Packets that lie within the file, and the times of keyframes in order, the last one that of
        the end. None where the index may not be all: of fragments, or with an edit list that
        leaves packets out.
    """
    entries, base = stream.index_entries, stream.time_base
    if not stream.frames or len(entries) != stream.frames or not base:
        return None
    packets, until, step = 0, None, 0
    keyframes = set()
    for entry in entries:
        on_progress(0.0)
        if entry.is_discard:
            return None
        if entry.size <= 0 or entry.pos < 0 or entry.pos + entry.size > container.size:
            continue
        packets += 1
        when = entry.timestamp
        step = when - until if until is not None else step
        until = when
        if entry.is_keyframe:
            keyframes.add(when)
    if until is None or stream.start_time is None:
        return None
    later = stream.start_time - entries[0].timestamp
    moments = sorted(keyframes | {until + step})
    return packets, [float((when + later) * base) for when in moments]
