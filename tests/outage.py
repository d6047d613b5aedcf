"""The services are down for minutes while alerts fire: afterwards everyone is told everything.

    python -m tests.outage [--minutes 10] [--notifications 5000] [--users 50] [--database postgres]

Everything runs as `make run` starts it. Prices from a stand-in source cross levels all the time;
users have sockets, and destinations at stand-in services. A first phase has healthy services; in
a second one, as long, they take no connection, give no answer, or answer 500. Then they come back.
Every notification must have been told once at each destination, the gravest first in digests,
within each service's limits. Prints a summary as JSON: how soon all was told, and how long the push
to the sockets took in both phases, which is the same. Ends with 1 where anything is not so.
"""

import json
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from stockwatch.background import BackgroundLoop
from tests.acceptance import say
from tests.arrivals import judge, note_monitors
from tests.bench.moving import LEVEL, PERIOD, MovingMarket
from tests.listeners import Listener
from tests.population import Population, set_django_up
from tests.receivers import KINDS, MAIL, Receivers
from tests.running import Stockwatch, running
from tests.servers import start_postgres
from tests.standin.server import StandIn

POLL_SECONDS = 0.5
MOST_SLOWED = 2.0
"""What the median of a push may take while the services are down, by that of healthy ones."""
TELLS = 5.0
"""Minutes: shorter phases tell of the machine's other work rather than of ours."""
STANDSTILL = 400.0
"""Seconds in which some delivery must end: ntfy takes sixty messages in three hundred."""


def main() -> int:
    """Run both phases and the recovery; print what came of it."""
    arguments = parsed()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outage-")))
        loop = BackgroundLoop()
        standin = StandIn()
        loop.run(standin.__aenter__())
        stack.callback(lambda: loop.run(standin.__aexit__()))
        receivers = stack.enter_context(Receivers(loop))
        settings = {
            "QUOTE_SOURCES": "tencent",
            "TENCENT_URL": standin.url,
            "SOURCE_BUDGETS": "tencent=100000",
            "POLL_SECONDS": str(POLL_SECONDS),
            "DATABASE_URL": "",
            **receivers.settings(),
        }
        if arguments.database == "postgres":
            settings["DATABASE_URL"] = stack.enter_context(start_postgres(folder / "postgres"))
        stockwatch = stack.enter_context(running(folder / "data", settings))
        set_django_up()
        return Outage(arguments, standin, receivers, stockwatch, loop).run()


def parsed() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.outage", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--notifications", type=int, default=5000, help="about so many a phase")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    return parser.parse_args()


@dataclass
class Timed(Listener):
    """A socket that notes how long each notification was on its way."""

    taken: list[tuple[float, float]] = field(default_factory=list)
    """When it came, in seconds since the epoch, and how long after it was written, in ms."""

    def _keep(self, frame: dict[str, Any]) -> None:
        now = time.time()
        written = datetime.fromisoformat(frame["data"]["created_at"]).timestamp()
        self.taken.append((now, 1000 * (now - written)))
        super()._keep(frame)


def kinds_of(number: int) -> list[str]:
    """Return where a user is told: webhooks everyone, few at the server that counts all as one."""
    chosen = ["webhook", "dingtalk" if number % 2 else "telegram"]
    chosen += [MAIL] if number % 3 == 0 else []
    chosen += ["ntfy"] if number % 10 == 0 else []
    chosen += ["gotify"] if number % 10 == 1 else []
    return chosen


