"""Fixtures shared by all tests."""

import hashlib
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SAMPLES = REPOSITORY / "samples"


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def manifest() -> dict[str, dict[str, object]]:
    """What is true of every sample file, by its path in the samples folder."""
    table = tomllib.loads((SAMPLES / "manifest.toml").read_text("utf-8"))
    return {str(each["path"]): each for each in table["file"]}


@pytest.fixture(scope="session")
def sample(manifest: dict[str, dict[str, object]]) -> Callable[[str], Path]:
    """Give the path of a sample file, once its digest is the manifest's."""

    def find(name: str) -> Path:
        path = SAMPLES / "glushkovo" / name
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == manifest[f"glushkovo/{name}"]["sha256"], f"{name} was changed"
        return path

    return find


@pytest.fixture(scope="session")
def media_root() -> Path:
    """Give the folder of real media, or skip."""
    root = os.environ.get("FORENSICS_MEDIA")
    if not root:
        pytest.skip("set FORENSICS_MEDIA to run tests on real media")
    return Path(root)
