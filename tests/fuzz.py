"""`python -m tests.fuzz [SOURCE …] [--count N] [--seed N]`: sources read mutated replies.

Whatever bytes arrive, a parser answers with quotes that can be, with problems, or with a source
error. Anything else ends the run with status 1 and the reply that did it.
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random

from django.conf import settings
from tqdm import tqdm

from monitors.kinds import source_kinds
from monitors.market import Snapshot
from monitors.sources.base import Fetched, SourceError
from monitors.symbols import Symbol

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKENS = (
    *(b"0", b"-1", b"1e30", b"NaN", b"Infinity", b"null", b"true", b"-", b"", b"[]", b"{}", b'""'),
    *(b",", b"~", b";", b'"', b"=", b":", b"[", b"{", b"]", b"}", b"\\", b"\x00", b"\xff", b"\xf0"),
    *(b"9" * 20, b"9" * 5000, b"[" * 3000, b"99999999999.5", b"2099-01-01", b"4102444800"),
)

Reply = tuple[bytes, Mapping[str, Symbol]]


def http_sources() -> list[str]:
    """The sources that ask over HTTP, and so read what others write."""
    return [
        name
        for name, kind in source_kinds().items()
        if hasattr(import_module(kind.__module__), "_reply")
    ]


def sources() -> list[str]:
    """Those of them whose replies have a form of their own, not one that a file describes."""
    return [name for name in http_sources() if name != "http_json"]


def mutated(body: bytes, dice: Random) -> bytes:
    """Return the reply after one to eight accidents."""
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(body) + 1), dice.choice((0, 1, 1, 2, 5, 20, 200))
        match dice.randrange(6):
            case 0:
                body = body[:at] + body[at + length :]
            case 1:
                body = body[:at] + dice.choice(TOKENS) + body[at + length :]
            case 2:
                body = body[:at] + dice.randbytes(length) + body[at:]
            case 3:
                body = body[:at] + body[at : at + length] + body[at:]
            case 4:
                other = dice.randrange(len(body) + 1)
                body = body[:at] + body[other : other + length] + body[at + length :]
            case _:
                if body:
                    at %= len(body)
                    body = body[:at] + bytes([body[at] ^ 1 << dice.randrange(8)]) + body[at + 1 :]
    return body


def impossible(snapshot: Snapshot, wanted: Mapping[str, Symbol]) -> str:
    """Return what a quote promises to the rest of the system and does not keep."""
    price, low, high = snapshot.price, snapshot.low, snapshot.high
    checks = {
        "a symbol that was not asked for": snapshot.symbol in wanted.values(),
        "price": price.is_finite() and 0 < price < 10**9,
        "low": low is None or 0 < low <= price,
        "high": high is None or price <= high < 10**9,
        "open": snapshot.open is None or 0 < snapshot.open < 10**9,
        "previous close": snapshot.previous_close is None or 0 < snapshot.previous_close < 10**9,
        "volume": type(snapshot.volume) is int and 0 <= snapshot.volume < 10**15,
        "amount": snapshot.amount is None or 0 <= snapshot.amount < 10**18,
        "time": snapshot.at.tzinfo is UTC and snapshot.at <= NOW + timedelta(minutes=10),
        "name": "\0" not in snapshot.name and len(snapshot.name) <= 100,
    }
    return ", ".join(name for name, kept in checks.items() if not kept)


def outcomes(
    parse: Callable[[bytes, Mapping[str, Symbol], datetime], Fetched],
    replies: list[Reply],
    count: int,
    seed: int,
) -> Iterator[tuple[str, bytes]]:
    """Yield how each of so many mutated replies was read, and the reply."""
    dice = Random(seed)
    for _ in range(count):
        body, wanted = dice.choice(replies)
        body = mutated(body, dice)
        try:
            fetched = parse(body, wanted, NOW)
        except SourceError:
            yield "refused", body
        except Exception as error:  # noqa: BLE001 -- just what must not happen
            yield f"raised {error!r}", body
        else:
            wrong = "; ".join(filter(None, (impossible(one, wanted) for one in fetched.snapshots)))
            yield (f"impossible: {wrong}" if wrong else "read"), body


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("sources", nargs="*", default=sources(), metavar="SOURCE")
    parser.add_argument("--count", type=int, default=1_000_000, help="replies a source")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for name in chosen.sources:
        parse = import_module(f"monitors.sources.{name}").parse
        replies = import_module(f"tests.monitors.sources.{name}").recorded_replies()
        how: Counter[str] = Counter()
        runs = outcomes(parse, replies, chosen.count, chosen.seed)
        for outcome, body in tqdm(runs, name, chosen.count, disable=not sys.stderr.isatty()):
            how[outcome] += 1
            if outcome not in ("read", "refused"):
                print(f"{name}: {outcome}\n{body[:2000]!r}")  # noqa: T201
                return 1
        print(f"{name}: {chosen.count:,} replies, {dict(how)}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    if not settings.configured:
        settings.configure(USE_I18N=False)
    sys.exit(main())
