"""The Eastmoney source: every recorded reply, and every way in which a reply can be wrong."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.base import Fetched, SourceError
from monitors.sources.eastmoney import FIELDS, Eastmoney, parse, parse_history, secids_of
from monitors.symbols import Symbol
from tests.standin.eastmoney import secid_of
from tests.standin.server import StandIn

RESPONSES = Path(__file__).parents[1] / "data" / "responses"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
AT = datetime(2026, 8, 18, 3, 20, 30, tzinfo=UTC)

LIVE = (
    *("000001.SH", "399001.SZ", "000300.SH", "00700.HK", "AAPL.US", "510300.SH", "SPY.US"),
    *("HSI.HK", "IXIC.US", "DJI.US", "INX.US"),
)
WITHOUT = "without f1, f5, f6, f124"
# What each recorded reply was asked for, and the problems that it makes.
RECORDED = {
    "ulist-multi-market-live.txt": (LIVE, [WITHOUT] * len(LIVE)),
    "ulist-preopen-dash.txt": (("510300.SH",), []),
    "unknown-rc102-null.txt": (("603999.SH", "XYZ.US"), []),
}
UNREADABLE = {"search.txt"}

# The live reply was asked for without the fields f1, f5, f6 and f124: these stand in for them.
# decimals, volume, amount; volume and amount as Tencent told them in the same minute
ADDED = {
    "000001": (2, 333357371, 751006258668),
    "399001": (2, 446410459, 832742135665),
    "000300": (2, 124747756, 396242351859),
    "00700": (3, 10586859, "4666651125.86"),
    "AAPL": (3, 38169263, 11641096594),
    "510300": (3, 4773838, 2283177593),
    "SPY": (3, 34356577, 26595211062),
    "HSI": (2, 0, "11397381.101"),
    "NDX": (2, "-", "-"),
    "DJIA": (2, 436708050, 23369665201963),
    "SPX": (2, "-", "-"),
}
# symbol, price, previous close, open, high, low, volume, amount, state, name
EXPECTED = [
    ("000001.SH 3963.85 3982.65 3979.49 3992.09 3955.6 33335737100 751006258668 trading 上证指数"),
    (
        "399001.SZ 14518.67 14704.27 14692.03 14733.9 14459.72 "
        "44641045900 832742135665 trading 深证成指"
    ),
    "000300.SH 4699.89 4741.1 4734.07 4744.01 4687.53 12474775600 396242351859 trading 沪深300",
    "00700.HK 438.6 446.4 444.2 446.2 437.6 10586859 4666651125.86 trading 腾讯控股",
    "AAPL.US 305.59 305.93 306.21 307.66 302.939 38169263 11641096594 trading 苹果",
    "510300.SH 4.76 4.801 4.794 4.803 4.751 477383800 2283177593 trading 沪深300ETF华泰柏瑞",
    "SPY.US 772.67 776.34 776.18 776.775 772.51 34356577 26595211062 trading 标普500ETF-SPDR",
    "HSI.HK 25281.2 25453.23 25368.87 25456.65 25240.62 0 11397381.101 trading 恒生指数",
    "IXIC.US 26644.91 26729.16 26784.65 26798.4 26626.37 0 - trading 纳斯达克",
    ("DJI.US 53459.78 53732.41 53663.11 53663.11 53395.23 436708050 23369665201963 trading 道琼斯"),
    "INX.US 7745.06 7785.76 7790.68 7790.68 7744.88 0 - trading 标普500",
]


class Number(str):
    """A number of a reply, in the endpoint's own digits."""

    __slots__ = ()


