"""The table of exported frames: ``frames.json`` for programs, ``frames.csv`` for spreadsheets."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from forensics.extract.moments import Reason
from forensics.model.errors import OutputError

JSON_NAME = "frames.json"
CSV_NAME = "frames.csv"


class FrameRow(Struct, frozen=True):
    """One exported frame, and what it was exported for.

    Parameters
    ----------
    asked_s : float or None
        The moment that was wanted, in seconds after the first presented frame; None for a still.
    reason : {"at", "every", "shot", "still"}
        Why: a named moment, a steady one, a shot or part of one, the only picture.
    moment_s : float or None
        The moment at which this frame is presented.
    file : str
        Name of the PNG in the folder.
    sha256 : str
        Digest of that file.
    width_px, height_px : int
        Its size.
    pdq : str
        PDQ hash, 64 hexadecimal digits.
    pdq_quality : int
        How much detail there is to hash, 0 to 100.
    sharpness : float
        Variance of the Laplacian; compares frames of one clip.
    brightness : float
        Mean luma, 0 to 255.
    keyframe : bool
        Whether it is coded on its own.
    damaged : bool
        Whether the decoder had to make up parts of it, or of a frame that it may rest on.
    """

    asked_s: float | None
    reason: Reason
    moment_s: float | None
    file: str
    sha256: str
    width_px: int
    height_px: int
    pdq: str
    pdq_quality: int
    sharpness: float
    brightness: float
    keyframe: bool
    damaged: bool


class KitReport(Struct, frozen=True):
    """What a kit for reverse image search holds.

    Parameters
    ----------
    pictures : tuple of str
        Names of its pictures, in order of time, without their mirrored copies.
    sheets : tuple of str
        Names of the contact sheets.
    left_out : dict of str to int
        How many frames were left out, by reason: ``black``, ``flat``, ``blurred``, ``alike``.
    """

    pictures: tuple[str, ...]
    sheets: tuple[str, ...]
    left_out: dict[str, int]


class SourceClip(Struct, frozen=True):
    """The file the frames come from.

    Parameters
    ----------
    name : str
        Its name, without its folder.
    sha256 : str
        Digest of its bytes.
    bytes : int
        How many they are.
    format : str
        What it is by its content.
    end_s : float or None
        When its last frame stops being shown; None for a still.
    pixel_aspect : str
        Width of a pixel to its height, the right way up; ``1:1`` when square.
    """

    name: str
    sha256: str
    bytes: int
    format: str
    end_s: float | None
    pixel_aspect: str


class FramesTable(Struct, frozen=True):
    """All that was exported of one clip.

    Parameters
    ----------
    tool : dict of str to str
        Versions of this program and of the libraries the pictures rest on.
    video : SourceClip
        Where the frames come from.
    remarks : tuple of str
        What a reader must know about the pictures.
    frames : tuple of FrameRow
        In order of the moments that were wanted.
    search_kit : KitReport or None
        The kit beside them; None when none was made.
    """

    tool: dict[str, str]
    video: SourceClip
    remarks: tuple[str, ...]
    frames: tuple[FrameRow, ...]
    search_kit: KitReport | None


def order(rows: Iterable[FrameRow]) -> tuple[FrameRow, ...]:
    """Put rows in order of the moments that were wanted, the same wish once.

    Parameters
    ----------
    rows : iterable of FrameRow
        Later ones replace earlier ones with the same wish.

    Returns
    -------
    tuple of FrameRow
        The table.
    """
    by_wish = {(-1.0 if row.asked_s is None else row.asked_s, row.reason): row for row in rows}
    return tuple(row for _, row in sorted(by_wish.items()))


def to_json(table: FramesTable) -> bytes:
    """Write a table as JSON.

    Parameters
    ----------
    table : FramesTable
        The table.

    Returns
    -------
    bytes
        UTF-8.
    """
    return msgspec.json.format(msgspec.json.encode(table), indent=1) + b"\n"


def to_csv(table: FramesTable) -> bytes:
    """Write the rows of a table as CSV.

    Numbers, digests and names that this program made stand in it, and nothing that the clip says,
    so no cell can begin a formula.

    Parameters
    ----------
    table : FramesTable
        The table.

    Returns
    -------
    bytes
        UTF-8, commas, one line for the names of the columns.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [field.name for field in msgspec.structs.fields(FrameRow)]
    writer.writerow(names)
    for row in table.frames:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return text.getvalue().encode()


def read_table(folder: Path) -> FramesTable | None:
    """Read what an earlier run exported into a folder.

    Parameters
    ----------
    folder : Path
        The output folder.

    Returns
    -------
    FramesTable or None
        The rows whose pictures are still there; None when there is no table.

    Raises
    ------
    OutputError
        When there is one that cannot be read.
    """
    path = folder / JSON_NAME
    try:
        table = msgspec.json.decode(path.read_bytes(), type=FramesTable)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise OutputError(
            f"{path} cannot be read: {error}", advice="Name another folder with --out."
        ) from error
    kept = tuple(row for row in table.frames if _is_there(folder, row.file))
    return msgspec.structs.replace(table, frames=kept)


def _is_there(folder: Path, name: str) -> bool:
    return "/" not in name and (folder / name).is_file()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
