"""Under which key an outcome is stored: everything it depends on, and nothing else."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

import msgspec

from forensics.calibration import load
from forensics.engine.step import Step
from forensics.ingest.programs import asked_exiftool

LIBRARIES = (
    "av",
    "exifread",
    "imagehash",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pillow-heif",
    "scikit-image",
)
"""Libraries whose results the findings rest on."""

_PACKAGE = "forensics"
_SHARED = ("ingest", "vision", "model")


def key_of(step: Step, subject: Sequence[str], *, upstream: Iterable[object] = ()) -> str:
    """Give the key of one step's outcome on one subject.

    Parameters
    ----------
    step : Step
        The row.
    subject : sequence of str
        SHA-256 of the items, in order.
    upstream : iterable
        What else goes in: findings of other steps, the event, the archive's revision.

    Returns
    -------
    str
        64 hexadecimal digits. It changes with the bytes of the items, the step's name, version,
        function, calibrations and source code, with the libraries and the programs that it asks,
        and with what goes in.
    """
    parts = (
        basis_of(step),
        program_versions(step.programs),
        tuple(subject),
        tuple(digest_of_value(each) for each in upstream),
    )
    return digest_of_value(parts)


def key_of_page(data: bytes, *, show: bool) -> str:
    """Give the key of the page that is made from a report.

    Parameters
    ----------
    data : bytes
        ``report.json``.
    show : bool
        Whether pictures are shown at once.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    made_by = (_digest_of_package("report"), version("jinja2"), version("markupsafe"))
    return digest_of_value((hashlib.sha256(data).hexdigest(), show, made_by))


def digest_of_value(value: object) -> str:
    """Give the digest of a record.

    Parameters
    ----------
    value : object
        Anything msgspec can encode.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


@cache
def basis_of(step: Step) -> str:
    """Give the digest of what a step's outcomes depend on whatever the subject.

    Parameters
    ----------
    step : Step
        The row.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return digest_of_value(
        (
            step,
            tuple(load(name) for name in step.calibrations),
            _source_digest(step.run.partition(":")[0]),
            library_versions(),
            sys.version_info[:2],
        )
    )


@cache
def library_versions() -> dict[str, str]:
    """Name the versions of the libraries whose results the findings rest on.

    Returns
    -------
    dict of str to str
        By name of the distribution.
    """
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def program_versions(names: Iterable[str] = ("exiftool",)) -> dict[str, str]:
    """Name the versions of programs outside of this package that are asked in this run.

    Parameters
    ----------
    names : iterable of str, optional
        The programs in question; all by default.

    Returns
    -------
    dict of str to str
        By name; without those that are not asked.
    """
    exiftool = asked_exiftool()
    return {"exiftool": exiftool.version} if exiftool is not None and "exiftool" in names else {}


@cache
def _source_digest(module: str) -> str:
    """Give the digest of the code of a step: its stage, and the packages that every stage uses."""
    package, _, rest = module.partition(".")
    if package != _PACKAGE:
        return _digest_of_module(module)
    stage = rest.partition(".")[0]
    return digest_of_value([_digest_of_package(name) for name in sorted({stage, *_SHARED})])


@cache
def _digest_of_package(name: str) -> str:
    digest = hashlib.sha256()
    for path, data in _files_of(resources.files(_PACKAGE) / name):
        digest.update(f"{path} {len(data)} ".encode() + data)
    return digest.hexdigest()


def _files_of(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir() and each.name != "__pycache__":
            yield from _files_of(each)
        elif each.is_file():
            yield each.name, each.read_bytes()


def _digest_of_module(module: str) -> str:
    """Give the digest of a step from another distribution; its one file stands for it."""
    found = find_spec(module)
    origin = found.origin if found is not None else None
    return hashlib.sha256(Path(origin).read_bytes()).hexdigest() if origin else ""
