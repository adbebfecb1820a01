"""Somebody who has never seen the page: three clicks to a first finding, and a tour in nobody's way."""

from __future__ import annotations


def sample_with_a_mistake(page):
    """Number of the first sample on the shelf in which something is found."""
    page.wait_for_selector(".samples .tile img")
    for index in range(page.locator(".samples .tile").count()):
        page.click(f".samples .tile >> nth={index}")
        page.wait_for_selector(".joint[data-joint=chin]:visible")
        page.click("[data-act=check]")
        page.wait_for_selector("#result-title:visible")
        if page.locator(".finding").count():
            return index
        page.click("[data-act=new]")
    raise AssertionError("no sample shows a mistake")


def test_three_clicks_from_opening_to_a_first_finding(open_page, shoot):
    sample = sample_with_a_mistake(open_page())
    page = open_page(tour=True)
    page.wait_for_selector(".samples .tile img")
    shoot(page, "three-clicks-0-open")
    page.click(f".samples .tile >> nth={sample}")
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    shoot(page, "three-clicks-1-joints")
    page.click("[data-act=check]")
    page.wait_for_selector("#result-title:visible")
    shoot(page, "three-clicks-2-result")
    page.click(".first .finding")
    part = page.get_attribute(".first .finding", "data-part")
    assert page.locator(f"[data-panel=drawing] .bone.lit[data-part={part}]").count() > 0
    shoot(page, "three-clicks-3-finding")


def test_the_tour_follows_the_steps_and_stays_away_once_skipped(open_page):
    page = open_page(tour=True)
    hint = page.locator(".tour p")
    assert hint.is_visible()
    first = hint.inner_text()
    page.click("[data-tour=next]")
    assert not hint.is_visible()
    page.wait_for_selector(".poses .tile")
    page.click(".poses .tile >> nth=0")
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    assert hint.is_visible()
    assert hint.inner_text() != first
    page.click("[data-tour=skip]")
    page.click("[data-act=check]")
    page.wait_for_selector("#result-title:visible")
    assert not hint.is_visible()
    page.reload()
    page.wait_for_selector(".joint[data-joint=chin]:visible")
    assert not hint.is_visible()
