"""A few listings to search in, from each market and of each kind."""

from collections.abc import Iterable
from datetime import UTC, datetime

from monitors.finding.listings import note
from monitors.market import InstrumentKind, QuoteState, Reference
from monitors.symbols import Symbol

SEEN = datetime(2026, 11, 23, tzinfo=UTC)

KNOWN = (
    ("000001.SZ", "平安银行", "Ping An Bank Co., Ltd."),
    ("601318.SH", "中国平安", "Ping An Insurance (Group) Company of China, Ltd."),
    ("02318.HK", "中国平安", ""),
    ("600900.SH", "长江电力", ""),
    ("603338.SH", "浙江鼎力", ""),
    ("600519.SH", "贵州茅台", "Kweichow Moutai Co., Ltd."),
    ("000001.SH", "上证指数", "SSE Composite Index"),
    ("510300.SH", "沪深300ETF华泰柏瑞", ""),
    ("00700.HK", "腾讯控股", "Tencent Holdings Limited"),
    ("AAPL.US", "苹果", "Apple Inc."),
    ("APLE.US", "", "Apple Hospitality REIT Inc."),
    ("PAY.US", "", "Paymentus Holdings Inc. Class A"),
    ("BRK.B.US", "伯克希尔哈撒韦B", "Berkshire Hathaway Inc."),
)


def reference(symbol: str, name: str, english_name: str = "", **fields: object) -> Reference:
    return Reference(Symbol.parse(symbol), name, english_name, **fields)  # type: ignore[arg-type]


def list_known(more: Iterable[Reference] = ()) -> None:
    note([*(reference(*one) for one in KNOWN), *more], SEEN)


GONE = reference("000000.SZ", "平安旧股", kind=InstrumentKind.STOCK, state=QuoteState.DELISTED)
