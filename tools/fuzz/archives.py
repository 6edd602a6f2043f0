"""Targets around known footage: lists, exchange, archive files, views kept in them."""

import contextlib
import tempfile
from pathlib import Path

import msgspec
import numpy as np

from forensics.ingest.frame import Frame
from forensics.model.casefile import EventWindow
from forensics.model.errors import ForensicsError
from forensics.model.findings import CompareViews, FrameHash, ImageHashes
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry, Sighting
from forensics.reuse.exchange import export_hashes, import_hashes
from forensics.reuse.feature_index import build_index, find_candidates
from forensics.reuse.features import describe
from forensics.reuse.hashes import PREPROCESSING, hash_frames
from forensics.reuse.known_list import read_known_list
from forensics.reuse.pdq_list import PdqRow, read_pdq_list, write_pdq_list
from forensics.reuse.search import search_archive
from forensics.reuse.views import Probe, make_views, read_views
from forensics.vision.alignment import align
from forensics.vision.codes import from_bytes, to_bytes
from tools.fuzz.target import Target, require

ROOT = Path(__file__).parents[2]
_MAX_SIDE_PX = 512
_PDQ = "0123456789abcdef" * 4


def _known_list(data: bytes, folder: Path) -> object:
    known = folder / "known"
    if not known.exists():
        known.mkdir()
        (known / "a.jpg").touch()
        (known / "é b.jpg").touch()
        (known / "loop").symlink_to("loop")
        (known / "out").symlink_to("/")
    path = known / "list.csv"
    path.write_bytes(data)
    listed = read_known_list(path)
    for row in listed.rows:
        require(
            Path(row.location).is_relative_to(known.resolve()), "no row leads out of the folder"
        )
        msgspec.json.encode(row)
    for bad in listed.bad_rows:
        require(bad.reason and bad.line > 0, "a bad row says where and why")
    return listed


def _pdq_list(data: bytes, folder: Path) -> object:
    listed = _read_pdq(data, folder)
    as_json = _read_pdq(write_pdq_list(listed.rows, format="json").encode(), folder)
    require(not as_json.bad_rows, "what is written as JSON is read back")
    require([_said(row) for row in as_json.rows] == [_said(row) for row in listed.rows],
            "JSON keeps all that a row says")  # fmt: skip
    as_csv = _read_pdq(write_pdq_list(listed.rows, format="csv").encode(), folder)
    require(not as_csv.bad_rows, "what is written as CSV is read back")
    require([(row.pdq, row.quality) for row in as_csv.rows]
            == [(row.pdq, row.quality) for row in listed.rows],
            "CSV keeps hash and quality")  # fmt: skip
    plain = all((row.name or "a").isprintable() for row in listed.rows)
    if plain:
        require([row.name for row in as_csv.rows] == [row.name for row in listed.rows],
                "CSV keeps names")  # fmt: skip
    return listed


def _read_pdq(data: bytes, folder: Path):
    path = folder / "list"
    path.write_bytes(data)
    return read_pdq_list(path)


def _said(row: PdqRow) -> PdqRow:
    return msgspec.structs.replace(row, line=0)


def _exchange(data: bytes, folder: Path) -> object:
    listed = _read_pdq(data, folder)
    db = folder / "exchange.db"
    db.unlink(missing_ok=True)
    with Archive.open(db, create=True) as archive:
        count = import_hashes(archive, listed.rows, origin="a list")
        again = import_hashes(archive, listed.rows, origin="a list")
        require(again.added == 0, "a list taken in twice adds nothing")
        given = export_hashes(archive)
        require(count.added == len(given), "what was taken in is given out")
        require(
            {row.pdq for row in given} == {row.pdq for row in listed.rows}, "every hash is kept"
        )
        return count, given, archive.revision


def _archive(data: bytes, folder: Path) -> object:
    db = folder / "known.db"
    for file in folder.glob("known.db*"):
        file.unlink()
    db.write_bytes(data)
    said = []
    with Archive.open(db) as archive:
        for ask in (
            archive.summary, archive.entries, lambda: archive.revision,
            lambda: export_hashes(archive),
            lambda: archive.find_identical("1" * 64), lambda: archive.views("1" * 64),
            lambda: msgspec.json.encode(search_archive([_probe()], archive, _EVENT)),
        ):  # fmt: skip
            try:
                said.append(repr(ask()))
            except ForensicsError as error:
                said.append(repr(error))
    with contextlib.suppress(ForensicsError), Archive.open(db, writable=True) as archive:
        archive.add(Entry(id="2" * 64, sha256="2" * 64, kind="still"))
        archive.remove("1" * 64)
    return said


_EVENT = EventWindow(start="2024-08-16T00:00:00Z")


def _picture() -> np.ndarray:
    rows, columns = np.mgrid[:96, :128]
    red = ((rows * columns) % 251).astype(np.uint8)
    return np.dstack([red, np.roll(red, 9, axis=1), red[::-1]])


def _probe() -> Probe:
    frames = (Frame(None, _picture()),)
    views = make_views(frames)
    assert isinstance(views.finding, CompareViews)
    kept = read_views(views.finding, views.artefacts["views"].data)
    return Probe("3" * 64, "x.jpg", False, hash_frames(frames), kept, (128, 96))


def _archive_seeds() -> list[bytes]:
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(3):
            db = Path(folder, f"{number}.db")
            with Archive.open(db, create=True) as archive:
                if number:
                    _fill(archive, with_views=number == 1)
            made.append(db.read_bytes())
    return made