def written(value) -> str:
    """JSON in which each Number is a number again."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}:{written(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(written, value))}]"
    return value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def loaded(body: bytes):
    """A reply whose numbers are still digits."""
    return json.loads(body, parse_float=Number, parse_int=Number)


def recorded(name: str) -> bytes:
    """A recorded reply."""
    return (RESPONSES / f"eastmoney-{name}").read_bytes()


def wanted_by(*symbols: str) -> dict[str, Symbol]:
    """What a request for these symbols asks for."""
    return {secid: symbol for symbol in map(Symbol.parse, symbols) for secid in secids_of(symbol)}


def completed() -> bytes:
    """The recorded live reply with the fields that its request left out."""
    reply = loaded(recorded("ulist-multi-market-live.txt"))
    for row in reply["data"]["diff"]:
        decimals, volume, amount = ADDED[row["f12"]]
        row["f1"] = Number(decimals)
        row["f5"], row["f6"] = (one if one == "-" else Number(one) for one in (volume, amount))
        row["f124"] = Number(int(AT.timestamp()))
    return written(reply).encode()


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for, and the live one made whole."""
    replies = [(recorded(name), wanted_by(*asked)) for name, (asked, _) in RECORDED.items()]
    return [*replies, (completed(), wanted_by(*LIVE))]


def line(snapshot: Snapshot) -> str:
    """A snapshot as EXPECTED writes it."""
    values = (
        *(snapshot.symbol, snapshot.price, snapshot.previous_close, snapshot.open),
        *(snapshot.high, snapshot.low, snapshot.volume, snapshot.amount),
        *(snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)


def row_of(code: str, **changes) -> dict[str, Any]:
    """A row of the live reply, with some fields replaced, or left out where None."""
    [row] = [row for row in loaded(completed())["data"]["diff"] if row["f12"] == code]
    return {name: value for name, value in (row | changes).items() if value is not None}


def reply_of(*rows) -> bytes:
    """A reply of these rows."""
    return written(
        {"rc": Number(0), "data": {"total": Number(len(rows)), "diff": list(rows)}}
    ).encode("utf-8", "surrogatepass")


def read(*rows, of: tuple[str, ...] = LIVE, now: datetime = NOW) -> Fetched:
    """Parse a reply of these rows to a request for these symbols."""
    return parse(reply_of(*rows), wanted_by(*of), now)


N = Number
UNKNOWN = b'{"rc":102,"data":null}'


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("eastmoney-") for path in RESPONSES.glob("eastmoney-*")}
    assert names == RECORDED.keys() | UNREADABLE


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_reply(name):
    asked, problems = RECORDED[name]
    fetched = parse(recorded(name), wanted_by(*asked), NOW)
    assert fetched.snapshots == []
    assert [problem.partition(": ")[2] for problem in fetched.problems] == problems


def test_the_live_reply_value_by_value():
    fetched = parse(completed(), wanted_by(*LIVE), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED
    assert fetched.problems == []
    for snapshot in fetched.snapshots:
        assert (snapshot.at, snapshot.at.tzinfo) == (AT, UTC)
        assert (snapshot.source, snapshot.delay) == ("eastmoney", 0)


def test_rows_may_come_in_an_object():
    rows = loaded(completed())["data"]["diff"]
    body = written({"rc": N(0), "data": {"diff": {str(n): row for n, row in enumerate(rows)}}})
    wanted = wanted_by(*LIVE)
    assert parse(body.encode(), wanted, NOW) == parse(completed(), wanted, NOW)


def test_a_sibling_endpoint_is_not_understood():
    with pytest.raises(SourceError):
        parse(recorded("search.txt"), wanted_by("00700.HK"), NOW)


@pytest.mark.parametrize(
    ("symbol", "secids"),
    [
        ("600519.SH", ("1.600519",)),
        ("000001.SH", ("1.000001",)),
        ("000001.SZ", ("0.000001",)),
        ("399001.SZ", ("0.399001",)),
        ("430047.BJ", ("0.430047",)),
        ("920002.BJ", ("0.920002",)),
        ("899050.BJ", ("0.899050",)),
        ("00700.HK", ("116.00700",)),
        ("AAPL.US", ("105.AAPL", "106.AAPL", "107.AAPL")),
        ("BRK.B.US", ("105.BRK_B", "106.BRK_B", "107.BRK_B")),
        ("HSI.HK", ("100.HSI",)),
        ("HSTECH.HK", ("124.HSTECH",)),
        ("DJI.US", ("100.DJIA",)),
        ("INX.US", ("100.SPX",)),
        ("IXIC.US", ("100.NDX",)),
        ("NDX.US", ("100.NDX100",)),
        ("HSCEI.HK", ()),
        ("000001.BJ", ()),  # would be answered with Shenzhen's 000001
        ("430047.SZ", ()),  # and this with Beijing's 430047
        ("920002.SZ", ()),
    ],
)
def test_keys(symbol, secids):
    assert secids_of(Symbol.parse(symbol)) == secids


def test_the_nasdaq_composite_is_not_taken_for_the_nasdaq_100():
    assert read(row_of("NDX"), of=("NDX.US",)).snapshots == []


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, QuoteState.TRADING),
        ({"f17": "-"}, QuoteState.TRADING),
        ({"f5": N(0)}, QuoteState.TRADING),
        ({"f17": "-", "f5": "-", "f6": "-", "f15": "-", "f16": "-"}, QuoteState.AUCTION),
        ({"f17": N("0.0"), "f5": N(0), "f15": N("0.0"), "f16": N("0.0")}, QuoteState.AUCTION),
    ],
)
def test_states(changes, state):
    [snapshot] = read(row_of("510300", **changes)).snapshots
    assert snapshot.state is state
    if state is QuoteState.AUCTION:
        assert snapshot.open is snapshot.high is snapshot.low is None
        assert snapshot.volume == 0


