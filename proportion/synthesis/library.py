"""The characters of the data pack, by split."""

from __future__ import annotations

from pathlib import Path

from proportion.errors import BadInput
from proportion.synthesis.character import Character
from proportion.synthesis.gltf import load_character
from proportion.synthesis.poses import TEST_FAMILIES, Split

CHIBI_FAMILIES: frozenset[str] = frozenset({"kaykit_adventurers", "godette"})
_CREDITS = {
    "godette": "Low-Poly Godette by SirRichard94, VRM adaptation by Lyuma, CC BY 3.0",
}


def character_files(folder: Path) -> list[Path]:
    """The glb and vrm files in a folder and its sub-folders, sorted.

    Raises:
        BadInput: when there is none.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".glb", ".vrm"))
    if not files:
        raise BadInput(
            f"There is no glb or vrm character in {folder}.", "no_characters", folder=str(folder)
        )
    return files


def load_characters(data: Path, split: Split | None = None) -> list[Character]:
    """The rigged characters of the data pack, of one split or all.

    The families of `TEST_FAMILIES` are in the test split alone, the others in train and val.
    """
    return [
        load_character(path, path.parent.name, _CREDITS.get(path.parent.name, ""))
        for path in character_files(data / "characters")
        if split is None or (path.parent.name in TEST_FAMILIES) == (split == "test")
    ]


def load_own_characters(folder: Path) -> list[Character]:
    """Every humanoid glb or vrm that a user keeps in a folder."""
    return [load_character(path) for path in character_files(folder)]
