from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone, translation

from monitors.life import RuleState
from monitors.lifecycle import RuleSpec
from monitors.models import (
    CalendarOverride,
    Instrument,
    Listing,
    Monitor,
    Quote,
    Rule,
    Service,
    SourceHealth,
    Sweep,
    Trigger,
)  # fmt: skip
from monitors.models.source import Report
from monitors.symbols import Symbol
from notifications.models import Notification
from tests.monitors.admin_pages import (
    act,
    logged_in,
    page,
    rules_of,
    sent_form,
    submit,
    user,
    waiting,
    watch,
)  # fmt: skip
from tests.monitors.listed import list_known

pytestmark = pytest.mark.django_db

PROFIT = RuleSpec("take_profit", {"price": "1800"})
LOSS = RuleSpec("stop_loss", {"price": "1600"})


@pytest.fixture
def owner():
    return user("wang")


@pytest.fixture
def admin(db):
    return logged_in(User.objects.create_superuser("root"))


@pytest.fixture
def monitor(owner):
    return watch(owner, PROFIT, LOSS)


@pytest.fixture
def everything(monitor):
    Service.state()
    Sweep.objects.create(finished_at=timezone.now())
    SourceHealth.record([Report("tencent", 12.5)])
    CalendarOverride.objects.create(market="HK", date=date(2026, 11, 23), kind="closed")
    list_known()
    return monitor


MODELS = [
    "instrument", "quote", "monitor", "calendaroverride", "sweep", "sourcehealth", "service",
    "listing",
]  # fmt: skip


def addresses(everything):
    """Every page of every model, with its key in place."""
    for name in MODELS:
        models: dict[str, Any] = {
            "instrument": Instrument, "quote": Quote, "monitor": Monitor, "sweep": Sweep,
            "calendaroverride": CalendarOverride, "sourcehealth": SourceHealth, "service": Service,
            "listing": Listing,
        }  # fmt: skip
        key = models[name].objects.values_list("pk", flat=True)[0]
        yield page(f"monitors_{name}_changelist")
        yield page(f"monitors_{name}_history", key)
        if name != "service":
            yield page(f"monitors_{name}_change", key)
        if name in ("instrument", "monitor", "calendaroverride"):
            yield page(f"monitors_{name}_add")
            yield page(f"monitors_{name}_delete", key)


def test_every_page_opens_for_a_superuser_and_for_nobody_else(admin, everything, client):
    without = logged_in(user("staff", is_staff=True))
    visitor = logged_in(user("visitor"))
    for address in addresses(everything):
        assert admin.get(address).status_code == 200, address
        assert without.get(address).status_code == 403, address
        assert visitor.get(address).status_code == 302, address
        assert client.get(address).status_code == 302, address


def test_who_may_only_look_sees_pages_without_buttons(everything):
    looker = logged_in(user("looker", "view_monitor", "view_service", is_staff=True))
    shown = looker.get(page("monitors_monitor_change", everything.pk))
    assert shown.status_code == 200
    assert b'name="_save"' not in shown.content
    assert b"1800" in shown.content
    assert looker.get(page("monitors_monitor_add")).status_code == 403
    act(looker, "monitors_monitor", "pause", [everything.pk])
    everything.refresh_from_db()
    assert everything.status == "active"
    assert b'name="running"' not in looker.get(page("monitors_service_changelist")).content
    assert looker.post(page("monitors_service_switch"), {"running": "0"}).status_code == 403
    assert Service.state().running


