"""A user with destinations of a stub transport, and the outbox worked as its workers do."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from notifications.delivery import outbox
from notifications.delivery.dispatch import Draft, notify
from notifications.kinds import transport_kinds
from notifications.message import Message
from notifications.models import Destination, Notification
from notifications.severity import Severity
from notifications.transports._guide import Group, Guide
from notifications.transports._layout import PLAIN, LaidOut, lay_out
from notifications.transports.base import Receipt, Transport, TransportError
from tests.standin_services._server import StandInServices


def put(user: User, services: StandInServices, kind: str) -> Destination:
    """A destination of the user's at a service that stands in."""
    form = transport_kinds()[kind].Params(services[kind].params(services.url(kind)))
    assert form.is_valid(), form.errors
    made = Destination(user=user, kind=kind, name=kind)
    made.put_params(form.cleaned_data)
    made.save()
    return made


class Stub(Transport):
    """Takes messages, or fails as it is told to."""

    label = "Stub"
    guide = Guide(Group.OTHER, "A stub.", ["Step one.", "Step two."])
    secrets = frozenset({"token"})
    taken: list[tuple[str, Message]] = []
    tried: list[Message] = []
    fail: Callable[[Message], None] | None = None
    room = 1_000_000
    """What a text may have."""

    class Params(forms.Form):
        room = forms.CharField()
        token = forms.CharField()

    def lay_out(self, message: Message) -> LaidOut:
        return lay_out(message, PLAIN, self.room, len)

    async def send(self, message: Message, outgoing: object) -> Receipt:
        self.tried.append(message)
        if self.fail is not None:
            type(self).fail(message)  # type: ignore[misc]
        self.taken.append((self.params["room"], message))
        return Receipt("thanks")


class Desk:
    """What a test does and sees."""

    def __init__(self, user: User, kinds: dict[str, type[Stub]], clock: Any) -> None:
        self.user, self.kinds, self.clock = user, kinds, clock
        self.stub = kinds["stub"]

    def destination(self, room: str = "a", server: str = "", **fields: Any) -> Destination:
        made = Destination(kind="stub", name=room, **{"user": self.user, **fields})
        where = {"server": server} if server else {}
        made.put_params({"room": room, "token": f"secret of {room}", **where})
        made.save()
        return made

    def tell(
        self,
        *titles: str,
        severity: Severity = Severity.NORMAL,
        users: Sequence[User] = (),
        **fields: Any,
    ) -> None:
        with transaction.atomic():
            notify(
                [
                    Draft(
                        user_id=user.pk, key=f"{title} {timezone.now().isoformat()}",
                        kind="take_profit", title=title, severity=severity, **fields,
                    )
                    for user in users or [self.user]
                    for title in titles
                ]
            )  # fmt: skip

    def work(self) -> int:
        """Hand out and send what is due now; return how many destinations that were."""
        return outbox.hand_out(timezone.now())

    def later(self, seconds: float) -> None:
        self.clock.shift(timedelta(seconds=seconds))

    def told(self, room: str = "a") -> list[Sequence[str]]:
        """The titles that each message had."""
        return [
            [item.title for item in message.items]
            for where, message in self.stub.taken
            if where == room
        ]

    def titles(self) -> list[str]:
        return list(Notification.objects.order_by("seq").values_list("title", flat=True))


def failing(*errors: TransportError | None) -> Callable[[Message], None]:
    """Fail once with each, then no more; the last one for good where it is repeated."""
    left = list(errors)

    def fail(_message: Message) -> None:
        if left and (error := left.pop(0)) is not None:
            raise error

    return fail
