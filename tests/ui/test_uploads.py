"""Visitors' files go when the last tab that uses them leaves, and in any case when they are old."""

from __future__ import annotations

import os
import time

import pytest
from gradio.data_classes import FileData

from proportion.errors import BadInput
from proportion.ui.uploads import Uploads, uploaded, uploads


@pytest.fixture
def kept() -> Uploads:
    return Uploads(keep_seconds=100, grace=0)


def _file(kept: Uploads, name: str = "drawing.png"):
    path = kept.new_folder() / name
    path.write_bytes(b"x" * 1000)
    return path


def test_files_stay_while_a_tab_uses_them_and_go_with_the_last(kept):
    path = _file(kept)
    kept.claim("one", path)
    kept.claim("two", path)
    kept.leave("one")
    kept.sweep()
    assert path.exists() and kept.megabytes == pytest.approx(0.001)
    kept.leave("two")
    kept.sweep()
    assert not path.exists() and kept.megabytes == 0


def test_a_reload_within_the_grace_keeps_the_files():
    kept = Uploads(keep_seconds=100, grace=50)
    path = _file(kept)
    kept.claim("before", path)
    kept.leave("before")
    kept.sweep()
    assert path.exists()
    kept.claim("after", path)
    kept._grace = 0
    kept.sweep()
    assert path.exists()


def test_a_folder_stays_for_a_tab_that_uses_a_file_in_it(kept):
    path = _file(kept)
    kept.claim("before", path.parent)
    kept.claim("after", path)
    kept.leave("before")
    kept.sweep()
    assert path.exists()


def test_old_files_and_their_folders_go_unasked(kept):
    path = _file(kept)
    before = time.time() - 101
    os.utime(path, (before, before))
    kept.claim("tab that never closes", path)
    kept.sweep()
    kept.sweep()
    assert list(kept.folder.rglob("*")) == []


def test_only_uploads_are_read(tmp_path):
    outside = tmp_path / "secret.png"
    outside.write_bytes(b"x")
    inside = uploads().new_folder() / "drawing.png"
    inside.write_bytes(b"x")
    assert uploaded(FileData(path=str(inside))) == inside
    (link := inside.parent / "link.png").symlink_to(outside)
    for path in (outside, link, inside.parent / ".." / ".." / "etc", inside.parent / "gone.png"):
        with pytest.raises(BadInput):
            uploaded(FileData(path=str(path)))


def test_a_tab_that_never_closes_is_forgotten_with_its_files(kept):
    path = _file(kept)
    kept.claim("tab that never closes", path)
    kept.claim("tab that claims anything", kept.folder / "never there.png")
    kept.sweep()
    assert set(kept._claims) == {"tab that never closes"}
    path.unlink()
    kept.sweep()
    assert not kept._claims
