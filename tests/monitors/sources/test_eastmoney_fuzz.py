"""Whatever bytes arrive: a source error or problems, never another exception or a wrong quote."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Candle, Snapshot
from monitors.sources._eastmoney_history import parse_history
from monitors.sources.base import Fetched, SourceError
from monitors.sources.eastmoney import FIELDS, parse
from monitors.symbols import Symbol
from tests.monitors.sources.damage import EDITS, edited
from tests.monitors.sources.eastmoney import (
    GOOD,
    LIVE,
    NEXT,
    NOW,
    Number,
    completed,
    history_of,
    loaded,
    reply_of,
    row_of,
    wanted_by,
)

WHOLE = completed()
WANTED = wanted_by(*LIVE)
EXPECTED = {snapshot.symbol: snapshot for snapshot in parse(WHOLE, WANTED, NOW).snapshots}
MOUTAI = Symbol.parse("600519.SH")
HISTORY = history_of(MOUTAI, GOOD, NEXT)
MINUTES = {candle.at: candle for candle in parse_history(HISTORY, MOUTAI, NOW)}


def read(body: bytes) -> Fetched:
    """What a sweep gets of a reply: nothing where the source refuses it."""
    try:
        return parse(body, WANTED, NOW)
    except SourceError:
        return Fetched()


def read_history(body: bytes) -> list[Candle]:
    """What a chart gets of a reply: nothing where the source refuses it."""
    try:
        return parse_history(body, MOUTAI, NOW)
    except SourceError:
        return []


def check_possible(snapshot: Snapshot) -> None:
    """Every promise that a quote makes to the rest of the system."""
    assert snapshot.symbol in EXPECTED
    assert 0 < snapshot.price < 10**9
    assert snapshot.low is None or 0 < snapshot.low <= snapshot.price
    assert snapshot.high is None or snapshot.price <= snapshot.high
    assert 0 <= snapshot.volume < 10**15
    assert datetime(1970, 1, 1, tzinfo=UTC) < snapshot.at <= NOW + timedelta(minutes=10)
    assert snapshot.amount is None or 0 <= snapshot.amount < 10**18
    assert snapshot.name.encode().decode() == snapshot.name
    assert "\0" not in snapshot.name
    for price in (snapshot.price, snapshot.previous_close, snapshot.open):
        assert price is None or price == round(price, 6)


def check_possible_minute(candle: Candle) -> None:
    """Every promise that a minute makes to a chart."""
    assert 0 < candle.low <= min(candle.open, candle.close)
    assert max(candle.open, candle.close) <= candle.high < 10**9
    assert 0 <= candle.volume < 10**15
    assert candle.at <= NOW + timedelta(minutes=10)


def test_a_body_cut_anywhere_gives_nothing():
    assert len(EXPECTED) == len(LIVE)
    assert not any(read(WHOLE[:end]).snapshots for end in range(len(WHOLE)))
    assert not any(read(WHOLE[start:]).snapshots for start in range(1, len(WHOLE)))
    assert not any(read_history(HISTORY[:end]) for end in range(len(HISTORY)))


@given(st.binary(max_size=2000))
def test_random_bytes_give_nothing(body):
    assert read(body).snapshots == []
    assert read_history(body) == []


@given(EDITS)
def test_a_mutated_reply_gives_no_impossible_quote(edits):
    for snapshot in read(edited(WHOLE, edits)).snapshots:
        check_possible(snapshot)
    for candle in read_history(edited(HISTORY, edits)):
        check_possible_minute(candle)


@given(
    st.integers(0, len(WHOLE) - 1),
    st.sampled_from(list(b'0123456789.~-,:eE"{}[]nul x\x00\x81\xfe')),
)
def test_one_wrong_byte_never_makes_a_wrong_price(position, byte):
    body = WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :]
    for snapshot in read(body).snapshots:
        check_possible(snapshot)
        assert snapshot.price == EXPECTED[snapshot.symbol].price
        assert snapshot.previous_close == EXPECTED[snapshot.symbol].previous_close


@given(
    st.integers(0, len(HISTORY) - 1),
    st.sampled_from(list(b'0123456789.~-,:eE"{}[]nul x\x00\x81\xfe')),
)
def test_one_wrong_byte_never_makes_an_impossible_minute(position, byte):
    for candle in read_history(HISTORY[:position] + bytes([byte]) + HISTORY[position + 1 :]):
        check_possible_minute(candle)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.sampled_from(["-", "4.76", "AAPL", "\ud800"])
    | st.sampled_from(["0", "105", "-1", "1e30", "1e-999999", "NaN", "4.76", "9" * 4000]).map(
        Number
    )
    | st.decimals(-(10**12), 10**12, places=3).map(Number),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=4))
def test_a_field_of_any_type_gives_no_impossible_quote(changes):
    row = row_of("AAPL") | changes
    for snapshot in read(reply_of(row, row_of("SPY"))).snapshots:
        check_possible(snapshot)


ROWS = loaded(WHOLE)["data"]["diff"]


@given(st.sampled_from(ROWS), st.permutations(FIELDS), st.integers(2, 4))
def test_fields_in_each_others_place_give_no_impossible_quote(row, order, count):
    names = order[:count]
    turned = dict(zip(names, (row[name] for name in [*names[1:], names[0]]), strict=True))
    for snapshot in read(reply_of(row | turned)).snapshots:
        check_possible(snapshot)
        if "f2" in names:
            assert snapshot.price == EXPECTED[snapshot.symbol].price


TOKENS = ['{"rc":', "0", "102", ',"data":', '{"diff":', "[", "]", "{", "}", ",", "null", '"f2":']


@given(
    st.lists(st.sampled_from([*TOKENS, '"f12":"AAPL"', '"f13":105', "1e9", '"-"', "\n"])).map(
        "".join
    )
)
def test_pieces_of_the_format_in_any_order(text):
    for snapshot in read(text.encode()).snapshots:
        check_possible(snapshot)
