from __future__ import annotations

import pytest

from proportion.files import written_whole


def test_a_block_that_ends_well_replaces_the_file(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    with written_whole(path) as unfinished:
        assert unfinished.suffix == ".json"
        unfinished.write_text("new")
        assert path.read_text() == "old"
        assert list(tmp_path.glob("*.json")) == [path]
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    assert path.read_text() == "new"


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="stopped"), written_whole(path) as unfinished:
        unfinished.write_text("ha")
        raise RuntimeError("stopped")
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]
    assert path.read_text() == "old"
