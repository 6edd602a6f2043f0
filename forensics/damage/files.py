"""Two pictures from files, and the answer with its pictures back into files."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from msgspec.structs import replace
from numpy import uint8
from numpy.typing import NDArray

from forensics.damage.compare import DamageComparison
from forensics.damage.draw import error_map, overlay
from forensics.ingest.exact_still import ExactStill
from forensics.ingest.folder import printable_path
from forensics.ingest.media import identify
from forensics.model.damage import DamageReport, View
from forensics.model.errors import UnreadableMedia

_ID_LENGTH = 16


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
            data, kind, digest = opened.data, opened.type, opened.sha256
    except UnreadableMedia as error:
        raise UnreadableMedia(f"{shown}: {error}", advice=error.advice) from error
    if data is None or kind.kind != "still":
        raise UnreadableMedia(
            f"{shown} is no still", advice="Of a video, take a frame with: forensics frames"
        )
    for _, frame in ExactStill(data, kind).decode([0]):
        return frame.pixels, View(shown, digest, None)
    raise UnreadableMedia(f"{shown} holds no picture that can be decoded")


def report_of(
    compared: DamageComparison,
    before: NDArray[uint8],
    views: tuple[View, View],
    folder: Path | None,
) -> DamageReport:
    """Give a comparison as it is printed, and write its pictures.

    Parameters
    ----------
    compared : DamageComparison
        What was found.
    before : (H, W, 3) uint8
        The before picture.
    views : (View, View)
        Before and after.
    folder : Path or None
        Where pictures go; none are written without it.

    Returns
    -------
    DamageReport
        With the paths of what was written.
    """
    written = {} if folder is None else _write(compared, before, folder)
    digests = f"{views[0].sha256}{views[1].sha256}".encode()
    return DamageReport(
        f"damage-{hashlib.sha256(digests).hexdigest()[:_ID_LENGTH]}",
        *views,
        "assumed",
        compared.registration,
        compared.deck,
        replace(compared.damage, mask=written.get("mask")),
        written,
    )


def _write(compared: DamageComparison, before: NDArray[uint8], folder: Path) -> dict[str, str]:
    pictures: dict[str, NDArray[uint8]] = {}
    if compared.mask is not None and compared.corners is not None:
        pictures["mask"] = compared.mask
        pictures["overlay"] = overlay(before, compared.mask, compared.corners)
    for name, strip in zip(("strip_before", "strip_after"), compared.strips, strict=False):
        pictures[name] = strip
    if compared.errors_px is not None and compared.strips:
        pictures["error_map"] = error_map(compared.errors_px, compared.strips[0].shape[:2])
    folder.mkdir(parents=True, exist_ok=True)
    return {name: str(_png(folder / f"{name}.png", each)) for name, each in pictures.items()}


def _png(path: Path, pixels: NDArray[uint8]) -> Path:
    swapped = pixels[..., ::-1] if pixels.ndim > 2 else pixels  # noqa: PLR2004  # colour has 3 axes
    done, data = cv2.imencode(".png", np.ascontiguousarray(swapped))
    if not done:
        raise OSError(f"{path} could not be encoded")
    path.write_bytes(data.tobytes())
    return path
