from __future__ import annotations

import pytest

from proportion.errors import BadInput
from proportion.evaluation.benchmark import _summary
from proportion.evaluation.figures import lines, write_figures
from proportion.evaluation.students import Visit


@pytest.fixture
def result() -> dict:
    visits = [Visit(joints_s=float(number), checks_s=[0.5, 1.5]) for number in range(1, 21)]
    visits.append(Visit(failure="Failed: no figure"))
    return {
        "first_page_s": 3.14,
        "ready_s": 9.0,
        "ready_rss_mb": 900,
        "rss_mb": 1000,
        "students": 21,
        "checks_per_minute": 60,
        **_summary(visits),
        "one_student": _summary(visits[:1]),
        "page": {"joints": 0.4567, "drag_step": 0.0008, "first_paint": 1.6},
        "memory": {"checks": 1000, "failures": 0, "growth_percent": 1.5, "files_left": 0},
    }


def test_a_full_check_is_from_upload_to_the_first_result(result):
    assert result["failures"] == 1 and result["first_failure"] == "Failed: no figure"
    assert result["median_s"] == pytest.approx(11.0)  # joints after 10.5 s, the first check 0.5 s later
    assert result["p95_s"] == pytest.approx(19.55)
    assert result["joints"]["median_s"] == pytest.approx(10.5)
    assert result["check"]["median_s"] == pytest.approx(1.0)


def test_people_read_figures_and_the_first_failure(result):
    shown = "\n".join(lines(result))
    assert "process start to first page: 3.1 s" in shown
    assert "21 students at once, failures: 1" in shown
    assert "in the browser: drawing chosen to joints shown: 457 ms (at most 1.00 s)" in shown
    assert "in the browser: a joint's numbers while it is dragged: 1 ms (at most 8 ms)" in shown
    assert "first failure: Failed: no figure" in shown


def test_the_readme_is_written_between_its_marks_again_and_again(tmp_path, result):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n")
    write_figures(readme, result)
    first = readme.read_text()
    assert first.startswith("before\n") and first.endswith("<!-- /figures -->\nafter\n")
    assert "old" not in first
    row = "| memory growth, check 100 to 1000 | 1.5%, 0 files left | "
    assert row + "`python -m proportion benchmark --checks 1000` |" in first
    write_figures(readme, result)
    assert readme.read_text() == first


def test_a_readme_without_marks_is_refused(tmp_path, result):
    readme = tmp_path / "README.md"
    readme.write_text("nothing here")
    with pytest.raises(BadInput):
        write_figures(readme, result)
