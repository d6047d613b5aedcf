"""A monitor made by one line, which is looked at while it is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from monitors import lifecycle
from monitors.kinds import rule_kinds
from monitors.life import Repeat
from monitors.lifecycle import RuleSpec
from monitors.models import Rating
from monitors.oneline.drafting import Draft, draft, spelt_out
from monitors.oneline.reading import LONGEST
from monitors.views.acting import own_id
from monitors.views.cards import LevelLine, distance
from monitors.views.saying import back, say
from monitors.wire import on_tick


@dataclass(frozen=True, slots=True)
class RulePreview:
    """A rule as it would be made."""

    label: Any
    levels: list[LevelLine]
    repeat: Any
    """How it repeats, where that is not the usual."""
    cautions: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as it is shown."""

    draft: Draft
    text: str

    @property
    def price(self) -> str | None:
        """The stock's last price."""
        instrument = self.draft.instrument
        return on_tick(instrument.quote.price, instrument.parsed) if instrument else None

    @property
    def rating(self) -> Any:
        """What the line thinks of the stock."""
        return Rating(self.draft.line.rating).label if self.draft.line.rating else ""

    @property
    def rules(self) -> list[RulePreview]:
        """The rules with the way to their levels."""
        return [self._rule(at, rule) for at, rule in enumerate(self.draft.rules)]

    @property
    def cautions(self) -> list[str]:
        """What is about all of it."""
        return [one.message for one in self.draft.cautions if one.rule is None]

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, and which of them are not understood."""
        found, at = [], 0
        for place, _message in sorted(self.draft.problems):
            if place.end > place.start >= at:
                found += [(self.text[at : place.start], False), (self.text[slice(*place)], True)]
                at = place.end
        return [*found, (self.text[at:], False)]

    @property
    def canonical(self) -> str:
        """The line as it is usually written."""
        return spelt_out(self.draft)

    def _rule(self, at: int, rule: RuleSpec) -> RulePreview:
        instrument = self.draft.instrument
        price = instrument.quote.price if instrument else None
        logic = rule_kinds()[rule.kind]
        levels = [
            LevelLine(rule.params[name], distance(Decimal(rule.params[name]), price))
            for name in logic.Params.base_fields
        ]
        repeat = "" if rule.repeat == Repeat.REARM else Repeat(rule.repeat).label
        doubts = [one.message for one in self.draft.cautions if one.rule == at]
        return RulePreview(logic.label, levels, repeat, doubts)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """Show what a line would make, and make it where it is sent to be made."""
    is_sent = request.method == "POST"
    text = (request.POST if is_sent else request.GET).get("line", "")[:LONGEST]
    is_fragment = bool(getattr(request, "htmx", False))
    # While somebody types, the sources are not asked about each half of a name.
    found = draft(text, own_id(request), ask=not is_fragment)
    if is_sent and found.is_good and found.symbol:
        make(request, found)
        return back(request)
    is_asked = is_sent or bool(text.strip())
    shown = {"preview": Preview(found, text) if is_asked else None, "line": text}
    template = "monitors/_preview.html" if is_fragment else "monitors/quick.html"
    return render(request, template, shown, status=422 if is_sent else 200)


def make(request: HttpRequest, found: Draft) -> None:
    """Make what was drafted, and say so, with what looks like a slip."""
    assert found.symbol is not None
    saved = lifecycle.create(own_id(request), found.symbol, found.rules, **found.fields())
    say(request, _("%(monitor)s is saved.") % {"monitor": saved.instrument})
    for doubt in dict.fromkeys(_doubts(found)):
        say(request, doubt, messages.WARNING)


def _doubts(found: Draft) -> Iterator[str]:
    """Say of which rule each doubt is: the line itself is no longer to be seen."""
    for one in found.cautions:
        if one.rule is None:
            yield one.message
            continue
        rule = found.rules[one.rule]
        levels = [rule.params[one.name]] if one.name else rule.params.values()
        named = f"{rule_kinds()[rule.kind].label} {'–'.join(levels)}"
        yield _("%(rule)s: %(doubt)s") % {"rule": named, "doubt": one.message}
