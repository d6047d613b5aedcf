"""Tencent's recorded replies, what they say, and rows to change."""

import re
from pathlib import Path

from monitors.sources._tencent_row import code_of
from monitors.sources.tencent import parse
from monitors.symbols import Symbol
from tests.monitors.sources.rows import RowFormat

RESPONSES = Path(__file__).parents[2] / "data" / "responses"


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


FORMAT = RowFormat(parse, code_of, "gbk", "~")
read, with_fields = FORMAT.read, FORMAT.with_fields


PUFA = recorded("cn-live-600000.txt").decode("gbk")


APPLE = recorded("us.txt").decode("gbk").splitlines()[0]


TENCENT = recorded("hk.txt").decode("gbk").splitlines()[0]
