"""The app in a process of its own, as a visitor's machine meets it: started, watched and stopped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import httpx

from proportion.paths import ASSETS

_APP = ASSETS.parent / "app.py"
_PATIENCE = 300.0


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``with Server() as server:`` starts `app.py` and stops it again.

    Attributes:
        address: where it listens.
        first_page_s: seconds from the start of the process to the first page.
        ready_s: seconds from the start of the process to a check that would start at once.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})
        self.first_page_s = self.ready_s = 0.0

    def __enter__(self) -> Server:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._folder = Path(tempfile.mkdtemp(prefix="proportion-server-"))
        environment = {
            **os.environ,
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_SERVER_PORT": str(port),
            "TMPDIR": str(self._folder),
            **self._environment,
        }
        started = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_APP)], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait_for("/")
            self.first_page_s = time.perf_counter() - started
            self._wait_for("/health")
            self.ready_s = time.perf_counter() - started
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        crashed = self._process.poll()
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        said = self.log.read_text(errors="replace")[-2000:]
        shutil.rmtree(self._folder, ignore_errors=True)
        if crashed is not None:
            raise RuntimeError(f"The app stopped by itself with status {crashed}: {said}")

    @property
    def log(self) -> Path:
        """What the server printed so far."""
        return self._folder / "server.log"

    def rss_mb(self, peak: bool = False) -> float:
        """Resident memory now or at its peak, in MB; 0 where the system does not tell (not Linux)."""
        field = "VmHWM:" if peak else "VmRSS:"
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return 0.0
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)

    def processor_s(self) -> float:
        """Seconds of the processor that it has taken so far; 0 where the system does not tell."""
        try:
            after_name = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        in_user_mode, in_system_mode = int(after_name[11]), int(after_name[12])
        return (in_user_mode + in_system_mode) / os.sysconf("SC_CLK_TCK")

    def files(self) -> list[Path]:
        """Files of visitors that the server keeps at the moment."""
        return [path for path in self._folder.rglob("*") if path.is_file() and path != self.log]

    def _wait_for(self, path: str) -> None:
        deadline = time.perf_counter() + _PATIENCE
        while time.perf_counter() < deadline:
            if self._process.poll() is not None:
                break
            try:
                answer = httpx.get(self.address + path, timeout=_PATIENCE)
                if answer.status_code == 200 and (path == "/" or answer.json()["ready"]):
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise TimeoutError(f"{path} did not answer within {_PATIENCE:.0f} s")
