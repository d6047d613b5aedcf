"""A secret that is stored stays with the address that it was entered for, or goes."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from notifications.kinds import transport_kinds
from notifications.models import HIDDEN, Destination

URL = "/api/v1/destinations"
TOKEN = "AbCdEfGh.12345"
TOPIC_TOKEN = "tk_" + "a" * 29
SECRET = "0123456789abcdef"
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
PUSH = {"endpoint": "https://push.example/1", "p256dh": P256DH, "auth": "tBHItJI5svbpez7KI4CCXg"}

ELSEWHERE: list[tuple[str, dict[str, str], dict[str, str], set[str]]] = [
    ("bark", {"key": "https://bark.example/ynJ5Ft4atkMkWeo2PAvFhF/x"},
     {"server": "https://evil.example"}, {"key"}),
    ("feishu", {"token": "https://open.feishu.cn/open-apis/bot/v2/hook/0123456789abcdef01",
                "secret": SECRET},
     {"region": "lark"}, {"token", "secret"}),
    ("gotify", {"server": "https://push.example", "token": TOKEN},
     {"server": "https://evil.example"}, {"token"}),
    ("ntfy", {"topic": "https://ntfy.example/nobody-guesses", "token": TOPIC_TOKEN},
     {"server": "https://evil.example"}, {"topic", "token"}),
    ("ntfy", {"topic": "nobody-guesses", "token": TOPIC_TOKEN},
     {"topic": "https://evil.example/nobody-guesses"}, {"token"}),
    ("webhook", {"url": "https://hook.example/1", "secret": SECRET, "headers": "X-Key: abc"},
     {"url": "https://evil.example/1"}, {"secret", "headers"}),
    ("webpush", PUSH, {"endpoint": "https://evil.example/1"}, {"p256dh", "auth"}),
]  # fmt: skip


def each(cases: list[tuple[str, dict[str, str], dict[str, str], set[str]]]) -> pytest.MarkDecorator:
    ids = [f"{kind} {'-'.join(changed)}" for kind, _params, changed, _named in cases]
    return pytest.mark.parametrize(("kind", "params", "changed", "named"), cases, ids=ids)


elsewhere = each(ELSEWHERE)
elsewhere_by_form = each([case for case in ELSEWHERE if case[0] != "webpush"])
"""What a browser tells of itself nobody types into a form."""


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def create(api: APIClient, kind: str, params: dict[str, str]) -> str:
    answer = api.post(URL, {"kind": kind, "name": "Mine", "params": params})
    assert answer.status_code == 201, answer.json()
    return f"{URL}/{answer.json()['id']}"


def sealed() -> dict[str, Any]:
    return Destination.objects.get().secret_params


def form(**params: str) -> dict[str, str]:
    usual = {"name": "Mine", "least_severity": "1", "zone": "Asia/Shanghai"}
    return usual | {f"params-{name.replace('__', '-')}": value for name, value in params.items()}


def page() -> str:
    return f"/destinations/{Destination.objects.get().pk}/"


def test_every_way_with_an_address_of_the_users_own_is_tried_here() -> None:
    ways = transport_kinds()
    guarded = {name for name, way in ways.items() if way.address & way.Params.base_fields.keys()}
    assert guarded - {"apprise"} == {kind for kind, *_rest in ELSEWHERE}
    assert ways["apprise"].secrets == ways["apprise"].address  # there is nothing else to keep


@elsewhere
def test_another_address_needs_its_secrets_anew(
    api: APIClient, kind: str, params: dict[str, str], changed: dict[str, str], named: set[str]
) -> None:
    url = create(api, kind, params)
    before = sealed()
    hidden = dict.fromkeys(named, HIDDEN)
    for sent in (changed, changed | hidden):
        answer = api.patch(url, {"params": sent})
        assert answer.status_code == 400, answer.json()
        assert set(answer.json()["params"]) == named
    whole = {"kind": kind, "name": "Mine", "params": params | changed | hidden}
    answer = api.put(url, whole)
    assert (answer.status_code, set(answer.json()["params"])) == (400, named)
    assert sealed() == before
    typed = {name: value for name, value in params.items() if name in named}
    answer = api.patch(url, {"params": typed | changed})
    assert answer.status_code == 200, answer.json()


@elsewhere_by_form
@pytest.mark.parametrize("button", [{}, {"test": "1"}])
def test_the_form_wants_them_anew_too_and_tests_nothing(
    api: APIClient,
    browser: Client,
    kind: str,
    params: dict[str, str],
    changed: dict[str, str],
    named: set[str],
    button: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "notifications.destinations.trials.send", lambda *_anything: pytest.fail("was sent")
    )
    create(api, kind, params)
    before = sealed()
    shown = dict(Destination.objects.get().shown_params)
    answer = browser.post(page(), form(**shown | changed) | button)
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert text.count("Enter it anew") == len(named)
    assert sealed() == before
    for name in named:
        assert before[name] not in text


def test_what_is_left_out_where_the_address_stays_is_kept(api: APIClient) -> None:
    url = create(api, "gotify", {"server": "https://push.example", "token": TOKEN})
    assert api.patch(url, {"params": {"server": "https://push.example"}}).status_code == 200
    assert sealed() == {"token": TOKEN}


def test_a_secret_that_may_be_left_out_is_removed_by_its_box(
    api: APIClient, browser: Client
) -> None:
    create(api, "ntfy", {"topic": "nobody-guesses", "token": TOPIC_TOKEN})
    opened = browser.get(page()).content.decode()
    assert 'name="params-token-removed"' in opened
    assert 'name="params-topic-removed"' not in opened  # nothing works without it
    browser.post(page(), form(topic=HIDDEN, token=HIDDEN))
    assert sealed()["token"] == TOPIC_TOKEN
    answer = browser.post(page(), form(topic=HIDDEN, token=HIDDEN, token__removed="on"))
    assert answer.status_code == 302
    assert sealed() == {"topic": "nobody-guesses", "token": ""}
    assert "token-removed" not in browser.get(page()).content.decode()


def test_a_webhooks_secret_that_is_removed_is_made_anew_and_told_once(
    api: APIClient, browser: Client
) -> None:
    create(api, "webhook", {"url": "https://hook.example/1", "secret": SECRET})
    sent = form(url="https://hook.example/2", secret="", secret__removed="on")
    told = unescape(browser.post(page(), sent, follow=True).content.decode())
    made = sealed()["secret"]
    assert made not in ("", SECRET)
    assert made in told
    assert made not in unescape(browser.get("/destinations/").content.decode())
    assert made not in unescape(browser.get(page()).content.decode())


def test_the_api_removes_one_by_an_empty_text(api: APIClient) -> None:
    url = create(api, "ntfy", {"topic": "nobody-guesses", "token": TOPIC_TOKEN})
    answer = api.patch(url, {"params": {"token": ""}})
    assert answer.json()["params"]["token"] == ""
    assert sealed() == {"topic": "nobody-guesses", "token": ""}


@pytest.mark.parametrize("field", ["server", "key"])
def test_barks_server_has_no_password(api: APIClient, field: str) -> None:
    named = {"key": "ynJ5Ft4atkMkWeo2PAvFhF", "server": "https://bark.example"}
    wrong = {"server": "https://u:p@bark.example", "key": "https://u:p@bark.example/ynJ5Ft4atk/x"}
    params = {"server": named["server"] if field == "server" else "", "key": named["key"]}
    answer = api.post(URL, {"kind": "bark", "name": "x", "params": params | {field: wrong[field]}})
    assert (answer.status_code, list(answer.json()["params"])) == (400, [field])