def test_a_stock_without_a_price_is_absent():
    silent = row_of("510300", f2="-", f3="-", f4="-", f5="-", f15="-", f16="-", f17="-")
    assert read(silent, row_of("AAPL")) == read(row_of("AAPL"))


@pytest.mark.parametrize(
    ("volume", "amount", "shares"),
    [
        (N(4773838), N(2290000000), 477383800),  # lots
        (N(477383812), N(2290000000), 477383812),  # shares
        (N(1), N("700.5"), 100),  # a rounded lot
        (N(200), N("952.0"), 200),
        (N(0), N(0), 0),
        ("-", "-", 0),
    ],
)
@pytest.mark.parametrize("code", ["688981", "689009"])
def test_the_star_board_counts_lots_or_shares_as_the_amount_tells(code, volume, amount, shares):
    fetched = read(row_of("510300", f12=code, f5=volume, f6=amount), of=(f"{code}.SH",))
    assert [snapshot.volume for snapshot in fetched.snapshots] == [shares]


@pytest.mark.parametrize(
    ("volume", "amount"),
    [
        (N(4773838), "-"),
        (N(4773838), N(0)),
        (N(4773838), N(999)),
        (N(4773838), N(22900000000)),
        (N(1), N("4.76")),  # a share, or a rounded lot
    ],
)
def test_a_star_volume_that_no_amount_bears_out(volume, amount):
    fetched = read(row_of("510300", f12="688981", f5=volume, f6=amount), of=("688981.SH",))
    assert fetched.snapshots == []
    [problem] = fetched.problems
    assert problem.startswith(f"1.688981: volume {volume} ")


def test_beijing_counts_lots():
    [snapshot] = read(row_of("510300", f12="430047", f13=N(0)), of=("430047.BJ",)).snapshots
    assert (snapshot.symbol, snapshot.volume) == (Symbol("430047", "BJ"), 477383800)


@pytest.mark.parametrize("market", ["105", "106", "107"])
def test_a_us_ticker_is_read_wherever_it_is_listed(market):
    [snapshot] = read(row_of("AAPL", f12="BRK_B", f13=N(market)), of=("BRK.B.US",)).snapshots
    assert snapshot.symbol == Symbol("BRK.B", "US")


def test_of_two_listings_the_newer_counts():
    old = row_of("AAPL", f13=N(106), f124=N(int(AT.timestamp()) - 1), f5=N(7))
    for rows in ((row_of("AAPL"), old), (old, row_of("AAPL"))):
        fetched = read(*rows)
        assert [snapshot.volume for snapshot in fetched.snapshots] == [38169263]
        assert fetched.problems == []


def test_two_listings_that_disagree_are_a_problem():
    other = row_of("AAPL", f13=N(106), f2=N("305.60"), f4=N("-0.33"))
    fetched = read(row_of("AAPL"), other, row_of("SPY"))
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["SPY.US"]
    assert fetched.problems == ["AAPL.US: two markets disagree"]


