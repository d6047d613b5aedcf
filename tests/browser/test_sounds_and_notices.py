"""Of several tabs one sounds and one tells the browser; and only as their user wants it."""

import re
from datetime import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from notifications.severity import Severity
from stockwatch.models import Preferences
from tests.browser.accessibility import violations
from tests.browser.conftest import is_live, until
from tests.browser.in_language import EVERYWHERE, choose
from tests.conftest import Tell
from tests.live import Daphne

pytestmark = pytest.mark.browser

RECORD = """
window.pitches = [];
const create = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const tone = create.call(this);
  const start = tone.start;
  tone.start = function (at) { pitches.push(tone.frequency.value); return start.call(this, at); };
  return tone;
};
"""
NOTICES = """
window.notices = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(title, options) { super(); window.notices.push({ title, ...options }); }
  close() {}
};
if (localStorage.getItem("granted")) Notification.permission = "granted";
window.look = (away) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => away });
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
STOP, ALERT = [740, 494, 740, 494], [784, 1175]


def heard(page: Page) -> list[int]:
    return [round(pitch) for pitch in page.evaluate("window.pitches")]


def loud_tab(page: Page, server: Daphne) -> Page:
    """Another tab in which somebody has clicked, so that it may sound; the first one is gone."""
    page.goto("about:blank")
    tab = page.context.new_page()
    tab.add_init_script(RECORD)
    tab.goto(f"{server.origin}/")
    is_live(tab)
    tab.locator("h1").click()
    return tab


@pytest.fixture
def quiet_browser(tolerated: list[str]) -> None:
    """What the browser says of a page that would sound before it was touched."""
    tolerated.append("AudioContext was not allowed to start")


@pytest.mark.usefixtures("quiet_browser")
@pytest.mark.parametrize(
    ("choice", "kind", "tune"),
    [("all", "stop_loss", STOP), ("all", "price_above", ALERT), ("stops", "stop_loss", STOP)],
)
def test_of_two_tabs_one_sounds(
    page: Page, server: Daphne, user: User, tell: Tell, choice: str, kind: str, tune: list[int]
) -> None:
    Preferences.objects.create(user=user, sound=choice)
    tabs = [loud_tab(page, server), loud_tab(page, server)]
    locks = "async () => (await navigator.locks.query()).held.length + 0"
    assert tabs[0].evaluate(locks) > 0
    tell(user, kind=kind)
    for tab in tabs:
        expect(tab.locator(".toast")).to_have_count(1)
    assert sorted(heard(tab) for tab in tabs) == [[], tune]
    sounding = next(tab for tab in tabs if heard(tab))
    silent = next(tab for tab in tabs if not heard(tab))
    sounding.close()
    until(silent, "async () => (await navigator.locks.query()).pending.length === 0")
    tell(user, kind=kind)
    expect(silent.locator(".toast")).to_have_count(2)
    assert heard(silent) == tune


@pytest.mark.usefixtures("quiet_browser")
@pytest.mark.parametrize(("choice", "kind"), [("off", "stop_loss"), ("stops", "price_above")])
def test_what_nobody_wants_to_hear_is_silent(
    page: Page, server: Daphne, user: User, tell: Tell, choice: str, kind: str
) -> None:
    Preferences.objects.create(user=user, sound=choice)
    tab = loud_tab(page, server)
    tell(user, kind=kind, severity=Severity.NORMAL)
    expect(tab.locator(".toast")).to_have_count(1)
    assert heard(tab) == []


@pytest.mark.usefixtures("quiet_browser")
@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_a_silent_browser_is_asked_once(
    page: Page, server: Daphne, user: User, tell: Tell, language: str, width: int
) -> None:
    Preferences.objects.create(user=user, sound="all")
    page.goto("about:blank")
    tab = page.context.new_page()
    tab.add_init_script(RECORD)
    choose(tab, language, width)
    tab.goto(f"{server.origin}/")
    is_live(tab)
    note = tab.locator(".toast.sound")
    expect(note).to_contain_text(
        {"en": "this browser is silent", "zh-hans": "浏览器静音"}[language]
    )
    assert violations(tab) == []
    note.locator(".press").click()
    expect(note).to_have_count(0)
    tell(user, kind="stop_loss")
    expect(tab.locator(".toast")).to_have_count(1)
    assert heard(tab) == STOP


def test_a_sound_can_be_tried(page: Page, server: Daphne) -> None:
    page.add_init_script(RECORD)
    page.goto(f"{server.origin}/settings/")
    is_live(page)
    page.locator("[data-try-sound=stop]").click()
    until(page, "() => window.pitches.length === 4")
    page.locator("[data-try-sound=alert]").click()
    until(page, "() => window.pitches.length === 6")
    assert heard(page) == STOP + ALERT


@pytest.fixture
def away(page: Page, server: Daphne) -> list[Page]:
    """Two tabs whose user has allowed notices; nobody looks at them, nor at the first one."""
    tabs = [page.context.new_page(), page.context.new_page()]
    page.goto("about:blank")
    for tab in tabs:
        tab.add_init_script(NOTICES)
        tab.goto(f"{server.origin}/notifications/")
        is_live(tab)
    return tabs


def allow(tab: Page) -> None:
    tab.locator("#browser-notices [data-do=allow]").click()
    expect(tab.locator("#browser-notices [data-do=stop]")).to_be_focused()
    tab.evaluate("localStorage.setItem('granted', 'yes')")
    assert violations(tab) == []


def notices(tabs: list[Page]) -> list[dict[str, Any]]:
    return [one for tab in tabs for one in tab.evaluate("window.notices")]


def test_one_notice_for_all_tabs_that_nobody_looks_at(
    away: list[Page], user: User, tell: Tell
) -> None:
    allow(away[0])
    away[1].reload()
    is_live(away[1])
    for tab in away:
        tab.evaluate("look('hidden')")
    tell(user, title="Fell", kind="stop_loss", severity=Severity.URGENT)
    for tab in away:
        until(tab, "() => document.title.startsWith('(1)')")
    # A tab that comes late replaces the notice by its tag; browsers show one.
    shown = {one["tag"]: one for one in notices(away)}
    assert [(one["title"], one["requireInteraction"]) for one in shown.values()] == [("Fell", True)]
    tell(user, title="Rose", severity=Severity.NORMAL)
    for tab in away:
        until(tab, "() => document.title.startsWith('(2)')")
    shown = {one["tag"]: one for one in notices(away)}
    assert [one["requireInteraction"] for one in shown.values()] == [True, False]


def test_no_notice_while_a_tab_is_looked_at(away: list[Page], user: User, tell: Tell) -> None:
    allow(away[0])
    away[0].evaluate("look('hidden')")
    tell(user)
    for tab in away:
        until(tab, "() => document.title.startsWith('(1)')")
    assert notices(away) == []


def test_no_notice_where_the_browser_is_a_destination_or_was_not_asked(
    away: list[Page], user: User, tell: Tell
) -> None:
    for tab in away:
        tab.evaluate("look('hidden')")
    tell(user)
    for tab in away:
        until(tab, "() => document.title.startsWith('(1)')")
    assert notices(away) == []
    away[0].evaluate("look('visible')")
    allow(away[0])
    told = '{"kind": "webpush", "key": "k", "endpoint": "https://push.example/1"}'
    away[0].evaluate(f"localStorage.setItem('push of {user.pk}', '{told}')")
    away[0].evaluate("look('hidden')")
    tell(user)
    for tab in away:
        until(tab, "() => document.title.startsWith('(2)')")
    assert notices(away) == []


def test_a_notice_leads_to_its_notification_and_is_read(
    away: list[Page], user: User, tell: Tell
) -> None:
    allow(away[0])
    for tab in away:
        tab.evaluate("look('hidden')")
    away[1].close()
    away[0].evaluate("window.kept = []")
    away[0].evaluate(
        """() => { const Old = Notification; window.Notification = class extends Old {
        constructor(...all) { super(...all); window.kept.push(this); } } }"""
    )
    tell(user, url="")
    until(away[0], "() => window.kept.length === 1")
    away[0].evaluate("window.kept[0].dispatchEvent(new Event('click'))")
    expect(away[0]).to_have_url(re.compile(r"\?seq=1$"))
    expect(away[0].locator("#unread")).to_be_hidden()
    is_live(away[0])


NIGHT = {"quiet_from": time(22), "quiet_until": time(7), "quiet_lets_urgent": True}
NOON = {"quiet_from": time(11, 30), "quiet_until": time(13), "quiet_lets_urgent": False}


@pytest.mark.usefixtures("quiet_browser")
@pytest.mark.parametrize(
    ("hours", "zone", "at", "kind", "tune"),
    [
        (NIGHT, "Asia/Shanghai", "2026-12-01T21:59:59+08:00", "price_above", ALERT),
        (NIGHT, "Asia/Shanghai", "2026-12-01T22:00:00+08:00", "price_above", []),
        (NIGHT, "Asia/Shanghai", "2026-12-02T06:59:59+08:00", "price_above", []),
        (NIGHT, "Asia/Shanghai", "2026-12-02T07:00:00+08:00", "price_above", ALERT),
        (NIGHT, "Europe/Berlin", "2026-12-01T22:00:00+08:00", "price_above", ALERT),
        (NIGHT, "Asia/Shanghai", "2026-12-02T03:00:00+08:00", "stop_loss", STOP),
        (NOON, "Asia/Shanghai", "2026-12-02T12:00:00+08:00", "stop_loss", []),
        (NOON, "Asia/Shanghai", "2026-12-02T13:00:00+08:00", "stop_loss", STOP),
    ],
)
def test_in_quiet_hours_open_pages_are_silent(
    page: Page, server: Daphne, user: User, tell: Tell, hours: Any, zone: str, at: str,
    kind: str, tune: list[int],
) -> None:  # fmt: skip
    Preferences.objects.create(user=user, sound="all", zone=zone, **hours)
    tab = loud_tab(page, server)
    leads = "({ name }) => name.includes('sound')"
    until(tab, f"async () => (await navigator.locks.query()).held.some({leads})")
    tab.clock.set_fixed_time(at)
    tell(user, kind=kind)
    expect(tab.locator(".toast")).to_have_count(1)
    assert heard(tab) == tune


@pytest.mark.parametrize(("quiet", "shown"), [({}, 1), (NIGHT, 0)])
def test_in_quiet_hours_the_browser_shows_no_notices(
    away: list[Page], user: User, tell: Tell, quiet: Any, shown: int
) -> None:
    away[1].close()
    allow(away[0])
    Preferences.objects.create(user=user, **quiet)
    away[0].reload()
    is_live(away[0])
    away[0].clock.set_fixed_time("2026-12-01T23:00:00+08:00")
    away[0].evaluate("look('hidden')")
    tell(user, severity=Severity.NORMAL)
    until(away[0], "() => document.title.startsWith('(1)')")
    tell(user, title="Fell", severity=Severity.URGENT)
    until(away[0], "() => document.title.startsWith('(2)')")
    assert len(notices(away[:1])) == shown + 1


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_quiet_hours_are_chosen_and_hold_in_all_tabs(
    page: Page, server: Daphne, language: str, width: int
) -> None:
    choose(page, language, width)
    other = page.context.new_page()
    other.goto(f"{server.origin}/")
    is_live(other)
    page.goto(f"{server.origin}/settings/telling/")
    page.fill("[name=pages-quiet_from]", "22:00")
    page.fill("[name=pages-quiet_until]", "07:00")
    assert page.is_checked("[name=pages-quiet_lets_urgent]")
    page.click("#quiet-pages button")
    expect(page.locator(".message.success")).to_be_visible()
    for tab in (page, other):
        expect(tab.locator("body")).to_have_attribute("data-quiet", "22:00-07:00")
        expect(tab.locator("body")).to_have_attribute("data-quiet-lets-urgent", "")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{server.origin}/settings/")
    page.check("[name=sound][value=stops]")
    expect(other.locator("body")).to_have_attribute("data-sound", "stops")


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_settings_let_the_browser_show_notices_beside_the_sound(
    page: Page, server: Daphne, language: str, width: int
) -> None:
    choose(page, language, width)
    page.add_init_script(NOTICES)
    page.goto(f"{server.origin}/settings/")
    part = page.locator("#appearance #browser-notices")
    part.locator("[data-do=allow]").click()
    expect(part.locator("[data-do=stop]")).to_be_focused()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    part.locator("[data-do=stop]").click()
    expect(part.locator("[data-do=allow]")).to_be_focused()
