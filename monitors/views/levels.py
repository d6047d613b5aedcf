"""One level, changed where it is shown."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from monitors import lifecycle
from monitors.forms.cautions import cautions
from monitors.forms.situations import situation, spec_of
from monitors.models import Monitor, Rule
from monitors.oneline.chunks import amount
from monitors.oneline.drafting import level_of
from monitors.rules.base import text
from monitors.views.acting import own_id


@login_required
@require_POST
def level(request: HttpRequest, pk: int, rule_pk: int) -> HttpResponse:
    """Move the level `was` to `value`, a price or a distance such as +5%, and arm the rule anew.

    409 where the rule no longer has that level: somebody changed it meanwhile.
    """
    mine = Rule.objects.select_related("monitor__instrument__quote")
    rule = get_object_or_404(mine, pk=rule_pk, monitor_id=pk, monitor__owner_id=own_id(request))
    name = _named(rule, request.POST.get("was", ""))
    try:
        params = name and _params(rule, name, request.POST.get("value", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    try:
        is_moved = bool(params) and lifecycle.relevel(rule, params or {})
    except Monitor.DoesNotExist as error:  # deleted while it was edited
        raise Http404 from error
    if not is_moved or not params:
        message = _("The level was changed elsewhere meanwhile: load the page again.")
        return JsonResponse({"error": message}, status=409)
    return JsonResponse({"level": params[name], "cautions": _doubts(rule, params)})


def _named(rule: Rule, was: str) -> str:
    """Return the parameter that has a level; "" where none has."""
    try:
        level = Decimal(was[:40])
    except InvalidOperation:
        return ""
    if not level.is_finite():  # some of these cannot even be compared
        return ""
    return next((name for name, value in rule.params.items() if Decimal(value) == level), "")


def _params(rule: Rule, name: str, typed: str) -> dict[str, str]:
    """Return the rule's parameters with one changed. Raises ValidationError."""
    instrument = rule.monitor.instrument
    given = amount(typed[:40])
    around = situation(rule.monitor.owner_id, instrument.parsed, rule.monitor_id)[1]
    value = typed if given is None else text(level_of(given, around))
    form = rule.logic.Params({**rule.params, name: value})
    if not form.is_valid():
        raise ValidationError([one for errors in form.errors.values() for one in errors])
    return {field: text(given) for field, given in form.cleaned_data.items()}


def _doubts(rule: Rule, params: Mapping[str, str]) -> list[str]:
    """Return what looks like a slip in a rule that got these parameters, or in others by that.

    A zone that is moved below the stop loss makes the stop loss look like one.
    """
    monitor = rule.monitor
    rules = list(monitor.rules.all())
    at = next((at for at, one in enumerate(rules) if one.pk == rule.pk), None)
    around = situation(monitor.owner_id, monitor.instrument.parsed, monitor.pk)[1]
    specs = [spec_of(one) for one in rules]
    now, before = (
        cautions(
            [replace(spec, params=its) if n == at else spec for n, spec in enumerate(specs)], around
        )
        for its in (params, rule.params)
    )
    return [one.message for one in now if one.rule in (at, None) or one not in before]
