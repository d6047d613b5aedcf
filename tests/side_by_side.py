"""The product and the oracle, side by side: whatever is done to one is done to both."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from monitors import lifecycle
from monitors.evaluation import Outcome, ingest
from monitors.lifecycle import RuleSpec
from monitors.market import Snapshot
from monitors.models import Instrument, Monitor, MonitorStatus, Rule, Trigger
from monitors.symbols import Symbol
from notifications.models import Inbox, Notification
from tests.oracle import Key, Oracle, OracleMonitor, OracleRule, differences


def forget_everything() -> None:
    """Empty the tables that a scenario writes, as one test may play many."""
    Trigger.objects.all().delete()
    Rule.objects.all().delete()
    Monitor.objects.all().delete()
    Notification.objects.all().delete()
    Inbox.objects.all().delete()
    Instrument.objects.all().delete()
    get_user_model().objects.all().delete()


class SideBySide:
    """One scenario, played by both. `max_age` is what the settings say."""

    def __init__(self, users: int, max_age: int = 0) -> None:
        self.oracle = Oracle(max_age)
        self.users: list[int] = [
            get_user_model().objects.create(username=f"user{number}").pk for number in range(users)
        ]

    def create(
        self, user: int, symbol: Symbol, rules: Sequence[RuleSpec], **fields: Any
    ) -> OracleMonitor:
        """Create a monitor; `fields` are the model's."""
        monitor = lifecycle.create(user, symbol, rules, **fields)
        twin = twin_of(monitor)
        self.oracle.add(twin)
        return twin

    def see(self, snapshots: Iterable[Snapshot], now: datetime) -> Outcome:
        """Ingest a batch."""
        batch = list(snapshots)
        self.foresee(batch, now)
        return ingest(batch, now)

    def foresee(self, snapshots: Iterable[Snapshot], now: datetime) -> None:
        """Show a batch to the oracle alone, each instrument's quotes in order of time."""
        for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.at):
            self.oracle.see(snapshot, now)

    def pause(self, twin: OracleMonitor) -> None:
        lifecycle.pause([_real(twin)])
        twin.pause()

    def resume(self, twin: OracleMonitor) -> None:
        lifecycle.resume([_real(twin)])
        twin.resume()

    def snooze(self, twin: OracleMonitor) -> None:
        """Pause for a time that is over at once; whoever was paused for good stays so."""
        lifecycle.snooze([_real(twin)], timezone.now())
        is_asleep = _real(twin).snoozed_until is not None
        lifecycle.wake([_real(twin)])
        if is_asleep:
            twin.pause()
            twin.resume()

    def bring_back(self, twin: OracleMonitor) -> None:
        """Delete it and undo that."""
        lifecycle.delete([_real(twin)], "undone")
        (monitor,) = lifecycle.restore(twin.user, "undone")
        assert monitor.pk == twin.id
        if not twin.paused:
            twin.come_back()

    def move_level(
        self, twin: OracleMonitor, rule: OracleRule, levels: Mapping[str, Decimal]
    ) -> None:
        """Drop a rule's level elsewhere: it is armed anew, also where that is where it was."""
        params = {name: str(value) for name, value in levels.items()}
        assert lifecycle.relevel(Rule.objects.get(pk=rule.id), params)
        rule.levels = dict(levels)
        if not twin.paused:
            rule.arm_anew()

    def rearm(self, twin: OracleMonitor) -> None:
        lifecycle.rearm([_real(twin)])
        if not twin.paused:
            twin.rearm()

    def delete(self, twin: OracleMonitor) -> None:
        lifecycle.delete([_real(twin)])
        del self.oracle.monitors[twin.id]

    def edit(self, twin: OracleMonitor, rule: OracleRule, levels: Mapping[str, Decimal]) -> None:
        """Give one rule other levels (or the same) and send the others as they are."""
        specs = [spec_of(one, levels if one is rule else one.levels) for one in twin.rules]
        lifecycle.edit(_real(twin), rules=specs)
        twin.edit(rule.id, levels)

    def retune(
        self, twin: OracleMonitor, rule: OracleRule, repeat: str, gap: Decimal, cooldown: int
    ) -> None:
        """Let one rule go on otherwise: its levels, and so its state, stay."""
        rule.goes_on(repeat, gap, cooldown, self.oracle.accepted.get(twin.symbol))
        lifecycle.edit(_real(twin), rules=[spec_of(one, one.levels) for one in twin.rules])

    def replace(self, twin: OracleMonitor, spec: RuleSpec) -> None:
        """Drop the first rule and add another at the end."""
        kept = [spec_of(one, one.levels) for one in twin.rules[1:]]
        monitor = lifecycle.edit(_real(twin), rules=[*kept, spec])
        twin.rules = [*twin.rules[1:], _twin_of_rule(monitor.rules.order_by("pk").last())]

    def set_hours(self, twin: OracleMonitor, trading_hours_only: bool) -> None:
        lifecycle.edit(_real(twin), trading_hours_only=trading_hours_only)
        twin.trading_hours_only = trading_hours_only

    def set_silent(self, twin: OracleMonitor, silent: bool) -> None:
        lifecycle.edit(_real(twin), notifications_enabled=not silent)
        twin.silent = silent

    def move(self, twin: OracleMonitor, symbol: Symbol) -> None:
        """Watch another instrument with the same rules: they are armed anew."""
        lifecycle.edit(_real(twin), symbol=symbol)
        if twin.symbol != symbol:
            twin.symbol = symbol
            for rule in twin.rules:
                rule.arm_anew()

    def differences(self) -> list[str]:
        """What the log and the rules' states have that the oracle has not, and the reverse."""
        found = differences(self.oracle.said, written_log())
        states = dict(Rule.objects.values_list("pk", "state"))
        for twin in self.oracle.monitors.values():
            if twin.expires_at is not None:
                continue  # once that has come, what state its rules are in makes no difference
            for rule in twin.rules:
                expected = "armed" if rule.armed or rule.repeat == "every" else "fired"
                expected = "off" if twin.paused else expected
                if states[rule.id] != expected:
                    found.append(f"rule {rule.id} is {states[rule.id]}, should be {expected}")
        return found


