"""The admin shows what became of instruments, and lets nobody write it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from monitors.models import Instrument, InstrumentChange
from tests.monitors.admin_pages import SYMBOL, logged_in, page, submit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return logged_in(User.objects.create_superuser("admin"))


@pytest.fixture
def instrument() -> Instrument:
    made = Instrument.objects.of(SYMBOL)
    changes = {"name": ("贵州茅台", "ST茅台"), "state": ("trading", "suspended")}
    for what, (before, after) in changes.items():
        made.changes.create(
            what=what,
            before=before,
            after=after,
            at=datetime(2026, 11, 24, 1, tzinfo=UTC),
            source="tencent",
        )
    return made


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_changes_are_listed_in_words_and_found_by_an_old_name(admin, instrument):
    address = page("monitors_instrumentchange_changelist")
    listed = text(admin, address)
    for word in ("贵州茅台", "ST茅台", "Trading", "Suspended", "600519.SH", "tencent"):
        assert word in listed
    assert "1 change of an instrument" in text(admin, f"{address}?q=贵州茅台")
    assert "0 changes of instruments" in text(admin, f"{address}?q=宁德")


def test_nobody_writes_them(admin, instrument):
    change = InstrumentChange.objects.latest("pk")
    assert admin.get(page("monitors_instrumentchange_add")).status_code == 403
    assert admin.post(page("monitors_instrumentchange_delete", change.pk)).status_code == 403
    address = page("monitors_instrumentchange_change", change.pk)
    assert 'name="after"' not in text(admin, address)
    assert admin.post(address, {"after": "x"}).status_code == 403


def test_an_instrument_shows_its_history_and_what_is_known_of_it(admin, instrument):
    Instrument.objects.update(
        kind="stock",
        english_name="Kweichow Moutai",
        limit_up=Decimal("1437.1"),
        limit_down=Decimal("1175.81"),
        limits_on=date(2000, 1, 1),
    )
    address = page("monitors_instrument_change", instrument.pk)
    shown = text(admin, address)
    for word in ("Main board", "Kweichow Moutai", "Stock", "ST茅台", "Suspended", "tencent"):
        assert word in shown
    assert "1437.10" not in shown
    submit(admin, address, {"name": "Moutai"})
    assert Instrument.objects.get().name == "Moutai"
    assert InstrumentChange.objects.count() == 2


def test_limits_are_shown_on_their_day(admin, instrument, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 3, tzinfo=UTC))
    Instrument.objects.update(
        limit_up=Decimal("1437.1"), limit_down=Decimal("1175.81"), limits_on=date(2026, 11, 24)
    )
    assert "1175.81 – 1437.10" in text(admin, page("monitors_instrument_change", instrument.pk))


def test_a_change_goes_with_its_instrument(instrument):
    clerk = logged_in(user("clerk", "view_instrument", "delete_instrument", is_staff=True))
    clerk.post(page("monitors_instrument_delete", instrument.pk), {"post": "yes"})
    assert not InstrumentChange.objects.exists()
