"""What only a browser can tell of a drawing: its labels are large enough on every screen, and none covers another."""

import pytest
from playwright.sync_api import Page

from tests.public_site import test_in_a_browser

address, browser = test_in_a_browser.address, test_in_a_browser.browser
page, paths = test_in_a_browser.page, test_in_a_browser.paths
PAGES = ("/how-much", "/effect")
SIZES = """() => [...document.querySelectorAll('.chart text')].filter(e => e.getBoundingClientRect().width > 0)
  .map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a)"""
# Line boxes are taller than characters: three units of the drawing may touch.
COVERED = """() => [...document.querySelectorAll('.chart svg')].filter(s => s.getBoundingClientRect().width > 0)
  .flatMap(s => {
    const labels = [...s.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
    const touch = 3 * s.getScreenCTM().a;
    return labels.flatMap(([one, a], i) => labels.slice(i + 1).filter(([, b]) =>
      a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - touch && b.top < a.bottom - touch)
      .map(([two]) => `${one} | ${two}`));
  })"""
CUT_OFF = """() => [...document.querySelectorAll('.chart svg')].filter(s => s.getBoundingClientRect().width > 0)
  .flatMap(s => {
    const box = s.getBoundingClientRect();
    return [...s.querySelectorAll('text')].filter(e => {
      const b = e.getBoundingClientRect();
      return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 3 || b.bottom > box.bottom + 1;
    }).map(e => e.textContent);
  })"""
SHOWN = """() => [...document.querySelectorAll('.chart svg')].filter(s => s.getBoundingClientRect().width > 0)
  .map(s => s.className.baseVal)"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 360, 768, 1152, 1440])
def test_labels_are_large_enough_whole_and_apart(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + path)
    assert min(page.evaluate(SIZES)) >= 12
    assert page.evaluate(COVERED) == []
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "kind"), [(360, "narrow"), (1440, "wide")])
def test_screen_shows_the_drawings_made_for_it(page: Page, address: str, path: str, width: int, kind: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + path)
    assert set(page.evaluate(SHOWN)) == {kind}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_label_and_paper_have_contrast_in_both_schemes(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{address}/how-much")
    fill = page.evaluate("getComputedStyle(document.querySelector('.chart .halo text')).fill")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light, dark = ("rgb(255, 255, 255)", "rgb(26, 36, 51)")
    assert (fill, paper) == ((dark, light) if scheme == "light" else ("rgb(230, 235, 242)", "rgb(17, 23, 31)"))
