"""The page of one monitor, as a browser without JavaScript shows it."""

import html
import re
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState
from monitors.models import Monitor, Rule
from monitors.symbols import Symbol
from monitors.views.arranging import GROUPS, ORDERS
from notifications.log.reading import mark_read
from notifications.models import Destination, Notification
from stockwatch.models import Preferences
from tests.conftest import MOUTAI, Tell, Trade
from tests.monitors.test_pages import browser, page, watch

__all__ = ["browser"]


def told(user: User) -> list[str]:
    """The page's sentences about the rules of the user's newest monitor."""
    client = Client()
    client.force_login(user)
    monitor = Monitor.objects.latest("pk")
    drawn = page(client, f"/monitors/{monitor.pk}/")
    paragraphs = re.findall(r"<p><span>(.*?)</span> <span[^>]*>(.*?)</span></p>", drawn)
    return [html.unescape(f"{state} {now}") for state, now in paragraphs]


def on(symbol: Symbol, user: User, *rules: RuleSpec) -> Monitor:
    return lifecycle.create(user.pk, symbol, list(rules), trading_hours_only=False)


def test_a_rule_says_where_the_price_is(browser: Client, user: User, trade: Trade) -> None:
    watch(user)
    assert told(user) == ["Armed. No price yet."] * 2
    trade("1712.50")
    assert told(user) == [
        "Armed. Now 1712.50, 1.90 % above.",
        "Armed. Now 1712.50, 5.11 % below.",
    ]


def test_a_price_inside_a_zone_and_at_a_level(user: User, trade: Trade) -> None:
    on(MOUTAI, user, RuleSpec("entry_zone", {"min": "1650", "max": "1680"}),
       RuleSpec("price_below", {"price": "1660"}))  # fmt: skip
    trade("1660")
    zone, below = told(user)
    assert zone.endswith("Now 1660.00, inside.")
    assert below.endswith("Now 1660.00, at the level.")


def test_a_fired_rule_says_when_at_which_price_and_what_comes_next(
    user: User, trade: Trade
) -> None:
    zone = RuleSpec("entry_zone", {"min": "1795", "max": "1805"}, rearm_gap=Decimal("1.001"))
    on(MOUTAI, user, RuleSpec("take_profit", {"price": "1800"}),
       RuleSpec("price_above", {"price": "1790"}, repeat="once"), zone)  # fmt: skip
    trade("1800.10")
    again, once, wide = told(user)
    assert re.fullmatch(
        r"Fired on \d+ \w+ \d\d:\d\d at 1800\.10\. Armed again once the price is below 1800\. "
        r"Now 1800\.10, 0\.01 % above\.",
        again,
    )
    assert "Stays so until you re-arm it." in once
    assert "once the price is below 1777.04 or above 1823.06." in wide
    trade("1799")
    assert re.match(r"Armed\. Last fired on .* at 1800\.10\. Now 1799\.00", told(user)[0])


def test_a_firing_that_was_not_told_lends_no_price_to_another(user: User, trade: Trade) -> None:
    monitor = on(MOUTAI, user, RuleSpec("take_profit", {"price": "1800"}))
    trade("1800.10")
    trade("1700")
    lifecycle.edit(monitor, notifications_enabled=False)
    trade("1801.50")
    (sentence,) = told(user)
    assert "1800.10" not in sentence
    assert sentence.startswith("Fired on ")


def test_a_resting_rule_says_why(user: User) -> None:
    monitor = watch(user)
    lifecycle.pause([monitor])
    assert told(user)[0].startswith("Off: the monitor is paused.")


def test_sentences_are_chinese_for_who_reads_chinese(user: User, trade: Trade) -> None:
    monitor = on(MOUTAI, user, RuleSpec("take_profit", {"price": "1800"}))
    trade("1800.10")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    drawn = page(client, f"/monitors/{monitor.pk}/")
    assert "价格低于 1800后重新待触发。" in drawn
    assert "现价 1800.10，高 0.01 %。" in drawn


def test_the_page_shows_quote_note_destinations_and_last_bars(
    browser: Client, user: User, trade: Trade
) -> None:
    place = Destination.objects.create(user=user, kind="bark", name="My phone")
    monitor = watch(user, note="for the pension", rating="buy", destinations=[place.pk])
    trade("1712.50", volume=100)
    trade("1713", volume=150)
    drawn = page(browser, f"/monitors/{monitor.pk}/")
    for part in ("贵州茅台", "600519.SH", "+13.00", "for the pension", "Buy", "My phone",
                 '<td class="number">1713.00</td>',
                 f"/monitors/{monitor.pk}/edit/"):  # fmt: skip
        assert part in drawn


