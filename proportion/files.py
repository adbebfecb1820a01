"""Writing files whole: whoever reads one finds all of it, whenever the writer was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, or replace it by another content."""
    with written_whole(path) as unfinished:
        unfinished.write_bytes(content)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; what is there replaces ``path`` when the block ends well.

    The name is the same, since some writers choose their format by it, in a folder of its own beside:
    one that a killed writer leaves is not taken for one of the files. A block that fails leaves what
    was there before.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".unfinished-") as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)