def test_a_silent_listing_does_not_hide_the_other():
    fetched = read(row_of("AAPL", f2="-"), row_of("AAPL", f13=N(107)))
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["AAPL.US"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (" 浦\x00发" + "银" * 200, "浦 发" + "银" * 61),
        ("浦\ud800发", "浦 发"),
        (N(5), ""),
        (["x"], ""),
    ],
)
def test_names_are_fit_to_be_stored(name, kept):
    row = row_of("510300", f14=name)
    body = written({"rc": N(0), "data": {"diff": [row]}})
    # Surrogates come as escapes.
    body = body.replace("\ud800", "\\ud800")
    [snapshot] = parse(body.encode(), wanted_by(*LIVE), NOW).snapshots
    assert snapshot.name == kept


def test_without_a_previous_close_nothing_bears_the_price_out():
    [snapshot] = read(row_of("510300", f18="-", f4="-", f3="-")).snapshots
    assert (snapshot.price, snapshot.previous_close) == (Decimal("4.76"), None)
    assert read(row_of("510300", f18=N("0.0"), f4=N("0.0"), f3=N("0.0"))).snapshots
    assert read(row_of("510300", f18="-")).problems
    assert read(row_of("510300", f18="-", f4="-")).problems


def test_rounding_is_no_contradiction():
    # Two decimals of a price with three; the percentage cut off rather than rounded.
    row = row_of("AAPL", f1=N(2), f2=N("305.585"), f4=N("-0.34"), f3=N("-0.11"))
    assert len(read(row).snapshots) == 1
    assert read(row | {"f1": N(3)}).problems
    # A thousandth is a hundredth of this price.
    penny = row_of("510300", f2=N("0.098"), f18=N("0.1"), f4=N("-0.002"), f3=N("-2.49"))
    assert len(read(penny | {"f15": "-", "f16": "-"}).snapshots) == 1


