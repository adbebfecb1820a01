"""The command line: ``python -m proportion <command>``.

Exit status 0 for done, 2 for bad input with one clear line on standard error, 1 for a fault.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from proportion import __version__
from proportion.commands import checking, evaluating, training
from proportion.errors import BadInput

_FILE_ERRORS = (
    FileExistsError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
"""Nearly always a name that was typed wrong."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except BadInput as error:
        print(f"proportion: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("proportion: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("PROPORTION_DEBUG"):
            raise
        if isinstance(error, _FILE_ERRORS):
            said = f"{error.strerror}: '{error.filename}'" if error.filename else str(error)
            print(f"proportion: {said}; check the name.", file=sys.stderr)
            return 2
        print(
            f"proportion: this should not have happened ({type(error).__name__}: {error}); "
            "set PROPORTION_DEBUG=1 to see where",
            file=sys.stderr,
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="proportion",
        description="Shows which body parts of a drawn character are out of proportion.",
    )
    parser.add_argument("--version", action="version", version=f"proportion {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for kind in (checking, training, evaluating):
        kind.add(commands)
    return parser
