"""What a line means now: which stock, where its price stands, and which rules it makes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitors.finding import SeveralMeant, recognise
from monitors.forms.cautions import Caution, Situation, cautions
from monitors.forms.rules import check_rules, clean_rule
from monitors.forms.situations import situations
from monitors.kinds import rule_kinds
from monitors.lifecycle import RuleSpec
from monitors.market import boards
from monitors.models import Instrument
from monitors.oneline.line import Amount, Clause, Line, Place, Problem
from monitors.oneline.reading import read
from monitors.oneline.writing import write
from monitors.rules.base import text
from monitors.symbols import Symbol, SymbolError


@dataclass(slots=True)
class Draft:
    """A monitor that a line would make, and all that stands in its way."""

    line: Line
    symbol: Symbol | None = None
    instrument: Instrument | None = None
    rules: list[RuleSpec] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Where several stocks are meant: what each is called, and the line that means it."""

    @property
    def is_good(self) -> bool:
        """Whether it can be made."""
        return not self.problems

    def fields(self) -> dict[str, Any]:
        """Return the monitor's own fields, as lifecycle takes them."""
        return {"rating": self.line.rating, "group": self.line.group, "note": self.line.note}


def draft(text_: str, owner_id: int, *, ask: bool = False) -> Draft:
    """Return what a line makes; with `ask` the sources are asked about a name nobody lists."""
    return drafts([text_], owner_id, ask=ask)[0]


def drafts(texts: Sequence[str], owner_id: int, *, ask: bool = False) -> list[Draft]:
    """Return what lines make; prices and what the user has are looked up for all at once."""
    found = [_begin(text_, ask=ask) for text_ in texts]
    symbols = {one.symbol for one in found if one.symbol is not None}
    known = situations(owner_id, symbols) if symbols else {}
    for one in found:
        if one.symbol is not None:
            _finish(one, *known[one.symbol])
    return found


def _begin(text_: str, *, ask: bool) -> Draft:
    line = read(text_)
    begun = Draft(line, problems=list(line.problems))
    if not line.stock:
        if not line.problems:
            message = _("Begin with the stock: its code, its name or its initials.")
            begun.problems.append(Problem(Place(0, 0), message))
        return begun
    try:
        begun.symbol = recognise(line.stock, ask=ask)
    except SymbolError as error:
        begun.problems.append(Problem(line.stock_place, str(error)))
        if isinstance(error, SeveralMeant):
            begun.choices = [
                (str(one), write(line._replace(stock=one.symbol))) for one in error.meant
            ]
    return begun


def _finish(begun: Draft, instrument: Instrument, situation: Situation) -> None:
    """Make the rules, now that the price is known."""
    begun.instrument = instrument
    for clause in begun.line.clauses:
        try:
            begun.rules.append(_rule(clause, situation))
        except ValidationError as error:
            begun.problems += [Problem(clause.place, message) for message in error.messages]
    if not begun.problems:
        try:
            check_rules(begun.rules)
        except ValidationError as error:
            begun.problems += [Problem(Place(0, 0), message) for message in error.messages]
    begun.cautions = cautions(begun.rules, situation)


def _rule(clause: Clause, situation: Situation) -> RuleSpec:
    names = list(rule_kinds()[clause.kind].Params.base_fields)
    levels = sorted(level_of(amount, situation) for amount in clause.amounts)
    params = {name: text(level) for name, level in zip(names, levels, strict=True)}
    return clean_rule({"kind": clause.kind, "repeat": clause.repeat, **params})


def level_of(amount: Amount, situation: Situation) -> Decimal:
    """Return the price that is meant: of a distance the nearest that is on the tick."""
    if not amount.is_percent:
        return amount.number
    if not situation.price:
        raise ValidationError(_("No price is known yet: write the level itself, not a distance."))
    wanted = situation.price * (100 + amount.number) / 100
    tick = boards.tick(situation.symbol, wanted, situation.kind)
    return (wanted / tick).to_integral_value(ROUND_HALF_UP) * tick


def spelt_out(one: Draft) -> str:
    """Return a draft as a line with its stock's code and the levels themselves."""
    clauses = tuple(_clauses(one.rules))
    stock = str(one.symbol) if one.symbol else one.line.stock
    return write(one.line._replace(stock=stock, clauses=clauses))


def _clauses(rules: Iterable[RuleSpec]) -> Iterator[Clause]:
    for rule in rules:
        names = rule_kinds()[rule.kind].Params.base_fields
        amounts = tuple(Amount(Decimal(rule.params[name])) for name in names)
        yield Clause(rule.kind, amounts, Place(0, 0), rule.repeat)


def rules_line(rules: Sequence[RuleSpec]) -> str:
    """Return rules as a line has them, without a stock."""
    return write(Line(clauses=tuple(_clauses(rules))))
