"""`python -m tests.ticking --minutes 60 --symbols 200`: what an open page costs while prices move.

The whole of Stockwatch runs, every symbol has another price at each sweep, a second apart, some of
them cross a level now and then, whose alerts arrive, and a real browser has the watchlist open. It
says what the browser takes of one core, and what the page holds after a forced collection: one that
is open all day may grow by nothing. Ends with STEADY.
"""

import os
import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from monitors.market import QuoteState, Snapshot
from monitors.symbols import Symbol
from tests.population import set_django_up
from tests.running import Stockwatch, running
from tests.standin.market import StandInMarket
from tests.standin.server import StandIn

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

MOST_OF_A_CORE = 20.0
"""Percent of one core that the page's own process may take."""
GROWTH = 1.1
SLACK = 1_000_000
"""A heap may be larger at the end by a tenth and a megabyte: what is cached is no leak."""
NODES_SHOWN = 300
"""So many nodes more may be there just now: a toast or two that have not gone yet."""
CROSSING = 6
"""Symbols whose price crosses a level again and again."""
QUIET_MINUTES = 5
"""In more minutes than these some level is crossed."""
SETTLES = 60
"""Seconds after which the first sample is taken."""
PASSWORD = "a long password"


COUNT_TICKS = """() => {
    window.ticks = 0;
    const count = new MutationObserver(() => window.ticks++);
    count.observe(document.querySelector("[data-at]"), { attributeFilter: ["datetime"] });
}"""


class TickingMarket(StandInMarket):
    """Every symbol has another price each time that it is asked for."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        super().__init__()
        self._random = random.Random(7)
        self._prices = {one: Decimal(self._random.randrange(9500, 10500)) / 100 for one in symbols}
        self._volume = 0

    def due(self, symbols: Iterable[Symbol]) -> list[Snapshot]:
        self._volume += 100
        return [self._tick(symbol) for symbol in symbols if symbol in self._prices]

    def positions(self, symbols: Iterable[Symbol]) -> dict[Symbol, int]:
        return dict.fromkeys(symbols, 0)

    def advance(self, seen: Mapping[Symbol, int]) -> None:
        pass

    def _tick(self, symbol: Symbol) -> Snapshot:
        step = Decimal(self._random.choice((-3, -2, -1, 1, 2, 3))) / 100
        price = self._prices[symbol]
        price += step if 90 < price + step < 110 else -step
        self._prices[symbol] = price
        return Snapshot(
            symbol=symbol,
            at=datetime.now(UTC),
            price=price,
            previous_close=Decimal(100),
            open=Decimal(100),
            high=Decimal(110),
            low=Decimal(90),
            volume=self._volume,
            amount=Decimal(12345),
            state=QuoteState.TRADING,
            name="stock",
            source="tencent",
        )


@dataclass(frozen=True)
class Sample:
    """What a page holds, and what its browser has taken until now."""

    at: float
    heap: int
    nodes: int
    listeners: int
    page_seconds: float
    browser_seconds: float
    prices: tuple[str, ...]
    ticks: int
    """How often a row was given another quote."""
    unread: int
    """What the bell counts: the alerts that came."""

    def grown_since(self, first: "Sample") -> list[str]:
        """Return what is more than it was: nothing, where nothing leaks."""
        return [
            f"{name}: {before:,} -> {now:,}"
            for name, before, now, most in (
                ("heap", first.heap, self.heap, first.heap * GROWTH + SLACK),
                ("nodes", first.nodes, self.nodes, first.nodes + NODES_SHOWN),
                ("listeners", first.listeners, self.listeners, first.listeners),
            )
            if now > most
        ]


def held(tools: "CDPSession") -> dict[str, int]:
    """Return what the page holds after a collection: bytes of its heap, nodes, listeners."""
    tools.send("HeapProfiler.collectGarbage")
    told = tools.send("Performance.getMetrics")["metrics"]
    known = {one["name"]: int(one["value"]) for one in told}
    return {"heap": known["JSHeapUsedSize"], "nodes": known["Nodes"],
            "listeners": known["JSEventListeners"]}  # fmt: skip


def tools_of(page: "Page") -> "CDPSession":
    """Return the browser's own tools for a page."""
    tools = page.context.new_cdp_session(page)
    for name in ("Performance", "HeapProfiler"):
        tools.send(f"{name}.enable")
    return tools


