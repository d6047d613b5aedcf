"""Which instruments are due, how they are split, and what is made of the sources' answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from monitors import lifecycle, polling
from monitors.calendars import Calendar
from monitors.lifecycle import RuleSpec
from monitors.market import Market, QuoteState, Snapshot
from monitors.models import Instrument, SourceHealth
from monitors.polling import Candidate
from monitors.sources.base import Fetched, Source, SourceError
from monitors.symbols import Symbol

MOUTAI, APPLE, HSBC = (Symbol.parse(text) for text in ("600519.SH", "AAPL.US", "00005.HK"))
ANYWHERE = frozenset(Market)


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    """A time of China; the 4th is a Monday."""
    return datetime(2030, 3, day, hour, minute, tzinfo=Market.CN.timezone).astimezone(UTC)


def candidate(symbol: Symbol = MOUTAI, **fields: object) -> Candidate:
    values: dict[str, object] = {
        "pk": 1, "symbol": symbol, "interval": 0, "round_the_clock": False, "polled_at": None,
        "quoted": True,
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
    known = [candidate(quoted=False, polled_at=polled_at)]
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
        candidate(HSBC, pk=pks[2], quoted=False),
    ]
    polling.mark_polled(wanted, at(10))
    noted = Instrument.objects.exclude(polled_at=None).order_by("pk")
    assert list(noted.values_list("pk", flat=True)) == pks[1:]


# -- Sources ------------------------------------------------------------------------------------


class Stub(Source):
    """A source that answers as it is told; `answer` maps symbols to prices or is an error."""

    markets = ANYWHERE
    batch_size = 2
    answer: dict[Symbol, str] | Exception

    async def fetch(self, symbols, http):
        assert len(symbols) <= self.batch_size
        if isinstance(self.answer, Exception):
            raise self.answer
        known = [symbol for symbol in symbols if symbol in self.answer]
        return Fetched([quote(symbol, self.answer[symbol]) for symbol in known])


def quote(symbol: Symbol, price: str) -> Snapshot:
    return Snapshot(
        symbol=symbol, at=at(10), price=Decimal(price), previous_close=None, open=Decimal(1),
        high=None, low=None, volume=1, amount=None, state=QuoteState.TRADING, name="", source="x",
    )  # fmt: skip


@pytest.fixture
def sources(monkeypatch, settings):
    """Configure stubs, in the order given."""

    def configure(**answers: object) -> None:
        settings.QUOTE_SOURCES = list(answers)
        kinds = {name: type(name, (Stub,), {"answer": answer}) for name, answer in answers.items()}
        monkeypatch.setattr(polling, "source_kinds", lambda: kinds)

    return configure


def test_instruments_are_split_by_market_and_batch(sources):
    sources(first={})
    codes = ["600000", "600001", "600002", "AAPL", "IBM"]
    chunks = polling.chunks([candidate(Symbol.parse(code)) for code in codes])
    assert [[symbol.code for symbol in chunk] for chunk in chunks] == [
        ["600000", "600001"], ["600002"], ["AAPL", "IBM"],
    ]  # fmt: skip


def test_a_few_hundred_are_split_so_that_the_first_are_told_sooner(sources, monkeypatch):
    sources(first={})
    monkeypatch.setattr(Stub, "batch_size", 800)
    for count, sizes in (
        (100, [100]),
        (450, [100] * 4 + [50]),
        (1000, [200] * 5),
        (6000, [800] * 7 + [400]),
    ):
        wanted = [candidate(Symbol.parse(f"{600_000 + number}")) for number in range(count)]
        assert [len(chunk) for chunk in polling.chunks(wanted)] == sizes


@pytest.mark.django_db
def test_what_one_source_does_not_answer_the_next_is_asked_for(sources):
    sources(first={MOUTAI: "1"}, second={MOUTAI: "2", APPLE: "3"})
    haul = polling.fetch([MOUTAI, APPLE, HSBC])
    found = {one.symbol: one.price for one in haul.snapshots}
    assert found == {MOUTAI: 1, APPLE: 3}


@pytest.mark.django_db
def test_a_source_that_fails_is_counted_and_the_next_is_asked(sources):
    sources(first=SourceError("HTTP 503"), second={MOUTAI: "2"})
    haul = polling.fetch([MOUTAI])
    assert [one.price for one in haul.snapshots] == [2]
    haul.record()
    first, second = SourceHealth.objects.get(pk="first"), SourceHealth.objects.get(pk="second")
    assert (first.requests, first.errors, first.last_error) == (1, 1, "HTTP 503")
    assert (second.requests, second.errors, second.state) == (1, 0, "ok")
