"""Quotes in, notifications out: one transaction a batch, exactly once, in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from monitors import ingestion_sql as sql
from monitors.acceptance import Update, compare, units
from monitors.announcements import announce_monitors, announce_quotes
from monitors.arming import arm, disarm, from_microseconds, microseconds, slices
from monitors.calendars import Calendar
from monitors.kinds import source_kinds
from monitors.market import Snapshot
from monitors.models import Bar, CalendarOverride, Instrument, MonitorStatus, Quote, Rule
from monitors.rules.base import Direction, Level, Metric
from monitors.life import Armament, Decision, Reading, decide
from monitors.wording import draft
from notifications.dispatch import notify
from stockwatch.fields import from_units
from stockwatch.rowset import Rowset, moment


@dataclass(slots=True)
class Outcome:
    """What became of a batch: quotes that counted, and notifications written."""

    accepted: int = 0
    fired: int = 0


def ingest(snapshots: Iterable[Snapshot], now: datetime | None = None) -> Outcome:
    """Store what is newer, and fire and re-arm what it reaches.

    Several snapshots of one instrument are taken in the order of their times, each in a
    transaction of its own, so that every one of them is judged. Instruments that nobody ever
    watched are passed over. `now` tells how old a quote is; a replay passes its own time.
    """
    outcome = Outcome()
    for batch in in_rounds(snapshots):
        part = _ingest_round(batch, now or timezone.now())
        outcome.accepted += part.accepted
        outcome.fired += part.fired
    return outcome


def in_rounds(snapshots: Iterable[Snapshot]) -> list[list[Snapshot]]:
    """Deal snapshots into rounds with at most one of each instrument, each in order of time."""
    rounds: list[list[Snapshot]] = []
    taken: dict[str, int] = defaultdict(int)
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.at):
        symbol = str(snapshot.symbol)
        if taken[symbol] == len(rounds):
            rounds.append([])
        rounds[taken[symbol]].append(snapshot)
        taken[symbol] += 1
    return rounds


@transaction.atomic
def _ingest_round(snapshots: Sequence[Snapshot], now: datetime) -> Outcome:
    """1. Lock the stored quotes. 2. Keep what is newer. 3. Write quotes and bars.
    4. Join with the triggers. 5. Let the rules decide. 6. Write the log, re-arm, announce.
    """
    standing = Quote.objects.standing({str(snapshot.symbol) for snapshot in snapshots})
    updates = [
        update
        for snapshot in snapshots
        if (known := standing.get(str(snapshot.symbol)))
        and (update := compare(snapshot, known, now, settings.QUOTE_MAX_AGE))
    ]
    if not updates:
        return Outcome()
    accepted = [update for update in updates if update.accepted]
    _write_quotes(updates, now)
    _write_bars(accepted)
    fired = _fire(accepted, now)
    transaction.on_commit(lambda: announce_quotes(updates, now))
    return Outcome(len(accepted), fired)


def _write_quotes(updates: Sequence[Update], now: datetime) -> None:
    sql.run(sql.QUOTES, sql.update_quotes_sql(), [_quote_row(update, now) for update in updates])
    for update in updates:
        if update.snapshot.name and update.snapshot.name != update.standing.name:
            Instrument.objects.filter(pk=update.standing.instrument_id).update(
                name=update.snapshot.name[:100]
            )


def _quote_row(update: Update, now: datetime) -> tuple[Any, ...]:
    snapshot, standing = update.snapshot, update.standing
    before = (standing.accepted_at, standing.accepted_high, standing.accepted_low)
    if update.accepted:
        before = (snapshot.at, update.day_high, update.day_low)
    elif update.starts_anew:
        before = (None, None, None)
    return (
        standing.instrument_id,
        snapshot.source,
        snapshot.state.value,
        update.price,
        units(snapshot.previous_close),
        units(snapshot.open),
        units(snapshot.high),
        units(snapshot.low),
        snapshot.volume,
        snapshot.amount,
        moment(snapshot.at),
        moment(now),
        snapshot.delay,
        update.revision,
        moment(before[0]),
        before[1],
        before[2],
    )


def _write_bars(accepted: Sequence[Update]) -> None:
    anew = [update.standing.instrument_id for update in accepted if update.starts_anew]
    if anew:  # made-up and real prices do not stand in one chart
        Bar.objects.filter(instrument_id__in=anew).delete()
    rows = [
        (
            update.standing.instrument_id,
            moment(update.snapshot.at.replace(second=0, microsecond=0)),
            update.price,
            update.high,
            update.low,
            update.price,
            update.volume,
        )
        for update in accepted
    ]
    sql.run(sql.BARS, sql.upsert_bars_sql(), rows)


def _fire(accepted: Sequence[Update], now: datetime) -> int:
    """Find the triggers that the accepted quotes reach, let their rules decide, and write it down."""
    by_instrument = {update.standing.instrument_id: update for update in accepted}
    reached = _reached(accepted)
    rules = _rules_of(reached)
    decisions: list[tuple[Rule, Armament, Decision, Update]] = []
    for rule_id, (instrument_id, armament) in reached.items():
        rule = rules.get(rule_id)
        if rule is None or not _watches(rule, instrument_id, now):
            disarm([rule_id])
            continue
        update = by_instrument[instrument_id]
        decisions.append(
            (rule, armament, decide(rule.logic, rule.life, armament, _reading(update)), update)
        )
    decisions.sort(key=lambda made: (made[3].snapshot.at, made[0].pk))
    _write_rules(decisions)
    drafts = [
        draft(rule, armament, decision.span, update)
        for rule, armament, decision, update in decisions
        if decision.fires and decision.span and rule.monitor.notifications_enabled
    ]
    return len(notify(drafts))


def _reached(accepted: Sequence[Update]) -> dict[int, tuple[int, Armament]]:
    """Run the join; return by rule the instrument and the level that was reached."""
    calendar = CalendarOverride.objects.calendar()
    rows = [_reading_row(update, calendar) for update in accepted]
    return {
        rule_id: (
            instrument_id,
            Armament(
                Level(Direction(direction), from_units(level)),
                bool(is_release),
                touch_from,
                from_microseconds(not_before),
            ),
        )
        for rule_id, instrument_id, direction, level, is_release, touch_from, not_before in sql.run(
            sql.READINGS, sql.reached_triggers_sql(), rows
        )
    }


def _reading_row(update: Update, calendar: Calendar) -> tuple[int, ...]:
    snapshot = update.snapshot
    source = source_kinds().get(snapshot.source)
    in_session = (source is not None and source.always_open) or calendar.in_session(
        snapshot.symbol.market, snapshot.at
    )
    return (
        update.standing.instrument_id,
        Metric.PRICE,
        update.low,
        update.high,
        update.price,
        microseconds(snapshot.at),
        int(in_session),
        update.previous_revision,
        microseconds(update.previous_at),
    )


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
    "incoming", {"id": "bigint", "state": "text", "fired_at": "timestamptz", "fired": "integer"}
)
UPDATE_RULES = """UPDATE monitors_rule SET state = i.state, fired_at = i.fired_at,
    fired_count = monitors_rule.fired_count + i.fired
    FROM incoming i WHERE monitors_rule.id = i.id"""


def _write_rules(decisions: Sequence[tuple[Rule, Armament, Decision, Update]]) -> None:
    """Write the rules' new states and replace their triggers."""
    changed = [
        made
        for made in decisions
        if made[2].fires or made[2].state != made[0].state or list(made[2].armaments) != [made[1]]
    ]
    rows = [
        (
            rule.pk,
            decision.state.value,
            moment(update.snapshot.at if decision.fires else rule.fired_at),
            int(decision.fires),
        )
        for rule, _armament, decision, update in changed
    ]
    sql.run(RULES, f"WITH {RULES.cte()} {UPDATE_RULES}", rows)
    arm([(rule, decision.armaments) for rule, _armament, decision, _update in changed])
    shown: dict[int, set[int]] = defaultdict(set)
    for rule, _armament, decision, _update in changed:
        if decision.fires or decision.state != rule.state:
            shown[rule.monitor.owner_id].add(rule.monitor_id)
    transaction.on_commit(lambda: announce_monitors(shown))
