"""What an alert says when it is there: by every kind, every way, in both languages."""

import json
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import override

from monitors import lifecycle
from monitors.kinds import rule_kinds
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor
from notifications import links
from notifications.delivery import allowance, outbox
from notifications.delivery.allowance import Allowance
from notifications.kinds import transport_kinds
from notifications.models import Delivery, Inbox, Notification, Wording
from notifications.transports import mail
from tests.conftest import MOUTAI
from tests.notifications.outbox_desk import put
from tests.standin_services._server import service_kinds

pytestmark = pytest.mark.django_db

SITE = "https://stocks.example"
WAYS = sorted(transport_kinds().keys() & service_kinds().keys())
PARAMS = {
    "entry_zone": {"min": "1650", "max": "1800.10"},
    "take_profit": {"price": "1800"},
    "price_above": {"price": "1800"},
    "stop_loss": {"price": "1900"},
    "price_below": {"price": "1900"},
}
"""Rules that a price of 1800.10 fires, all at once."""

LATE = {"en": "15 minutes", "zh-hans": "15 分钟"}
LINKS = {"bark": 1, "webpush": 4}
"""Links that need no log-in, where they are not the three deeds': the page of all, or both."""


@pytest.fixture(params=LATE)
def language(request, user, settings, monkeypatch) -> str:
    """That of the user, whose alerts are sent one by one, to a server that knows its address."""
    settings.SITE_URL = SITE
    Inbox.objects.create(user=user, language=request.param)
    monkeypatch.setattr(allowance, "take", lambda *_asked, **_how: Allowance(1000, 0))
    return request.param


@pytest.fixture
def fire(user, trade):
    """Fire a rule of every kind by a quote that is late."""

    def now() -> Monitor:
        rules = [RuleSpec(kind, PARAMS[kind]) for kind in rule_kinds()]
        made = lifecycle.create(user.pk, MOUTAI, rules, trading_hours_only=False, note="sell half")
        trade("1800.10", source="tencent", delay=900, previous_close=Decimal(1700))
        assert Notification.objects.count() == len(PARAMS)
        return made

    return now


def taken(services, way: str) -> list[str]:
    """Send what waits, at a pace that the service takes; return the texts."""
    at = count(int(timezone.now().timestamp()), 30)
    services[way].clock = lambda: next(at)
    outbox.hand_out(timezone.now())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    return [_plain(one.text) for one in services[way].taken]


def _plain(text: str) -> str:
    """Without the signs that keep a text from being markup."""
    return text.replace("\\", "").replace("&#x27;", "'")


def told(notification: Notification, language: str) -> list[str]:
    """What every alert tells."""
    at = localtime(notification.quote_at)
    return [
        "1800.10 CNY", f"{notification.level} CNY", "▲ +5.89 %", f"{at:%Y-%m-%d %H:%M:%S}",
        "(Asia/Shanghai)", "tencent", LATE[language], "sell half",
    ]  # fmt: skip


def test_every_kind_is_tried() -> None:
    assert PARAMS.keys() == rule_kinds().keys()


@pytest.mark.parametrize("way", [way for way in WAYS if way != "webhook"])
def test_an_alert_says_it_all_once(way, services, clock, user, language, fire):
    put(user, services, way)
    made = fire()
    texts = taken(services, way)
    for notification, text in zip(Notification.objects.order_by("seq"), texts, strict=True):
        for part in told(notification, language):
            assert text.count(part) == 1, (part, text)
        assert (f"{SITE}/monitors/{made.pk}/" in text) is (way != "bark")
        with override(language):
            actions = links.actions(notification)
        assert len(actions) == 3
        for action in actions:
            # Signed anew the address differs: it has the time.
            assert (action.label in text) is (way != "bark"), text
        assert text.count(f"{SITE}/a/") == LINKS.get(way, 3)


def test_a_webhook_tells_it_in_members(services, clock, user, language, fire):
    put(user, services, "webhook")
    fire()
    for text in taken(services, "webhook"):
        [item] = json.loads(text)["items"]
        assert (item["price"], item["data"]["currency"]) == ("1800.10", "CNY")
        assert (item["data"]["change_pct"], item["data"]["delay"]) == ("5.89", 900)
        assert (item["data"]["source"], item["data"]["note"]) == ("tencent", "sell half")
        assert item["quote_at"].endswith("+08:00")
        assert len(item["links"]) == 4
        assert all(link["url"].startswith(SITE) for link in item["links"])


@pytest.mark.parametrize("way", WAYS)
def test_words_of_ones_own_arrive_instead(way, services, clock, user, language, fire):
    title, text = "{{name}} → {{ price }} {{currency}}", "L {{level}} C {{change}}\nZ {{zone}}"
    Wording.objects.create(user=user, kind="take_profit", transport=way, title=title, text=text)
    Wording.objects.create(user=user, text="for all: {{ source }}")
    put(user, services, way)
    fire()
    for notification, arrived in zip(
        Notification.objects.order_by("seq"), taken(services, way), strict=True
    ):
        if notification.kind == "take_profit":
            for part in ("贵州茅台 → 1800.10 CNY", "L 1800 C +5.89 %", "Z Asia/Shanghai"):
                assert part in arrived
            assert notification.title not in arrived
        else:
            assert "for all: tencent" in arrived
            assert way == "serverchan" or notification.title in arrived  # which cuts titles
        if way != "webhook":  # which has the values anyhow
            assert "sell half" not in arrived
            assert LATE[language] not in arrived


def test_a_mail_has_a_table_with_the_change_in_its_colour(
    services, clock, user, language, fire, monkeypatch, settings
):
    sent: list[Any] = []

    async def hand_over(message: Any, _server: object) -> str:
        sent.append(message)
        return "250 OK"

    monkeypatch.setattr(mail, "_hand_over", hand_over)
    settings.EMAIL_SERVER, settings.EMAIL_FROM = object(), "alerts@stocks.example"
    user.destinations.create(kind="mail", name="mail", params={"to": "ann@reader.example"})
    fire()
    outbox.hand_out(timezone.now())
    for notification, message in zip(Notification.objects.order_by("seq"), sent, strict=True):
        plain, html = (part.get_content() for part in message.iter_parts())
        for part in told(notification, language):
            assert plain.count(part) == 1
            assert html.count(part) == 1
        assert plain.count(f"{SITE}/a/") == html.count(f"{SITE}/a/") == 3
        # A rise is red in Chinese.
        assert ("#dc2626" if language == "zh-hans" else "#15803d") in html