def test_what_the_system_writes_cannot_be_changed_even_by_a_superuser(admin, everything):
    quote = page("monitors_quote_change", everything.instrument_id)
    assert admin.post(quote, {"price": "1"}).status_code == 403
    assert admin.get(page("monitors_quote_add")).status_code == 403
    sweep = page("monitors_sweep_delete", Sweep.objects.get().pk)
    assert admin.post(sweep, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("words", ["payh", "平安银行", "000001.SZ", "ping an bank"])
def test_listings_are_searched_as_in_the_form(admin, everything, words):
    shown = admin.get(page("monitors_listing_changelist"), {"q": words})
    assert [str(row) for row in shown.context["cl"].result_list] == ["000001.SZ 平安银行"]


def test_tokens_and_triggers_have_no_pages(admin):
    index = admin.get(page("index")).content.decode()
    assert "Monitoring service" in index
    assert "knox" not in index.lower()
    assert "trigger" not in index.lower()


# -- Monitors and their rules -------------------------------------------------------------------


def test_a_monitor_is_added_with_armed_rules(admin, owner):
    instrument = Instrument.objects.of(Symbol.parse("AAPL.US"))
    answer = submit(
        admin,
        page("monitors_monitor_add"),
        {
            "owner": owner.pk, "instrument": instrument.pk, "note": "mind this",
            "rules-0-kind": "entry_zone", "rules-0-min": "10", "rules-0-max": "11.50",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    monitor = Monitor.objects.get()
    assert (monitor.owner, monitor.note) == (owner, "mind this")
    assert rules_of(monitor)[0].params == {"min": "10", "max": "11.5"}
    assert waiting(monitor.pk) == {Decimal(10)}
    assert LogEntry.objects.get().object_id == str(monitor.pk)


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({"kind": "take_profit"}, "price", "A price is needed."),
        ({"kind": "take_profit", "price": "abc"}, "price", "Enter a price such as 1680.50."),
        ({"kind": "take_profit", "price": "NaN"}, "price", "Enter a price such as 1680.50."),
        ({"kind": "stop_loss", "price": "-1"}, "price", "Enter a price above 0."),
        ({"kind": "take_profit", "price": "9", "min": "8"}, "min", "no such level"),
        ({"kind": "entry_zone", "min": "5", "max": "4"}, "min", "must be below"),
        ({"kind": "entry_zone", "min": "5"}, "max", "A price is needed."),
        ({"kind": "nonsense", "price": "5"}, "kind", "not one of the available choices"),
        ({"kind": "", "price": "5"}, "kind", "required"),
        ({"kind": "take_profit", "price": "5", "rearm_gap": "99.5"}, "rearm_gap", "99"),
        ({"kind": "take_profit", "price": "5", "cooldown": "0"}, "cooldown", "from 1 to"),
        ({"kind": "take_profit", "price": "5", "repeat": "maybe"}, "repeat", "not one of"),
    ],
)
def test_an_error_stands_beside_its_field(admin, owner, fields, name, message):
    instrument = Instrument.objects.of(Symbol.parse("AAPL.US"))
    changes = {f"rules-0-{field}": value for field, value in fields.items()}
    answer = submit(
        admin,
        page("monitors_monitor_add"),
        {"owner": owner.pk, "instrument": instrument.pk} | changes,
    )
    assert answer.status_code == 200
    form = answer.context["inline_admin_formsets"][0].formset.forms[0]
    assert message in " ".join(form.errors[name])
    assert not Monitor.objects.exists()


def test_a_changed_level_arms_anew_and_an_unchanged_one_keeps_its_state(admin, monitor):
    profit, loss = rules_of(monitor)
    Rule.objects.filter(monitor=monitor).update(state=RuleState.FIRED, repeat="once")
    Trigger.objects.all().delete()
    answer = submit(
        admin, page("monitors_monitor_change", monitor.pk), {"rules-0-price": "1900.00"}
    )
    assert answer.status_code == 302
    profit.refresh_from_db()
    loss.refresh_from_db()
    assert (profit.params, profit.state) == ({"price": "1900"}, RuleState.ARMED)
    assert (loss.params, loss.state) == ({"price": "1600"}, RuleState.FIRED)
    assert waiting(monitor.pk) == {Decimal(1900)}


def test_what_is_sent_back_as_it_was_changes_nothing(admin, monitor):
    Rule.objects.filter(monitor=monitor).update(state=RuleState.FIRED, repeat="once")
    before = list(Rule.objects.values())
    assert submit(admin, page("monitors_monitor_change", monitor.pk), {}).status_code == 302
    assert list(Rule.objects.values()) == before


def test_a_rule_is_added_and_another_one_deleted(admin, monitor):
    profit, loss = rules_of(monitor)
    opened = admin.get(page("monitors_monitor_change", monitor.pk))
    data = sent_form(opened) | {
        "rules-TOTAL_FORMS": 3, "rules-1-DELETE": "on", "rules-2-kind": "price_below",
        "rules-2-price": "1500", "rules-2-repeat": "rearm", "rules-2-rearm_gap": "0",
        "rules-2-cooldown": "3600", "rules-2-touch": "on",
    }  # fmt: skip
    assert admin.post(page("monitors_monitor_change", monitor.pk), data).status_code == 302
    assert [rule.kind for rule in rules_of(monitor)] == ["take_profit", "price_below"]
    assert rules_of(monitor)[0].pk == profit.pk
    assert waiting(monitor.pk) == {Decimal(1800), Decimal(1500)}
    assert not Trigger.objects.filter(rule_id=loss.pk).exists()
    history = admin.get(page("monitors_monitor_history", monitor.pk)).content.decode()
    assert "Added rule" in history
    assert "Deleted rule" in history


def test_the_last_rule_stays(admin, owner):
    monitor = watch(owner)
    answer = submit(admin, page("monitors_monitor_change", monitor.pk), {"rules-0-DELETE": "on"})
    assert "A monitor needs at least one rule." in answer.content.decode()
    assert len(rules_of(monitor)) == 1


def test_another_instrument_moves_the_triggers(admin, monitor):
    other = Instrument.objects.of(Symbol.parse("AAPL.US"))
    submit(admin, page("monitors_monitor_change", monitor.pk), {"instrument": other.pk})
    monitor.refresh_from_db()
    assert monitor.instrument == other
    assert set(Trigger.objects.values_list("instrument_id", flat=True)) == {other.pk}


def test_trading_hours_reach_the_triggers(admin, monitor):
    assert set(Trigger.objects.values_list("in_session_only", flat=True)) == {True}
    submit(admin, page("monitors_monitor_change", monitor.pk), {}, drop="trading_hours_only")
    assert set(Trigger.objects.values_list("in_session_only", flat=True)) == {False}


def test_an_expiry_in_the_past_disarms(admin, monitor):
    past = timezone.localtime() - timedelta(days=1)
    submit(
        admin,
        page("monitors_monitor_change", monitor.pk),
        {"expires_at_0": f"{past:%Y-%m-%d}", "expires_at_1": f"{past:%H:%M:%S}"},
    )
    monitor.refresh_from_db()
    assert monitor.status == "expired"
    assert waiting(monitor.pk) == set()


def test_an_owner_cannot_be_exchanged(admin, monitor, owner):
    other = user("li")
    submit(admin, page("monitors_monitor_change", monitor.pk), {"owner": other.pk, "note": "x"})
    monitor.refresh_from_db()
    assert (monitor.owner, monitor.note) == (owner, "x")


def test_a_monitor_shows_how_many_levels_wait(admin, monitor):
    listed = admin.get(page("monitors_monitor_changelist"))
    assert b'<td class="field-armed_levels">2</td>' in listed.content
    shown = admin.get(page("monitors_monitor_change", monitor.pk))
    assert shown.content.count(b'class="readonly"') > 0
    assert b'<div class="readonly">1</div>' in shown.content  # each rule's


def test_no_form_offers_all_users_or_instruments(admin, monitor):
    user("somebody-else")
    Instrument.objects.of(Symbol.parse("TSLA.US"))
    for address in (
        page("monitors_monitor_add"),
        page("monitors_monitor_change", monitor.pk),
    ):
        content = admin.get(address).content
        assert b"somebody-else" not in content
        assert b"TSLA.US" not in content


# -- Actions ------------------------------------------------------------------------------------


def test_pause_and_resume(admin, monitor, owner):
    other = watch(owner)
    act(admin, "monitors_monitor", "pause", [monitor.pk])
    monitor.refresh_from_db()
    other.refresh_from_db()
    assert (monitor.status, other.status) == ("paused", "active")
    assert waiting(monitor.pk) == set()
    answer = act(admin, "monitors_monitor", "resume", [monitor.pk, other.pk])
    assert "1 monitor: Resumed." in answer.content.decode()
    monitor.refresh_from_db()
    assert monitor.status == "active"
    assert waiting(monitor.pk) == {Decimal(1800), Decimal(1600)}
    entries = LogEntry.objects.filter(object_id=str(monitor.pk)).order_by("pk")
    assert [entry.get_change_message() for entry in entries] == ["Paused.", "Resumed."]
    assert not LogEntry.objects.filter(object_id=str(other.pk)).exists()


def test_rearm(admin, monitor):
    Rule.objects.filter(monitor=monitor).update(state=RuleState.FIRED)
    Trigger.objects.all().delete()
    act(admin, "monitors_monitor", "rearm", [monitor.pk])
    assert {rule.state for rule in rules_of(monitor)} == {RuleState.ARMED}
    assert waiting(monitor.pk) == {Decimal(1800), Decimal(1600)}
    assert LogEntry.objects.get().get_change_message() == "Re-armed."


@pytest.mark.parametrize("at_once", [True, False])
def test_delete_takes_the_triggers_and_leaves_the_notifications(admin, monitor, owner, at_once):
    Notification.objects.create(user=owner, seq=1, key="k", kind="stop_loss", monitor=monitor.pk)
    if at_once:
        asked = act(admin, "monitors_monitor", "delete_selected", [monitor.pk])
        assert "Triggers: 2" in asked.content.decode()
        act(admin, "monitors_monitor", "delete_selected", [monitor.pk], post="yes")
    else:
        admin.post(page("monitors_monitor_delete", monitor.pk), {"post": "yes"})
    assert not Monitor.objects.exists()
    assert not Trigger.objects.exists()
    assert Notification.objects.count() == 1
    assert LogEntry.objects.get().is_deletion()


def test_an_action_on_more_than_it_can_do_is_refused(admin, monitor, monkeypatch):
    monkeypatch.setattr("monitors.admin.monitors.MOST_AT_ONCE", 0)
    answer = act(admin, "monitors_monitor", "pause", [monitor.pk], select_across="1", index="0")
    assert "Choose at most 0 monitors at a time." in answer.content.decode()
    monitor.refresh_from_db()
    assert monitor.status == "active"


# -- Users --------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
def test_a_user_goes_with_all_that_is_theirs(admin, monitor, owner, at_once):
    survivor = watch(user("li"))
    Notification.objects.create(user=owner, seq=1, key="k", kind="stop_loss")
    address = page("auth_user_delete", owner.pk)
    asked = admin.get(address).content.decode()
    assert "Notifications: 1" in asked
    assert "Triggers: 2" in asked
    if at_once:
        act(admin, "auth_user", "delete_selected", [owner.pk], post="yes")
    else:
        admin.post(address, {"post": "yes"})
    assert not User.objects.filter(pk=owner.pk).exists()
    assert not Notification.objects.exists()
    assert list(Monitor.objects.all()) == [survivor]
    assert set(Trigger.objects.values_list("rule__monitor", flat=True)) == {survivor.pk}


def test_a_user_with_monitors_is_not_deleted_by_who_may_not_delete_monitors(monitor, owner):
    clerk = logged_in(user("clerk", "view_user", "delete_user", is_staff=True))
    address = page("auth_user_delete", owner.pk)
    assert "doesn't have permission" in clerk.get(address).content.decode().replace("&#x27;", "'")
    assert clerk.post(address, {"post": "yes"}).status_code == 403
    assert Monitor.objects.exists()


# -- Instruments, quotes, calendars, the service ------------------------------------------------


def test_an_instrument_is_added_in_any_spelling_with_its_quote(admin):
    submit(admin, page("monitors_instrument_add"), {"symbol": "sh600519", "name": "茅台"})
    instrument = Instrument.objects.get()
    assert (instrument.symbol, instrument.market, instrument.name) == ("600519.SH", "CN", "茅台")
    assert Quote.objects.filter(pk=instrument.pk).exists()
    again = submit(admin, page("monitors_instrument_add"), {"symbol": "600519"})
    assert "already exists" in again.content.decode()
    wrong = submit(admin, page("monitors_instrument_add"), {"symbol": "%%%"})
    assert "symbol" in wrong.context["adminform"].form.errors


def test_an_instrument_keeps_its_symbol(admin, monitor):
    address = page("monitors_instrument_change", monitor.instrument_id)
    submit(admin, address, {"symbol": "AAPL.US", "name": "Kweichow"})
    instrument = Instrument.objects.get()
    assert (instrument.symbol, instrument.name) == ("600519.SH", "Kweichow")


def test_a_watched_instrument_is_kept_and_another_one_goes(admin, monitor):
    address = page("monitors_instrument_delete", monitor.instrument_id)
    assert "Monitors: 1" in admin.get(address).content.decode()
    admin.post(address, {"post": "yes"})
    idle = Instrument.objects.of(Symbol.parse("AAPL.US"))
    admin.post(page("monitors_instrument_delete", idle.pk), {"post": "yes"})
    assert list(Instrument.objects.values_list("symbol", flat=True)) == ["600519.SH"]
    assert Quote.objects.count() == 1


@pytest.mark.parametrize(("source", "price"), [("tencent", "1700.00"), ("demo", "1700.00 (DEMO)")])
def test_prices_are_on_the_tick_and_made_up_ones_say_so(admin, monitor, source, price):
    Quote.objects.update(source=source)
    for address in (
        page("monitors_instrument_changelist"),
        page("monitors_quote_changelist"),
        page("monitors_monitor_changelist"),
        page("monitors_monitor_change", monitor.pk),
        page("monitors_instrument_change", monitor.instrument_id),
    ):
        shown = admin.get(address).content.decode()
        assert price in shown
        assert ("DEMO" in shown) == (source == "demo")
    assert "+6.25 %" in admin.get(page("monitors_quote_changelist")).content.decode()


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("closed", "no trading instead of 09:30–12:00, 13:00–16:10"),
        ("half_day", "09:30–12:10 instead of 09:30–12:00, 13:00–16:10"),
        ("open", "changes nothing"),
    ],
)
def test_an_override_shows_what_it_does(admin, kind, effect):
    submit(
        admin,
        page("monitors_calendaroverride_add"),
        {"market": "HK", "date": "2026-11-23", "kind": kind},
    )
    listed = admin.get(page("monitors_calendaroverride_changelist")).content.decode()
    assert effect in listed
    assert "09:30–12:00, 13:00–16:10" in listed


