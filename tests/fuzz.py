"""`python -m tests.fuzz [SOURCE …] [--count N] [--seed N]`: sources read mutated replies.

Whatever bytes arrive, a parser answers with quotes or reference data that can be, with problems, or
with a source error. Anything else ends the run with status 1 and the reply that did it.
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
from monitors.market import Reference, Snapshot
from monitors.sources.base import SourceError
from monitors.symbols import Symbol

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKENS = (
    *(b"0", b"-1", b"1e30", b"NaN", b"Infinity", b"null", b"true", b"-", b"", b"[]", b"{}", b'""'),
    *(b",", b"~", b";", b'"', b"=", b":", b"[", b"{", b"]", b"}", b"\\", b"\x00", b"\xff", b"\xf0"),
    *(b"9" * 20, b"9" * 5000, b"[" * 3000, b"99999999999.5", b"2099-01-01", b"4102444800"),
)

Reply = tuple[bytes, Mapping[str, Symbol]]
Reader = Callable[[bytes, Mapping[str, Symbol]], list[str]]


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


def impossible_reference(reference: Reference, wanted: Mapping[str, Symbol]) -> str:
    """Return what reference data promises to the rest of the system and does not keep."""
    up, down = reference.limit_up, reference.limit_down
    checks = {
        "a symbol that was not asked for": reference.symbol in wanted.values(),
        "lot": reference.lot is None or 0 < reference.lot < 10**7,
        "limits": up is down is None or 0 < down < up < 10**9,
        "day of the limits": (up is None) == (reference.limits_on is None),
        "name": 0 < len(reference.name) <= 100 and "\0" not in reference.name,
        "English name": len(reference.english_name) <= 100 and "\0" not in reference.english_name,
    }
    return ", ".join(name for name, kept in checks.items() if not kept)


def readers(source: str) -> list[Reader]:
    """Return how a source reads its replies: each way says what is impossible in what it read."""
    parse = import_module(f"monitors.sources.{source}").parse
    read: list[Reader] = [
        lambda body, wanted: [impossible(one, wanted) for one in parse(body, wanted, NOW).snapshots]
    ]
    if source_kinds()[source].reference_markets:
        more = import_module(f"monitors.sources._{source}_reference").parse_reference
        read.append(
            lambda body, wanted: [
                impossible_reference(one, wanted) for one in more(body, wanted, NOW)
            ]
        )
    return read


def outcomes(source: str, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield how each of so many mutated replies was read, and the reply."""
    dice, ways = Random(seed), readers(source)
    replies: list[Reply] = import_module(f"tests.monitors.sources.{source}").recorded_replies()
    for _ in range(count):
        body, wanted = dice.choice(replies)
        body = mutated(body, dice)
        for read in ways:
            yield outcome(read, body, wanted), body


def outcome(read: Reader, body: bytes, wanted: Mapping[str, Symbol]) -> str:
    """Return how one reply was read in one way."""
    try:
        wrong = "; ".join(filter(None, read(body, wanted)))
    except SourceError:
        return "refused"
    except Exception as error:  # noqa: BLE001 -- just what must not happen
        return f"raised {error!r}"
    return f"impossible: {wrong}" if wrong else "read"


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("sources", nargs="*", default=sources(), metavar="SOURCE")
    parser.add_argument("--count", type=int, default=1_000_000, help="replies a source")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for name in chosen.sources:
        how: Counter[str] = Counter()
        runs = outcomes(name, chosen.count, chosen.seed)
        for read, body in tqdm(runs, name, chosen.count, disable=not sys.stderr.isatty()):
            how[read] += 1
            if read not in ("read", "refused"):
                print(f"{name}: {read}\n{body[:2000]!r}")  # noqa: T201
                return 1
        print(f"{name}: {chosen.count:,} replies, {dict(how)}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    if not settings.configured:
        settings.configure(USE_I18N=False)
    sys.exit(main())
