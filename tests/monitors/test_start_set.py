"""The list that ships: what is in it, and that it yields to what sources have listed since."""

from collections import Counter
from datetime import timedelta

import pytest

from monitors import tasks
from monitors.finding import start_set
from monitors.finding.listings import note
from monitors.finding.start_set import PUT_TOGETHER, ROWS, references
from monitors.market import InstrumentKind, Market
from monitors.models import Listing
from monitors.sources.demo import DEMO_SYMBOLS
from tests.monitors.listed import reference


@pytest.fixture(scope="module")
def told():
    return list(references())


def test_it_covers_the_markets(told):
    counts = Counter((one.symbol.market, one.kind) for one in told)
    assert counts[Market.CN, InstrumentKind.STOCK] > 5400
    assert counts[Market.CN, InstrumentKind.FUND] > 1000
    assert counts[Market.CN, InstrumentKind.INDEX] > 30
    assert counts[Market.HK, InstrumentKind.STOCK] > 2500
    assert counts[Market.US, InstrumentKind.STOCK] > 5500
    assert counts[Market.US, InstrumentKind.FUND] > 3000


def test_each_is_there_once_with_a_name(told):
    assert len(told) == ROWS
    assert max(Counter(one.symbol for one in told).values()) == 1
    assert all(one.name or one.english_name for one in told)
    assert all(one.name for one in told if one.symbol.market != Market.US)
    for one in told:
        for name in (one.name, one.english_name):
            assert name == name.strip()
            assert name.isprintable()
            assert len(name) <= 100


def test_what_the_demo_market_trades_is_in_it(told):
    assert set(DEMO_SYMBOLS) <= {one.symbol for one in told}


def test_indexes_are_what_their_codes_say(told):
    for one in told:
        if one.symbol.market != Market.US:
            assert one.symbol.is_index == (one.kind is InstrumentKind.INDEX), one.symbol


@pytest.fixture
def small(monkeypatch):
    """A start set of two."""
    few = [reference("000001.SZ", "平安银行"), reference("600519.SH", "贵州茅台")]
    monkeypatch.setattr(start_set, "references", lambda: iter(few))
    monkeypatch.setattr(start_set, "ROWS", len(few))


@pytest.mark.django_db
def test_it_is_loaded_once(small):
    assert start_set.load() == 2
    assert start_set.load() == 0
    assert [one.symbol for one in Listing.objects.search("payh", 5)] == ["000001.SZ"]


@pytest.mark.django_db
def test_the_file_is_not_read_where_all_is_there(small, monkeypatch):
    start_set.load()
    monkeypatch.delattr(start_set, "references")
    assert start_set.load() == 0


@pytest.mark.django_db
def test_it_goes_on_where_it_ended_and_leaves_alone_what_is_newer(small):
    note([reference("000001.SZ", "新名")], PUT_TOGETHER + timedelta(days=1))
    note([reference("600519.SH", "旧名")], PUT_TOGETHER - timedelta(days=400))
    tasks.load_start_set()
    names = dict(Listing.objects.values_list("symbol", "name"))
    assert names == {"000001.SZ": "新名", "600519.SH": "贵州茅台"}


@pytest.mark.django_db
def test_all_of_it_can_be_written_and_is_found():
    assert start_set.load() > 19_000
    for text, symbol in [
        ("payh", "000001.SZ"), ("gzmt", "600519.SH"), ("cjdl", "600900.SH"), ("zjdl", "600900.SH"),
        ("txkg", "00700.HK"), ("700", "00700.HK"), ("aapl", "AAPL.US"), ("苹果", "AAPL.US"),
        ("apple inc", "AAPL.US"), ("spy", "SPY.US"), ("hs300", "000300.SH"),
        ("sh000001", "000001.SH"), ("hsi", "HSI.HK"), ("brk.b", "BRK.B.US"), ("茅台", "600519.SH"),
    ]:  # fmt: skip
        assert Listing.objects.search(text, 10)[0].symbol == symbol, text
