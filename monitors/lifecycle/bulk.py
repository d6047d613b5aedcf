"""Many monitors made at one go: all of them or none, in few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects

from monitors.evaluation.announcements import announce_monitors
from monitors.evaluation.arming import arm
from monitors.lifecycle import recording
from monitors.lifecycle.editing import columns
from monitors.models import Instrument, Monitor, Quote, Rule
from monitors.spec import RuleSpec
from monitors.symbols import Symbol


@dataclass(frozen=True, slots=True)
class Wanted:
    """A monitor that is to be made, active at once."""

    symbol: Symbol
    rules: Sequence[RuleSpec]
    fields: Mapping[str, Any] = field(default_factory=dict)


def create_many(owner_id: int, wanted: Sequence[Wanted]) -> list[Monitor]:
    """Create monitors with armed rules: all, or none where something goes wrong."""
    # Before the transaction: what is new is written one by one, and does no harm if it is left.
    known = {symbol: Instrument.objects.of(symbol) for symbol in {one.symbol for one in wanted}}
    with transaction.atomic():
        quotes = Quote.objects.lock(*(instrument.pk for instrument in known.values()))
        monitors = Monitor.objects.bulk_create(
            Monitor(owner_id=owner_id, instrument=known[one.symbol], **one.fields) for one in wanted
        )
        rules = Rule.objects.bulk_create(
            Rule(monitor=monitor, **columns(spec))
            for monitor, one in zip(monitors, wanted, strict=True)
            for spec in one.rules
        )
        prefetch_related_objects(monitors, "rules")
        for monitor in monitors:
            recording.created(monitor)
        arm([(rule, _armed(rule, quotes[rule.monitor.instrument_id])) for rule in rules])
        transaction.on_commit(lambda: announce_monitors({owner_id: []}, watchlist_too=True))
    return monitors


def _armed(rule: Rule, quote: Quote) -> Any:
    return rule.life.armed(rule.logic, quote.price, quote.revision + 1)
