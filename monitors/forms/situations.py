"""What rules are looked at against: the price, the day's limits, and what the user has already."""

from collections import defaultdict
from collections.abc import Collection

from django.utils import timezone

from monitors.forms.cautions import Other, Situation, shape
from monitors.instruments import glance
from monitors.market import InstrumentKind
from monitors.models import Instrument, Listing, Monitor, Rule
from monitors.spec import RULE_FIELDS, RuleSpec
from monitors.symbols import Symbol
from monitors.wire import unwatched


def situations(
    owner_id: int, symbols: Collection[Symbol], without: int | None = None
) -> dict[Symbol, tuple[Instrument, Situation]]:
    """Return each symbol's instrument with its quote, and its situation; constant queries.

    What nobody watches is asked for at the sources, so that its price is known, too.
    `without` is the monitor that is being changed: it is no other.
    """
    names = {str(symbol) for symbol in symbols}
    known = Instrument.objects.select_related("quote").filter(symbol__in=names, quote__isnull=False)
    instruments = {one.symbol: one for one in known}
    listed = {
        one.symbol: one for one in Listing.objects.filter(symbol__in=names - instruments.keys())
    }
    others = _others(owner_id, instruments.values(), without)
    found = {
        symbol: instruments.get(str(symbol)) or _unwatched(symbol, listed.get(str(symbol)))
        for symbol in symbols
    }
    glance.look(found.values())
    return {
        symbol: (instrument, _situation(symbol, instrument, others[str(symbol)]))
        for symbol, instrument in found.items()
    }


def situation(
    owner_id: int, symbol: Symbol, without: int | None = None
) -> tuple[Instrument, Situation]:
    """Return one symbol's instrument with its quote, and its situation."""
    return situations(owner_id, [symbol], without)[symbol]


def spec_of(rule: Rule) -> RuleSpec:
    """Return a rule as its user wanted it."""
    wanted = {name: getattr(rule, name) for name in RULE_FIELDS}
    return RuleSpec(kind=rule.kind, params=rule.params, **wanted)


def _situation(symbol: Symbol, instrument: Instrument, others: list[Other]) -> Situation:
    kind = InstrumentKind(instrument.kind) if instrument.kind else None
    limits = instrument.limits(timezone.now())
    return Situation(symbol, instrument.quote.price, kind, limits, others)


def _others(
    owner_id: int, instruments: Collection[Instrument], without: int | None
) -> dict[str, list[Other]]:
    mine = Monitor.objects.of(owner_id).filter(instrument__in=instruments)
    found: dict[str, list[Other]] = defaultdict(list)
    if without is not None:
        mine = mine.exclude(pk=without)
    for monitor in mine.select_related("instrument").prefetch_related("rules").order_by("pk"):
        rules = (spec_of(rule) for rule in monitor.rules.all())
        found[monitor.instrument.symbol].append(Other(monitor.pk, shape(rules)))
    return found


def _unwatched(symbol: Symbol, listing: Listing | None) -> Instrument:
    instrument = unwatched(symbol)
    if listing is not None:
        instrument.name = listing.name or listing.english_name
        instrument.kind = listing.kind
    return instrument
