"""Reference data: asked for once before each trading day, with its changes kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from monitors import kinds, lifecycle, tasks
from monitors.asking.fetching import Haul
from monitors.asking.inquiries import ask_reference
from monitors.calendars import Calendar, OverrideKind
from monitors.instruments import references
from monitors.lifecycle import RuleSpec
from monitors.market import InstrumentKind, Market, QuoteState, Reference
from monitors.models import Instrument, InstrumentChange, Monitor, Service, Sweep
from monitors.sources.base import Limits, Source, SourceError
from monitors.symbols import Symbol

pytestmark = pytest.mark.django_db

MOUTAI, TENCENT = Symbol.parse("600519.SH"), Symbol.parse("00700.HK")
# A Tuesday; Shanghai opens at 01:30.
BEFORE = datetime(2026, 11, 24, 1, 15, tzinfo=UTC)
DUE = BEFORE - references.GRACE
NEXT = BEFORE + timedelta(days=1) + references.GRACE
CALENDAR = Calendar()

TOLD = Reference(
    symbol=MOUTAI,
    name="贵州茅台",
    english_name="Kweichow Moutai",
    kind=InstrumentKind.STOCK,
    state=QuoteState.TRADING,
    limit_up=Decimal("1437.10"),
    limit_down=Decimal("1175.81"),
    limits_on=date(2026, 11, 24),
)


class Almanac(Source):
    """A source that knows what it is told to."""

    markets = reference_markets = frozenset({Market.CN})
    batch_size = 2
    limits = Limits(requests_a_minute=400, at_once=4)
    told: list[Reference] | Exception
    asked: list[list[Symbol]]

    async def fetch(self, symbols, http):
        raise NotImplementedError

    async def reference(self, symbols, http):
        self.asked.append(list(symbols))
        if isinstance(self.told, Exception):
            raise self.told
        return [one for one in self.told if one.symbol in symbols]


@pytest.fixture
def almanacs(monkeypatch, settings):
    """Configure almanacs, in the order given."""

    def configure(**told):
        settings.QUOTE_SOURCES = list(told)
        made = {
            name: type(name, (Almanac,), {"told": what, "asked": []}) for name, what in told.items()
        }
        monkeypatch.setattr(kinds, "source_kinds", lambda: made)
        return made

    return configure


@pytest.fixture
def owner() -> int:
    return User.objects.create(username="ann").pk


def watch(owner: int, symbol: Symbol = MOUTAI) -> Instrument:
    lifecycle.create(owner, symbol, [RuleSpec("price_above", {"price": "1"})])
    Instrument.objects.filter(symbol=str(symbol)).update(reference_due_at=DUE)
    return Instrument.objects.get(symbol=str(symbol))


def changes() -> list[tuple[str, str, str]]:
    return list(InstrumentChange.objects.order_by("pk").values_list("what", "before", "after"))


def test_a_new_instrument_is_due_at_once(owner):
    lifecycle.create(owner, MOUTAI, [RuleSpec("price_above", {"price": "1"})])
    assert references.watched_and_due(timezone.now()).count() == 1


def test_what_is_told_is_stored_and_asked_for_once_a_day(almanacs, owner):
    stubs = almanacs(first=[TOLD])
    instrument = watch(owner)
    assert references.refresh(BEFORE, CALENDAR) == 1
    assert references.refresh(BEFORE + timedelta(hours=5), CALENDAR) == 0
    assert references.refresh(NEXT - timedelta(seconds=1), CALENDAR) == 0
    assert stubs["first"].asked == [[MOUTAI]]
    instrument.refresh_from_db()
    assert (instrument.name, instrument.name_source) == ("贵州茅台", "first")
    assert (instrument.english_name, instrument.kind) == ("Kweichow Moutai", "stock")
    assert (instrument.trading_state, instrument.reference_at) == ("trading", BEFORE)
    assert instrument.limits(BEFORE) == (Decimal("1437.10"), Decimal("1175.81"))
    assert changes() == []
    references.refresh(NEXT, CALENDAR)
    assert len(stubs["first"].asked) == 2


def test_the_limits_are_those_of_their_day(almanacs, owner):
    almanacs(first=[TOLD])
    instrument = watch(owner)
    references.refresh(BEFORE, CALENDAR)
    instrument.refresh_from_db()
    midnight = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert instrument.limits(midnight - timedelta(seconds=1)) is not None
    assert instrument.limits(midnight) is None


def test_yesterday_s_limits_are_asked_for_again(almanacs, owner):
    stubs = almanacs(first=[replace(TOLD, limits_on=date(2026, 11, 23))])
    watch(owner)
    references.refresh(BEFORE, CALENDAR)
    again = BEFORE + references.AGAIN_AFTER + references.GRACE
    references.refresh(again - timedelta(seconds=1), CALENDAR)
    assert len(stubs["first"].asked) == 1
    stubs["first"].told = [TOLD]
    assert references.refresh(again, CALENDAR) == 1
    assert references.refresh(again + timedelta(hours=1), CALENDAR) == 0


@pytest.mark.parametrize("failure", [SourceError("away"), SourceError("no", status=429)])
def test_who_fails_is_asked_again_later_and_the_next_one_at_once(almanacs, owner, failure):
    stubs = almanacs(first=failure, second=[TOLD])
    watch(owner)
    assert references.refresh(BEFORE, CALENDAR) == 1
    assert [len(stub.asked) for stub in stubs.values()] == [1, 1]
    assert Instrument.objects.get().name_source == "second"


def test_where_all_fail_nothing_is_lost(almanacs, owner):
    stubs = almanacs(first=SourceError("away"))
    watch(owner)
    assert references.refresh(BEFORE, CALENDAR) == 0
    assert references.refresh(BEFORE + references.AGAIN_AFTER, CALENDAR) == 0
    stubs["first"].told = [TOLD]
    again = BEFORE + references.AGAIN_AFTER + references.GRACE
    assert references.refresh(again, CALENDAR) == 1


def test_a_symbol_that_is_not_known_waits_for_the_next_day(almanacs, owner):
    stubs = almanacs(first=[])
    watch(owner)
    references.refresh(BEFORE, CALENDAR)
    references.refresh(NEXT - timedelta(seconds=1), CALENDAR)
    assert len(stubs["first"].asked) == 1
    references.refresh(NEXT, CALENDAR)
    assert len(stubs["first"].asked) == 2


def test_batches_and_only_what_is_watched_in_markets_that_are_told_of(almanacs, owner):
    stubs = almanacs(first=[])
    symbols = [Symbol.parse(f"60000{number}.SH") for number in range(4)]
    for symbol in (*symbols, TENCENT):
        watch(owner, symbol)
    Monitor.objects.filter(instrument__symbol="600003.SH").update(status="paused")
    for _ in range(3):
        references.refresh(BEFORE, CALENDAR)
    assert stubs["first"].asked == [symbols[:2], symbols[2:3]]


def test_what_is_being_asked_for_nobody_else_asks_for(almanacs, owner, monkeypatch):
    stubs = almanacs(first=[TOLD])
    watch(owner)

    def slowly(market, symbols):
        assert references.refresh(BEFORE + timedelta(seconds=10), CALENDAR) == 0
        return ask_reference(market, symbols)

    monkeypatch.setattr(references, "ask_reference", slowly)
    assert references.refresh(BEFORE, CALENDAR) == 1
    assert stubs["first"].asked == [[MOUTAI]]


def test_a_rename_a_suspension_and_a_resumption_are_kept(almanacs, owner):
    stubs = almanacs(first=[TOLD])
    watch(owner)
    told = [
        TOLD,
        replace(TOLD, name="ST茅台", state=QuoteState.SUSPENDED),
        replace(TOLD, name="ST茅台", state=QuoteState.UNKNOWN),
        replace(TOLD, name="ST茅台"),
        replace(TOLD, name="ST茅台", state=QuoteState.DELISTED),
    ]
    for number, one in enumerate(told):
        stubs["first"].told = [one]
        Instrument.objects.update(reference_due_at=DUE)
        references.refresh(BEFORE + timedelta(minutes=number), CALENDAR)
    assert changes() == [
        ("name", "贵州茅台", "ST茅台"),
        ("state", "trading", "suspended"),
        ("state", "suspended", "trading"),
        ("state", "trading", "delisted"),
    ]
    first = InstrumentChange.objects.order_by("pk")[0]
    assert (first.at, first.source) == (BEFORE + timedelta(minutes=1), "first")


def test_what_is_not_told_stays(almanacs, owner):
    stubs = almanacs(first=[replace(TOLD, lot=200)])
    instrument = watch(owner)
    references.refresh(BEFORE, CALENDAR)
    stubs["first"].told = [Reference(MOUTAI, "贵州茅台")]
    references.refresh(NEXT, CALENDAR)
    instrument.refresh_from_db()
    assert (instrument.lot, instrument.kind, instrument.trading_state) == (200, "stock", "trading")
    assert (instrument.limit_up, instrument.limits_on) == (None, None)


@pytest.mark.parametrize(
    ("now", "limits_on", "due"),
    [
        # Before the opening, during the day, after it: until the next one.
        ("2026-11-24T01:15", "2026-11-24", "2026-11-25T01:15"),
        ("2026-11-24T01:15", None, "2026-11-25T01:15"),
        ("2026-11-24T01:14", "2026-11-23", "2026-11-24T01:15"),
        ("2026-11-24T03:40", "2026-11-24", "2026-11-25T01:15"),  # the lunch break is no opening
        ("2026-11-24T09:00", "2026-11-24", "2026-11-25T01:15"),
        ("2026-11-27T09:00", "2026-11-27", "2026-11-30T01:15"),  # a weekend
        ("2026-11-28T09:00", "2026-11-27", "2026-11-30T01:15"),
        ("2026-11-28T09:00", "2026-11-26", "2026-11-28T09:10"),
        ("2026-11-24T01:16", "2026-11-23", "2026-11-24T01:26"),
    ],
)
def test_when_it_is_asked_for_again(now, limits_on, due):
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, due))
    day = date.fromisoformat(limits_on) if limits_on else None
    assert references.due_next(Market.CN, CALENDAR, at, day) == wanted


def test_a_day_that_an_admin_closed_has_no_opening():
    calendar = Calendar({(Market.CN, date(2026, 11, 25)): OverrideKind.CLOSED})
    due = references.due_next(Market.CN, calendar, BEFORE, date(2026, 11, 24))
    assert due == BEFORE + timedelta(days=2)


def test_a_sweep_has_time_to_bring_it(almanacs, owner):
    stubs = almanacs(first=[TOLD])
    watch(owner)
    references.refresh(BEFORE - timedelta(seconds=1), CALENDAR)
    assert not stubs["first"].asked
    references.refresh(BEFORE, CALENDAR)
    assert stubs["first"].asked == [[MOUTAI]]


def test_the_task_asks_once_the_service_has_run_for_a_while(almanacs, owner):
    stubs = almanacs(first=[TOLD])
    watch(owner)
    Service.switch(running=False)
    tasks.refresh_references()
    Service.switch(running=True)
    tasks.refresh_references()
    assert not stubs["first"].asked
    Service.objects.update(since=timezone.now() - references.GRACE)
    tasks.refresh_references()
    assert stubs["first"].asked == [[MOUTAI]]


# -- What comes with the quotes -----------------------------------------------------------------


@pytest.fixture
def sent(monkeypatch) -> list[tuple[Any, ...]]:
    """The chunks that sweeps send to workers."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.poll, "apply_async", lambda **call: calls.append(call["args"]))
    return calls


