"""The output folder: one run at a time, artefacts by digest, reports whole or not at all."""

import fcntl
import hashlib
import os
import re
import shutil
from pathlib import Path
from types import TracebackType

from forensics.ingest.regular import digest_of
from forensics.model.errors import OutputError
from forensics.model.outcome import ARTEFACT_PATH, ArtefactBytes
from forensics.whole_files import write_whole

MARKER = "case-id.txt"
"""Names the folder whose report this is, so that another case's is never overwritten."""


LOCK = "run.lock"
"""Held by the run that writes; the system frees it however that run ends."""

PLAIN_ENDING = re.compile(r"\.[a-z0-9]{1,8}")


class OutputFolder:
    """The folder a run writes to.

    Used as a context manager: when the run fails in a folder it made itself before it found
    anything out, nothing is left; what was found out is kept for the next run.

    Parameters
    ----------
    path : Path
        The folder; made when missing.
    case_id : str
        Which case it belongs to.

    Raises
    ------
    OutputError
        When it cannot be written to, belongs to another case, or another run writes to it.
    """

    def __init__(self, path: Path, *, case_id: str) -> None:
        self.path = path
        case_id = case_id.strip()
        self._made = False
        self._lock = -1
        self.is_worth_keeping = False
        try:
            self._made = not path.exists()
            self._claim(case_id)
        except OSError as error:
            self._remove_if_made()
            self._unlock()
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
        if error is not None and not self.is_worth_keeping:
            self._remove_if_made()
        self._unlock()

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

        Raises
        ------
        OutputError
            When it cannot be written, or its ending is no plain one.
        """
        if not PLAIN_ENDING.fullmatch(artefact.suffix):
            raise OutputError(f"no ending of an artefact: {artefact.suffix[:20]!r}")
        digest = hashlib.sha256(artefact.data).hexdigest()
        relative = f"artefacts/{digest[:2]}/{digest}{artefact.suffix}"
        if not self.holds(relative):
            # Its name says what it must hold; a part left by a power cut is noticed, and replaced.
            self.write(relative, artefact.data, is_lasting=False)
        return relative

    def holds(self, relative: str) -> bool:
        """Say whether an artefact is there, undamaged.

        Parameters
        ----------
        relative : str
            Its path in the output folder.

        Returns
        -------
        bool
            False when it is missing, a link, or other bytes than its name says.
        """
        named = ARTEFACT_PATH.fullmatch(relative)
        if named is None or (self.path / relative).is_symlink():
            return False
        return digest_of(self.path / relative) == named[1]

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

    def write(self, relative: str, data: bytes, *, is_lasting: bool = True) -> None:
        """Write one file whole or not at all.

        Parameters
        ----------
        relative : str
            Path in the output folder.
        data : bytes
            Its content.
        is_lasting : bool, optional
            Wait until it would outlive a power cut.

        Raises
        ------
        OutputError
            When the disk is full or the folder was made read-only.
        """
        target = self.path / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, data, is_lasting=is_lasting)
        except OSError as error:
            raise _output_error(target, error) from error

    def _remove_if_made(self) -> None:
        if self._made:
            shutil.rmtree(self.path, ignore_errors=True)

    def _claim(self, case_id: str) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"{self.path} is a file", advice="Name a folder with --out.")
        self.path.mkdir(parents=True, exist_ok=True)
        present = {each.name for each in self.path.iterdir()}
        marker = self.path / MARKER
        if marker.exists():
            owner = marker.read_text("utf-8", "replace").strip()
            if owner != case_id:
                raise OutputError(
                    f"{self.path} holds the report of another case ({owner})",
                    advice="Name another folder with --out.",
                )
        elif present - {LOCK}:
            raise OutputError(
                f"{self.path} is not empty and holds no report",
                advice="Name a new or empty folder with --out.",
            )
        self._take_lock()
        self.write(MARKER, f"{case_id}\n".encode())

    def _take_lock(self) -> None:
        self._lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._made = False  # the other run's
            raise OutputError(
                f"another run is writing to {self.path}",
                advice="Wait until it has ended, or name another folder with --out.",
            ) from error

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _output_error(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write {path}: {error.strerror or error}",
        advice="Check free space and permissions, or name another folder with --out.",
    )
