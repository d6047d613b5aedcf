"""Performs what the outbox holds for one destination. The one place that sends.

1. The destination is claimed by compare-and-swap; nobody else sends to it meanwhile, so that its
   messages keep their order.
2. What was read meanwhile is skipped where it only escalates; what quiet hours have overtaken waits
   for their end.
3. What its service's limits easily allow is sent one by one; what is more goes into digests. A
   message that its service answers for long with an error lets others pass.
4. Each try is put down before it is made and after.
5. A failure has the destination rest, longer each time, or until another destination finds that
   their service answers again; a refusal ends the delivery, and several in a row the destination.
   Of what fails for half an hour its user is told, of what lies in this server's settings staff.
6. The claim is given back, and the place at the service goes to the next destination.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import uniform
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from notifications import composing, links
from notifications.delivery import allowance, availability, claims, outbox
from notifications.delivery.notices import tell_of_disabled, tell_of_failing, tell_of_fault
from notifications.delivery.routing import after_quiet_hours, when_allowed
from notifications.delivery.sending import Outcome, attempt
from notifications.delivery.switching import turn_off
from notifications.models import Attempt, Delivery, DeliveryState, Destination, Inbox, Wording
from notifications.severity import Severity
from notifications.transports.base import Transport, TransportError

logger = logging.getLogger(__name__)

SLACK = timedelta(seconds=25)
"""How long a worker may be silent, beyond one try, before its destination is taken for lost."""
MOST = 500
"""Deliveries that are looked at together; where there are so many, they go into digests."""
GIVE_UP_AFTER = timedelta(hours=24)
"""A delivery that was tried for so long in vain has failed."""
STUBBORN_AFTER = timedelta(minutes=15)
"""What is answered with errors for so long lets others pass, as it may be the message's own fault.
Until then it is the service's, and order is kept."""
STUBBORN_TRIES = 8
"""As many at least: who was kept from it by limits was not tried for long."""
TOLD_AFTER = 24
"""Failures in a row, which are half an hour: then its user is told that a destination fails."""
SHORTEST_REST, FIRST_HOUR_REST, LONGEST_REST = 5.0, 120.0, 1800.0
"""Seconds after the first failure; each further one in a row doubles them, but who waits for a
service that is down for minutes is told within minutes of its return."""
IN_FIRST_HOUR = 43
"""Failures in a row, of which the last are a minute and a half apart."""
SHARE_RESTED = 0.5
"""The least share of a rest that is rested: destinations of one service are to ask at different
times, so that one of them soon finds that it is back."""
LONGEST_ASKED = 6 * 3600.0
"""Seconds that a service may have us wait, whatever it says."""
REFUSALS_IN_A_ROW = 3
"""So many, and the destination is turned off and its user is told."""


def deliver(pk: int, lease: datetime) -> None:
    """Send what is due to a destination that was claimed until `lease`."""
    destination = Destination.objects.filter(pk=pk, lease_until=lease).first()
    if destination is None:  # it took too long to come here: somebody else has it
        return
    run = _Run(destination, lease)
    try:
        with translation.override(run.reader.language):  # why something fails is told its user
            while run.step():
                pass
    finally:
        run.release()
    outbox.hand_out_next(destination.service, timezone.now())


def rest_after(failures: int) -> float:
    """Return the most seconds to wait after so many failures in a row."""
    if failures <= IN_FIRST_HOUR:
        return min(SHORTEST_REST * 2.0 ** (failures - 1), FIRST_HOUR_REST)
    return min(FIRST_HOUR_REST * 2.0 ** min(failures - IN_FIRST_HOUR, 10), LONGEST_REST)


