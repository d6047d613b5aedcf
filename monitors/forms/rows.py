"""The rows of a monitor's form: one for each rule, with the fields of its kind."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from monitors.forms.rules import RuleForm, check_rules, clean_rule
from monitors.kinds import rule_kinds
from monitors.models import Monitor, Rule
from monitors.spec import DEMAND_FIELDS, LIFE_FIELDS, MOST_RULES, USUAL, RuleSpec

SWITCHES = ("touch", "refuse_delayed", "refuse_frozen")

ROW_KEY = re.compile(r"[a-z0-9]{1,12}")


class RowForm(RuleForm):
    """A rule's life as a row of the form has it: an unchecked box means off."""

    kind = forms.CharField(widget=forms.HiddenInput)  # type: ignore[assignment]
    touch = forms.BooleanField(  # type: ignore[assignment]
        label=_("Touch counts"),
        required=False,
        initial=True,
        help_text=_("A new high or low of the day between two quotes counts as reached."),
    )
    refuse_delayed = forms.BooleanField(  # type: ignore[assignment]
        label=_("Not on late quotes"),
        required=False,
        help_text=_("Quotes of a source that is late by design, such as by 15 minutes."),
    )
    refuse_frozen = forms.BooleanField(  # type: ignore[assignment]
        label=_("Not on frozen quotes"),
        required=False,
        help_text=_("Quotes that have not changed for long while others moved."),
    )


class RuleRow:
    """One rule of the form, under the key by which its fields are named."""

    def __init__(self, key: str, kind: str, values: dict[str, Any], *, check: bool) -> None:
        self.key, self.kind, self._values = key, kind, values
        self.price = ""
        """The stock's last price, where that is known."""
        self.distances: dict[str, str] = {}
        """How far the price has to go to each level, where that is known."""
        self.doubts: list[str] = []
        """What looks like a slip."""
        logic = rule_kinds()[kind]
        self.label = logic.label
        prefix = f"rule-{key}"
        if check:
            named = {f"{prefix}-{name}": value for name, value in values.items()}
            self.life, self.params = (
                RowForm(named, prefix=prefix),
                logic.Params(named, prefix=prefix),
            )
        else:
            self.life = RowForm(initial=values, prefix=prefix)
            self.params = logic.Params(initial=values, prefix=prefix)

    @property
    def levels(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of its levels, each with the way to it."""
        return [(self.params[name], self.distances.get(name, "")) for name in self.params.fields]

    @property
    def other_errors(self) -> ErrorList:
        """What is wrong with a field that the row does not show."""
        return ErrorList([*self.life.errors.get("kind", ()), *self.life.errors.get("id", ())])

    @property
    def is_open(self) -> bool:
        """Whether to show the fields of its life: where they are wrong, or it repeats unusually."""
        repeats = self._values.get("repeat", USUAL.repeat)
        return repeats != USUAL.repeat or any(self.life[name].errors for name in LIFE_FIELDS)

    @property
    def is_demanding(self) -> bool:
        """Whether to show what it wants of a quote: where it wants anything, or that is wrong."""
        return any(self._values.get(name) or self.life[name].errors for name in DEMAND_FIELDS)

    def spec(self) -> RuleSpec:
        """Return the rule; ValidationError where the forms have errors to show."""
        return clean_rule({"touch": "off"} | self._values)  # a box that is not ticked is not sent

    @classmethod
    def new(cls, key: str, kind: str) -> "RuleRow":
        """Return an empty row."""
        return cls(key, kind, {**_life(USUAL), "kind": kind}, check=False)

    @classmethod
    def wanted(cls, key: str, rule: RuleSpec) -> "RuleRow":
        """Return the row of a rule that is still to be made, or of a copy of one."""
        return cls(key, rule.kind, {**rule.params, **_life(rule)}, check=False)

    @classmethod
    def of(cls, rule: Rule) -> "RuleRow":
        """Return the row of a rule as it is."""
        values = {**rule.params, "id": rule.pk, **_life(rule)}
        return cls(str(rule.pk), rule.kind, values, check=False)


def _life(rule: Rule | RuleSpec) -> dict[str, Any]:
    """Return how a rule lives, as its row has it."""
    return {
        "kind": rule.kind,
        "repeat": rule.repeat,
        "rearm_gap": format(rule.rearm_gap.normalize(), "f"),
        "cooldown": str(rule.cooldown),
        **{name: "on" if getattr(rule, name) else "" for name in SWITCHES},
        "confirm": "" if rule.confirm is None else format(rule.confirm.normalize(), "f"),
    }


def rows_sent(data: QueryDict, *, check: bool) -> list[RuleRow]:
    """Return the rows of a form that was sent; what no form of ours can have sent is left out."""
    rows = []
    for key in list(dict.fromkeys(data.getlist("row")))[: MOST_RULES + 1]:
        kind = rule_kinds().get(data.get(f"rule-{key}-kind", ""))
        if kind is None or not ROW_KEY.fullmatch(key):
            continue
        names = [*RowForm.base_fields, *kind.Params.base_fields]
        sent = {name: data.get(f"rule-{key}-{name}") for name in names}
        values = {name: value for name, value in sent.items() if value is not None}
        rows.append(RuleRow(key, str(values["kind"]), values, check=check))
    return rows


def rules_of(rows: Sequence[RuleRow], monitor: Monitor | None) -> list[RuleSpec]:
    """Return the rules that the rows describe; ValidationError where they make no valid list.

    Where a row itself is wrong its own forms say so, and the error has no message.
    """
    specs, wrong = [], False
    for row in rows:
        try:
            specs.append(row.spec())
        except ValidationError:
            wrong = True
    if wrong:
        raise ValidationError([])
    check_rules(specs, {rule.pk for rule in monitor.rules.all()} if monitor else ())
    return specs
