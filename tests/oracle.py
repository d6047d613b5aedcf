"""The oracle: contract §5 once more, naively, to say what the real pipeline must have written.

It loops over every rule for every quote and keeps no index, so that it can share no mistake with
the product. It was written from the contract's text alone and uses of the product only the words
`Snapshot`, `QuoteState`, `Market` and `Symbol`.

Where the text leaves a choice, this is what the oracle takes it to mean:

- The stored quote is the newest one with a price, whatever its state: what a suspension or an
  auction stored is no longer news at the same second. Other values are other prices, another
  volume or state, not another name, source or turnover.
- Touch looks at the previous accepted quote of the same market-local day; where that one or this
  one states no high (no low), there is no evidence. Equal is not above.
- An `every` rule in its cool-down is not armed. The cool-down runs on the quotes' times.
- Any accepted quote re-arms, also out of session, and never the one that fired.
- A user's re-arming leaves an armed rule alone; a cool-down ends with it.
- A monitor whose notifications are off lives on in silence.
- Whether a monitor has expired goes by the time of arrival.
- The holidays of the exchanges are left out: the tests play ordinary weeks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

from monitors.market import Market, QuoteState, Snapshot
from monitors.symbols import Symbol

GRACE = timedelta(seconds=15)
HOURS = {
    Market.CN: [(time(9, 30), time(11, 30)), (time(13), time(15))],
    Market.HK: [(time(9, 30), time(12)), (time(13), time(16, 10))],
    Market.US: [(time(9, 30), time(16))],
}


@dataclass
class OracleRule:
    """One rule as the user wrote it, and where it is in its life."""

    id: int
    kind: str
    levels: dict[str, Decimal]
    repeat: str = "rearm"
    rearm_gap: Decimal = Decimal(0)
    cooldown: int = 3600
    touch: bool = True

    armed: bool = True
    fired_at: datetime | None = None
    was_armed: bool = False
    """Whether it was armed when the previous quote was accepted, or by that quote."""

    def arm_anew(self) -> None:
        self.armed, self.fired_at, self.was_armed = True, None, False

    def goes_on(self, repeat: str, gap: Decimal, cooldown: int, newest: Snapshot | None) -> None:
        """Change what happens after it fired; whether it has, by the newest quote, stays so."""
        if self.repeat == "every" and repeat != "every" and self.fired_at is not None:
            self.armed = newest is not None and self.is_armed_at(newest.at)
            if self.armed:
                self.fired_at = None
        self.repeat, self.rearm_gap, self.cooldown = repeat, gap, cooldown

    def holds(self, low: Decimal, high: Decimal) -> bool:
        """Whether a price from `low` to `high` is one that the rule waits for."""
        if self.kind == "entry_zone":
            return high >= self.levels["min"] and low <= self.levels["max"]
        if self.kind in ("take_profit", "price_above"):
            return high >= self.levels["price"]
        if self.kind in ("stop_loss", "price_below"):
            return low <= self.levels["price"]
        raise AssertionError(self.kind)

    def is_left_by(self, price: Decimal) -> bool:
        """Whether the price is beyond the level by more than the gap."""
        gap = self.rearm_gap / 100
        if self.kind == "entry_zone":
            below, above = self.levels["min"] * (1 - gap), self.levels["max"] * (1 + gap)
            return price < below or price > above
        if self.kind in ("take_profit", "price_above"):
            return price < self.levels["price"] * (1 - gap)
        return price > self.levels["price"] * (1 + gap)

    def is_armed_at(self, at: datetime) -> bool:
        if self.repeat == "every" and self.fired_at is not None:
            return at >= self.fired_at + timedelta(seconds=self.cooldown)
        return self.armed


@dataclass
class OracleMonitor:
    """A user's rules on an instrument."""

    id: int
    user: int
    symbol: Symbol
    rules: list[OracleRule]
    trading_hours_only: bool = False
    expires_at: datetime | None = None
    silent: bool = False
    paused: bool = False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        if self.paused:
            self.paused = False
            for rule in self.rules:
                rule.arm_anew()

    def come_back(self) -> None:
        """Be had back at once after a deletion: what had fired stays so."""
        for rule in self.rules:
            if rule.armed and rule.fired_at is None:
                rule.arm_anew()
            rule.was_armed = False

    def rearm(self) -> None:
        for rule in self.rules:
            if not rule.armed or rule.fired_at is not None:
                rule.arm_anew()

    def edit(self, rule_id: int, levels: Mapping[str, Decimal]) -> None:
        rule = next(rule for rule in self.rules if rule.id == rule_id)
        if rule.levels != levels:
            rule.levels = dict(levels)
            rule.arm_anew()


@dataclass(frozen=True)
class Said:
    """A notification that must be in the log."""

    user: int
    monitor: int
    rule: int
    kind: str
    repeat: str
    symbol: str
    quote_at: datetime
    price: Decimal
    quote: int
    """The number of the accepted quote; two may share a second."""

    @property
    def key(self) -> tuple[int, int, datetime, Decimal]:
        return (self.user, self.rule, self.quote_at, self.price)