def test_destinations_that_choose_themselves_and_none_at_all(browser: Client, user: User) -> None:
    assert "decides by its own settings" in page(browser, f"/monitors/{watch(user).pk}/")
    alone = watch(user, destinations=[])
    assert "Only here" in page(browser, f"/monitors/{alone.pk}/")
    silent = watch(user, notifications_enabled=False)
    assert "Nowhere" in page(browser, f"/monitors/{silent.pk}/")


def test_firings_are_listed_newest_first_and_marked(
    browser: Client, user: User, trade: Trade, tell: Tell
) -> None:
    monitor = on(MOUTAI, user, RuleSpec("take_profit", {"price": "1800"}))
    tell(user, title="Of another monitor", monitor=monitor.pk + 1)
    for price in ("1800.10", "1790", "1801"):
        trade(price)
    drawn = page(browser, f"/monitors/{monitor.pk}/")
    assert re.findall(r"\?seq=(\d+)#n", drawn) == ["3", "2"]
    assert "Of another monitor" not in drawn
    (marks,) = re.findall(r'data-firings="([^"]*)"', drawn)
    shown = orjson.loads(html.unescape(marks))
    assert [(one["seq"], one["price"]) for one in shown] == [(3, "1801.00"), (2, "1800.10")]


def older(client: Client, monitor: Monitor, before: object) -> list[int]:
    answer = client.get(f"/monitors/{monitor.pk}/firings/?before={before}")
    assert answer["content-type"] == "application/json"
    return [one["seq"] for one in answer.json()]


def test_older_firings_are_told_to_the_chart(
    browser: Client, user: User, other: User, tell: Tell
) -> None:
    monitor = watch(user)
    for about in (monitor.pk, monitor.pk, monitor.pk + 1, monitor.pk):
        tell(user, monitor=about, rule=1, price="1800.10", level="1800", quote_at=timezone.now())
    tell(user, monitor=monitor.pk)  # of no rule: an alert to try it
    tell(other, monitor=monitor.pk, rule=1)
    assert older(browser, monitor, 4) == [2, 1]
    assert older(browser, monitor, 9) == [4, 2, 1]
    assert older(browser, monitor, 1) == []
    (told,) = browser.get(f"/monitors/{monitor.pk}/firings/?before=2").json()
    assert {name: told[name] for name in ("kind", "price", "level")} == {
        "kind": "take_profit", "price": "1800.10", "level": "1800",
    }  # fmt: skip
    assert datetime.fromisoformat(told["at"]) <= timezone.now()


def test_older_firings_take_the_same_queries_for_any_number(
    browser: Client, user: User, tell: Tell
) -> None:
    monitor = watch(user)
    counts = []
    for many in (1, 1, 40):  # the first answer after a log-in asks for more
        tell(user, many, monitor=monitor.pk, rule=1)
        with CaptureQueriesContext(connection) as asked:
            assert older(browser, monitor, 1000)
        counts.append(len(asked))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("before", ["", "?before=", "?before=0", "?before=x", f"?before={2**63}"])
def test_firings_before_what_is_no_number_are_refused(
    browser: Client, user: User, before: str
) -> None:
    answer = browser.get(f"/monitors/{watch(user).pk}/firings/{before}")
    assert answer.status_code == 400


def test_firings_of_others_are_not_found(browser: Client, other: User, client: Client) -> None:
    address = f"/monitors/{watch(other).pk}/firings/?before=9"
    assert browser.get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_the_chart_is_told_how_marks_of_each_kind_look(browser: Client, user: User) -> None:
    drawn = page(browser, f"/monitors/{watch(user).pk}/")
    (kinds,) = re.findall(r'data-kinds="([^"]*)"', drawn)
    told = orjson.loads(html.unescape(kinds))
    assert {name: (kind["short"], kind["side"], kind["urgent"]) for name, kind in told.items()} == {
        "take_profit": ("TP", "up", False),
        "price_above": ("Above", "up", False),
        "stop_loss": ("SL", "down", True),
        "price_below": ("Below", "down", False),
        "entry_zone": ("Zone", "", False),
    }
    assert "<span data-table-interval>15m</span>" in drawn


def beside(client: Client, monitor: Monitor) -> list[tuple[str, str]]:
    drawn = page(client, f"/monitors/{monitor.pk}/")
    return re.findall(r'rel="(\w+)" href="/monitors/(\d+)/"', drawn)


