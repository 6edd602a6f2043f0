"""The store: what was put in survives, what was damaged is noticed, and nothing else is touched."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from forensics.engine.store import FILE_NAME, Store
from forensics.model.errors import OutputError


@pytest.fixture
def opened(tmp_path: Path):
    stores = []

    def open_again() -> Store:
        for each in stores:
            each.close()
        stores.append(Store(tmp_path))
        return stores[-1]

    yield open_again
    for each in stores:
        each.close()


def change(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / FILE_NAME)
    with connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


def test_what_was_put_in_is_there_in_the_next_run(opened):
    opened().put("k", b"found", subject="a")

    assert opened().get("k") == b"found"


def test_all_about_an_item_is_given_at_once_without_what_is_damaged(opened, tmp_path):
    store = opened()
    for key, subject in (("1", "a"), ("2", "a"), ("3", "a"), ("4", "b")):
        store.put(key, key.encode(), subject=subject)
    store.close()
    change(tmp_path, "UPDATE found SET payload = ? WHERE key = '2'", b"changed")

    store = opened()

    assert store.about("a") == {"1": b"1", "3": b"3"}
    assert store.damaged == 1
    assert store.about("nothing") == {}


def test_record_that_was_changed_is_noticed_and_dropped(opened, tmp_path):
    opened().put("k", b"found nothing")
    opened().close()
    change(tmp_path, "UPDATE found SET payload = ? WHERE key = 'k'", b"found a lot")

    store = opened()

    assert store.get("k") is None
    assert store.damaged == 1
    assert opened().get("k") is None


def test_record_that_was_moved_to_another_key_is_noticed(opened, tmp_path):
    opened().put("k", b"found")
    opened().close()
    change(tmp_path, "UPDATE found SET key = 'other'")

    assert opened().get("other") is None


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.6, 0.9])
def test_file_that_was_cut_is_noticed_and_begun_anew(opened, tmp_path, keep):
    store = opened()
    for number in range(300):
        store.put(str(number), os.urandom(100))
    store.close()
    path = tmp_path / FILE_NAME
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])

    store = opened()
    for number in range(300):
        store.get(str(number))
    store.put("again", b"found")

    assert store.get("again") == b"found"
    assert store.damaged > 0 or keep == 0


@pytest.mark.parametrize("content", [b"no database at all, but a text", b"SQLite format 3\0" * 100])
def test_file_that_is_no_store_is_noticed_and_begun_anew(opened, tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)

    store = opened()
    store.put("k", b"found")

    assert store.damaged == 1
    assert opened().get("k") == b"found"


def test_store_of_another_version_is_begun_anew(opened, tmp_path):
    opened().put("k", b"found")
    opened().close()
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("PRAGMA user_version = 999")
    connection.close()

    assert opened().get("k") is None


def test_items_are_forgotten_one_by_one(opened):
    store = opened()
    store.put("1", b"x", subject="a")
    store.put("2", b"y", subject="b")

    store.forget("a")

    assert store.get("1") is None
    assert store.get("2") == b"y"
    assert store.damaged == 0


def test_store_is_empty_until_something_is_found_about_an_item(opened):
    store = opened()
    store.put("folder", b"/evidence")
    before = store.is_empty()
    store.put("k", b"found", subject="a")

    assert before
    assert not store.is_empty()


def test_what_was_put_in_survives_a_kill(tmp_path):
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from forensics.engine.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for number in range(100): store.put(str(number), b'found')\n"
        "store.commit()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    ran = subprocess.run(
        [sys.executable, "-c", script, tmp_path], env=environment, check=False, timeout=60
    )
    store = Store(tmp_path)
    found = [store.get(str(number)) for number in range(100)]
    store.close()

    assert ran.returncode == -signal.SIGKILL
    assert found == [b"found"] * 100


def test_folder_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(OutputError, match="cannot write") as caught:
        Store(tmp_path / "nowhere")

    assert caught.value.advice
