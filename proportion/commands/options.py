"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from proportion.errors import BadInput

LANGUAGES = ("en", "zh-Hant", "ja")


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    """A parser for a command, with the one sentence that its help says."""
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def whole_number(least: int, most: int = 2**32 - 1) -> Callable[[str], int]:
    """The type of an option that takes whole numbers between these, both included."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least} to {most}")
        return int(text)

    return read


def data_option(parser: argparse.ArgumentParser) -> None:
    """``--data DIR``."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data pack")


def cluster_option(parser: argparse.ArgumentParser) -> None:
    """``--cluster ADDRESS``."""
    text = "Ray cluster to work on: HOST:PORT, auto, or local to start one here"
    parser.add_argument("--cluster", metavar="ADDRESS", help=text)


def spread_option(options: argparse.Namespace) -> dict[str, Any]:
    """The way through many jobs that the options name; none for this machine's usual one."""
    if options.cluster is None:
        return {}
    from proportion.cluster.connection import connect
    from proportion.cluster.spread import spread

    connect(options.cluster)
    return {"spread": spread}


def existing_folder(path: Path) -> Path:
    """The path.

    Raises:
        BadInput: there is no folder.
    """
    if not path.is_dir():
        raise BadInput(f"There is no folder at '{path}'; check the name.", "folder_not_found")
    return path


def needs_training_extra() -> None:
    """Say at once how to install what training needs.

    Raises:
        BadInput: it is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in ("numba", "pygltflib")):
        raise BadInput(
            "This command needs the training extra; run: pip install -e '.[train]'", "needs_train_extra"
        )
