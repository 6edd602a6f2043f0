"""Write a file whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes, *, is_lasting: bool = False) -> None:
    """Write a file beside its place first, and put it there when it is whole.

    Use it for all that somebody may read, or that a run may be interrupted in. Not for what SQLite
    or a decoder writes by itself.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced. Its folder must be there.
    data : bytes
        Its content.
    is_lasting : bool, optional
        Wait until it would outlive a power cut.

    Raises
    ------
    OSError
        When it cannot be written: what was there before is left as it was.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        # A link that somebody left in its place would lead elsewhere.
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            if is_lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        # Gone already when all went well; an interruption leaves none behind either.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
