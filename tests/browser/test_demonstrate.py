"""The teacher's demonstration: sliders on a figure, hiding the answer, quiz, lessons, big screen."""

from __future__ import annotations

import time

from proportion.ui.demonstration import LESSONS, PIECES

PICTURE = ".stage .show image:not(.heat)"


def demonstrate(open_page, **settings):
    page = open_page(**settings)
    page.click("nav [data-go=demonstrate]")
    page.wait_for_selector(PICTURE)
    return page


def shown(page):
    return page.get_attribute(PICTURE, "href")


def changed(page, act):
    """Do something and wait until the figure is drawn anew; seconds that it took."""
    before = shown(page)
    started = time.perf_counter()
    act()
    page.wait_for_function(
        f"before => document.querySelector('{PICTURE}').getAttribute('href') !== before", arg=before
    )
    return time.perf_counter() - started


def slide(page, percent):
    page.locator(".making input[type=range]").fill(str(percent))


def verdict(page):
    return page.inner_text(".verdicts .list")


def test_slider_redraws_the_figure_and_verdict_and_heatmap_follow(open_page, shoot):
    page = demonstrate(open_page)
    changed(page, lambda: page.click("[data-act=right]"))
    assert "Well done" in verdict(page)
    alike = page.get_attribute(".stage .heat", "href")
    seconds = [changed(page, lambda size=size: slide(page, size)) for size in (60, 150, 70, 160)]
    print(f"slider to new picture and verdict: {sorted(round(each, 2) for each in seconds)} s")
    assert "head" in verdict(page)
    assert "too big" in verdict(page)
    assert page.get_attribute(".stage .heat", "href") != alike
    shoot(page, "demonstrate-head")


def test_part_is_chosen_on_the_figure_and_by_name(open_page):
    page = demonstrate(open_page)
    bone = page.locator(".stage .bone.thin[data-part=left_shin]").bounding_box()
    page.mouse.click(bone["x"] + bone["width"] / 2, bone["y"] + bone["height"] / 2)
    page.wait_for_function("document.querySelector('.making .part').value === 'left_shin'")
    assert page.input_value(".making input[type=range]") == "100"
    page.select_option(".making .part", "legs")
    slide(page, 60)
    page.wait_for_selector(".verdicts .changed:text('both legs, now 60%')")


def test_answer_is_hidden_and_shown(open_page):
    page = demonstrate(open_page)
    page.click("[data-act=reveal]")
    assert not page.locator(".verdicts").is_visible()
    assert page.locator(".stage .heat").count() == 0
    assert page.locator(".stage .bone").count() == 0
    assert page.locator(PICTURE).is_visible()
    page.click("[data-act=reveal]")
    assert page.locator(".verdicts").is_visible()
    assert page.locator(".stage .heat").count() == 1


def test_each_lesson_shows_what_its_name_says(open_page, shoot):
    page = demonstrate(open_page)
    for index, lesson in enumerate(LESSONS):
        if index:
            changed(page, lambda name=lesson.name: page.click(f"[data-lesson={name}]"))
        said = verdict(page)
        if lesson.viewer:
            assert "foreshortening" in said
            assert "too short" not in said
        elif lesson.factor == 1:
            assert "Well done" in said
        else:
            names = [page.evaluate("part => Proportion.partName(part)", p) for p in PIECES[lesson.piece]]
            names += ["shoulders"] if lesson.piece == "shoulder_width" else []
            assert any(name in said.splitlines()[0] for name in names), (lesson.name, said)
        shoot(page, f"lesson-{lesson.name}")


def test_quiz_hides_a_mistake_until_somebody_finds_it(open_page, shoot):
    page = demonstrate(open_page)
    page.evaluate("Math.random = () => 0.5")  # else it may be the big head that is shown already
    changed(page, lambda: page.click("[data-act=quiz]"))
    assert page.inner_text(".stage .guess") == "Which part is wrong?"
    assert not page.locator(".verdicts").is_visible()
    assert not page.locator(".making").is_visible()
    shoot(page, "demonstrate-quiz")
    guesses = page.locator(".guesses .chip")
    for index in range(guesses.count()):
        guesses.nth(index).click()
        if page.locator(".verdicts").is_visible():
            break
        assert page.inner_text(".stage .guess").startswith("Not the ")
    assert page.inner_text(".stage .guess").startswith("Yes: ")
    changed_part = page.inner_text(".verdicts .changed")
    assert changed_part.endswith(("now 60% of its size", "now 150% of its size"))
    assert not page.locator(".guesses").is_visible()


def test_big_screen_has_large_type_and_gets_back(open_page, shoot):
    page = demonstrate(open_page, viewport={"width": 1920, "height": 1080})
    size = "getComputedStyle(document.querySelector('.verdicts .said')).fontSize"
    figure = "document.querySelector('.stage .show').getBoundingClientRect().height"
    small, low = float(page.evaluate(size)[:-2]), page.evaluate(figure)
    page.click("[data-act=big]")
    page.wait_for_function("document.body.classList.contains('big-screen')")
    page.wait_for_timeout(300)
    assert float(page.evaluate(size)[:-2]) > 1.3 * small
    assert page.evaluate(figure) > low
    assert page.locator("[data-act=quiz]").is_visible()
    shoot(page, "demonstrate-big-screen")
    page.click("[data-act=big]")
    page.wait_for_function("!document.body.classList.contains('big-screen')")


def test_figure_is_chosen_with_the_keyboard_alone(open_page):
    page = demonstrate(open_page)
    tile = page.locator(".figures .tile").nth(1)
    tile.focus()
    changed(page, lambda: page.keyboard.press("Enter"))
    assert tile.get_attribute("aria-pressed") == "true"
    page.locator(".making input[type=range]").focus()
    changed(page, lambda: page.keyboard.press("ArrowLeft"))


def test_on_a_phone_the_figure_stays_in_sight_beside_the_slider(open_page):
    page = demonstrate(open_page, viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    page.locator(".making input[type=range]").scroll_into_view_if_needed()
    slider = page.locator(".making input[type=range]").bounding_box()
    figure = page.locator(".stage .show").bounding_box()
    assert figure["y"] >= 0
    assert figure["y"] + figure["height"] <= slider["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
