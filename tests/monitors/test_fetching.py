"""What is made of the sources' answers: each is asked for what those before it left open."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitors import kinds
from monitors.asking import fetching
from monitors.asking.fetching import fetch
from monitors.asking.gates import FAILURES_IN_A_ROW, Gate
from monitors.market import Market, QuoteState, Snapshot
from monitors.models import SourceHealth
from monitors.sources.base import Fetched, Limits, Source, SourceError
from monitors.symbols import Symbol
from stockwatch.redis import client, key

MOUTAI, APPLE, HSBC = (Symbol.parse(text) for text in ("600519.SH", "AAPL.US", "00005.HK"))
AT = datetime(2030, 3, 4, 2, 0, tzinfo=UTC)


class Stub(Source):
    """A source that answers as it is told; `answer` maps symbols to prices or is an error."""

    markets = frozenset(Market)
    batch_size = 2
    limits = Limits(requests_a_minute=100, at_once=4)
    answer: dict[Symbol, str] | Exception
    stamped = AT
    asked: list[list[Symbol]]

    async def fetch(self, symbols, http):
        assert len(symbols) <= self.batch_size
        self.asked.append(list(symbols))
        if isinstance(self.answer, Exception):
            raise self.answer
        known = [symbol for symbol in symbols if symbol in self.answer]
        return Fetched(
            [quote(symbol, self.answer[symbol], self.stamped, self.delays) for symbol in known]
        )


def quote(symbol, price, at, delays) -> Snapshot:
    return Snapshot(
        symbol=symbol, at=at, price=Decimal(price), previous_close=None, open=Decimal(1),
        high=None, low=None, volume=1, amount=None, state=QuoteState.TRADING, name="", source="x",
        delay=delays.get(symbol.market, 0),
    )  # fmt: skip


@pytest.fixture
def sources(monkeypatch, settings):
    """Configure stubs, in the order given."""

    def configure(**answers):
        settings.QUOTE_SOURCES = list(answers)
        stubs = {
            name: type(name, (Stub,), {"answer": answer, "asked": []})
            for name, answer in answers.items()
        }
        monkeypatch.setattr(kinds, "source_kinds", lambda: stubs)
        return stubs

    return configure


def prices(known) -> dict[Symbol, Decimal]:
    return {one.symbol: one.price for one in fetch(known).snapshots}


def test_what_one_source_does_not_answer_the_next_is_asked_for(sources):
    stubs = sources(first={MOUTAI: "1"}, second={MOUTAI: "2", APPLE: "3"})
    assert prices({MOUTAI: None, APPLE: None, HSBC: None}) == {MOUTAI: 1, APPLE: 3}
    assert [MOUTAI] not in stubs["second"].asked


def test_batches_are_no_larger_than_a_source_takes(sources):
    codes = [Symbol.parse(f"60000{number}") for number in range(5)]
    stubs = sources(first=dict.fromkeys(codes, "1"))
    assert len(prices(dict.fromkeys(codes))) == 5
    assert [len(part) for part in stubs["first"].asked] == [2, 2, 1]


@pytest.mark.django_db
def test_a_source_that_fails_is_counted_and_the_next_is_asked(sources):
    sources(first=SourceError("HTTP 503", status=503), second={MOUTAI: "2"})
    haul = fetch({MOUTAI: None})
    assert [one.price for one in haul.snapshots] == [2]
    SourceHealth.record(haul.reports)
    first, second = SourceHealth.objects.get(pk="first"), SourceHealth.objects.get(pk="second")
    assert (first.requests, first.errors, first.last_error) == (1, 1, "HTTP 503")
    assert (second.requests, second.errors, second.state) == (1, 0, "ok")


def test_a_source_that_goes_on_failing_is_left_alone(sources):
    stubs = sources(first=SourceError("timeout"), second={MOUTAI: "2"})
    for _ in range(FAILURES_IN_A_ROW + 5):
        assert prices({MOUTAI: None}) == {MOUTAI: 2}
    assert len(stubs["first"].asked) == FAILURES_IN_A_ROW


def test_the_only_good_source_is_found_though_it_was_left_alone(sources):
    stubs = sources(first=SourceError("timeout"), second=SourceError("timeout"))
    for _ in range(FAILURES_IN_A_ROW):
        assert prices({MOUTAI: None}) == {}
    stubs["second"].answer = {MOUTAI: "2"}
    assert prices({MOUTAI: None}) == {}, "it has failed just now"
    state = key("source", "second", "breaker")
    client().hincrbyfloat(state, "early_from", -1100)
    assert prices({MOUTAI: None}) == {MOUTAI: 2}


@pytest.mark.parametrize("status", [403, 429, 456])
def test_a_source_that_says_we_ask_too_often_is_left_alone_at_once(sources, status):
    stubs = sources(first=SourceError("no", status=status, retry_after=60), second={MOUTAI: "2"})
    for _ in range(3):
        assert prices({MOUTAI: None}) == {MOUTAI: 2}
    assert len(stubs["first"].asked) == 1
    assert Gate("first", Stub.limits).state().retry_in > 50


def test_no_source_is_asked_more_often_than_it_allows(sources):
    stubs = sources(first={MOUTAI: "1"}, second={MOUTAI: "2"})
    got = [prices({MOUTAI: None})[MOUTAI] for _ in range(40)]
    # A quarter of what a minute allows comes at once, and a few more while this test runs.
    assert 25 <= len(stubs["first"].asked) < 35
    assert set(got) == {1, 2}


@pytest.mark.parametrize(
    ("behind", "is_answer"),
    [(timedelta(), True), (timedelta(seconds=80), True), (timedelta(minutes=15), False)],
)
def test_a_row_that_is_older_than_what_is_known_is_no_answer(sources, behind, is_answer):
    stubs = sources(first={MOUTAI: "1"}, second={MOUTAI: "2"})
    stubs["first"].stamped = AT - behind
    assert prices({MOUTAI: AT}) == {MOUTAI: 1 if is_answer else 2}


def test_stale_rows_count_as_a_failure(sources):
    stubs = sources(first={MOUTAI: "1"}, second={MOUTAI: "2"})
    stubs["first"].stamped = AT - timedelta(days=1)
    for _ in range(FAILURES_IN_A_ROW):
        [stale, _fine] = fetch({MOUTAI: AT}).reports
        assert stale.problem == "1 rows older than what is known"
    assert Gate("first", Stub.limits).state().breaker == "open"


def test_a_source_that_is_late_by_design_comes_after_one_that_is_not(sources):
    stubs = sources(first={HSBC: "1", MOUTAI: "1"}, second={HSBC: "2", MOUTAI: "2"})
    stubs["first"].delays = {Market.HK: 900}
    assert prices({HSBC: None, MOUTAI: None}) == {HSBC: 2, MOUTAI: 1}


def test_where_only_a_late_source_is_left_its_delay_is_no_failure(sources):
    stubs = sources(first={HSBC: "1"}, second=SourceError("timeout"))
    stubs["first"].delays = {Market.HK: 900}
    stubs["first"].stamped = AT - timedelta(minutes=15)
    for _ in range(FAILURES_IN_A_ROW):
        assert prices({HSBC: AT}) == {HSBC: 1}
    assert Gate("first", Stub.limits).state().breaker == "closed"


def test_a_mistake_in_one_source_does_not_keep_the_next_from_being_asked(sources, caplog):
    stubs = sources(first=KeyError("price"), second={MOUTAI: "2"})
    haul = fetch({MOUTAI: None})
    assert [one.price for one in haul.snapshots] == [2]
    assert haul.reports[0].problem == "our mistake: KeyError"
    assert "in a way that it should not" in caplog.text
    assert len(stubs["first"].asked) == 1


def test_what_nobody_answers_in_time_is_reported(sources, monkeypatch):
    async def sleep(_source, _symbols, _http):
        await asyncio.sleep(10)

    stubs = sources(first={MOUTAI: "1"})
    monkeypatch.setattr(stubs["first"], "fetch", sleep)
    monkeypatch.setattr(fetching, "FETCH_TIMEOUT", 0.05)
    [report] = fetch({MOUTAI: None}).reports
    assert report.problem == "no answer in time"
