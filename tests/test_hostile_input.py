"""Every bad file is refused with one sentence, quickly and without eating the memory."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import pytest

from proportion.errors import BadInput
from proportion.images import load_picture
from proportion.keypoint_files import read_skeleton
from proportion.ui.class_sheet import drawings
from proportion.ui.takeaway import read_back
from tests.hostile_corpus import bad_pictures, bad_projects, bad_skeletons, bad_zips


def _read_zip(content: bytes) -> None:
    """What a class does with a zip: take its drawings, then open each."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "class.zip"
        file.write_bytes(content)
        try:
            for _, read in drawings([file]):
                load_picture(read())
        finally:
            assert list(Path(folder).rglob("*")) == [file], "nothing is unpacked"


_CASES = [
    *((load_picture, name, content) for name, content in bad_pictures()),
    *((read_skeleton, name, content) for name, content in bad_skeletons()),
    *((read_back, name, content) for name, content in bad_projects()),
    *((_read_zip, name, content) for name, content in bad_zips()),
]


def test_the_corpus_is_large():
    assert len(_CASES) >= 200


@pytest.mark.parametrize(
    ("read", "content"), [case[::2] for case in _CASES], ids=[case[1] for case in _CASES]
)
def test_bad_files_are_refused_with_one_sentence(read, content):
    with pytest.raises(BadInput) as refusal:
        read(content)
    sentence = str(refusal.value)
    assert "\n" not in sentence and len(sentence) < 400 and sentence.endswith((".", "'"))


def test_refusing_all_of_them_takes_little_time_and_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = 0.0
    for read, _, content in _CASES:
        start = time.process_time()
        with pytest.raises(BadInput):
            read(content)
        slowest = max(slowest, time.process_time() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert slowest < 1.0 and grown < 1_000_000  # seconds; kilobytes on Linux
