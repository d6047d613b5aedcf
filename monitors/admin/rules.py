"""A monitor's rules beside it: one field for each parameter that any installed kind has."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from monitors.forms.rules import clean_rule
from monitors.kinds import rule_kinds
from monitors.models import Rule
from monitors.spec import DEMAND_FIELDS, LIFE_FIELDS, MOST_RULES, RULE_FIELDS, RuleSpec

HISTORY = ("state", "armed_levels", "fired_at", "fired_count")


def _joined_now(parts: Iterable[Any]) -> str:
    return ", ".join(map(str, parts))


_joined = lazy(_joined_now, str)
"""Joins lazy texts in the language in which the page is shown."""


@cache
def parameters() -> dict[str, forms.Field]:
    """Return the parameters of all kinds by name; each says which kinds it belongs to.

    They take any text: `clean_rule` judges it, by the kind that was chosen.
    """
    labels: dict[str, Any] = {}
    kinds: dict[str, list[Any]] = {}
    for kind in rule_kinds().values():
        for name, field in kind.Params.base_fields.items():
            labels.setdefault(name, field.label)
            kinds.setdefault(name, []).append(kind.label)
    return {
        name: forms.CharField(
            label=labels[name],
            required=False,
            max_length=32,
            widget=AdminTextInputWidget(attrs={"size": 10, "class": ""}),
            help_text=_joined(kinds[name]),
        )
        for name in labels
    }


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule. It is judged as REST and the web pages judge it, and saved by `lifecycle`."""

    spec: RuleSpec | None = None

    class Meta:
        model = Rule
        fields = ("kind", *RULE_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in parameters():
            if name in self.fields:
                self.fields[name].initial = self.instance.params.get(name)

    def clean(self) -> dict[str, Any]:
        """Set `spec`, or put each error beside its field."""
        values = super().clean() or self.cleaned_data
        if any(self.errors):
            return values
        kind = rule_kinds()[values["kind"]]
        data = {name: value for name, value in self._said(values) if value is not None}
        mine = kind.Params.base_fields
        for name in parameters():
            if name not in mine and data.pop(name, ""):
                self.add_error(name, _("This kind of rule has no such level: leave it empty."))
        try:
            self.spec = clean_rule(data)
        except ValidationError as error:
            self.add_error(None, error)
        else:
            self.instance.params = dict(self.spec.params)
        return values

    def _said(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name in ("kind", *RULE_FIELDS, *parameters()):
            yield name, values.get(name)
        yield "id", self.instance.pk


class RuleFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The list of a monitor's rules."""

    default_error_messages = {
        "too_few_forms": _("A monitor needs at least one rule."),
        "too_many_forms": _("A monitor has at most %(num)d rules."),
    }

    def specs(self) -> list[RuleSpec]:
        """Return the rules as they shall be, deleted and empty rows left out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.spec for form in kept if isinstance(form, RuleForm) and form.spec]


class RuleInline(admin.StackedInline):  # type: ignore[type-arg]
    """Rules belong to their monitor: who may see or change that may see or change them."""

    model = Rule
    formset = RuleFormSet
    extra = 0
    min_num, max_num = 1, MOST_RULES
    validate_min = validate_max = True
    readonly_fields = HISTORY

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Kind, parameters, life, and what became of it: a line each, not wider than the page.

        Who may only look reads the parameters in the rule's heading.
        """
        may_write = self._may_change(request) or self.has_add_permission(request, obj)
        levels = (tuple(parameters()),) if may_write else ()
        settings = (LIFE_FIELDS[:2], LIFE_FIELDS[2:], DEMAND_FIELDS)
        return ("kind", *levels, *settings, *((HISTORY,) if obj else ()))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Build the form here, when the kinds are loaded, with their parameters as fields."""
        own = {name: copy(field) for name, field in parameters().items()}
        kwargs["form"] = type("RuleForm", (RuleForm,), own)
        kwargs |= {"validate_min": True, "validate_max": True}
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        """With the number of levels that each waits for."""
        rules: QuerySet[Rule] = super().get_queryset(request)
        return rules.annotate(levels=Count("triggers")).order_by("pk")

    @admin.display(description=_("armed levels"))
    def armed_levels(self, obj: Rule) -> int:
        """How many levels it waits for; none while it is off or has fired once."""
        return getattr(obj, "levels", 0)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the monitor's."""
        return request.user.has_perm("monitors.view_monitor") or self._may_change(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With a new monitor, or to one that may be changed."""
        if obj is None:
            return request.user.has_perm("monitors.add_monitor")
        return self._may_change(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the monitor's."""
        return self._may_change(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As changing the monitor."""
        return self._may_change(request)

    def _may_change(self, request: HttpRequest) -> bool:
        return request.user.has_perm("monitors.change_monitor")
