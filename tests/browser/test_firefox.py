"""The core flow in Firefox: a drawing, its joints, one dragged, the findings, another language."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.browser.firefox import Firefox

HINT = "needs a Firefox: apt-get install firefox-esr"


@pytest.fixture
def firefox(tmp_path, address):
    """Firefox at the running app; without one it skips (in CI: fails)."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        if os.environ.get("PROPORTION_REQUIRE_BROWSER") == "1":
            pytest.fail(HINT)
        pytest.skip(HINT)
    with Firefox(found, tmp_path) as browser:
        browser.open(address)
        browser.shown(".step-one .drop .primary")
        yield browser
        assert not browser.problems, browser.problems
        strangers = [
            url for url in browser.requests if not url.startswith((address, "data:", "blob:", "about:"))
        ]
        assert not strangers, strangers


def middle(firefox, joint):
    return firefox.evaluate(
        "(({x, y, width, height}) => [x + width / 2, y + height / 2])"
        f"(document.querySelector('.joint[data-joint={joint}] circle').getBoundingClientRect())"
    )


def test_core_flow_in_firefox(firefox, drawing):
    firefox.choose_files(".step-one .from-files", drawing)
    firefox.shown(".joint[data-joint=chin]")
    elbow, wrist = middle(firefox, "left_elbow"), middle(firefox, "left_wrist")
    reach = [2.4 * (end - start) for start, end in zip(elbow, wrist, strict=True)]
    target = [start + way for start, way in zip(elbow, reach, strict=True)]
    firefox.drag(wrist, [(a + b) / 2 for a, b in zip(wrist, target, strict=True)], target)
    assert middle(firefox, "left_wrist") == pytest.approx(target, abs=3)
    firefox.click("[data-act=check]")
    firefox.shown("#result-title")
    firefox.shown(".finding[data-part=left_forearm]")
    assert firefox.evaluate("document.querySelectorAll('[data-panel=heat] image.heat').length") == 1
    firefox.evaluate(
        "(select => { select.value = 'ja'; select.dispatchEvent(new Event('change')); })"
        "(document.querySelector('select.language'))"
    )
    assert firefox.evaluate("document.documentElement.lang") == "ja"
    firefox.click("nav [data-go=demonstrate]")
    firefox.shown(".stage .show image")
