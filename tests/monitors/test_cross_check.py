"""Two sources must agree before a rule fires that demands it."""

import pytest
from django.contrib.auth.models import User

from monitors import lifecycle, tasks
from monitors.gates import FAILURES_IN_A_ROW
from monitors.lifecycle import RuleSpec
from monitors.models import Disagreement, Quote, Rule, SourceHealth, Sweep
from monitors.symbols import Symbol
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
    return lifecycle.create(owner.pk, MOUTAI, [spec], trading_hours_only=False).rules.get()


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
