"""Which pictures are in the archive, which are edited, and which are asked about in vain.

Test queries are searched for in the whole archive. Tuning queries are searched for among the
sources of the tuning half alone, so that nothing of the other half is seen while thresholds are
chosen.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from accuracy.copies.edits import EDITS, Edited, Truth, edits_digest, make_edit
from accuracy.copies.shot import Mark, mapped
from accuracy.copies.sources import Media, Source, in_order, moments, stills
from accuracy.media import encoded
from PIL import Image

Half = Literal["tuning", "test"]

ORIGINALS = 120
"""Pictures of a half that every edit is made of."""
QUOTAS = {"wallpaper": 40, "camera": 8, "library": 5, "moment": 4, "render": 4}
"""How many originals of each kind at most; Berkeley photographs fill up."""
HELD_OUT = {"wallpaper": 6, "photograph": 24}
"""Pictures of a half that are kept out of the archive, at least: whole series are."""
EDITS_OF_HELD_OUT = 13
POSTED = 24
"""Photographs of a half that are in the archive only as somebody's post, at least."""
POSTED_EDITS = ("screenshot", "news_bar", "screenshot", "meme_banner")
"""None with another picture in it: queries have these too, and would rightly be found in there."""
INSIDE = "inside"
"""Name of the edit that is none: the query is the picture that the archive has as a post."""
EDIT_NAMES = (*EDITS, INSIDE)
MIN_ORIGINAL_SIDE_PX = 280
SMALL_ARCHIVE = 250
"""Size of the archive in a short run."""


@dataclass(frozen=True)
class Query:
    """One picture to ask about; its original is in the archive, or not (`is_copy`)."""

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
    posts: tuple[Query, ...]

    @property
    def originals(self) -> list[Source]:
        """Pictures of the archive that copies are made of."""
        return sorted({query.original for query in self.queries if query.is_copy})


