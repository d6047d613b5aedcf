"""What is wrong is said in words: the gravest first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from monitors.models import Feed
from notifications.models import Destination
from stockwatch.heartbeat import PARTS, Sign
from stockwatch.status.facts import Facts
from stockwatch.status.findings import Level, judge
from tests.stockwatch.status.conftest import MakeFacts


def without(facts: Facts, part: str) -> Facts:
    """The same, but a part fell silent a minute ago."""
    assert facts.store is not None
    signs = tuple(Sign(one, "here:1", 60.0 if one == part else 2.0) for one in PARTS)
    return replace(facts, store=replace(facts.store, signs=signs))


def test_all_is_well_in_one_sentence(facts: MakeFacts) -> None:
    verdict = judge(facts())
    assert (verdict.level, verdict.others) == (Level.OK, ())
    assert verdict.sentence == "Everything works: 38 stocks were looked at 2 s ago."
    with translation.override("zh-hans"):
        assert judge(facts()).sentence == "一切正常：2 秒前查看了 38 只股票。"


def test_nothing_to_watch_is_no_fault(facts: MakeFacts) -> None:
    verdict = judge(facts({"monitors": 0}))
    assert verdict.level == Level.OK
    assert "nothing is watched yet" in verdict.sentence


def test_closed_markets_are_no_fault(facts: MakeFacts) -> None:
    opens = {"market": "HK", "open": False, "next_change": "2026-12-01T09:30:00+08:00"}
    verdict = judge(facts({"markets": [opens]}, last_look=None))
    assert verdict.level == Level.OK
    assert "Hong Kong opens at 12-01 09:30" in verdict.sentence


@pytest.mark.parametrize(
    ("part", "level", "says"),
    [
        ("beat", Level.BAD, "the scheduler, which says when to look, gives no sign"),
        ("worker", Level.BAD, "the worker, which looks at prices, gives no sign"),
        ("messenger", Level.WARNING, "messages to phones and chats wait"),
    ],
)
def test_a_part_that_fell_silent(facts: MakeFacts, part: str, level: Level, says: str) -> None:
    verdict = judge(without(facts(), part))
    assert verdict.level == level
    assert says in verdict.sentence
    assert "started again by itself" in verdict.todo


def test_without_redis_nothing_else_is_guessed(facts: MakeFacts) -> None:
    verdict = judge(facts(store=None))
    assert (verdict.level, verdict.others) == (Level.BAD, ())
    assert "Redis" in verdict.sentence


def test_a_stopped_service_is_no_success(facts: MakeFacts) -> None:
    verdict = judge(facts({"running": False}))
    assert verdict.level == Level.BAD
    assert "stopped 24 h ago" in verdict.sentence


@pytest.mark.parametrize(
    ("open_markets", "level"), [(["CN"], Level.BAD), (["CN", "HK"], Level.WARNING)]
)
def test_a_market_without_prices(facts: MakeFacts, open_markets: list[str], level: Level) -> None:
    markets = [{"market": one, "open": True, "next_change": None} for one in open_markets]
    now = facts().now
    lost = (Feed(market="CN", silent_since=now - timedelta(seconds=30)),)
    verdict = judge(facts({"markets": markets}, lost=lost))
    assert verdict.level == level
    assert verdict.sentence == "Mainland China is not watched: its sources fell silent 30 s ago."


@pytest.mark.parametrize(
    ("said", "level", "says"),
    [
        (
            {"deliveries": {"pending": 7, "oldest_seconds": 300, "failed_today": 0}},
            Level.NOTE,
            "Messages wait to be sent: 7, the oldest was due 5 min ago.",
        ),
        (
            {"sources": [{"name": "sina", "state": "failing", "breaker": None}]},
            Level.NOTE,
            "The source sina fails",
        ),
    ],
)
def test_what_is_only_worth_knowing(
    facts: MakeFacts, said: dict[str, Any], level: Level, says: str
) -> None:
    verdict = judge(facts(said))
    assert (verdict.level, verdict.word) == (Level.OK, "Works")
    (note,) = verdict.others
    assert note.level == level
    assert says in note.text


def test_late_sweeps_and_postponed_stocks(facts: MakeFacts) -> None:
    now = facts().now
    old = {"at": (now - timedelta(minutes=3)).isoformat(), "postponed": 12}
    verdict = judge(facts({"last_sweep": old}))
    assert verdict.level == Level.WARNING
    assert "the last look at them was 3 min ago" in verdict.sentence
    assert "12 stocks take turns" in verdict.others[0].text
    just_started = facts({"last_sweep": old}, since=now - timedelta(seconds=5))
    assert judge(just_started).level == Level.OK


def test_ones_own_destinations_count(facts: MakeFacts) -> None:
    failing = Destination(name="Phone", failures=2, last_error="HTTP 500")
    off = Destination(name="Chat", enabled=False, disabled_reason="Three refusals.")
    by_hand = Destination(name="Mail", enabled=False)
    verdict = judge(facts(destinations=(failing, off, by_hand)))
    assert verdict.level == Level.WARNING
    told = [verdict.sentence, *(one.text for one in verdict.others)]
    assert told == [
        "Your messages do not arrive at Phone: HTTP 500",
        "Your messages do not arrive at Chat: Three refusals.",
    ]


def test_the_gravest_leads(facts: MakeFacts) -> None:
    failing = Destination(name="Phone", failures=2, last_error="HTTP 500")
    verdict = judge(without(facts(destinations=(failing,)), "worker"))
    assert verdict.level == Level.BAD
    assert "Phone" in verdict.others[0].text


def test_messages_that_link_nowhere_are_worth_knowing(facts: MakeFacts) -> None:
    mine = (Destination(name="phone", enabled=True),)
    verdict = judge(facts(destinations=mine, site=""))
    assert verdict.level == Level.OK
    (found,) = verdict.others
    assert (found.level, "SITE_URL" in found.todo) == (Level.NOTE, True)
    assert judge(facts(destinations=mine)).others == ()
    assert judge(facts(destinations=(), site="")).others == ()
