"""Where a user wants to be told: a mailbox, a chat, a phone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.kinds import transport_kinds
from notifications.sealing import SealError, seal, unseal
from notifications.severity import Severity
from notifications.transports.base import Transport, TransportError

SEALED_OTHERWISE = _("SECRET_KEY is not the one that the destinations' secrets were sealed with.")

HIDDEN = "••••••••"
"""What is shown of a secret."""


def transport_choices() -> list[tuple[str, Any]]:
    """The transports that are installed. A callable, so that a new file needs no migration."""
    return [(name, kind.label) for name, kind in transport_kinds().items()]


TURN = (F("wait_until").asc(nulls_first=True), "pk")
"""Who has rested is behind who has not: a service that fails keeps no other waiting."""


class DestinationState(models.TextChoices):
    """How a destination fares, as far as its last message tells."""

    NEW = "new", _("Not used yet")
    OK = "ok", _("Works")
    FAILING = "failing", _("Fails")
    OFF = "off", _("Off")


def server_zone() -> str:
    """The zone that hours are in unless said otherwise."""
    return str(settings.TIME_ZONE)


def _over(name: str, now: datetime) -> Q:
    return Q((name, None)) | Q((f"{name}__lte", now))


class DestinationQuerySet(models.QuerySet["Destination"]):
    """Sentences about destinations."""

    def of(self, user_id: int | None) -> "DestinationQuerySet":
        """One user's destinations."""
        return self.filter(user=user_id)

    def enabled(self) -> "DestinationQuerySet":
        """Those that are sent to."""
        return self.filter(enabled=True)

    def by_user(self, user_ids: Iterable[int]) -> "dict[int, list[Destination]]":
        """Where some users are told, none of those who may not log in any more.

        Also what is off because it refused, or by an administrator: what fires meanwhile waits for
        it, and nothing is lost between the fault and its mend.
        """
        found: dict[int, list[Destination]] = {}
        told = Q(enabled=True) | ~Q(disabled_reason="")
        mine = self.filter(told, user_id__in=user_ids, user__is_active=True)
        for destination in mine.order_by("pk"):
            found.setdefault(destination.user_id, []).append(destination)
        return found

    def last_ok_of(self, kind: str) -> datetime | None:
        """When a message last went out by a way."""
        last: datetime | None = self.filter(kind=kind).aggregate(last=Max("last_ok_at"))["last"]
        return last

    def free(self, now: datetime) -> "DestinationQuerySet":
        """Those that nobody is sending to, and that do not rest."""
        in_use = self.enabled().filter(user__is_active=True)
        return in_use.filter(_over("lease_until", now), _over("wait_until", now))

    def longest_waiting(self) -> "DestinationQuerySet":
        """In the order of their turn."""
        return self.order_by(*TURN)

    def first_of_each_service(self, most: int) -> "DestinationQuerySet":
        """Only so many of each service, those whose turn it is."""
        place = Window(RowNumber(), partition_by="service", order_by=TURN)
        return self.annotate(place=place).filter(place__lte=most)

    def busy(self, now: datetime) -> "Counter[tuple[str, int]]":
        """How many are being sent to, by service and user."""
        rows = self.filter(lease_until__gt=now).order_by().values_list("service", "user")
        return Counter({(name, user): n for name, user, n in rows.annotate(Count("pk"))})

    def but_of(self, pairs: Iterable[tuple[str, int]]) -> "DestinationQuerySet":
        """Without what these users have at these services."""
        return self.exclude(
            Q(*(Q(service=name, user=user) for name, user in pairs), _connector=Q.OR)
        )

    def wake(self, service: str, now: datetime) -> int:
        """End the rests that were for a service's silence; return how many.

        Not those that the service itself asked for, nor those for its limits.
        """
        resting = self.filter(service=service, is_silent=True, wait_until__gt=now)
        return resting.update(wait_until=None, is_silent=False)

    def claim(self, pk: int, now: datetime, until: datetime) -> bool:
        """Take a destination for some time; False where somebody has it, or has tried in vain.

        By conditions on its own row alone: PostgreSQL looks again at these, but at no subquery,
        once it has waited for somebody who took it in the same moment.
        """
        mine = self.enabled().filter(_over("lease_until", now), _over("wait_until", now), pk=pk)
        return mine.update(lease_until=until, lease_by="") == 1

    def let_go(self, holder: str, now: datetime) -> int:
        """End the leases of one holder, and those that nobody has begun to use; return how many."""
        mine = self.filter(lease_until__gt=now, lease_by__in=[holder, ""])
        return mine.update(lease_until=None, lease_by="")