def plan(root: Path, half: Half, *, limit: int | None = None, media: Media) -> Plan:
    """Choose archive and queries; `limit` originals and a small archive for a short run."""
    everything = [*stills(root), *moments(root)]
    mine = [source for source in everything if source.is_tuning == (half == "tuning")]
    held_out = {each: _held_out(everything, each) for each in ("tuning", "test")}
    kept_out = {source.series for part in held_out.values() for source in part.all}
    archive = [source for source in everything if source.series not in kept_out]
    archive += [source for part in held_out.values() for source in part.posted]
    if half == "tuning":
        archive = [source for source in archive if source.is_tuning]
    candidates = [s for s in mine if s.series not in kept_out and _is_large(media, s)]
    originals, negatives, posted = _originals(candidates), held_out[half].out, held_out[half].posted
    if limit is not None:
        originals, negatives = in_order(originals)[:limit], negatives[: max(2, limit // 2)]
        posted = posted[: max(2, limit // 4)]
        named = {*originals, *posted}
        rest = [source for source in in_order(archive) if source not in named]
        archive = [*named, *rest[: SMALL_ARCHIVE - len(named)]]
    pool = held_out[half].out
    posts = [_query(source, INSIDE, part.out, is_copy=True)
             for part in held_out.values() for source in part.posted]  # fmt: skip
    copies = [_query(source, edit, pool, is_copy=True) for source in originals for edit in EDITS]
    copies += [post for post in posts if post.original in posted]
    names = list(EDITS)
    vain = [
        _query(source, names[(number * EDITS_OF_HELD_OUT + k) % len(names)], pool, is_copy=False)
        for number, source in enumerate(negatives)
        for k in range(EDITS_OF_HELD_OUT)
    ]
    there = [post for post in posts if post.original in archive]
    return Plan(half, tuple(sorted(archive)), tuple(copies + vain), tuple(there))


def split_table(root: Path) -> str:
    """Say which series are in which half, and how many pictures of each kind."""
    everything = [*stills(root), *moments(root)]
    lines = []
    for half in ("tuning", "test"):
        mine = [source for source in everything if source.is_tuning == (half == "tuning")]
        left = _held_out(everything, half)
        counts = Counter(source.kind for source in mine)
        lines.append(f"## {half}: {len(mine)} pictures, {len({s.series for s in mine})} series")
        lines.append(", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
        for label, part in (("out of the archive", left.out), ("there as posts", left.posted)):
            lines.append(f"{label}: {', '.join(sorted({source.series for source in part}))}")
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
        if query.edit == INSIDE:
            name, data, truth = f"{query.name}.jpg", *self._inside(query)
        else:
            edited = self._edited(query.original, query.edit, query)
            name, data = f"{query.name}{edited.encoding.suffix}", edited.encoded()
            truth = edited.truth
        file = self._folder / name
        file.write_bytes(data)
        draft = note.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(_Kept(file.name, truth)))
        draft.rename(note)
        return file, truth

    def make_posts(self, posts: Sequence[Query]) -> None:
        """Write the archive pictures that are edits, where they are not there yet."""
        for post in posts:
            path = self._media.path(post.original)
            if not path.exists():
                made = self._edited(plain(post.original), post.original.edit, post)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(encoded(Image.fromarray(made.pixels), "JPEG", quality=90))

    def _inside(self, query: Query) -> tuple[bytes, Truth]:
        """Give the picture itself, and how it lies in the post that the archive has."""
        source = query.original
        made = self._edited(plain(source), source.edit, query).truth
        image = Image.fromarray(self._media.pixels(plain(source)))
        back = np.linalg.inv(np.array(made.matrix))
        marks = tuple(
            Mark(mark.kind, mapped(mark.polygon, np.array(made.matrix)), optional=True)
            for mark in made.marks
            if mark.polygon
        )
        relation = "contained_in" if made.relation == "contains" else made.relation
        return encoded(image, "JPEG", quality=82), replace(
            made,
            relation=relation,
            acceptable=frozenset({relation, "contained_in", "edited_copy"}),
            matrix=tuple(tuple(map(float, row)) for row in back / back[2, 2]),
            query_region=made.reference_region,
            reference_region=made.query_region,
            marks=marks,
        )

    def _edited(self, source: Source, edit: str, query: Query) -> Edited:
        pictures = [self._media.pixels(other) for other in query.others]
        return make_edit(edit, self._media.pixels(source), seed=query.seed, others=pictures)


def plain(posted: Source) -> Source:
    """Give the picture that an archive picture was made of."""
    return replace(posted, edit="")


@dataclass(frozen=True)
class _Kept:
    file: str
    truth: Truth


def _query(source: Source, edit: str, pool: Sequence[Source], *, is_copy: bool) -> Query:
    made = source.edit or edit
    start = zlib.crc32(f"{source.name} {made}".encode()) % len(pool)
    turned = [*pool[start:], *pool[:start]]
    others = tuple(other for other in turned if other.series != source.series)[:3]
    needs = others if made.startswith(("pip", "collage")) else ()
    name = "-".join(filter(None, (source.kind, source.name, edit, source.edit)))
    return Query(name, edit, source, is_copy, needs)


@dataclass(frozen=True)
class _HeldOut:
    """Pictures that no archive has as they are: some as posts, the others not at all."""

    out: list[Source]
    posted: list[Source]

    @property
    def all(self) -> list[Source]:
        return [*self.out, *self.posted]


def _held_out(everything: Sequence[Source], half: str) -> _HeldOut:
    """Take whole series out of a half, one after the other, until there are enough."""
    mine = [source for source in everything if source.is_tuning == (half == "tuning")]
    out = [source for kind, enough in HELD_OUT.items() for source in _take(mine, kind, enough, [])]
    posted = _take(mine, "photograph", POSTED, out)
    edits = [POSTED_EDITS[number % len(POSTED_EDITS)] for number in range(len(posted))]
    return _HeldOut(
        out,
        [replace(source, edit=edit) for source, edit in zip(posted, edits, strict=True)],
    )


def _take(mine: Sequence[Source], kind: str, enough: int, gone: Sequence[Source]) -> list[Source]:
    taken: list[Source] = []
    for first in in_order(source for source in mine if source.kind == kind):
        if len(taken) >= enough:
            break
        if first not in taken and first not in gone:
            taken += [source for source in mine if source.series == first.series]
    return taken


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
