"""Whatever bytes arrive: a source error or problems, never another exception or a wrong quote.

JSON says nothing twice, so a wrong digit in a price cannot be told from a price; what is checked
is that every quote is a possible one, and that nothing is taken from one member for another.
"""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.market import Candle, Market, Snapshot
from monitors.sources._alpaca_bars import parse_history
from monitors.sources.alpaca import parse
from monitors.sources.base import Fetched, SourceError
from monitors.symbols import Symbol
from tests.monitors.sources.alpaca import recorded, recorded_replies, wanted_by
from tests.monitors.sources.damage import EDITS, edited

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHOLE = recorded("snapshots-iex.json")
WANTED = wanted_by(WHOLE)
EXPECTED = {snapshot.symbol: snapshot for snapshot in parse(WHOLE, WANTED, NOW).snapshots}
BARS = recorded("bars.json")
APPLE = Symbol.parse("AAPL.US")
CANDLES = parse_history(BARS, APPLE, NOW)


def read(body: bytes) -> Fetched:
    """What a sweep gets of a reply: nothing where the source refuses it."""
    try:
        return parse(body, WANTED, NOW)
    except SourceError:
        return Fetched()


def read_history(body: bytes) -> list[Candle]:
    """What is got of a reply of bars: nothing where the source refuses it."""
    try:
        return parse_history(body, APPLE, NOW)
    except SourceError:
        return []


def check_possible(snapshot: Snapshot) -> None:
    """Every promise that a quote makes to the rest of the system."""
    assert snapshot.symbol in WANTED.values()
    assert 0 < snapshot.price < 10**9
    assert snapshot.price == round(snapshot.price, 6)
    assert snapshot.previous_close is None or 0 < snapshot.previous_close < 10**9
    day = (snapshot.open, snapshot.high, snapshot.low)
    assert all(day) or (day == (None, None, None) and snapshot.volume == 0)
    if all(day):
        assert 0 < snapshot.low <= snapshot.open <= snapshot.high < 10**9
        assert snapshot.low <= snapshot.price <= snapshot.high
    assert 0 <= snapshot.volume < 10**15
    assert snapshot.at <= NOW + timedelta(minutes=10)
    assert (snapshot.amount, snapshot.name) == (None, "")


def check_all(fetched: Fetched) -> None:
    """Possible quotes, one a symbol, and problems that a log can take."""
    for snapshot in fetched.snapshots:
        check_possible(snapshot)
    symbols = [snapshot.symbol for snapshot in fetched.snapshots]
    assert len(set(symbols)) == len(symbols)
    for problem in fetched.problems:
        assert len(problem) < 120
        assert problem.encode()


def check_candles(candles: list[Candle]) -> None:
    """Possible minutes of one day, in order."""
    for candle in candles:
        assert 0 < candle.low <= candle.open <= candle.high < 10**9
        assert candle.low <= candle.close <= candle.high
        assert 0 <= candle.volume < 10**15
        assert candle.at <= NOW + timedelta(minutes=10)
    assert all(one.at < next_one.at for one, next_one in pairwise(candles))
    assert len({candle.at.astimezone(Market.US.timezone).date() for candle in candles}) <= 1


def test_a_body_cut_anywhere_gives_all_rows_or_none():
    counts = set()
    for end in range(len(WHOLE) + 1):
        fetched = read(WHOLE[:end])
        counts.add(len(fetched.snapshots))
        for snapshot in fetched.snapshots:
            assert snapshot == EXPECTED[snapshot.symbol]
    assert counts == {0, len(EXPECTED)}


def test_a_body_that_lost_its_beginning_gives_nothing():
    for start in range(1, len(WHOLE)):
        assert read(WHOLE[start:]).snapshots == []
    for start in range(1, len(BARS)):
        assert read_history(BARS[start:]) == []
        assert read_history(BARS[:start]) in ([], CANDLES)


@given(st.binary(max_size=2000))
def test_random_bytes_give_nothing(body):
    assert read(body).snapshots == []
    assert read_history(body) == []


@given(st.sampled_from(recorded_replies()), EDITS)
def test_a_mutated_reply_gives_no_impossible_quote(reply, edits):
    body, _wanted = reply
    check_all(read(edited(body, edits)))


@given(EDITS)
def test_mutated_bars_give_no_impossible_minute(edits):
    check_candles(read_history(edited(BARS, edits)))


