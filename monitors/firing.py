"""Lets the rules decide that a batch of accepted quotes reaches, and writes what they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from monitors.acceptance import Update
from monitors.announcements import announce_monitors
from monitors.arming import arm, disarm
from monitors.life import Armament, Decision, Reading, decide
from monitors.models import MonitorStatus, Rule
from monitors.reaching import reached
from monitors.wording import draft
from notifications.dispatch import notify
from stockwatch.fields import from_units
from stockwatch.rowset import Rowset, slices


def fire(accepted: Sequence[Update], now: datetime) -> int:
    """Find what the accepted quotes reach, let the rules decide, write it down."""
    by_instrument = {update.standing.instrument_id: update for update in accepted}
    hits = reached(accepted)
    rules = _rules_of(hits)
    decisions: list[tuple[Rule, Armament, Decision, Update]] = []
    idle: list[int] = []
    for rule_id, (instrument_id, armament) in hits.items():
        rule = rules.get(rule_id)
        if rule is None or not _watches(rule, instrument_id, now):
            idle.append(rule_id)
            continue
        update = by_instrument[instrument_id]
        decisions.append(
            (rule, armament, decide(rule.logic, rule.life, armament, _reading(update)), update)
        )
    disarm(idle)
    decisions.sort(key=lambda made: (made[3].snapshot.at, made[0].pk))
    shown = _write_rules(decisions)
    drafts = [
        draft(rule, armament, decision.span, update)
        for rule, armament, decision, update in decisions
        if decision.fires and decision.span and rule.monitor.notifications_enabled
    ]
    written = notify(drafts)
    transaction.on_commit(lambda: announce_monitors(shown))  # behind what is waited for
    return len(written)


def _reading(update: Update) -> Reading:
    return Reading(
        last=from_units(update.price),
        low=from_units(update.low),
        high=from_units(update.high),
        at=update.snapshot.at,
        revision=update.revision,
        previous_revision=update.previous_revision,
        previous_at=update.previous_at,
    )


def _rules_of(rule_ids: Iterable[int]) -> dict[int, Rule]:
    """Load the rules, locked in one order, with their monitors."""
    rules: dict[int, Rule] = {}
    for some in slices(sorted(rule_ids)):
        locked = Rule.objects.select_for_update(of=("self",)).order_by("pk")
        rules.update(locked.select_related("monitor").in_bulk(some))
    return rules


def _watches(rule: Rule, instrument_id: int, now: datetime) -> bool:
    """Whether the rule's monitor is active, unexpired, and (still) on this instrument."""
    monitor = rule.monitor
    return (
        monitor.status == MonitorStatus.ACTIVE
        and monitor.instrument_id == instrument_id
        and (monitor.expires_at is None or monitor.expires_at > now)
    )


RULES = Rowset(
    "incoming",
    {"id": "bigint", "state": "text", "fired_at": "timestamptz", "fired_count": "integer"},
)


def _write_rules(
    decisions: Sequence[tuple[Rule, Armament, Decision, Update]],
) -> dict[int, set[int]]:
    """Write the rules' new states and replace their triggers.

    Returns by owner the monitors that look different now.
    """
    changed = [
        made
        for made in decisions
        if made[2].fires or made[2].state != made[0].state or list(made[2].armaments) != [made[1]]
    ]
    rows = [
        (
            rule.pk,
            decision.state.value,
            update.snapshot.at if decision.fires else rule.fired_at,
            rule.fired_count + decision.fires,
        )
        for rule, _armament, decision, update in changed
    ]
    RULES.update("monitors_rule", rows)
    arm([(rule, decision.armaments) for rule, _armament, decision, _update in changed])
    shown: dict[int, set[int]] = defaultdict(set)
    for rule, _armament, decision, _update in changed:
        if decision.fires or decision.state != rule.state:
            shown[rule.monitor.owner_id].add(rule.monitor_id)
    return shown
