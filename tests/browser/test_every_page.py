"""Every page there is, found by its address: for everybody, in both languages, at any size."""

from collections.abc import Iterator, Sequence

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from notifications import destinations
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live
from tests.browser.in_language import read_in
from tests.conftest import Tell, Trade
from tests.live import Daphne
from tests.monitors.test_pages import watch

pytestmark = pytest.mark.browser

NO_PAGES = ("api/", "admin/", "metrics", "healthz", "readyz", "favicon", "logout/", "login/")
"""Where libraries draw, programs ask, or who is logged in is sent away."""
LOOKS = [
    (1280, "light", "en"),
    (1280, "dark", "zh-hans"),
    (390, "dark", "en"),
    (320, "light", "zh-hans"),
]

SHIFTED = """() => new Promise((tell) => {
    let sum = 0;
    const moved = new Set();
    new PerformanceObserver((list) => {
      for (const one of list.getEntries().filter((entry) => !entry.hadRecentInput)) {
        sum += one.value;
        for (const { node } of one.sources) moved.add(node?.outerHTML?.slice(0, 80) ?? "?");
      }
    }).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => tell([sum, [...moved]]), 0));
})"""
"""How much of what was drawn has moved by itself, as the web vital CLS counts, and what has."""
STILL = 0.02
"""Of 0.1, up to which CLS counts as good."""


def addresses(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the addresses that name no row."""
    for pattern in patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("/?$").removesuffix("$")
        if route.startswith(NO_PAGES):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif not pattern.pattern.converters and not pattern.pattern.regex.groups:
            yield f"/{route}"


PAGES = sorted(set(addresses(get_resolver().url_patterns)))


def visit(page: Page, address: str) -> bool:
    """Open an address; return whether it is a page of ours, as opposed to a part or a file."""
    answer = page.request.get(address, headers={"Accept": "text/html"})
    if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
        assert answer.status < 500, address
        return False
    if "<!doctype html>" not in answer.text().lower():
        return False
    page.goto(address)
    if page.locator("#connection").count():  # not where nobody is logged in any more
        is_live(page)
    return True


@pytest.fixture
def peopled(user: User, trade: Trade, tell: Tell) -> int:
    """Something on every page; the number of a monitor."""
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    monitor = watch(user)
    trade("1700")
    trade("1801")
    tell(user, 3, title="Take profit: a stock rose to 1800", monitor=monitor.pk)
    params = {"topic": "stocks"}
    destinations.create(user.pk, kind="ntfy", name="My phone", params=params)
    return monitor.pk


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_is_for_everybody(
    page: Page, server: Daphne, peopled: int, width: int, scheme: str, language: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    read_in(language)
    seen = []
    wrong: dict[str, object] = {}
    for path in [*PAGES, f"/monitors/{peopled}/", f"/monitors/{peopled}/edit/"]:
        if not visit(page, server.origin + path):
            continue
        seen.append(path)
        for rule, places in violations(page):
            wrong[f"{path} {rule}"] = [place[:300] for place in places[:3]]
        if (over := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong[f"{path} is too wide"] = over
        shift, moved = page.evaluate(SHIFTED)
        if shift > STILL:
            wrong[f"{path} moves by {shift:.3f}"] = moved
        if not page.title().endswith("Stockwatch") or page.locator("h1").count() != 1:
            wrong[f"{path} has no name"] = page.title()
    assert {"/", "/monitors/new/", "/notifications/", "/destinations/"} <= set(seen)
    assert wrong == {}
