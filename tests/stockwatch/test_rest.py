"""How the API reads and writes: strict JSON, bounded bodies, optional slashes, known fields."""

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DataError
from django.utils.translation import gettext_lazy
from rest_framework.test import APIClient

from stockwatch.rest import FastJSONRenderer, explain
from tests.live import Daphne, start_daphne

LOGIN = "/api/v1/auth/login"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"username": NaN}',
        b'{"username": Infinity}',
        b'{"username": "\\ud800"}',
        b'{"username": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_json_is_400_and_says_why(body: bytes) -> None:
    answer = APIClient().post(LOGIN, body, content_type="application/json")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_body_is_an_empty_object(body: bytes) -> None:
    answer = APIClient().post(LOGIN, body, content_type="application/json")
    assert answer.json().keys() == {"username", "password"}


def test_another_kind_of_body_is_415() -> None:
    answer = APIClient().post(LOGIN, b"<a/>", content_type="application/xml")
    assert answer.status_code == 415


def test_what_json_has_no_name_for_is_written_as_text() -> None:
    values = {
        "price": Decimal("1E+3"),
        "small": Decimal("0.0000001"),
        "at": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "lazy": gettext_lazy("price"),
        "each": (number for number in (1, 2)),
    }
    assert orjson.loads(FastJSONRenderer().render(values)) == {
        "price": "1000",
        "small": "0.0000001",
        "at": "2026-11-23T10:00:00+00:00",
        "lazy": "price",
        "each": [1, 2],
    }


@pytest.mark.parametrize("path", ["/api/v1/auth/info", "/api/v1/auth/info/"])
@pytest.mark.django_db
def test_a_slash_at_the_end_does_not_matter(path: str) -> None:
    assert APIClient().get(path).status_code == 401
    nowhere = APIClient().get(f"{path}//")
    assert (nowhere.status_code, nowhere.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValidationError({"symbol": "no"}), 400),
        (OverflowError("int too large"), 400),
        (DataError("out of range"), 400),
        (ValueError("A string literal cannot contain NUL (0x00) characters."), 400),
    ],
)
def test_what_bad_input_causes_deep_down_is_the_clients(error: Exception, status: int) -> None:
    answer = explain(error, {})
    assert answer is not None
    assert answer.status_code == status


def test_what_is_our_fault_stays_an_error() -> None:
    assert explain(ValueError("a bug"), {}) is None


@pytest.fixture(scope="module")
def running(django_db_setup: None) -> Iterator[Daphne]:
    with start_daphne() as server:
        yield server


@pytest.fixture
def server(running: Daphne, transactional_db: None) -> Iterator[Daphne]:
    yield running
    assert running.complaints() == []


def post(server: Daphne, path: str, body: object, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(
        "POST",
        path,
        body,  # type: ignore[arg-type]
        {"Content-Type": "application/json"} | headers,
        encode_chunked=not isinstance(body, bytes),
    )
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def pieces(count: int) -> Iterator[bytes]:
    yield b'{"username": "'
    yield from (b"x" * 65536 for _ in range(count))
    yield b'"}'


FORM = b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n%s\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("kind", "frame"),
    [("application/json", b"%s"), ("multipart/form-data; boundary=b", FORM)],
    ids=["json", "form"],
)
def test_a_body_of_10_megabytes_is_413(server: Daphne, kind: str, frame: bytes) -> None:
    status, body = post(server, LOGIN, frame % (b"x" * 10_000_000), Content_Type=kind)
    assert status == 413
    assert str(settings.MAX_BODY_BYTES) in orjson.loads(body)["detail"]


def test_a_body_of_unknown_length_is_bounded_too(server: Daphne) -> None:
    chunked = {"Transfer_Encoding": "chunked"}
    assert post(server, LOGIN, pieces(160), **chunked)[0] == 413
    assert post(server, "/admin/login", pieces(160), **chunked)[0] == 413
    status, body = post(server, LOGIN, pieces(0), **chunked)
    assert (status, orjson.loads(body).keys()) == (400, {"username", "password"})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_schema_is_valid_and_complete() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null")


@pytest.mark.django_db
def test_the_docs_need_no_other_site(settings: Any) -> None:
    # Without the manifest that set-up writes when it collects the files.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    client = APIClient()
    page = client.get("/api/docs").content.decode()
    assert "https://" not in page
    assert client.get("/api/schema").status_code == 200


@pytest.fixture
def visitor(user: User) -> APIClient:
    """A person with a browser, who is logged in."""
    client = APIClient()
    client.force_login(user)
    return client


def browsed(client: APIClient, path: str) -> str:
    answer = client.get(path, headers={"accept": "text/html"})
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
@pytest.mark.django_db
def test_the_entrance_lists_what_there_is_also_for_strangers(path: str) -> None:
    listed = APIClient().get(path).json()
    for call in ("auth/login", "realtime/monitors", "realtime/notifications", "quotes"):
        assert listed[call] == f"http://testserver/api/v1/{call}"
    assert listed["docs"] == "http://testserver/api/docs"


def test_every_address_of_the_entrance_is_there(visitor: APIClient) -> None:
    for address in visitor.get("/api/v1/").json().values():
        assert visitor.get(address).status_code in (200, 400, 403, 405), address


@pytest.mark.parametrize(
    ("accepted", "context"),
    [("application/json; indent=4", None), ("text/html", {"indent": 4})],
)
def test_json_is_indented_for_who_asks(accepted: str, context: dict[str, Any] | None) -> None:
    assert FastJSONRenderer().render({"a": 1}, accepted, context) == b'{\n  "a": 1\n}'
    assert FastJSONRenderer().render({"a": 1}, "application/json", {}) == b'{"a":1}'


def test_the_browsable_pages_offer_json_alone_with_an_example_that_works(
    visitor: APIClient,
) -> None:
    page = browsed(visitor, "/api/v1/realtime/monitors")
    assert "HTML form" not in page
    assert "  &quot;count&quot;: 0" in page
    example = unescape(page.partition('name="_content"')[2].partition(">")[2])
    example = example.partition("</textarea>")[0]
    values = orjson.loads(example)
    assert (values["trading_hours_only"], values["notifications_enabled"]) == (True, True)
    made = visitor.post("/api/v1/realtime/monitors", example, content_type="application/json")
    assert made.status_code == 201, made.content
    shown = browsed(visitor, f"/api/v1/realtime/monitors/{made.json()['id']}")
    assert "PATCH" in shown
    assert "DELETE" in shown


def test_the_browsable_pages_lead_to_log_in_and_log_out(visitor: APIClient) -> None:
    path = "/api/v1/realtime/monitors"
    assert f'href="/login/?next={path.replace("/", "%2F")}%3Fpage%3D1"' in browsed(
        APIClient(), f"{path}?page=1"
    )
    page = browsed(visitor, path)
    assert 'action="/logout/"' in page
    assert visitor.post("/logout/", {"next": path}, format="multipart")["Location"] == path
