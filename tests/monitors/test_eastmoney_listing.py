"""Eastmoney's lists: how a page reads, whatever is wrong with it, and how it is asked for."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import InstrumentKind, Market
from monitors.sources._eastmoney_listing import PAGE_SIZE, parse
from monitors.sources.base import Page, SourceError
from monitors.sources.eastmoney import Eastmoney

ROWS: dict[Market, list[tuple[Any, Any, Any]]] = {
    Market.CN: [
        ("000001", 0, "平安银行"), ("000001", 1, "上证指数"), ("159915", 0, "创业板ETF"),
        ("399001", 0, "深证成指"), ("510300", 1, "300ETF"), ("600519", 1, "贵州茅台"),
        ("899050", 0, "北证50"), ("920001", 0, "纬达光电"), ("900901", 1, "云赛B股"),
    ],
    Market.HK: [("00700", 116, "腾讯控股"), ("00005", 128, "汇丰控股")],
    Market.US: [("AAPL", 105, "苹果"), ("BRK_B", 106, "伯克希尔-B"), ("SPY", 107, "标普500ETF")],
}  # fmt: skip


def body(rows: list[Any], total: Any = 5500, **reply: Any) -> bytes:
    diff = [
        dict(zip(("f12", "f13", "f14"), row, strict=True)) if isinstance(row, tuple) else row
        for row in rows
    ]
    return json.dumps({"rc": 0, "data": {"total": total, "diff": diff}} | reply).encode()


def symbols(page: Page) -> list[str]:
    return [str(one.symbol) for one in page.references]


def test_a_page_of_each_market():
    assert symbols(parse(body(ROWS[Market.CN]), Market.CN, 1)) == [
        *("000001.SZ", "000001.SH", "159915.SZ", "399001.SZ", "510300.SH", "600519.SH"),
        *("899050.BJ", "920001.BJ", "900901.SH"),
    ]
    assert symbols(parse(body(ROWS[Market.HK]), Market.HK, 1)) == ["00700.HK", "00005.HK"]
    assert symbols(parse(body(ROWS[Market.US]), Market.US, 1)) == ["AAPL.US", "BRK.B.US", "SPY.US"]


def test_names_and_what_the_code_says_of_the_kind():
    references = parse(body(ROWS[Market.CN]), Market.CN, 1).references
    assert [one.name for one in references[:2]] == ["平安银行", "上证指数"]
    funds = [str(one.symbol) for one in references if one.kind is InstrumentKind.FUND]
    assert funds == ["159915.SZ", "510300.SH"]


@pytest.mark.parametrize(
    ("page", "total", "is_last"),
    [(1, 5500, False), (54, 5500, False), (55, 5500, True), (1, 100, True), (1, 101, False)],
)
def test_the_last_page_is_the_one_that_reaches_the_total(page, total, is_last):
    assert parse(body(ROWS[Market.CN], total), Market.CN, page).is_last == is_last


def test_behind_the_last_page():
    for code in (0, 100, 102):
        nothing = body([], rc=code, data=None)
        assert parse(nothing, Market.CN, 56) == Page([], is_last=True)
        with pytest.raises(SourceError, match="no list"):
            parse(nothing, Market.CN, 1)
    assert parse(body([]), Market.CN, 7) == Page([], is_last=True)


@pytest.mark.parametrize(
    "row",
    [
        None, [], "x", {}, {"f12": "600519", "f13": 1},
        ("600519", 1, ""), ("600519", 1, "-"), ("600519", 1, None), ("600519", 1, 5),
        ("600519", 2, "x"), ("600519", "1", "x"), ("600519", None, "x"), ("600519", 1.5, "x"),
        ("600519", -1, "x"), ("60051", 1, "x"), (600519, 1, "x"), ("", 1, "x"), ("<b>", 105, "x"),
        ("AAPL", 105, "of another market"), ("00700", 116, "of another market"),
    ],
)  # fmt: skip
def test_a_row_that_names_no_instrument_of_the_market_is_left_out(row):
    page = parse(body([row, ("000001", 0, "平安银行")]), Market.CN, 1)
    assert symbols(page) == ["000001.SZ"]
    with pytest.raises(SourceError, match="no readable row"):
        parse(body([row]), Market.CN, 1)


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"<html>", b"[]", b"null", b"{}", b'{"rc":0}', b'{"rc":5,"data":null}',
        b'{"rc":"0","data":{"total":1,"diff":[]}}', body([], total=None), body([], total="x"),
        body([], total=-1), body([], data={"total": 1}), body([], data={"total": 1, "diff": {}}),
    ],
)  # fmt: skip
def test_a_reply_that_is_none(reply):
    with pytest.raises(SourceError):
        parse(reply, Market.CN, 1)


WHOLE = body(ROWS[Market.CN])


def check(reply: bytes) -> None:
    """Whatever bytes arrive: a source error, or references that can be written down."""
    try:
        page = parse(reply, Market.CN, 1)
    except SourceError:
        return
    for one in page.references:
        assert one.symbol.market is Market.CN
        assert 0 < len(one.name) <= 64
        assert one.name.isprintable()


@given(st.binary(max_size=500))
def test_random_bytes(reply):
    check(reply)


@given(
    st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=3), st.integers(0, 40)),
        min_size=1,
        max_size=6,
    )
)
def test_a_mutated_reply(edits):
    reply = WHOLE
    for start, inserted, removed in edits:
        reply = reply[:start] + inserted + reply[start + removed :]
    check(reply)


def test_a_reply_cut_anywhere_gives_nothing():
    for end in range(len(WHOLE)):
        with pytest.raises(SourceError):
            parse(WHOLE[:end], Market.CN, 1)


async def test_a_page_is_asked_for_as_public_clients_do(settings):
    asked: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        return web.Response(body=body(ROWS[Market.HK]))

    app = web.Application()
    app.router.add_get("/api/qt/clist/get", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings.EASTMONEY_URL = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with ClientSession() as http:
        page = await Eastmoney().listing(Market.HK, 3, http)
    await runner.cleanup()
    assert symbols(page) == ["00700.HK", "00005.HK"]
    [query] = asked
    assert (query["pn"], query["pz"], query["np"], query["fid"]) == ("3", "100", "1", "f12")
    assert query["fs"] == "m:128 t:3,m:128 t:4,m:128 t:1,m:128 t:2"
    assert query["fields"] == "f12,f13,f14"
    assert PAGE_SIZE == 100
    assert set(Market) == Eastmoney.listed_markets
