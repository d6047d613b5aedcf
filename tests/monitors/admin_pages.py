"""What the admin's tests share: monitors, people, and forms as a browser would send them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor, Quote, Rule, Trigger
from monitors.symbols import Symbol

SYMBOL = Symbol.parse("600519.SH")


def user(name: str, *permissions: str, **fields: Any) -> User:
    """A user who can log in; `permissions` are code names."""
    made = User.objects.create_user(name, **fields)
    made.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return made


def logged_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def watch(owner: User, *rules: RuleSpec, symbol: Symbol = SYMBOL, **fields: Any) -> Monitor:
    """A monitor on a stock that stands at 1700."""
    wanted = rules or (RuleSpec("take_profit", {"price": "1800"}),)
    monitor = lifecycle.create(owner.pk, symbol, wanted, **fields)
    Quote.objects.filter(pk=monitor.instrument_id, price=None).update(
        price=Decimal(1700), previous_close=Decimal(1600), source="tencent"
    )
    return monitor


def waiting(monitor_id: int) -> set[Any]:
    """The levels that a monitor's rules wait for."""
    triggers = Trigger.objects.filter(rule__monitor_id=monitor_id)
    return set(triggers.values_list("level", flat=True))


def page(name: str, *args: Any) -> str:
    """The address of an admin page, for example `monitors_monitor_add`."""
    return reverse(f"admin:{name}", args=args)


def sent_form(response: Any) -> dict[str, Any]:
    """What a browser would send if the page's form were submitted as it stands."""
    forms = [response.context["adminform"].form]
    data: dict[str, Any] = {}
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                parts = widget.decompress(value)
                data |= {f"{bound.html_name}_{at}": part or "" for at, part in enumerate(parts)}
            elif value is True:
                data[bound.html_name] = "on"
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def submit(client: Client, address: str, changes: Mapping[str, Any], drop: str = "") -> Any:
    """Open a form, change some fields, and send it."""
    opened = client.get(address)
    assert opened.status_code == 200
    data = sent_form(opened) | dict(changes)
    data.pop(drop, None)
    return client.post(address, data)


def act(client: Client, name: str, action: str, ids: list[int], **more: Any) -> Any:
    """Choose rows of a list and do something to them."""
    data = {"action": action, "_selected_action": ids, **more}
    return client.post(page(f"{name}_changelist"), data, follow=True)


def rules_of(monitor: Monitor) -> list[Rule]:
    return list(Rule.objects.filter(monitor=monitor).order_by("pk"))
