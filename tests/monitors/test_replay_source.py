"""The source that plays recorded files as if they happened now."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from monitors import lifecycle, polling, tasks
from monitors.asking.fetching import fetch
from monitors.lifecycle import RuleSpec
from monitors.market import Snapshot
from monitors.models import Bar, Quote, Sweep
from monitors.sources import replay
from monitors.symbols import Symbol
from notifications.models import Notification
from stockwatch.redis import client, key

MOUTAI, PING_AN = Symbol.parse("600519.SH"), Symbol.parse("601318.SH")
NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
HEADER = "symbol,datetime,open,high,low,close,volume\n"
DAY = """600519,2020-07-01 13:01:00,10,10,10,10,100
601318,2020-07-01 13:02:00,70,70,70,70,100
600519,2020-07-01 13:02:00,11,12,11,11,100
600519,2020-07-01 13:03:00,9,9,9,9,100
600519,2020-07-01 13:04:00,10,10,10,10,100
"""


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def file(tmp_path, settings):
    """Play bars, a minute a second."""

    def write(text: str = DAY):
        path = tmp_path / "day.csv"
        path.write_text(HEADER + text)
        settings.QUOTE_SOURCES = ["replay"]
        settings.REPLAY_FILES, settings.REPLAY_SPEED = [str(path)], 60
        return path

    write()
    return write


@pytest.fixture
def another_worker():
    """What a second process has that begins to play the same files."""
    return replay._read.cache_clear


def ask(*symbols: Symbol) -> list[Snapshot]:
    return fetch(dict.fromkeys(symbols or (MOUTAI,))).snapshots


def prices(*symbols: Symbol) -> list[str]:
    return [str(one.price) for one in ask(*symbols)]


def sweep() -> None:
    """Ask for all that is watched, as a sweep does."""
    stored = {str(one.symbol): one.quoted_at for one in polling.candidates()}
    known = {symbol: at.isoformat() if at else None for symbol, at in stored.items()}
    tasks.poll(Sweep.objects.create(chunks=1).pk, known)


def watch(*levels: str, kind: str = "price_above", symbol: Symbol = MOUTAI):
    owner, _created = User.objects.get_or_create(username="ann")
    return lifecycle.create(owner.pk, symbol, [RuleSpec(kind, {"price": one}) for one in levels])


def test_every_quote_between_two_questions_is_given_once_and_stamped_as_it_was_played(file, clock):
    [first] = ask()
    assert (str(first.price), first.at, first.source) == ("10.00", NOW, "replay")
    clock.shift(2)
    later = ask()
    assert [(str(one.price), one.at) for one in later] == [
        ("11.00", NOW + timedelta(seconds=1)), ("9.00", NOW + timedelta(seconds=2)),
    ]  # fmt: skip
    assert ask() == later[-1:], "where nothing is new, it says what it said last"


def test_at_the_end_it_begins_anew(file, clock):
    ask()
    clock.shift(5)  # three minutes, one of pause, and one of the next lap
    assert prices() == ["11.00", "9.00", "10.00", "10.00", "11.00"]
    clock.shift(4 * 10)
    stamps = [one.at for one in ask()]
    assert len(stamps) == 4 * 10
    assert all(before < after for before, after in pairwise(stamps))


def test_a_stock_that_is_new_here_gets_its_newest_quote_alone(file, clock):
    ask(MOUTAI)
    clock.shift(3)
    assert prices(PING_AN) == ["70.00"]
    assert prices(MOUTAI) == ["11.00", "9.00", "10.00"]


def test_what_was_not_asked_for_in_a_long_time_is_not_told_late(file, clock):
    ask()
    clock.shift(3600)
    assert all(one.at > NOW + timedelta(seconds=3600) - replay.LOOK_BACK for one in ask())


def test_before_its_first_quote_and_off_the_tape_a_stock_is_unknown(file):
    assert ask(PING_AN, Symbol.parse("AAPL")) == []


def test_all_workers_play_the_same(file, clock, another_worker):
    ask()
    clock.shift(3)
    mine = ask()
    another_worker()
    assert ask() == mine[-1:]


def test_after_a_long_time_without_questions_it_begins_when_it_is_asked_for(file, clock):
    ask()
    kept = list(client().scan_iter(key("replay", "*")))
    assert all(0 < client().ttl(name) <= replay.FORGOTTEN_AFTER.total_seconds() for name in kept)
    client().delete(*kept)
    clock.shift(3601)
    assert ask()[-1].at == NOW + timedelta(seconds=3601)


def test_without_redis_a_process_goes_by_its_own_beginning(file, clock, monkeypatch):
    def away():
        raise RedisConnectionError

    monkeypatch.setattr(replay, "async_client", away)
    assert prices() == ["10.00"]
    clock.shift(1)
    assert prices() == ["11.00"]
    monkeypatch.undo()
    clock.shift(1)
    assert prices() == ["9.00"], "and tells the others of it"


def test_several_files_are_one_tape(file, tmp_path, settings, clock):
    other = tmp_path / "other.csv"
    other.write_text(HEADER + "600519,2020-07-02 09:31:00,20,20,20,20,100\n")
    settings.REPLAY_FILES = [str(other), *settings.REPLAY_FILES]
    ask()
    clock.shift(4)  # the night is a minute long
    assert prices() == ["11.00", "9.00", "10.00", "20.00"]


def test_a_file_that_went_bad_meanwhile_is_a_failure_that_says_so(file):
    file().write_text("a,b\n1,2\n")
    haul = fetch({MOUTAI: None})
    assert haul.snapshots == []
    assert haul.reports[0].problem.startswith("REPLAY_FILES: line 1: the columns must be")


@pytest.mark.django_db
def test_rules_fire_on_each_quote_and_say_that_it_is_a_recording(
    file, clock, settings, client: Client
):
    watch("10.5", "12")
    watch("9", kind="price_below")
    sweep()
    clock.shift(3)
    sweep()
    said = Notification.objects.order_by("pk")
    assert [(one.level, one.price) for one in said] == [
        ("10.5", "11.00"), ("12", "11.00"), ("9", "9.00"),
    ]  # fmt: skip
    assert "REPLAY: The prices are recorded ones" in said[0].body
    client.force_login(User.objects.get())
    page = client.get("/").content.decode()
    assert "<strong>REPLAY</strong> The prices are recorded ones" in page
    assert 'class="label disclaimer">REPLAY' in page


BEFORE_NOON = """600519,2020-07-01 10:00:00,14,15,14,14,100
600519,2020-07-01 10:01:00,14,14,8,14,100
"""
AFTERNOON = "600519,2020-07-02 13:01:00,10,11,9,10,100\n600519,2020-07-02 13:02:00,10,11,9,10,100\n"


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [1, 2, 3, 5, 7])
def test_nothing_is_touched_by_beginning_anew(file, clock, seconds):
    """The second day ends at 10. Nobody was at 15 or at 8 between that and the first day's 14."""
    file(BEFORE_NOON + AFTERNOON)
    watch("14.5")
    watch("8.5", kind="price_below")
    for _ in range(12):
        sweep()
        clock.shift(seconds)
    touched = [(one.level, one.price) for one in Notification.objects.all()]
    # The low of 8 was reached between the first day's two quotes, each time they are played.
    assert set(touched) == {("8.5", "14.00")}


@pytest.mark.django_db
def test_recorded_prices_never_stand_beside_others(file, clock):
    watch("12.5")
    Quote.objects.update(source="tencent", price=12, at=NOW + timedelta(hours=1))
    Quote.objects.update(accepted_at=NOW, accepted_high=11, revision=3)
    Bar.objects.create(
        instrument=Quote.objects.get().instrument, at=NOW, open=1, high=1, low=1, close=1, volume=1
    )
    sweep()
    assert Quote.objects.get().source == "replay"
    assert [bar.close for bar in Bar.objects.all()] == [10]
