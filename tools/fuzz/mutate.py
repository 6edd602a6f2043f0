"""Change inputs with regard to how media files, texts and JSON are built."""

import json
import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

Blind = Callable[[bytes, int], bytes]
"""The fuzzing engine's own mutation: takes an input and the longest length allowed."""

_INTERESTING = (
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 63, 64, 100, 127, 128, 254, 255, 256, 257, 512, 1000,
    1024, 4095, 4096, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0xFFFFFF, 0x1000000, 0x7FFFFFFF,
    0x80000000, 0xFFFFFFF7, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1,
)  # fmt: skip
_WIDTHS = (1, 2, 4, 8)
_MOST_STEPS = 6
_MAX_CHUNKS = 400
_BOXES_WITH_BOXES = frozenset(
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"udta", b"iprp", b"ipco",
     b"moof", b"traf", b"mvex", b"meta")
)  # fmt: skip
_NUMBERS = (
    0, 1, -1, 2, 7, 99, 1e308, -1e308, 1e-320, 0.5, 2**31, 2**53 + 1, 2**63, -(2**63), 2**64,
)  # fmt: skip
_TEXTS = (
    "", " ", "a" * 700, "\u202egpj.exe", "\x00", "\x1b[31m", "<script>alert(1)</script>", '"><b>',
    "javascript:alert(1)", "{{ 7*7 }}", "{0.__class__}", "%s%n", "../../etc/passwd", "\ufeff",
    "\u2066\u2069", "é", "\U000e0041", "a\u0301\u0301\u0301\u0301\u0301", "⟨U+202E⟩", "&amp;",
    "2024-08-16", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2024-13-45", "\n\r\n",
    "artefacts/../../x.png", "NaN", "null", "-0", "1e400", "https://example.org/\"onload='",
    "artefacts/00/" + "0" * 64 + ".jpg",
)  # fmt: skip


_WORD = re.compile(r"[a-z_.]{2,20}")


def mutate_bytes(
    data: bytes,
    rng: random.Random,
    *,
    max_bytes: int,
    tokens: Sequence[bytes],
    others: Sequence[bytes],
    blind: Blind,
) -> bytes:
    """Change an input by a few steps, many of which respect its chunks.

    Parameters
    ----------
    data : bytes
        The input.
    rng : random.Random
        Decides everything.
    max_bytes : int
        Longest result.
    tokens : sequence of bytes
        Words of the format.
    others : sequence of bytes
        Inputs to splice with.
    blind : callable
        The engine's own mutation.

    Returns
    -------
    bytes
        The changed input.
    """
    changed = bytearray(data)
    for _ in range(rng.randint(1, _MOST_STEPS)):
        if not changed:
            changed[:] = rng.choice(others) if others else b"\0"
        step = rng.choice(_STEPS)
        step(changed, rng, tokens, others)
        if rng.random() < 0.15:
            changed[:] = blind(bytes(changed[:max_bytes]), max_bytes)
    result = bytes(changed[:max_bytes])
    # A decoder that checks sums would see none of the changes.
    return mend_png(result) if rng.random() < 0.9 else result


def mutate_json(data: bytes, rng: random.Random, others: Sequence[bytes], blind: Blind) -> bytes:
    """Change a JSON document at a few places, now and then as plain bytes."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        tree = json.loads(rng.choice(others))
    if rng.random() < 0.02:
        return blind(data, len(data) + 64)
    for _ in range(rng.randint(1, _MOST_STEPS)):
        tree = _change_somewhere(tree, rng)
    plain = rng.random() < 0.5
    try:
        return json.dumps(tree, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    except RecursionError:
        return rng.choice(others)


def chunks(data: bytes) -> list[tuple[int, int]]:
    """Find the parts of a media file, as pairs of start and end; none for unknown formats."""
    if data[:4] == b"RIFF":
        found = _riff(data, 12, len(data))
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        found = _png(data)
    elif data[:2] == b"\xff\xd8":
        found = _jpeg(data)
    elif data[:4] in (b"II*\0", b"MM\0*"):
        found = _tiff(data)
    elif data[4:8] == b"ftyp":
        found = _boxes(data, 0, len(data))
    else:
        return []
    return [(start, min(end, len(data))) for start, end in islice(found, _MAX_CHUNKS)]


def mend_png(data: bytes) -> bytes:
    """Correct the check sums of a PNG file; other files stay."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return data
    mended = bytearray(data)
    for start, end in _png(data):
        if end <= len(data):
            mended[end - 4 : end] = struct.pack(">I", zlib.crc32(data[start + 4 : end - 4]))
    return bytes(mended)


