"""The newest requests to each source, kept in Redis: what share went well, and how fast."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from monitors.models.source import Report
from stockwatch.redis import client, key

KEPT = 500
"""Requests a source; a quarter of an hour at the default pace of one market."""
PERCENTS = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Recent:
    """A source's newest requests."""

    requests: int
    succeeded: int
    latencies: tuple[float, ...]
    """Milliseconds that so many percent of them did not exceed, by PERCENTS; none without any."""

    @property
    def success_rate(self) -> float | None:
        """The share that went well; None without any."""
        return self.succeeded / self.requests if self.requests else None


def note(reports: Iterable[Report]) -> None:
    """Add requests to their sources' newest. Raises RedisError."""
    by_source = attrgetter("source")
    with client().pipeline(transaction=False) as commands:
        for name, some in groupby(sorted(reports, key=by_source), key=by_source):
            lines = [f"{report.latency_ms:.1f} {int(not report.problem)}" for report in some]
            commands.lpush(_name(name), *lines)
            commands.ltrim(_name(name), 0, KEPT - 1)
        commands.execute()


def recent(name: str) -> Recent:
    """Return a source's newest requests. Raises RedisError."""
    lines = [line.split() for line in client().lrange(_name(name), 0, -1)]
    latencies = sorted(float(latency) for latency, _ok in lines)
    at = [max(0, -(-len(latencies) * percent // 100) - 1) for percent in PERCENTS]
    return Recent(
        requests=len(lines),
        succeeded=sum(ok == "1" for _latency, ok in lines),
        latencies=tuple(latencies[rank] for rank in at) if latencies else (),
    )


def _name(source: str) -> str:
    return key("source", source, "recent")
