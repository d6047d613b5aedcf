"""Makes docs/images/*.png from a running demo: `python -m tools.screenshots ADDRESS PASSWORD`.

Start Stockwatch with the demo market, then name its address and the demo user's password. The demo
user gets some monitors and destinations more, so that the pages have something to show.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from tools.browser import find

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TOAST_WITHIN = 240_000
"""Milliseconds: the example monitors fire within minutes."""
LINES = [
    "000858 +1%-+2% tp +6% sl -4%",
    "300750 >+3% sl -5% buy",
    "601318 <-2% >+2%",
    "09988 tp +4% sl -3% hold",
    "NVDA tp +5% sl -5% buy",
    "MSFT >+2%",
]
"""Monitors as they are written in one line."""


class Look(NamedTuple):
    """How a page is looked at."""

    name: str
    width: int
    height: int
    scheme: str
    language: str


LIGHT = Look("desktop-light", 1280, 800, "light", "en")
DARK = Look("desktop-dark", 1280, 800, "dark", "zh-hans")
PHONE = Look("phone-light", 390, 844, "light", "zh-hans")
PHONE_DARK = Look("phone-dark", 390, 844, "dark", "en")
LOOKS = (LIGHT, DARK, PHONE, PHONE_DARK)


def main(address: str, password: str) -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = find()  # before Playwright starts: it may ask Playwright itself
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with logged_in(browser, LIGHT, address, password) as page:
            furnish(page)
            take_toast(page)
            take_destinations(page)
            page.goto("/api/docs")
            page.wait_for_selector(".opblock")
            page.screenshot(path=IMAGES / "api-docs.png")
        for look in LOOKS:
            with logged_in(browser, look, address, password) as page:
                take(page, look)
        browser.close()


@contextmanager
def logged_in(browser: Browser, look: Look, address: str, password: str) -> Iterator[Page]:
    """Open a window of that look and log in."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.scheme == "dark" else "light",
        locale="zh-CN" if look.language == "zh-hans" else "en-GB",
        base_url=address,
    )
    context.add_cookies([{"name": "django_language", "value": look.language, "url": address}])
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", "demo")
    page.fill("[name=password]", password)
    page.click("main button")
    is_live(page)
    yield page
    context.close()


def is_live(page: Page) -> None:
    """Wait until prices come by themselves."""
    page.wait_for_selector('#connection[data-state="live"]')


def furnish(page: Page) -> None:
    """Make the monitors of LINES, unless the user has so many."""
    for line in LINES:
        page.goto("/")
        if page.locator("#monitors [data-monitor]").count() > len(LINES):
            break
        page.fill("#quick-line", line)
        page.click("#quick-create")
        page.wait_for_load_state()
    page.goto("/")
    is_live(page)
    page.wait_for_timeout(20_000)  # the new ones get their prices, and lines of some minutes


def take(page: Page, look: Look) -> None:
    """Take the pages as this look shows them."""
    page.goto("/")
    is_live(page)
    page.screenshot(path=IMAGES / f"monitors-{look.name}.png")
    page.click("#monitors [data-symbol='600519.SH'] a.name")
    page.wait_for_selector("#chart canvas")
    is_live(page)
    page.screenshot(path=IMAGES / f"monitor-{look.name}.png")
    page.goto("/notifications/")
    is_live(page)
    page.screenshot(path=IMAGES / f"notifications-{look.name}.png")
    if look in (LIGHT, DARK):
        for name in ("status", "settings"):
            page.goto(f"/{name}/")
            is_live(page)
            page.screenshot(path=IMAGES / f"{name}-{look.name}.png")


def take_destinations(page: Page) -> None:
    """Add two destinations where there is none, and take the page that lists them."""
    page.goto("/destinations/")
    if not page.locator(".card.destination").count():
        add(page, "ntfy", "My phone", topic="stocks-7fK2q9xw")
        add(
            page,
            "telegram",
            "Trading group",
            token="123456789:" + "A" * 35,
            chat_id="-1001234567890",
        )
        page.reload()  # without the message that it is saved
    page.wait_for_selector("#this-browser[data-state]")
    is_live(page)
    above: FloatRect = {"x": 0, "y": 0, "width": LIGHT.width, "height": 480}
    page.screenshot(path=IMAGES / "destinations-desktop-light.png", clip=above)


def add(page: Page, kind: str, name: str, **params: str) -> None:
    """Add a destination by its form."""
    page.goto(f"/destinations/new/?kind={kind}")
    page.fill("[name=name]", name)
    for field, value in params.items():
        page.fill(f"[name=params-{field}]", value)
    page.click("#save")
    page.wait_for_selector(".card.destination")


def take_toast(page: Page) -> None:
    """Wait for something to fire, and take the list with its toast."""
    page.goto("/")
    page.wait_for_selector(".toast", timeout=TOAST_WITHIN)
    page.screenshot(path=IMAGES / "toast.png")


if __name__ == "__main__":
    main(*sys.argv[1:3])
