"""The guided form: distances, what looks like a slip, and what it begins with."""

from django.contrib.auth.models import User
from django.test import Client

from monitors.models import Monitor
from tests.conftest import Trade
from tests.monitors.test_pages import page, watch
from tests.monitors.test_pages_acting import aim
from tests.monitors.test_pages_edit import NEW, PROFIT, ZONE, form

ADVICE = "/monitors/advice/"


def test_the_form_says_how_far_each_level_is(browser: Client, user: User, trade: Trade) -> None:
    monitor = watch(user)
    trade("1700")
    text = page(browser, f"/monitors/{monitor.pk}/edit/")
    for way in ("-2.94 %", "-1.18 %", "+5.88 %"):
        assert f">1700.00 → {way}<" in text, "beside the price"
    assert "already watch" not in text


def test_what_looks_like_a_slip_is_said_while_one_types(
    browser: Client, user: User, trade: Trade
) -> None:
    aim(user, "1800")
    trade("1700")
    stop = {"kind": "stop_loss", "price": "1660"}
    half_typed = {"kind": "price_above", "price": "1e"}
    told = browser.post(ADVICE, form(ZONE, half_typed, stop)).json()
    assert told["rows"] == {"0": [], "1": [], "2": ["The stop loss is not below the entry zone."]}
    assert told["all"] == []
    assert "already" in browser.post(ADVICE, form(PROFIT)).json()["all"][0]
    own = Monitor.objects.get().pk
    assert browser.post(ADVICE, form(PROFIT, monitor=own)).json()["all"] == []
    assert browser.post(ADVICE, form(PROFIT, symbol="nothing at all")).json()["rows"] == {"0": []}
    assert browser.post(ADVICE, {}).json() == {"rows": {}, "all": []}


def test_what_looks_like_a_slip_is_saved_and_said(
    browser: Client, user: User, trade: Trade
) -> None:
    aim(user, "1800")
    trade("1700")
    assert browser.post(NEW, form(PROFIT | {"price": "180"})).status_code == 302
    assert Monitor.objects.count() == 2
    text = page(browser)
    assert "so already" in text
    assert "decimal point" in text


def test_a_copy_is_filled_in_and_not_saved(browser: Client, user: User, other: User) -> None:
    monitor = watch(user, note="long", rating="buy")
    text = page(browser, NEW, copy=str(monitor.pk))
    for part in ('value="600519.SH"', 'value="1650"', 'value="1800"', "long", "already watch"):
        assert part in text
    assert Monitor.objects.count() == 1
    for refused in (str(watch(other).pk), "x", "9" * 30):
        page(browser, NEW, code=404, copy=refused)


def test_a_line_goes_on_in_the_form(browser: Client) -> None:
    text = page(browser, NEW, line="600519 hold 1650-1680 sl 1600 once note abc")
    for part in ('value="600519.SH"', 'value="1650"', 'value="1600"', ">abc<", "selected>Hold"):
        assert part in " ".join(text.split()).replace("> ", ">").replace(" <", "<")
    assert "Nothing is called so" not in page(browser, NEW, line="tpp")
