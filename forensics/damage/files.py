"""Two pictures from files, and the answer with its pictures back into files."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace
from numpy import uint8
from numpy.typing import NDArray

from forensics.damage.compare import DamageComparison
from forensics.damage.deck import decode_whole
from forensics.damage.report import pair_id
from forensics.ingest.folder import printable_path
from forensics.ingest.media import identify
from forensics.model.damage import DamageReport, View
from forensics.model.errors import OutputError, UnreadableMedia
from forensics.model.outcome import ArtefactBytes
from forensics.whole_files import write_whole


def read_picture(path: Path, *, moment_s: float | None = None) -> tuple[NDArray[uint8], View]:
    """Read a still, or a frame of a clip.

    Parameters
    ----------
    path : Path
        The file.
    moment_s : float, optional
        Of a clip: the frame on the screen at that moment, in seconds after its first one.

    Returns
    -------
    pixels : (H, W, 3) uint8
        The right way up.
    view : View
        Path, digest, and when a frame is presented.

    Raises
    ------
    UnreadableMedia
        When it cannot be decoded whole, or no moment of a clip is named.
    """
    shown = printable_path(str(path))
    try:
        with identify(path) as opened:
            frame = decode_whole(opened, moment_s)
            return frame.pixels, View(shown, opened.sha256, frame.moment_s)
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
    moments = [each.moment_s for each in views]
    return DamageReport(
        pair_id(
            views[0].sha256 or "",
            views[1].sha256 or "",
            None if moments == [None, None] else moments,
        ),
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
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, files[name].data)
        except OSError as error:
            raise OutputError(
                f"cannot write {printable_path(str(path))}: {error.strerror or error}",
                advice="Check free space and permissions, or name another folder with --out.",
            ) from error
    return paths
