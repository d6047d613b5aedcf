"""Pages of Eastmoney's lists."""

import json
from typing import Any

from monitors.market import Market

LISTED: dict[Market, list[tuple[Any, Any, Any]]] = {
    Market.CN: [
        ("000001", 0, "平安银行"), ("000001", 1, "上证指数"), ("159915", 0, "创业板ETF"),
        ("399001", 0, "深证成指"), ("510300", 1, "300ETF"), ("600519", 1, "贵州茅台"),
        ("899050", 0, "北证50"), ("920001", 0, "纬达光电"), ("900901", 1, "云赛B股"),
    ],
    Market.HK: [("00700", 116, "腾讯控股"), ("00005", 128, "汇丰控股")],
    Market.US: [("AAPL", 105, "苹果"), ("BRK_B", 106, "伯克希尔-B"), ("SPY", 107, "标普500ETF")],
}  # fmt: skip


def listing_of(rows: list[Any], total: Any = 5500, **reply: Any) -> bytes:
    """A page of a list: rows of code, market number and name, or whatever stands for one."""
    diff = [
        dict(zip(("f12", "f13", "f14"), row, strict=True)) if isinstance(row, tuple) else row
        for row in rows
    ]
    return json.dumps({"rc": 0, "data": {"total": total, "diff": diff}} | reply).encode()
