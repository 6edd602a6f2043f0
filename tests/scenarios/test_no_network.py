"""Whatever a file refers to: nobody is asked for it, and no other file is opened for it."""

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
STRACE = shutil.which("strace")
# The scan under a hook that hears every socket, name look-up, program and file that Python opens.
WATCHED = """
import json, sys
heard = []
def hear(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__" or event in (
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "urllib.Request"
    ):
        is_worker = event == "subprocess.Popen" and "forensics.engine.worker" in repr(arguments)
        heard.append([event, "worker" if is_worker else repr(arguments)[:200]])
sys.addaudithook(hear)
from forensics.cli.main import main
try:
    status = main(sys.argv[2:])
finally:
    open(sys.argv[1], "w").write(json.dumps(heard))
sys.exit(status)
"""


class Listener:
    """TCP and UDP sockets on one port of this machine; each hears who comes."""

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket()
        for _ in range(50):
            self.tcp.bind(("127.0.0.1", 0))
            try:
                self.udp.bind(self.tcp.getsockname())
                break
            except OSError:  # another program has this port of the other kind
                self.tcp.close()
                self.tcp = socket.socket()
        self.tcp.listen()

    @property
    def address(self):
        return "{}:{}".format(*self.tcp.getsockname())

    @property
    def was_called(self):
        return bool(select.select([self.tcp, self.udp], [], [], 0.2)[0])

    def close(self):
        self.tcp.close()
        self.udp.close()


@contextmanager
def listening():
    listener = Listener()
    try:
        yield listener
    finally:
        listener.close()


def run_watched(arguments, *, cwd, heard_in, before=()):
    return subprocess.run(
        [*before, sys.executable, "-c", WATCHED, heard_in, *arguments],
        cwd=cwd, check=False, capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def run(nasties, tmp_path_factory):
    """A scan of everything that refers to the network, while somebody listens there."""
    base = tmp_path_factory.mktemp("network")
    (base / "evidence").mkdir()
    with listening() as listener:
        made = nasties.make_references(base / "evidence", address=listener.address)
        trace = [STRACE, "-f", "-q", "-o", "trace", "-e", "trace=network,openat,execve"]
        ran = run_watched(
            ["scan", "evidence", "--out", "out"], cwd=base, heard_in="heard.json",
            before=trace if STRACE else (),
        )  # fmt: skip
        called = listener.was_called
    heard = json.loads((base / "heard.json").read_text())
    return {"made": made, "ran": ran, "called": called, "heard": heard, "base": base}


def test_references_are_examined_or_named(run):
    report = json.loads((run["base"] / "out" / "report.json").read_bytes())
    named = [path for item in report["items"] for path in item["paths"]]
    named += [each["path"] for each in report["unread"]]

    assert run["ran"].returncode == 1, run["ran"].stderr.decode()
    assert sorted(named) == sorted(each.name for each in run["made"])


def test_nobody_calls_the_address_that_files_refer_to(run):
    assert not run["called"]


def test_python_opens_no_socket_and_starts_no_program_but_workers(run):
    assert {tuple(each) for each in run["heard"]} <= {("subprocess.Popen", "worker")}


def test_python_opens_no_socket_in_what_workers_do(run):
    # The hook hears one process; without workers that is all there is.
    run_watched(
        ["scan", "evidence", "--out", "serial", "--jobs", "0"], cwd=run["base"],
        heard_in="serial.json",
    )  # fmt: skip

    assert json.loads((run["base"] / "serial.json").read_text()) == []
    assert (run["base"] / "serial" / "report.json").is_file()


@pytest.mark.skipif(STRACE is None, reason="strace is not installed; it hears what C libraries do")
def test_no_library_opens_a_socket_starts_a_program_or_reads_another_file(run):
    lines = (run["base"] / "trace").read_text("utf-8", "replace").splitlines()
    calls = re.compile(r"\b(connect|sendto|sendmsg|bind|socket)\(")
    network = [line for line in lines if calls.search(line) and "AF_UNIX" not in line]
    # Workers are this same interpreter.
    started = [line for line in lines if "execve(" in line]
    programs = [line for line in started if f'execve("{sys.executable}"' not in line]
    secrets = [line for line in lines if '"/etc/passwd"' in line]

    assert lines
    assert network == []
    assert started
    assert programs == []
    assert secrets == []


def test_listener_hears_a_caller():
    with listening() as listener:
        host, port = listener.address.split(":")
        with socket.create_connection((host, int(port))):
            assert listener.was_called


def test_listener_hears_a_datagram():
    with listening() as listener:
        host, port = listener.address.split(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
            caller.sendto(b"x", (host, int(port)))
        assert listener.was_called


@pytest.mark.parametrize("through", ["python", "ffmpeg"])
def test_watch_hears_a_program_that_asks(tmp_path, through):
    with listening() as listener:
        url = f"http://{listener.address}/a.ts"
        asks = {
            "python": f"import urllib.request; urllib.request.urlopen({url!r}, timeout=1)",
            "ffmpeg": f"import av; av.open({url!r}, timeout=1)",
        }[through]
        code = WATCHED.replace(
            "from forensics.cli.main import main", f"main = lambda _: exec({asks!r})"
        )

        ran = subprocess.run(
            [sys.executable, "-c", code, "heard.json"], cwd=tmp_path, check=False,
            capture_output=True, timeout=60,
        )  # fmt: skip

        heard = json.loads((tmp_path / "heard.json").read_text())
        assert ran.returncode != 0
        assert listener.was_called
    assert bool(heard) is (through == "python")


def test_scan_needs_no_network_at_all(run, tmp_path):
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("unshare cannot take the network away here")

    ran = run_watched(
        ["scan", str(run["base"] / "evidence"), "--out", "out"], cwd=tmp_path,
        heard_in="heard.json", before=[unshare, "-rn"],
    )  # fmt: skip

    assert ran.returncode == 1
    assert (tmp_path / "out" / "report.json").read_bytes() == (
        run["base"] / "out" / "report.json"
    ).read_bytes()
