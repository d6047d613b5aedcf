"""What the rules of a locked monitor wait for, after a person had a hand in it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from monitors.evaluation.arming import arm, armament
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


def arm_as_before(
    rules: Sequence[Rule], monitor: Monitor, quote: Quote, resting: Collection[int], since: int
) -> None:
    """Arm rules that were away since a revision; what had fired does not fire again for the same.

    `resting` has the ids of `every` rules that were in their cool-down. What had fired and holds no
    longer by the last quote, if that was accepted meanwhile, is armed.
    """
    is_news = quote.revision > since and quote.at == quote.accepted_at
    seen = quote.price if is_news else None
    spent = [rule for rule in rules if _is_spent(rule, seen, is_resting=rule.pk in resting)]
    arm_anew([rule for rule in rules if rule not in spent], monitor, quote)
    for rule in spent:
        rule.monitor = monitor
    price, following = quote.price or Decimal(0), quote.revision + 1
    now = timezone.now()
    arm([(one, one.life.fired(one.logic, price, one.fired_at or now, following)) for one in spent])


def _is_spent(rule: Rule, price: Decimal | None, *, is_resting: bool) -> bool:
    if rule.repeat == Repeat.EVERY or rule.state != RuleState.FIRED:
        return is_resting
    if rule.repeat == Repeat.ONCE or price is None:
        return True
    return not any(level.is_reached(price) for level in rule.logic.release(rule.rearm_gap))


def _waits_for(rule: Rule, now_waiting: list[Armament], quote: Quote) -> list[Armament]:
    """What a rule in its present state waits for, by its present settings.

    An `every` rule that rests has fired as much as one that waits for its release: with another
    `repeat` it goes on as fired, with another cool-down it rests so long after it fired.
    """
    life, logic = rule.life, rule.logic
    following = quote.revision + 1
    fired_at = rule.fired_at or timezone.now()
    rests_until = max((one.not_before for one in now_waiting if one.not_before), default=None)
    is_resting = rests_until is not None and (
        quote.accepted_at is None or rests_until > quote.accepted_at
    )
    if rule.state == RuleState.FIRED or (is_resting and rule.repeat != Repeat.EVERY):
        state = RuleState.ARMED if rule.repeat == Repeat.EVERY else RuleState.FIRED
        Rule.objects.filter(pk=rule.pk).update(state=state)
        return life.fired(logic, quote.price or Decimal(0), fired_at, following)
    since = min((one.touch_from for one in now_waiting), default=following)
    armed = life.armed(logic, quote.price, following if is_resting else min(since, following))
    if rests_until is None or rule.repeat != Repeat.EVERY:
        return armed
    return [replace(one, not_before=fired_at + life.cooldown) for one in armed]
