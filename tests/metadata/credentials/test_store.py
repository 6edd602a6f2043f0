"""The library checks credentials without a network, within a worker's limits, or is not needed."""

import io
import resource
import select
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from forensics.metadata.credentials import store
from forensics.metadata.credentials.store import MEDIA_TYPES, read_store
from forensics.model.outcome import Absent, Problem

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def listener():
    with socket.socket() as waiting:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        yield waiting


def was_called(listener: socket.socket) -> bool:
    return bool(select.select([listener], [], [], 0.3)[0])


@pytest.fixture
def kept_elsewhere(photo, listener) -> bytes:
    """Give a JPEG that names the listener's address for its credentials and carries none."""
    from tools.signing import sign

    host, port = listener.getsockname()

    def change(builder):
        builder.set_no_embed()
        builder.set_remote_url(f"http://{host}:{port}/manifest.c2pa")

    return sign(photo, change=change)


def test_manifest_that_is_kept_elsewhere_is_not_fetched(kept_elsewhere, listener):
    told = read_store(io.BytesIO(kept_elsewhere), "image/jpeg")

    assert isinstance(told, Absent | Problem)
    assert not was_called(listener)


def test_library_left_to_itself_would_fetch_it(kept_elsewhere, listener):
    # Else the test above would hear nothing either way.
    code = "import c2pa, io, sys; c2pa.Reader('image/jpeg', io.BytesIO(sys.stdin.buffer.read()))"
    asking = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    asking.stdin.write(kept_elsewhere)
    asking.stdin.close()
    try:
        assert select.select([listener], [], [], 10)[0]
    finally:
        asking.kill()
        asking.wait()


CHECK = """
import io, sys
from forensics.metadata.credentials.store import read_store
print(read_store(io.BytesIO(sys.stdin.buffer.read()), "image/jpeg")[0]["label"])
"""


def test_credentials_are_checked_where_there_is_no_network(signed):
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("unshare cannot take the network away here")

    ran = subprocess.run(
        [unshare, "-rn", sys.executable, "-c", CHECK], input=signed, capture_output=True,
        cwd=REPOSITORY, check=True,
    )  # fmt: skip

    assert ran.stdout.startswith(b"urn:c2pa:")


def test_no_socket_is_opened(signed, tmp_path):
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed; it hears what C libraries do")
    trace = tmp_path / "trace"

    subprocess.run(
        [strace, "-f", "-q", "-o", trace, "-e", "trace=network", sys.executable, "-c", CHECK],
        input=signed, capture_output=True, cwd=REPOSITORY, check=True,
    )  # fmt: skip

    assert "socket(" not in trace.read_text()


def test_library_works_within_the_limits_of_a_worker(signed):
    limited = (
        "from forensics.engine.worker import _limit_resources, _load_libraries\n"
        "_load_libraries(); _limit_resources()\n" + CHECK
    )

    ran = subprocess.run(
        [sys.executable, "-c", limited], input=signed, capture_output=True, cwd=REPOSITORY,
        check=True,
    )  # fmt: skip

    assert ran.stdout.startswith(b"urn:c2pa:")


def test_too_little_memory_is_said_before_the_library_would_end_the_process(signed, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 20, 1 << 20))

    told = read_store(io.BytesIO(signed), "image/jpeg")

    assert isinstance(told, Problem)
    assert "more memory" in told.error


def test_missing_library_is_an_absence_with_advice(signed, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)

    told = read_store(io.BytesIO(signed), "image/jpeg")

    assert isinstance(told, Absent)
    assert told.reason == "not_available"
    assert "pip install" in told.advice


def test_file_without_credentials_has_none(photo):
    told = read_store(io.BytesIO(photo), "image/jpeg")

    assert isinstance(told, Absent)
    assert told.reason == "not_present"


def test_report_that_is_too_long_is_refused(signed, monkeypatch):
    monkeypatch.setattr(store, "MAX_REPORT_CHARS", 10)

    assert isinstance(read_store(io.BytesIO(signed), "image/jpeg"), Problem)


@pytest.mark.parametrize("media_type", sorted(set(MEDIA_TYPES.values())))
def test_every_format_that_is_offered_is_known_to_the_library(media_type):
    import c2pa

    assert media_type in c2pa.Reader.get_supported_mime_types()