def _riff(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start + 8 <= end:
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        yield start, start + 8 + size
        if data[start : start + 4] == b"LIST":
            yield from _riff(data, start + 12, min(start + 8 + size, end))
        start += 8 + size + size % 2


def _png(data: bytes) -> Iterator[tuple[int, int]]:
    start = 8
    while start + 12 <= len(data):
        end = start + 12 + int.from_bytes(data[start : start + 4], "big")
        yield start, end
        start = end


def _jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    start = 2
    while (start := data.find(b"\xff", start)) != -1 and start + 4 <= len(data):
        if data[start + 1] in (0, 0xFF) or 0xD0 <= data[start + 1] <= 0xD9:
            start += 2
            continue
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        yield start, end
        start = end


def _tiff(data: bytes) -> Iterator[tuple[int, int]]:
    order = "little" if data[:2] == b"II" else "big"
    offset = int.from_bytes(data[4:8], order)
    for _ in range(8):
        count = int.from_bytes(data[offset : offset + 2], order)
        for entry in range(min(count, 64)):
            yield offset + 2 + 12 * entry, offset + 14 + 12 * entry
        link = offset + 2 + 12 * count
        offset = int.from_bytes(data[link : link + 4], order)
        if not offset:
            return


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size < 8:
            return
        yield start, start + size
        kind = data[start + 4 : start + 8]
        if kind in _BOXES_WITH_BOXES:
            yield from _boxes(data, start + (12 if kind == b"meta" else 8), min(start + size, end))
        start += size


Tokens = Sequence[bytes]


def _place(data: bytearray, rng: random.Random) -> int:
    """Choose a place; the heads of chunks and of the file more often than the rest."""
    choice = rng.random()
    if choice < 0.5 and (parts := chunks(bytes(data))):
        return min(rng.choice(parts)[0] + rng.randrange(24), len(data) - 1)
    if choice < 0.7:
        return rng.randrange(min(len(data), 128))
    return rng.randrange(len(data))


def _span(data: bytearray, rng: random.Random) -> tuple[int, int]:
    if rng.random() < 0.6 and (parts := chunks(bytes(data))):
        return rng.choice(parts)
    start = _place(data, rng)
    return start, min(len(data), start + rng.choice((1, 2, 4, 12, 64, 512, 4096)))


def _flip(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[_place(data, rng)] ^= 1 << rng.randrange(8)


def _byte(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    data[_place(data, rng)] = rng.randrange(256)


def _number(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    width, at = rng.choice(_WIDTHS), _place(data, rng)
    value = rng.choice((*_INTERESTING, len(data), len(data) - at, rng.getrandbits(16)))
    packed = (value % (1 << 8 * width)).to_bytes(width, rng.choice(("big", "little")))
    data[at : at + width] = packed


def _nudge(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    width, at, order = rng.choice(_WIDTHS), _place(data, rng), rng.choice(("big", "little"))
    value = int.from_bytes(data[at : at + width], order) + rng.randint(-16, 16)
    data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, order)


def _truncate(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    if rng.random() < 0.3:
        del data[_span(data, rng)[rng.randrange(2)] :]


def _delete(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    start, end = _span(data, rng)
    del data[start:end]


def _double(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    start, end = _span(data, rng)
    data[start:start] = data[start:end] * rng.choice((1, 1, 1, 2, 16))


def _move(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    start, end = _span(data, rng)
    part = data[start:end]
    del data[start:end]
    at = rng.randrange(len(data) + 1)
    data[at:at] = part


def _zero(data: bytearray, rng: random.Random, _: Tokens, __: Tokens) -> None:
    start, end = _span(data, rng)
    data[start:end] = bytes((rng.choice((0, 0, 0xFF)),)) * (end - start)


def _token(data: bytearray, rng: random.Random, tokens: Tokens, _: Tokens) -> None:
    if not tokens:
        return
    token, at = rng.choice(tokens), rng.randrange(len(data) + 1)
    data[at : at + rng.choice((0, len(token)))] = token


def _splice(data: bytearray, rng: random.Random, _: Tokens, others: Tokens) -> None:
    if not others or rng.random() < 0.5:
        return
    other = bytearray(rng.choice(others))
    if not other:
        return
    start, end = _span(other, rng)
    at = _span(data, rng)[0]
    if rng.random() < 0.3:
        data[at:] = other[start:]
    else:
        data[at : at + rng.choice((0, end - start))] = other[start:end]


_STEPS = (
    _flip, _flip, _byte, _byte, _number, _number, _number, _nudge, _truncate, _delete, _double,
    _move, _zero, _token, _token, _splice,
)  # fmt: skip


def _change_somewhere(tree: object, rng: random.Random) -> object:
    """Change one value of a tree; deeper ones are reached by a walk from the root."""
    if isinstance(tree, dict) and tree and rng.random() < 0.99:
        key = rng.choice(list(tree))
        changed = dict(tree)
        choice = rng.random()
        if choice < 0.98:
            changed[key] = _change_somewhere(tree[key], rng)
        elif choice < 0.99:
            del changed[key]
        else:
            changed[rng.choice((*tree, *_TEXTS))] = changed.pop(key)
        return changed
    if isinstance(tree, list) and tree and rng.random() < 0.99:
        at = rng.randrange(len(tree))
        choice = rng.random()
        if choice < 0.85:
            return [*tree[:at], _change_somewhere(tree[at], rng), *tree[at + 1 :]]
        if choice < 0.9:
            return [*tree[:at], *tree[at + 1 :]]
        if choice < 0.97:
            return [*tree, tree[at]]
        return []
    return _another(tree, rng)


def _another(value: object, rng: random.Random) -> object:
    # Mostly a value of the same type: others are refused at the door, as are words that are none.
    if rng.random() < 0.04:
        return rng.choice((None, True, False, [], {}, "", 0, [[]], {"type": "absent"}))
    if isinstance(value, str) and _WORD.fullmatch(value) and rng.random() < 0.9:
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice((*(int(n) for n in _NUMBERS if abs(n) < 1e30), value + 1, -value))
    if isinstance(value, float):
        return rng.choice((*_NUMBERS, value * 1.01, -value))
    if isinstance(value, str):
        at = rng.randrange(len(value) + 1)
        return rng.choice((rng.choice(_TEXTS), value[:at] + rng.choice(_TEXTS) + value[at:],
                           value[:at], value * 2))  # fmt: skip
    return rng.choice((None, 1, "text"))
