"""Writing files whole: whoever reads one finds all of it, whenever the writer was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, or replace it by another content."""
    with written_whole(path) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; it replaces ``path`` when the block ends well.

    The suffix is the same, since some writers choose their format by it. A block that fails leaves what
    was there before.
    """
    unfinished = path.with_name(f".unfinished-{path.name}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
