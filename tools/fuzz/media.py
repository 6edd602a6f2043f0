"""Targets that decode: every format of stills, every container of clips, and the steps on them."""

import hashlib
import re
from functools import partial
from pathlib import Path

import msgspec

from forensics.ingest.guard import NEEDS_MEMORY
from forensics.ingest.media import Media, open_media
from forensics.ingest.sniff import HEAD_BYTES, sniff
from forensics.ingest.thumbnail import make_thumbnail
from forensics.ingest.tiff import decode_with_tifffile
from forensics.metadata.credentials.store import MEDIA_TYPES
from forensics.metadata.notes import find_notes
from forensics.metadata.provenance import read_provenance
from forensics.metadata.read import read_fields
from forensics.model.findings import MetadataTable
from forensics.model.item import SniffedType
from forensics.model.outcome import Absent, Made, Problem
from forensics.model.provenance import Provenance
from forensics.reuse.hashes import hash_frames
from forensics.reuse.views import make_views
from forensics.vision.views import FRAME_SIDE_PX
from tools.fuzz.seeds import MAX_SEED_BYTES, SOUNDS, STILLS, VIDEOS, of_format, small_files
from tools.fuzz.target import Target, require
from tools.signing import sign

_MARKS = {
    "jpeg": (b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda", b"\xff\xc2", b"\xff\xdd", b"\xff\xe1",
    b"Exif\0\0",
             b"MPF\0", b"\xff\xee\0\x0eAdobe", b"http://ns.adobe.com/xap/1.0/\0"),
    "png": (b"IHDR", b"IDAT", b"IEND", b"eXIf", b"tRNS", b"PLTE", b"acTL", b"fcTL", b"fdAT",
    b"iCCP", b"zTXt",
            b"iTXt", b"Raw profile type exif"),
    "webp": (b"VP8X", b"VP8L", b"VP8 ", b"ANIM", b"ANMF", b"ALPH", b"EXIF", b"ICCP"),
    "avif": (b"ftyp", b"avis", b"meta", b"iloc", b"iinf", b"ipma", b"irot", b"imir", b"ispe",
    b"moov", b"Exif"),
    "heic": (b"ftyp", b"heic", b"meta", b"iloc", b"iinf", b"ipma", b"irot", b"grid", b"hvcC",
    b"Exif", b"iref"),
    "tiff": (b"II*\0", b"MM\0*", b"\x11\1\4\0", b"\x17\1\4\0", b"\x03\1\3\0", b"\x69\x87\4\0",
    b"\x25\x88\4\0",
             b"\x4a\1\4\0", b"\x53\1\3\0", b"\x42\1\4\0", b"\x3d\1\3\0", b"\x1c\1\3\0"),
    "gif": (b"GIF89a", b"\x21\xf9\4", b"\x2c", b"\x3b", b"NETSCAPE2.0\3\1"),
    "bmp": (b"BM", b"\x28\0\0\0", b"\x7c\0\0\0", b"\x0c\0\0\0"),
    "mp4": (b"moov", b"mdat", b"trak", b"stts", b"stsz", b"stco", b"stsc", b"stss", b"ctts",
    b"elst", b"tkhd",
            b"mvhd", b"moof", b"trun", b"tfhd", b"avcC", b"udta", b"\xa9xyz", b"\0\0\0\1"),
    "matroska": (b"\x1f\x43\xb6\x75", b"\x16\x54\xae\x6b", b"\xa3", b"\xae", b"\xe7", b"\xe0",
    b"\x63\xa2",
                 b"\x01" + b"\xff" * 7, b"\x44\x89"),
    "avi": (b"LIST", b"movi", b"idx1", b"00dc", b"strf", b"strh", b"JUNK", b"avih", b"indx"),
    "mpegts": (b"G", b"\0\0\1\xe0", b"\0\0\1\xb3", b"\0\0\1\0"),
}  # fmt: skip
_MARKS |= {
    "apng": _MARKS["png"],
    "mov": _MARKS["mp4"],
    "mpeg": (b"\0\0\1\xba", b"\0\0\1\xbb", *_MARKS["mpegts"]),
}
_MARKS["mpegvideo"] = _MARKS["mpeg"]


# In parentheses stands why a file is said to be broken.
_WANTING = re.compile(rf" \([^()]*(MemoryError|{NEEDS_MEMORY})")


