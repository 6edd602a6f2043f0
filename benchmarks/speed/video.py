"""What a clip costs: decoding it once with all that is left for later steps, against decoding it.

Usage: python benchmarks/speed/video.py [--rounds N] [--clips FILE...]

The floor is a full decode of pictures and sound by PyAV with one thread, with nothing done with
what is decoded. PySceneDetect is measured too when it is installed.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

# One thread each, before the libraries read it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import av
import cv2
import numpy as np
from skimage import data

from forensics.ingest import video_plan
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.video import Video, decode_video
from forensics.ingest.video_proxy import PROXY_SIDE_PX
from forensics.ingest.video_turn import Scaler

RESULTS = Path(__file__).resolve().parents[1] / "results/video.json"
SECONDS, RATE, SOUND_RATE = 9, 30, 44_100
SHOTS = ("coffee", "astronaut", "rocket")
SIZES = {"1920 x 1080": (1920, 1080), "1280 x 720": (1280, 720), "640 x 360": (640, 360)}
GRAIN_LEVELS = 4.0
SHAKE_PX = 3.0
GOALS = {"keyframes only": 0.10, "this package": 1.1}
SMALL_GOAL, SMALL_PX = 1.3, 1280 * 720

Chain = Callable[[Path], object]


def main() -> int:
    """Measure and print; the exit status says whether the goals were reached."""
    parser = argparse.ArgumentParser(description="Measure what a clip costs.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clips", type=Path, nargs="*", default=[], help="measure these instead")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    chains: dict[str, Chain] = {
        "floor": _floor,
        "pictures alone": _pictures,
        "small grey copies alone": _scaled,
        "keyframes and sound alone": _keyframes_alone,
        "keyframes only": _keyframes,
        "this package": _ours,
    }
    peer, reason = _peer()
    if peer is not None:
        chains["PySceneDetect, content"] = peer
    results: dict[str, object] = {}
    is_reached = True
    print("| clip | Mbit/s | chain | ms a frame | of the floor | goal |\n|---|--:|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for path in arguments.clips or [_make(Path(folder), name) for name in SIZES]:
            times = _measure(chains, path, arguments.rounds)
            is_reached &= _print(path, times, results)
    print(f"\nPySceneDetect: {reason}" if reason else "")
    if not arguments.clips:
        made = {"unit": "CPU seconds a clip, one thread", "clips": results, "skipped": reason}
        RESULTS.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return 0 if is_reached else 1


def _make(folder: Path, name: str) -> Path:
    """Encode three shots of photographs, seen by a shaking and drifting camera, with grain."""
    width, height = SIZES[name]
    path = folder / f"{width}x{height}.mp4"
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as output:
        pictures = output.add_stream("libx264", rate=RATE, options={"crf": "23", "threads": "2"})
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        sound = output.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        output.start_encoding()
        for number, pixels in enumerate(_scene(width, height, rng)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            output.mux(pictures.encode(frame))
        output.mux(pictures.encode(None))
        noise = (rng.normal(0, 1500, (2, SECONDS * SOUND_RATE))).astype(np.int16)
        heard = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(noise.T.reshape(1, -1)), format="s16", layout="stereo"
        )
        heard.sample_rate, heard.pts, heard.time_base = SOUND_RATE, 0, Fraction(1, SOUND_RATE)
        output.mux(sound.encode(heard))
        output.mux(sound.encode(None))
    return path


def _scene(width: int, height: int, rng: np.random.Generator):
    grain = rng.normal(0, GRAIN_LEVELS, (height, width, 1)).astype(np.float32)
    for name in SHOTS:
        photo = getattr(data, name)()
        scale = 1.35 * max(width / photo.shape[1], height / photo.shape[0])
        large = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        room = np.array([large.shape[1] - width, large.shape[0] - height])
        frames = SECONDS * RATE // len(SHOTS)
        shake = np.cumsum(rng.normal(0, SHAKE_PX * width / 1920, (frames, 2)), axis=0)
        for number in range(frames):
            drift = room * (0.3 + 0.4 * number / frames)
            x, y = np.clip(drift + shake[number], 0, room)
            turn = np.array([[1, 0, -x], [0, 1, -y]], dtype=np.float64)
            seen = cv2.warpAffine(large, turn, (width, height))
            moved = np.roll(grain, rng.integers(0, (height, width)), axis=(0, 1))
            yield np.clip(seen + moved, 0, 255).astype(np.uint8)


def _streams(container: av.container.InputContainer, *, sound: bool) -> list[av.stream.Stream]:
    chosen = [container.streams.video[0], *(container.streams.audio[:1] if sound else ())]
    for stream in chosen:
        stream.codec_context.thread_count = 1
    return chosen


def _floor(path: Path, *, sound: bool = True) -> object:
    with path.open("rb") as file, av.open(file) as container:
        return sum(
            len(packet.decode()) for packet in container.demux(_streams(container, sound=sound))
        )


def _pictures(path: Path) -> object:
    return _floor(path, sound=False)


def _scaled(path: Path) -> None:
    """Decode, and do nothing but shrink every picture: what no way of looking at them can save."""
    scaler = Scaler(PROXY_SIDE_PX, "gray")
    with path.open("rb") as file, av.open(file) as container:
        for packet in container.demux(_streams(container, sound=True)):
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    scaler.scale(frame)


def _keyframes_alone(path: Path) -> int:
    """Read all packets, decode keyframes and sound, and do nothing with them."""
    with path.open("rb") as file, av.open(file) as container:
        pictures, *_ = streams = _streams(container, sound=True)
        wanted = (
            packet
            for packet in container.demux(streams)
            if packet.is_keyframe or packet.stream is not pictures
        )
        return sum(len(packet.decode()) for packet in wanted)


def _ours(path: Path) -> Video:
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
        file.seek(0)
        if kind is None:
            raise ValueError(f"{path} is no clip")
        return decode_video(file, kind)


def _keyframes(path: Path) -> Video:
    """Do what is done with clips that are too long: read the packets, decode keyframes."""
    limit, video_plan.MAX_WORK_PX = video_plan.MAX_WORK_PX, 0
    try:
        return _ours(path)
    finally:
        video_plan.MAX_WORK_PX = limit


def _peer() -> tuple[Chain | None, str]:
    try:
        from scenedetect import ContentDetector, detect
    except ImportError as error:
        return None, f"not measured ({error})"
    return lambda path: detect(str(path), ContentDetector()), ""


def _measure(chains: dict[str, Chain], path: Path, rounds: int) -> dict[str, list[float]]:
    """Time chains in alternating rounds, in CPU seconds, after one round of warm-up."""
    times: dict[str, list[float]] = {name: [] for name in chains}
    for round_number in range(rounds + 1):
        for name, chain in chains.items():
            start = time.process_time()
            chain(path)
            if round_number:
                times[name].append(time.process_time() - start)
    return times


def _print(path: Path, times: dict[str, list[float]], results: dict[str, object]) -> bool:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = stream.frames or 1
        small = stream.width * stream.height < SMALL_PX
        seconds = float((stream.duration or 1) * (stream.time_base or 1))
    floor, rate = min(times["floor"]), path.stat().st_size * 8 / seconds / 1e6
    is_reached, measured = True, {}
    for name, each in times.items():
        goal = SMALL_GOAL if small and name == "this package" else GOALS.get(name)
        ratio = min(each) / floor
        is_reached &= goal is None or ratio <= goal
        print(
            f"| {path.stem} | {rate:.1f} | {name} | {min(each) / frames * 1e3:.2f} | {ratio:.2f} "
            f"| {goal or ''} |"
        )
        measured[name] = _summary(each, ratio)
    results[path.stem] = {"frames": frames, "mbit_s": round(rate, 2), "chains": measured}
    return is_reached


def _summary(seconds: Sequence[float], ratio: float) -> dict[str, float]:
    return {
        "min": round(min(seconds), 4),
        "median": round(statistics.median(seconds), 4),
        "max": round(max(seconds), 4),
        "rounds": len(seconds),
        "of_floor": round(ratio, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
