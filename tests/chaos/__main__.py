"""Stockwatch under faults: whatever dies, freezes or is cut, every notification comes once.

    python -m tests.chaos [--recording FILE] [--minutes 3] [--monitors 2000] [--users 8]
        [--sockets-per-user 4] [--seed 1] [--database postgres]

Everything runs as `make run` starts it. A stand-in quote server replays real quotes for as long as
it takes; sockets come and go; a seeded chance picks one fault after the other, each kind once
before any comes again. After each it is measured how long everything takes to work again. At the
end the log must be what tests/oracle.py computes from the quotes, and every client must have been
told exactly that. The users have destinations, too, at services that fail in every way meanwhile:
each notification must arrive at each, once (see tests/arrivals.py), in order, within the limits.
Ends with 1 where anything is not so.
"""

import os
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from monitors.market.recordings import RecordingError, read
from monitors.symbols import Symbol
from stockwatch.background import BackgroundLoop
from tests.acceptance import Progress, say
from tests.chaos.market import LoopingMarket
from tests.population import Population, set_django_up
from tests.receivers import KINDS, Receivers
from tests.running import ROOT, Stockwatch, running
from tests.servers import start_postgres
from tests.standin.server import StandIn

if TYPE_CHECKING:
    from tests.chaos.clients import Client
    from tests.chaos.recovery import Recovery
    from tests.oracle import Oracle

RECORDINGS = sorted((ROOT / "tests" / "data" / "market").glob("*.csv.gz"))
START_GOAL_SECONDS = 10.0
"""What a whole start may take by the contract."""
SPARING, URGENT = "ntfy", 3
STORMY = 0.2
"""Share of the messages with which a service does not do what it should."""
FURTHER = 20
"""Quotes of each instrument that are still to come when the faults are over."""


def main() -> int:
    """Play, strike, and judge."""
    arguments = parsed()
    try:
        recording = list(chain.from_iterable(map(read, arguments.recording or RECORDINGS)))
    except RecordingError as error:
        sys.exit(str(error))
    market = LoopingMarket(recording, stored_quotes)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        loop = BackgroundLoop()
        standin = StandIn(market)
        loop.run(standin.__aenter__())
        stack.callback(lambda: loop.run(standin.__aexit__()))
        receivers = stack.enter_context(Receivers(loop))
        settings = {
            **receivers.settings(),
            "QUOTE_SOURCES": "tencent",
            "TENCENT_URL": standin.url,
            "SOURCE_BUDGETS": "tencent=100000",
            "QUOTE_MAX_AGE": "0",
            "POLL_SECONDS": str(arguments.poll_seconds),
            "DATABASE_URL": "",
        }
        if arguments.database == "postgres":
            settings["DATABASE_URL"] = stack.enter_context(start_postgres(folder / "postgres"))
        with running(folder / "data", settings) as stockwatch:
            set_django_up()
            from tests.chaos.verdict import deaths

            ordeal = Ordeal(arguments, market, standin, receivers, stockwatch, loop)
            ordeal.run()
        killed = Counter(one.fault.removeprefix("kill ") for one in ordeal.recoveries)
        # A message that a worker or a messenger has taken and not done may end it with the broker:
        # kombu restores it by a connection that is closed. It is back as soon as it could connect.
        for part in ("worker", "messenger"):
            killed[part] += killed["valkey"]
        ordeal.found += deaths(stockwatch.log.read_text(), killed)
        ordeal.found += [f"{name} was left behind" for name in stockwatch.parts()]
        if arguments.keep_log:
            arguments.keep_log.write_text(stockwatch.log.read_text())
        return ordeal.report()