def test_the_service_is_stopped_and_started(admin):
    address = page("monitors_service_switch")
    assert admin.get(address).status_code == 405
    stopped = admin.post(address, {"running": "0"}, follow=True)
    assert '<strong id="service-state">Stopped</strong>' in stopped.content.decode()
    assert not Service.state().running
    admin.post(address, {"running": "0"})
    started = admin.post(address, {"running": "1"}, follow=True)
    assert '<strong id="service-state">Running</strong>' in started.content.decode()
    assert Service.state().running
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert said == ["Stopped the service.", "Started the service."]


def test_staff_with_the_permission_may_switch_the_service():
    operator = logged_in(user("operator", "change_service", is_staff=True))
    assert b'name="running"' in operator.get(page("monitors_service_changelist")).content
    operator.post(page("monitors_service_switch"), {"running": "0"})
    assert not Service.state().running


@pytest.mark.parametrize(
    ("kind", "params", "language", "says"),
    [
        ("price_above", {"price": "10"}, "en", "Price above 10"),
        ("entry_zone", {"min": "10", "max": "11.5"}, "en", "Entry zone 10–11.5"),
        ("stop_loss", {"price": "10"}, "zh-hans", "止损 10"),
        ("of_a_plugin_that_is_gone", {"price": "10"}, "en", "of_a_plugin_that_is_gone"),
        ("price_above", {}, "en", "price_above"),
    ],
)
def test_a_rule_says_what_it_waits_for(kind, params, language, says):
    with translation.override(language):
        assert str(Rule(kind=kind, params=params)) == says


def test_a_quote_says_of_what_it_is(monitor):
    quote = Quote.objects.get()
    assert str(quote) == "600519.SH 1700"
    quote.price = None
    assert str(quote) == "600519.SH"


def test_what_is_not_known_yet_is_not_called_none(admin, monitor):
    Quote.objects.update(price=None, previous_close=None, source="", at=None)
    for address in (
        page("monitors_monitor_change", monitor.pk),
        page("monitors_instrument_change", monitor.instrument_id),
    ):
        assert ">None<" not in admin.get(address).content.decode().replace("\n", "")


def test_the_services_page_leads_to_its_history(admin, db):
    shown = admin.get(page("monitors_service_changelist")).content.decode()
    assert page("monitors_service_history", 1) in shown
    assert "admin/css/forms" in shown
