"""The main job end to end: a recorded market through every part, against the oracle.

    python -m tests.acceptance --recording FILE [--monitors 2000] [--users 50] [--database postgres]
    python -m tests.acceptance --recording FILE --weather [--budget 300]

A stand-in quote server replays the recording to a Stockwatch that was started as `make run` starts
it. What the log says, and what each user's socket was sent, must be exactly what tests/oracle.py
computes from the recording. Ends with 1 where it is not.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from monitors.market import Snapshot
from monitors.market.recordings import RecordingError, read
from stockwatch.background import BackgroundLoop
from tests.population import Population, set_django_up
from tests.running import Stockwatch, running
from tests.servers import start_postgres
from tests.standin.server import StandIn
from tests.weather import bad_weather, most_within, over_budget, told_by_each

if TYPE_CHECKING:
    from tests.listeners import Listener
    from tests.oracle import Oracle

SOURCES = ("tencent", "sina", "eastmoney")
STANDSTILL = 60.0
"""Seconds without a new quote served, or frame received, after which the run has failed."""


def main() -> int:
    """Play the recording; print what came of it; return 1 where anything differs."""
    arguments = parsed()
    try:
        snapshots = limited(read(arguments.recording), arguments.limit)
    except RecordingError as error:
        sys.exit(str(error))
    if arguments.weather:
        snapshots = list(map(told_by_each, snapshots))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acceptance-")))
        loop = BackgroundLoop()
        market = StandIn(snapshots)
        loop.run(market.__aenter__())
        stack.callback(lambda: loop.run(market.__aexit__()))
        budget = arguments.budget if arguments.weather else 100_000
        settings = {
            "QUOTE_SOURCES": ",".join(SOURCES if arguments.weather else SOURCES[:1]),
            **{f"{source.upper()}_URL": market.url for source in SOURCES},
            "SOURCE_BUDGETS": ",".join(f"{source}={budget}" for source in SOURCES),
            "QUOTE_MAX_AGE": "0",
            "POLL_SECONDS": "0.1",
            "DATABASE_URL": "",
        }
        if arguments.database == "postgres":
            settings["DATABASE_URL"] = stack.enter_context(start_postgres(folder / "postgres"))
        stockwatch = stack.enter_context(running(folder / "data", settings))
        set_django_up()
        performance = Performance(arguments, snapshots, market, stockwatch, loop)
        return performance.run()


def parsed() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.acceptance", description=__doc__)
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--monitors", type=int, default=2000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by-rest", type=int, default=100, help="monitors created through REST")
    parser.add_argument("--limit", type=int, default=0, help="quotes an instrument; 0: all")
    parser.add_argument(
        "--weather", action="store_true", help="several sources, all but one failing at any time"
    )
    parser.add_argument(
        "--budget",
        type=int,
        default=300,
        help="requests a minute that each source may get in bad weather; sweeps try ten a second",
    )
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    return parser.parse_args()


def limited(snapshots: Any, limit: int) -> list[Snapshot]:
    """Return the first so many of each instrument."""
    counts: Counter[str] = Counter()
    kept = []
    for snapshot in snapshots:
        counts[str(snapshot.symbol)] += 1
        if not limit or counts[str(snapshot.symbol)] <= limit:
            kept.append(snapshot)
    return kept


@dataclass
class Performance:
    """One run from the first user to the verdict."""

    arguments: Namespace
    snapshots: list[Snapshot]
    market: StandIn
    stockwatch: Stockwatch
    loop: BackgroundLoop

    def run(self) -> int:
        arguments = self.arguments
        population = Population(self.stockwatch, arguments.users)
        population.switch("stop")
        oracle = population.watch(
            self.snapshots, arguments.monitors, arguments.seed, arguments.by_rest
        )
        listeners = self.listen(population.tokens)
        for snapshot in self.snapshots:
            oracle.see(snapshot, snapshot.at)
        begun = time.monotonic()
        population.switch("start")
        with self.weather() as faults:
            self.play()
        self.await_frames(listeners)
        seconds = time.monotonic() - begun
        for listener in listeners:
            self.loop.run(listener.close())
        for fault, times in sorted((faults or Counter()).items()):
            say(f"{fault}: {times} times")
        return self.verdict(oracle, listeners, seconds)

    def weather(self) -> "AbstractContextManager[Counter[str] | None]":
        """Have sources fail, if that is wanted, as soon as there is a quote of each instrument.

        Before that nothing tells a lie: what a source says first of a stock must be believed.
        """
        from monitors.models import Quote

        if not self.arguments.weather:
            return nullcontext()
        while Quote.objects.filter(price=None).exists():
            time.sleep(0.1)
        return bad_weather(self.market, SOURCES, self.arguments.seed)

    def listen(self, tokens: dict[int, str]) -> "list[Listener]":
        from tests.listeners import Listener

        listeners = []
        for user, token in tokens.items():
            ticket = self.stockwatch.call("POST", "/api/v1/realtime/ticket", token=token)
            listener = Listener(user)
            address = self.stockwatch.url.replace("http", "ws") + ticket["url"]
            self.loop.run(listener.open(address))
            listeners.append(listener)
        return listeners

    def play(self) -> None:
        """Wait until every quote was served, and two more sweeps after that."""
        from monitors.models import Sweep

        tapes = list(self.market.market.tapes.values())
        with tqdm(total=len(self.snapshots), desc="quotes", file=sys.stderr) as bar:
            progress = Progress("quotes")
            while not all(tape.at_end for tape in tapes):
                served = sum(min(tape.served, len(tape.snapshots)) for tape in tapes)
                bar.update(served - bar.n)
                progress.note(served)
        newest = Sweep.objects.latest("pk").pk
        progress = Progress("sweeps")
        while Sweep.objects.filter(pk__gt=newest).exclude(finished_at=None).count() < 2:
            progress.note(Sweep.objects.count())

    def await_frames(self, listeners: "Sequence[Listener]") -> None:
        from notifications.models import Inbox

        heads = dict(Inbox.objects.values_list("pk", "head"))
        progress = Progress("frames")
        while any(len(one.received) < heads.get(one.user, 0) for one in listeners):
            if not progress.note(sum(len(one.received) for one in listeners)):
                return  # the verdict says what is missing

    def verdict(self, oracle: "Oracle", listeners: "Sequence[Listener]", seconds: float) -> int:
        from monitors.models import Rule, SourceHealth, Sweep
        from tests.oracle import differences
        from tests.side_by_side import written_log

        log = written_log()
        found = differences(oracle.said, log)
        for listener in listeners:
            if listener.ended:
                found.append(f"socket of user {listener.user} closed: {listener.ended}")
            if listener.received != log.get(listener.user, []):
                numbers = [seq for seq, _, _ in listener.received]
                found.append(
                    f"socket of user {listener.user}: {len(numbers)} of "
                    f"{len(log.get(listener.user, []))} notifications, seq {numbers[:10]}…"
                )
        errors = sum(SourceHealth.objects.values_list("errors", flat=True))
        if self.arguments.weather:
            found += over_budget(self.market.arrivals, self.arguments.budget)
        print_table(oracle)
        say(f"{len(self.snapshots)} quotes of {len(self.market.market.tapes)} instruments")
        say(
            f"{len(oracle.monitors)} monitors, {Rule.objects.count()} rules, {len(listeners)} users"
        )
        say(f"{len(oracle.said)} notifications by the oracle")
        say(f"{sum(map(len, log.values()))} in the log")
        say(f"{sum(len(one.received) for one in listeners)} received by sockets")
        say(f"{Sweep.objects.count()} sweeps in {seconds:.1f} s, {errors} source errors")
        say(f"at most in a minute: {most_within(60, self.market.arrivals)}")
        for difference in found[:20]:
            say(f"DIFFERENT: {difference[:1000]}")
        say("EXACT" if not found else f"{len(found)} differences")
        return 1 if found else 0


class Progress:
    """Watches a number that must keep growing."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.best = -1
        self.since = time.monotonic()

    def note(self, number: int) -> bool:
        """Wait a moment; return False for frames, and end the program, after a standstill."""
        if number > self.best:
            self.best, self.since = number, time.monotonic()
        elif time.monotonic() - self.since > STANDSTILL:
            if self.what == "frames":
                return False
            sys.exit(f"no new {self.what} for {STANDSTILL:.0f} s, {number} so far")
        time.sleep(0.1)
        return True


def print_table(oracle: "Oracle") -> None:
    """Print how many notifications there must be, by kind and repeat."""
    counts = Counter((said.kind, said.repeat) for said in oracle.said)
    repeats = ("once", "rearm", "every")
    say(f"{'':<12}" + "".join(f"{repeat:>8}" for repeat in repeats))
    for kind in sorted({kind for kind, _repeat in counts}):
        say(f"{kind:<12}" + "".join(f"{counts[kind, repeat]:>8}" for repeat in repeats))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
