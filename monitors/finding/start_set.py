"""The list that Stockwatch ships with: what was traded when it was made (data/README.md)."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from monitors.finding.listings import note
from monitors.market import InstrumentKind, Reference
from monitors.models import Listing
from monitors.symbols import Symbol

FILE = Path(__file__).parent / "data" / "listings.csv.gz"
PUT_TOGETHER = datetime(2026, 8, 22, tzinfo=UTC)
"""What a source has listed since is left alone."""
ROWS = 19_234
"""How many the file has, so that a start need not read it to see that all are there."""


def references() -> Iterator[Reference]:
    """Yield what the file has."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Reference(
                symbol=Symbol.parse(row["symbol"]),
                name=row["name"],
                english_name=row["english_name"],
                kind=InstrumentKind(row["kind"]),
            )


def load() -> int:
    """Write down what is not there yet, or only from an older set; return how many rows changed.

    It may end half-way at any time: the next call goes on. Where all is there it asks for
    their number, and no more.
    """
    if Listing.objects.filter(seen_at__gte=PUT_TOGETHER).count() >= ROWS:
        return 0
    return note(list(references()), PUT_TOGETHER)
