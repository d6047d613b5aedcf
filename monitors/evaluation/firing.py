"""Lets the rules decide that a batch of accepted quotes reaches, and writes what they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitors.calendars import Calendar
from monitors.evaluation.acceptance import Update
from monitors.evaluation.agreement import Opinion, Opinions, opinion
from monitors.evaluation.announcements import announce_monitors
from monitors.evaluation.arming import arm, disarm
from monitors.evaluation.reaching import reached
from monitors.evaluation.wording import draft
from monitors.life import Armament, Decision, Demand, Life, Reading, decide
from monitors.models import Disagreement, MonitorStatus, Rule
from notifications.delivery.dispatch import Draft, notify
from stockwatch.fields import from_units
from stockwatch.rowset import Rowset, slices


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule whose level a quote has reached, and what became of it."""

    rule: Rule
    reached: Armament
    update: Update
    decision: Decision
    opinion: Opinion | None = None
    """Of a second source, where the rule demands one and would fire."""

    @property
    def changes(self) -> bool:
        """Whether the rule or what it waits for is to be written."""
        decision = self.decision
        return (
            decision.fires
            or decision.state != self.rule.state
            or list(decision.armaments) != [self.reached]
        )

    @property
    def is_told(self) -> bool:
        """Whether its user hears of it."""
        return self.decision.fires and self.rule.monitor.notifications_enabled


def fire(
    accepted: Sequence[Update], now: datetime, calendar: Calendar, opinions: Opinions | None
) -> int:
    """Find what the accepted quotes reach, let the rules decide, write it down."""
    by_instrument = {update.standing.instrument_id: update for update in accepted}
    hits = reached(accepted, calendar)
    rules = _rules_of(hits)
    judged: list[Judged] = []
    idle: list[int] = []
    for rule_id, (instrument_id, armament) in hits.items():
        rule = rules.get(rule_id)
        if rule is None or not _watches(rule, instrument_id, now):
            idle.append(rule_id)
            continue
        judged.append(_judge(rule, armament, by_instrument[instrument_id], opinions))
    disarm(idle)
    _note_disagreements(judged, now)
    standing = [one for one in judged if one.opinion is None or one.opinion.agrees]
    standing.sort(key=lambda one: (one.update.snapshot.at, one.rule.pk))
    shown = _write_rules([one for one in standing if one.changes])
    written = notify([_draft(one) for one in standing if one.is_told])
    transaction.on_commit(lambda: announce_monitors(shown))  # behind what is waited for
    return len(written)


def _judge(rule: Rule, armament: Armament, update: Update, opinions: Opinions | None) -> Judged:
    life = rule.life
    decision = decide(rule.logic, life, armament, _reading(update, life))
    if rule.confirm is None or not decision.fires or decision.span is None:
        return Judged(rule, armament, update, decision)
    symbol = update.standing.symbol
    if opinions is not None and symbol not in opinions:
        # It has come to demand one while the quotes were on their way.
        return Judged(rule, armament, update, decision, Opinion(agrees=False))
    other = None if opinions is None else opinions[symbol]
    last = from_units(update.price)
    return Judged(
        rule, armament, update, decision, opinion(rule.confirm, decision.span, last, other)
    )


def _reading(update: Update, life: Life) -> Reading:
    """Return the quote beside the one before it that counted for a rule."""
    since = update.since_prompt if Demand.PROMPT in life.demands else update.since
    return Reading(
        last=from_units(update.price),
        low=from_units(since.low),
        high=from_units(since.high),
        at=update.snapshot.at,
        revision=update.revision,
        previous_revision=since.revision,
        previous_at=since.at,
    )


def _draft(one: Judged) -> Draft:
    assert one.decision.span is not None
    return draft(one.rule, one.reached, one.decision.span, one.update, one.opinion)


def _note_disagreements(judged: Iterable[Judged], now: datetime) -> None:
    """Put down once for each instrument what withheld its rules."""
    noted: set[int] = set()
    for one in judged:
        said, instrument_id = one.opinion, one.update.standing.instrument_id
        if said is None or said.agrees or said.other is None or instrument_id in noted:
            continue
        noted.add(instrument_id)
        assert said.price is not None
        assert said.other_price is not None
        Disagreement.objects.note(
            instrument_id,
            at=now,
            sources=(one.update.snapshot.source, said.other.source),
            prices=(said.price, said.other_price),
            deviation=said.deviation,
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


def _write_rules(changed: Sequence[Judged]) -> dict[int, set[int]]:
    """Write the rules' new states and replace their triggers.

    Returns by owner the monitors that look different now.
    """
    rows = [
        (
            one.rule.pk,
            one.decision.state.value,
            one.update.snapshot.at if one.decision.fires else one.rule.fired_at,
            one.rule.fired_count + one.decision.fires,
        )
        for one in changed
    ]
    RULES.update("monitors_rule", rows)
    arm([(one.rule, one.decision.armaments) for one in changed])
    shown: dict[int, set[int]] = defaultdict(set)
    for one in changed:
        if one.decision.fires or one.decision.state != one.rule.state:
            shown[one.rule.monitor.owner_id].add(one.rule.monitor_id)
    return shown