class Destination(models.Model):
    """One of a user's ways of being told, with when to use it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="destinations",
        verbose_name=_("user"),
    )
    kind = models.CharField(_("way"), max_length=40, choices=transport_choices)
    name = models.CharField(_("name"), max_length=80)
    service = models.CharField(max_length=60, default="", editable=False)
    """What it sends through; see `Transport.service`."""
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    sealed = models.TextField(blank=True, editable=False)
    """The secret parameters, encrypted."""
    enabled = models.BooleanField(_("enabled"), default=True)

    kinds = models.JSONField(_("only these kinds"), default=list, blank=True)
    """Kinds of notifications; empty for all."""
    least_severity = models.PositiveSmallIntegerField(
        _("from this severity on"), choices=Severity.choices, default=Severity.INFO
    )
    escalate_after = models.PositiveSmallIntegerField(
        _("only if unread for (minutes)"), default=0, validators=[MaxValueValidator(1440)]
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_lets_urgent = models.BooleanField(_("urgent ones at any time"), default=True)
    zone = models.CharField(_("time zone"), max_length=64, default=server_zone)

    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    """Until then a worker has it."""
    lease_by = models.CharField(max_length=255, blank=True, default="", editable=False)
    """Which one sends to it; "" while it waits for one."""
    wait_until = models.DateTimeField(_("rests until"), null=True, blank=True, editable=False)
    """Until then nothing is sent: it failed, or its service's limit is reached."""
    is_silent = models.BooleanField(default=False, editable=False)
    """It rests as its service does not answer, so that another's success ends the rest."""
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    refusals = models.PositiveIntegerField(_("refusals in a row"), default=0, editable=False)
    disabled_reason = models.CharField(_("why it is off"), max_length=300, blank=True)
    last_ok_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = DestinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ("pk",)
        indexes = [models.Index(fields=["service"], name="destination_service")]

    def __str__(self) -> str:
        return self.name

    @property
    def transport(self) -> Transport:
        """Its transport with all parameters. Raises TransportError where it cannot be used."""
        kind = transport_kinds().get(self.kind)
        if kind is None:
            words = gettext("This server has no way “%(kind)s” any more.") % {"kind": self.kind}
            raise TransportError(words, permanent=True)
        try:
            return kind({**self.params, **unseal(self.sealed)})
        except SealError as error:
            raise TransportError(
                gettext("Its secrets cannot be read, as SECRET_KEY has changed: enter them again."),
                fault=SEALED_OTHERWISE,
            ) from error

    @property
    def state(self) -> DestinationState:
        """How it fares."""
        if not self.enabled:
            return DestinationState.OFF
        if self.failures or self.refusals:
            return DestinationState.FAILING
        return DestinationState.OK if self.last_ok_at else DestinationState.NEW

    def put_params(self, cleaned: Mapping[str, Any]) -> None:
        """Keep valid parameters, the secret ones sealed."""
        kind = transport_kinds()[self.kind]
        secret, self.service = kind.secrets, kind(cleaned).service
        self.params = {name: value for name, value in cleaned.items() if name not in secret}
        self.sealed = seal({name: value for name, value in cleaned.items() if name in secret})

    @property
    def secret_params(self) -> dict[str, Any]:
        """The secret parameters; none where they cannot be read any more."""
        try:
            return unseal(self.sealed)
        except SealError:
            return {}

    @property
    def shown_params(self) -> dict[str, Any]:
        """The parameters as they may be seen: of a secret only that there is one."""
        secrets = self.secret_params
        kind = transport_kinds().get(self.kind)
        names = kind.secrets if kind else frozenset(secrets)
        hidden = {name: HIDDEN if secrets.get(name) else "" for name in sorted(names)}
        return {**self.params, **hidden}

    def rest(self, now: datetime, seconds: float, *, is_silent: bool = False) -> None:
        """Send nothing for some time; `is_silent` where the service gave no answer."""
        until = now + timedelta(seconds=seconds)
        type(self).objects.filter(pk=self.pk).update(wait_until=until, is_silent=is_silent)

    def succeeded(self, now: datetime) -> None:
        """Note that a message was taken."""
        self.failures = self.refusals = 0
        self.last_ok_at = now
        type(self).objects.filter(pk=self.pk).update(
            failures=0, refusals=0, last_ok_at=now, wait_until=None, is_silent=False
        )

    def failed(self, now: datetime, why: str, *, permanent: bool) -> None:
        """Note that a message was not taken; count it by its sort."""
        counter = "refusals" if permanent else "failures"
        setattr(self, counter, getattr(self, counter) + 1)
        type(self).objects.filter(pk=self.pk).update(
            **{counter: F(counter) + 1}, last_error_at=now, last_error=why[:300]
        )

    def disable(self, why: str) -> bool:
        """Send nothing any more until its user turns it on; False where it is off already."""
        mine = type(self).objects.enabled().filter(pk=self.pk)
        return mine.update(enabled=False, disabled_reason=why[:300], refusals=0) == 1