@pytest.mark.parametrize(
    "changes",
    [
        *({field: None} for field in FIELDS if field not in {"f12", "f13"}),
        {"f2": N(0)},
        {"f2": N("-4.76")},
        {"f2": N("NaN")},
        {"f2": N("Infinity")},
        {"f2": N("-Infinity")},
        {"f2": N("1e30")},
        {"f2": N("1e999999999999999")},
        {"f2": N(0), "f3": "-", "f4": "-", "f15": "-", "f16": "-", "f18": "-"},
        {"f2": N("1e-999999")},
        {"f2": N("0e999999")},
        {"f2": N("9" * 4000)},
        {"f2": N("4.7600001")},
        {"f2": N(1000000000)},
        {"f2": "4.76"},
        {"f2": ""},
        {"f2": N("true")},
        {"f2": N("null")},
        {"f2": []},
        {"f2": {"f2": N("4.76")}},
        {"f2": N("4.761")},
        {"f2": N("4.804"), "f4": N("0.003"), "f3": N("0.06")},  # above the high
        {"f2": N("4.75"), "f4": N("-0.051"), "f3": N("-1.06")},  # below the low
        {"f15": N("4.70")},
        {"f16": N("4.77")},
        {"f15": N("4.70"), "f16": N("4.80")},
        {"f15": N("-1")},
        {"f17": N("-1")},
        {"f17": "x"},
        {"f18": N("4.802")},
        {"f18": N("48.01")},
        {"f4": N("-0.042")},
        {"f4": N("0.041")},
        {"f4": "--0.041"},
        {"f4": "-", "f3": N("0.85")},
        {"f3": N("-0.90")},
        {"f3": N("NaN")},
        {"f1": N(7)},
        {"f1": N(-1)},
        {"f1": "-"},
        {"f1": N("3.0")},
        {"f5": N(-1)},
        {"f5": N(10**13)},
        {"f5": N("1e16")},
        {"f5": N("NaN")},
        {"f6": N(-1)},
        {"f6": N("1e20")},
        {"f6": N("true")},
        {"f124": "-"},
        {"f124": N(0)},
        {"f124": N(-1)},
        {"f124": N("1780446606.5")},
        {"f124": N(1780446606000)},
        {"f124": N(10**400)},
        {"f124": N("true")},
        {"f124": "1780446606"},
    ],
    ids=map(str, count()),
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(row_of("510300", **changes), row_of("AAPL"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("1.510300: ")
    assert len(problem) < 100


def test_a_time_to_come():
    row = row_of("AAPL")
    assert read(row, now=AT - timedelta(minutes=10)).snapshots
    assert read(row, now=AT - timedelta(minutes=10, seconds=1)).problems


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (row_of("AAPL", f12="MSFT"), "105.MSFT: not asked for"),
        (row_of("AAPL", f13=N(100)), "100.AAPL: not asked for"),
        (row_of("AAPL", f12=None), "no row: not asked for"),
        (row_of("AAPL", f13=None), "no row: not asked for"),
        (row_of("AAPL", f13="105"), "no row: not asked for"),
        (row_of("AAPL", f13=N("true")), "no row: not asked for"),
        (row_of("AAPL", f12=N(5)), "no row: not asked for"),
        (row_of("AAPL", f12="AAPL\n\0"), "no row: not asked for"),
        (row_of("AAPL", f12="A" * 5000), "no row: not asked for"),
        (N("null"), "no row: not asked for"),
        (N(5), "no row: not asked for"),
        ("x", "no row: not asked for"),
        ([], "no row: not asked for"),
        (row_of("SPY"), "107.SPY: sent twice"),
    ],
    ids=map(str, count()),
)
def test_a_row_of_nobody(row, problem):
    fetched = read(row_of("SPY"), row, row_of("510300"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["SPY", "510300"]
    assert fetched.problems == [problem]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        completed().decode().encode("utf-16"),
        completed().decode().encode("gbk"),
        b"\xef\xbb\xbf" + completed(),
        completed() + b"}",
        b"callback(" + completed() + b")",
        b"[" * 200_000,
        b'{"rc":' + b'{"a":' * 200_000,
        b'{"rc":0,"data":{"diff":[' + b"9" * 5000 + b"]}}",
        b'{"rc":0,"data":{"diff":[1e99999999999999999999]}}',
        b"null",
        b"5",
        b"[]",
        b'"x"',
        b"{}",
        b'{"rc":0,"data":[]}',
        b'{"rc":0,"data":{}}',
        b'{"rc":0,"data":{"diff":null}}',
        b'{"rc":0,"data":{"diff":"x"}}',
        b'{"rc":102}x',
        b'{"rc":102,"data":{"diff":[]}}',
        b'{"rc":7,"data":null}',
        b'{"rc":"102","data":null}',
        b'{"rc":[],"data":null}',
        b'{"data":{"diff":[]}}',
        b'{"rc":false,"data":{"diff":[]}}',
    ],
    ids=map(str, count()),
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError):
        parse(body, wanted_by(*LIVE), NOW)
    with pytest.raises(SourceError):
        parse_history(body, Symbol.parse("600519.SH"), NOW)


def test_a_row_as_deep_as_json_allows_costs_itself_only():
    deep = N("[" * 400 + "]" * 400)
    fetched = read(row_of("510300", f2=deep, f14=deep), deep, row_of("AAPL"))
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert len(fetched.problems) == 2


def test_null_is_an_answer_of_unknown_symbols_only():
    assert parse(UNKNOWN, wanted_by(*LIVE), NOW) == Fetched()
    for code in (0, 100):
        with pytest.raises(SourceError, match="no data"):
            parse(b'{"rc":%d,"data":null}' % code, wanted_by(*LIVE), NOW)


def test_no_rows_are_no_quotes():
    assert read() == Fetched()


# -- Over HTTP ----------------------------------------------------------------------------------

SYMBOLS = [Symbol.parse(text) for text in ("510300.SH", "00700.HK", "AAPL.US")]


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def server(settings):
    recording = parse(completed(), wanted_by(*map(str, SYMBOLS)), NOW).snapshots
    assert len(recording) == 3
    async with StandIn(recording) as server:
        settings.EASTMONEY_URL = server.url
        yield server


def by_symbol(fetched: Fetched) -> list[Symbol]:
    return sorted((snapshot.symbol for snapshot in fetched.snapshots), key=SYMBOLS.index)


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Eastmoney().fetch([*SYMBOLS, unknown], http)
    assert by_symbol(fetched) == SYMBOLS
    assert fetched.problems == []
    assert (await Eastmoney().fetch([unknown], http)) == Fetched()
    assert server.requests["all"] == 2
    assert server.asked[SYMBOLS[2]] == 1


async def test_nothing_that_it_serves_asks_for_nothing(server, http):
    assert await Eastmoney().fetch([], http) == Fetched()
    assert await Eastmoney().fetch([Symbol.parse("HSCEI.HK")], http) == Fetched()
    assert not server.requests


async def test_a_full_batch_fits_a_url(server, http):
    symbols = [SYMBOLS[2], *(Symbol(f"ABCDEFGH{n:02}.A", "US") for n in range(99))]
    assert len(symbols) == Eastmoney.batch_size
    fetched = await Eastmoney().fetch(symbols, http)
    assert len(fetched.snapshots) == 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "status", "status": 503}, "HTTP 503"),
        ({"kind": "status", "status": 403}, "HTTP 403"),
        ({"kind": "status", "status": 429}, "HTTP 429"),
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, "no JSON"),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, "no JSON"),
        ({"kind": "garbage"}, "no JSON"),
        ({"kind": "cut", "share": 0.9}, "no JSON"),
        ({"kind": "damaged"}, "no readable row"),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(server, http, fault, message, monkeypatch):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    server.control({"misbehave": fault | {"requests": 1}})
    with pytest.raises(SourceError, match=message):
        await Eastmoney().fetch(SYMBOLS, http)
    monkeypatch.undo()
    assert by_symbol(await Eastmoney().fetch(SYMBOLS, http)) == SYMBOLS