def main() -> int:
    """Run for so many minutes; say whether it stayed within its bounds."""
    parser = ArgumentParser(prog="python -m tests.ticking", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--symbols", type=int, default=200)
    arguments = parser.parse_args()
    symbols = [Symbol.parse(f"{600_000 + number}.SH") for number in range(arguments.symbols)]
    with tempfile.TemporaryDirectory(prefix="stockwatch-") as folder, _market(symbols) as url:
        told = {"QUOTE_SOURCES": "tencent", "TENCENT_URL": url, "POLL_SECONDS": "0.7",
                "SOURCE_BUDGETS": "tencent=100000"}  # fmt: skip
        with running(Path(folder) / "data", told) as stockwatch:
            _watch(symbols)
            return _look(stockwatch, arguments.minutes)


@contextmanager
def _market(symbols: Sequence[Symbol]) -> Iterator[str]:
    from stockwatch.background import BackgroundLoop

    loop, standin = BackgroundLoop(), StandIn()
    standin.market = TickingMarket(symbols)
    loop.run(standin.__aenter__())
    try:
        yield standin.url
    finally:
        loop.run(standin.__aexit__())


def _watch(symbols: Sequence[Symbol]) -> None:
    set_django_up()
    from django.contrib.auth.models import User

    from monitors import lifecycle
    from monitors.lifecycle import RuleSpec

    user = User.objects.create_user("ann", password=PASSWORD)
    rules = [
        RuleSpec("entry_zone", {"min": "70", "max": "80"}),
        RuleSpec("take_profit", {"price": "120"}),
        RuleSpec("stop_loss", {"price": "60"}),
    ]
    crossed = RuleSpec("price_above", {"price": "100"}, rearm_gap=Decimal("0.3"))
    for place, symbol in enumerate(symbols):
        own = [*rules, crossed] if place < CROSSING else rules
        lifecycle.create(user.pk, symbol, own, trading_hours_only=False)


def _look(stockwatch: Stockwatch, minutes: float) -> int:
    from playwright.sync_api import sync_playwright

    from tools import browser

    path = os.environ.get("STOCKWATCH_BROWSER") or browser.find()
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{stockwatch.url}/login/?next=/%3Fsize=200%26sort=name")
        page.fill("[name=username]", "ann")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_selector("#connection[data-state=live]")
        samples = list(_samples(page, minutes))
        chrome.close()
    return _judge(samples)


def _samples(page: "Page", minutes: float) -> Iterator[Sample]:
    tools = tools_of(page)
    page.evaluate(COUNT_TICKS)
    page.wait_for_timeout(1000 * SETTLES)
    first = None
    for minute in range(int(minutes) + 1):
        sample = _sample(page, tools)
        first = first or sample
        _say(minute, first, sample)
        yield sample
        if minute < int(minutes):
            page.wait_for_timeout(60_000)


def _sample(page: "Page", tools: "CDPSession") -> Sample:
    prices: list[str] = page.locator("[data-price]").all_text_contents()
    begun, taken = time.monotonic(), _cpu_seconds()
    return Sample(
        begun, **held(tools), page_seconds=taken["page"], browser_seconds=taken["all"],
        prices=tuple(prices), ticks=page.evaluate("window.ticks"),
        unread=int(page.locator("#unread").text_content() or 0),
    )  # fmt: skip


def _cpu_seconds() -> dict[str, float]:
    """Return the CPU time of the pages' processes, and of the whole browser."""
    spent = {"page": 0.0, "all": 0.0}
    for process in psutil.Process().children(recursive=True):
        try:
            line, times = process.cmdline(), process.cpu_times()
        except psutil.Error:
            continue
        if not any("chrom" in word for word in line[:1]):
            continue
        seconds = times.user + times.system
        spent["all"] += seconds
        spent["page"] += seconds if "--type=renderer" in line else 0
    return spent


def _percent(before: Sample, now: Sample, name: str) -> float:
    seconds: float = getattr(now, name) - getattr(before, name)
    return 100 * seconds / (now.at - before.at) if now.at > before.at else 0.0


def _say(minute: int, first: Sample, now: Sample) -> None:
    page, whole = (_percent(first, now, f"{name}_seconds") for name in ("page", "browser"))
    ticks = 0.01 * _percent(first, now, "ticks")
    _print(
        f"{minute:3} min: {ticks:.2f} ticks/s; page {page:.1f} %, browser {whole:.1f} % of a core;"
        f" heap {now.heap / 1e6:.2f} MB, {now.nodes:,} nodes, {now.listeners:,} listeners;"
        f" {now.unread} alerts"
    )


def _judge(samples: list[Sample]) -> int:
    first, last = samples[0], samples[-1]
    wrong = last.grown_since(first)
    if (percent := _percent(first, last, "page_seconds")) > MOST_OF_A_CORE:
        wrong.append(f"the page took {percent:.1f} % of a core")
    if len(samples) > QUIET_MINUTES and last.unread == first.unread:
        wrong.append("no alert came")
    for before, now in pairwise(samples):
        moved = sum(one != two for one, two in zip(before.prices, now.prices, strict=False))
        if moved < 0.8 * len(now.prices):
            wrong.append(f"only {moved} of {len(now.prices)} prices moved in a minute")
    _print("\n".join(wrong) or "STEADY")
    return 1 if wrong else 0


def _print(text: Any) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
