"""How the tables of expected values write what a source read."""

from monitors.market import Snapshot


def line(snapshot: Snapshot) -> str:
    """A snapshot: symbol, time (UTC), prices, volume, amount, state, name."""
    values = (
        *(snapshot.symbol, snapshot.at.replace(tzinfo=None).isoformat(), snapshot.price),
        *(snapshot.previous_close, snapshot.open, snapshot.high, snapshot.low),
        *(snapshot.volume, snapshot.amount, snapshot.state, snapshot.name),
    )
    return " ".join("-" if value is None else str(value) for value in values)