async def test_the_good_rows_of_a_damaged_reply_count(server, http):
    server.control({"misbehave": {"kind": "damaged", "symbols": ["00700.HK"]}})
    fetched = await Eastmoney().fetch(SYMBOLS, http)
    assert by_symbol(fetched) == [SYMBOLS[0], SYMBOLS[2]]
    [problem] = fetched.problems
    assert problem.startswith("116.00700: without f1, ")


async def test_a_server_that_is_not_there(settings, http, unused_tcp_port):
    settings.EASTMONEY_URL = f"http://127.0.0.1:{unused_tcp_port}"
    settings.EASTMONEY_HISTORY_URL = settings.EASTMONEY_URL
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await Eastmoney().fetch(SYMBOLS, http)
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await Eastmoney().history(SYMBOLS[0], http)


# -- History ------------------------------------------------------------------------------------

MOUTAI, TENCENT, APPLE, STAR = (
    Symbol.parse(text) for text in ("600519.SH", "00700.HK", "AAPL.US", "688981.SH")
)


def history_of(symbol: Symbol, *rows, secid: str = "") -> bytes:
    """A reply with the minutes of a symbol."""
    market, _dot, code = (secid or secid_of(symbol)).partition(".")
    data = {"code": code, "market": N(market), "name": "x", "klines": list(rows)}
    return written({"rc": N(0), "data": data}).encode()


def minutes(symbol: Symbol, *rows, now: datetime = NOW) -> list[str]:
    """What is read of these rows, one line a minute."""
    return [
        f"{candle.at:%m-%d %H:%M} {candle.open} {candle.high} {candle.low} {candle.close} "
        f"{candle.volume}"
        for candle in parse_history(history_of(symbol, *rows), symbol, now)
    ]


GOOD = "2026-11-23 09:31,1500.00,1501.50,1502.00,1499.90,12,1800600.00"
NEXT = "2026-11-23 09:32,1501.50,1500.10,1501.50,1500.00,3,450300.00"
GOOD_LINE = "11-23 01:30 1500.00 1502.00 1499.90 1501.50 1200"
NEXT_LINE = "11-23 01:31 1501.50 1501.50 1500.00 1500.10 300"


