"""What a user does to monitors: create, edit, pause, resume, re-arm, delete. The one door for it.

Every function locks the instrument's quote first, as ingestion does: a rule is armed before a quote
or after it, never half-way, and touch knows which quotes came after the arming.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from monitors.announcements import announce_monitors
from monitors.arming import arm, armament, disarm
from monitors.life import Armament, Repeat, RuleState
from monitors.models import Instrument, Monitor, MonitorStatus, Quote, Rule
from monitors.symbols import Symbol

LIFE_FIELDS = ("repeat", "rearm_gap", "cooldown", "touch")


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as a user wants it: validated, its parameters as text."""

    kind: str
    params: Mapping[str, str]
    repeat: str = Repeat.REARM
    rearm_gap: Decimal = Decimal(0)
    cooldown: int = 3600
    touch: bool = True
    id: int | None = None
    """The rule that this one was; None for a new one."""


def create(owner_id: int, symbol: Symbol, rules: Sequence[RuleSpec], **fields: Any) -> Monitor:
    """Create an active monitor with armed rules."""
    with transaction.atomic():
        instrument = Instrument.objects.of(symbol)
        quote = Quote.objects.lock(instrument.pk)
        monitor = Monitor.objects.create(owner_id=owner_id, instrument=instrument, **fields)
        for spec in rules:
            Rule(monitor=monitor, **_columns(spec)).save()
        if _is_over(monitor):
            _rest(monitor, MonitorStatus.EXPIRED)
        else:
            _arm_anew(list(monitor.rules.all()), monitor, quote)
        return monitor


def edit(
    monitor: Monitor,
    rules: Sequence[RuleSpec] | None = None,
    symbol: Symbol | None = None,
    **fields: Any,
) -> Monitor:
    """Change a monitor; `rules`, if given, replaces its list.

    A rule sent with its id and unchanged levels keeps its state; a changed level, or another
    instrument, arms the rule anew. Raises Monitor.DoesNotExist where it has been deleted.
    """
    with transaction.atomic():
        monitor, quote = _locked(monitor.pk)
        moved = symbol is not None and str(symbol) != monitor.instrument.symbol
        if symbol is not None and moved:
            disarm(monitor.rules.values_list("pk", flat=True))
            monitor.instrument = Instrument.objects.of(symbol)
            quote = Quote.objects.lock(monitor.instrument.pk)
        for name, value in fields.items():
            setattr(monitor, name, value)
        monitor.save()
        changed = {rule.pk for rule in monitor.rules.all()} if moved else set()
        if rules is not None:
            changed |= _replace_rules(monitor, rules)
        _settle(monitor, quote, changed)
        _announce(monitor)
        return monitor


def pause(monitors: Iterable[Monitor]) -> int:
    """Pause the active ones: their rules fire nothing. Returns how many that were."""
    return _each(monitors, lambda monitor, _quote: _stop(monitor, MonitorStatus.PAUSED))


def expire(monitors: Iterable[Monitor]) -> int:
    """End those whose time is over. Returns how many that were."""
    return _each(
        monitors,
        lambda monitor, _quote: _is_over(monitor) and _stop(monitor, MonitorStatus.EXPIRED),
    )


def resume(monitors: Iterable[Monitor]) -> int:
    """Resume paused and expired ones, arming their rules anew. Returns how many that were.

    An expiry that has passed is taken off: who resumes a monitor wants it to watch.
    """
    return _each(monitors, _resume)


def rearm(monitors: Iterable[Monitor]) -> int:
    """Arm the fired and resting rules of active monitors. Returns how many monitors that were."""
    return _each(monitors, _rearm)


def delete(monitors: Iterable[Monitor]) -> int:
    """Delete monitors with their rules; their notifications stay. Returns how many that were."""

    def delete_one(monitor: Monitor, _quote: Quote) -> bool:
        disarm(monitor.rules.values_list("pk", flat=True))
        monitor.delete()
        return True

    return _each(monitors, delete_one)


def _each(monitors: Iterable[Monitor], act: Callable[[Monitor, Quote], bool]) -> int:
    """Act on each monitor, locked, in a transaction of its own; count where that changed it."""
    changed = 0
    for chosen in monitors:
        with transaction.atomic():
            try:
                monitor, quote = _locked(chosen.pk)
            except Monitor.DoesNotExist:
                continue  # deleted meanwhile
            if act(monitor, quote):
                changed += 1
                _announce(monitor, chosen.pk)
    return changed


def _locked(monitor_id: int) -> tuple[Monitor, Quote]:
    """Lock the quote, then the monitor, and read both; in this order ingestion locks, too."""
    while True:
        instrument_id = Monitor.objects.values_list("instrument_id", flat=True).get(pk=monitor_id)
        quote = Quote.objects.lock(instrument_id)
        monitor = (
            Monitor.objects.select_for_update(of=("self",))
            .select_related("instrument")
            .get(pk=monitor_id)
        )
        if monitor.instrument_id == instrument_id:  # else it was moved while we waited
            return monitor, quote


def _columns(spec: RuleSpec) -> dict[str, Any]:
    return {
        "kind": spec.kind,
        "params": dict(spec.params),
        "repeat": spec.repeat,
        "rearm_gap": spec.rearm_gap,
        "cooldown": spec.cooldown,
        "touch": spec.touch,
    }


