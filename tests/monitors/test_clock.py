"""The market clock says where in its day each market is, and what comes next."""

from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.calendars import Calendar, OverrideKind
from monitors.market import Market
from monitors.views.clock import Phase, market_clocks, phase_of
from tests.monitors.test_pages import watch

CN, HK, US = Market.CN, Market.HK, Market.US


def at(text: str, market: Market = CN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=market.timezone)


@pytest.mark.parametrize(
    ("market", "time", "phase"),
    [
        (CN, "2026-11-23 08:00", Phase.CLOSED),
        (CN, "2026-11-23 09:20", Phase.PRE_OPEN),
        (CN, "2026-11-23 09:30", Phase.OPEN),
        (CN, "2026-11-23 12:00", Phase.LUNCH),
        (CN, "2026-11-23 13:00", Phase.OPEN),
        (CN, "2026-11-23 15:01", Phase.CLOSED),
        (CN, "2026-11-22 10:00", Phase.CLOSED),
        (CN, "2026-10-01 10:00", Phase.HOLIDAY),
        (HK, "2026-11-23 09:05", Phase.PRE_OPEN),
        (US, "2026-11-23 05:00", Phase.PRE_OPEN),
        (US, "2026-11-27 13:30", Phase.CLOSED),  # half day
    ],
)
def test_a_market_is_in_a_phase(market: Market, time: str, phase: Phase) -> None:
    assert phase_of(market, Calendar(), at(time, market)) == phase


def test_the_next_holiday_is_none_of_a_weekend(settings: Any) -> None:
    settings.QUOTE_SOURCES = ["tencent"]
    (cn, us) = market_clocks([US, CN], Calendar(), at("2026-09-28 10:00"))
    assert (cn.market, cn.phase, cn.until) == (CN, Phase.OPEN, at("2026-09-28 11:30"))
    assert (cn.holiday, cn.is_half_day) == (date(2026, 10, 1), False)
    assert (us.market, us.holiday) == (US, date(2026, 11, 26))


def test_an_override_is_a_holiday_too(settings: Any) -> None:
    settings.QUOTE_SOURCES = ["tencent"]
    calendar = Calendar({(HK, date(2026, 9, 29)): OverrideKind.HALF_DAY})
    (clock,) = market_clocks([HK], calendar, at("2026-09-28 10:00", HK))
    assert (clock.holiday, clock.is_half_day) == (date(2026, 9, 29), True)


def test_a_market_that_is_made_up_never_closes(settings: Any) -> None:
    settings.QUOTE_SOURCES = ["demo"]
    (clock,) = market_clocks([CN], Calendar(), at("2026-10-01 03:00"))
    assert (clock.phase, clock.until, clock.holiday) == (Phase.OPEN, None, None)


def test_the_page_shows_the_markets_that_are_watched(user: User, settings: Any) -> None:
    settings.QUOTE_SOURCES = ["tencent"]
    client = Client()
    client.force_login(user)
    assert 'class="market' not in client.get("/").content.decode()
    watch(user, "AAPL")
    for address in ("/", "/monitors/clock/"):
        text = client.get(address).content.decode()
        assert "United States" in text
        assert "Hong Kong" not in text
        assert "data-until=" in text
