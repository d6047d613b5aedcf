"""Which instruments are due, and how they are split into chunks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from monitors import kinds, lifecycle, polling
from monitors.calendars import Calendar
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import Instrument, Quote
from monitors.polling import Candidate
from monitors.sources.base import Source
from monitors.symbols import Symbol

MOUTAI, APPLE, HSBC = (Symbol.parse(text) for text in ("600519.SH", "AAPL.US", "00005.HK"))
ANYWHERE = frozenset(Market)


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    """A time of China; the 4th is a Monday."""
    return datetime(2030, 3, day, hour, minute, tzinfo=Market.CN.timezone).astimezone(UTC)


def candidate(symbol: Symbol = MOUTAI, **fields: object) -> Candidate:
    values: dict[str, object] = {
        "pk": 1, "symbol": symbol, "interval": 0, "round_the_clock": False, "polled_at": None,
        "quoted_at": at(9),
    }  # fmt: skip
    return Candidate(**values | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "symbol", "is_due"),
    [
        (at(9, 9), MOUTAI, False),
        (at(9, 10), MOUTAI, True),
        (at(10), MOUTAI, True),
        (at(11, 50), MOUTAI, True),
        (at(12), MOUTAI, False),
        (at(12, 40), MOUTAI, True),
        (at(15, 20), MOUTAI, True),
        (at(15, 21), MOUTAI, False),
        (at(10, day=3), MOUTAI, False),
        (at(16, 29), HSBC, True),
        (at(16, 31), HSBC, False),
        (at(10), APPLE, False),
        (at(23), APPLE, True),
    ],
)
def test_an_instrument_is_due_while_its_market_trades_and_a_little_around(now, symbol, is_due):
    known = [candidate(symbol)]
    assert polling.due(known, Calendar(), now, frozenset()) == (known if is_due else [])


def test_a_market_that_a_source_keeps_open_always_trades():
    assert polling.due([candidate()], Calendar(), at(3), frozenset({Market.CN}))
    assert not polling.due([candidate()], Calendar(), at(3), frozenset({Market.US}))


def test_a_monitor_round_the_clock_is_due_at_night():
    assert polling.due([candidate(round_the_clock=True)], Calendar(), at(3), frozenset())


@pytest.mark.parametrize(
    ("interval", "waited", "is_due"),
    [(0, 0, True), (60, 58, False), (60, 58.5, True), (60, 60, True), (86400, 3600, False)],
)
def test_an_interval_is_kept_to_half_a_sweep(interval, waited, is_due, settings):
    settings.POLL_SECONDS = 3
    polled_at = at(10) - timedelta(seconds=waited)
    known = [candidate(interval=interval, polled_at=polled_at)]
    assert bool(polling.due(known, Calendar(), at(10), frozenset())) == is_due


@pytest.mark.parametrize(("waited", "is_due"), [(None, True), (30, False), (60, True)])
def test_a_new_symbol_is_looked_up_while_its_market_is_closed(waited, is_due):
    polled_at = None if waited is None else at(3) - timedelta(seconds=waited)
    known = [candidate(quoted_at=None, polled_at=polled_at)]
    assert bool(polling.due(known, Calendar(), at(3), frozenset())) == is_due


@pytest.mark.django_db
def test_candidates_are_what_an_active_monitor_watches():
    owner = User.objects.create(username="ann").pk
    rules = [RuleSpec("price_above", {"price": "12"})]
    lifecycle.create(owner, MOUTAI, rules, check_interval=60)
    lifecycle.create(owner, MOUTAI, rules, check_interval=5, trading_hours_only=False)
    slow = lifecycle.create(owner, APPLE, rules, check_interval=300)
    paused = lifecycle.create(owner, HSBC, rules)
    lifecycle.pause([paused])
    found = [(one.symbol, one.interval, one.round_the_clock) for one in polling.candidates()]
    assert found == [(MOUTAI, 5, True), (APPLE, 300, False)]
    lifecycle.delete([slow])
    assert [one.symbol for one in polling.candidates()] == [MOUTAI]


@pytest.mark.django_db
def test_what_was_asked_for_is_noted_where_that_matters():
    pks = [Instrument.objects.of(symbol).pk for symbol in (MOUTAI, APPLE, HSBC)]
    wanted = [
        candidate(MOUTAI, pk=pks[0]),
        candidate(APPLE, pk=pks[1], interval=60),
        candidate(HSBC, pk=pks[2], quoted_at=None),
    ]
    polling.mark_polled(wanted, at(10))
    noted = Instrument.objects.exclude(polled_at=None).order_by("pk")
    assert list(noted.values_list("pk", flat=True)) == pks[1:]


class Small(Source):
    """A source of small batches that is never asked."""

    markets = ANYWHERE
    batch_size = 2

    async def fetch(self, symbols, http):
        raise NotImplementedError


@pytest.fixture
def source(monkeypatch, settings):
    """Configure the small source alone."""
    settings.QUOTE_SOURCES = ["small"]
    monkeypatch.setattr(kinds, "source_kinds", lambda: {"small": Small})
    return Small


def test_instruments_are_split_by_market_and_batch(source):
    codes = ["600000", "600001", "600002", "AAPL", "IBM"]
    chunks = polling.chunks([candidate(Symbol.parse(code)) for code in codes])
    assert [[one.symbol.code for one in chunk] for chunk in chunks] == [
        ["600000", "600001"], ["600002"], ["AAPL", "IBM"],
    ]  # fmt: skip


def test_a_few_hundred_are_split_so_that_the_first_are_told_sooner(source, monkeypatch):
    monkeypatch.setattr(source, "batch_size", 800)
    for count, sizes in (
        (100, [100]),
        (450, [100] * 4 + [50]),
        (1000, [200] * 5),
        (6000, [800] * 7 + [400]),
    ):
        wanted = [candidate(Symbol.parse(f"{600_000 + number}")) for number in range(count)]
        assert [len(chunk) for chunk in polling.chunks(wanted)] == sizes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored_by", "chosen", "is_known"),
    [("tencent", "tencent", True), ("demo", "demo", True), ("demo", "tencent", False)],
)
def test_what_the_demo_market_left_is_no_quote_to_a_real_source(
    settings, stored_by, chosen, is_known
):
    settings.QUOTE_SOURCES = [chosen]
    owner = User.objects.create(username="ann").pk
    lifecycle.create(owner, MOUTAI, [RuleSpec("price_above", {"price": "1"})])
    Quote.objects.update(source=stored_by, at=at(9))
    [one] = polling.candidates()
    assert one.quoted_at == (at(9) if is_known else None)