def _fill(archive: Archive, *, with_views: bool) -> None:
    frames = (Frame(None, _picture()),)
    views = make_views(frames)
    assert isinstance(views.finding, CompareViews)
    kept = (views.finding, views.artefacts["views"].data) if with_views else None
    entry = Entry(id="1" * 64, sha256="1" * 64, kind="still", format="jpeg", bytes=9, width_px=128,
                  height_px=96, path="a.jpg", source="s", notes="n", basis="analyst")  # fmt: skip
    archive.add(entry, hashes=hash_frames(frames), views=kept)
    archive.add_hash(_PDQ, quality=50, moment_s=1.5, sighting=Sighting(path="b"))
    other = ImageHashes(PREPROCESSING, (FrameHash(0.0, _PDQ, 70, "0" * 16, "f" * 16),))
    archive.add(Entry(id="4" * 64, sha256="4" * 64, kind="video"), hashes=other)


def _views(data: bytes, _: Path) -> object:
    width, height = (1 + int.from_bytes(data[at : at + 2], "big") % _MAX_SIDE_PX for at in (0, 2))
    views = read_views(CompareViews(width, height, (None,)), data[4:])
    require(views.grey.shape[1:] == (height, width), "views are of the size that was said")
    require(len(views.grey) == len(views.chroma), "every view has its colours")
    for index in range(min(len(views.grey), 3)):
        require(views.colour(index).shape == (height, width, 3), "a view has three channels")
    return views.grey.shape, hash(views.grey.tobytes())


def _views_seeds() -> list[bytes]:
    seeds = []
    for pixels in (_picture(), _picture()[:1, :1], _picture()[:5, :7]):
        made = make_views((Frame(None, pixels),) * 2)
        assert isinstance(made.finding, CompareViews)
        size = b"".join(
            (side - 1).to_bytes(2, "big")
            for side in (made.finding.width_px, made.finding.height_px)
        )
        seeds.append(size + made.artefacts["views"].data)
    return seeds


def _features(data: bytes, _: Path) -> object:
    found = from_bytes(data)
    require(len(found.points) == len(found.codes) == len(found.cells), "a code for every point")
    require(bool((found.points <= np.array(found.size_px)).all()), "points are in the picture")
    moved = align(found, found)
    mirrored = align(found.mirrored(), found, mirrored=True)
    for each in (moved, mirrored):
        require(each is None or bool(np.isfinite(each.matrix).all()), "movements are finite")
    index = build_index([found, found])
    return [each.votes for each in find_candidates(index, found, limit=3)]


def _features_seeds() -> list[bytes]:
    packed = to_bytes(describe(_picture(), limit=40))
    return [packed, packed[:4], packed[:4] + packed[4:30] * 6]


def _list_seeds() -> list[bytes]:
    sample = (ROOT / "samples/glushkovo/archive/list.csv").read_bytes()
    return [
        sample[:2000],
        b"path;first_seen\na.jpg;2014-08\n",
        b'\xef\xbb\xbfpath,basis\r\n"a.jpg",imported:x\r\n',
        "path\tcapture_url\né b.jpg\thttps://example.org/\nloop\t\nout/etc/passwd\t\n".encode(),
    ]


_HASH_SEEDS = (
    f'{_PDQ},90,a.jpg\n{_PDQ},,"b,c"\n'.encode(),
    f"hash={_PDQ},quality=9,filename=x,y\npdq {_PDQ}\n".encode(),
    f"hash,quality,name,first_seen,source,moment_s\n{_PDQ},5,'=x,2014,s,1.5\n".encode(),
    f'{{"data":[{{"indicator":"{_PDQ}","type":"HASH_PDQ","quality":1,"moment_s":0.5}}]}}'.encode(),
    f'["{_PDQ}", {{"hash": "{_PDQ.upper()}", "name": "n", "first_seen": "2014-08-01"}}]'.encode(),
)
_LIST_TOKENS = (b",", b";", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b"path", b"first_seen",
b"basis", b"a.jpg",
                b"..", b"/", b"\\", b"\0", b"\xff", b"\xef\xbb\xbf", b"imported:", b"analyst",
                b"https://", b"out/",
                b"loop", b"a" * 300, b"\xc2\x85", b"\xe2\x80\xa8", b"\x0b", b"\x1c", b"0001",
                b"9999-12-31T23:59:59",
                b"known", b".", b"a.jpg/", b"x" * 140_000)  # fmt: skip
_HASH_TOKENS = (*_LIST_TOKENS[:-1], _PDQ.encode(), b"hash=", b",quality=", b",filename=", b"pdq ",
b"nan", b"1e999",
                b"-1", b"'=", b"'", b"=", b"@", b"[", b"]", b"{", b"}", b'"hash":', b"null",
                b"9" * 30, b"HASH_PDQ",
                b"_", "\u0663".encode(), b'"moment_s":', b'"quality":', b'"name":', b"[" * 3000,
                b"9" * 5000,
                b"\\ud800", b"\\u0000", b"1.0")  # fmt: skip

TARGETS = (
    Target("known_list", _known_list, _list_seeds, tokens=_LIST_TOKENS, max_bytes=160_000),
    Target("pdq_list", _pdq_list, lambda: _HASH_SEEDS, tokens=_HASH_TOKENS),
    Target("exchange", _exchange, lambda: _HASH_SEEDS, tokens=_HASH_TOKENS),
    Target("archive", _archive, _archive_seeds, max_bytes=1 << 17, repeat_every=4,
           tokens=(b"SFkn", b"CREATE TABLE ", b"CREATE VIEW ", b"1" * 64, b"TEXT", b"BLOB",
           b"\xff" * 9, b"rowid")),
    Target("features", _features, _features_seeds, (ValueError,), max_bytes=1 << 11),
    Target("views", _views, _views_seeds, (ValueError,), (b"IDAT", b"IHDR", b"IEND"), 1 << 16),
)  # fmt: skip