def _replace_rules(monitor: Monitor, specs: Sequence[RuleSpec]) -> set[int]:
    """Make the monitor's rules these; return the ids of those to arm anew."""
    old = {rule.pk: rule for rule in monitor.rules.all()}
    kept = {spec.id for spec in specs if spec.id in old}
    gone = set(old) - kept
    disarm(gone)
    monitor.rules.filter(pk__in=gone).delete()
    anew: set[int] = set()
    for spec in specs:
        before = old.get(spec.id) if spec.id is not None else None
        rule = before or Rule(monitor=monitor)
        levels_changed = rule.kind != spec.kind or rule.params != dict(spec.params)
        for name, value in _columns(spec).items():
            setattr(rule, name, value)
        rule.save()
        if levels_changed:
            anew.add(rule.pk)
    return anew


def _settle(monitor: Monitor, quote: Quote, anew: set[int]) -> None:
    """Bring status, states and triggers in line with what was edited."""
    if monitor.status == MonitorStatus.ACTIVE and _is_over(monitor):
        _stop(monitor, MonitorStatus.EXPIRED)
    elif monitor.status == MonitorStatus.EXPIRED and not _is_over(monitor):
        _resume(monitor, quote)
    elif monitor.status == MonitorStatus.ACTIVE:
        rules = list(monitor.rules.prefetch_related("triggers"))
        _arm_anew([rule for rule in rules if rule.pk in anew], monitor, quote)
        _adjust([rule for rule in rules if rule.pk not in anew], monitor, quote)
    else:
        monitor.rules.update(state=RuleState.OFF)


def _adjust(rules: Sequence[Rule], monitor: Monitor, quote: Quote) -> None:
    """Rebuild the triggers of rules that keep their state: what comes next may have changed."""
    adjusted: list[tuple[Rule, Sequence[Armament]]] = []
    for rule in rules:
        rule.monitor = monitor
        now_waiting = [armament(trigger) for trigger in rule.triggers.all()]
        adjusted.append((rule, _waits_for(rule, now_waiting, quote)))
    arm(adjusted)


def _waits_for(rule: Rule, now_waiting: list[Armament], quote: Quote) -> list[Armament]:
    """What a rule in its present state waits for, by its present settings."""
    life, logic = rule.life, rule.logic
    if rule.state == RuleState.FIRED:
        at = rule.fired_at or timezone.now()
        if rule.repeat == Repeat.EVERY:
            Rule.objects.filter(pk=rule.pk).update(state=RuleState.ARMED)
        return life.fired(logic, quote.price or Decimal(0), at, quote.revision + 1)
    since = min((waiting.touch_from for waiting in now_waiting), default=quote.revision + 1)
    armed = life.armed(logic, quote.price, min(since, quote.revision + 1))
    rest = max((waiting.not_before for waiting in now_waiting if waiting.not_before), default=None)
    if rest is None or rule.repeat != Repeat.EVERY:
        return armed
    return [
        Armament(waiting.level, touch_from=waiting.touch_from, not_before=rest) for waiting in armed
    ]


def _arm_anew(rules: Sequence[Rule], monitor: Monitor, quote: Quote) -> None:
    """Arm rules as if they were new: touch counts from the next accepted quote on."""
    for rule in rules:
        rule.monitor = monitor
    arm([(rule, rule.life.armed(rule.logic, quote.price, quote.revision + 1)) for rule in rules])
    Rule.objects.filter(pk__in=[rule.pk for rule in rules]).update(state=RuleState.ARMED)


def _resume(monitor: Monitor, quote: Quote) -> bool:
    if monitor.status == MonitorStatus.ACTIVE:
        return False
    if _is_over(monitor):
        monitor.expires_at = None
    monitor.status = MonitorStatus.ACTIVE
    monitor.save(update_fields=["status", "expires_at", "updated_at"])
    _arm_anew(list(monitor.rules.all()), monitor, quote)
    return True


def _rearm(monitor: Monitor, quote: Quote) -> bool:
    if monitor.status != MonitorStatus.ACTIVE:
        return False
    rules = monitor.rules.prefetch_related("triggers")
    spent = [
        rule
        for rule in rules
        if rule.state != RuleState.ARMED
        or any(trigger.not_before for trigger in rule.triggers.all())
    ]
    _arm_anew(spent, monitor, quote)
    return bool(spent)


def _stop(monitor: Monitor, status: MonitorStatus) -> bool:
    if monitor.status != MonitorStatus.ACTIVE:
        return False
    _rest(monitor, status)
    return True


def _rest(monitor: Monitor, status: MonitorStatus) -> None:
    monitor.status = status
    monitor.save(update_fields=["status", "updated_at"])
    disarm(monitor.rules.values_list("pk", flat=True))
    monitor.rules.update(state=RuleState.OFF)


def _is_over(monitor: Monitor) -> bool:
    return monitor.expires_at is not None and monitor.expires_at <= timezone.now()


def _announce(monitor: Monitor, monitor_id: int | None = None) -> None:
    changed = {monitor.owner_id: [monitor_id or monitor.pk]}
    transaction.on_commit(lambda: announce_monitors(changed))
