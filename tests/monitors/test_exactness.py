"""What contract §5 says is written, exactly, whatever the market and the users do."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import chance
from tests.chance import Stock
from tests.oracle import OracleMonitor
from tests.side_by_side import SideBySide, forget_everything

pytestmark = pytest.mark.django_db


class Play:
    """A random play of some stocks and some users; `run` it, then ask for the differences."""

    def __init__(self, random: Random, stocks: int, monitors: int, max_age: int = 0) -> None:
        forget_everything()
        self.random = random
        self.now = datetime.min.replace(tzinfo=UTC)
        self.both = SideBySide(users=3, max_age=max_age)
        self.stocks = [Stock(symbol, random) for symbol in chance.SYMBOLS[:stocks]]
        self.actions = [
            self.create,
            self.pause,
            self.resume,
            self.resume,
            self.rearm,
            self.rearm,
            self.delete,
            self.edit,
            self.edit,
            self.retune,
            self.replace,
            self.set_hours,
            self.set_silent,
            self.move,
            self.snooze,
            self.bring_back,
            self.bring_back,
            self.move_level,
        ]
        for _ in range(monitors):
            self.create()

    def run(self, steps: int, actions: float = 0.0) -> None:
        for _ in range(steps):
            if self.random.random() < actions:
                self.random.choice(self.actions)()
            self.tick()

    def tick(self) -> None:
        """A sweep: quotes of some stocks arrive together, perhaps late, perhaps twice."""
        random = self.random
        if random.random() < 0.1:
            for stock in self.stocks:
                stock.next_day()
        batch = [quote for stock in self.stocks for quote in stock.quotes()]
        if random.random() < 0.3:
            random.shuffle(batch)
        newest = max(quote.at for quote in batch)
        self.now = max(self.now, newest + timedelta(seconds=random.choice((0, 1, 3, 200))))
        self.both.see(batch, self.now)
        if random.random() < 0.15:
            self.both.see(batch, self.now)

    def some_monitor(self) -> OracleMonitor:
        return self.random.choice(list(self.both.oracle.monitors.values()))

    def create(self) -> None:
        random = self.random
        self.both.create(
            random.choice(self.both.users),
            random.choice(self.stocks).symbol,
            [chance.rule(random) for _ in range(random.choice((1, 1, 2, 3)))],
            trading_hours_only=random.random() < 0.4,
            expires_at=self.soon() if random.random() < 0.15 else None,
            notifications_enabled=random.random() < 0.95,
        )

    def soon(self) -> datetime:
        newest = max(stock.at for stock in self.stocks)
        return newest + timedelta(seconds=self.random.choice((1, 5, 30, 300)))

    def pause(self) -> None:
        self.both.pause(self.some_monitor())

    def resume(self) -> None:
        self.both.resume(self.some_monitor())

    def rearm(self) -> None:
        self.both.rearm(self.some_monitor())

    def snooze(self) -> None:
        self.both.snooze(self.some_monitor())

    def bring_back(self) -> None:
        self.both.bring_back(self.some_monitor())

    def move_level(self) -> None:
        twin = self.some_monitor()
        rule = self.random.choice(twin.rules)
        texts = chance.levels(self.random, rule.kind)
        self.both.move_level(twin, rule, {name: Decimal(text) for name, text in texts.items()})

    def delete(self) -> None:
        if len(self.both.oracle.monitors) > 1:
            self.both.delete(self.some_monitor())

    def edit(self) -> None:
        twin = self.some_monitor()
        rule = self.random.choice(twin.rules)
        levels = {
            name: Decimal(text) for name, text in chance.levels(self.random, rule.kind).items()
        }
        self.both.edit(twin, rule, self.random.choice((levels, dict(rule.levels))))

    def retune(self) -> None:
        twin = self.some_monitor()
        rule = self.random.choice(twin.rules)
        self.both.retune(
            twin,
            rule,
            self.random.choice((rule.repeat, *chance.REPEATS)),
            self.random.choice(chance.GAPS),
            self.random.choice((rule.cooldown, *chance.COOLDOWNS)),
        )

    def replace(self) -> None:
        self.both.replace(self.some_monitor(), chance.rule(self.random))

    def set_hours(self) -> None:
        self.both.set_hours(self.some_monitor(), self.random.random() < 0.5)

    def set_silent(self) -> None:
        self.both.set_silent(self.some_monitor(), self.random.random() < 0.3)

    def move(self) -> None:
        self.both.move(self.some_monitor(), self.random.choice(self.stocks).symbol)


@pytest.fixture
def any_age(settings):
    settings.QUOTE_MAX_AGE = 0


SEEDED = range(12)


@pytest.mark.parametrize("seed", SEEDED)
def test_random_quotes_on_random_monitors(seed, any_age):
    play = Play(Random(seed), stocks=3, monitors=40)
    play.run(60)
    assert not play.both.differences()
    assert play.both.oracle.said


@pytest.mark.parametrize("seed", SEEDED)
def test_with_users_at_work_in_between(seed, any_age):
    play = Play(Random(seed), stocks=2, monitors=12)
    play.run(120, actions=0.7)
    assert not play.both.differences()
    assert play.both.oracle.said


@pytest.mark.parametrize("seed", SEEDED)
def test_stale_quotes_fire_nothing(seed, settings):
    settings.QUOTE_MAX_AGE = 120
    play = Play(Random(seed), stocks=2, monitors=20, max_age=120)
    play.run(60, actions=0.2)
    assert not play.both.differences()
    assert play.both.oracle.said


@given(random=st.randoms(use_true_random=False))
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_play_is_told_exactly(any_age, random):
    play = Play(random, stocks=1, monitors=3)
    play.run(12, actions=0.5)
    assert not play.both.differences()