def test_a_minute_is_named_by_its_end_and_counts_lots():
    assert minutes(MOUTAI, GOOD, NEXT) == [GOOD_LINE, NEXT_LINE]
    [candle] = parse_history(history_of(MOUTAI, GOOD), MOUTAI, NOW)
    assert candle.at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert candle.at.tzinfo is UTC


def test_hong_kong_counts_shares():
    assert minutes(TENCENT, "2026-11-23 16:00,440.2,440.4,440.6,440.2,1200,528480.0") == [
        "11-23 07:59 440.2 440.6 440.2 440.4 1200"
    ]


@pytest.mark.parametrize(
    ("volume", "shares"), [("12", ["1200"]), ("1200", ["1200"]), ("120000", []), ("0", ["0"])]
)
def test_minutes_of_the_star_board_count_lots_or_shares(volume, shares):
    row = f"2026-11-23 09:31,90.00,90.10,90.20,89.90,{volume},108060.00"
    other = "2026-11-23 09:32,90.00,90.10,90.20,89.90,10,90100.00"
    assert [line.split()[-1] for line in minutes(STAR, row, other)] == [*shares, "1000"]


def test_new_york_is_told_in_beijing_time():
    assert minutes(
        APPLE,
        "2026-07-14 04:00,310.1,310.2,310.3,310.0,500,155100.0",  # the session before
        "2026-07-14 21:31,305.1,305.2,305.3,305.0,500,152600.0",
        "2026-07-14 23:59,306.1,306.2,306.3,306.0,600,183700.0",
        "2026-07-15 00:01,307.1,307.2,307.3,307.0,700,215000.0",
        "2026-07-15 04:00,308.1,308.2,308.3,308.0,800,246500.0",
    ) == [
        "07-14 13:30 305.1 305.3 305.0 305.2 500",
        "07-14 15:58 306.1 306.3 306.0 306.2 600",
        "07-14 16:00 307.1 307.3 307.0 307.2 700",
        "07-14 19:59 308.1 308.3 308.0 308.2 800",
    ]
    winter = "2026-01-15 22:31,305.1,305.2,305.3,305.0,500,152600.0"
    assert minutes(APPLE, winter) == ["01-15 14:30 305.1 305.3 305.0 305.2 500"]


def test_new_york_in_its_own_time_would_be_refused():
    rows = [f"2026-07-14 {time},305.1,305.2,305.3,305.0,500,1.0" for time in ("09:31", "15:59")]
    with pytest.raises(SourceError, match="no readable minute"):
        minutes(APPLE, *rows)


def test_the_newest_session_in_order():
    older = GOOD.replace("11-23", "11-20")
    assert minutes(MOUTAI, NEXT, older, GOOD) == [GOOD_LINE, NEXT_LINE]


def test_a_minute_told_twice():
    assert minutes(MOUTAI, GOOD, GOOD, NEXT) == [GOOD_LINE, NEXT_LINE]
    other = GOOD.replace(",12,", ",13,")
    for rows in ((GOOD, other, NEXT), (other, GOOD, NEXT), (GOOD, other, GOOD, NEXT)):
        assert minutes(MOUTAI, *rows) == [NEXT_LINE]


