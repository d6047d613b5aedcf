"""Whatever bytes arrive: a source error or problems, never another exception or a wrong quote."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitors.market import Candle, Snapshot
from monitors.sources._yahoo_history import parse_history
from monitors.sources.base import Fetched, SourceError
from monitors.sources.yahoo import parse
from tests.monitors.sources.damage import EDITS, edited
from tests.monitors.sources.yahoo import APPLE, TODAY, recorded, reply

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHOLE = reply(TODAY)
DAILY = recorded("chart-history-AAPL.json")
WANTED = {"AAPL": APPLE}
[EXPECTED] = parse(WHOLE, WANTED, NOW).snapshots


def read(body: bytes) -> Fetched:
    """What a sweep gets of a reply: nothing where the source refuses it. All of it is possible."""
    try:
        fetched = parse(body, WANTED, NOW)
    except SourceError as error:
        check_short(str(error))
        return Fetched()
    for snapshot in fetched.snapshots:
        check_possible(snapshot)
    for problem in fetched.problems:
        check_short(problem)
    return fetched


def minutes(body: bytes) -> list[Candle]:
    """What history gives of a reply. All of it is possible."""
    try:
        candles = parse_history(body, APPLE, NOW)
    except SourceError as error:
        check_short(str(error))
        return []
    assert [each.at for each in candles] == sorted({each.at for each in candles})
    for each in candles:
        check_candle(each)
    return candles


def check_short(line: str) -> None:
    assert 0 < len(line) < 200
    assert line.isprintable()


def check_price(price) -> None:
    assert 0 < price < 10**9
    assert price.as_tuple().exponent >= -6


def check_possible(snapshot: Snapshot) -> None:
    """Every promise that a quote makes to the rest of the system."""
    assert snapshot.symbol == APPLE
    check_price(snapshot.price)
    for price in (snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low):
        if price is not None:
            check_price(price)
    for price in (snapshot.price, snapshot.open or snapshot.price):
        assert (snapshot.low or price) <= price <= (snapshot.high or price)
    assert type(snapshot.volume) is int
    assert 0 <= snapshot.volume < 10**15
    assert snapshot.at.tzinfo is UTC
    assert snapshot.at <= NOW + timedelta(minutes=10)
    assert snapshot.name == "" or snapshot.name.isprintable()


def check_candle(candle: Candle) -> None:
    for price in (candle.open, candle.high, candle.low, candle.close):
        check_price(price)
        assert candle.low <= price <= candle.high
    assert type(candle.volume) is int
    assert 0 <= candle.volume < 10**15
    assert (candle.at.second, candle.at.microsecond, candle.at.tzinfo) == (0, 0, UTC)
    assert candle.at <= NOW + timedelta(minutes=10)


@pytest.mark.parametrize("body", [WHOLE, DAILY], ids=["minutes", "days"])
def test_a_body_cut_anywhere_gives_nothing(body):
    assert read(body).snapshots
    for end in range(0, len(body.rstrip()), 1 if body is WHOLE else 7):
        assert read(body[:end]).snapshots == []
        assert minutes(body[:end]) == []


def test_a_body_that_lost_its_beginning_gives_nothing():
    for start in range(1, len(WHOLE)):
        assert read(WHOLE[start:]).snapshots == []
        assert minutes(WHOLE[start:]) == []


@given(st.binary(max_size=2000))
def test_random_bytes_give_nothing(body):
    assert read(body).snapshots == []
    assert minutes(body) == []


@given(st.sampled_from([WHOLE, DAILY]), EDITS)
def test_a_mutated_reply_gives_no_impossible_quote(body, edits):
    body = edited(body, edits)
    read(body)
    minutes(body)


@given(st.integers(0, len(WHOLE) - 1), st.sampled_from(list(b'0123456789.-+eE"[]{}:,n \x00\xff')))
def test_one_wrong_byte_never_makes_an_impossible_quote(position, byte):
    body = WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :]
    read(body)
    minutes(body)


# -- In the words of JSON -----------------------------------------------------------------------

NUMBERS = [
    *("0", "-0", "-1", "1", "0.5", "1e-9", "1e9", "999999999.9999999", "1e30", "-1e30", "1e308"),
    *("1e309", "-1e999999", "1e-999999", "1e999999999999999999", "1e-999999999999999999"),
    *("1e9999999999999999999999", "1e-9999999999999999999999", "0e-999999999999999999"),
    *("NaN", "Infinity", "-Infinity", "9" * 5000, "0." + "3" * 5000, "305." + "0" * 5000 + "1"),
    *("100000000000", "99999999999", "1784899997", "1784899997.0", "1.784899997e9", "305.5"),
    *("253402300800", "-1784899997", "305.5899963378906", "306.2", "304.9", "1000000000000000"),
]
TEXTS = ["", "AAPL", "USD", "1d", "1m", "Not Found", "\0", "\ud800", "305.5", "null", "💥" * 99]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(TEXTS),
)
VALUES = st.one_of(
    st.sampled_from(NUMBERS),  # written as they are: Python would not write most of them
    st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=6),
            st.dictionaries(st.sampled_from(["start", "regular", "code", "0"]), inner, max_size=3),
        ),
        max_leaves=8,
    ).map(json.dumps),
    st.sampled_from(["[" * 900 + "]" * 900, '{"start":' * 300 + "1" + "}" * 300]),
)
REPLY = json.loads(WHOLE)
Path = tuple[str | int, ...]
"""The way to a value: names of members and positions."""


def paths(value: object, path: Path = ()) -> list[Path]:
    """The way to every value of a JSON document."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(each for name, inner in items for each in paths(inner, (*path, name)))]


