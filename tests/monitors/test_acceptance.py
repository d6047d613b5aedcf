"""Which quotes count, and what they show beside the one before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from monitors.evaluation.acceptance import compare
from monitors.market import QuoteState, Snapshot
from monitors.models.instrument import Standing
from monitors.symbols import Symbol

AT = datetime(2030, 3, 4, 2, tzinfo=UTC)
MILLION = 1_000_000

QUOTE = Snapshot(
    symbol=Symbol.parse("600519.SH"), at=AT, price=Decimal(11), previous_close=Decimal(10),
    open=Decimal(10), high=Decimal(12), low=Decimal(9), volume=500, amount=None,
    state=QuoteState.TRADING, name="", source="tencent",
)  # fmt: skip

STORED = Standing(
    instrument_id=1, symbol="600519.SH", name="", source="tencent", state="trading", at=AT,
    price=11 * MILLION, previous_close=10 * MILLION, open=10 * MILLION, high=12 * MILLION,
    low=9 * MILLION, volume=500, revision=4, accepted_at=AT,
    accepted_high=12 * MILLION, accepted_low=9 * MILLION, accepted_volume=500,
    name_source="", trading_state="trading",
)  # fmt: skip

EMPTY = Standing(
    instrument_id=1, symbol="600519.SH", name="", source="", state="unknown", at=None, price=None,
    previous_close=None, open=None, high=None, low=None, volume=0, revision=0,
    accepted_at=None, accepted_high=None, accepted_low=None, accepted_volume=0,
    name_source="", trading_state="",
)  # fmt: skip

LATER = timedelta(seconds=1)


def test_the_first_quote_is_accepted_without_evidence():
    update = compare(QUOTE, EMPTY, AT, 0)
    assert update is not None
    assert update.accepted
    assert (update.revision, update.since.revision) == (1, 0)
    assert update.since.low == update.since.high == update.price == 11 * MILLION


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"name": "another"},
        {"source": "sina"},
        {"at": AT - LATER},
        {"at": AT - LATER, "price": Decimal(50)},
        {"price": Decimal(0), "at": AT + LATER},
        {"price": Decimal(-1), "at": AT + LATER},
    ],
)
def test_what_changes_nothing(other):
    assert compare(replace(QUOTE, **other), STORED, AT, 0) is None


@pytest.mark.parametrize(
    "other",
    [
        {"price": Decimal("11.01")},
        {"high": Decimal(13)},
        {"low": None},
        {"open": Decimal(11)},
        {"previous_close": Decimal(11)},
        {"volume": 501},
        {"at": AT + LATER},
    ],
)
def test_what_counts_as_newer(other):
    update = compare(replace(QUOTE, **other), STORED, AT, 0)
    assert update is not None
    assert update.accepted
    assert (update.revision, update.since.revision, update.since.at) == (5, 4, AT)


@pytest.mark.parametrize("state", [state for state in QuoteState if state != QuoteState.TRADING])
def test_what_shows_no_trading_is_stored_and_not_accepted(state):
    update = compare(replace(QUOTE, state=state), STORED, AT, 0)
    assert update is not None
    assert not update.accepted
    assert update.revision == 4


@pytest.mark.parametrize(
    ("age", "delay", "max_age", "accepted"),
    [(120, 0, 120, True), (121, 0, 120, False), (121, 0, 0, True), (1020, 900, 120, True),
     (1021, 900, 120, False)],
)  # fmt: skip
def test_staleness(age, delay, max_age, accepted):
    update = compare(replace(QUOTE, delay=delay), EMPTY, AT + timedelta(seconds=age), max_age)
    assert update is not None
    assert update.accepted == accepted


@pytest.mark.parametrize(
    ("high", "low", "shown"),
    [
        ("13", "8", (8, 13)),
        ("12", "9", (11, 11)),
        ("11.5", "10", (11, 11)),
        ("13", None, (11, 13)),
        (None, "8", (8, 11)),
        ("0", "0", (11, 11)),
    ],
)
def test_only_new_extremes_are_evidence(high, low, shown):
    stated = [None if text is None else Decimal(text) for text in (high, low)]
    quote = replace(QUOTE, at=AT + LATER, high=stated[0], low=stated[1])
    update = compare(quote, STORED, AT, 0)
    assert update is not None
    assert (update.since.low, update.since.high) == (shown[0] * MILLION, shown[1] * MILLION)


def test_extremes_that_were_not_stated_before_are_no_evidence():
    before = STORED._replace(accepted_high=None, accepted_low=None)
    update = compare(replace(QUOTE, at=AT + LATER, high=Decimal(13)), before, AT, 0)
    assert update is not None
    assert update.since.low == update.since.high == update.price


@pytest.mark.parametrize(
    ("symbol", "after", "same_day"),
    [
        ("600519.SH", timedelta(hours=13, minutes=59), True),
        ("600519.SH", timedelta(hours=14), False),
        ("AAPL.US", timedelta(hours=2, minutes=59), True),
        ("AAPL.US", timedelta(hours=3), False),
    ],
)
def test_a_day_ends_at_the_markets_own_midnight(symbol, after, same_day):
    quote = replace(QUOTE, symbol=Symbol.parse(symbol), at=AT + after, high=Decimal(13))
    update = compare(quote, STORED, AT, 0)
    assert update is not None
    assert (update.since.high == 13 * MILLION) == same_day


def test_the_volume_of_a_quote_is_what_was_traded_since():
    assert compare(replace(QUOTE, at=AT + LATER, volume=700), STORED, AT, 0).volume == 200  # type: ignore[union-attr]
    assert compare(replace(QUOTE, at=AT + LATER, volume=400), STORED, AT, 0).volume == 0  # type: ignore[union-attr]
