"""The Tencent source: every recorded reply, and every way in which a reply can be wrong."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, web

from monitors.market import Market, QuoteState, Snapshot
from monitors.sources import _reply
from monitors.sources.base import Fetched, SourceError
from monitors.sources.tencent import Tencent, code_of, parse
from monitors.symbols import Symbol
from tests.standin.server import StandIn

RESPONSES = Path(__file__).parents[1] / "data" / "responses"
NOW = datetime(2026, 11, 24, tzinfo=UTC)

# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
EXPECTED = {
    "cn-index.txt": [
        (
            "000001.SH 2026-08-18T03:20:30 3963.12 3982.65 3979.49 3992.09 3955.60 "
            "33335737100 751006258668 trading 上证指数"
        ),
        (
            "399001.SZ 2026-08-18T03:20:30 14520.40 14704.27 14692.03 14733.90 14459.72 "
            "44641045900 832742135665 trading 深证成指"
        ),
        (
            "000300.SH 2026-08-18T03:20:30 4699.54 4741.10 4734.07 4744.01 4687.53 "
            "12474775600 396242351859 trading 沪深300"
        ),
    ],
    "cn-intraday-600519-etf-lof.txt": [
        (
            "600519.SH 2026-08-06T02:43:33 1301.50 1306.45 1310.00 1314.40 1300.01 "
            "1113100 1451334748 trading 贵州茅台"
        ),
        (
            "510300.SH 2026-08-07T08:14:52 4.751 4.709 4.706 4.764 4.706 "
            "943535600 4474693309 trading 沪深300ETF华泰柏瑞"
        ),
        (
            "161725.SZ 2026-08-07T08:14:24 0.565 0.560 0.563 0.567 0.554 "
            "118916700 66664095 trading 白酒基金LOF"
        ),
    ],
    "cn-live-600000.txt": [
        (
            "600000.SH 2026-10-08T08:14:57 9.70 9.48 9.45 9.71 9.41 "
            "115026900 1106982193 trading 浦发银行"
        ),
    ],
    "cn-preopen-auction.txt": [
        "002241.SZ 2025-05-09T01:22:33 22.26 22.27 - - - 0 0 auction 歌尔股份",
    ],
    "cn-suspended-ST.txt": [
        "002731.SZ 2026-09-02T08:14:39 0.77 0.77 - - - 0 0 suspended *ST萃华",
    ],
    "etf-3dec.txt": [
        (
            "510300.SH 2026-08-18T03:20:29 4.760 4.801 4.794 4.803 4.751 "
            "477383800 2283177593 trading 沪深300ETF华泰柏瑞"
        ),
    ],
    "hk-r_hk-2018.txt": [
        (
            "00700.HK 2018-03-29T08:08:11 409.600 412.200 414.000 417.000 405.200 "
            "41115421 16899465578.300 trading 腾讯控股"
        ),
        (
            "00980.HK 2018-03-29T08:08:11 2.390 2.380 2.380 2.440 2.330 "
            "825000 1949820.000 trading 联华超市"
        ),
    ],
    "hk.txt": [
        (
            "00700.HK 2026-08-18T03:05:23 439.200 446.400 444.200 446.200 437.600 "
            "10586859 4666651125.860 trading 腾讯控股"
        ),
        (
            "HSI.HK 2026-08-18T03:05:29 25294.690 25453.230 25368.870 25456.650 25240.620 "
            "11397381 11397381.101 trading 恒生指数"
        ),
        (
            "HSTECH.HK 2026-08-18T03:05:28 4689.090 4782.030 4768.810 4797.020 4683.000 "
            "3775508 3775508.947 trading 恒生科技指数"
        ),
    ],
    "us.txt": [
        (
            "AAPL.US 2026-08-17T20:00:02 305.59 305.93 306.21 307.66 302.94 "
            "38169263 11641096594 trading 苹果"
        ),
        (
            "SPY.US 2026-08-17T20:00:01 772.67 776.34 776.18 776.78 772.51 "
            "34356577 26595211062 trading 标普500指数ETF-SPDR"
        ),
        (
            "NDX.US 2026-08-17T21:15:59 29995.38 30046.14 30150.77 30195.72 29971.92 "
            "1147389685 34416391101262 trading 纳斯达克100"
        ),
        (
            "DJI.US 2026-08-17T20:42:57 53459.78 53732.41 53663.11 53663.11 53395.23 "
            "436708050 23369665201963 trading 道琼斯"
        ),
    ],
    "unknown-symbol.txt": [],
}
MULTI_MARKET = [
    *EXPECTED["cn-index.txt"],
    *EXPECTED["etf-3dec.txt"],
    *EXPECTED["hk.txt"],
    *EXPECTED["us.txt"],
]
EXPECTED |= {"multi-market-live.txt": MULTI_MARKET, "multi-market-live.gbk.bin": MULTI_MARKET}
UNREADABLE = {"bshare-TRUNCATED.txt", "dayk-hk-2018.txt", "smartbox-search.txt"}


def recorded(name: str) -> bytes:
    """A recorded reply in the endpoint's own encoding."""
    body = (RESPONSES / f"tencent-{name}").read_bytes()
    return body if name.endswith(".bin") else body.decode().encode("gbk")


