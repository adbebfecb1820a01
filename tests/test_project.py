"""What the design promises about the project as a whole."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "proportion"
FOUNDATION = {"skeleton", "geometry", "images", "errors", "paths", "files", "settings", "keypoint_files"}
MAY_USE = {
    "pose": set(),
    "references": set(),
    "matching": set(),
    "drawing": {"references", "matching"},
    "assessment": {"pose", "references", "matching", "drawing"},
    "ui": {"assessment", "pose", "references", "matching", "drawing"},
}
"""Rooms that each room of the running app may import, beside itself and the foundation."""


def _imported_rooms(file: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        rooms |= {name.split(".")[1] for name in names if name.startswith("proportion.")}
    return rooms


@pytest.mark.parametrize("room", MAY_USE)
def test_dependencies_run_one_way(room):
    for file in (PACKAGE / room).rglob("*.py"):
        foreign = _imported_rooms(file) - FOUNDATION - MAY_USE[room] - {room}
        assert not foreign, f"{file.relative_to(REPOSITORY)} imports {sorted(foreign)}"


def test_every_checkpoint_is_small_and_its_model_card_is_of_this_version():
    cards = [card.read_text() for card in (REPOSITORY / "checkpoints").glob("*.md")]
    checkpoints = [file for file in (REPOSITORY / "checkpoints").iterdir() if file.suffix != ".md"]
    assert len(checkpoints) >= len(cards) > 0
    for checkpoint in checkpoints:
        data = checkpoint.read_bytes()
        assert len(data) < 10_000_000, checkpoint.name
        begins = hashlib.sha256(data).hexdigest()[:16]
        assert any(checkpoint.name in card and begins in card for card in cards), (
            f"no model card says that {checkpoint.name} begins with {begins} in SHA-256"
        )


def test_spaces_requirements_are_those_of_the_package():
    project = (REPOSITORY / "pyproject.toml").read_text()
    declared = re.search(r"^dependencies = \[(.*?)^\]", project, re.S | re.M).group(1)
    required = (REPOSITORY / "requirements.txt").read_text().split()
    assert sorted(re.findall(r'"(.+?)"', declared)) == sorted(required)


def test_nothing_is_pickled():
    for file in PACKAGE.rglob("*.py"):
        assert not re.search(r"\bpickle\b|allow_pickle=True|torch\.load\(", file.read_text()), file.name
