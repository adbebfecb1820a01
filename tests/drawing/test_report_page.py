from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from proportion.drawing.report_page import _wrapped, compose_report, save_report
from proportion.images import load_picture


@pytest.fixture
def checked(standing):
    finding = SimpleNamespace(part="left_forearm", message="advice", values={"percent": 30})
    report = SimpleNamespace(
        skeleton=standing,
        corrected_skeleton=standing,
        verdict="needs work",
        score=71,
        heads_tall=7.5,
        style="anime",
        good=[],
        findings=[finding],
        unsure=[],
    )
    return SimpleNamespace(report=report, comparison=None, matches=[])


def _say(key: str, values: dict) -> str:
    return "左の前腕が約30%短いです。" if key == "advice" else key


def test_a_report_is_written_as_png_and_pdf(checked, paper, tmp_path):
    save_report(tmp_path / "report.png", checked, paper, _say, "ja")
    picture = load_picture(tmp_path / "report.png")
    assert picture.shape[0] > 1500 and picture.min() < 60
    save_report(tmp_path / "report.pdf", checked, paper, _say, "zh-Hant")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_other_kinds_of_files_are_refused(checked, paper, tmp_path):
    with pytest.raises(ValueError, match="bmp"):
        save_report(tmp_path / "report.bmp", checked, paper, _say)


def test_the_advice_is_on_the_page(checked, paper):
    sheet = compose_report(checked, paper, _say, "ja")
    words = [text.get_text() for axes in sheet.axes for text in axes.texts]
    assert "左の前腕が約30%短いです。" in words


def test_a_photograph_is_drawn_on_at_the_size_of_its_panel(checked, standing):
    def panel(times: int) -> np.ndarray:
        checked.report.skeleton = standing.with_points(standing.points * times)
        checked.report.corrected_skeleton = None
        picture = np.full((320 * times, 200 * times, 3), 240, np.uint8)
        return np.asarray(compose_report(checked, picture, _say).axes[1].images[0].get_array())

    small, large = panel(3), panel(12)
    assert small.shape == large.shape == (960, 600, 3)
    assert np.abs(small.astype(int) - large).max() <= 1


def test_long_lines_break_by_words_or_letters():
    assert _wrapped("one two three", 7) == ["one two", "three"]
    assert _wrapped("腕が短いです。", 6) == ["腕が短", "いです。"]
