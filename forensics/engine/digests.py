"""Digests of many files at once."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forensics.ingest.regular import digest_of

READERS = 4
"""Hashing lets other threads run; more of them only keep the disk busy."""


def digests_of(locations: Sequence[Path]) -> Iterator[str | None]:
    """Hash files, several at a time.

    Parameters
    ----------
    locations : sequence of Path
        The files.

    Yields
    ------
    str or None
        SHA-256 in hexadecimal, in the order given; None for one that cannot be read.
    """
    readers = ThreadPoolExecutor(READERS)
    try:
        yield from readers.map(digest_of, locations)
    finally:
        # After an interruption nobody waits for the files that were not begun.
        readers.shutdown(wait=False, cancel_futures=True)