def written_log() -> dict[int, list[tuple[int, str, Key]]]:
    """Everybody's log as the oracle's keys, in the order of its numbers."""
    log: dict[int, list[tuple[int, str, Key]]] = {}
    columns = ("user_id", "seq", "symbol", "rule", "quote_at", "price")
    rows = Notification.objects.order_by("user_id", "seq").values_list(*columns)
    for user, seq, symbol, rule, quote_at, price in rows:
        log.setdefault(user, []).append((seq, symbol, (user, rule, quote_at, Decimal(price))))
    return log


def twin_of(monitor: Monitor) -> OracleMonitor:
    """The oracle's idea of a monitor that was just created."""
    return OracleMonitor(
        id=monitor.pk,
        user=monitor.owner_id,
        symbol=monitor.instrument.parsed,
        rules=[_twin_of_rule(rule) for rule in monitor.rules.order_by("pk")],
        trading_hours_only=monitor.trading_hours_only,
        expires_at=monitor.expires_at,
        silent=not monitor.notifications_enabled,
        paused=monitor.status == MonitorStatus.PAUSED,
    )


def _twin_of_rule(rule: Rule | None) -> OracleRule:
    assert rule is not None
    return OracleRule(
        id=rule.pk,
        kind=rule.kind,
        levels={name: Decimal(value) for name, value in rule.params.items()},
        repeat=rule.repeat,
        rearm_gap=Decimal(rule.rearm_gap),
        cooldown=rule.cooldown,
        touch=rule.touch,
    )


def spec_of(rule: OracleRule, levels: Mapping[str, Decimal]) -> RuleSpec:
    """What the user sends to keep a rule, perhaps with other levels."""
    return RuleSpec(
        kind=rule.kind,
        params={name: str(value) for name, value in levels.items()},
        repeat=rule.repeat,
        rearm_gap=rule.rearm_gap,
        cooldown=rule.cooldown,
        touch=rule.touch,
        id=rule.id,
    )


def _real(twin: OracleMonitor) -> Monitor:
    return Monitor.objects.get(pk=twin.id)
