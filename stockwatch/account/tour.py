"""The first minutes: a stock, a level, an alert; on the demo market in less than one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from monitors import lifecycle
from monitors.instruments.glance import glances
from monitors.kinds import configured_sources, rule_kinds
from monitors.lifecycle import RuleSpec
from monitors.models import CalendarOverride, Monitor
from monitors.rules.base import text
from monitors.sources import demo
from monitors.symbols import Symbol
from monitors.views.clock import Phase, market_clocks
from monitors.wire import on_tick
from notifications.models import Notification
from stockwatch.account import trial_alert
from stockwatch.account.looking_ahead import (
    Proposal,
    is_reached,
    prices_from,
    propose,
    steps_seen,
)
from stockwatch.account.models import Tour

LIVELY = demo.DEMO_SYMBOLS[:3]
"""What is offered: well known, and one of each market."""

NEAR = Decimal("0.001")
"""How far above the price a level is proposed where nobody knows what is to come."""

KINDS = ("price_above", "price_below")


@dataclass(frozen=True, slots=True)
class Offer:
    """A stock that one may begin with."""

    symbol: Symbol
    name: str
    proposal: Proposal | None
    """None where no price is known yet."""
    opens_at: datetime | None = None
    """When its market opens; None while it trades."""

    @property
    def price(self) -> str:
        """The price as it is written, or a dash."""
        return "–" if self.proposal is None else on_tick(self.proposal.price, self.symbol) or "–"

    @property
    def level(self) -> str:
        """The level as it is written; empty where none can be proposed."""
        return "" if self.proposal is None else on_tick(self.proposal.level, self.symbol) or ""

    @property
    def kind(self) -> str:
        """The kind of the rule."""
        return KINDS[0] if self.proposal is None else self.proposal.kind

    @property
    def distance(self) -> str:
        """The way from the price to the level, in signed percent."""
        if self.proposal is None:
            return ""
        way = (self.proposal.level / self.proposal.price - 1) * 100
        return f"{way:+.2f} %".replace("-", "−")


def is_demo() -> bool:
    """Tell whether prices are made up, so that the alert can be promised."""
    return demo.SOURCE in configured_sources()


def offers(now: datetime) -> list[Offer]:
    """Return the stocks to choose from."""
    return _sure_offers(LIVELY, now) if is_demo() else _real_offers(LIVELY, now)


def offer(symbol: Symbol, now: datetime) -> Offer:
    """Return a stock with the level that is proposed for it now."""
    return (_sure_offers if is_demo() else _real_offers)([symbol], now)[0]


def _sure_offers(symbols: Sequence[Symbol], now: datetime) -> list[Offer]:
    run = steps_seen(settings.POLL_SECONDS)
    return [
        Offer(
            symbol,
            demo.reference(symbol, now).name,
            propose(prices_from(partial(demo.price, symbol), now, run), run),
        )
        for symbol in symbols
    ]


def _real_offers(symbols: Sequence[Symbol], now: datetime) -> list[Offer]:
    """Return stocks with levels a little above what sources say of them."""
    seen = glances(symbols)
    offers = []
    for symbol in symbols:
        name, proposal = demo.reference(symbol, now).name, None
        if (quote := seen.get(symbol)) is not None and quote.price:
            level = (quote.price * (1 + NEAR) / symbol.tick).to_integral_value() * symbol.tick
            proposal = Proposal(KINDS[0], quote.price, level)
        offers.append(Offer(symbol, name, proposal, opens_at(symbol, now)))
    return offers


def opens_at(symbol: Symbol, now: datetime) -> datetime | None:
    """Return when the market of a stock opens; None while it trades, by the source's hours."""
    (clock,) = market_clocks([symbol.market], CalendarOverride.objects.calendar(), now)
    return None if clock.phase == Phase.OPEN else clock.until


def begin(user_id: int, symbol: Symbol, kind: str, level: str, now: datetime) -> Monitor:
    """Watch for a level. Raises ValidationError where it is none.

    On the demo market one that the price has run away from since it was shown gives way to the one
    that is proposed now, so that the alert is sure to come.
    """
    params = {"price": level}
    if kind not in KINDS:
        raise ValidationError(_("Choose above or below."))
    form = rule_kinds()[kind].Params(params)
    if not form.is_valid():
        raise ValidationError(next(iter(form.errors.values())).data)
    if is_demo():
        kind, params = _sure(symbol, kind, level, now)
    spec = RuleSpec(kind=kind, params=params, repeat="once")
    with transaction.atomic():
        tour, _created = Tour.objects.get_or_create(user_id=user_id)
        if tour.monitor is not None and (still := _monitor(tour)):
            return still  # the button was pressed twice
        monitor = lifecycle.create(
            user_id, symbol, [spec], trading_hours_only=not is_demo(), note=_("From the tour")
        )
        Tour.objects.filter(pk=user_id).update(monitor=monitor.pk)
    return monitor


def _sure(symbol: Symbol, kind: str, level: str, now: datetime) -> tuple[str, dict[str, str]]:
    run = steps_seen(settings.POLL_SECONDS)
    ahead = prices_from(partial(demo.price, symbol), now, run)
    if is_reached(ahead, kind, Decimal(level), run):  # a number: the form has seen to that
        return kind, {"price": text(Decimal(level))}
    anew = propose(ahead, run)
    return anew.kind, {"price": text(anew.level)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a user has come."""

    is_over: bool = False
    monitor: Monitor | None = None
    arrived: Notification | None = None


def progress(user_id: int) -> Progress:
    """Return how far a user has come."""
    tour = Tour.objects.filter(pk=user_id).first()
    if tour is None:
        return Progress()
    monitor = _monitor(tour)
    told = Notification.objects.for_user(user_id).filter(monitor=tour.monitor or 0)
    return Progress(tour.ended_at is not None, monitor, told.order_by("seq").first())


def _monitor(tour: Tour) -> Monitor | None:
    return Monitor.objects.of(tour.user_id).with_all().filter(pk=tour.monitor or 0).first()


def show_alert(user_id: int) -> None:
    """Tell what an alert looks like, as the monitor of the tour would tell it."""
    tour = Tour.objects.filter(pk=user_id).first()
    if tour is not None and (monitor := _monitor(tour)):
        trial_alert.tell(monitor)


def is_offered(user_id: int) -> bool:
    """Tell whether a user is to be offered the tour, which is until it has ended.

    It is to who watches nothing, and to whom it was promised until it has begun. By one query, as
    every list asks.
    """
    users = User.objects.filter(pk=user_id)
    watches = Exists(Monitor.objects.filter(owner=OuterRef("pk")))
    known = users.values_list("tour__user", "tour__monitor", "tour__ended_at", watches).first()
    if known is None:
        return False
    tour, monitor, ended_at, is_watching = known
    is_promised = tour is not None and monitor is None
    return ended_at is None and (is_promised or not is_watching)


def promise(user_id: int) -> None:
    """Have a new user be offered the tour, whatever is watched for them already."""
    Tour.objects.create(user_id=user_id)


def end(user_id: int, *, forget: bool = False) -> None:
    """Have the tour never come again; with `forget` its monitor goes, too."""
    tour, _created = Tour.objects.get_or_create(user_id=user_id)
    Tour.objects.filter(pk=user_id, ended_at=None).update(ended_at=timezone.now())
    if forget and (monitor := _monitor(tour)):
        lifecycle.delete([monitor])