def parsed() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--recording", type=Path, action="append", help="may be given repeatedly")
    parser.add_argument("--minutes", type=float, default=3, help="0: each fault once")
    parser.add_argument("--monitors", type=int, default=2000)
    parser.add_argument("--users", type=int, default=8)
    parser.add_argument("--sockets-per-user", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--goal", type=float, default=5, help="seconds that a recovery may take")
    parser.add_argument("--only", action="append", help="these faults; may be given repeatedly")
    parser.add_argument(
        "--brief", action="store_true", help=f"without {SPARING}, which is waited for for minutes"
    )
    parser.add_argument("--poll-seconds", type=float, default=0.2)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--keep-log", type=Path, help="where to write what the parts said")
    return parser.parse_args()


def stored_quotes() -> Mapping[Symbol, datetime]:
    """When the newest stored quote of each instrument is from: what the system has taken."""
    from django.db import close_old_connections

    from monitors.models import Quote

    close_old_connections()
    rows = Quote.objects.values_list("instrument__symbol", "at")
    return {Symbol.parse(symbol): at for symbol, at in rows if at is not None}


class Ordeal:
    """One run from the first user to the verdict."""

    def __init__(
        self,
        arguments: Namespace,
        market: LoopingMarket,
        standin: StandIn,
        receivers: Receivers,
        stockwatch: Stockwatch,
        loop: BackgroundLoop,
    ) -> None:
        self.arguments = arguments
        self.market = market
        self.standin = standin
        self.receivers = receivers
        self.stockwatch = stockwatch
        self.loop = loop
        self.random = Random(arguments.seed)
        self.found: list[str] = []
        """What is not as it must be."""
        self.recoveries: list[Recovery] = []
        self.deaths: list[tuple[float, float]] = []
        self.told: Counter[str] = Counter()
        self.clients: list[Client] = []
        self.oracle: Oracle
        self.seconds = 0.0

    def run(self) -> None:
        """Let it play, strike until the time is over, let it end, and look at what came of it."""
        from tests.arrivals import judge, note_monitors
        from tests.chaos.verdict import all_sent, at_rest, stuck_messages, told_exactly

        arguments = self.arguments
        population = Population(self.stockwatch, arguments.users)
        population.switch("stop")
        recording = [one for tape in self.market.tapes.values() for one in tape.snapshots]
        self.oracle = population.watch(recording, arguments.monitors, arguments.seed, by_rest=0)
        note_monitors()
        for user in population.tokens:
            self.receivers.open(user, [kind for kind in KINDS if kind != SPARING])
        if not arguments.brief:
            # It counts all topics as one visitor, and takes but twelve messages a minute.
            self.receivers.open(next(iter(population.tokens)), [SPARING], least_severity=URGENT)
        self._come(population.tokens)
        begun = time.monotonic()
        population.switch("start")
        self._await_first_quotes()
        self._strike(population.tokens, until=begun + arguments.minutes * 60)
        self.seconds = time.monotonic() - begun
        say(f"{self.seconds:.0f} s of faults are over")
        for client in self.clients:
            self.loop.run(client.settle())
        self.receivers.clear_up()
        self.loop.run(self.market.finish(FURTHER))
        self._await_end()
        for tape in self.market.tapes.values():
            for snapshot in tape.snapshots:
                self.oracle.see(snapshot, snapshot.at)
        self.found += at_rest(self.clients)
        self.found += all_sent()
        verdict = judge(self.receivers, self.deaths)
        self.found += verdict.found
        self.told = verdict.counts
        self.found += stuck_messages(self.stockwatch.data)
        for client in self.clients:
            self.loop.run(client.end())
        self.found += told_exactly(self.oracle, self.clients)

    def _come(self, tokens: Mapping[int, str]) -> None:
        from tests.chaos.clients import Client

        for number, (user, token) in enumerate(tokens.items()):
            for device in range(self.arguments.sockets_per_user):
                random = Random(f"{self.arguments.seed} {number} {device}")
                client = Client(user, token, self.stockwatch, random)
                self.loop.run(client.begin())
                self.clients.append(client)

    def _await_first_quotes(self) -> None:
        """A stale quote is stale only where there is one already."""
        progress = Progress("quotes")
        while any(tape.served == 0 for tape in self.market.tapes.values()):
            progress.note(sum(tape.served > 0 for tape in self.market.tapes.values()))

    def _strike(self, tokens: dict[int, str], until: float) -> None:
        from tests.chaos.faults import FAULTS, WHOLE_START, Scene
        from tests.chaos.recovery import CALM, Probe

        for client in self.clients:
            self.loop.run(client.wander())
        self.receivers.storm(Random(self.arguments.seed), STORMY, but=[CALM])
        scene = Scene(
            self.stockwatch,
            self.standin,
            self.loop,
            self.clients,
            tokens,
            self.random,
            self.found,
            self.deaths,
        )
        probe = Probe(self.stockwatch, self.loop, next(iter(tokens.values())))
        for name in self._names(until):
            recovery = probe.await_recovery(name, FAULTS[name](scene))
            if recovery is None:
                self.found.append(f"{name}: no recovery")
                return
            self.recoveries.append(recovery)
            signs = ", ".join(f"{sign} {seconds:.2f}" for sign, seconds in recovery.parts.items())
            say(f"{name}: {recovery.seconds:.2f} s ({signs})")
            goal = self.arguments.goal
            if recovery.seconds > (max(goal, START_GOAL_SECONDS) if name == WHOLE_START else goal):
                self.found.append(f"{name}: {recovery.seconds:.1f} s until all worked again")
            time.sleep(self.random.uniform(0.05, 0.3))

    def _names(self, until: float) -> Iterator[str]:
        """Yield faults: each kind once, then each once more, until the time is over."""
        from tests.chaos.faults import FAULTS

        names = list(self.arguments.only or FAULTS)
        is_first = True
        while True:
            self.random.shuffle(names)
            for name in names:
                if not is_first and time.monotonic() > until:
                    return
                yield name
            is_first = False
            if time.monotonic() > until:
                return

    def _await_end(self) -> None:
        progress = Progress("quotes")
        while not self.market.at_end:
            progress.note(sum(tape.served for tape in self.market.tapes.values()))

    def report(self) -> int:
        """Print what happened; return 1 where anything is not as it must be."""
        from tests.chaos.recovery import table
        from tests.chaos.verdict import totals

        counts = totals(self.clients)
        quotes = sum(tape.served for tape in self.market.tapes.values())
        say("\n".join(table(self.recoveries)))
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        say(
            f"{self.seconds:.0f} s under {len(self.recoveries)} faults, seed "
            f"{self.arguments.seed}, load {load:.1f} a core"
        )
        say(f"{quotes} quotes of {len(self.market.tapes)} instruments")
        say(f"{len(self.oracle.monitors)} monitors, {len(self.oracle.said)} notifications")
        say(
            f"{len(self.clients)} clients, {counts['connections']} connections, "
            f"{counts['drops']} dropped by themselves, {counts['received']} received"
        )
        say("lost {lost}, doubled {doubled}, disordered {disordered}".format(**counts))
        say(f"{len(self.receivers.places)} destinations: {_told(self.told)}")
        for one in self.found[:20]:
            say(f"WRONG: {one[:1000]}")
        say("EXACT" if not self.found else f"{len(self.found)} differences")
        return 1 if self.found else 0


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
