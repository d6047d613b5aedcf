"""`manage.py sources check SYMBOL`: what each source says of a symbol, side by side."""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitors.asking.fetching import request
from monitors.asking.gates import Gate, Verdict
from monitors.kinds import disclaimer, preferred_sources, source_kinds
from monitors.market import Market, Snapshot
from monitors.sources.base import Source, SourceError
from monitors.symbols import Symbol, SymbolError

ROWS = (
    *("answer", "price", "previous close", "open", "high", "low", "volume", "turnover"),
    *("state", "time", "age", "delay", "name", "took"),
)


class Command(BaseCommand):
    """Asks every source for one symbol, each once, through its gate."""

    help = "Asks each source for a symbol and prints what they answer, side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["check"])
        parser.add_argument("symbol", help="such as 600519.SH, 00700.HK, AAPL")
        parser.add_argument(
            "--configured", action="store_true", help="only those that are in use for its market"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask, and print a column a source."""
        try:
            symbol = Symbol.parse(options["symbol"])
        except SymbolError as error:
            raise CommandError(f"symbol: {error}") from error
        used = preferred_sources(symbol.market)
        chosen = used | ({} if options["configured"] else _others(symbol.market))
        if not chosen:
            raise CommandError(f"no source serves {symbol}")
        self.stdout.write(f"{symbol}, in use: {', '.join(used) or 'none'}\n")
        columns = {name: ask(name, source, symbol) for name, source in chosen.items()}
        for line in table(columns):
            self.stdout.write(line)


def _others(market: Market) -> dict[str, Source]:
    """Return every source that serves a market with the prices of now."""
    sources = {name: kind() for name, kind in source_kinds().items()}
    return {
        name: source
        for name, source in sources.items()
        if market in source.markets and not disclaimer(name)
    }


def ask(name: str, source: Source, symbol: Symbol) -> dict[str, str]:
    """Ask a source once; return what it said by ROWS."""
    if missing := [setting for setting in source.settings if not getattr(settings, setting)]:
        return {"answer": f"set {' and '.join(missing)}"}
    gate = Gate(name, source.limits)
    entry = gate.enter()
    if not entry.allowed:
        return {"answer": f"not asked: {entry.reason}, {entry.wait:.0f} s"}
    begun = time.monotonic()
    verdict = Verdict.FAILED
    try:
        fetched = request(source, [symbol])
        verdict = Verdict.OK
    except SourceError as error:
        return {"answer": str(error), "took": _took(begun)}
    finally:
        gate.leave(entry, verdict)
    if fetched.snapshots:
        return _described(fetched.snapshots[0], timezone.now()) | {"took": _took(begun)}
    return {"answer": "; ".join(fetched.problems) or "unknown symbol", "took": _took(begun)}


def _took(begun: float) -> str:
    return f"{1000 * (time.monotonic() - begun):.0f} ms"


def _described(snapshot: Snapshot, now: datetime) -> dict[str, str]:
    zone = snapshot.symbol.market.timezone
    figures = {
        "price": snapshot.price,
        "previous close": snapshot.previous_close,
        "open": snapshot.open,
        "high": snapshot.high,
        "low": snapshot.low,
        "volume": snapshot.volume,
        "turnover": snapshot.amount,
    }
    return {name: "–" if value is None else str(value) for name, value in figures.items()} | {
        "answer": "ok",
        "state": snapshot.state.value,
        "time": f"{snapshot.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "age": f"{(now - snapshot.at).total_seconds():.0f} s",
        "delay": f"{snapshot.delay} s",
        "name": snapshot.name,
    }


def table(columns: dict[str, dict[str, str]]) -> list[str]:
    """Return the columns as lines of text, the names of their rows before them."""
    cells = [["", *columns]]
    cells += [
        [row, *(column.get(row, "") for column in columns.values())]
        for row in ROWS
        if any(row in column for column in columns.values())
    ]
    widths = [max(len(line[at]) for line in cells) for at in range(len(cells[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
