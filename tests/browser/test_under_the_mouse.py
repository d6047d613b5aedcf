"""What the mouse is over can be read as well as anything else."""

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.test_every_page import peopled
from tests.live import Daphne

__all__ = ["peopled"]
pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/monitors/{}/",
    "/monitors/{}/edit/",
    "/notifications/",
    "/destinations/",
    "/settings/",
    "/settings/tokens/",
    "/status/",
)
REACHED = ":is(a, button, summary):not(.skip, .visually-hidden, .visually-hidden *)"
SORT = """(one) => [
    one.tagName, one.className, one.getAttribute("role"), one.ariaPressed, one.ariaCurrent,
    one.parentElement.className,
].join()"""
"""What elements that look the same have in common."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_mouse_is_over_can_be_read(
    page: Page, server: Daphne, peopled: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    seen: set[str] = set()
    wrong = {}
    for address in PAGES:
        page.goto(server.origin + address.format(peopled))
        is_live(page)
        for one in page.locator(REACHED).all():
            sort = one.evaluate(SORT)
            if sort in seen or not one.is_visible() or not one.is_enabled():
                continue
            seen.add(sort)
            one.hover(force=True)
            one.evaluate("(one) => one.setAttribute('data-under-mouse', '')")
            if found := violations(page, "[data-under-mouse]", ["color-contrast"]):
                wrong[f"{address} {sort}"] = found
            one.evaluate("(one) => one.removeAttribute('data-under-mouse')")
    assert len(seen) > 20
    assert wrong == {}
