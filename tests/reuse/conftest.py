import hashlib
import os

import pytest

from forensics.model.dates import parse_date
from forensics.model.findings import CompareViews, FrameHash, ImageHashes
from forensics.reuse.archive import Archive
from forensics.reuse.archive_entry import Entry

NOBODY = 65534


@pytest.fixture
def db(tmp_path):
    return tmp_path / "known.db"


@pytest.fixture
def archive(db):
    with Archive.open(db, create=True, wait_s=0.1) as opened:
        yield opened


@pytest.fixture(scope="session")
def make_entry():
    def make(name, *, first_seen=None, **fields):
        digest = hashlib.sha256(name.encode()).hexdigest()
        span = None if first_seen is None else parse_date(first_seen)
        facts = {"kind": "still", "format": "jpeg", "bytes": 1000, "path": f"{name}.jpg"}
        return Entry(id=digest, sha256=digest, first_seen=span, **{**facts, **fields})

    return make


@pytest.fixture(scope="session")
def make_hashes():
    def make(*digits, recipe="test-recipe/1", moments=None):
        times = moments or (None,) * len(digits)
        frames = (
            FrameHash(moment_s=moment, pdq=one, quality=90, phash="0" * 16, dhash="f" * 16)
            for one, moment in zip(digits, times, strict=True)
        )
        return ImageHashes(recipe, tuple(frames))

    return make


@pytest.fixture(scope="session")
def make_kept_views():
    def make(*moments):
        png = b"\x89PNG\r\n\x1a\n and the rest of a picture"
        return CompareViews(width_px=64, height_px=48, moments_s=moments or (None,)), png

    return make


@pytest.fixture
def as_ordinary_user(tmp_path):
    """Run the test without the rights of root, which no permission holds back."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o055)
    os.chown(tmp_path, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, 0)
    yield
    os.setresuid(0, 0, 0)
