"""Tencent's search: the recorded reply, every way in which one can be wrong, and how it asks."""

import pytest

from monitors.market import InstrumentKind
from monitors.sources._tencent_search import MOST_RESULTS, parse
from monitors.sources.base import SourceError
from monitors.sources.tencent import Tencent
from tests.monitors.sources.tencent import recorded

RECORDED = recorded("smartbox-search.txt")
MOUTAI = r"sh~600519~\u8d35\u5dde\u8305\u53f0~gzmt~GP-A"


def found(*entries: str) -> list[str]:
    hints = "^".join(entries)
    return [f"{one.symbol} {one.name} {one.kind}" for one in parse(f'v_hint="{hints}";'.encode())]


def test_the_recorded_reply():
    assert [f"{one.symbol} {one.name} {one.kind}" for one in parse(RECORDED)] == [
        "00700.HK 腾讯控股 stock",
        "600776.SH 东方通信 stock",
        "TX.US 特尔尼翁钢铁 stock",
        "000847.SH 腾讯济安 index",
        "600556.SH 天下秀 stock",
        "515050.SH 通信ETF华夏 fund",
        "515880.SH 通信ETF国泰 fund",
        "000662.SZ 天夏退 stock",
        "002845.SZ 同兴达 stock",
        "80700.HK 腾讯控股r stock",
    ]


@pytest.mark.parametrize(
    "reply", [b'v_hint="N";', b'v_hint="N"', b'v_hint="";', b'\nv_hint="N";\n']
)
def test_nothing_is_called_so(reply):
    assert parse(reply) == []


@pytest.mark.parametrize(
    ("code", "symbol"),
    [
        ("aapl.oq", "AAPL.US"),
        ("brk.b.n", "BRK.B.US"),
        ("spy.am", "SPY.US"),
        ("cihky.ps", "CIHKY.US"),
    ],
)
def test_us_tickers_carry_their_venue(code, symbol):
    assert found(f"us~{code}~X~x~GP") == [f"{symbol} X {InstrumentKind.STOCK}"]


def test_an_index_a_fund_a_bond_and_beijing():
    assert found(
        "hk~hsi~X~x~ZS", "sz~161725~X~x~LOF", "sz~123001~X~x~ZQ-KZZ", "bj~920001~X~x~GP-A"
    ) == ["HSI.HK X index", "161725.SZ X fund", "123001.SZ X bond", "920001.BJ X stock"]


@pytest.mark.parametrize(
    "entry",
    [
        "", "~", "sh~600519", "sh~600519~X~x", "jj~000001~X~x~KJ", "hk~12345~X~x~QZ",
        "sh~60051~X~x~GP-A", "sh~~X~x~GP-A", "sh~600519~~x~GP-A", "us~^~X~x~GP",
        "sh~600519~\\~x~GP-A", "sh~600519~\\u12~x~GP-A", "sh~600519~\\n~x~GP-A",
        r"sh~600519~\u0000~x~GP-A", "nas~aapl~X~x~GP", "SH~600519~X~x~GP-A",
    ],
)  # fmt: skip
def test_an_entry_that_is_no_instrument_is_left_out(entry):
    assert found(entry, MOUTAI) == ["600519.SH 贵州茅台 stock"]


def test_no_more_than_a_list_shows():
    entries = [f"sh~{600000 + at}~X~x~GP-A" for at in range(100)]
    assert len(found(*entries)) == MOST_RESULTS


@pytest.mark.parametrize(
    "reply", [b"", b" ", b"<html>", b"v_hint=", b'v_hint="', b'v_x="N";', b"{}"]
)
def test_a_reply_that_is_none(reply):
    with pytest.raises(SourceError):
        parse(reply)


@pytest.mark.parametrize("text", ["平安", "a&t=gp#?/", "x" * 40, "%"])
async def test_it_asks_for_the_text_in_utf8(settings, answering, http, text):
    server = await answering(RECORDED)
    settings.TENCENT_SEARCH_URL = server.url
    assert len(await Tencent().search(text, http)) == 10
    [request] = server.requests
    assert (request.path, dict(request.query)) == ("/s3/", {"v": "2", "t": "all", "q": text})
