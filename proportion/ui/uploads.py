"""Visitors' files: a private folder a process, emptied when tabs close, after an hour and at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import weakref
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import LocalContext
from gradio.data_classes import FileData

from proportion.errors import BadInput
from proportion.settings import SETTINGS

GRACE = 60.0
"""Seconds that files outlive their tab, so that a reload finds its drawing again."""

_PAUSE = 5.0


class Uploads:
    """The folder of visitors' files and which tabs use which. Safe to share between threads."""

    def __init__(self, keep_seconds: float = SETTINGS.keep_seconds, grace: float = GRACE) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="proportion-")).resolve()
        self.megabytes = 0.0
        self._keep_seconds, self._grace = keep_seconds, grace
        self._claims: dict[str, set[Path]] = defaultdict(set)
        self._left: dict[str, float] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def claim(self, tab: str, path: Path) -> None:
        """Note that a tab uses a file; it stays until the last tab that does has left."""
        with self._lock:
            self._claims[tab].add(path)
            self._left.pop(tab, None)

    def leave(self, tab: str) -> None:
        """A tab was closed or reloaded: its files go after the grace."""
        with self._lock:
            self._left[tab] = time.time()

    def new_folder(self) -> Path:
        """An empty folder, which nobody can guess, for what is made for the tab that asks now."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        request = LocalContext.request.get(None)
        if request is not None and request.session_hash:
            self.claim(request.session_hash, folder)
        return folder

    def sweep(self) -> None:
        """Remove what nobody uses any more and what is too old, and measure the rest."""
        now = time.time()
        with self._lock:
            for tab in [tab for tab, when in self._left.items() if now - when >= self._grace]:
                del self._left[tab]
                gone = self._claims.pop(tab, set())
                used = set().union(*self._claims.values())
                for path in gone:
                    if not any(other.is_relative_to(path) for other in used):
                        _remove(path)
        total = 0
        for path in sorted(self.folder.rglob("*"), reverse=True):  # what is inside comes first
            try:
                found = path.stat()
                if path.is_file() and now - found.st_mtime < self._keep_seconds:
                    total += found.st_size
                elif path.is_file():
                    path.unlink()
                elif now - found.st_mtime >= self._grace:
                    path.rmdir()
            except OSError:  # removed meanwhile, or a folder that is not empty
                continue
        with self._lock:  # a tab that never says good-bye must not be remembered for ever
            for tab, paths in list(self._claims.items()):
                self._claims[tab] = {path for path in paths if path.exists()}
                if not self._claims[tab]:
                    del self._claims[tab]
        self.megabytes = total / 1e6

    def watch(self) -> None:
        """Sweep every few seconds for as long as the process lives."""
        while True:
            time.sleep(_PAUSE)
            self.sweep()


@cache
def uploads() -> Uploads:
    """This process's folder, from now on also Gradio's, and swept in the background."""
    kept = Uploads()
    os.environ["GRADIO_TEMP_DIR"] = str(kept.folder)
    threading.Thread(target=kept.watch, name="sweeper", daemon=True).start()
    return kept


def uploaded(file: Any) -> Path:
    """The path of a visitor's upload.

    Args:
        file: `FileData`, or its JSON as a client sent it.

    Raises:
        BadInput: no upload, a path elsewhere on this machine, or a file that was removed meanwhile.
    """
    given = file.model_dump() if isinstance(file, FileData) else file
    name = given.get("path") if isinstance(given, dict) else None
    try:
        path = Path(name).resolve()
        known = path.is_relative_to(uploads().folder) and path.is_file()
    except (TypeError, ValueError, OSError):
        known = False
    if not known:
        raise BadInput("This is not an uploaded file; choose the picture again.", "page.not_uploaded")
    return path


def tab_closed(request: gr.Request) -> None:
    """Gradio calls this when a tab's connection ends."""
    if request.session_hash:
        uploads().leave(request.session_hash)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