class _Run:
    """One claim of one destination."""

    def __init__(self, destination: Destination, lease: datetime) -> None:
        self.destination = destination
        self.lease = lease
        self.place = ""
        """Of the message that is sent, among those that the service's limits allow."""
        self.reader = composing.Reader(
            language=Inbox.objects.language_of(destination.user_id),
            zone=ZoneInfo(destination.zone),
            site=settings.SITE_URL,
            transport=destination.kind,
            wordings=list(Wording.objects.of(destination.user_id).by_way(destination.kind)),
        )

    def step(self) -> bool:
        """Send one message; return whether there may be more to send now."""
        now = timezone.now()
        due = self._due(now)
        if not due:
            return False
        try:
            transport = self.destination.transport
        except TransportError as error:
            if error.permanent:
                self._refused(due[:1], error, now)
            else:
                Delivery.objects.note_tried(due, now)
                self._failed(due, error, now)
            return False
        together, batch = self._together(due, transport, now)
        until = now + timedelta(seconds=transport.patience) + SLACK
        if not together or not self._begin(together, batch, now, until):
            return False
        message = composing.compose(
            together,
            batch,
            now,
            self.reader,
            links,
        )
        outcome = attempt(transport, message)
        allowance.arrived(transport.bucket, transport.rates, self.place)
        if outcome.error is not None:
            asked = min(outcome.error.retry_after or 0.0, LONGEST_ASKED)
            allowance.close(transport.bucket, transport.rates, asked)
        return self._settle(together, outcome)

    def _due(self, now: datetime) -> list[Delivery]:
        """What is due, without what need not be told any more, or not now."""
        due = Delivery.objects.to_send(self.destination, now, MOST)
        read = [one for one in due if one.only_if_unread and one.notification.read_at]
        Delivery.objects.end(read, DeliveryState.SKIPPED, now)
        due = [one for one in due if one not in read] if read else due
        return self._postpone(due, now) if after_quiet_hours(self.destination, now) > now else due

    def _postpone(self, due: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """Have what quiet hours keep back wait for their end; return the rest."""
        kept = [
            one
            for one in due
            if not one.by_hand and when_allowed(self.destination, one.severity, now) > now
        ]
        Delivery.objects.postpone(kept, after_quiet_hours(self.destination, now))
        return [one for one in due if one not in kept]

    def _together(
        self, due: Sequence[Delivery], transport: Transport, now: datetime
    ) -> tuple[list[Delivery], UUID]:
        """Return the deliveries of the next message, none where the limits leave no place."""
        begun = self._begun(due, now)
        due = begun or [one for one in due if one.batch is None]
        urgent = any(one.severity == Severity.URGENT for one in due)
        allowed = allowance.take(transport.bucket, transport.rates, urgent=urgent)
        if allowed.left <= 0:
            self.destination.rest(timezone.now(), allowed.wait)
            return [], uuid4()
        self.place = allowed.token
        if begun and begun[0].batch is not None:
            return begun, begun[0].batch
        # One by one takes half of what is left at most: more is to come, and others may share it.
        if 2 * len(due) <= allowed.left and len(due) < MOST:
            return [min(due, key=lambda one: one.notification.seq)], uuid4()
        return composing.fitting(due, now, self.reader, links, transport.holds), uuid4()

    def _begun(self, due: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """Return the message to try again, as it was; none where it is another's turn.

        Nobody knows how its last try ended, so it comes next, and as the same one. Only what was
        answered with errors for long takes turns with the others, the least tried first.
        """
        batches: dict[UUID, list[Delivery]] = {}
        for one in due:
            if one.batch is not None:
                batches.setdefault(one.batch, []).append(one)
        if not batches:
            return []
        if all(_is_stubborn(some[0], now) for some in batches.values()) and any(
            one.batch is None for one in due
        ):
            return []
        return min(batches.values(), key=lambda some: some[0].attempts)

    def _settle(self, together: Sequence[Delivery], outcome: Outcome) -> bool:
        """Put down how a try ended; return whether the next message may follow at once."""
        now, error = timezone.now(), outcome.error
        is_back = error is None and self._is_back()
        if error is not None and error.is_silence:
            availability.silent(self.destination.service, self.destination.pk)
        with transaction.atomic():
            _put_down(together, outcome, now)
            if error is None:
                self._succeeded(together, now, is_back=is_back)
                return True
            if error.permanent:
                return self._refused(together, error, now)
            self._failed(together, error, now)
            return False

    def _is_back(self) -> bool:
        """Whether a message that was taken tells that the service was down and is no more."""
        return availability.answered(self.destination.service) or self.destination.failures > 0

    def _succeeded(self, together: Sequence[Delivery], now: datetime, *, is_back: bool) -> None:
        """Have those tried again that rest as the same service did not answer."""
        Delivery.objects.end(together, DeliveryState.SENT, now)
        self.destination.succeeded(now)
        if is_back:
            Destination.objects.wake(self.destination.service, now)

    def _failed(self, together: Sequence[Delivery], error: TransportError, now: datetime) -> None:
        """Have the destination rest; what has been tried for too long has failed."""
        self.destination.failed(now, str(error), permanent=False)
        if error.fault:
            with transaction.atomic():
                tell_of_fault(self.destination, error.fault)
        late = [one for one in together if one.tried_since(now - GIVE_UP_AFTER)]
        Delivery.objects.end(late, DeliveryState.FAILED, now, str(error))
        if late or self.destination.failures >= TOLD_AFTER:
            with transaction.atomic():
                tell_of_failing(self.destination, str(error))
        share = uniform(SHARE_RESTED, 1)  # noqa: S311
        asked = min(error.retry_after or 0.0, LONGEST_ASKED)
        rest = max(rest_after(self.destination.failures) * share, asked)
        self.destination.rest(now, rest, is_silent=error.is_silence)
        logger.warning("destination %d: %s", self.destination.pk, error)

    def _refused(self, together: Sequence[Delivery], error: TransportError, now: datetime) -> bool:
        """End the deliveries; a destination that refuses several in a row is turned off."""
        self.destination.failed(now, str(error), permanent=True)
        with transaction.atomic():
            Delivery.objects.end(together, DeliveryState.FAILED, now, str(error))
            if self.destination.refusals < REFUSALS_IN_A_ROW:
                return True
            if turn_off(self.destination, str(error)):
                tell_of_disabled(self.destination, str(error), now)
        logger.warning("destination %d is turned off: %s", self.destination.pk, error)
        return False

    @transaction.atomic
    def _begin(
        self, together: Sequence[Delivery], batch: UUID, now: datetime, until: datetime
    ) -> bool:
        """Keep the claim and note what is about to be sent; False where the claim was lost."""
        mine = Destination.objects.enabled().filter(pk=self.destination.pk, lease_until=self.lease)
        self.lease = until
        if mine.update(lease_until=self.lease, lease_by=claims.holder()) != 1:
            return False
        Delivery.objects.begin(together, batch, now)
        return True

    def release(self) -> None:
        """Give the claim back."""
        mine = Destination.objects.filter(pk=self.destination.pk, lease_until=self.lease)
        mine.update(lease_until=None)


def _is_stubborn(delivery: Delivery, now: datetime) -> bool:
    """Whether it is answered with errors, and was for long.

    What waited for its turn was not; and where nobody answers at all, the message is not to blame.
    """
    if delivery.attempts < STUBBORN_TRIES or not delivery.tried_since(now - STUBBORN_AFTER):
        return False
    last = delivery.tries.last()
    return last is not None and bool(last.answer)


def _put_down(together: Sequence[Delivery], outcome: Outcome, now: datetime) -> None:
    said = outcome.error.answer if outcome.error else outcome.receipt.answer  # type: ignore[union-attr]
    Attempt.objects.bulk_create(
        Attempt(
            delivery=one,
            at=now,
            latency_ms=outcome.latency_ms,
            ok=outcome.error is None,
            error=str(outcome.error or "")[:300],
            answer=said[:300],
            together=len(together),
        )
        for one in together
    )