@given(
    st.integers(0, len(WHOLE) - 1),
    st.sampled_from(list(b'0123456789.eE~-+:,{}[]/" xpt\\\x00\x81\xfe')),
)
def test_one_wrong_byte_changes_one_symbol_at_most(position, byte):
    fetched = read(WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :])
    check_all(fetched)
    if fetched.snapshots:
        same = [one for one in fetched.snapshots if one == EXPECTED.get(one.symbol)]
        assert len(same) >= len(EXPECTED) - 1


def test_every_digit_or_letter_of_every_place_may_be_another():
    for position in range(len(WHOLE)):
        for byte in b'9-.p"':
            check_all(read(WHOLE[:position] + bytes([byte]) + WHOLE[position + 1 :]))
    for position in range(len(BARS)):
        for byte in b'9-.p"':
            check_candles(read_history(BARS[:position] + bytes([byte]) + BARS[position + 1 :]))


FIGURES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["2026-08-17T19:59:59Z", "9999-12-31T23:59:59Z", "1000-01-01T00:00:00Z"]),
    st.sampled_from([10**15, 10**400, 1e30, -0.0, 5e-324, float("nan"), "\ud800", "\0"]),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.sampled_from("tohlcvp"), st.integers(), max_size=2),
)
BAR = st.dictionaries(st.sampled_from("tohlcv"), FIGURES | st.integers(1, 9), max_size=6)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "latestTrade": FIGURES | st.dictionaries(st.sampled_from("tpu"), FIGURES, max_size=3),
        "dailyBar": FIGURES | BAR,
        "prevDailyBar": FIGURES | BAR,
    },
)


# These replies take a while to draw where the machine is busy.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.dictionaries(st.sampled_from([*WANTED, "OTHER", "snapshots"]), ROW | FIGURES))
def test_wrong_types_everywhere(reply):
    check_all(read(json.dumps(reply).encode()))


@patient
@given(st.dictionaries(st.sampled_from([*WANTED]), ROW, min_size=1))
def test_wrong_types_everywhere_in_the_wrapped_form(rows):
    check_all(read(json.dumps({"snapshots": rows}).encode()))


@patient
@given(st.data())
def test_one_member_of_another_kind(data):
    reply = json.loads(WHOLE)
    row = reply[data.draw(st.sampled_from(["AAPL", "BRK.B", "NEWCO"]))]
    part = data.draw(st.sampled_from(["latestTrade", "dailyBar", "prevDailyBar"]))
    place = data.draw(st.sampled_from(sorted(row[part] or {}))) if row[part] else None
    (row[part] if place else row)[place or part] = data.draw(FIGURES)
    fetched = read(json.dumps(reply).encode())
    check_all(fetched)
    assert len(fetched.snapshots) >= len(EXPECTED) - 1


@patient
@given(FIGURES | st.lists(BAR | FIGURES, max_size=5))
def test_bars_of_wrong_types(bars):
    check_candles(read_history(json.dumps({"bars": {"AAPL": bars}}).encode()))
    check_candles(read_history(json.dumps({"bars": bars}).encode()))


TOKENS = [
    *("{", "}", "[", "]", ",", ":", '"AAPL"', '"snapshots"', '"latestTrade"', '"dailyBar"'),
    *('"t"', '"p"', '"bars"', "null", "1", "10.5", '"2026-08-17T19:59:59Z"', "NaN", "-", " "),
]


@given(st.lists(st.sampled_from(TOKENS)).map("".join))
def test_pieces_of_the_format_in_any_order(text):
    check_all(read(text.encode()))
    check_candles(read_history(text.encode()))


def test_nesting_of_any_depth():
    for depth in (*range(50, 1000, 50), *range(900, 1000), 10_000, 1_000_000):
        for opening, closing in (("[", "]"), ('{"p":', "}")):
            deep = opening * depth + "1" + closing * depth
            for text in (
                deep,
                f'{{"AAPL":{deep}}}',
                f'{{"AAPL":{{"latestTrade":{deep}}}}}',
                f'{{"AAPL":{{"latestTrade":{{"t":"2026-08-17T19:59:59Z","p":{deep}}}}}}}',
            ):
                assert read(text.encode()).snapshots == []
            assert read_history(f'{{"bars":{{"AAPL":[{deep}]}}}}'.encode()) == []
