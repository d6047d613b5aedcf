"""What the rules of a locked monitor wait for, after a person had a hand in it."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from monitors.arming import arm, armament
from monitors.life import Armament, Repeat, RuleState
from monitors.models import Monitor, Quote, Rule


def arm_anew(rules: Sequence[Rule], monitor: Monitor, quote: Quote) -> None:
    """Arm rules as if they were new: touch counts from the next accepted quote on."""
    for rule in rules:
        rule.monitor = monitor
    arm([(rule, rule.life.armed(rule.logic, quote.price, quote.revision + 1)) for rule in rules])
    Rule.objects.filter(pk__in=[rule.pk for rule in rules]).update(state=RuleState.ARMED)


def adjust(rules: Sequence[Rule], monitor: Monitor, quote: Quote) -> None:
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