@dataclass
class Outage:
    """One run from the first user to the verdict."""

    arguments: Namespace
    standin: StandIn
    receivers: Receivers
    stockwatch: Stockwatch
    loop: BackgroundLoop
    memory: list[float] = field(default_factory=list)

    def run(self) -> int:
        population = Population(self.stockwatch, self.arguments.users)
        population.switch("stop")
        self._watch(list(population.tokens))
        for number, user in enumerate(population.tokens):
            self.receivers.open(user, kinds_of(number))
        listeners = self._listen(population.tokens)
        population.switch("start")
        healthy = self._phase()
        self.receivers.go_down()
        say("the services are down")
        down = self._phase()
        waiting = self._pending()
        recovered = time.time()
        self.receivers.come_back()
        say(f"the services are back, {waiting} deliveries wait")
        population.switch("stop")
        self._await_all()
        for listener in listeners:
            self.loop.run(listener.close())
        return self._report(listeners, healthy, down, waiting, recovered)

    def _watch(self, users: Sequence[int]) -> None:
        """Levels that are crossed as often as the wanted notifications need it."""
        from monitors import lifecycle
        from monitors.lifecycle import RuleSpec
        from tests.market import make_instruments

        crossings = max(1, round(self.arguments.minutes * 60 / PERIOD))
        symbols = make_instruments(max(1, round(self.arguments.notifications / crossings)))
        for number, symbol in enumerate(symbols):
            kind = "stop_loss" if number % 5 == 0 else "price_above"
            rule = RuleSpec(kind=kind, params={"price": str(LEVEL)}, touch=False, repeat="rearm")
            owner = users[number % len(users)]
            lifecycle.create(owner, symbol, [rule], trading_hours_only=False)
        note_monitors()
        self.standin.market = MovingMarket(symbols)

    def _listen(self, tokens: dict[int, str]) -> list[Timed]:
        listeners = []
        for user, token in tokens.items():
            ticket = self.stockwatch.call("POST", "/api/v1/realtime/ticket", token=token)
            listener = Timed(user)
            address = self.stockwatch.url.replace("http", "ws") + ticket["url"]
            self.loop.run(listener.open(address))
            listeners.append(listener)
        return listeners

    def _phase(self) -> tuple[float, float]:
        """Let time pass; return from when to when."""
        begun = time.time()
        while time.time() < begun + self.arguments.minutes * 60:
            self._note_memory()
            time.sleep(1)
        return begun, time.time()

    def _note_memory(self) -> None:
        messenger = self.stockwatch.parts().get("messenger")
        if messenger is not None:
            self.memory.append(messenger.memory_info().rss / 2**20)

    def _pending(self) -> int:
        from notifications.models import Delivery

        return Delivery.objects.pending().count()

    def _await_all(self) -> None:
        """Wait until nothing is left to be sent, or nothing moves any more."""
        least, since = self._pending(), time.monotonic()
        while (left := self._pending()) and time.monotonic() - since < STANDSTILL:
            if left < least:
                least, since = left, time.monotonic()
            self._note_memory()
            time.sleep(0.5)

    def _report(
        self,
        listeners: Sequence[Timed],
        healthy: tuple[float, float],
        down: tuple[float, float],
        waiting: int,
        recovered: float,
    ) -> int:
        verdict = judge(self.receivers)
        pushed = {
            name: _percentiles(listeners, phase)
            for name, phase in (("healthy", healthy), ("down", down))
        }
        then = pushed["down"]
        ratios = {name: round(then[name] / ms, 2) for name, ms in pushed["healthy"].items()}
        found = verdict.found + _unpushed(listeners)
        if self.arguments.minutes >= TELLS and ratios["p50"] > MOST_SLOWED:
            found.append(f"pushes took {ratios['p50']} times as long while the services were down")
        summary = {
            "notifications": sum(len(one.received) for one in listeners),
            "waiting_at_recovery": waiting,
            **{name: verdict.counts[name] for name in ("told", "lost", "doubled", "disordered")},
            "messages": verdict.counts["messages"],
            "digests": verdict.counts["digests"],
            "recovery_seconds": self._recovery(recovered),
            "push_ms": pushed,
            "push_ratio": ratios,
            "messenger_mb": {"begin": round(self.memory[0]), "most": round(max(self.memory))},
        }
        say(json.dumps(summary, indent=2))
        for one in found[:20]:
            say(f"WRONG: {one[:1000]}")
        say("EXACT" if not found else f"{len(found)} differences")
        return 1 if found else 0

    def _recovery(self, recovered: float) -> dict[str, dict[str, float]]:
        """By kind: seconds until a destination had its first message again, and its last."""
        taken, told = self.receivers.taken(), {}
        for kind in KINDS:
            times = [
                [one.at - recovered for one in messages if one.at > recovered]
                for (name, _to), messages in taken.items()
                if name == kind
            ]
            firsts, lasts = [min(some) for some in times if some], [max(s) for s in times if s]
            if firsts:
                told[kind] = {
                    "first": round(min(firsts), 1),
                    "everyone_has_one": round(max(firsts), 1),
                    "all": round(max(lasts), 1),
                }
        return told


def _percentiles(listeners: Sequence[Timed], phase: tuple[float, float]) -> dict[str, float]:
    begin, end = phase
    taken = [ms for one in listeners for at, ms in one.taken if begin <= at < end]
    if len(taken) < 2:
        sys.exit("nothing was pushed in a phase: it is too short")
    cut = statistics.quantiles(taken, n=100, method="inclusive")
    return {"p50": round(cut[49], 1), "p95": round(cut[94], 1), "p99": round(cut[98], 1)}


def _unpushed(listeners: Sequence[Timed]) -> list[str]:
    from notifications.models import Inbox

    heads = dict(Inbox.objects.values_list("pk", "head"))
    found = []
    for one in listeners:
        head = heads.get(one.user, 0)
        if [seq for seq, _symbol, _key in one.received] != list(range(1, head + 1)):
            found.append(f"the socket of user {one.user} had {len(one.received)} of {head}")
    return found


if __name__ == "__main__":
    sys.exit(main())
