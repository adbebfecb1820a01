"""Step 3 and what follows it: panels, an example of one's own, before and after, things to take home."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from proportion.keypoint_files import read_skeleton
from proportion.skeleton import Skeleton
from tests.browser.steps import (
    check,
    drag,
    joints,
    middle,
    saved,
    saved_json,
    show_joints,
    start_from_pose,
    upload,
)


def test_panels_and_their_switches(open_page, drawing, shoot):
    page = open_page()
    show_joints(page, drawing)
    check(page)
    lines = "[data-panel=space] .bone[data-part=left_thigh]"
    before = page.locator(lines).get_attribute("x2")
    page.locator(".turn input").fill("-120")
    assert page.locator(lines).get_attribute("x2") != before
    page.click("[data-toggle=ruler]")
    assert "chin" in page.locator("[data-panel=drawing] .landmark").all_text_contents()
    page.click("[data-toggle=signed]")
    page.click("[data-toggle=ghost]")
    shoot(page, "desktop-3-ruler-signed")
    page.click("[data-toggle=bones]")
    assert page.locator("[data-panel=drawing] .bone").count() == 0
    page.click(".choices .tile >> nth=2")
    page.wait_for_selector(".choices .tile[aria-pressed=true]:nth-child(3)")
    page.select_option(".style select", "chibi")
    page.wait_for_function("document.querySelector('.facts').textContent.includes('chibi')")
    sentences = page.locator(".unsure li").all_inner_texts()
    reasons = [sentence.split(": ", 1)[1] for sentence in sentences]
    assert len(set(reasons)) == len(reasons)  # one sentence a reason


def test_an_example_of_ones_own(open_page, drawing, two_figures, shoot):
    page = open_page()
    show_joints(page, two_figures)
    check(page)
    page.set_input_files(".from-example", drawing)
    page.wait_for_selector(".choices .tile[title='My own example'][aria-pressed=true]")
    assert page.inner_text(".why") == "Your own example."
    assert page.locator("[data-panel=aligned] .bone.theirs").count() > 0
    shoot(page, "desktop-3-own-example")
    name, content = saved(page, "png")
    assert name == "proportion-report.png"
    assert Image.open(io.BytesIO(content)).size[1] > 1000
    page.click(".choices .tile >> nth=0")
    page.wait_for_selector(".choices .tile[aria-pressed=true]:nth-child(1)")
    page.set_input_files(
        ".from-example", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.wait_for_selector(".problem:visible")
    assert "not a picture" in page.inner_text(".problem")


def test_the_next_version_shows_what_got_better(open_page, drawing, shoot):
    page = open_page()
    show_joints(page, drawing)
    wrist, elbow = middle(page, "left_wrist"), middle(page, "left_elbow")
    drag(page, "left_wrist", 1.6 * (wrist[0] - elbow[0]), 1.6 * (wrist[1] - elbow[1]))
    check(page)
    assert not page.locator(".progress").is_visible()
    worse = page.inner_text(".score strong")
    page.click("[data-act=new]")
    show_joints(page, drawing)
    check(page)
    better = page.inner_text(".score strong")
    assert int(better) > int(worse)
    assert page.inner_text(".progress .scores") == f"Score {worse} → {better}"
    assert "left forearm" in page.inner_text(".progress .fixed")
    assert page.locator(".progress .pair image").count() == 2
    shoot(page, "desktop-4-progress")
    page.click("[data-act=new]")
    page.reload()  # the history is still there in a new visit
    page.click("[data-step='1']")
    start_from_pose(page)
    check(page)
    assert page.locator(".earlier .tile").count() == 2
    page.click(".earlier .tile >> nth=0")
    assert page.inner_text(".progress .scores").startswith(f"Score {worse} →")


def test_downloads_and_reopening(open_page, drawing, tmp_path):
    page = open_page(locale="ja-JP")
    show_joints(page, drawing)
    drag(page, "left_wrist", 12, 9)
    found = joints(page)
    check(page)
    _, picture = saved(page, "png")
    report = np.asarray(Image.open(io.BytesIO(picture)).convert("L"))
    assert report.shape[0] > 1500
    assert 0.005 < (report < 128).mean() < 0.5  # ink on paper
    name, paper = saved(page, "pdf")
    assert name == "proportion-report.pdf"
    assert paper.startswith(b"%PDF")
    assert Skeleton.from_json(saved_json(page, "skeleton")).point("left_wrist") == pytest.approx(
        [found["left_wrist"]["x"], found["left_wrist"]["y"]]
    )
    poses = saved(page, "openpose")[1]
    again = read_skeleton(poses)
    assert again.point("left_wrist") == pytest.approx(
        [found["left_wrist"]["x"], found["left_wrist"]["y"]], abs=0.5
    )
    name, content = saved(page, "project")
    assert name == "drawing.proportion.json"
    project = json.loads(content)
    assert project["format"] == "proportion-project/1"
    assert project["report"]["format"] == "proportion-report/1"
    file = tmp_path / name
    file.write_bytes(content)

    other = open_page()
    upload(other, file)
    other.wait_for_selector(".joint[data-joint=chin]:visible")
    assert joints(other) == found
    assert other.locator("svg.figure image").count() == 1
    check(other)


def test_a_figure_can_be_saved_without_a_drawing(open_page):
    page = open_page()
    start_from_pose(page)
    check(page)
    assert saved(page, "png")[1].startswith(b"\x89PNG")
    assert saved_json(page, "project")["picture"] is None
