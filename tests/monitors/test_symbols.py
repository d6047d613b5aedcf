import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.market import Market
from monitors.symbols import Symbol, SymbolError


def spelled(text: object) -> str:
    return str(Symbol.parse(text))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        # Mainland, with the exchange said
        ("600519.SH", "600519.SH"),
        ("600519.sh", "600519.SH"),
        ("sh600519", "600519.SH"),
        ("SH600519", "600519.SH"),
        ("Sh600519", "600519.SH"),
        ("sh000001", "000001.SH"),
        ("sz399001", "399001.SZ"),
        ("bj430047", "430047.BJ"),
        ("600519.SZ", "600519.SZ"),
        # Mainland, placed by the first digits
        ("600519", "600519.SH"),
        ("688981", "688981.SH"),
        ("510300", "510300.SH"),
        ("900901", "900901.SH"),
        ("000001", "000001.SZ"),
        ("159915", "159915.SZ"),
        ("200011", "200011.SZ"),
        ("300750", "300750.SZ"),
        ("430047", "430047.BJ"),
        ("832000", "832000.BJ"),
        ("920001", "920001.BJ"),
        ("110059", "110059.SH"),
        ("111001", "111001.SH"),
        ("113050", "113050.SH"),
        ("118000", "118000.SH"),
        ("112233", "112233.SZ"),
        ("123001", "123001.SZ"),
        # Hong Kong
        ("00700", "00700.HK"),
        ("00700.HK", "00700.HK"),
        ("700.HK", "00700.HK"),
        ("700.hk", "00700.HK"),
        ("hk00700", "00700.HK"),
        ("HK700", "00700.HK"),
        ("HSI.HK", "HSI.HK"),
        ("hstech.hk", "HSTECH.HK"),
        ("hkHSI", "HSI.HK"),
        # United States
        ("AAPL", "AAPL.US"),
        ("aapl", "AAPL.US"),
        ("AAPL.US", "AAPL.US"),
        ("aapl.us", "AAPL.US"),
        ("usAAPL", "AAPL.US"),
        ("usBRK.B", "BRK.B.US"),
        ("BRK.B", "BRK.B.US"),
        ("BRK-B", "BRK.B.US"),
        ("brk.b", "BRK.B.US"),
        ("BRK-B.US", "BRK.B.US"),
        ("F", "F.US"),
        # Tickers that begin like a market, or are one
        ("USB", "USB.US"),
        ("usb", "USB.US"),
        ("HKD", "HKD.US"),
        ("SH", "SH.US"),
        ("SH.US", "SH.US"),
        ("US.US", "US.US"),
        # As typed on an East Asian keyboard, or pasted
        ("６００５１９．ＳＨ", "600519.SH"),
        ("ＡＡＰＬ", "AAPL.US"),
        ("\u3000600519\u00a0", "600519.SH"),
        ("  600519.SH \n", "600519.SH"),
    ],
)
def test_takes_every_usual_spelling(text, canonical):
    assert spelled(text) == canonical


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("", "Enter a symbol"),
        ("   ", "Enter a symbol"),
        (None, "is text"),
        (600519, "is text"),
        (b"sh600519", "is text"),
        (["600519"], "is text"),
        ("7", "00700.HK"),
        ("700", "00700.HK"),
        ("7000", "00700.HK"),
        ("700001", "Say which exchange"),
        ("6005190", "Say which exchange"),
        ("60051.SH", "six digits"),
        ("sh60051", "six digits"),
        ("AAPL.SH", "six digits"),
        (".SH", "six digits"),
        ("700000.HK", "up to five digits"),
        ("hk700000", "up to five digits"),
        ("H.HK", "up to five digits"),
        ("1AAPL", "AAPL.US"),
        ("AAPL.OQ", "AAPL.US"),
        ("7203.T", "AAPL.US"),
        ("700.XHK", "AAPL.US"),
        ("ABCDEFGHIJK", "AAPL.US"),
        ("AA PL", "AAPL.US"),
        ("600519 .SH", "six digits"),
        ("600519;DROP", "AAPL.US"),
        ("600519\0", "not the name"),
        ("AA\x1bPL", "not the name"),
        ("AA\nPL", "not the name"),
        ("贵州茅台", "not the name"),
        ("🚀", "not the name"),
        ("™", "not the name"),
        ("٦٠٠٥١٩", "not the name"),
        ("ß", "not the name"),
        ("ı", "not the name"),
        ("A" * 10_000_000, "too long"),
    ],
)
def test_says_how_to_mend_what_cannot_be_a_symbol(text, mend):
    with pytest.raises(SymbolError, match=re.escape(mend)) as caught:
        Symbol.parse(text)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("text", "market", "currency", "tick", "is_index"),
    [
        ("600519.SH", Market.CN, "CNY", "0.01", False),
        ("688981.SH", Market.CN, "CNY", "0.01", False),
        ("000001.SH", Market.CN, "CNY", "0.01", True),
        ("899050.BJ", Market.CN, "CNY", "0.01", True),
        ("510300.SH", Market.CN, "CNY", "0.001", False),
        ("900901.SH", Market.CN, "USD", "0.001", False),
        ("113050.SH", Market.CN, "CNY", "0.001", False),
        ("000001.SZ", Market.CN, "CNY", "0.01", False),
        ("399001.SZ", Market.CN, "CNY", "0.01", True),
        ("159915.SZ", Market.CN, "CNY", "0.001", False),
        ("161725.SZ", Market.CN, "CNY", "0.001", False),
        ("184801.SZ", Market.CN, "CNY", "0.001", False),
        ("123001.SZ", Market.CN, "CNY", "0.001", False),
        ("200011.SZ", Market.CN, "HKD", "0.01", False),
        ("430047.BJ", Market.CN, "CNY", "0.01", False),
        ("00700.HK", Market.HK, "HKD", "0.001", False),
        ("HSI.HK", Market.HK, "HKD", "0.001", True),
        ("AAPL.US", Market.US, "USD", "0.01", False),
    ],
)
def test_knows_how_an_instrument_trades(text, market, currency, tick, is_index):
    symbol = Symbol.parse(text)
    assert symbol.market == market
    assert symbol.currency == currency
    assert symbol.tick == Decimal(tick)
    assert symbol.is_index is is_index


def test_a_symbol_is_a_value():
    assert Symbol.parse("sh600519") == Symbol("600519", "SH")
    assert len({Symbol.parse("600519"), Symbol.parse("600519.SH")}) == 1


LIKELY = st.from_regex(
    r"\A[ ]?(us|hk|sh|SZ|bj|HK)?([0-9]{1,7}|[A-Za-z][A-Za-z0-9]{0,11})([.-][A-Za-z]{1,2})?"
    r"(\.(SH|sz|BJ|hk|US))?\n?\Z"
)


@given(st.one_of(st.text(max_size=40), LIKELY))
def test_any_text_is_refused_or_reads_back_the_same(text):
    try:
        symbol = Symbol.parse(text)
    except SymbolError:
        return
    assert Symbol.parse(str(symbol)) == symbol
    assert re.fullmatch(r"[A-Z0-9]+(\.[A-Z])?\.(SH|SZ|BJ|HK|US)", str(symbol))


@given(st.one_of(st.none(), st.integers(), st.floats(), st.binary(), st.lists(st.text())))
def test_what_is_not_text_is_refused(thing):
    with pytest.raises(SymbolError):
        Symbol.parse(thing)
