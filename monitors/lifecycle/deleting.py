"""Monitors deleted at once, and had back: a copy is kept for as long as that can be undone."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from monitors.evaluation.arming import disarm
from monitors.life import RuleState
from monitors.lifecycle import recording
from monitors.lifecycle.arming import arm_as_before
from monitors.lifecycle.locking import announce, each
from monitors.lifecycle.rerouting import still_there
from monitors.lifecycle.switching import is_over, rest
from monitors.models import DeletedMonitor, Instrument, Monitor, MonitorStatus, Quote, Rule
from monitors.symbols import Symbol

_ELSEWHERE = {"id", "owner", "instrument", "monitor"}
"""Fields that say where a row belongs, not what it says."""


def delete(monitors: Iterable[Monitor], batch: str = "") -> int:
    """Delete monitors with their rules; their notifications stay. Returns how many that were.

    They can be restored by the `batch` for as long as `KEPT_FOR` says.
    """
    batch = batch or token_hex(8)

    def delete_one(monitor: Monitor, quote: Quote) -> bool:
        rules = list(monitor.rules.prefetch_related("triggers"))
        DeletedMonitor.objects.update_or_create(
            pk=monitor.pk,
            defaults={
                "owner_id": monitor.owner_id,
                "batch": batch,
                "content": _content(monitor, rules) | {"revision": quote.revision},
                "deleted_at": timezone.now(),
            },
        )
        disarm(rule.pk for rule in rules)
        monitor.delete()
        return True

    return each(monitors, delete_one)


def restore(owner_id: int, batch: str) -> list[Monitor]:
    """Have back what a user deleted at one go, under the ids that it had; return what came back.

    What the market did meanwhile fires nothing, and what had fired does not fire again for it.
    """
    kept = DeletedMonitor.objects.of(owner_id, batch).restorable(timezone.now())
    restored = [_have_back(one) for one in kept.order_by("pk")]
    return [monitor for monitor in restored if monitor is not None]


def restore_one(owner_id: int, pk: int) -> Monitor | None:
    """Have back one that a user deleted; None where it is too late, or there never was one."""
    kept = DeletedMonitor.objects.filter(owner_id=owner_id, pk=pk).restorable(timezone.now())
    one = kept.first()
    return _have_back(one) if one else None


@transaction.atomic
def _have_back(kept: DeletedMonitor) -> Monitor | None:
    """Restore one; None where somebody else was first."""
    instrument = Instrument.objects.of(Symbol.parse(kept.content["symbol"]))
    quote = Quote.objects.lock(instrument.pk)[instrument.pk]
    if not DeletedMonitor.objects.filter(pk=kept.pk, deleted_at=kept.deleted_at).delete()[0]:
        return None
    values = _values(Monitor, kept.content["monitor"])
    values["destinations"] = still_there(kept.owner_id, values["destinations"])
    monitor = Monitor(pk=kept.pk, owner_id=kept.owner_id, instrument=instrument, **values)
    monitor.save(force_insert=True)
    for row in kept.content["rules"]:
        Rule(pk=row["id"], monitor=monitor, **_values(Rule, row)).save(force_insert=True)
    _settle(monitor, quote, kept.content)
    recording.restored(monitor)
    announce(monitor)
    return monitor


def _settle(monitor: Monitor, quote: Quote, content: dict[str, Any]) -> None:
    if monitor.status != MonitorStatus.ACTIVE:
        monitor.rules.update(state=RuleState.OFF)
    elif is_over(monitor):
        rest(monitor, MonitorStatus.EXPIRED)
    else:
        resting = {row["id"] for row in content["rules"] if row.get("rests")}
        since = content.get("revision", 0)
        arm_as_before(list(monitor.rules.all()), monitor, quote, resting, since)


def _content(monitor: Monitor, rules: Iterable[Rule]) -> dict[str, Any]:
    return {
        "symbol": monitor.instrument.symbol,
        "monitor": _told(monitor),
        "rules": [{"id": rule.pk, "rests": _rests(rule)} | _told(rule) for rule in rules],
    }


def _rests(rule: Rule) -> bool:
    """Whether it waits for the end of its cool-down."""
    return any(trigger.not_before for trigger in rule.triggers.all())


def _own_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    concrete = model._meta.concrete_fields  # noqa: SLF001
    return [field for field in concrete if field.name not in _ELSEWHERE]


def _told(row: models.Model) -> dict[str, Any]:
    """Return a row's own values as JSON has them."""
    return {field.attname: _plain(field.value_from_object(row)) for field in _own_fields(type(row))}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _values(model: type[models.Model], told: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a row was told as; a column that is newer has its default."""
    return {
        field.attname: field.to_python(told[field.attname])
        for field in _own_fields(model)
        if field.attname in told
    }