def sweep_again() -> None:
    Sweep.objects.give_up()
    tasks.sweep()


def test_a_sweep_brings_it_without_another_request(owner, sent, settings):
    assert settings.QUOTE_SOURCES == ["demo"]
    lifecycle.create(owner, MOUTAI, [RuleSpec("price_above", {"price": "1"})])
    tasks.sweep()
    tasks.poll(*sent[0])
    instrument = Instrument.objects.get()
    assert (instrument.name, instrument.name_source) == ("贵州茅台", "demo")
    assert instrument.reference_due_at > timezone.now()
    assert instrument.limits(timezone.now()) is not None
    sweep_again()
    assert [wondering for _pk, _known, wondering in sent] == [["600519.SH"], []]


def test_a_chunk_that_was_lost_is_wondered_about_again(owner, sent, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    lifecycle.create(owner, MOUTAI, [RuleSpec("price_above", {"price": "1"})])
    tasks.sweep()
    sweep_again()
    time_machine.shift(references.AGAIN_AFTER)
    sweep_again()
    assert [wondering for _pk, _known, wondering in sent] == [["600519.SH"], [], ["600519.SH"]]


def test_what_comes_with_no_quotes_is_left_to_be_asked_for(almanacs, owner, sent):
    almanacs(first=[TOLD])
    watch(owner)
    Monitor.objects.update(trading_hours_only=False)
    tasks.sweep()
    assert [wondering for _pk, _known, wondering in sent] == [[]]
    assert Instrument.objects.get().reference_due_at == DUE


def test_a_haul_tells_of_what_somebody_wonders_about(owner):
    watch(owner)
    watch(owner, TENCENT)
    others = [replace(TOLD, symbol=TENCENT, name="腾讯控股"), TOLD]
    haul = Haul(references=[("broken", refusing), ("first", lambda: others)])
    assert references.harvest(haul, ["600519.SH", "000001.SZ"], BEFORE, CALENDAR) == 1
    named = dict(Instrument.objects.values_list("symbol", "name"))
    assert named == {"600519.SH": "贵州茅台", "00700.HK": ""}


def refusing() -> list[Reference]:
    raise SourceError("no readable row")
