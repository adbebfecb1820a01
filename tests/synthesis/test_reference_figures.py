import pytest

from proportion.references.library import ReferenceLibrary
from proportion.synthesis.reference_figures import build_references


def test_figures_are_replaced_by_others(data_dir, tmp_path):
    (tmp_path / "anime-9999.webp").write_bytes(b"of an earlier library")
    build_references(data_dir, tmp_path, count=6)
    library = ReferenceLibrary.load(tmp_path)
    names = {f"{figure.id}.webp" for figure in library.figures} | {"index.json"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert len(library) >= 3


def test_what_is_there_stays_when_others_cannot_be_made(tmp_path):
    (tmp_path / "anime-0001.webp").write_bytes(b"kept")
    with pytest.raises(FileNotFoundError):
        build_references(tmp_path / "nothing", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["anime-0001.webp"]
