"""Whether the server is alive, whether every part answers, and its figures for Prometheus."""

from collections.abc import Callable, Iterator

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from monitors.asking.source_states import source_states
from monitors.models import Monitor, MonitorStatus, Rule, Service, SourceHealth, Sweep, Trigger
from notifications.delivery.figures import delivery_state, ended_today
from notifications.models import Inbox
from notifications.socket.census import open_connections
from stockwatch import heartbeat
from stockwatch.redis import impatient


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as this process can."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ask every part; 503 names the one that does not answer."""
    parts = {name: _answer(check) for name, check in _CHECKS.items()}
    ready = all(answer == "ok" for answer in parts.values())
    return JsonResponse(
        {"status": "ok" if ready else "not ready", "parts": parts}, status=200 if ready else 503
    )


def _answer(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 -- whatever a part does, the answer says which one
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _redis() -> str:
    impatient().ping()
    return "ok"


def _worker() -> str:
    return "ok" if heartbeat.age() is not None else f"no task for {heartbeat.FADES_AFTER} s"


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
}


class Figures(Collector):
    """Read from the database at each scrape, so that any process may answer for all."""

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from self._monitoring()
        yield from self._sources()
        yield from self._sweep()
        sent = CounterMetricFamily("stockwatch_notifications", "Notifications ever written")
        sent.add_metric([], Inbox.objects.aggregate(total=Sum("head"))["total"] or 0)
        yield sent
        yield from self._deliveries()
        yield GaugeMetricFamily("stockwatch_connections", "Open sockets", open_connections())
        age = self._heartbeat_age()
        yield GaugeMetricFamily(
            "stockwatch_worker_heartbeat_age_seconds",
            "Since a worker last ran a task; NaN where that is too long ago, or not known",
            float("nan") if age is None else age,
        )

    def _deliveries(self) -> Iterator[Metric]:
        now = timezone.now()
        state = delivery_state(now)
        yield GaugeMetricFamily(
            "stockwatch_deliveries_pending", "Deliveries to be sent", state["pending"]
        )
        yield GaugeMetricFamily(
            "stockwatch_delivery_oldest_seconds",
            "For how long the oldest delivery has been due; 0 where none is",
            state["oldest_seconds"],
        )
        # Counted from what is kept, and by the day: pruning would turn a counter back.
        ended = GaugeMetricFamily(
            "stockwatch_deliveries_ended_today",
            "Deliveries that were sent, failed or were not needed, since midnight",
            labels=["kind", "state"],
        )
        for kind, how, count in ended_today(now):
            ended.add_metric([kind, how], count)
        yield ended

    def _heartbeat_age(self) -> float | None:
        try:
            return heartbeat.age()
        except RedisError:
            return None

    def _monitoring(self) -> Iterator[Metric]:
        monitors = GaugeMetricFamily("stockwatch_monitors", "Monitors", labels=["status"])
        for status in MonitorStatus:
            monitors.add_metric([status.value], Monitor.objects.filter(status=status).count())
        yield monitors
        rules = Rule.objects.filter(state="armed").count()
        yield GaugeMetricFamily("stockwatch_armed_rules", "Rules that wait for a price", rules)
        yield GaugeMetricFamily("stockwatch_triggers", "Armed levels", Trigger.objects.count())
        yield GaugeMetricFamily("stockwatch_users", "Users", get_user_model().objects.count())
        running = int(Service.state().running)
        yield GaugeMetricFamily("stockwatch_service_running", "1 while it watches", running)

    def _sources(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "stockwatch_source_requests", "Requests to a source", labels=["source"]
        )
        errors = CounterMetricFamily(
            "stockwatch_source_errors", "Requests that failed, wholly or partly", labels=["source"]
        )
        latency = GaugeMetricFamily(
            "stockwatch_source_latency_seconds", "Running average", labels=["source"]
        )
        for source in SourceHealth.objects.all():
            requests.add_metric([source.name], source.requests)
            errors.add_metric([source.name], source.errors)
            latency.add_metric([source.name], (source.latency_ms or 0) / 1000)
        yield from (requests, errors, latency)
        yield from self._gates()

    def _gates(self) -> Iterator[Metric]:
        closed = GaugeMetricFamily(
            "stockwatch_source_usable", "0 while a source is left alone", labels=["source"]
        )
        budget = GaugeMetricFamily(
            "stockwatch_source_budget_left", "Requests that may be made now", labels=["source"]
        )
        percentiles = GaugeMetricFamily(
            "stockwatch_source_recent_latency_seconds",
            "Of the newest requests, so many percent took no longer",
            labels=["source", "percent"],
        )
        for source in source_states():
            if source["breaker"] is not None:
                closed.add_metric([source["name"]], int(source["breaker"] != "open"))
                budget.add_metric([source["name"]], source["budget_left"])
            for name, milliseconds in (source["latency"] or {}).items():
                labels = [source["name"], name.removeprefix("p")]
                percentiles.add_metric(labels, milliseconds / 1000)
        yield from (closed, budget, percentiles)

    def _sweep(self) -> Iterator[Metric]:
        sweep = Sweep.objects.last_finished()
        if sweep is None or sweep.seconds is None:
            return
        for name, text, value in (
            ("seconds", "How long the last sweep took", sweep.seconds),
            ("instruments", "Instruments in the last sweep", sweep.instruments),
            ("quotes", "Accepted quotes of the last sweep", sweep.quotes),
            ("timestamp_seconds", "When the last sweep began", sweep.started_at.timestamp()),
        ):
            yield GaugeMetricFamily(f"stockwatch_sweep_{name}", text, value)


# Described automatically, it would ask the database while the module is imported.
_registry = CollectorRegistry(auto_describe=False)
_registry.register(Figures())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures in Prometheus' text format."""
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)
