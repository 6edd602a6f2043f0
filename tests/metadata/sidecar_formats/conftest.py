"""Reads sidecars from memory."""

import io
import json
from collections.abc import Callable

import pytest

from forensics.metadata.sidecars import MediaName, SidecarFile, find_sidecars
from forensics.model.sidecars import Sidecar

Find = Callable[..., tuple[Sidecar, ...]]


@pytest.fixture
def find() -> Find:
    """Give a function of files (name to content) and media (names, or name to digest)."""

    def run(files: dict[str, object], *media: str, **digests: str) -> tuple[Sidecar, ...]:
        opened = [SidecarFile(name, _opener(content)) for name, content in files.items()]
        names = [MediaName(name, f"{number:064x}") for number, name in enumerate(media, 16)]
        names += [MediaName(name, digest) for name, digest in digests.items()]
        return find_sidecars(opened, names)

    return run


def _opener(content: object) -> Callable[[], io.BytesIO]:
    if isinstance(content, str):
        content = content.encode()
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda: io.BytesIO(data)


@pytest.fixture
def values() -> Callable[[Sidecar], dict[str, object]]:
    """Give the plain values of a sidecar's fields."""
    return lambda sidecar: {name: each.value for name, each in sidecar.fields.items()}
