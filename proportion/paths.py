"""Where the files are that the project ships beside its code."""

from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
ASSETS = _PROJECT / "assets"
CHECKPOINTS = _PROJECT / "checkpoints"