def wanted_by(body: bytes) -> dict[str, Symbol]:
    """The symbols that a recorded reply was asked for (hk was once asked for as r_hk)."""
    keys = re.findall(r'v_((?:r_)?(?:sh|sz|hk|us)\w+)="', body.decode("gbk", errors="replace"))
    return {key: Symbol.parse(key.removeprefix("r_")) for key in keys}


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for."""
    return [(body, wanted_by(body)) for body in map(recorded, EXPECTED)]


def line(snapshot: Snapshot) -> str:
    """A snapshot as EXPECTED writes it."""
    values = (
        *(snapshot.symbol, snapshot.at.replace(tzinfo=None).isoformat(), snapshot.price),
        *(snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low),
        *(snapshot.volume, snapshot.amount, snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)


def read(body: bytes | str, *symbols: str, now: datetime = NOW) -> Fetched:
    """Parse a reply to a request for these symbols."""
    parsed = map(Symbol.parse, symbols)
    return parse(
        body.encode("gbk") if isinstance(body, str) else body,
        {code_of(symbol): symbol for symbol in parsed},
        now,
    )


def test_each_recorded_reply_is_accounted_for():
    names = {path.name.removeprefix("tencent-") for path in RESPONSES.glob("tencent-*")}
    assert names == EXPECTED.keys() | UNREADABLE


@pytest.mark.parametrize("name", EXPECTED)
def test_recorded_reply(name):
    body = recorded(name)
    fetched = parse(body, wanted_by(body), NOW)
    assert list(map(line, fetched.snapshots)) == EXPECTED[name]
    assert fetched.problems == []
    assert {snapshot.at.tzinfo for snapshot in fetched.snapshots} <= {UTC}
    for snapshot in fetched.snapshots:
        assert snapshot.delay == (900 if snapshot.symbol.market is Market.HK else 0)
        assert snapshot.source == "tencent"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_reply_recoded_to_utf8_reads_the_same(name):
    body = recorded(name)
    recoded = body.decode("gbk").encode()
    assert parse(recoded, wanted_by(body), NOW) == parse(body, wanted_by(body), NOW)


def test_a_truncated_recorded_row_is_a_problem():
    fetched = read(recorded("bshare-TRUNCATED.txt"), "900926.SH")
    assert fetched == Fetched([], ["sh900926: 8 fields"])


@pytest.mark.parametrize("name", ["dayk-hk-2018.txt", "smartbox-search.txt"])
def test_a_sibling_endpoint_is_not_understood(name):
    try:
        fetched = read(recorded(name), "00700.HK", "000001.SH")
    except SourceError:
        return
    assert fetched.snapshots == []
    assert fetched.problems


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("600519.SH", "sh600519"),
        ("000001.SZ", "sz000001"),
        ("430047.BJ", "bj430047"),
        ("00700.HK", "hk00700"),
        ("HSI.HK", "hkHSI"),
        ("AAPL.US", "usAAPL"),
        ("BRK.B.US", "usBRK.B"),
    ],
)
def test_codes(symbol, code):
    assert code_of(Symbol.parse(symbol)) == code


PUFA = recorded("cn-live-600000.txt").decode("gbk")
APPLE = recorded("us.txt").decode("gbk").splitlines()[0]
TENCENT = recorded("hk.txt").decode("gbk").splitlines()[0]


def with_fields(row: str, **changes: str) -> str:
    """A row with some fields, named f0, f1 …, replaced."""
    head, content, tail = row.split('"')
    fields = content.split("~")
    for name, value in changes.items():
        fields[int(name[1:])] = value
    return f'{head}"{"~".join(fields)}"{tail}'


@pytest.mark.parametrize(
    ("letter", "state"),
    [
        ("", QuoteState.TRADING),
        ("S", QuoteState.SUSPENDED),
        ("D", QuoteState.DELISTED),
        ("Q", QuoteState.UNKNOWN),
    ],
)
def test_states(letter, state):
    [snapshot] = read(with_fields(PUFA, f40=letter), "600000.SH").snapshots
    assert snapshot.state is state


def test_no_open_but_volume_is_trading():
    [snapshot] = read(with_fields(PUFA, f5="0.00"), "600000.SH").snapshots
    assert snapshot.state is QuoteState.TRADING
    assert snapshot.open is None


@pytest.mark.parametrize("code", ["688981", "689009"])
def test_the_star_board_counts_shares(code):
    row = PUFA.replace("600000", code)
    [snapshot] = read(row, f"{code}.SH").snapshots
    assert snapshot.volume == 1150269


def test_beijing():
    row = with_fields(PUFA.replace("sh600000", "bj430047"), f0="62", f2="430047")
    [snapshot] = read(row, "430047.BJ").snapshots
    assert snapshot.symbol == Symbol("430047", "BJ")


def test_class_shares():
    row = APPLE.replace("usAAPL", "usBRK.B").replace("AAPL.OQ", "BRK.B.N")
    [snapshot] = read(row, "BRK.B.US").snapshots
    assert snapshot.symbol == Symbol("BRK.B", "US")


def test_new_york_in_winter():
    [snapshot] = read(with_fields(APPLE, f30="2026-01-15 16:00:02"), "AAPL.US").snapshots
    assert snapshot.at == datetime(2026, 1, 15, 21, 0, 2, tzinfo=UTC)


def test_more_and_fewer_fields_read_the_same():
    before = read(PUFA, "600000.SH")
    assert read(PUFA.replace('";', '~new~newer";'), "600000.SH") == before
    content = "~".join(PUFA.split('"')[1].split("~")[:41])
    assert read(f'v_sh600000="{content}";', "600000.SH") == before
    assert read(f'v_sh600000="{content.rpartition("~")[0]}";', "600000.SH").problems


def test_a_gbk_name_may_hold_the_separator_byte():
    row = with_fields(PUFA, f1="亊")
    assert b"~" in "亊".encode("gbk")
    [snapshot] = read(row, "600000.SH").snapshots
    assert snapshot.name == "亊"


def test_names_are_fit_to_be_stored():
    [snapshot] = read(with_fields(PUFA, f1=" 浦\x00发" + "银" * 200), "600000.SH").snapshots
    assert snapshot.name.startswith("浦 发银")
    assert len(snapshot.name) == 64


@pytest.mark.parametrize(
    "changes",
    [
        {"f3": "0.00"},
        {"f3": "-9.70"},
        {"f3": "nan"},
        {"f3": "inf"},
        {"f3": "1e1"},
        {"f3": "9_7"},
        {"f3": "９.70"},
        {"f3": " 9.70"},
        {"f3": ""},
        {"f3": "9.70\n"},
        {"f3": "1000000000.00"},
        {"f3": "9.69"},  # contradicts field 35
        {"f3": "9.72", "f35": "9.72/1150269/1"},  # above the high
        {"f3": "9.40", "f35": "9.40/1150269/1"},  # below the low
        {"f3": "nan", "f35": "nan/1150269/1"},
        {"f4": "x"},
        {"f5": "x"},
        {"f6": "-1", "f35": "9.70/-1/1"},
        {"f6": "1150270"},
        {"f6": "9999999999999", "f35": "9.70/10000000000000000/1"},
        {"f6": "99999999999999", "f35": "9.70/99999999999999/1"},  # 10**16 shares
        {"f30": ""},
        {"f30": "20260230120000"},
        {"f30": "20261008 16:14"},
        {"f30": "00000000000000"},
        {"f33": "9.69"},
        {"f34": "9.71"},
        {"f35": "9.70/1150269"},
        {"f35": "9.70/1150269/nan"},
        {"f40": "SS"},
        {"f40": "0"},
        {"f0": "51"},
        {"f2": "600001"},
    ],
    ids=str,
)
def test_an_impossible_row_is_a_problem_and_no_quote(changes):
    fetched = read(with_fields(PUFA, **changes) + APPLE, "600000.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    [problem] = fetched.problems
    assert problem.startswith("sh600000: ")


@pytest.mark.parametrize(
    ("row", "symbol", "changes"),
    [
        (TENCENT, "00700.HK", {"f35": "439.400"}),
        (TENCENT, "00700.HK", {"f36": "10586858.0"}),
        (APPLE, "AAPL.US", {"f36": "38169264"}),
        (APPLE, "AAPL.US", {"f3": "305.58"}),
        (APPLE, "AAPL.US", {"f3": "306.59"}),
        (APPLE, "AAPL.US", {"f31": "0.34"}),
        (APPLE, "AAPL.US", {"f31": "--0.34"}),
        (APPLE, "AAPL.US", {"f4": "305.92"}),
        (APPLE, "AAPL.US", {"f2": "AAP.OQ"}),
        (APPLE, "AAPL.US", {"f2": ".AAP"}),
    ],
)
def test_rows_of_other_markets_that_contradict_themselves(row, symbol, changes):
    assert len(read(row, symbol).snapshots) == 1
    fetched = read(with_fields(row, **changes), symbol)
    assert fetched.snapshots == []
    assert len(fetched.problems) == 1


def test_a_time_to_come():
    stamped = datetime(2026, 10, 8, 8, 14, 57, tzinfo=UTC)
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10)).snapshots
    assert read(PUFA, "600000.SH", now=stamped - timedelta(minutes=10, seconds=1)).problems


def test_what_was_not_asked_for_and_what_comes_twice():
    assert read(PUFA, "600519.SH").problems == ["sh600000: not asked for"]
    fetched = read(PUFA + PUFA, "600000.SH")
    assert len(fetched.snapshots) == 1
    assert fetched.problems == ["sh600000: sent twice"]


def test_noise_between_rows_is_a_problem():
    fetched = read(f"{APPLE}\nnoise\n{PUFA}<html>", "600000.SH", "AAPL.US")
    assert len(fetched.snapshots) == 2
    assert fetched.problems == ["no row: 'noise'", "no row: '<html>'"]


def test_rows_need_nothing_between_them():
    rows = PUFA.strip().rstrip(";") + APPLE.strip()
    assert len(read(rows, "600000.SH", "AAPL.US").snapshots) == 2


def test_a_stray_quote_costs_its_own_row_only():
    fetched = read(PUFA.replace("浦发", '浦"发') + APPLE, "600000.SH", "AAPL.US")
    assert [snapshot.symbol.code for snapshot in fetched.snapshots] == ["AAPL"]
    assert fetched.problems


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n ",
        b"<!DOCTYPE html><html></html>",
        b"\xff\xff\xff",
        PUFA.encode("utf-16"),
        PUFA.encode("utf-32"),
        b"v_sh600000=",
    ],
)
def test_a_reply_without_rows_is_a_source_error(body):
    with pytest.raises(SourceError):
        read(body, "600000.SH")


# -- Over HTTP ----------------------------------------------------------------------------------

SYMBOLS = [Symbol.parse("600000.SH"), Symbol.parse("00700.HK"), Symbol.parse("AAPL.US")]


@pytest.fixture
async def http():
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def server(settings):
    recording = read(PUFA + TENCENT + APPLE, *map(str, SYMBOLS)).snapshots
    async with StandIn(recording) as server:
        settings.TENCENT_URL = server.url
        yield server


async def test_fetch(server, http):
    unknown = Symbol.parse("603999.SH")
    fetched = await Tencent().fetch([*SYMBOLS, unknown], http)
    assert [snapshot.symbol for snapshot in fetched.snapshots] == SYMBOLS
    assert fetched.problems == []
    assert (await Tencent().fetch([unknown], http)) == Fetched()
    assert server.requests == {"all": 2}


async def test_nothing_wanted_asks_for_nothing(server, http):
    assert await Tencent().fetch([], http) == Fetched()
    assert not server.requests


async def test_a_full_batch_fits_a_url(server, http):
    symbols = [Symbol(f"{number:06d}", "SH") for number in range(600000, 600000 + 800)]
    assert len(symbols) == Tencent.batch_size
    fetched = await Tencent().fetch(symbols, http)
    assert len(fetched.snapshots) == 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"kind": "status", "status": 503}, "HTTP 503"),
        ({"kind": "status", "status": 403}, "HTTP 403"),
        ({"kind": "timeout"}, "timeout"),
        ({"kind": "drip", "seconds": 30}, "timeout"),
        ({"kind": "empty"}, "empty reply"),
        ({"kind": "html"}, "no quotes in the reply"),
        ({"kind": "broken"}, "ClientPayloadError"),
        ({"kind": "charset"}, "no quotes in the reply|neither"),
        ({"kind": "garbage"}, "no quotes in the reply|neither"),
        ({"kind": "cut", "share": 0.1}, "no quotes in the reply"),
        ({"kind": "damaged"}, "no readable row"),
    ],
    ids=str,
)
async def test_a_useless_reply_is_a_source_error(server, http, fault, message, monkeypatch):
    if message == "timeout":
        monkeypatch.setattr(_reply, "TIMEOUT", ClientTimeout(total=0.2))
    server.control({"misbehave": fault | {"requests": 1}})
    with pytest.raises(SourceError, match=message):
        await Tencent().fetch(SYMBOLS, http)
    assert len((await Tencent().fetch(SYMBOLS, http)).snapshots) == 3


async def test_the_good_rows_of_a_damaged_reply_count(server, http):
    server.control({"misbehave": {"kind": "damaged", "symbols": ["00700.HK"]}})
    fetched = await Tencent().fetch(SYMBOLS, http)
    assert [str(snapshot.symbol) for snapshot in fetched.snapshots] == ["600000.SH", "AAPL.US"]
    [problem] = fetched.problems
    assert problem.startswith("hk00700: ")


async def test_a_server_that_is_not_there(settings, http, unused_tcp_port):
    settings.TENCENT_URL = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SourceError, match="ClientConnectorError"):
        await Tencent().fetch(SYMBOLS, http)


async def answering(settings, respond):
    """Start a server that gives one answer to everything, and name it in the settings."""
    app = web.Application()
    app.router.add_get("/{any:.*}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings.TENCENT_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


async def test_redirects_are_not_followed(settings, http):
    async def respond(_request):
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})

    runner = await answering(settings, respond)
    with pytest.raises(SourceError, match="HTTP 302"):
        await Tencent().fetch(SYMBOLS, http)
    await runner.cleanup()


async def test_a_body_is_bounded_after_decompression(settings, http):
    async def respond(_request):
        response = web.Response(body=b" " * (_reply.LARGEST_REPLY + 1))
        response.enable_compression(web.ContentCoding.gzip)
        return response

    runner = await answering(settings, respond)
    with pytest.raises(SourceError, match="larger than"):
        await Tencent().fetch(SYMBOLS, http)
    await runner.cleanup()


def test_amounts_are_exact():
    [snapshot] = read(PUFA, "600000.SH").snapshots
    assert snapshot.amount == Decimal(1106982193)
