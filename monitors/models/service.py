"""The monitoring service: whether it runs, and what its sweeps did."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stockwatch.audit.models import Deed
from stockwatch.audit.recording import record

TAKING_LEASE = timedelta(seconds=3)
"""A sweep none of whose chunks a worker takes for so long was lost on its way to one."""
WORKING_LEASE = timedelta(seconds=10)
"""A chunk that was taken and gives no sign of life by then was lost with its worker. It gives one
before it asks another source; a single request takes less."""

KEPT_SWEEPS = 2000


class Service(models.Model):
    """The switch. There is one row, and it outlives restarts."""

    running = models.BooleanField(_("running"), default=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("monitoring service")
        verbose_name_plural = _("monitoring service")

    def __str__(self) -> str:
        return str(_("running") if self.running else _("stopped"))

    @classmethod
    def state(cls) -> "Service":
        """Return the one row, made on first use."""
        service, _created = cls.objects.get_or_create(pk=1)
        return service

    @classmethod
    def switch(cls, running: bool) -> bool:
        """Start or stop the service; return whether that changed anything."""
        cls.state()
        changed = cls.objects.filter(pk=1).exclude(running=running)
        with transaction.atomic():
            if changed.update(running=running, since=timezone.now()) != 1:
                return False
            record(Deed.STARTED if running else Deed.STOPPED, cls(pk=1), name="")
        return True


class SweepQuerySet(models.QuerySet["Sweep"]):
    """Sentences about sweeps."""

    def begin(self, instruments: int, chunks: int, postponed: int = 0) -> "Sweep | None":
        """Begin a sweep; return None, and begin nothing, while another one is under way."""
        with transaction.atomic():
            Service.objects.select_for_update().get_or_create(pk=1)
            if self.under_way().exists():
                return None
            self.give_up()
            now = timezone.now()
            return self.create(
                started_at=now,
                lease_until=now + TAKING_LEASE,
                finished_at=None if chunks else now,
                instruments=instruments,
                chunks=chunks,
                postponed=postponed,
            )

    def under_way(self) -> "SweepQuerySet":
        """Sweeps that have begun, have not ended, and are not lost."""
        return self.filter(finished_at=None, lease_until__gt=timezone.now())

    def give_up(self) -> int:
        """End what has not ended, with fewer chunks done than there were; return how many."""
        return self.filter(finished_at=None).update(finished_at=timezone.now())

    def last_finished(self) -> "Sweep | None":
        """The newest sweep that ended."""
        return self.exclude(finished_at=None).order_by("-pk").first()

    def chunk_taken(self, sweep_id: int) -> None:
        """Note that a worker has a chunk of a sweep, or still has it: it may now take its time."""
        lease = timezone.now() + WORKING_LEASE
        # Of the chunks that are taken at about the same time one write is enough.
        mine = self.filter(pk=sweep_id, lease_until__lt=lease - WORKING_LEASE / 10)
        if mine.exists():
            mine.update(lease_until=lease)

    def chunks_done(
        self, sweep_id: int, count: int, *, quotes: int, fired: int, others_taken: bool = False
    ) -> None:
        """Count chunks of a sweep; the last one ends it.

        `others_taken`: a worker is known to have others of it, which may take their time.
        """
        now = timezone.now()
        last = When(finished_at=None, chunks__lte=F("done") + count, then=Value(now))
        self.filter(pk=sweep_id).update(
            done=F("done") + count,
            quotes=F("quotes") + quotes,
            fired=F("fired") + fired,
            lease_until=now + (WORKING_LEASE if others_taken else TAKING_LEASE),
            finished_at=Case(last, default=F("finished_at")),
        )

    def prune(self) -> int:
        """Forget all but the newest sweeps; return how many went."""
        newest = self.order_by("-pk").values_list("pk", flat=True).first()
        if newest is None:
            return 0
        return self.filter(pk__lte=newest - KEPT_SWEEPS).delete()[0]


class Sweep(models.Model):
    """One round over all due instruments, split into chunks."""

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    lease_until = models.DateTimeField(default=timezone.now, editable=False)
    """Until then the next sweep waits for this one; each sign of life moves it."""
    chunks = models.PositiveIntegerField(_("chunks"), default=0)
    done = models.PositiveIntegerField(_("chunks done"), default=0)
    instruments = models.PositiveIntegerField(_("instruments"), default=0)
    postponed = models.PositiveIntegerField(_("postponed"), default=0)
    """Instruments that were due and that the sources' budgets did not pay for."""
    quotes = models.PositiveIntegerField(_("accepted quotes"), default=0)
    fired = models.PositiveIntegerField(_("rules fired"), default=0)

    objects = SweepQuerySet.as_manager()

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        indexes = [
            models.Index(
                fields=["started_at"],
                name="sweep_under_way",
                condition=models.Q(finished_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.started_at}"

    @property
    def seconds(self) -> float | None:
        """How long it took, from its start to the end of its last chunk."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()
