"""What the log of actions is told of monitors: how they were, and what they became."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from monitors.models import Monitor, MonitorStatus, Rule
from monitors.spec import RULE_FIELDS, USUAL
from stockwatch.audit import words
from stockwatch.audit.models import Deed
from stockwatch.audit.recording import difference, plain, record
from stockwatch.listed import listed

LIFE = ("status", "snoozed_until", "expires_at")
WISHES = (
    "rating", "group", "note", "trading_hours_only", "notifications_enabled", "check_interval",
    "destinations",
)  # fmt: skip

Told = Mapping[str, Any]


def life(monitor: Monitor) -> Told:
    """Return whether it watches."""
    return {name: getattr(monitor, name) for name in LIFE}


def whole(monitor: Monitor) -> Told:
    """Return all that its user wants of it; asks for its rules."""
    told = {"instrument": str(monitor.instrument.symbol), **life(monitor)}
    told |= {name: getattr(monitor, name) for name in WISHES}
    return told | {"rules": [_rule(rule) for rule in monitor.rules.all()]}


def created(monitor: Monitor) -> None:
    """Record a new monitor."""
    changes = [one for one in difference({}, whole(monitor)) if one[2] not in ("", [], False)]
    record(Deed.CREATED, monitor, owner_id=monitor.owner_id, changes=changes)


def restored(monitor: Monitor) -> None:
    """Record a monitor that was deleted and is there again."""
    record(Deed.RESTORED, monitor, owner_id=monitor.owner_id)


def edited(monitor: Monitor, before: Told) -> None:
    """Record an edited monitor; nothing where it is as it was."""
    if changes := difference(before, whole(monitor)):
        record(Deed.CHANGED, monitor, owner_id=monitor.owner_id, changes=changes)


def switched(monitor: Monitor, monitor_id: int, before: Told) -> None:
    """Record what became of a monitor's life; one that was deleted has lost its id."""
    if not monitor.pk:
        name = f"{monitor.instrument.symbol} ({monitor_id})"
        record(Deed.DELETED, monitor, owner_id=monitor.owner_id, pk=monitor_id, name=name)
        return
    after = life(monitor)
    changes = difference(before, after)
    record(deed_of(before, after), monitor, owner_id=monitor.owner_id, changes=changes)


def deed_of(before: Told, after: Told) -> Deed:
    """Return what was done to a monitor of which something changed."""
    if before == after:
        return Deed.REARMED
    match after["status"]:
        case MonitorStatus.ACTIVE:
            return Deed.RESUMED
        case MonitorStatus.EXPIRED:
            return Deed.EXPIRED
        case _:
            return Deed.SNOOZED if after["snoozed_until"] else Deed.PAUSED


def _rule(rule: Rule) -> dict[str, Any]:
    """Its levels, and what is not as usual."""
    unusual = {name: getattr(rule, name) for name in RULE_FIELDS if not _is_usual(rule, name)}
    return {"kind": rule.kind, "params": dict(rule.params), **plain(unusual)}


def _is_usual(rule: Rule, name: str) -> bool:
    return bool(getattr(rule, name) == getattr(USUAL, name))


def rule_in_words(told: Mapping[str, Any]) -> str:
    """Return a rule that was told, in the reader's language."""
    rule = str(Rule(kind=told.get("kind", ""), params=told.get("params", {})))
    others = []
    for name in RULE_FIELDS:
        if name in told:
            field: Any = Rule._meta.get_field(name)  # noqa: SLF001
            others.append(f"{field.verbose_name}: {words.value_of(field, told[name])}")
    return f"{rule} ({listed(others)})" if others else rule


def _rules_in_words(rules: list[Mapping[str, Any]]) -> str:
    return "; ".join(map(rule_in_words, rules))


words.register("monitors.monitor", "rules", _("rules"), _rules_in_words)
