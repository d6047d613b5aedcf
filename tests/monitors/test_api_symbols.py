"""GET /api/v1/symbols: instruments by code, name or initials (contract §4)."""

import pytest
from rest_framework.test import APIClient

from tests.monitors.listed import GONE, list_known

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/symbols"


@pytest.fixture(autouse=True)
def listed(db: None) -> None:
    list_known([GONE])


def found(api: APIClient, **query: str) -> list[str]:
    answer = api.get(ADDRESS, query)
    assert answer.status_code == 200
    assert answer.json()["count"] == len(answer.json()["results"])
    return [one["symbol"] for one in answer.json()["results"]]


def test_what_an_answer_says(api: APIClient) -> None:
    answer = api.get(ADDRESS, {"q": "茅台", "limit": "10"}).json()
    assert answer == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "symbol": "600519.SH",
                "name": "贵州茅台",
                "english_name": "Kweichow Moutai Co., Ltd.",
                "market": "CN",
                "kind": "stock",
                "currency": "CNY",
                "state": "trading",
            }
        ],
    }


def test_a_symbol_that_nobody_lists_is_the_last(api: APIClient) -> None:
    assert found(api, q="payh") == ["000001.SZ", "PAYH.US"]
    answer = api.get(ADDRESS, {"q": "600999"}).json()
    assert answer["results"] == [
        {
            "symbol": "600999.SH",
            "name": "",
            "english_name": "",
            "market": "CN",
            "kind": "stock",
            "currency": "CNY",
            "state": "unknown",
        }
    ]
    assert api.get(ADDRESS, {"q": "HSI.HK"}).json()["results"][0]["kind"] == "index"


def test_a_symbol_that_is_listed_is_there_once(api: APIClient) -> None:
    assert found(api, q="aapl") == ["AAPL.US"]
    assert found(api, q="600519.SH") == ["600519.SH"]


def test_it_may_be_watched_though_the_list_is_full(api: APIClient) -> None:
    assert found(api, q="pa", limit="1") == ["PA.US"]
    assert found(api, q="pa", limit="2") == ["PAY.US", "PA.US"]


def test_what_is_no_longer_traded_says_so(api: APIClient) -> None:
    [gone] = api.get(ADDRESS, {"q": "平安旧股"}).json()["results"]
    assert gone["state"] == "delisted"


@pytest.mark.parametrize("q", ["没有", "%", "<b>", "'; DROP TABLE", "（", "😀"])
def test_nothing_is_no_error(api: APIClient, q: str) -> None:
    assert found(api, q=q) == []
    assert found(api, q=q, ask="true") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "x" * 65}, "q"),
        ({"q": "\x00"}, "q"),
        ({"q": "a", "limit": "0"}, "limit"),
        ({"q": "a", "limit": "51"}, "limit"),
        ({"q": "a", "limit": "x"}, "limit"),
        ({"q": "a", "limit": "9" * 30}, "limit"),
    ],
)
def test_what_is_wrong_is_named(api: APIClient, query: dict[str, str], field: str) -> None:
    answer = api.get(ADDRESS, query)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert answer.json()[field][0]


def test_it_wants_somebody_who_is_logged_in() -> None:
    assert APIClient().get(ADDRESS, {"q": "a"}).status_code == 401


def test_it_is_browsable_and_in_the_schema(api: APIClient) -> None:
    page = api.get(ADDRESS, {"q": "茅台"}, headers={"accept": "text/html"})
    assert "贵州茅台" in page.content.decode()
    schema = api.get("/api/schema?format=json").json()
    [named] = [path for path in schema["paths"] if path.endswith("/symbols")]
    asked = {one["name"] for one in schema["paths"][named]["get"]["parameters"]}
    assert asked == {"q", "limit", "ask"}


def test_a_monitor_is_made_by_a_symbol_alone(api: APIClient) -> None:
    rules = [{"kind": "take_profit", "price": "1800"}]
    answer = api.post(
        "/api/v1/realtime/monitors", {"symbol": "贵州茅台", "rules": rules}, format="json"
    )
    assert answer.status_code == 400
    assert "not the name" in answer.json()["symbol"][0]
