"""`manage.py replay FILE`: recorded snapshots or bars through the same ingestion as live quotes."""

import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from monitors.evaluation import Outcome, ingest
from monitors.market import Snapshot
from monitors.market.recordings import RecordingError, read
from monitors.symbols import Symbol, SymbolError


class Command(BaseCommand):
    """Feeds a CSV of snapshots or one-minute bars to the monitors that there are."""

    help = (
        "Feeds a CSV of snapshots or one-minute bars through the same evaluation as live quotes. "
        "Each quote is judged at its own time, so nothing is stale."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, gzipped or not")
        parser.add_argument(
            "--speed",
            type=float,
            default=0,
            help="multiple of real time: 1 as it was, 60 a minute a second; 0 (default) at once",
        )
        parser.add_argument("--symbols", help="comma list: only these")
        parser.add_argument("--limit", type=int, help="stop after so many snapshots")
        parser.add_argument(
            "--shift-to-now",
            action="store_true",
            help="move the file's times so that it begins now",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read and check the whole file, then play it."""
        if options["speed"] < 0:
            raise CommandError("--speed: write 0 or a number above it")
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit: write a whole number above 0")
        try:
            wanted = _symbols(options["symbols"])
            snapshots = list(islice(_chosen(read(options["file"]), wanted), options["limit"]))
        except (RecordingError, SymbolError) as error:
            raise CommandError(str(error)) from error
        if not snapshots:
            raise CommandError("the file has no quotes of these symbols")
        if options["shift_to_now"]:
            snapshots = _shifted(snapshots, timezone.now())
        self._tell(_play(snapshots, options["speed"], options["quiet"]), len(snapshots))

    def _tell(self, outcome: Outcome, count: int) -> None:
        self.stdout.write(
            f"{count} quotes, {outcome.known} of watched instruments, {outcome.accepted} accepted, "
            f"{outcome.fired} notifications"
        )
        if outcome.known == 0:
            self.stdout.write("None of these instruments is watched: create a monitor first.")
        elif outcome.older:
            self.stdout.write(
                f"{outcome.older} were no newer than the stored quotes and did not count; "
                "--shift-to-now plays the file as if it happened now."
            )


def _symbols(text: str | None) -> frozenset[Symbol]:
    return frozenset(Symbol.parse(part.strip()) for part in (text or "").split(",") if part.strip())


def _chosen(snapshots: Iterable[Snapshot], wanted: frozenset[Symbol]) -> Iterator[Snapshot]:
    return (snapshot for snapshot in snapshots if not wanted or snapshot.symbol in wanted)


def _shifted(snapshots: list[Snapshot], now: datetime) -> list[Snapshot]:
    by = now.replace(microsecond=0) - snapshots[0].at
    return [replace(snapshot, at=snapshot.at + by) for snapshot in snapshots]


def _play(snapshots: list[Snapshot], speed: float, quiet: bool) -> Outcome:
    """Ingest what has one time in one batch, waiting in between as the speed says."""
    total = Outcome()
    first, begun = snapshots[0].at, time.monotonic()
    with tqdm(total=len(snapshots), unit=" quotes", disable=quiet) as bar:
        for at, batch in groupby(snapshots, key=lambda snapshot: snapshot.at):
            if speed:
                _wait_until(begun + (at - first) / timedelta(seconds=1) / speed)
            quotes = list(batch)
            total += ingest(quotes, now=at)
            shown = f"{timezone.localtime(at):%m-%d %H:%M:%S}"
            bar.set_postfix(refresh=False, time=shown, fired=total.fired)
            bar.update(len(quotes))
    return total


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
