"""Tablets and half screens: nothing of the header is out of reach."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import is_live
from tests.browser.in_language import choose
from tests.live import Daphne

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_header_fits_at_every_width(page: Page, server: Daphne, language: str) -> None:
    choose(page, language)
    page.goto(f"{server.origin}/")
    is_live(page)
    for width in (320, 600, 768, 769, 900, 1000, 1200):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("#menu summary")).to_be_in_viewport(ratio=1)
