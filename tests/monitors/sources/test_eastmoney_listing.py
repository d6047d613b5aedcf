"""Eastmoney's lists: how a page reads, whatever is wrong with it, and how it is asked for."""

import pytest

from monitors.market import InstrumentKind, Market
from monitors.sources._eastmoney_listing import PAGE_SIZE, parse
from monitors.sources.base import Page, SourceError
from monitors.sources.eastmoney import Eastmoney
from tests.monitors.sources.eastmoney_listing import LISTED, listing_of


def symbols(page: Page) -> list[str]:
    return [str(one.symbol) for one in page.references]


def test_a_page_of_each_market():
    assert symbols(parse(listing_of(LISTED[Market.CN]), Market.CN, 1)) == [
        *("000001.SZ", "000001.SH", "159915.SZ", "399001.SZ", "510300.SH", "600519.SH"),
        *("899050.BJ", "920001.BJ", "900901.SH"),
    ]
    assert symbols(parse(listing_of(LISTED[Market.HK]), Market.HK, 1)) == ["00700.HK", "00005.HK"]
    assert symbols(parse(listing_of(LISTED[Market.US]), Market.US, 1)) == [
        "AAPL.US",
        "BRK.B.US",
        "SPY.US",
    ]


def test_names_and_what_the_code_says_of_the_kind():
    references = parse(listing_of(LISTED[Market.CN]), Market.CN, 1).references
    assert [one.name for one in references[:2]] == ["平安银行", "上证指数"]
    funds = [str(one.symbol) for one in references if one.kind is InstrumentKind.FUND]
    assert funds == ["159915.SZ", "510300.SH"]


@pytest.mark.parametrize(
    ("page", "total", "is_last"),
    [(1, 5500, False), (54, 5500, False), (55, 5500, True), (1, 100, True), (1, 101, False)],
)
def test_the_last_page_is_the_one_that_reaches_the_total(page, total, is_last):
    assert parse(listing_of(LISTED[Market.CN], total), Market.CN, page).is_last == is_last


def test_behind_the_last_page():
    for code in (0, 100, 102):
        nothing = listing_of([], rc=code, data=None)
        assert parse(nothing, Market.CN, 56) == Page([], is_last=True)
        with pytest.raises(SourceError, match="no list"):
            parse(nothing, Market.CN, 1)
    assert parse(listing_of([]), Market.CN, 7) == Page([], is_last=True)


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
    page = parse(listing_of([row, ("000001", 0, "平安银行")]), Market.CN, 1)
    assert symbols(page) == ["000001.SZ"]
    with pytest.raises(SourceError, match="no readable row"):
        parse(listing_of([row]), Market.CN, 1)


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"<html>", b"[]", b"null", b"{}", b'{"rc":0}', b'{"rc":5,"data":null}',
        b'{"rc":"0","data":{"total":1,"diff":[]}}', listing_of([], total=None),
        listing_of([], total="x"), listing_of([], total=-1), listing_of([], data={"total": 1}),
        listing_of([], data={"total": 1, "diff": {}}),
    ],
)  # fmt: skip
def test_a_reply_that_is_none(reply):
    with pytest.raises(SourceError):
        parse(reply, Market.CN, 1)


def test_a_reply_cut_anywhere_gives_nothing():
    whole = listing_of(LISTED[Market.CN])
    for end in range(len(whole)):
        with pytest.raises(SourceError):
            parse(whole[:end], Market.CN, 1)


async def test_a_page_is_asked_for_as_public_clients_do(settings, answering, http):
    server = await answering(listing_of(LISTED[Market.HK]))
    settings.EASTMONEY_URL = server.url
    page = await Eastmoney().listing(Market.HK, 3, http)
    assert symbols(page) == ["00700.HK", "00005.HK"]
    [request] = server.requests
    assert request.path == "/api/qt/clist/get"
    query = request.query
    assert (query["pn"], query["pz"], query["np"], query["fid"]) == ("3", "100", "1", "f12")
    assert query["fs"] == "m:128 t:3,m:128 t:4,m:128 t:1,m:128 t:2"
    assert query["fields"] == "f12,f13,f14"
    assert PAGE_SIZE == 100
    assert set(Market) == Eastmoney.listed_markets