@pytest.mark.parametrize(
    "row",
    [
        "",
        "x",
        N("null"),
        N(5),
        [],
        {"f51": "2026-11-23 09:31"},
        GOOD.rpartition(",")[0],
        GOOD.replace("1500.00", "0.00"),
        GOOD.replace("1500.00", "-1500.00"),
        GOOD.replace("1499.90", "0.00"),
        GOOD.replace("1500.00", "nan"),
        GOOD.replace("1500.00", "1e30"),
        GOOD.replace("1500.00", ""),
        GOOD.replace("1500.00", "-"),
        GOOD.replace("1500.00", "1502.01"),  # the open above the high
        GOOD.replace("1500.00", "1499.89"),
        GOOD.replace("1501.50", "1502.01"),  # the close above the high
        GOOD.replace("1501.50", "1499.89"),
        GOOD.replace("1502.00", "1499.00"),  # the high below the low
        GOOD.replace(",12,", ",-12,"),
        GOOD.replace(",12,", ",nan,"),
        GOOD.replace(",12,", ",,"),
        GOOD.replace(",12,", f",{10**13},"),
        GOOD.replace("1800600.00", "inf"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23"),
        GOOD.replace("2026-11-23 09:31", "2026-02-30 09:31"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23 25:31"),
        GOOD.replace("2026-11-23 09:31", "2026-11-23 03:31"),  # nobody trades then
        GOOD.replace("2026-11-23 09:31", "2026-11-23 09:31:00"),
        GOOD.replace("2026-11-23 09:31", "20261123 0931"),
        GOOD.replace("2026-11-23 09:31", "2026-11-24 09:31"),  # to come
        GOOD.replace("2026", "２０２６"),
    ],
    ids=map(str, count()),
)
def test_a_bad_minute_is_left_out(row):
    assert minutes(MOUTAI, row, NEXT) == [NEXT_LINE]
    with pytest.raises(SourceError, match="no readable minute"):
        minutes(MOUTAI, row)


def test_the_minute_under_way_is_no_minute_to_come():
    end = datetime(2026, 11, 23, 1, 31, tzinfo=UTC)
    assert minutes(MOUTAI, GOOD, now=end - timedelta(minutes=10)) == [GOOD_LINE]
    with pytest.raises(SourceError):
        minutes(MOUTAI, GOOD, now=end - timedelta(minutes=10, seconds=1))


def test_history_of_nobody_or_of_another():
    for code in (0, 100, 102):
        assert parse_history(b'{"rc":%d,"rt":17,"data":null}' % code, MOUTAI, NOW) == []
    assert parse_history(history_of(MOUTAI), MOUTAI, NOW) == []
    with pytest.raises(SourceError, match="another symbol"):
        parse_history(history_of(TENCENT, GOOD), MOUTAI, NOW)
    with pytest.raises(SourceError, match="no minutes"):
        parse_history(b'{"rc":0,"data":{"code":"600519","market":1}}', MOUTAI, NOW)


class Answering:
    """A server that gives one answer a secid, and the unknown symbol's to every other."""

    def __init__(self, **answers: bytes) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def respond(self, request: web.Request) -> web.Response:
        assert request.path == "/api/qt/stock/kline/get"
        assert (request.query["klt"], request.query["fqt"]) == ("1", "0")
        assert request.query["fields2"] == "f51,f52,f53,f54,f55,f56,f57"
        self.asked.append(request.query["secid"])
        return web.Response(body=self.answers.get(request.query["secid"], UNKNOWN))


@pytest.fixture
async def answering(settings):
    """Start a server that answers with these histories, and name it in the settings."""
    runners = []

    async def start(answers: dict[str, bytes]) -> Answering:
        server = Answering(**answers)
        app = web.Application()
        app.router.add_get("/{any:.*}", server.respond)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        settings.EASTMONEY_HISTORY_URL = f"http://127.0.0.1:{runners[-1].addresses[0][1]}"
        return server

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_history(answering, http):
    server = await answering({"1.600519": history_of(MOUTAI, GOOD, NEXT)})
    assert set(Market) == Eastmoney.history_markets
    candles = await Eastmoney().history(MOUTAI, http)
    assert candles == parse_history(history_of(MOUTAI, GOOD, NEXT), MOUTAI, NOW)
    assert await Eastmoney().history(TENCENT, http) == []
    assert server.asked == ["1.600519", "116.00700"]


async def test_history_of_a_us_ticker_is_looked_for_on_each_market(answering, http):
    row = "2026-07-14 21:31,305.1,305.2,305.3,305.0,500,152600.0"
    server = await answering({"106.AAPL": history_of(APPLE, row, secid="106.AAPL")})
    assert len(await Eastmoney().history(APPLE, http)) == 1
    assert server.asked == ["105.AAPL", "106.AAPL"]
    assert await Eastmoney().history(Symbol.parse("XYZ.US"), http) == []
    assert server.asked[2:] == ["105.XYZ", "106.XYZ", "107.XYZ"]


async def test_history_that_cannot_be_read(answering, http):
    await answering({"1.600519": b"<html>"})
    with pytest.raises(SourceError, match="no JSON"):
        await Eastmoney().history(MOUTAI, http)
