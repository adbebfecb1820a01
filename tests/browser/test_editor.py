"""Step 2: every tool of the joint editor, and that nothing is lost on the way."""

from __future__ import annotations

import math

import pytest

from proportion.assessment.report import BLURRED
from tests.browser.steps import check, drag, joints, middle, show_joints, start_from_pose


def length(page, start, end):
    found = joints(page)
    return math.dist((found[start]["x"], found[start]["y"]), (found[end]["x"], found[end]["y"]))


def answered(page):
    """Wait until the server has answered to the joints as they are now."""
    page.wait_for_function("document.querySelector('.so-far p').textContent !== '…'")


def view_width(page):
    return page.evaluate("document.querySelector('svg.figure').viewBox.baseVal.width")


def test_undo_redo_hide_restore_and_reset(open_page):
    page = open_page()
    start_from_pose(page)
    before = middle(page, "right_knee")
    drag(page, "right_knee", 40, 10)
    page.click("[data-tool=undo]")
    assert middle(page, "right_knee") == pytest.approx(before, abs=1)
    page.keyboard.press("Control+y")
    assert middle(page, "right_knee") == pytest.approx((before[0] + 40, before[1] + 10), abs=1.5)
    page.click(".chosen [data-act=hide]")
    assert not page.locator(".joint[data-joint=right_knee]").is_visible()
    assert joints(page)["right_knee"]["state"] == "missing"
    page.click(".hidden-joints .chip")
    assert page.locator(".joint[data-joint=right_knee]").is_visible()
    assert "doubtful" in page.get_attribute(".joint[data-joint=right_knee]", "class")
    page.click("[data-tool=reset]")
    assert middle(page, "right_knee") == pytest.approx(before, abs=1)


def test_a_joint_is_marked_where_the_result_could_not_tell_the_length(open_page):
    page = open_page()
    start_from_pose(page)
    marked = """share => {
      const skeleton = structuredClone(Proportion.state.skeleton);
      const { left_ankle, left_toe } = skeleton.joints;
      left_toe.sigma = share * Math.hypot(left_toe.x - left_ankle.x, left_toe.y - left_ankle.y);
      left_ankle.sigma = left_toe.sigma / 2;
      const joints = new Proportion.Joints(skeleton);
      return Proportion.data.joints.filter(name => joints.doubtful(name));
    }"""
    assert page.evaluate(marked, BLURRED * 0.9) == []
    assert page.evaluate(marked, BLURRED * 1.1) == ["left_toe"]


def test_zoom_and_pan_leave_the_joints_alone(open_page):
    page = open_page()
    start_from_pose(page)
    found, whole = joints(page), view_width(page)
    canvas = page.locator("svg.figure").bounding_box()
    page.mouse.move(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.mouse.wheel(0, -300)
    page.click("[data-tool=in]")
    assert view_width(page) < 0.8 * whole
    left = page.evaluate("document.querySelector('svg.figure').viewBox.baseVal.x")
    page.mouse.move(canvas["x"] + 20, canvas["y"] + 20)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 80, canvas["y"] + 20, steps=3)
    page.mouse.up()
    assert page.evaluate("document.querySelector('svg.figure').viewBox.baseVal.x") < left
    page.click("[data-tool=fit]")
    assert view_width(page) == pytest.approx(whole)
    assert joints(page) == found


def test_swap_mirror_and_a_limb_that_points_at_the_viewer(open_page, drawing):
    page = open_page()
    show_joints(page, drawing)
    found, picture = joints(page), page.get_attribute("svg.figure image", "href")
    page.click("[data-tool=swap]")
    assert joints(page)["left_knee"] == found["right_knee"]
    page.click("[data-tool=undo]")
    page.click("[data-tool=mirror]")
    width = page.evaluate("Proportion.state.skeleton.image_size[0]")
    assert joints(page)["left_knee"]["x"] == pytest.approx(width - 1 - found["right_knee"]["x"])
    page.wait_for_function(
        "before => document.querySelector('svg.figure image').getAttribute('href') !== before",
        arg=picture,
    )
    page.click("[data-tool=undo]")
    page.wait_for_function(
        "before => document.querySelector('svg.figure image').getAttribute('href') === before",
        arg=picture,
    )
    page.locator(".joint[data-joint=left_wrist]").focus()
    page.click("[data-act=viewer]")
    assert page.evaluate("Proportion.state.foreshortened") == ["left_forearm"]
    check(page)
    assert not page.locator(".finding[data-part=left_forearm]").count()
    assert "left forearm" in page.inner_text(".unsure").lower()


