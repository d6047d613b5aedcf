"""A reconnect storm: every socket is lost and back at once, and all have missed something.

"At once" is as fast as the server accepts them: one that finds the backlog full would come back
seconds later.
"""

import time
from collections.abc import Sequence

from notifications.models import Inbox
from tests.bench.alerts import alert_each
from tests.bench.audience import make_people, plans
from tests.bench.bare_hub import MARKER
from tests.bench.burst import PATH
from tests.bench.figures import progress, report
from tests.bench.load import Load, Outcome, start_load
from tests.bench.web import BARE_HUB, STOCKWATCH, start_web

SOCKETS = 4_000
LEAST, MOST = 1, 3
"""Notifications that a client missed."""
PATIENCE = 120.0

FRAME_BYTES = 420


def run() -> None:
    """Measure the seconds until each socket has its answers and all that it missed."""
    progress(f"storm: {SOCKETS:,} sockets come back at once")
    people = make_people(SOCKETS)
    with start_web(STOCKWATCH) as web, start_load(web.port, PATH, MARKER) as load:
        load.open(plans(people))
        heads = Inbox.objects.heads_of(person.pk for person in people)
        load.abort()
        missed = alert_each(people, LEAST, MOST)
        back = [person.says(after=heads[person.pk]) for person in people]
        seconds, got = come_back(load, back, missed)
    bare = _bare_storm(round(missed / SOCKETS))
    name = f"storm: {SOCKETS:,} sockets back at once, {missed:,} notifications missed"
    report(name, seconds, "s", bare)
    if (got.units, got.least, got.most, got.failures) != (missed, LEAST, MOST, {}):
        raise SystemExit(f"they should have received {missed}: {got}")


def come_back(load: Load, first_frames: Sequence[list[str]], missed: int) -> tuple[float, Outcome]:
    """Open them as fast as they are accepted; return the seconds until all was there."""
    load.watch(missed)
    begun = time.perf_counter()
    opened = load.open(first_frames, eager=True)
    got = load.outcome(PATIENCE)
    progress(f"  open after {opened:.1f} s, complete after {got.last - begun:.1f} s")
    return max(opened, got.last - begun), got


def _bare_storm(greetings: int) -> float:
    """Return the seconds that a bare hub takes, which sends as many frames to whoever comes."""
    path = f"/?greet={greetings}&size={FRAME_BYTES}"
    nothing: list[list[str]] = [[] for _ in range(SOCKETS)]
    with start_web(BARE_HUB) as web, start_load(web.port, path, MARKER) as load:
        load.open(nothing)
        load.abort()
        seconds, got = come_back(load, nothing, SOCKETS * greetings)
        got.check(greetings)
    return seconds
