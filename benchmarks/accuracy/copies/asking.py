"""Ask a method every query, keep each answer at once, and go on where a run was stopped."""

import hashlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from accuracy.copies import peers, product
from accuracy.copies.answers import Answer, Asked, Method
from accuracy.copies.corpus import Plan, Queries
from accuracy.copies.edits import Truth, edits_digest
from accuracy.copies.sources import Media, Source
from accuracy.copies.views import SAVED, Pair, Pairs

METHODS: dict[str, type[Method]] = {
    "forensics": product.Product,
    "sift": peers.SiftCascade,
    "pdq-8": peers.PdqOrientations,
    "pdq": peers.Pdq,
    "phash": peers.PHash,
}
_PROGRESS_EVERY = 250


@dataclass(frozen=True)
class Question:
    """One file to ask about."""

    name: str
    edit: str
    original: Source
    is_copy: bool
    file: Path
    truth: Truth | None


def copy_questions(plan: Plan, queries: Queries) -> Iterator[Question]:
    """Give the edited pictures of a plan."""
    for query in plan.queries:
        file, truth = queries.get(query)
        kept = truth if query.is_copy else None
        yield Question(query.name, query.edit, query.original, query.is_copy, file, kept)


def view_questions(chosen: Sequence[Pair], pairs: Pairs) -> Iterator[Question]:
    """Give the queries of same-view pairs, each saved in two ways."""
    for pair in chosen:
        for saved in SAVED:
            file = pairs.query(pair, saved)
            yield Question(f"{pair.name} {saved}", saved, pair.reference, False, file, None)


def ask(
    method: Method, questions: Iterable[Question], archive: Sequence[Source], *, media: Media,
    work: Path, label: str,
) -> list[Asked]:  # fmt: skip
    """Ask a method; answers that are kept under `work` from the same code are not asked again."""
    entries = [(source, media.path(source)) for source in archive]
    kept = work / "answers" / f"{label}-{method.name}-{_key(method, archive)}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = _read(kept)
    is_ready = False
    asked = []
    with kept.open("ab") as lines:
        for number, question in enumerate(questions):
            if question.name not in done:
                if not is_ready:
                    method.prepare(entries, work)
                    is_ready = True
                done[question.name] = _ask(method, question)
                lines.write(msgspec.json.encode(done[question.name]) + b"\n")
                lines.flush()
                if number % _PROGRESS_EVERY == 0:
                    print(f"{label}, {method.name}: {number}", file=sys.stderr)
            asked.append(done[question.name])
    return asked


def _ask(method: Method, question: Question) -> Asked:
    started = time.process_time()
    answers: list[Answer] = method.search(question.file)
    cpu_ms = 1000 * (time.process_time() - started)
    return Asked(
        name=question.name,
        edit=question.edit,
        original=question.original.name,
        series=question.original.series,
        is_copy=question.is_copy,
        answers=tuple(answers),
        cpu_ms=cpu_ms,
        truth=question.truth,
    )


def _read(kept: Path) -> dict[str, Asked]:
    if not kept.exists():
        return {}
    done = {}
    for line in kept.read_bytes().splitlines():
        try:
            asked = msgspec.json.decode(line, type=Asked)
        except msgspec.DecodeError:  # the run was stopped while it wrote this line
            continue
        done[asked.name] = asked
    return done


def _key(method: Method, archive: Sequence[Source]) -> str:
    """Name everything that answers depend on."""
    own = product.code_digest() if method.name == product.Product.name else ""
    module = sys.modules[type(method).__module__]
    parts = [edits_digest(), own, Path(str(module.__file__)).read_text("utf-8")]
    parts += [f"{source.name} {source.edit}" for source in archive]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
