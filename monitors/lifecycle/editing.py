"""Monitors and their rules as a user wants them: created, and changed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from monitors.evaluation.arming import disarm
from monitors.life import RuleState
from monitors.lifecycle import recording
from monitors.lifecycle.arming import adjust, arm_anew
from monitors.lifecycle.locking import announce, locked
from monitors.lifecycle.rerouting import still_there
from monitors.lifecycle.switching import is_over, rest, resume_one, stop
from monitors.models import Instrument, Monitor, MonitorStatus, Quote, Rule
from monitors.spec import RULE_FIELDS, RuleSpec
from monitors.symbols import Symbol


def create(
    owner_id: int,
    symbol: Symbol,
    rules: Sequence[RuleSpec],
    status: str = MonitorStatus.ACTIVE,
    **fields: Any,
) -> Monitor:
    """Create a monitor with armed rules; with the status `paused` they wait to be resumed."""
    with transaction.atomic():
        fields = _reaching(owner_id, fields)
        instrument = Instrument.objects.of(symbol)
        quote = Quote.objects.lock(instrument.pk)[instrument.pk]
        monitor = Monitor.objects.create(owner_id=owner_id, instrument=instrument, **fields)
        for spec in rules:
            Rule(monitor=monitor, **columns(spec)).save()
        if is_over(monitor):
            rest(monitor, MonitorStatus.EXPIRED)
        elif status == MonitorStatus.PAUSED:
            rest(monitor, MonitorStatus.PAUSED)
        else:
            arm_anew(list(monitor.rules.all()), monitor, quote)
        recording.created(monitor)
        announce(monitor)
        return monitor


def edit(
    monitor: Monitor,
    rules: Sequence[RuleSpec] | None = None,
    symbol: Symbol | None = None,
    status: str | None = None,
    **fields: Any,
) -> Monitor:
    """Change a monitor; `rules`, if given, replaces its list.

    A rule sent with its id and unchanged levels keeps its state; a changed level, or another
    instrument, arms the rule anew. `status` pauses or resumes in the same transaction, so that
    nothing fires in between. Raises Monitor.DoesNotExist where it has been deleted.
    """
    with transaction.atomic():
        fields = _reaching(monitor.owner_id, fields)
        target = None if symbol is None else Instrument.objects.of(symbol)
        monitor, quote = locked(monitor.pk, target)
        before = recording.whole(monitor)
        moved = target is not None and target.pk != monitor.instrument_id
        if target is not None and moved:
            disarm(monitor.rules.values_list("pk", flat=True))
            monitor.instrument = target
        for name, value in fields.items():
            setattr(monitor, name, value)
        monitor.save()
        changed = {rule.pk for rule in monitor.rules.all()} if moved else set()
        if rules is not None:
            changed |= _replace_rules(monitor, rules)
        _settle(monitor, quote, changed)
        if status == MonitorStatus.PAUSED:
            stop(monitor, MonitorStatus.PAUSED)
        elif status == MonitorStatus.ACTIVE:
            resume_one(monitor, quote)
        recording.edited(monitor, before)
        announce(monitor)
        return monitor


def _reaching(owner_id: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields without destinations that were deleted since these were checked."""
    if "destinations" not in fields:
        return fields
    return fields | {"destinations": still_there(owner_id, fields["destinations"])}


def columns(spec: RuleSpec) -> dict[str, Any]:
    """Return a rule's own values as its row has them."""
    return {
        "kind": spec.kind,
        "params": dict(spec.params),
        **{name: getattr(spec, name) for name in RULE_FIELDS},
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
        for name, value in columns(spec).items():
            setattr(rule, name, value)
        rule.save()
        if levels_changed:
            anew.add(rule.pk)
    return anew


def _settle(monitor: Monitor, quote: Quote, anew: set[int]) -> None:
    """Bring status, states and triggers in line with what was edited."""
    if monitor.status == MonitorStatus.ACTIVE and is_over(monitor):
        stop(monitor, MonitorStatus.EXPIRED)
    elif monitor.status == MonitorStatus.EXPIRED and not is_over(monitor):
        resume_one(monitor, quote)
    elif monitor.status == MonitorStatus.ACTIVE:
        rules = list(monitor.rules.prefetch_related("triggers"))
        arm_anew([rule for rule in rules if rule.pk in anew], monitor, quote)
        adjust([rule for rule in rules if rule.pk not in anew], monitor, quote)
    else:
        monitor.rules.update(state=RuleState.OFF)