def _open_and_examine(data: bytes, folder: Path) -> object:
    """Open a file and run every item step on it, as a scan does."""
    path = folder / "evidence"
    path.write_bytes(data)
    media = open_media(path)
    said = repr(media.facts)
    is_blamed = "corrupted" in said or "cut short" in said
    for_memory = media.data is not None and _WANTING.search(said)
    require(not (is_blamed and for_memory), "a file is not blamed for want of memory")
    for frame in media.frames:
        height, width, channels = frame.pixels.shape
        require(
            0 < max(height, width) <= FRAME_SIDE_PX and channels == 3,
            "frames have the promised shape",
        )
        require(
            frame.moment_s is None or frame.moment_s >= 0, "moments are not before the beginning"
        )
    moments = [frame.moment_s for frame in media.frames if frame.moment_s is not None]
    require(moments == sorted(moments), "frames are in order of time")
    made: list[object] = [
        media.facts,
        media.tags,
        media.decoder_messages,
        _digests(media.artefacts),
    ]
    made.append(_steps(media))
    msgspec.json.encode(made)
    return made


def _steps(media: Media) -> list[object]:
    table = read_fields(media)
    made: list[object] = [table]
    if isinstance(table, MetadataTable):
        made.append(find_notes(table))
    if media.frames:
        made.append(hash_frames(media.frames))
        made += [_digested(step(media.frames)) for step in (make_views, make_thumbnail)]
    return made


def _digested(made: Made) -> object:
    return made.finding, _digests(made.artefacts)


def _digests(artefacts: dict) -> dict[str, str]:
    return {name: hashlib.sha256(each.data).hexdigest() for name, each in artefacts.items()}


def _metadata(data: bytes, _: Path) -> object:
    """Read the fields of a still that nobody tried to decode."""
    kinds = {b"\xff\xd8": "jpeg", b"\x89P": "png", b"RI": "webp", b"II": "tiff", b"MM": "tiff"}
    kind = SniffedType("still", kinds.get(data[:2], "jpeg"), ())
    media = Media(Path("x"), "0" * 64, len(data), kind, data, Problem("not decoded"), (), {})
    table = read_fields(media)
    notes = find_notes(table) if isinstance(table, MetadataTable) else None
    return msgspec.json.encode((table, notes))


def _credentials(data: bytes, _: Path) -> object:
    """Have content credentials checked, of stills that nobody tried to decode."""
    kind = sniff(data[:HEAD_BYTES])
    if kind is None or kind.kind not in ("still", "animation"):
        return None
    media = Media(Path("x"), "0" * 64, len(data), kind, data, Problem("not decoded"), (), {})
    told = read_provenance(media, Absent("not_present", ""))
    reasons = ("not_present", "unreadable", "not_available")
    require(isinstance(told, Provenance) or told.reason in reasons, "there is an answer")
    return msgspec.json.encode(told)


def _signed() -> list[bytes]:
    """Sign one small file of each format that can carry credentials."""
    kinds = [(name, MEDIA_TYPES[name]) for name in STILLS if name in MEDIA_TYPES]
    made = [(small_files(name), kind) for name, kind in kinds if name not in ("apng", "heic")]
    return [sign(files[0], media_type=kind) for files, kind in made if files]


def _tifffile(data: bytes, _: Path) -> object:
    facts, frames = decode_with_tifffile(Problem("Pillow gave up"), data)
    require(isinstance(facts, Problem) != bool(frames), "there is a picture or a reason why not")
    return facts, [hashlib.sha256(frame.pixels.tobytes()).hexdigest() for frame in frames]


def _target(name: str) -> Target:
    return Target(
        name,
        _open_and_examine,
        partial(of_format, name),
        tokens=_MARKS.get(name, ()),
        max_bytes=MAX_SEED_BYTES,
        repeat_every=8,
        is_contained=True,
    )


_SMALL_BYTES = 16_000
_EXIF_MARKS = (*_MARKS["tiff"], *_MARKS["jpeg"], b"eXIf")
_CREDENTIAL_MARKS = (b"jumb", b"jumd", b"cbor", b"json", b"bfdb", b"bidb", b"c2sh", b"caBX",
                     b"C2PA", b"\xff\xeb", b"JP\0\1", b"c2pa.claim.v2", b"c2pa.signature",
                     b"c2pa.hash.data", b"exclusions", b"\x9b" + b"\xff" * 8, b"\x41\xcd",
                     b"uuid")  # fmt: skip
_WITH_EXIF = ("jpeg", "tiff", "png", "webp")

TARGETS = (
    Target(
        "credentials",
        _credentials,
        _signed,
        (),
        _CREDENTIAL_MARKS,
        max_bytes=_SMALL_BYTES * 2,
        repeat_every=8,
        is_contained=True,
    ),
    Target(
        "metadata",
        _metadata,
        lambda: small_files(*_WITH_EXIF),
        (),
        _EXIF_MARKS,
        _SMALL_BYTES,
        4,
        True,
    ),
    Target(
        "tifffile",
        _tifffile,
        lambda: small_files("tiff"),
        (),
        _MARKS["tiff"],
        _SMALL_BYTES,
        4,
        True,
    ),
    *(_target(name) for name in (*STILLS, *VIDEOS, *SOUNDS)),
)
