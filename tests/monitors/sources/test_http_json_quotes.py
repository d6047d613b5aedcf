"""A reply to `http_json` is read by the paths of its file."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import QuoteState
from monitors.sources.base import SourceError
from monitors.sources.http_json import moment
from tests.monitors.sources.http_json import NOW, REPLY, changed, read


def test_a_reply_is_read_by_its_paths():
    [snapshot] = read(REPLY).snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("305.59"), Decimal("305.93"))
    assert (snapshot.open, snapshot.high, snapshot.low) == (
        Decimal("306.21"),
        Decimal("307.66"),
        Decimal("302.94"),
    )
    assert snapshot.at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert (snapshot.volume, snapshot.name) == (38169263, "Apple  Inc.")
    assert (snapshot.state, snapshot.delay) == (QuoteState.TRADING, 900)


def test_what_need_not_be_there_may_be_missing():
    reply = {"data": {"last": "305.59", "time": 1795485600}}
    [snapshot] = read(reply).snapshots
    assert (snapshot.open, snapshot.high, snapshot.volume, snapshot.name) == (None, None, 0, "")


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (1795485600, NOW.replace(hour=2)),
        (1795485600.25, NOW.replace(hour=2, microsecond=250_000)),
        (1795485600000, NOW.replace(hour=2)),
        ("1795485600", NOW.replace(hour=2)),
        ("2026-11-24T10:00:00+08:00", NOW.replace(hour=2)),
        ("2026-11-24T02:00:00Z", NOW.replace(hour=2)),
    ],
)
def test_times(value, read_as):
    [snapshot] = read(changed(time=value)).snapshots
    assert snapshot.at == read_as


@pytest.mark.parametrize("text", ["", "now", "2026-11-24T10:00:00", "12", "9" * 40, "1e9"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"^time "):
        moment(text)


@pytest.mark.parametrize(
    "data",
    [
        {"last": 0},
        {"last": -1},
        {"last": "NaN"},
        {"last": 1e30},
        {"last": None},
        {"last": True},
        {"last": [305.59]},
        {"last": 308},
        {"last": 302},
        {"time": None},
        {"time": 1795497600},
        {"volume": -5},
        {"volume": "many"},
        {"days": [{"open": {}, "high": 307.66, "low": 302.94}]},
    ],
    ids=str,
)
def test_an_impossible_figure_is_a_problem_and_no_quote(data):
    fetched = read(changed(**data))
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith("AAPL.US: ")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"[" * 9000, b'{"a": 1, "a": 2}', b"\xff"])
def test_a_reply_that_is_no_object_is_a_source_error(body):
    with pytest.raises(SourceError):
        read(body)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*REPLY["data"]]), ANYTHING), st.binary(max_size=4))
def test_whatever_arrives_is_a_quote_that_can_be_or_none(data, noise):
    for body in (json.dumps(changed(**data)).encode(), json.dumps(REPLY).encode() + noise):
        try:
            fetched = read(body)
        except SourceError:
            continue
        for snapshot in fetched.snapshots:
            assert 0 < snapshot.price < 10**9
            assert snapshot.low is None or snapshot.low <= snapshot.price
            assert snapshot.high is None or snapshot.price <= snapshot.high
