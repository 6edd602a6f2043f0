"""Lists of digests are what ``sha256sum -c`` reads, whatever the files are called."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.report.checksums import checksum_list

NAMES = [b"a.jpg", b"with space", b"line\nfeed", b"back\\slash", b"return\r", b"\xff\xfe", b"-rf",
         b"<b>", b'"', b"*star", b" leading", "mост.jpg".encode()]  # fmt: skip


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_names_of_strangers_are_checked_by_sha256sum(tmp_path: Path):
    for name in NAMES:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    listed = checksum_list((hashlib.sha256(name).hexdigest(), name) for name in NAMES)

    ran = subprocess.run(
        ["sha256sum", "-c", "--strict"],
        input=listed,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(b": OK") == len(NAMES)


def test_order_does_not_depend_on_the_order_given():
    entries = [("0" * 64, b"b"), ("1" * 64, b"a")]

    assert checksum_list(entries) == checksum_list(entries[::-1])
