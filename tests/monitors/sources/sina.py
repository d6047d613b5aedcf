"""Sina's recorded replies, what they say, and rows to change."""

from pathlib import Path

from monitors.sources.sina import key_of, parse
from monitors.symbols import Symbol
from tests.monitors.sources.rows import RowFormat

RESPONSES = Path(__file__).parents[2] / "data" / "responses"


KEYS = {
    "sh600519": "600519.SH",
    "sz000016": "000016.SZ",
    "sh510300": "510300.SH",
    "sz162411": "162411.SZ",
    "sh000001": "000001.SH",
    "sz399001": "399001.SZ",
    "sh000300": "000300.SH",
    "sh999999": "999999.SH",
    "rt_hk00700": "00700.HK",
    "rt_hkHSI": "HSI.HK",
    "gb_aapl": "AAPL.US",
    "gb_spy": "SPY.US",
}


# symbol, time (UTC), price, previous close, open, high, low, volume, amount, state, name
ETF = (
    "510300.SH 2026-08-18T03:21:26 4.760 4.801 4.794 4.803 4.751 "
    "477761143 2284973272.000 trading 沪深300ETF华泰柏瑞"
)


AAPL = (
    "AAPL.US 2026-08-17T20:00:00 305.5900 305.9300 306.2100 307.6600 302.9390 "
    "38169263 - trading 苹果"
)


US = [
    AAPL,
    (
        "SPY.US 2026-08-17T20:00:00 772.6700 776.3400 776.1800 776.7750 772.5100 "
        "34356548 - trading SPDR标普500 ETF"
    ),
]


HK = [
    (
        "00700.HK 2026-08-18T03:21:30 438.600 446.400 444.200 446.200 437.600 "
        "11274362 4968318033.860 trading 腾讯控股"
    ),
    (
        "HSI.HK 2026-08-18T03:21:30 25281.199 25453.230 25368.870 25456.650 25240.620 "
        "5713643914 122715894304.000 trading 恒生指数"
    ),
]


MULTI_MARKET = [
    (
        "000001.SH 2026-08-18T03:21:26 3963.8466 3982.6535 3979.4898 3992.0919 3955.6012 "
        "33453700500 753518045491 trading 上证指数"
    ),
    (
        "399001.SZ 2026-08-18T03:21:27 14517.020 14704.274 14692.029 14733.904 14459.719 "
        "44779717379 835437559741.322 trading 深证成指"
    ),
    (
        "000300.SH 2026-08-18T03:21:27 4699.8944 4741.0981 4734.0733 4744.0054 4687.5259 "
        "12526073200 397772600565 trading 沪深300"
    ),
    *(ETF, *HK, *US),
]


EXPECTED = {
    "cn-preopen-600519.txt": [],
    "cn-suspended-ST.txt": [
        "000016.SZ 2026-09-15T01:30:00 2.460 2.460 - - - 0 0.000 suspended *ST康佳A",
    ],
    "etf-3dec.txt": [ETF],
    "hk.txt": HK,
    "lof-close.txt": [
        (
            "162411.SZ 2019-03-12T07:00:03 0.491 0.488 0.489 0.492 0.488 "
            "133819867 65623147.285 trading 华宝油气"
        ),
    ],
    "multi-market-2.txt": [
        (
            "000001.SH 2026-08-18T03:12:05 3959.0386 3982.6535 3979.4898 3992.0919 3955.6012 "
            "32289762600 726898077678 trading 上证指数"
        ),
        (
            "00700.HK 2026-08-18T03:12:09 439.200 446.400 444.200 446.200 437.600 "
            "10862189 4787488194.660 trading 腾讯控股"
        ),
        AAPL,
        (
            "510300.SH 2026-08-18T03:12:54 4.756 4.801 4.794 4.803 4.751 "
            "463320243 2216277814.000 trading 沪深300ETF华泰柏瑞"
        ),
        US[1],
    ],
    "multi-market-live.gb18030.bin": MULTI_MARKET,
    "multi-market-live.txt": MULTI_MARKET,
    "unknown-symbol.txt": [],
    "us.txt": US,
}


REFUSALS = {"malformed-token-voids-batch.txt", "no-referer-403.txt"}


def recorded(name: str) -> bytes:
    """A recorded reply in the endpoint's own encoding."""
    body = (RESPONSES / f"sina-{name}").read_bytes()
    return body if name.endswith(".bin") else body.decode().encode("gb18030")


def wanted_by(body: bytes) -> dict[str, Symbol]:
    """The symbols that a recorded reply was asked for."""
    return {
        key: Symbol.parse(symbol)
        for key, symbol in KEYS.items()
        if f'var hq_str_{key}="'.encode() in body
    }


def recorded_replies() -> list[tuple[bytes, dict[str, Symbol]]]:
    """Each recorded quote reply with what it was asked for."""
    return [(body, wanted_by(body)) for body in map(recorded, EXPECTED)]


FORMAT = RowFormat(parse, key_of, "gb18030", ",")
read, with_fields = FORMAT.read, FORMAT.with_fields


EMPTY = recorded("cn-preopen-600519.txt").decode("gb18030").replace('"\n', '";\n')


FUND = recorded("etf-3dec.txt").decode("gb18030")


MAOTAI = FUND.replace("sh510300", "sh600519")


TENCENT, HANG_SENG = recorded("hk.txt").decode("gb18030").splitlines(keepends=True)


APPLE = recorded("us.txt").decode("gb18030").splitlines(keepends=True)[0]