def test_a_locked_limb_turns_and_keeps_its_length(open_page):
    page = open_page()
    start_from_pose(page)
    page.click("[data-tool=lock]")
    upper, lower = length(page, "left_shoulder", "left_elbow"), length(page, "left_elbow", "left_wrist")
    elbow = middle(page, "left_elbow")
    drag(page, "left_elbow", 35, -25)
    assert math.dist(middle(page, "left_elbow"), elbow) > 5
    assert length(page, "left_shoulder", "left_elbow") == pytest.approx(upper)
    assert length(page, "left_elbow", "left_wrist") == pytest.approx(lower)


def test_the_table_does_what_the_picture_does(open_page):
    page = open_page()
    start_from_pose(page)
    page.click(".twin summary")
    row = page.locator(".twin tbody tr", has_text="Left wrist")
    first, second = row.locator("input").all()
    first.fill("40")
    first.press("Tab")
    assert second.evaluate("input => input === document.activeElement")
    second.fill("55")
    second.press("Enter")
    wrist = joints(page)["left_wrist"]
    assert (wrist["x"], wrist["y"]) == (40, 55)
    first.fill("")
    first.press("Tab")
    assert joints(page)["left_wrist"]["state"] == "missing"
    assert second.input_value() == ""


def test_numbers_and_first_finding_follow_a_released_joint(open_page, drawing):
    page = open_page()
    show_joints(page, drawing)
    answered(page)
    page.click(".numbers details:not(.twin) summary")
    ratio = page.locator(".numbers dd >> nth=0")  # arm to torso
    before = float(ratio.inner_text())
    wrist, elbow = middle(page, "left_wrist"), middle(page, "left_elbow")
    drag(page, "left_wrist", 1.6 * (wrist[0] - elbow[0]), 1.6 * (wrist[1] - elbow[1]))
    assert float(ratio.inner_text()) > before
    page.wait_for_function("document.querySelector('.so-far p').textContent.includes('left forearm')")
    heads = page.inner_text(".headline strong")
    check(page)
    assert f"{heads} heads tall" in page.inner_text(".facts")  # both steps say the same number


def test_another_figure_is_chosen_by_its_box(open_page, two_figures, shoot):
    page = open_page()
    show_joints(page, two_figures)
    page.wait_for_selector(".crowd rect")
    shoot(page, "desktop-2-two-figures")
    side = joints(page)["chin"]["x"] > 700
    box = page.locator(".crowd rect").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 4)
    page.wait_for_function("side => (Proportion.state.skeleton.joints.chin.x > 700) !== side", arg=side)
    assert page.locator(".others .chip").count() == 2
    page.click(".others .chip[aria-pressed=false]")
    page.wait_for_function("side => (Proportion.state.skeleton.joints.chin.x > 700) === side", arg=side)


def test_edits_survive_a_reload_and_forget_clears_them(open_page, drawing):
    page = open_page()
    show_joints(page, drawing)
    drag(page, "left_wrist", 25, 15)
    found = joints(page)
    page.wait_for_function("sessionStorage.getItem('proportion.picture') !== null")
    answered(page)
    page.wait_for_timeout(1500)  # Gradio logs requests that a reload cuts off
    page.reload()
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    assert joints(page) == found
    assert page.get_attribute("svg.figure image", "href").startswith("data:image/jpeg")
    page.wait_for_function("Proportion.state.file !== null")  # sent again, for the report's picture
    page.click("[data-tool=reset]")
    assert joints(page) != found
    check(page)
    page.wait_for_timeout(1500)
    page.click("[data-act=forget]")
    page.wait_for_function("!sessionStorage.getItem('proportion.figure')")
    page.wait_for_selector(".step-one .drop .primary:visible")
    assert page.evaluate("localStorage.getItem('proportion.history')") is None


def test_a_lost_connection_costs_nothing(open_page):
    page = open_page()
    start_from_pose(page)
    drag(page, "left_wrist", 25, 15)
    found = joints(page)
    page.evaluate("Proportion.wait('page.checking'); window.dispatchEvent(new Event('offline'))")
    assert "Your drawing is still here" in page.inner_text(".problem")
    assert joints(page) == found
    check(page)
