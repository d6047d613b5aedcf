"""What is known of every part at one moment. Looked up here, judged elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from monitors.market import Market
from monitors.models import Feed, Service, Sweep
from monitors.polling.status import status
from notifications.models import Destination
from notifications.models.destination import DestinationState
from stockwatch.audit.models import AuditEntry
from stockwatch.status.store import Store, look


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is written."""

    kind: str
    used_bytes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """One look at all parts, for one user."""

    now: datetime
    state: dict[str, Any]
    """As the API tells it (contract §4)."""
    since: datetime
    """When the service was started, or stopped."""
    switched: AuditEntry | None
    """Who did that; None where nobody ever did."""
    store: Store | None
    last_look: Sweep | None
    """The newest sweep that had something to look at."""
    lost: tuple[Feed, ...]
    """Markets of which no source tells anything."""
    database: Database
    destinations: tuple[Destination, ...]
    """The user's own."""
    site: str
    """Where messages link to; empty where nobody has said."""

    @property
    def running(self) -> bool:
        """Whether the service is switched on."""
        return bool(self.state["running"])

    @property
    def failing_destinations(self) -> tuple[Destination, ...]:
        """Those of the user that did not take their last message, or were turned off for that."""
        return tuple(
            one
            for one in self.destinations
            if one.state == DestinationState.FAILING or (not one.enabled and one.disabled_reason)
        )

    @property
    def open_markets(self) -> list[str]:
        """Markets that trade now."""
        return [one["market"] for one in self.state["markets"] if one["open"]]

    @property
    def next_opening(self) -> tuple[Market, datetime] | None:
        """The market that opens first, and when; None while one is open."""
        changes = [
            (datetime.fromisoformat(one["next_change"]), Market(one["market"]))
            for one in self.state["markets"]
            if one["next_change"] and not one["open"]
        ]
        if self.open_markets or not changes:
            return None
        at, market = min(changes)
        return market, at


def gather(user_id: int) -> Facts:
    """Look at every part. Answers within seconds, whatever does not answer."""
    store = look()
    state = status(ask_redis=store is not None)
    return Facts(
        now=timezone.now(),
        state=state,
        since=Service.state().since,
        switched=AuditEntry.objects.about(Service).first(),
        store=store,
        last_look=Sweep.objects.exclude(instruments=0).last_finished(),
        lost=tuple(Feed.objects.down()),
        database=_database(),
        destinations=tuple(Destination.objects.of(user_id)),
        site=settings.SITE_URL,
    )


def _database() -> Database:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            (size,) = cursor.fetchone()
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
        return Database(f"PostgreSQL {version.split()[0]}", size)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT page_count * page_size, sqlite_version() "
            "FROM pragma_page_count(), pragma_page_size()"
        )
        size, version = cursor.fetchone()
    return Database(f"SQLite {version}", size)


def look_seconds() -> float:
    """After how many seconds without a sweep something is wrong."""
    return max(20.0, 4 * settings.POLL_SECONDS + 5)
