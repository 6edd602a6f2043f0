"""The output folder: artefacts by digest, reports written whole or not at all."""

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from forensics.model.errors import OutputError
from forensics.model.outcome import ArtefactBytes

MARKER = "case-id.txt"
"""Names the folder whose report this is, so that another case's is never overwritten."""


class OutputFolder:
    """The folder a run writes to.

    Used as a context manager: when the run fails in a folder it made itself, nothing is left.

    Parameters
    ----------
    path : Path
        The folder; made when missing.
    case_id : str
        Which case it belongs to.

    Raises
    ------
    OutputError
        When it cannot be written to, or belongs to another case.
    """

    def __init__(self, path: Path, *, case_id: str) -> None:
        self.path = path
        case_id = case_id.strip()
        self._made = False
        try:
            self._made = not path.exists()
            self._claim(case_id)
        except OSError as error:
            self._remove_if_made()
            if isinstance(error, OutputError):
                raise
            raise _output_error(path, error) from error

    def __enter__(self) -> "OutputFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._remove_if_made()

    def keep(self, artefact: ArtefactBytes) -> str:
        """Store one artefact under its digest.

        Parameters
        ----------
        artefact : ArtefactBytes
            The file.

        Returns
        -------
        str
            Its path relative to the output folder.
        """
        digest = hashlib.sha256(artefact.data).hexdigest()
        relative = f"artefacts/{digest[:2]}/{digest}{artefact.suffix}"
        if not (self.path / relative).exists():
            self.write(relative, artefact.data)
        return relative

    def load(self, relative: str) -> bytes:
        """Read one artefact back.

        Parameters
        ----------
        relative : str
            Path in the output folder.

        Returns
        -------
        bytes
            Its content.
        """
        return (self.path / relative).read_bytes()

    def write(self, relative: str, data: bytes) -> None:
        """Write one file whole or not at all.

        Parameters
        ----------
        relative : str
            Path in the output folder.
        data : bytes
            Its content.

        Raises
        ------
        OutputError
            When the disk is full or the folder was made read-only.
        """
        target = self.path / relative
        temporary = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            raise _output_error(target, error) from error
        finally:
            # Gone already when all went well; an interruption leaves none behind either.
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _remove_if_made(self) -> None:
        if self._made:
            shutil.rmtree(self.path, ignore_errors=True)

    def _claim(self, case_id: str) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"{self.path} is a file", advice="Name a folder with --out.")
        self.path.mkdir(parents=True, exist_ok=True)
        marker = self.path / MARKER
        if marker.exists():
            owner = marker.read_text("utf-8", "replace").strip()
            if owner != case_id:
                raise OutputError(
                    f"{self.path} holds the report of another case ({owner})",
                    advice="Name another folder with --out.",
                )
        elif any(self.path.iterdir()):
            raise OutputError(
                f"{self.path} is not empty and holds no report",
                advice="Name a new or empty folder with --out.",
            )
        self.write(MARKER, f"{case_id}\n".encode())


def _output_error(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write {path}: {error.strerror or error}",
        advice="Check free space and permissions, or name another folder with --out.",
    )
