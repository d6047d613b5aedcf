"""A whole market as Tencent sends it: parsed into snapshots, beside a bare split of the bytes."""

from datetime import timedelta
from decimal import Decimal

from monitors.sources._tencent_row import code_of
from monitors.sources.tencent import parse
from monitors.symbols import Symbol
from tests.bench.figures import median_ms, progress, report
from tests.market import CENTRE, OPENING, batch
from tests.standin import tencent

ROWS = 6_000


def run() -> None:
    """Measure the parser."""
    progress("parsing a market of Tencent's")
    symbols = [Symbol.parse(f"{600_000 + number:06d}.SH") for number in range(ROWS)]
    snapshots = batch(symbols, OPENING, [CENTRE + Decimal(n % 100) / 100 for n in range(ROWS)])
    body = tencent.encode(snapshots)
    wanted = {code_of(symbol): symbol for symbol in symbols}
    now = OPENING + timedelta(seconds=3)
    assert len(parse(body, wanted, now).snapshots) == ROWS
    floor = median_ms(lambda: [row.split("~") for row in body.decode("gbk").split(";")])
    report(
        f"tencent: parse {ROWS:,} rows", median_ms(lambda: parse(body, wanted, now)), "ms", floor
    )
