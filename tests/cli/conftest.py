"""A small case in a folder of its own, and the command line to examine it with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from forensics.cli.main import main

REPOSITORY = Path(__file__).parents[2]


def write_picture(path, seed, *, quality=90, text=None):
    """Write a JPEG with structure, unlike any other seed's."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (15, 20, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    Path(path).write_bytes(jpeg.tobytes())


@pytest.fixture(scope="session")
def draw():
    return write_picture


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def evidence(here):
    """A folder ``evidence`` with two photos and a text, and ``archive`` with the older original."""
    folder, archive = here / "evidence", here / "archive"
    folder.mkdir()
    archive.mkdir()
    write_picture(archive / "older.jpg", 1, quality=95)
    (archive / "list.csv").write_text(
        "path,first_seen,source\nolder.jpg,2014-08-01,https://a.example\n"
    )
    write_picture(folder / "copy.jpg", 1, quality=60)
    write_picture(folder / "other.jpg", 2)
    (folder / "notes.txt").write_text("no picture")
    (folder / "case.toml").write_text(
        'name = "A case"\n[event]\nstart = 2024-08-16T00:00:00+03:00\n'
        '[archive]\npath = "../archive"\n'
    )
    return folder


@pytest.fixture
def forensics(capsys):
    """Run a command in this process; give its status and what it printed."""

    def run(*arguments):
        capsys.readouterr()
        try:
            status = main([os.fspath(each) for each in arguments])
        except SystemExit as stop:
            status = stop.code
        return status, capsys.readouterr()

    return run


@pytest.fixture
def answer(forensics):
    """Run a command with ``--json``; give what it answered."""

    def run(*arguments):
        _, printed = forensics(*arguments, "--json")
        return json.loads(printed.out)

    return run


@pytest.fixture
def program(here):
    """Run a command as a program of its own."""

    def run(*arguments, **options):
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **options.pop("env", {})}
        command = [sys.executable, "-W", "error", "-m", "forensics.cli.main", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.run(
            command, env=environment, cwd=here, timeout=60, check=False, **(pipes | options)
        )

    return run