@dataclass
class Oracle:
    """What everyone must have been told, quote by quote. `max_age` in seconds, 0 for never."""

    max_age: int = 0
    monitors: dict[int, OracleMonitor] = field(default_factory=dict)
    stored: dict[Symbol, Snapshot] = field(default_factory=dict)
    accepted: dict[Symbol, Snapshot] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    quotes: int = 0

    def add(self, monitor: OracleMonitor) -> None:
        self.monitors[monitor.id] = monitor

    def see(self, quote: Snapshot, now: datetime) -> bool:
        """Take one quote that arrived at `now`. Return whether it was accepted."""
        if quote.price <= 0:
            return False
        stored = self.stored.get(quote.symbol)
        if stored is not None and not _is_newer(quote, stored):
            return False
        self.stored[quote.symbol] = quote
        if self._is_stale(quote, now) or not _shows_trading(quote):
            return False
        previous = self.accepted.get(quote.symbol)
        self.accepted[quote.symbol] = quote
        self.quotes += 1
        for monitor in list(self.monitors.values()):
            if monitor.symbol == quote.symbol and not monitor.paused:
                for rule in monitor.rules:
                    self._judge(monitor, rule, quote, previous, now)
        return True

    def _is_stale(self, quote: Snapshot, now: datetime) -> bool:
        age = now - quote.at - timedelta(seconds=quote.delay)
        return self.max_age > 0 and age > timedelta(seconds=self.max_age)

    def _judge(
        self,
        monitor: OracleMonitor,
        rule: OracleRule,
        quote: Snapshot,
        previous: Snapshot | None,
        now: datetime,
    ) -> None:
        may_fire = not (monitor.trading_hours_only and not in_session(quote))
        if monitor.expires_at is not None and now >= monitor.expires_at:
            may_fire = False
        if rule.is_armed_at(quote.at):
            low = high = quote.price
            if rule.touch and rule.was_armed and previous is not None:
                if rule.fired_at is None or rule.repeat != "every":
                    since_cooldown = True
                else:
                    since_cooldown = rule.is_armed_at(previous.at)
                if since_cooldown:
                    low, high = _range(quote, previous)
            if may_fire and rule.holds(low, high):
                rule.armed = False
                rule.fired_at = quote.at
                self._say(monitor, rule, quote)
        elif rule.repeat == "rearm" and rule.is_left_by(quote.price):
            rule.armed = True
            rule.fired_at = None
        rule.was_armed = rule.is_armed_at(quote.at)

    def _say(self, monitor: OracleMonitor, rule: OracleRule, quote: Snapshot) -> None:
        if monitor.silent:
            return
        self.said.append(
            Said(
                user=monitor.user,
                monitor=monitor.id,
                rule=rule.id,
                kind=rule.kind,
                repeat=rule.repeat,
                symbol=str(quote.symbol),
                quote_at=quote.at,
                price=quote.price,
                quote=self.quotes,
            )
        )


def in_session(quote: Snapshot) -> bool:
    """Whether the market's session was open at the quote's time stamp, closing print included."""
    market = quote.symbol.market
    local = quote.at.astimezone(market.timezone)
    if local.weekday() >= 5:
        return False
    for start, end in HOURS[market]:
        opens = local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0)
        closes = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
        if opens <= local <= closes + GRACE:
            return True
    return False


def _is_newer(quote: Snapshot, stored: Snapshot) -> bool:
    if quote.at == stored.at:
        return _values(quote) != _values(stored)
    return quote.at > stored.at


def _values(quote: Snapshot) -> tuple[object, ...]:
    return (
        quote.price,
        quote.previous_close,
        quote.open,
        quote.high,
        quote.low,
        quote.volume,
        quote.state,
    )


def _shows_trading(quote: Snapshot) -> bool:
    if not quote.open and not quote.volume:
        return False
    return quote.state == QuoteState.TRADING


def _range(quote: Snapshot, previous: Snapshot) -> tuple[Decimal, Decimal]:
    """The lowest and the highest of the price and the day's new extremes."""
    points = [quote.price]
    zone = quote.symbol.market.timezone
    if quote.at.astimezone(zone).date() == previous.at.astimezone(zone).date():
        if quote.high and previous.high and quote.high > previous.high:
            points.append(quote.high)
        if quote.low and previous.low and quote.low < previous.low:
            points.append(quote.low)
    return min(points), max(points)


Key = tuple[int, int, datetime, Decimal]


def differences(
    said: Iterable[Said], written: Mapping[int, Sequence[tuple[int, str, Key]]]
) -> list[str]:
    """Compare with what is on record: for each user (seq, symbol, key) in the order of seq.

    The contract orders the quotes of one instrument; what one quote says to one user may come in
    any order, and so may two instruments.
    """
    found: list[str] = []
    expected: dict[tuple[int, str], list[Said]] = {}
    for one in said:
        expected.setdefault((one.user, one.symbol), []).append(one)
    actual: dict[tuple[int, str], list[Key]] = {}
    for user, rows in written.items():
        if [seq for seq, _, _ in rows] != list(range(1, len(rows) + 1)):
            found.append(f"user {user}: seq has gaps: {[seq for seq, _, _ in rows][:20]}")
        for _, symbol, key in rows:
            actual.setdefault((user, symbol), []).append(key)
    for place in sorted(expected.keys() | actual.keys()):
        found += _compare(place, expected.get(place, []), actual.get(place, []))
    return found


def _compare(place: tuple[int, str], said: list[Said], written: list[Key]) -> list[str]:
    by_quote: Callable[[Said], int] = lambda one: one.quote  # noqa: E731
    at = 0
    for quote, group in groupby(said, key=by_quote):
        wanted = sorted(one.key for one in group)
        got = sorted(written[at : at + len(wanted)])
        if wanted != got:
            missing = [key for key in wanted if key not in written]
            extra = [key for key in got if key not in [one.key for one in said]]
            return [f"{place} quote {quote}: wanted {wanted}, got {got}; {missing=} {extra=}"]
        at += len(wanted)
    if at < len(written):
        return [f"{place}: more than was to be said: {written[at:]}"]
    return []
