"""Hostile files that the project makes itself, to see what is said of them.

`make_all` fills a folder, the same bytes every time: files that break off, that are damaged, that
lie about their size, their counts and their structure, that unpack to a thousand times their size,
that refer to other files and to the network, that are not what their names say, that say texts
which act where they are shown, and entries of a folder that are no files. Each comes with what must
be said of it: wholly examined, in part, rejected, or not read at all. Whatever they are, a scan
must end, name each of them once, and write nothing outside its output folder.

``PYTHONPATH=tools python -m nasties FOLDER`` makes them. With ``--measure`` each is examined in a
process of its own, with little memory; what took long, much memory or died is told.
With ``--heavy`` those are made besides that take many seconds or gigabytes when nothing limits
what a decoder may take; with ``--huge`` three sparse files of 5 GB, which take seconds each to be
read.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from nasties.cut import cuts
from nasties.directories import lying_directories, tiny_tiles, wide_page
from nasties.entries import make_entries, make_names
from nasties.iso import lying_boxes, many_edits, many_tracks
from nasties.nasty import Made, Nasty, nasty
from nasties.odd_pictures import odd_pictures
from nasties.references import references
from nasties.still_lies import large_gif, large_lossless_webp, large_webp, lying_stills
from nasties.strangers import strangers
from nasties.streams import lying_streams
from nasties.texts import acting_texts

__all__ = ["Nasty", "make_all", "make_heavy", "make_huge", "make_references"]

NOWHERE = "127.0.0.1:9"
"""The port of the discard service; where nobody listens unless a test does."""

HUGE_BYTES = 5_000_000_000


def make_all(folder: Path, *, address: str = NOWHERE) -> list[Nasty]:
    """Fill a folder with everything but the huge files.

    Parameters
    ----------
    folder : Path
        An empty folder.
    address : str, optional
        Host and port that the files refer to.

    Returns
    -------
    list of Nasty
        What was made, one for each file that is to be named.
    """
    return [*_write(folder, _files(address)), *make_names(folder), *make_entries(folder)]


def make_references(folder: Path, *, address: str) -> list[Nasty]:
    """Fill a folder with the files that refer to others.

    Parameters
    ----------
    folder : Path
        An empty folder.
    address : str
        Host and port that the files refer to.

    Returns
    -------
    list of Nasty
        What was made.
    """
    return _write(folder, references(address))


def make_huge(folder: Path) -> list[Nasty]:
    """Make three sparse files of 5 GB, which take next to no room on most disks.

    Parameters
    ----------
    folder : Path
        An empty folder.

    Returns
    -------
    list of Nasty
        What was made.
    """
    heads = (
        (nasty("huge.bin", "5 GB of zeros", "unread", "not a photo or video"), b"\0"),
        (nasty("huge.jpg", "a JPEG of 5 GB", "unread", "the limit is"), b"\xff\xd8\xff\xe0"),
        (nasty("huge.mp4", "an MP4 of 5 GB", "rejected", "moov"),
         b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\1mdat\0\0\0\1\0\0\0\0"),
    )  # fmt: skip
    made = _write(folder, iter(heads))
    for each in made:
        os.truncate(folder / each.name, HUGE_BYTES)
    return made


def make_heavy(folder: Path) -> list[Nasty]:
    """Make files that cost many seconds or gigabytes where nothing limits their decoders.

    Parameters
    ----------
    folder : Path
        An empty folder.

    Returns
    -------
    list of Nasty
        What was made.
    """
    lies = "ok|degraded|rejected"
    heavy = (
        (nasty("canvas.webp", "a small picture on a canvas of 268 million pixels", lies),
         large_webp(16_383)),
        (nasty("lossless.webp", "268 million pixels in twenty bytes", lies),
         large_lossless_webp(16_383)),
        (nasty("canvas.gif", "two hundred pictures of 16 million pixels", lies),
         large_gif(4000, 4000, 200)),
        (nasty("wide.tif", "280 million pixels in a kilobyte", lies), wide_page(200_000, 1400)),
        (nasty("tiles.tif", "225 million tiles of a pixel", lies), tiny_tiles(15_000)),
        (nasty("edits.mp4", "ten thousand edits", lies), many_edits(10_000)),
        (nasty("tracks.mp4", "a thousand tracks", lies), many_tracks(1000)),
    )  # fmt: skip
    return _write(folder, iter(heavy))


def _files(address: str) -> Made:
    yield from cuts()
    yield from lying_stills()
    yield from lying_directories()
    yield from lying_boxes()
    yield from lying_streams()
    yield from odd_pictures()
    yield from references(address)
    yield from strangers()
    yield from acting_texts()


def _write(folder: Path, files: Iterator[tuple[Nasty, bytes]]) -> list[Nasty]:
    made = []
    for each, data in files:
        path = folder / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name that comes twice would hide a nasty.
        with path.open("xb") as file:
            file.write(data)
        made.append(each)
    return made
