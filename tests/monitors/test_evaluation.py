"""Contract §5, sentence by sentence, through the one door that quotes come in by."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User

from monitors import lifecycle
from monitors.evaluation import ingest
from monitors.lifecycle import RuleSpec
from monitors.market import QuoteState, Snapshot
from monitors.models import Bar, Instrument, Monitor, Quote, Rule
from monitors.spec import RULE_FIELDS
from monitors.symbols import Symbol
from notifications.composing.facts import remarks
from notifications.models import Notification

MONDAY = datetime(2030, 3, 4, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MOUTAI = Symbol.parse("600519.SH")

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """One user who watches one stock. Every quote comes a second after the one before."""

    owner: int
    at: datetime = MONDAY
    late: timedelta = field(default_factory=timedelta)

    def watch(self, kind: str, *levels: str, **fields: Any) -> Monitor:
        """Create a monitor with one rule; fields of the rule go to it, others to the monitor."""
        names = ("min", "max") if len(levels) == 2 else ("price",)
        life = {name: fields.pop(name) for name in RULE_FIELDS if name in fields}
        rule = RuleSpec(kind, dict(zip(names, levels, strict=True)), **life)
        fields.setdefault("trading_hours_only", False)
        return lifecycle.create(self.owner, MOUTAI, [rule], **fields)

    def quote(self, price: str, after: int = 1, **fields: Any) -> int:
        """Let a quote arrive; return how many notifications it caused."""
        self.at += timedelta(seconds=after)
        values: dict[str, Any] = {
            "symbol": MOUTAI, "at": self.at, "price": Decimal(price),
            "previous_close": Decimal(10), "open": Decimal(10), "high": None, "low": None,
            "volume": 100, "amount": None, "state": QuoteState.TRADING, "name": "",
            "source": "recording",
        }  # fmt: skip
        values |= {
            name: Decimal(value) if name in ("high", "low") else value
            for name, value in fields.items()
        }
        return ingest([Snapshot(**values)], self.at + self.late).fired

    def quotes(self, *prices: str, **fields: Any) -> list[int]:
        return [self.quote(price, **fields) for price in prices]


@pytest.fixture
def desk() -> Desk:
    return Desk(User.objects.create(username="ann").pk)


# -- When a rule holds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "levels", "outside", "inside"),
    [
        ("entry_zone", ("10", "11"), ("9.99", "11.01"), ("10", "10.50", "11")),
        ("take_profit", ("12",), ("11.99",), ("12", "12.01")),
        ("price_above", ("12",), ("11.99",), ("12", "12.01")),
        ("stop_loss", ("8",), ("8.01",), ("8", "7.99")),
        ("price_below", ("8",), ("8.01",), ("8", "7.99")),
    ],
)
def test_bounds_are_inclusive(desk, kind, levels, outside, inside):
    for price in inside:
        monitor = desk.watch(kind, *levels)
        assert [desk.quote(other) for other in outside] == [0] * len(outside)
        assert desk.quote(price) == 1
        lifecycle.delete([monitor])


def test_a_rule_that_already_holds_on_the_first_quote_fires(desk):
    desk.watch("price_above", "10")
    assert desk.quote("15") == 1


def test_a_notification_says_what_happened(desk):
    monitor = desk.watch("take_profit", "12")
    desk.quote("12.5")
    told = Notification.objects.get()
    assert (told.seq, told.user_id, told.kind) == (1, desk.owner, "take_profit")
    assert (told.monitor, told.rule) == (monitor.pk, monitor.rules.get().pk)
    assert (told.symbol, told.price, told.level) == ("600519.SH", "12.50", "12")
    assert told.quote_at == desk.at


# -- Repeat -------------------------------------------------------------------------------------


def test_once_stays_fired_until_the_user_rearms_it(desk):
    monitor = desk.watch("price_above", "12", repeat="once")
    assert desk.quotes("12", "11", "12", "5", "12") == [1, 0, 0, 0, 0]
    lifecycle.rearm([monitor])
    assert desk.quotes("12", "12") == [1, 0]


def test_rearm_is_armed_again_by_a_later_quote_on_which_it_no_longer_holds(desk):
    desk.watch("price_above", "12")
    assert desk.quotes("12", "13", "11.99", "12", "12") == [1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("kind", "levels", "holds", "not_enough", "enough"),
    [
        ("price_above", ("10",), "10", "9.90", "9.89"),
        ("price_below", ("10",), "10", "10.10", "10.11"),
        ("entry_zone", ("10", "20"), "15", "9.90", "9.89"),
        ("entry_zone", ("10", "20"), "15", "20.20", "20.21"),
    ],
)
def test_rearm_gap_is_a_percentage_of_the_level_to_exceed(
    desk, kind, levels, holds, not_enough, enough
):
    desk.watch(kind, *levels, rearm_gap=Decimal(1))
    assert desk.quotes(holds, not_enough, holds, enough, holds) == [1, 0, 0, 0, 1]


def test_every_fires_again_while_it_holds_at_most_once_per_cooldown(desk):
    desk.watch("price_above", "12", repeat="every", cooldown=10)
    assert [desk.quote("12", after=after) for after in (1, 9, 1, 5, 5)] == [1, 0, 1, 0, 1]
    assert desk.quote("11", after=100) == 0


# -- Touch --------------------------------------------------------------------------------------


def test_a_new_high_means_that_the_price_was_there(desk):
    desk.watch("price_above", "12")
    assert desk.quote("11", high="11.50", low="11") == 0
    assert desk.quote("11", high="12", low="11") == 1
    one = Notification.objects.get()
    assert one.data["touched"] == "12.00"
    assert "12.00" in one.body
    assert remarks(one) == []


def test_a_new_low_means_that_the_price_was_there(desk):
    desk.watch("price_below", "10")
    assert desk.quote("11", high="11", low="10.50") == 0
    assert desk.quote("11", high="11", low="9.90") == 1


def test_touch_can_be_turned_off(desk):
    desk.watch("price_above", "12", touch=False)
    desk.quote("11", high="11")
    assert desk.quote("11", high="13") == 0


def test_a_high_that_is_not_new_is_no_evidence(desk):
    desk.quote("11", high="13")
    desk.watch("price_above", "12")
    assert desk.quotes("11", "11", high="13") == [0, 0]


def test_a_high_of_before_the_rule_was_armed_does_not_count(desk):
    Instrument.objects.of(MOUTAI)
    desk.quote("11", high="11")
    desk.watch("price_above", "12")
    assert desk.quote("11", high="13") == 0, "it may have been there before the monitor was"
    assert desk.quote("11", high="14") == 1


def test_the_quote_that_rearms_lets_the_next_one_touch(desk):
    desk.watch("price_above", "12")
    assert desk.quote("12", high="12") == 1
    assert desk.quote("11", high="13") == 0, "re-arming looks at the last price only"
    assert desk.quote("11", high="14") == 1


def test_yesterdays_high_says_nothing_of_today(desk):
    desk.watch("price_above", "12")
    desk.quote("11", high="11")
    assert desk.quote("11", after=86_400, high="13") == 0
    assert desk.quote("11", high="14") == 1


def test_a_high_beside_one_that_was_not_stated_is_no_evidence(desk):
    desk.watch("price_above", "12")
    desk.quote("11")
    assert desk.quote("11", high="13") == 0


def test_a_zone_jumped_over_without_evidence_does_not_fire(desk):
    desk.watch("entry_zone", "10", "11")
    assert desk.quotes("12", "9", "12", "9") == [0, 0, 0, 0]
    assert desk.quote("10.5") == 1


def test_a_zone_crossed_with_evidence_fires(desk):
    desk.watch("entry_zone", "10", "11")
    desk.quote("12", low="12", high="12")
    assert desk.quote("12", low="9", high="12") == 1


def test_an_every_rule_that_rested_at_the_previous_quote_is_not_touched(desk):
    desk.watch("price_above", "12", repeat="every", cooldown=10)
    assert desk.quote("12", high="12") == 1
    assert desk.quote("11", after=9, high="12") == 0
    assert desk.quote("11", after=2, high="13") == 0, "it rested at the quote before"
    assert desk.quote("11", after=1, high="14") == 1


# -- Accepted quotes ----------------------------------------------------------------------------


def test_an_older_quote_and_the_same_again_are_not_accepted(desk):
    desk.watch("price_above", "12", repeat="every", cooldown=0)
    assert desk.quote("12") == 1
    assert desk.quote("12", after=0) == 0
    assert desk.quote("12", after=-1) == 0
    assert Quote.objects.get().revision == 1


def test_the_same_second_with_other_values_counts_as_newer(desk):
    desk.watch("price_above", "12")
    assert desk.quote("11") == 0
    assert desk.quote("12", after=0) == 1


@pytest.mark.parametrize(
    "state", [QuoteState.AUCTION, QuoteState.SUSPENDED, QuoteState.DELISTED, QuoteState.UNKNOWN]
)
def test_what_shows_no_trading_fires_nothing_and_is_shown(desk, state):
    desk.watch("price_above", "12")
    assert desk.quote("13", state=state) == 0
    assert (Quote.objects.get().price, Quote.objects.get().state) == (Decimal(13), state)
    assert desk.quote("13") == 1


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_price_that_is_none_changes_nothing(desk, price):
    desk.watch("price_below", "12")
    desk.quote("13")
    assert desk.quote(price) == 0
    assert Quote.objects.get().price == 13


def test_a_stale_quote_fires_nothing(desk, settings):
    settings.QUOTE_MAX_AGE = 120
    desk.watch("price_above", "12")
    desk.late = timedelta(seconds=121)
    assert desk.quote("13") == 0
    desk.late = timedelta(seconds=120)
    assert desk.quote("13") == 1


def test_the_delay_of_a_source_does_not_make_its_quotes_stale(desk, settings):
    settings.QUOTE_MAX_AGE = 120
    desk.watch("price_above", "12")
    desk.late = timedelta(seconds=1020)
    assert desk.quote("13", delay=900) == 1


def test_with_a_maximum_age_of_0_nothing_is_stale(desk, settings):
    settings.QUOTE_MAX_AGE = 0
    desk.watch("price_above", "12")
    desk.late = timedelta(days=4000)
    assert desk.quote("13") == 1


# -- Trading hours, pauses, expiry, edits -------------------------------------------------------


@pytest.mark.parametrize(("hour", "fired"), [(9, 0), (10, 1), (12, 0), (14, 1), (16, 0)])
def test_trading_hours_only_goes_by_the_quotes_own_time(desk, hour, fired):
    desk.at = MONDAY.replace(hour=hour)
    desk.watch("price_above", "12", trading_hours_only=True)
    desk.watch("price_above", "12", trading_hours_only=False)
    assert desk.quote("13") == fired + 1


def test_rearming_looks_at_quotes_of_any_hour(desk):
    desk.watch("price_above", "12", trading_hours_only=True)
    assert desk.quote("13") == 1
    assert desk.quote("11", after=2 * 3600) == 0  # at noon
    assert desk.quote("13", after=2 * 3600) == 1


def test_editing_a_level_arms_anew_and_other_edits_do_not(desk):
    monitor = desk.watch("price_above", "12", repeat="once")
    rule = monitor.rules.get()
    kept = RuleSpec("price_above", {"price": "12"}, "once", id=rule.pk)
    assert desk.quote("13") == 1
    lifecycle.edit(monitor, rules=[kept], note="seen")
    assert desk.quote("13") == 0
    lifecycle.edit(monitor, rules=[RuleSpec("price_above", {"price": "12.5"}, "once", id=rule.pk)])
    assert desk.quote("13") == 1
    assert monitor.rules.get().pk == rule.pk


def test_a_paused_monitor_fires_nothing_and_resuming_arms_anew(desk):
    monitor = desk.watch("price_above", "12", repeat="once")
    assert desk.quote("13") == 1
    assert lifecycle.pause([monitor]) == 1
    assert desk.quotes("11", "13") == [0, 0]
    assert lifecycle.resume([monitor]) == 1
    assert desk.quotes("13", "13") == [1, 0]


def test_an_expired_monitor_fires_nothing_even_before_the_clean_up(desk):
    monitor = desk.watch("price_above", "12", expires_at=MONDAY + timedelta(seconds=5))
    assert desk.quote("13") == 1
    assert desk.quote("11") == 0
    desk.quote("11", after=60)
    assert desk.quote("13") == 0
    monitor.refresh_from_db()
    assert monitor.status == "active", "the clean-up goes by the clock"


def test_a_monitor_with_notifications_off_lives_on_in_silence(desk):
    monitor = desk.watch("price_above", "12", repeat="once", notifications_enabled=False)
    assert desk.quote("13") == 0
    assert monitor.rules.get().state == "fired"


def test_deleting_a_monitor_keeps_its_notifications(desk):
    monitor = desk.watch("price_above", "12")
    desk.quote("13")
    assert lifecycle.delete([monitor]) == 1
    assert desk.quotes("11", "13") == [0, 0]
    assert Notification.objects.count() == 1
    assert not Rule.objects.exists()


def test_a_monitor_moved_to_another_stock_tells_of_that_one(desk):
    """Both stocks are at their first accepted quote: that makes two events, not one."""
    monitor = desk.watch("price_above", "12")
    assert desk.quote("13") == 1
    lifecycle.edit(monitor, symbol=Symbol.parse("000001.SZ"))
    assert desk.quote("11") == 0
    assert desk.quote("13", symbol=Symbol.parse("000001.SZ")) == 1


# -- Bars, and markets that are made up ---------------------------------------------------------


def test_accepted_quotes_build_minute_bars(desk):
    desk.watch("price_above", "99")
    desk.quote("10", high="10", low="10", volume=1000)
    desk.quote("11", high="12", low="10", volume=1500)
    desk.quote("9", after=60, high="12", low="9", volume=1700)
    bars = Bar.objects.order_by("at").values_list("open", "high", "low", "close", "volume")
    assert [(*map(int, bar[:4]), bar[4]) for bar in bars] == [
        (10, 12, 10, 11, 500),
        (9, 9, 9, 9, 200),
    ]


def test_a_bar_has_what_was_traded_in_it_though_the_stock_was_suspended_meanwhile(desk):
    desk.watch("price_above", "99")
    desk.quote("10", volume=1000)
    desk.quote("10", volume=0, state=QuoteState.SUSPENDED)
    desk.quote("11", after=120, volume=1100)
    assert list(Bar.objects.order_by("at").values_list("volume", flat=True)) == [0, 100]


def test_demo_prices_and_real_ones_are_never_compared(desk):
    desk.watch("price_above", "12")
    desk.quote("11", high="11", source="demo")
    assert desk.quote("11", after=-3600, high="13", source="tencent") == 0, "no touch between them"
    assert Quote.objects.get().source == "tencent"
    assert Bar.objects.count() == 1
