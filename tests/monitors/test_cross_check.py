"""Two sources must agree before a rule fires that demands it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from monitors import lifecycle, tasks
from monitors.asking.gates import FAILURES_IN_A_ROW
from monitors.life import Demand
from monitors.lifecycle import RuleSpec
from monitors.models import Disagreement, Quote, Rule, SourceHealth, Sweep, Trigger
from monitors.symbols import Symbol
from notifications.composing.facts import remarks
from notifications.models import Notification
from stockwatch.background import background_loop
from tests.standin.server import StandIn

pytestmark = pytest.mark.django_db

MOUTAI = Symbol.parse("600519.SH")


class Market:
    """Two sources of one market, asked as a sweep asks them."""

    def __init__(self, server: StandIn) -> None:
        self.server = server

    def quote(self, price: str, **values: object) -> None:
        """Move the price, and sweep."""
        values = {"open": "1650", "low": "1500", "high": "1800", **values}
        self.server.control({"set": {str(MOUTAI): {"price": price, **values}}})
        self.sweep()

    def spoil(self, source: str, kind: str, **values: object) -> None:
        self.server.control({"misbehave": {"kind": kind, "source": source, **values}})

    def sweep(self) -> None:
        begun = Sweep.objects.create(chunks=1)
        at = Quote.objects.get(instrument__symbol=str(MOUTAI)).at
        tasks.poll(begun.pk, {str(MOUTAI): None if at is None else at.isoformat()})


@pytest.fixture
def market(settings):
    server = StandIn()
    background_loop().run(server.__aenter__())
    settings.QUOTE_SOURCES = ["tencent", "sina"]
    settings.TENCENT_URL = settings.SINA_URL = server.url
    yield Market(server)
    background_loop().run(server.__aexit__())


@pytest.fixture
def rule() -> Rule:
    owner = User.objects.create(username="ann")
    User.objects.create(username="chief", is_staff=True)
    spec = RuleSpec("stop_loss", {"price": "1600"}, confirm=1)  # type: ignore[arg-type]
    made = lifecycle.create(owner.pk, MOUTAI, [spec], trading_hours_only=False, note="a note")
    return made.rules.get()


def told() -> list[Notification]:
    return list(Notification.objects.order_by("pk"))


def test_a_second_source_is_asked_once_it_matters_and_named(market, rule):
    market.quote("1700")
    assert market.server.by_source["sina"] == 0
    market.quote("1590")
    assert market.server.by_source == {"tencent": 2, "sina": 1}
    [one] = told()
    assert one.data["confirmed_by"] == "sina"
    assert "Confirmed by sina: 1590.00." in one.body
    assert remarks(one) == ["a note"]
    assert SourceHealth.objects.get(name="sina").requests == 1


def test_a_rule_that_demands_none_is_not_kept_waiting(market, rule):
    spec = RuleSpec("stop_loss", {"price": "1650"})
    lifecycle.create(rule.monitor.owner_id, MOUTAI, [spec], trading_hours_only=False)
    market.quote("1700")
    market.quote("1640")
    assert market.server.by_source["sina"] == 0
    assert [one.level for one in told()] == ["1650"]
    assert "confirmed_by" not in told()[0].data


def test_two_that_disagree_withhold_it_and_staff_hear_of_it_once(market, rule):
    market.quote("1700")
    market.spoil("sina", "wrong", percent=5)
    market.quote("1590")
    market.quote("1589")
    assert told() == []
    rule.refresh_from_db()
    assert rule.state == "armed"
    [one] = Disagreement.objects.all()
    assert (one.source, one.other_source, one.count) == ("tencent", "sina", 2)
    assert (str(one.price), str(one.other_price)) == ("1589", "1668.45")
    assert f"{one.deviation:.2f}" == "5.00"

    tasks.tell_disagreements()
    tasks.tell_disagreements()
    [notice] = told()
    assert (notice.user.get_username(), notice.kind) == ("chief", "sources_disagree")
    assert "tencent 1589.00, sina 1668.45, 5.00 %" in notice.body

    market.server.control({"behave": None})
    market.quote("1588")
    assert [(one.kind, one.data.get("confirmed_by")) for one in told()[1:]] == [
        ("stop_loss", "sina")
    ]


def test_the_spike_of_one_source_alone_is_no_touch(market, rule):
    market.quote("1700", low="1640", high="1710")
    market.spoil("tencent", "wrong", percent=-5)
    market.quote("1690", low="1640", high="1710")
    market.server.control({"behave": None})
    market.quote("1695", low="1640", high="1710")
    assert told() == []
    assert str(Disagreement.objects.get().other_price) == "1640"


def test_where_no_second_source_answers_it_fires_and_says_so(market, rule):
    market.quote("1700")
    market.spoil("sina", "status", status=500)
    market.quote("1590")
    [one] = told()
    assert one.data["confirmed_by"] is None
    assert "Not confirmed: no second source answered." in one.body


def test_an_answer_from_yesterday_confirms_nothing(market, rule):
    market.quote("1700")
    market.spoil("sina", "stale")
    market.quote("1590")
    assert told()[0].data["confirmed_by"] is None


def test_a_source_that_is_left_alone_is_not_asked(market, rule):
    market.spoil("sina", "status", status=500)
    for price in range(FAILURES_IN_A_ROW + 2):
        rule.refresh_from_db()
        lifecycle.rearm([rule.monitor])
        market.quote(str(1590 - price))
    assert market.server.by_source["sina"] == FAILURES_IN_A_ROW


def test_the_source_that_told_the_quote_is_not_its_own_witness(market, rule):
    market.quote("1700")
    market.spoil("tencent", "missing")
    market.quote("1590")
    [one] = told()
    assert (one.data["source"], one.data["confirmed_by"]) == ("sina", None)


def test_a_rule_that_came_to_demand_it_meanwhile_waits_for_the_next_quote(market, rule):
    """Its quotes were fetched before: nobody was asked about them."""
    market.quote("1700")
    plain = RuleSpec("stop_loss", {"price": "1600"}, id=rule.pk)
    lifecycle.edit(rule.monitor, [plain])
    haul = market.server
    begun = tasks.chunks
    written = []

    class Late:
        def put(self, chunk):
            demanding = RuleSpec("stop_loss", {"price": "1600"}, id=rule.pk, confirm=1)  # type: ignore[arg-type]
            lifecycle.edit(rule.monitor, [demanding])
            written.append(chunk)
            begun.put(chunk)

    tasks.chunks = Late()  # type: ignore[assignment]
    try:
        market.quote("1590")
    finally:
        tasks.chunks = begun
    assert written
    assert told() == []
    assert haul.by_source["sina"] == 0
    market.quote("1589")
    assert told()[0].data["confirmed_by"] == "sina"


# -- What a rule demands, as a user writes it -----------------------------------------------------

URL = "/api/v1/realtime/monitors"
DEMANDS = {"refuse_delayed": True, "refuse_frozen": True, "confirm": 0.5}


def test_demands_come_and_go_by_the_api_and_leave_the_rule_armed(api: APIClient) -> None:
    rule = {"kind": "stop_loss", "price": "1600"}
    made = api.post(URL, {"symbol": "600519", "rules": [rule | DEMANDS]}).json()
    [shown] = made["rules"]
    assert {name: shown[name] for name in DEMANDS} == DEMANDS
    assert Trigger.objects.get().demands == Demand.PROMPT | Demand.MOVING | Demand.CONFIRMED

    plain = {"id": shown["id"], **rule}
    [shown] = api.patch(f"{URL}/{made['id']}", {"rules": [plain]}).json()["rules"]
    assert (shown["confirm"], shown["refuse_delayed"], shown["state"]) == (None, False, "armed")
    assert Trigger.objects.get().demands == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("confirm", 0), ("confirm", -1), ("confirm", 51), ("confirm", "much"), ("confirm", "NaN"),
     ("confirm", 0.00001), ("refuse_delayed", "perhaps"), ("refuse_frozen", 2)],
)  # fmt: skip
def test_nonsense_is_refused_by_name(api: APIClient, field: str, value: object) -> None:
    rule = {"kind": "stop_loss", "price": "1600", field: value}
    answer = api.post(URL, {"symbol": "600519", "rules": [rule]})
    assert answer.status_code == 400
    assert list(answer.json()["rules"][0]) == [field]


def test_the_form_has_them(client: Client, user: User) -> None:
    client.force_login(user)
    sent = {
        "symbol": "600519", "check_interval": "0", "row": ["0"], "rule-0-kind": "stop_loss",
        "rule-0-price": "1600", "rule-0-repeat": "rearm", "rule-0-rearm_gap": "0",
        "rule-0-cooldown": "3600", "rule-0-confirm": "0.50", "rule-0-refuse_frozen": "on",
    }  # fmt: skip
    assert client.post("/monitors/new/", sent).status_code == 302
    rule = Rule.objects.get()
    assert (str(rule.confirm), rule.refuse_frozen, rule.refuse_delayed) == ("0.5000", True, False)
    shown = client.get(f"/monitors/{rule.monitor_id}/edit/").content.decode()
    assert f'name="rule-{rule.pk}-confirm" value="0.5"' in shown
    answer = client.post("/monitors/new/", sent | {"rule-0-confirm": "99"})
    assert answer.status_code == 422
    assert "Enter a percentage above 0, at most 50." in answer.content.decode()


def test_staff_see_disagreements_in_the_admin(admin_client: Client, market, rule) -> None:
    market.spoil("sina", "wrong", percent=5)
    market.quote("1590")
    shown = admin_client.get("/admin/monitors/disagreement/").content.decode()
    assert "1590.00" in shown
    assert "1669.50" in shown