def test_neighbours_are_those_of_the_list(browser: Client, user: User, other: User) -> None:
    oldest, middle, newest = watch(user), watch(user, "700.HK"), watch(user, "AAPL")
    watch(other, "TSLA")
    assert beside(browser, middle) == [("prev", str(newest.pk)), ("next", str(oldest.pk))]
    assert beside(browser, newest) == [("next", str(middle.pk))]
    assert beside(browser, oldest) == [("prev", str(middle.pk))]


def test_neighbours_follow_the_order_and_groups_that_were_chosen_last(
    browser: Client, user: User
) -> None:
    made = [
        watch(user, symbol, rating=rating)
        for symbol, rating in (("AAPL", "sell"), ("600519", "buy"), ("TSLA", "buy"), ("700.HK", ""))
    ]
    page(browser, "/?sort=name&group=rating")
    listed = re.findall(r'data-actions="(\d+)"', page(browser))
    assert sorted(listed) == [str(one.pk) for one in made]
    assert [beside(browser, Monitor.objects.get(pk=pk)) for pk in listed] == [
        [("next", listed[1])],
        [("prev", listed[0]), ("next", listed[2])],
        [("prev", listed[1]), ("next", listed[3])],
        [("prev", listed[2])],
    ]
    assert listed != [str(one.pk) for one in reversed(made)]


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("group", GROUPS)
def test_neighbours_take_the_same_queries_however_they_are_ordered(
    browser: Client, user: User, trade: Trade, sort: str, group: str
) -> None:
    monitor = watch(user)
    few = watch(user), watch(user, "AAPL")
    trade("1712.50")
    asked_for(browser, monitor)
    usual = asked_for(browser, monitor)
    browser.cookies["watchlist"] = f"{sort}:{group}:50"
    assert asked_for(browser, monitor) == usual
    assert {pk for _rel, pk in beside(browser, monitor)} <= {str(one.pk) for one in few}


def test_the_chart_is_told_the_steps_of_hong_kongs_prices(browser: Client, user: User) -> None:
    monitor = watch(user, "700.HK")
    (ticks,) = re.findall(r'data-ticks="([^"]*)"', page(browser, f"/monitors/{monitor.pk}/"))
    steps = orjson.loads(html.unescape(ticks))
    assert steps[0] == ["5000", "5"]
    assert steps[-1] == ["0", "0.001"]
    assert 'data-zone="Asia/Hong_Kong"' in page(browser, f"/monitors/{monitor.pk}/")


def test_the_chart_has_the_readers_zone_where_one_is_chosen(browser: Client, user: User) -> None:
    Preferences.objects.create(user=user, zone="Europe/Berlin")
    monitor = watch(user, "AAPL")
    drawn = page(browser, f"/monitors/{monitor.pk}/")
    assert 'data-zone="Europe/Berlin"' in drawn


def test_a_card_leads_to_the_page_and_an_old_link_still_does(browser: Client, user: User) -> None:
    monitor = watch(user)
    assert f'href="/monitors/{monitor.pk}/"' in page(browser)
    assert browser.post(f"/monitors/{monitor.pk}/").status_code == 405
    page(browser, f"/monitors/{monitor.pk + 1}/", code=404)


def test_the_number_of_queries_does_not_grow(browser: Client, user: User, trade: Trade) -> None:
    monitor = on(MOUTAI, user, RuleSpec("take_profit", {"price": "1800"}))
    few = watch(user), watch(user)
    for price in ("1712.50", "1900", "1700"):
        trade(price)
    mark_read(user.pk, 1)  # what is unread is asked about once more
    asked_for(browser, monitor)  # the first page after a log-in asks for more
    before = asked_for(browser, monitor)
    lifecycle.delete(few)
    lifecycle.edit(monitor, [RuleSpec("take_profit", {"price": str(1800 + at)}) for at in range(9)])
    for at in range(30):
        watch(user, note=str(at))
    for price in ("1900", "1700", "1901", "1702"):
        trade(price)
    assert Rule.objects.filter(monitor=monitor, fired_count=2).count() == 9
    assert Notification.objects.filter(monitor=monitor.pk).count() == 19
    mark_read(user.pk, 19)
    assert asked_for(browser, monitor) == before


def asked_for(client: Client, monitor: Monitor) -> int:
    with CaptureQueriesContext(connection) as asked:
        page(client, f"/monitors/{monitor.pk}/")
    return len(asked)


@pytest.mark.parametrize("state", [QuoteState.SUSPENDED, QuoteState.DELISTED])
def test_a_stock_without_trade_has_a_page(
    browser: Client, user: User, trade: Trade, state: QuoteState
) -> None:
    monitor = watch(user)
    trade("1712.50", state=state, at=timezone.now() - timedelta(days=3))
    assert str(state.label) in page(browser, f"/monitors/{monitor.pk}/")
