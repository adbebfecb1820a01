"""The app in namespaces of its own: without a route, and with its code mounted read-only as in a Space.

Everything works, nothing tries to get out, and nothing is written beside the code.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

_LOOPBACK = """
import fcntl, socket, struct
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP_RUNNING))
"""
_READ_ONLY = """
mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/written" 2>/dev/null || exit
cd "$0" && exec "$@"
"""
_FEATURES = "from tests.features import main; main()"


def _allowed(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True).returncode == 0


def test_everything_works_without_a_network_from_a_read_only_folder_and_nothing_calls_out(tmp_path):
    alone = ["unshare", "--map-root-user", "--net", "--mount"]
    inside = [*alone, "sh", "-c", _READ_ONLY, str(REPOSITORY)]
    if not _allowed(*inside, "true"):
        pytest.skip("needs the right to make namespaces (unshare) and to mount in them")
    home = tmp_path / "home"
    home.mkdir()
    trace = tmp_path / "trace"
    traced = shutil.which("strace") is not None
    watch = (
        ["strace", "-f", "--seccomp-bpf", "-q", "-e", "trace=connect,sendto", "-o", str(trace)]
        if traced
        else []
    )
    run = subprocess.run(
        [*inside, *watch, sys.executable, "-c", _LOOPBACK + _FEATURES],
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    if not traced:
        pytest.skip("it works without a network; strace is needed to see attempts to get out")
    calls = trace.read_text()
    reached = re.findall(r'sin6?_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)', calls)
    reached += re.findall(r'sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"', calls)
    assert reached, "the trace has seen no connection at all"
    assert {address for _, address in reached} <= {"127.0.0.1", "::1", "0.0.0.0"}
    assert "53" not in {port for port, _ in reached}, "a name was looked up"
