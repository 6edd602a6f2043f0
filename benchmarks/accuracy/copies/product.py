"""This package's own search for copies, as the others are asked: one file in, answers out."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from accuracy.copies.answers import COPY_RELATIONS, Answer
from accuracy.copies.sources import Source

import forensics
from forensics.model.casefile import EventWindow
from forensics.model.match import Match
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Sighting
from forensics.reuse.check import probe_file
from forensics.reuse.enroll import enroll
from forensics.reuse.search import search_archive

_TIERS = {"lead": 1.0, "same_view_other_moment": 0.0, "same_place": 0.0}
_COPY_TIER = 2.0
PDQ_BITS = 256
_HALF_SHARED = 30


class Product:
    """`forensics check` against an archive of known footage.

    Copies rank above leads, and these above what is said to be no copy; within, the nearer ranks
    higher.
    """

    name = "forensics"

    def __init__(self) -> None:
        self._archive: Archive | None = None
        self._names: dict[str, str] = {}

    def prepare(self, archive: Sequence[tuple[Source, Path]], work: Path) -> None:
        """Take every picture into an archive file; one made by the same code is used again."""
        listed = "\n".join(f"{source.name} {path.stat().st_size}" for source, path in archive)
        key = hashlib.sha256(f"{code_digest()}\n{listed}".encode()).hexdigest()[:16]
        file = work / "product" / f"{key}.db"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            # A folder of its own: two runs may prepare the same archive at once.
            with TemporaryDirectory(dir=file.parent) as folder:
                draft = Path(folder, file.name)
                with Archive.open(draft, create=True) as known, known.transaction():
                    for source, path in archive:
                        enroll(known, path, sighting=Sighting(source=source.name, path=source.name))
                draft.rename(file)
        self._archive = Archive.open(file)
        self._names = {
            hashlib.sha256(path.read_bytes()).hexdigest(): source.name for source, path in archive
        }

    @property
    def archive(self) -> Archive:
        """What was prepared."""
        if self._archive is None:
            raise RuntimeError("nothing was prepared")
        return self._archive

    def search(self, query: Path) -> list[Answer]:
        """Check one file."""
        report = search_archive([probe_file(query)], self.archive, EventWindow())
        return [self._answer(match) for match in report.matches]

    def _answer(self, match: Match) -> Answer:
        said = match.transform
        return Answer(
            reference=self._names[match.reference.id],
            score=score(match),
            relation=match.relation,
            mirrored=said.mirrored,
            rotation_deg=said.rotation_deg,
            matrix=said.matrix,
            query_region=said.query_region,
            reference_region=said.reference_region,
            regions=tuple(edit.region for edit in match.edits if edit.region is not None),
        )


def score(match: Match) -> float:
    """Rank a match: by what is said first, then by how near it is or how much is shared."""
    tier = _COPY_TIER if match.relation in COPY_RELATIONS else _TIERS[match.relation]
    near = 0.0 if match.distance_bits is None else 1 - match.distance_bits / PDQ_BITS
    shared = match.features or 0
    return tier + 0.9 * max(near if not shared else 0.0, shared / (shared + _HALF_SHARED))


def code_digest() -> str:
    """Name the state of the package's code and thresholds."""
    root = Path(str(forensics.__file__)).parent
    files = sorted(p for p in root.rglob("*") if p.suffix in {".py", ".toml"})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
