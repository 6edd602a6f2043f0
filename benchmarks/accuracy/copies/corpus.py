"""Which pictures are in the archive, which are edited, and which are asked about in vain.

Test queries are searched for in the whole archive. Tuning queries are searched for among the
sources of the tuning half alone, so that nothing of the other half is seen while thresholds are
chosen.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from accuracy.copies import drawing, edits, interfaces, recipes, shot
from accuracy.copies.edits import EDITS, Truth, make_edit
from accuracy.copies.sources import Media, Source, in_order, moments, stills

Half = Literal["tuning", "test"]

ORIGINALS = 120
"""Pictures of a half that every edit is made of."""
QUOTAS = {"wallpaper": 40, "camera": 8, "library": 5, "moment": 4, "render": 4}
"""How many originals of each kind at most; Berkeley photographs fill up."""
HELD_OUT = {"wallpaper": 6, "photograph": 24}
"""Pictures of a half that are kept out of the archive, at least: whole series are."""
EDITS_OF_HELD_OUT = 13
MIN_ORIGINAL_SIDE_PX = 280
SMALL_ARCHIVE = 250
"""Size of the archive in a short run."""


@dataclass(frozen=True)
class Query:
    """One edited picture to ask about; its original is in the archive, or not (`is_copy`)."""

    name: str
    edit: str
    original: Source
    is_copy: bool
    others: tuple[Source, ...]

    @property
    def seed(self) -> int:
        """What the edit is drawn from."""
        return zlib.crc32(self.original.name.encode())


@dataclass(frozen=True)
class Plan:
    """All of one half: the archive, and what is asked."""

    half: Half
    archive: tuple[Source, ...]
    queries: tuple[Query, ...]

    @property
    def originals(self) -> list[Source]:
        """Pictures of the archive that copies are made of."""
        return sorted({query.original for query in self.queries if query.is_copy})


def plan(root: Path, half: Half, *, limit: int | None = None, media: Media) -> Plan:
    """Choose archive and queries; `limit` originals and a small archive for a short run."""
    everything = [*stills(root), *moments(root)]
    mine = [source for source in everything if source.is_tuning == (half == "tuning")]
    held_out = {each: _held_out(everything, each) for each in ("tuning", "test")}
    kept_out = {source.series for part in held_out.values() for source in part}
    archive = [source for source in everything if source.series not in kept_out]
    if half == "tuning":
        archive = [source for source in archive if source.is_tuning]
    candidates = [s for s in mine if s.series not in kept_out and _is_large(media, s)]
    originals = _originals(candidates)
    negatives = held_out[half]
    if limit is not None:
        originals, negatives = in_order(originals)[:limit], negatives[: max(2, limit // 2)]
        named = set(originals)
        rest = [source for source in in_order(archive) if source not in named]
        archive = [*originals, *rest[: SMALL_ARCHIVE - len(originals)]]
    copies = [_query(source, edit, held_out[half], is_copy=True)
              for source in originals for edit in EDITS]  # fmt: skip
    names = list(EDITS)
    vain = [
        _query(source, names[(number * EDITS_OF_HELD_OUT + k) % len(names)], held_out[half],
               is_copy=False)
        for number, source in enumerate(negatives)
        for k in range(EDITS_OF_HELD_OUT)
    ]  # fmt: skip
    return Plan(half, tuple(sorted(archive)), tuple(copies + vain))


def split_table(root: Path) -> str:
    """Say which series are in which half, and how many pictures of each kind."""
    everything = [*stills(root), *moments(root)]
    lines = []
    for half in ("tuning", "test"):
        mine = [source for source in everything if source.is_tuning == (half == "tuning")]
        out = {source.series for source in _held_out(everything, half)}
        counts = Counter(source.kind for source in mine)
        lines.append(f"## {half}: {len(mine)} pictures, {len({s.series for s in mine})} series")
        lines.append(", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
        lines.append(f"kept out of the archive: {', '.join(sorted(out))}")
        lines.append(f"series: {', '.join(sorted({source.series for source in mine}))}\n")
    return "\n".join(lines)


class Queries:
    """Files of edited pictures and their truths, made when first asked for and kept.

    Parameters
    ----------
    media : Media
        Where originals come from.
    work : Path
        Where files are kept: in a folder named for the code that makes them, so that a change
        of an edit makes new ones.
    """

    def __init__(self, media: Media, work: Path) -> None:
        self._media = media
        self._folder = work / f"queries-{edits_digest()}"
        self._folder.mkdir(parents=True, exist_ok=True)

    def get(self, query: Query) -> tuple[Path, Truth]:
        """Give the file of a query and what is true of it."""
        note = self._folder / f"{query.name}.json"
        if note.exists():
            kept = msgspec.json.decode(note.read_bytes(), type=_Kept)
            return self._folder / kept.file, kept.truth
        pictures = [self._media.pixels(other) for other in query.others]
        original = self._media.pixels(query.original)
        edited = make_edit(query.edit, original, seed=query.seed, others=pictures)
        file = self._folder / f"{query.name}{edited.encoding.suffix}"
        file.write_bytes(edited.encoded())
        draft = note.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(_Kept(file.name, edited.truth)))
        draft.rename(note)
        return file, edited.truth


@dataclass(frozen=True)
class _Kept:
    file: str
    truth: Truth


def edits_digest() -> str:
    """Name the state of the code that makes edits."""
    texts = [Path(str(each.__file__)).read_bytes()
             for each in (drawing, edits, interfaces, recipes, shot)]  # fmt: skip
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def _query(source: Source, edit: str, pool: Sequence[Source], *, is_copy: bool) -> Query:
    start = zlib.crc32(f"{source.name} {edit}".encode()) % len(pool)
    turned = [*pool[start:], *pool[:start]]
    others = tuple(other for other in turned if other.series != source.series)[:3]
    needs = others if edit.startswith(("pip", "collage")) else ()
    return Query(f"{source.kind}-{source.name}-{edit}", edit, source, is_copy, needs)


def _held_out(everything: Sequence[Source], half: str) -> list[Source]:
    """Take whole series out of a half, one after the other, until there are enough."""
    chosen: list[Source] = []
    for kind, enough in HELD_OUT.items():
        mine = [s for s in everything if s.kind == kind and s.is_tuning == (half == "tuning")]
        taken: list[Source] = []
        for first in in_order(mine):
            if len(taken) >= enough:
                break
            if first not in taken:
                taken += [source for source in mine if source.series == first.series]
        chosen += taken
    return chosen


def _originals(candidates: Sequence[Source]) -> list[Source]:
    chosen: list[Source] = []
    for kind, most in QUOTAS.items():
        seen: set[str] = set()
        for source in in_order(each for each in candidates if each.kind == kind):
            if len(seen) < most and source.series not in seen:
                seen.add(source.series)
                chosen.append(source)
    photographs = in_order(each for each in candidates if each.kind == "photograph")
    return chosen + photographs[: ORIGINALS - len(chosen)]


def _is_large(media: Media, source: Source) -> bool:
    return min(media.size(source)) >= MIN_ORIGINAL_SIDE_PX
