"""Foreign parsers neither end the run nor write on the terminal."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.ingest.guard import (
    MAX_CHATTER_BYTES,
    MAX_MESSAGE_CHARS,
    captured_stderr,
    clean_lines,
    guarded,
)
from forensics.model.errors import UnreadableMedia
from forensics.model.outcome import Problem


def test_exceptions_become_problems() -> None:
    class Odd:
        pass

    def fail() -> None:
        raise AssertionError(f"bad {Odd()}")

    problem = guarded(fail, doing="reading", advice="try again")

    assert problem == Problem("reading: AssertionError: bad the file", "try again")


def test_want_of_memory_is_not_put_down_to_the_file() -> None:
    def fail() -> None:
        raise MemoryError

    problem = guarded(fail, doing="reading")

    assert problem.error == "reading: more memory would be needed than one file is given"
    assert "scale it down" in problem.advice


def test_long_messages_are_cut() -> None:
    def fail() -> None:
        raise ValueError("x" * 10_000)

    problem = guarded(fail, doing="reading")

    assert isinstance(problem, Problem)
    assert len(problem.error) <= MAX_MESSAGE_CHARS + len("reading: ")


def test_refusals_of_our_own_keep_their_words() -> None:
    def refuse() -> None:
        raise UnreadableMedia("too large", advice="cut it")

    assert guarded(refuse, doing="reading") == Problem("too large", "cut it")


def test_interrupts_pass_through() -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(interrupt, doing="reading")


def test_what_c_code_writes_is_kept_off_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_stderr() as chatter:
        os.write(2, b"[h264 @ 0x55d0c0ffee00] bad slice\n[h264 @ 0x55d0c0ffee99] bad slice\n")
    os.write(2, b"after")

    assert chatter.lines == ("[h264] bad slice",)
    assert capfd.readouterr().err == "after"


def test_descriptor_is_restored_after_an_exception(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with captured_stderr():
            os.write(2, b"inside")
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        fail()
    os.write(2, b"outside")

    assert capfd.readouterr().err == "outside"


def test_endless_chatter_is_bounded_and_does_not_block() -> None:
    with captured_stderr() as chatter:
        for index in range(100_000):
            try:
                os.write(2, b"line %d of a very talkative library\n" % index)
            except BlockingIOError:
                break

    assert index > 100
    assert sum(map(len, chatter.lines)) <= MAX_CHATTER_BYTES
    assert chatter.lines[0].startswith("line 0 ")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_no_descriptor_is_lost() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(50):
        with captured_stderr():
            pass

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_second_capture_at_once_leaves_the_descriptor_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with captured_stderr():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    with captured_stderr() as second:
        pass
    done.set()
    thread.join()
    os.write(2, b"after")

    assert second.lines == ()
    assert capfd.readouterr().err == "after"


@pytest.mark.parametrize("closed", [(2,), (0, 1, 2)])
def test_closed_descriptors_stay_closed(closed: tuple[int, ...]) -> None:
    code = f"""
import os
for each in {closed}: os.close(each)
from forensics.ingest.guard import captured_stderr
with captured_stderr() as chatter:
    os.write(2, b"said")
ok = chatter.lines == ("said",)
try:
    os.fstat(2)
except OSError:
    os._exit(7 if ok else 8)
os._exit(9)
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False)

    assert ran.returncode == 7


@settings(max_examples=100)
@given(st.lists(st.text()))
def test_cleaned_lines_are_short_and_stable(messages: list[str]) -> None:
    lines = clean_lines(messages)

    assert sum(map(len, lines)) <= MAX_CHATTER_BYTES
    assert len(set(lines)) == len(lines)
    assert clean_lines(lines) == lines
