"""What only nonsense from outside can cause is answered with a 4xx, whoever serves the page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from redis.exceptions import TimeoutError as RedisSilent
from rest_framework.test import APIClient

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.models import Monitor
from monitors.symbols import Symbol

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"
FORM = "application/x-www-form-urlencoded"
PASSWORD = "a long password"


@pytest.fixture
def within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted by the minute; what counts some must not see one end."""
    monkeypatch.setattr("stockwatch.attempts.time.time", lambda: 1_800_000_000.0)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    return client


@pytest.fixture
def monitor(user: User) -> Monitor:
    return lifecycle.create(
        user.pk, Symbol.parse("AAPL"), [RuleSpec("price_above", {"price": "1"})]
    )


def test_a_value_nested_a_thousand_deep() -> None:
    body = b'{"username":' + b"[" * 1000 + b"]" * 1000 + b',"password":"x"}'
    answer = APIClient().post(LOGIN, body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("charset", ["gbk", "punycode", "idna", "unicode_escape", "utf-16"])
@pytest.mark.parametrize("path", [LOGIN, "/login/"])
def test_a_body_that_is_not_utf8(client: Client, path: str, charset: str) -> None:
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(path, b"a=b", content_type=f"{FORM}; charset={charset}")
    assert answer.status_code == 415
    assert b"UTF-8" in answer.content


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; charset="UTF-8"'])
def test_a_body_that_is(client: Client, charset: str) -> None:
    answer = client.post("/login/", b"username=a&password=b", content_type=FORM + charset)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/login/", "/admin/", "/api/v1/auth/info"])
def test_a_session_cookie_with_a_nul(client: Client, path: str) -> None:
    answer = client.get(path, headers={"cookie": r'sessionid="abcdefgh\000ij"'})
    assert answer.status_code in (200, 302, 401)


@pytest.mark.parametrize(
    "way_back", ["foo", "?a", "#", "[", "monitor-edit", "https://evil.example/"]
)
@pytest.mark.parametrize("act", ["pause", "resume", "rearm"])
def test_a_way_back_that_leads_nowhere(
    client: Client, user: User, monitor: Monitor, act: str, way_back: str
) -> None:
    client.force_login(user)
    answer = client.post(f"/monitors/{monitor.pk}/{act}/", {"next": way_back})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_not_there_whatever_the_method(method: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = getattr(browser, method)("/api/v1/realtime/monitors/9999999999999999999x")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_search_of_thousands_of_words(staff: Client, monitor: Monitor) -> None:
    words = "a+" * 3000
    assert staff.get(f"/api/v1/realtime/monitors?search={words}").status_code == 400
    assert staff.get(f"/?search={words}").status_code == 200
    assert staff.get(f"/admin/monitors/monitor/?q={words}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "monitors/sweep/?started_at__year=99999999999999999999",
        "notifications/notification/?created_at__lt=9999-12-31 23:59:59-12:00",
        "monitors/quote/999999999999999999999999999999/change/",
        "notifications/delivery/?ended_at__lt=9999-12-31 23:59:59-12:00",
        "notifications/delivery/?way=a%00b&state__exact=nonsense",
        "notifications/destination/?way=pigeon&q=" + "a+" * 3000,
        "notifications/attempt/?ok__exact=perhaps&q=" + "9" * 30,
    ],
)
def test_admin_addresses_that_nobody_clicks(staff: Client, path: str) -> None:
    assert staff.get(f"/admin/{path}").status_code in (200, 302, 400, 404)


@pytest.mark.parametrize(
    "path",
    [
        "destinations/999999999999999999", "destinations/9999999999999999999999/test",
        "deliveries/999999999999999999/redeliver", "realtime/monitors/999999999999999999/snooze",
    ],
)  # fmt: skip
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{", b'{"params":' + b"[" * 1000, b"\xff"])
def test_calls_on_what_cannot_be(staff: Client, path: str, body: bytes) -> None:
    answer = staff.post(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code in (404, 405)
    kinds = staff.post("/api/v1/destinations", body, content_type="application/json")
    assert kinds.status_code == 400


@pytest.mark.parametrize("chosen", ["x", "9" * 19, "9" * 30])
@pytest.mark.parametrize(
    ("page", "action"),
    [("destination", "turn_off"), ("destination", "turn_on"), ("delivery", "again")],
)
def test_admin_actions_on_deliveries_that_cannot_be(
    staff: Client, page: str, action: str, chosen: str
) -> None:
    chosen_rows = {"action": action, "_selected_action": chosen}
    answer = staff.post(f"/admin/notifications/{page}/", chosen_rows)
    assert answer.status_code in (302, 400)


@pytest.mark.parametrize("chosen", ["x", "9" * 19, "9" * 30])
def test_admin_actions_on_rows_that_cannot_be(staff: Client, chosen: str) -> None:
    answer = staff.post("/admin/monitors/monitor/", {"action": "pause", "_selected_action": chosen})
    assert answer.status_code in (302, 400)


def test_figures_are_told_while_redis_is_silent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> float:
        raise RedisSilent

    monkeypatch.setattr("stockwatch.heartbeat.age", silent)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b"stockwatch_worker_heartbeat_age_seconds NaN" in answer.content


@pytest.mark.usefixtures("within_a_minute")
def test_the_eleventh_wrong_try_must_wait(user: User) -> None:
    def guess(_number: int) -> int:
        wrong = {"username": "ann", "password": "wrong"}
        return APIClient().post(LOGIN, wrong).status_code

    codes = [guess(number) for number in range(12)]
    assert codes == [400] * 10 + [429] * 2


@pytest.mark.usefixtures("within_a_minute")
def test_a_try_is_counted_before_it_is_made(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven log-ins, each begun while the former is still being judged."""
    codes: list[int] = []

    def judge(*_args: object, **_kwargs: object) -> None:
        if len(codes) < 10:
            codes.append(0)
            codes[codes.index(0)] = guess()

    def guess() -> int:
        return APIClient().post(LOGIN, {"username": "ann", "password": "wrong"}).status_code

    monkeypatch.setattr("stockwatch.accounts.authenticate", judge)
    guess()
    assert codes.count(429) == 1


@pytest.mark.usefixtures("within_a_minute")
def test_the_admin_limits_tries_too(client: Client) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    for _ in range(10):
        client.post("/admin/login/", {"username": "root", "password": "wrong"})
    answer = client.post("/admin/login/", {"username": "root", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many failed tries" in answer.content.decode()


@pytest.mark.usefixtures("within_a_minute")
def test_good_tries_are_not_counted(user: User) -> None:
    for _ in range(15):
        answer = APIClient().post(LOGIN, {"username": "ann", "password": PASSWORD})
        assert answer.status_code == 200
