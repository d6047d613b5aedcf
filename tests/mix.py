"""A mix of monitors for a recorded market: every kind and repeat, levels where the prices were."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from monitors.lifecycle import RuleSpec
from monitors.market import Snapshot
from monitors.symbols import Symbol
from tests.chance import KINDS, REPEATS

GAPS = [Decimal(text) for text in ("0", "0", "0.05", "0.1", "0.5", "1")]
COOLDOWNS = (60, 300, 1800, 3600)


@dataclass(frozen=True)
class Wish:
    """A monitor to create."""

    user: int
    """Which of the users, counted from 0."""
    symbol: Symbol
    rules: list[RuleSpec]
    trading_hours_only: bool


def wishes(snapshots: Iterable[Snapshot], count: int, users: int, seed: int) -> list[Wish]:
    """Return so many monitors; every instrument has one that watches round the clock."""
    random = Random(seed)
    prices: dict[Symbol, list[Decimal]] = defaultdict(list)
    for snapshot in snapshots:
        prices[snapshot.symbol].append(snapshot.price)
    symbols = sorted(prices, key=str)
    return [
        Wish(
            user=random.randrange(users),
            symbol=symbols[number % len(symbols)],
            rules=_unlike(
                _rule(random, prices[symbols[number % len(symbols)]])
                for _ in range(random.choice((1, 1, 2, 3)))
            ),
            trading_hours_only=number >= len(symbols) and random.random() < 0.5,
        )
        for number in range(count)
    ]


def _unlike(rules: Iterable[RuleSpec]) -> list[RuleSpec]:
    """Leave out rules that would say the same as another: no message tells which of them fired."""
    by_words = {(one.kind, tuple(one.params.items())): one for one in rules}
    return list(by_words.values())


def _rule(random: Random, prices: list[Decimal]) -> RuleSpec:
    kind = random.choice(KINDS)
    near, far = sorted((_level(random, prices), _level(random, prices)))
    if kind == "entry_zone":
        params = {"min": near, "max": far if far > near else near + Decimal("0.01")}
    else:
        params = {"price": near}
    return RuleSpec(
        kind=kind,
        params={name: str(value) for name, value in params.items()},
        repeat=random.choice(REPEATS),
        rearm_gap=random.choice(GAPS),
        cooldown=random.choice(COOLDOWNS),
        touch=random.random() < 0.7,
    )


def _level(random: Random, prices: list[Decimal]) -> Decimal:
    """A price that was, or one a little beside it, so that touch and jumps have their say."""
    price = random.choice(prices)
    beside = price * Decimal(random.randint(-30, 30)) / 10_000
    return price if random.random() < 0.4 else (price + beside).quantize(Decimal("0.01"))
