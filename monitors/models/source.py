"""How the sources of quotes fare."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Report(NamedTuple):
    """How a source did when it was asked once; `problem` is empty where nothing was wrong."""

    source: str
    latency_ms: float
    problem: str = ""


class SourceHealth(models.Model):
    """How one source has been answering."""

    # Weight of the newest request in the running averages: about the last twenty count.
    WEIGHT = 0.1

    name = models.CharField(_("source"), max_length=40, primary_key=True)
    requests = models.PositiveBigIntegerField(_("requests"), default=0)
    errors = models.PositiveBigIntegerField(_("errors"), default=0)
    error_rate = models.FloatField(_("error rate"), default=0.0)
    latency_ms = models.FloatField(_("latency (ms)"), null=True, blank=True)
    last_ok = models.DateTimeField(_("last good answer"), null=True, blank=True)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("source health")
        verbose_name_plural = _("source health")

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """`ok`, `failing` (the newest request failed), or `idle` (not asked yet)."""
        if self.last_error_at and (self.last_ok is None or self.last_error_at > self.last_ok):
            return "failing"
        return "ok" if self.last_ok else "idle"

    @classmethod
    def record(cls, reports: Sequence[Report]) -> None:
        """Count requests, oldest first: their latency and, where something was wrong, what."""
        with transaction.atomic():
            for name in sorted({report.source for report in reports}):
                health, _created = cls.objects.select_for_update().get_or_create(name=name)
                for report in reports:
                    if report.source == name:
                        health.count(report)
                health.save()

    def count(self, report: Report) -> None:
        """Take one request into the figures."""
        now, failed = timezone.now(), bool(report.problem)
        self.requests += 1
        self.errors += failed
        self.error_rate += self.WEIGHT * (failed - self.error_rate)
        average = report.latency_ms if self.latency_ms is None else self.latency_ms
        self.latency_ms = average + self.WEIGHT * (report.latency_ms - average)
        if failed:
            self.last_error_at, self.last_error = now, report.problem[:300]
        else:
            self.last_ok = now
