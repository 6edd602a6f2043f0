"""Two pictures from files, and the answer with its pictures back into files."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace
from numpy import uint8
from numpy.typing import NDArray

from forensics.damage.compare import DamageComparison
from forensics.damage.report import pair_id
from forensics.damage.stills import decode_whole
from forensics.ingest.folder import printable_path
from forensics.ingest.media import identify
from forensics.model.damage import DamageReport, View
from forensics.model.errors import OutputError, UnreadableMedia
from forensics.model.outcome import ArtefactBytes


def read_picture(path: Path) -> tuple[NDArray[uint8], View]:
    """Read a still.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    pixels : (H, W, 3) uint8
        The right way up.
    view : View
        Path and digest.

    Raises
    ------
    UnreadableMedia
        When it is no still that can be decoded whole.
    """
    shown = printable_path(str(path))
    try:
        with identify(path) as opened:
            return decode_whole(opened), View(shown, opened.sha256, None)
    except UnreadableMedia as error:
        raise UnreadableMedia(f"{shown}: {error}", advice=error.advice) from error


def report_of(
    compared: DamageComparison, views: tuple[View, View], written: Mapping[str, Path]
) -> DamageReport:
    """Give a comparison as it is printed.

    Parameters
    ----------
    compared : DamageComparison
        What was found.
    views : (View, View)
        Before and after.
    written : mapping of str to Path
        Pictures that were written.

    Returns
    -------
    DamageReport
        With the paths of what was written.
    """
    shown = {name: str(path) for name, path in written.items()}
    return DamageReport(
        pair_id(views[0].sha256 or "", views[1].sha256 or ""),
        *views,
        "assumed",
        compared.registration,
        compared.deck,
        replace(compared.damage, mask=shown.get("mask")),
        shown,
        "Assumed: in the order in which they were named.",
    )


def write_files(folder: Path, files: Mapping[str, ArtefactBytes]) -> dict[str, Path]:
    """Write files whole or not at all.

    Parameters
    ----------
    folder : Path
        Where to; made when missing.
    files : mapping of str to ArtefactBytes
        By name without ending.

    Returns
    -------
    dict of str to Path
        Where each is.

    Raises
    ------
    OutputError
        When one cannot be written.
    """
    paths = {name: folder / f"{name}{each.suffix}" for name, each in files.items()}
    for name, path in paths.items():
        temporary = path.with_name(f".{path.name}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A link in the place of the new file would lead out of the folder.
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:
                file.write(files[name].data)
            temporary.replace(path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise OutputError(
                f"cannot write {printable_path(str(path))}: {error.strerror or error}",
                advice="Check free space and permissions, or name another folder with --out.",
            ) from error
    return paths
