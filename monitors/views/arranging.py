"""How the watchlist is ordered and grouped: what the address asks for, else what it did last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zlib import crc32

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    OrderBy,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, Coalesce, Lower, NullIf
from django.db.models.lookups import IsNull, LessThanOrEqual
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from monitors.market import Market
from monitors.market.terms import TermKind
from monitors.models import Listing, Monitor, MonitorStatus, Rating, Rule, Trigger
from monitors.views.rows import Row

COOKIE = "watchlist"
A_YEAR = 365 * 24 * 3600

ORDERS = {
    "-added": _("Newest first"),
    "name": _("Name"),
    "-change": _("Change %, highest first"),
    "change": _("Change %, lowest first"),
    "distance": _("Nearest to a level"),
    "-fired": _("Last fired"),
}
GROUPS = {
    "": _("No groups"),
    "own": _("Own groups"),
    "market": _("Market"),
    "rating": _("Rating"),
    "status": _("Status"),
    "nearest": _("Distance"),
}
SIZES = ("50", "100", "200")

_NEARNESS = ((1, _("Within 1 %")), (3, _("Within 3 %")), (10, _("Within 10 %")))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An order, a grouping, and how many rows a page has."""

    sort: str = "-added"
    group: str = ""
    size: str = "50"

    @classmethod
    def of(cls, request: HttpRequest) -> "Arrangement":
        """Return what the address asks for; what it leaves out, or misspells, is as it was last."""
        kept = [*request.COOKIES.get(COOKIE, "").split(":"), "", "", ""][:3]
        chosen = []
        for name, known, before, usual in zip(
            ("sort", "group", "size"), (ORDERS, GROUPS, SIZES), kept, cls._usual(), strict=True
        ):
            wanted = request.GET.get(name, before)
            chosen.append(wanted if wanted in known else before if before in known else usual)
        return cls(*chosen)

    @staticmethod
    def _usual() -> tuple[str, str, str]:
        return "-added", "", "50"

    def remember(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keep it for the next visit, where the address asked for it."""
        if {"sort", "group", "size"} & request.GET.keys():
            value = f"{self.sort}:{self.group}:{self.size}"
            response.set_cookie(
                COOKIE, value, A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
            )

    def apply(self, monitors: QuerySet[Monitor]) -> QuerySet[Monitor]:
        """Return monitors in this order, with `group_key` where there are groups."""
        order = _order(self.sort)
        if not self.group:
            return monitors.order_by(order, "-created_at", "-pk")
        grouped = monitors.annotate(group_key=_group_key(self.group))
        last = Case(When(group_key="", then=1), default=0) if self.group == "own" else Value(0)
        return grouped.order_by(last, "group_key", order, "-created_at", "-pk")


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a page that belong together."""

    key: str
    label: Any
    count: int
    """How many there are, on all pages."""
    rows: list[Row]
    is_folded: bool


def groups(
    rows: Sequence[Row], group: str, found: QuerySet[Monitor], folded: set[str]
) -> list[Group]:
    """Return a page's rows by group, by one query where there are groups."""
    if not group:
        return [Group("", "", len(rows), list(rows), False)] if rows else []
    annotated = found.order_by().annotate(group_key=_group_key(group))
    counted = annotated.values("group_key").annotate(count=Count("pk"))
    counts = dict(counted.values_list("group_key", "count"))
    return [
        Group(
            name := _name_of(group, key),
            label,
            counts.get(key, len(some)),
            some,
            name in folded,
        )
        for key, label, some in _by_key(rows, group)
    ]


def _name_of(group: str, key: Any) -> str:
    """Return what a group is remembered by, in a cookie: one's own may have any name."""
    return f"{group}-{crc32(key.encode()):x}" if group == "own" else f"{group}-{key}"


def _by_key(rows: Sequence[Row], group: str) -> Iterator[tuple[Any, Any, list[Row]]]:
    labels = _labels(group)
    for key, some in groupby(rows, lambda row: row.monitor.group_key):  # type: ignore[attr-defined]
        yield key, labels[key] if labels else key or _("Without a group"), list(some)


def _labels(group: str) -> dict[Any, Any]:
    match group:
        case "own":
            return {}
        case "market":
            return dict(Market.choices)
        case "rating":
            return dict(enumerate([*Rating.labels, _("Without a rating")]))
        case "status":
            return dict(enumerate(MonitorStatus.labels))
        case _:
            nearness = [label for _percent, label in _NEARNESS]
            return dict(enumerate([*nearness, _("Further"), _("Waits for no level")]))


def _group_key(group: str) -> Any:
    match group:
        case "own":
            return F("group")
        case "market":
            return F("instrument__market")
        case "rating":
            return _place("rating", Rating.values)
        case "status":
            return _place("status", MonitorStatus.values)
        case _:
            return _nearness()


def _place(field: str, values: Sequence[str]) -> Case:
    whens = [When(**{field: value}, then=Value(at)) for at, value in enumerate(values)]
    return Case(*whens, default=Value(len(values)), output_field=IntegerField())


def _nearness() -> Case:
    far = _distance()
    within = [
        When(LessThanOrEqual(far, percent), then=Value(at))
        for at, (percent, _label) in enumerate(_NEARNESS)
    ]
    unknown = When(IsNull(far, True), then=Value(len(_NEARNESS) + 1))
    return Case(*within, unknown, default=Value(len(_NEARNESS)), output_field=IntegerField())


def _order(sort: str) -> OrderBy:
    expression = {
        "added": lambda: F("created_at"),
        "name": _name,
        "change": _change,
        "distance": _distance,
        "fired": _fired,
    }[sort.lstrip("-")]()
    descending = sort.startswith("-")
    return OrderBy(expression, descending=descending, nulls_last=True)


def _change() -> Any:
    """The change since the previous close, as a part of it."""
    price = Cast("instrument__quote__price", FloatField())
    before = NullIf(Cast("instrument__quote__previous_close", FloatField()), Value(0.0))
    return price / before


def _distance() -> Any:
    """The way to the nearest level that is armed, in percent of the price."""
    price = Cast(OuterRef("instrument__quote__price"), FloatField())
    armed = Trigger.objects.filter(rule__monitor=OuterRef("pk"), is_release=False).order_by()
    away = Abs(Cast("level", FloatField()) - price)
    nearest = armed.values("rule__monitor").annotate(away=Min(away)).values("away")
    known = NullIf(Cast("instrument__quote__price", FloatField()), Value(0.0))
    return Subquery(nearest, output_field=FloatField()) * 100.0 / known


def _name() -> Any:
    """The name as it is read, so that Chinese names come in the order of pinyin."""
    read = Listing.objects.filter(
        symbol=OuterRef("instrument__symbol"), terms__kind=TermKind.PINYIN
    )
    pinyin = read.order_by().values("symbol").annotate(read=Min("terms__text")).values("read")
    written = NullIf(Lower("instrument__name"), Value(""))
    return Coalesce(Subquery(pinyin), written, Lower("instrument__symbol"))


def _fired() -> Any:
    rules = Rule.objects.filter(monitor=OuterRef("pk")).order_by()
    return Subquery(rules.values("monitor").annotate(at=Max("fired_at")).values("at"))