PATHS = paths(REPLY)
META = [path for path in PATHS if "meta" in path]


def replaced(edits: list[tuple[Path, str | None]]) -> bytes:
    """The reply with values replaced by JSON as it is written; None takes one out."""
    document: dict[str, Any] = {"root": deepcopy(REPLY)}
    written = {}
    for number, (path, value) in enumerate(edits):
        *way, last = ("root", *path)
        inside: Any = document
        try:
            for name in way:
                inside = inside[name]
            inside[last]
        except (LookupError, TypeError):
            continue  # an edit before it has taken that away
        if isinstance(inside, str):
            continue  # or has put something else there
        if value is None:
            del inside[last]
        else:
            inside[last] = mark = f"#{number}#"
            written[json.dumps(mark)] = value
    text = json.dumps(document.get("root"))
    for mark, value in written.items():
        text = text.replace(mark, value)
    return text.encode("utf-8", "surrogatepass")


REPLACEMENTS = st.tuples(st.sampled_from(PATHS) | st.sampled_from(META), st.none() | VALUES)


@given(REPLACEMENTS)
def test_any_value_replaced_by_any_other(edit):
    body = replaced([edit])
    read(body)
    minutes(body)


@given(st.lists(REPLACEMENTS, min_size=2, max_size=8))
def test_several_values_replaced_by_any_others(edits):
    body = replaced(edits)
    read(body)
    minutes(body)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{number[:24]}({len(number)})")
def test_each_odd_number_in_each_place(number):
    for path in PATHS:
        body = replaced([(path, number)])
        read(body)
        minutes(body)


def test_each_value_lost():
    for path in PATHS:
        body = replaced([(path, None)])
        fetched = read(body)
        minutes(body)
        for snapshot in fetched.snapshots:
            assert (snapshot.price, snapshot.at) == (EXPECTED.price, EXPECTED.at)


@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
@example(["1"] * 4, [])
def test_arrays_of_any_length(opens, times):
    for name, values in (("open", opens), ("timestamp", times), ("volume", opens)):
        path = next(path for path in PATHS if path[-1:] == (name,))
        body = replaced([(path, f"[{','.join(values)}]")])
        read(body)
        minutes(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"chart":{"result":[' * 50_000,
        b'{"chart":{"result":' + b"[" * 900 + b"]" * 900 + b"}}",
        b'{"chart":{"result":null,"error":' + b"[" * 900 + b"]" * 900 + b"}}",
        WHOLE.replace(b"305.5899963,", b"9" * 3_000_000 + b","),
        WHOLE.replace(b"305.5899963,", b"305." + b"9" * 3_000_000 + b","),
    ],
    ids=["arrays", "objects", "result", "error", "digits", "places"],
)
def test_bodies_that_are_deep_or_long(body):
    assert read(body).snapshots == [] or len(body) > 3_000_000
    minutes(body)
