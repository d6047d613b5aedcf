"""What is said beside the fields of the form: the way to each level, and what looks like a slip."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from monitors.finding import recognise
from monitors.forms.cautions import Situation, cautions
from monitors.forms.rows import RuleRow, rows_sent
from monitors.forms.situations import situation
from monitors.lifecycle import RuleSpec
from monitors.symbols import Symbol, SymbolError
from monitors.views.acting import own_id
from monitors.views.cards import distance
from monitors.wire import on_tick


@dataclass(slots=True)
class Advice:
    """What is said of a form."""

    of_rows: dict[str, list[str]] = field(default_factory=dict)
    """By the row's key."""
    of_all: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        """Every sentence once."""
        rows = [one for said in self.of_rows.values() for one in said]
        return list(dict.fromkeys([*rows, *self.of_all]))


@login_required
@require_POST
def advice(request: HttpRequest) -> HttpResponse:
    """Say what looks like a slip in a form that is being filled in; what is half typed is none."""
    symbol = understood(request.POST.get("symbol", ""))
    monitor = request.POST.get("monitor", "")
    without = int(monitor) if monitor.isdecimal() and len(monitor) < 19 else None
    rows = rows_sent(request.POST, check=True)
    around = situation(own_id(request), symbol, without)[1] if symbol else None
    said = advise(rows, around)
    return JsonResponse({"rows": said.of_rows, "all": said.of_all})


def understood(text: str) -> Symbol | None:
    """Return the symbol that a text is, if it is one by now; nobody is asked."""
    try:
        return recognise(text, ask=False)
    except SymbolError:
        return None


def advise(rows: Sequence[RuleRow], around: Situation | None) -> Advice:
    """Return what is said of rows that can be understood; put price and distances to them."""
    said = Advice({row.key: [] for row in rows})
    if around is None:
        return said
    whole: list[tuple[str, RuleSpec]] = []
    for row in rows:
        row.price = (on_tick(around.price, around.symbol) or "") if around.price else ""
        row.distances = distances(row, around.price)
        try:
            whole.append((row.key, row.spec()))
        except ValidationError:
            continue
    for one in cautions([spec for _key, spec in whole], around):
        place = said.of_all if one.rule is None else said.of_rows[whole[one.rule][0]]
        if one.message not in place:
            place.append(one.message)
    return said


def distances(row: RuleRow, price: Decimal | None) -> dict[str, str]:
    """Return how far the price has to go to each level of a row that is a number."""
    return {
        name: way
        for name in row.params.fields
        if (level := _number(row.params[name].value())) and (way := distance(level, price))
    }


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value or ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None
