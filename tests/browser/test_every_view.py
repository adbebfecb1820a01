"""Every view: accessible, in three languages, light and dark, on a phone, a desktop and a projector."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from proportion.ui.texts import LANGUAGES
from tests.browser.walk import every_view

SIZES = {
    "phone": {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1366, "height": 820}},
    "projector": {"viewport": {"width": 1920, "height": 1080}},
}
SHADES = ("light", "dark")

# Texts that were never said, and words that are cut off where nobody can scroll.
LOOK = """() => {
  const seen = [...document.querySelectorAll('.view *')]
    .filter(node => node.checkVisibility() && node.clientWidth);
  const keys = seen.map(node => node.children.length ? '' : node.textContent)
    .filter(text => /\\b(page|part|joint|style|both|finding|good)[.][a-z_]+/.test(text));
  const cut = seen.filter(node => node.matches('button, h1, h2, h3, p, label, select, summary')
    && node.scrollWidth > node.clientWidth + 1).map(node => node.outerHTML.slice(0, 200));
  return { keys, cut, wide: document.documentElement.scrollWidth - innerWidth };
}"""


def shade(page, wanted):
    dark = page.evaluate("document.body.classList.contains('dark')")
    if dark != (wanted == "dark"):
        page.click(".shade")


def say(page, language):
    page.select_option("select.language", language)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)


@pytest.mark.parametrize("size", SIZES)
def test_looks_right_in_every_language_and_shade(open_page, drawing, shoot, size):
    page = open_page(**SIZES[size])
    for view in every_view(page, drawing):
        for language in LANGUAGES:
            say(page, language)
            for wanted in SHADES:
                shade(page, wanted)
                shoot(page, f"look-{view}-{size}-{language}-{wanted}")
            found = page.evaluate(LOOK)
            assert found == {"keys": [], "cut": [], "wide": 0}, (view, language)
        say(page, "en")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_no_serious_accessibility_violation(open_page, drawing, size):
    page = open_page(**SIZES[size])
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    bad = []
    for view in every_view(page, drawing):
        for wanted in SHADES:
            shade(page, wanted)
            page.wait_for_timeout(200)  # colours fade over
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            bad += [
                f"{view}, {wanted}: {each['id']} ({each['impact']}): "
                + re.sub(r"\s+", " ", "; ".join(node["html"][:160] for node in each["nodes"][:3]))
                for each in found["violations"]
                if each["impact"] in ("serious", "critical")
            ]
    assert not bad, "\n".join(bad)
