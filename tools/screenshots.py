"""Makes docs/images/*.png from a running demo: `python -m tools.screenshots ADDRESS PASSWORD`.

Start Stockwatch with the demo market, then name its address and the demo user's password.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from tools.browser import find

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TOAST_WITHIN = 240_000
"""Milliseconds: the example monitors fire within minutes."""


class Look(NamedTuple):
    """How a page is looked at."""

    name: str
    width: int
    height: int
    scheme: str
    language: str


DESKTOP = Look("desktop-light", 1280, 800, "light", "en")
DARK = Look("desktop-dark", 1280, 800, "dark", "zh-hans")
PHONE = Look("phone-light", 390, 844, "light", "zh-hans")
PHONE_DARK = Look("phone-dark", 390, 844, "dark", "en")


def main(address: str, password: str) -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = find()  # before Playwright starts: it may ask Playwright itself
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for look in (DESKTOP, DARK, PHONE, PHONE_DARK):
            page = logged_in(browser, look, address, password)
            take(page, look)
            page.context.close()
        page = logged_in(browser, DESKTOP, address, password)
        take_destinations(page)
        take_toast(page)
        browser.close()


def logged_in(browser: Browser, look: Look, address: str, password: str) -> Page:
    """Open a window of that look and log in."""
    page = browser.new_page(
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.scheme == "dark" else "light",
        locale="zh-CN" if look.language == "zh-hans" else "en-GB",
        base_url=address,
    )
    page.goto("/login/")
    page.fill("[name=username]", "demo")
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_selector('#connection[data-state="live"]')
    button = page.locator(f'button[name=language][value="{look.language}"]')
    if button.count():  # another language than the one that this user chose last
        button.click()
        page.wait_for_selector('#connection[data-state="live"]')
    return page


def take(page: Page, look: Look) -> None:
    """Take the pages as this look shows them."""
    page.goto("/")
    page.wait_for_selector('#connection[data-state="live"]')
    page.screenshot(path=IMAGES / f"monitors-{look.name}.png")
    page.click(".card h2 a")
    page.wait_for_selector("#save")
    page.screenshot(path=IMAGES / f"edit-{look.name}.png", full_page=look is PHONE)
    page.goto("/notifications/")
    page.wait_for_selector('#connection[data-state="live"]')
    page.screenshot(path=IMAGES / f"notifications-{look.name}.png")
    if look is DESKTOP:
        page.goto("/api/docs")
        page.wait_for_selector(".opblock")
        page.screenshot(path=IMAGES / "api-docs.png")


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
    page.wait_for_selector('#connection[data-state="live"]')
    above: FloatRect = {"x": 0, "y": 0, "width": DESKTOP.width, "height": 480}
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
