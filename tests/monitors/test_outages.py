"""A feed that is lost: staff hear of it once, users see one line, and both hear when it is back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitors import lifecycle, tasks
from monitors.lifecycle import RuleSpec
from monitors.market import Market
from monitors.models import Feed, Quote, Sweep
from monitors.notices.outages import PATIENCE
from monitors.polling.hauls import Chunk, settle
from monitors.symbols import Symbol
from notifications.models import Notification
from stockwatch.background import background_loop
from tests.standin.server import StandIn

pytestmark = pytest.mark.django_db

MOUTAI = Symbol.parse("600519.SH")


@pytest.fixture
def standin(settings):
    server = StandIn()
    background_loop().run(server.__aenter__())
    settings.QUOTE_SOURCES, settings.TENCENT_URL = ["tencent"], server.url
    server.control({"set": {str(MOUTAI): {"price": "1700"}}})
    yield server
    background_loop().run(server.__aexit__())


@pytest.fixture
def users():
    owner = User.objects.create(username="ann")
    User.objects.create(username="chief", is_staff=True)
    User.objects.create(username="gone", is_staff=True, is_active=False)
    rules = [RuleSpec("price_above", {"price": "9999"})]
    lifecycle.create(owner.pk, MOUTAI, rules, trading_hours_only=False)
    return owner


def sweep(*symbols: Symbol) -> None:
    """Ask once, as a sweep does."""
    begun = Sweep.objects.create(chunks=1)
    stored = dict(Quote.objects.values_list("instrument__symbol", "at"))
    known = {}
    for symbol in map(str, symbols or (MOUTAI,)):
        at = stored.get(symbol)
        known[symbol] = None if at is None else at.isoformat()
    tasks.poll(begun.pk, known)


def told() -> list[tuple[str, str, str]]:
    return [
        (one.user.get_username(), one.kind, one.title)
        for one in Notification.objects.order_by("pk")
    ]


def test_staff_hear_once_that_it_is_lost_and_once_that_it_is_back(
    standin, users, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(timezone.now(), tick=False)
    sweep()
    standin.control({"misbehave": {"kind": "status", "status": 503}})
    for _ in range(4):
        sweep()
        tasks.tell_outages()
    assert told() == [], "sources fail for a moment all the time"
    time_machine.shift(PATIENCE)
    for _ in range(3):
        sweep()
        tasks.tell_outages()
    assert told() == [("chief", "feed_lost", "No quotes: Mainland China")]
    assert "tencent: HTTP 503" in Notification.objects.get().body
    standin.control({"behave": True})
    Feed.objects.answered([Market.CN], timezone.now())
    for _ in range(3):
        tasks.tell_outages()
    assert told()[1:] == [("chief", "feed_back", "Quotes are back: Mainland China")]
    time_machine.shift(timedelta(hours=1))
    Feed.objects.silent([Market.CN], timezone.now() - PATIENCE)
    tasks.tell_outages()
    assert len(told()) == 3, "the next outage is another one"


def test_what_was_touched_meanwhile_fires_on_the_first_quote_after_it(standin, users):
    rules = [RuleSpec("price_above", {"price": "1750"}), RuleSpec("stop_loss", {"price": "1650"})]
    lifecycle.create(users.pk, MOUTAI, rules, trading_hours_only=False)
    before = {"price": "1700", "high": "1710", "low": "1690"}
    standin.control({"set": {str(MOUTAI): before}})
    sweep()
    standin.control({"misbehave": {"kind": "status", "status": 503}})
    sweep()
    assert Feed.objects.get().silent_since is not None
    after = {"price": "1705", "high": "1760", "low": "1690"}
    standin.control({"behave": True, "set": {str(MOUTAI): after}})
    sweep()
    said = Notification.objects.get()
    assert (said.kind, said.price, said.data["touched"]) == ("price_above", "1705.00", "1760.00")


def test_users_see_a_line_for_as_long_as_it_lasts(standin, users, client: Client, settings):
    settings.LANGUAGE_CODE = "en"
    client.force_login(users)
    Feed.objects.silent([Market.CN], timezone.now() - PATIENCE)
    assert "no quotes since" not in client.get("/").content.decode()
    tasks.tell_outages()
    assert "Mainland China: no quotes since" in client.get("/").content.decode()
    Feed.objects.answered([Market.CN], timezone.now())
    assert "no quotes since" not in client.get("/").content.decode()


def test_an_answer_is_an_answer_whatever_the_other_chunks_got(standin, users):
    sweep()
    silent, fine = Chunk(1), Chunk(1)
    silent.haul.silent.add(Market.CN)
    fine.haul.snapshots += StandIn(standin.market).market.due([MOUTAI])
    settle([silent, fine])
    assert Feed.objects.get().silent_since is None
    settle([silent])
    assert Feed.objects.get().silent_since is not None
    settle([fine])
    assert Feed.objects.get().silent_since is None


def test_a_symbol_that_nobody_ever_knew_makes_no_outage(standin, users):
    sweep(Symbol.parse("603999.SH"))
    assert not Feed.objects.exists()


def test_an_outage_is_silent_even_where_the_source_is_left_alone(standin, users):
    sweep()
    standin.control({"misbehave": {"kind": "status", "status": 456}})
    sweep()
    assert Feed.objects.get().silent_since is not None
    Feed.objects.update(silent_since=None)
    sweep()
    assert Feed.objects.get().silent_since is not None
