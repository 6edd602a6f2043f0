"""Pairs of stills that lie over each other: copies with their originals, and views seen twice.

Everything is made once and kept: the view of each picture, and how one is reached from the other by
shared features, found as `forensics check` finds it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from accuracy.copies.corpus import Half, Plan, Queries
from accuracy.copies.edits import edits_digest
from accuracy.copies.sources import Media
from accuracy.copies.views import SAVED, Pair, Pairs

import forensics
from forensics.reuse.check import probe_file
from forensics.reuse.features import ARCHIVED_FEATURES
from forensics.reuse.picture import Picture
from forensics.reuse.stills import align_probes
from forensics.reuse.views import Probe
from forensics.vision.alignment import Alignment


class Trial(msgspec.Struct, frozen=True):
    """Two stills, and what is true of them.

    Parameters
    ----------
    name : str
        For file names.
    query, reference : str
        Files.
    edit : str or None
        What made the copy; None when it is none.
    view : str or None
        Which view both show when they are no copies.
    kind : str
        Kind of the view, or of the original.
    source : str
        What intervals are clustered by: the original, or the view.
    is_visible : bool
        Whether the moments differ visibly; True of copies.
    """

    name: str
    query: str
    reference: str
    edit: str | None
    view: str | None
    kind: str
    source: str
    is_visible: bool

    @property
    def is_copy(self) -> bool:
        """Whether one was made of the other."""
        return self.edit is not None


@dataclass(frozen=True, eq=False)
class Laid:
    """A trial whose pictures were laid over each other by their features."""

    trial: Trial
    query: Picture
    reference: Picture
    alignment: Alignment


def trials(chosen: Plan, pairs: Sequence[Pair], *, media: Media, work: Path) -> Iterator[Trial]:
    """List the trials of one half."""
    queries, views = Queries(media, work), Pairs(media, work)
    for query in chosen.queries:
        if query.is_copy:
            file, _ = queries.get(query)
            original = query.original
            yield Trial(
                name=query.name, query=str(file), reference=str(media.path(original)),
                edit=query.edit, view=None, kind=original.kind, source=original.name,
                is_visible=True,
            )  # fmt: skip
    for pair in pairs:
        for saved in SAVED:
            yield Trial(
                name=f"{pair.name} {saved}", query=str(views.query(pair, saved)),
                reference=str(media.path(pair.reference)), edit=None, view=pair.view,
                kind=pair.kind, source=pair.view, is_visible=views.change(pair).is_visible,
            )  # fmt: skip


class Kept:
    """Pictures laid over each other, kept in a folder.

    Parameters
    ----------
    work : Path
        Where.
    half : {"tuning", "test"}
        Of the sources.

    Notes
    -----
    The folder is named for the code that makes views and features, so a change makes new ones.
    """

    def __init__(self, work: Path, half: Half) -> None:
        self._folder = work / f"laid-{half}-{_code_digest()}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._references: dict[str, Probe] = {}

    def get(self, trial: Trial) -> Laid | None:
        """Give the trial's pictures; None when features do not lay them over each other."""
        file = self._folder / f"{trial.name}.npz"
        if not file.exists():
            draft = file.with_suffix(".part")
            with draft.open("wb") as opened:
                np.savez(opened, **self._made(trial))
            draft.rename(file)
        with np.load(file) as kept:
            if "matrix" not in kept:
                return None
            pictures = [
                Picture(kept[f"{each}_luma"], kept[f"{each}_chroma"],
                        (int(kept[f"{each}_size"][0]), int(kept[f"{each}_size"][1])))
                for each in ("query", "reference")
            ]  # fmt: skip
            points = kept["query_points"], kept["reference_points"]
            start = Alignment(kept["matrix"], bool(kept["mirrored"]), *points)
        return Laid(trial, pictures[0], pictures[1], start)

    def _made(self, trial: Trial) -> dict[str, np.ndarray]:
        query, reference = probe_file(trial.query), self._reference(trial.reference)
        found = align_probes(query, reference)
        if not found or query.views is None or reference.views is None:
            return {}
        sizes = [
            (each.features[0].size_px, (each.views.grey.shape[2], each.views.grey.shape[1]))
            for each in (query, reference)
            if each.views is not None
        ]
        start = found[0].rescaled(*sizes)
        arrays = {
            "matrix": start.matrix,
            "mirrored": np.array(start.mirrored),
            "query_points": start.query_points,
            "reference_points": start.reference_points,
        }
        for label, probe in (("query", query), ("reference", reference)):
            if probe.views is not None:
                arrays[f"{label}_luma"] = probe.views.grey[0]
                arrays[f"{label}_chroma"] = probe.views.chroma[0]
                arrays[f"{label}_size"] = np.array(probe.size_px)
        return arrays

    def _reference(self, file: str) -> Probe:
        """Give a known picture with the features that an archive keeps of it."""
        if file not in self._references:
            if len(self._references) > _MAX_REFERENCES:
                self._references.clear()
            probe = probe_file(file)
            kept = tuple(each.first(ARCHIVED_FEATURES) for each in probe.features)
            self._references[file] = replace(probe, features=kept)
        return self._references[file]


_MAX_REFERENCES = 40


def _code_digest() -> str:
    """Name the state of what decodes, views, describes and aligns."""
    root = Path(str(forensics.__file__)).parent
    files = [*sorted((root / "ingest").rglob("*.py")), *sorted((root / "vision").glob("*"))]
    files += [root / "reuse/views.py", root / "reuse/features.py"]
    data = b"".join(path.read_bytes() for path in files if path.is_file())
    return hashlib.sha256(data + edits_digest().encode()).hexdigest()[:16]
