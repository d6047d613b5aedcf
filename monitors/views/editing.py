"""The page on which a monitor and its rules are made and changed."""

from secrets import token_hex
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from monitors import lifecycle
from monitors.finding import can_ask, recognise
from monitors.forms.cautions import cautions
from monitors.forms.monitor import MonitorForm, fields_of, fields_sent
from monitors.forms.rows import RuleRow, rows_sent, rules_of
from monitors.forms.situations import situation, spec_of
from monitors.kinds import rule_kinds
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor
from monitors.models.monitor import kind_choices
from monitors.oneline.drafting import draft
from monitors.spec import MOST_RULES
from monitors.symbols import SymbolError
from monitors.views.advising import advise, understood
from monitors.views.cards import quote_line
from monitors.views.listing import mine

FIRST_KIND = "price_above"


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Make a monitor."""
    if request.method == "POST":
        return _sent(request, None)
    fields, rules = _begun(request)
    form = MonitorForm(initial=fields, owner_id=_owner(request))
    rows = [RuleRow.wanted(f"new{at}", rule) for at, rule in enumerate(rules)]
    return _page(request, None, form, rows or [RuleRow.new("new", FIRST_KIND)])


def _begun(request: HttpRequest) -> tuple[dict[str, Any], list[RuleSpec]]:
    """Return what the form begins with: a copy of a monitor, what a line says, or a symbol."""
    if copied := request.GET.get("copy", ""):
        known = copied.isdecimal() and len(copied) < 19
        monitor = get_object_or_404(mine(request), pk=int(copied) if known else 0)
        return fields_of(monitor), [spec_of(rule) for rule in monitor.rules.all()]
    if line := request.GET.get("line", ""):
        found = draft(line, _owner(request), ask=True)
        return {"symbol": found.symbol or found.line.stock, **found.fields()}, found.rules
    return {"symbol": request.GET.get("symbol", "")[:40]}, []


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a monitor."""
    monitor = get_object_or_404(mine(request), pk=pk)
    if request.method == "POST":
        return _sent(request, monitor)
    form = MonitorForm(initial=fields_of(monitor), monitor=monitor, owner_id=_owner(request))
    return _page(request, monitor, form, [RuleRow.of(rule) for rule in monitor.rules.all()])


@login_required
@require_safe
def symbol_quote(request: HttpRequest) -> HttpResponse:
    """Show beside the symbol that is being typed what is known of it, or why it can be none.

    Never an error: a symbol that is half typed is no mistake, and browsers would note each.
    """
    try:
        symbol = recognise(request.GET.get("symbol", ""))
    except SymbolError as error:
        return render(request, "monitors/_symbol.html", {"problem": str(error)})
    instrument, _around = situation(_owner(request), symbol)
    return render(request, "monitors/_symbol.html", {"quote": quote_line(instrument)})


def _owner(request: HttpRequest) -> int:
    return cast(User, request.user).pk


def _sent(request: HttpRequest, monitor: Monitor | None) -> HttpResponse:
    """Save the form, or add or remove a row, as the button says that was pressed."""
    data = request.POST
    if "add" in data or "remove" in data:
        rows = [row for row in rows_sent(data, check=False) if row.key != data.get("remove")]
        is_full = "add" in data and len(rows) >= MOST_RULES
        if "add" in data and data.get("new_kind") in rule_kinds() and not is_full:
            rows.append(RuleRow.new(token_hex(4), data["new_kind"]))
        form = MonitorForm(initial=fields_sent(data), monitor=monitor, owner_id=_owner(request))
        return _page(request, monitor, form, rows, is_full=is_full)
    form, rows = (
        MonitorForm(data, monitor=monitor, owner_id=_owner(request)),
        rows_sent(data, check=True),
    )
    try:
        specs = rules_of(rows, monitor)
    except ValidationError as error:
        return _page(request, monitor, form, rows, rule_errors=error.messages, status=422)
    if not form.is_valid():
        return _page(request, monitor, form, rows, status=422)
    saved = _save(_owner(request), monitor, specs, dict(form.cleaned_data))
    messages.success(request, _("%(monitor)s is saved.") % {"monitor": saved.instrument})
    _warn(request, saved, specs)
    return redirect("monitor-list")


def _warn(request: HttpRequest, saved: Monitor, specs: list[RuleSpec]) -> None:
    """Say what looks like a slip; it is saved all the same."""
    around = situation(_owner(request), saved.instrument.parsed, saved.pk)[1]
    for message in dict.fromkeys(one.message for one in cautions(specs, around)):
        messages.warning(request, message)


def _save(
    owner_id: int, monitor: Monitor | None, specs: list[RuleSpec], fields: dict[str, Any]
) -> Monitor:
    symbol = fields.pop("symbol")
    if monitor is None:
        return lifecycle.create(owner_id, symbol, specs, **fields)
    try:
        return lifecycle.edit(monitor, specs, symbol, **fields)
    except Monitor.DoesNotExist as error:  # deleted while it was edited
        raise Http404 from error


def _page(
    request: HttpRequest,
    monitor: Monitor | None,
    form: MonitorForm,
    rows: list[RuleRow],
    *,
    rule_errors: list[str] | None = None,
    is_full: bool = False,
    status: int = 200,
) -> HttpResponse:
    symbol = understood(str(form["symbol"].value() or ""))
    pk = monitor.pk if monitor else None
    around = situation(_owner(request), symbol, pk)[1] if symbol else None
    said = advise(rows, around)
    for row in rows:
        row.doubts = said.of_rows[row.key]
    return render(
        request,
        "monitors/edit.html",
        {
            "doubts": said.of_all,
            "monitor": monitor,
            "quote": None if monitor is None else quote_line(monitor.instrument),
            "form": form,
            "rows": rows,
            "rule_errors": rule_errors,
            "blank_rows": [RuleRow.new("blank", kind) for kind in rule_kinds()],
            "kinds": kind_choices(),
            "most_rules": MOST_RULES,
            "is_full": is_full,
            "can_ask": can_ask(),
        },
        status=status,
    )
