"""The envelope of the sound is on the clock of the pictures."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from forensics.ingest import video_sound
from forensics.ingest.media import Media, open_media
from forensics.ingest.video_sound import Envelope, read_sound
from forensics.model.findings import VideoFacts

Clip = Callable[..., Path]
RATE = 8000


def _bang(seconds: float, at_s: float, *, level: float = 0.5) -> np.ndarray:
    """Silence with 50 ms of a 1 kHz tone in it."""
    times = np.arange(int(seconds * RATE)) / RATE
    during = (times >= at_s) & (times < at_s + 0.05)
    return np.where(during, level * np.sin(2 * np.pi * 1000 * times), 0.0)


def _frame(samples: np.ndarray, sample_format: str, *, start_s: float | None) -> av.AudioFrame:
    scale = {"u8": 127, "s16": 32767, "s32": 2**31 - 1, "flt": 1, "dbl": 1}
    name = sample_format.removesuffix("p")
    kind = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
    values = (samples * scale[name] + (128 if name == "u8" else 0)).astype(kind[name])
    both = np.stack([values, values])
    if not sample_format.endswith("p"):
        both = both.T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(both), format=sample_format, layout="stereo"
    )
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    frame.pts = None if start_s is None else round(start_s * RATE)
    return frame


def _clip(path: Path, samples: np.ndarray, *, pictures_from_s: float, sound_from_s: float) -> Path:
    with av.open(str(path), "w") as output:
        pictures = output.add_stream("ffv1", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "gray"
        pictures.codec_context.time_base = Fraction(1, 1000)
        sound = output.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(20):
            picture = av.VideoFrame.from_ndarray(np.zeros((32, 32), np.uint8), format="gray")
            picture.pts = round((pictures_from_s + number / 10) * 1000)
            picture.time_base = Fraction(1, 1000)
            output.mux(pictures.encode(picture))
        mono = (samples * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(mono, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, round(sound_from_s * RATE)
        frame.time_base = Fraction(1, RATE)
        output.mux(sound.encode(frame))
        output.mux(pictures.encode(None))
        output.mux(sound.encode(None))
    return path


def _rows(media: Media) -> np.ndarray:
    return read_sound(media.artefacts["sound"].data)


def _rows_of(envelope: Envelope) -> np.ndarray:
    return read_sound(envelope.artefacts(start_s=0.0)["sound"].data)


def test_bang_is_where_it_is_heard(tmp_path: Path) -> None:
    path = _clip(tmp_path / "a.mkv", _bang(2.0, 1.2), pictures_from_s=0.0, sound_from_s=0.0)

    rows = _rows(open_media(path))

    loud = rows[rows["rms"] > 0.1]
    assert loud["time_s"][0] == pytest.approx(1.2, abs=0.001)
    assert len(loud) == 5
    assert loud["peak"].max() == pytest.approx(0.5, abs=0.02)
    assert loud["rms"][1] == pytest.approx(0.5 / np.sqrt(2), abs=0.01)


@pytest.mark.parametrize(("pictures_from_s", "sound_from_s"), [(0.0, 0.3), (0.5, 0.0), (1.0, 1.0)])
def test_offset_between_the_streams_is_kept(
    pictures_from_s: float, sound_from_s: float, tmp_path: Path
) -> None:
    path = _clip(
        tmp_path / "a.mkv", _bang(1.5, 1.0),
        pictures_from_s=pictures_from_s, sound_from_s=sound_from_s,
    )  # fmt: skip

    rows = _rows(open_media(path))

    heard_s = rows["time_s"][rows["rms"] > 0.1][0]
    assert heard_s == pytest.approx(1.0 + sound_from_s - pictures_from_s, abs=0.002)
    assert rows["time_s"][0] == pytest.approx(sound_from_s - pictures_from_s, abs=0.002)


def test_sound_alone_counts_from_its_first_sample(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        output.mux(stream.encode(_frame(_bang(1.0, 0.4), "s16", start_s=0.0)))
        output.mux(stream.encode(None))

    media = open_media(path)

    rows = _rows(media)
    assert rows["time_s"][0] == 0.0
    assert rows["time_s"][rows["rms"] > 0.1][0] == pytest.approx(0.4, abs=0.001)
    assert isinstance(media.facts, VideoFacts)
    assert (media.facts.sampling, media.facts.cuts_s) == (None, None)


@pytest.mark.parametrize("name", ["u8", "s16", "s16p", "s32", "flt", "fltp", "dblp"])
def test_sample_formats_give_the_same_levels(name: str) -> None:
    envelope = Envelope()

    envelope.add(_frame(_bang(1.0, 0.4), name, start_s=0.0))

    rows = _rows_of(envelope)
    assert len(rows) == 100
    assert rows["rms"][41] == pytest.approx(0.5 / np.sqrt(2), abs=0.01)
    assert rows["rms"][10] == pytest.approx(0.0, abs=0.01)


def test_gap_in_the_sound_stays_a_gap() -> None:
    envelope = Envelope()

    envelope.add(_frame(_bang(0.5, 0.1), "s16", start_s=0.0))
    envelope.add(_frame(_bang(0.5, 0.1), "s16", start_s=2.0))

    rows = _rows_of(envelope)
    assert len(rows) == 100
    assert rows["time_s"][49:51].tolist() == [0.49, 2.0]


def test_blocks_of_any_length_give_the_same_windows() -> None:
    samples = _bang(5.0, 3.1)
    whole, pieces = Envelope(), Envelope()

    whole.add(_frame(samples, "s16", start_s=0.0))
    for start in range(0, len(samples), 777):
        pieces.add(_frame(samples[start : start + 777], "s16", start_s=start / RATE))

    assert np.allclose(
        _rows_of(whole)["rms"].astype(float), _rows_of(pieces)["rms"].astype(float), atol=1e-6
    )
    assert np.array_equal(_rows_of(whole)["time_s"], _rows_of(pieces)["time_s"])


def test_sound_without_times_follows_on() -> None:
    envelope = Envelope()

    for _ in range(3):
        envelope.add(_frame(_bang(0.5, 0.1), "s16", start_s=None))

    assert len(_rows_of(envelope)) == 150


def test_values_that_are_no_numbers_do_not_spread() -> None:
    samples = _bang(1.0, 0.4)
    samples[0:3] = (np.nan, np.inf, -np.inf)
    envelope = Envelope()

    envelope.add(_frame(samples, "fltp", start_s=0.0))

    rows = _rows_of(envelope)
    assert np.isfinite(rows["rms"]).all()
    assert rows["rms"][41] == pytest.approx(0.5 / np.sqrt(2), abs=0.01)


def test_endless_sound_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_sound, "MAX_WINDOWS", 1000)
    envelope = Envelope()

    for number in range(100):
        envelope.add(_frame(_bang(2.5, 0.1), "s16", start_s=2.5 * number))

    assert envelope.is_full
    assert len(_rows_of(envelope)) < 1500


def test_silent_clip_leaves_no_envelope(clip: Clip) -> None:
    media = open_media(clip())

    assert set(media.artefacts) == {"proxy", "times"}
