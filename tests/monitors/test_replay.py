"""`manage.py replay` as its user meets it."""

import gzip
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from monitors import lifecycle
from monitors.lifecycle import RuleSpec
from monitors.management.commands import replay
from monitors.models import Quote
from monitors.symbols import Symbol
from notifications.models import Notification

BARS = """symbol,datetime,open,high,low,close,volume
sh600519,2020-07-01 09:31:00,10,10,10,10,100
spy,2020-07-01 09:30:00,300,301,299,300,100
sh600519,2020-07-01 09:32:00,11,12,11,12,100
sh600519,2020-07-01 09:33:00,11,11,11,11,100
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "bars.csv"
    file.write_text(BARS)
    return file


@pytest.fixture
def monitor():
    owner = User.objects.create(username="ann").pk
    return lifecycle.create(
        owner, Symbol.parse("600519.SH"), [RuleSpec("price_above", {"price": "12"})]
    )


def play(*arguments: object, **options: object) -> str:
    out = StringIO()
    call_command("replay", *map(str, arguments), quiet=True, stdout=out, **options)
    return out.getvalue()


def test_rules_fire_on_recorded_quotes_at_their_own_time(file, monitor, settings):
    settings.QUOTE_MAX_AGE = 120
    assert play(file).startswith("4 quotes, 3 of watched instruments, 3 accepted, 1 notifications")
    assert Notification.objects.get().quote_at == datetime(2020, 7, 1, 1, 32, tzinfo=UTC)


def test_a_gzipped_file_plays_the_same(tmp_path, monitor):
    file = tmp_path / "bars.csv.gz"
    file.write_bytes(gzip.compress(BARS.encode()))
    assert "3 accepted, 1 notifications" in play(file)


def test_it_says_when_nobody_watches(file):
    assert "None of these instruments is watched" in play(file)


def test_symbols_and_limit_choose(file, monitor):
    assert play(file, symbols="SPY").startswith("1 quotes, 0 of watched")
    assert play(file, limit=2, symbols="600519").startswith("2 quotes, 2 of watched")


def test_a_second_time_the_quotes_are_no_news_unless_they_are_moved(file, monitor):
    play(file)
    said = play(file)
    assert "0 accepted, 0 notifications" in said
    assert "3 were no newer than the stored quotes" in said
    assert "--shift-to-now" in said
    begun = datetime.now(UTC).replace(microsecond=0)
    assert "3 accepted" in play(file, shift_to_now=True)
    assert Quote.objects.get().at >= begun


def test_the_speed_is_a_multiple_of_real_time(file, monitor, monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(replay, "_wait_until", waits.append)
    play(file, speed=60, symbols="600519")
    assert [round(wait - waits[0], 3) for wait in waits] == [0, 1, 2]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"speed": -1}, "--speed"),
        ({"limit": 0}, "--limit"),
        ({"symbols": "what ever"}, "Not a symbol"),
        ({"symbols": "AAPL"}, "no quotes of these symbols"),
    ],
)
def test_what_is_asked_wrongly_is_explained(file, options, complaint):
    with pytest.raises(CommandError, match=complaint):
        play(file, **options)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,b\n1,2\n", "line 1: the columns must be"),
        (BARS.replace("300,301", "300,abc"), "line 3, column high"),
        (BARS.replace("2020-07-01 09:32:00", "yesterday"), "line 4, column datetime"),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_played(file, monitor, text, complaint):
    file.write_text(text)
    with pytest.raises(CommandError, match=complaint):
        play(file)
    assert Quote.objects.get().at is None


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        play(tmp_path / "nowhere.csv")
