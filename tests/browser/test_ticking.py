"""A page that is kept open while prices move holds no more after many of them than after some."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from monitors.symbols import Symbol
from tests.browser.conftest import is_live
from tests.conftest import Trade
from tests.monitors.test_pages import watch
from tests.ticking import held, tools_of

pytestmark = pytest.mark.browser

SYMBOLS = [Symbol.parse(f"{600_000 + number}.SH") for number in range(12)]
ROUNDS = 25


def test_nothing_grows_while_prices_move(page: Page, user: User, trade: Trade) -> None:
    for symbol in SYMBOLS:
        watch(user, str(symbol))
    page.reload()
    is_live(page)
    tools = tools_of(page)
    price = page.locator(f"[data-symbol='{SYMBOLS[-1]}'] [data-price]")

    def tick(rounds: range) -> dict[str, int]:
        for number in rounds:
            for symbol in SYMBOLS:
                trade(f"{1700 + number}.00", symbol)
            expect(price).to_have_text(f"{1700 + number}.00")
        expect(page.locator(".watch .price:is(.rose, .fell)")).to_have_count(0)
        return held(tools)

    some, many = tick(range(1, 4)), tick(range(4, 4 + ROUNDS))
    assert many["nodes"] <= some["nodes"]
    assert many["listeners"] <= some["listeners"]
