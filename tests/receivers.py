"""Where the users of a run are told: stand-in services, and their destinations at them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Self, TypeVar

from stockwatch.background import BackgroundLoop
from tests.standin_services._faults import Fault, Kind
from tests.standin_services._post_office import MailFault, PostOffice
from tests.standin_services._server import StandInServices
from tests.standin_services.base import Service, Taken

if TYPE_CHECKING:
    from notifications.models import Destination

HTTP = ("dingtalk", "telegram", "webhook", "ntfy", "gotify")
MAIL = "mail"
KINDS = (*HTTP, MAIL)

DAY_OF_NTFY = 1_000_000
"""Messages: the run is not about its daily limit."""
BUSY_BODY = {
    "dingtalk": b'{"errcode":-1,"errmsg":"system busy"}',
    "telegram": b'{"ok":false,"error_code":500,"description":"Internal Server Error"}',
    "ntfy": b"<html>maintenance</html>",
    "gotify": b"<html>maintenance</html>",
}
"""What comes with HTTP 200 and says that the message was not taken."""


T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A destination, and how its service names it."""

    destination: "Destination"
    kind: str
    to: str


class Receivers:
    """The services, each on a port of its own. `with Receivers(loop) as receivers:`."""

    def __init__(self, loop: BackgroundLoop) -> None:
        self.loop = loop
        self.servers = {kind: StandInServices() for kind in HTTP}
        self.post_office = PostOffice()
        self.places: list[Place] = []

    def __enter__(self) -> Self:
        for server in self.servers.values():
            self.loop.run(server.__aenter__())
        self.loop.run(self.post_office.__aenter__())
        self._ntfy.left_today = DAY_OF_NTFY  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_error: object) -> None:
        for server in self.servers.values():
            self.loop.run(server.__aexit__())
        self.loop.run(self.post_office.__aexit__())

    @property
    def _ntfy(self) -> Service:
        return self.servers["ntfy"]["ntfy"]

    def settings(self) -> dict[str, str]:
        """Return the settings by which the transports come here."""
        found = {"DELIVERY_ALLOWED_NETWORKS": "127.0.0.0/8", "SITE_URL": "https://stocks.example"}
        for kind, server in self.servers.items():
            found |= server[kind].settings(server.url(kind))
        return found | self.post_office.settings("")

    def service(self, kind: str) -> Service:
        """The stand-in itself."""
        return self.post_office if kind == MAIL else self.servers[kind][kind]

    def open(self, user: int, kinds: Iterable[str], **fields: object) -> None:
        """Give a user a destination of each kind; `fields` are the model's. Needs Django set up."""
        from notifications import destinations
        from notifications.kinds import transport_kinds

        for kind in kinds:
            url = "" if kind == MAIL else self.servers[kind].url(kind)
            to, typed = self.service(kind).recipient(len(self.places) + 1, url)
            form = transport_kinds()[kind].Params(typed)
            assert form.is_valid(), form.errors
            made = destinations.create(user, form.cleaned_data, kind=kind, name=kind, **fields)
            self.places.append(Place(made, kind, to))

    def taken(self) -> Mapping[tuple[str, str], list[Taken]]:
        """What each reader got, by kind and reader."""
        found: dict[tuple[str, str], list[Taken]] = {(one.kind, one.to): [] for one in self.places}
        for kind in KINDS:
            for message in self.service(kind).taken:
                found[kind, message.to].append(message)
        return found

    # -- How they fail --------------------------------------------------------------------------

    def go_down(self) -> None:
        """Let each fail in its way: no connection, no answer, or error 500."""
        self.servers["dingtalk"].weather = lambda: Fault(Kind.REPLY, 500)
        self.servers["ntfy"].weather = lambda: Fault(Kind.REPLY, 503)
        self.servers["telegram"].weather = lambda: Fault(Kind.TIMEOUT)
        self.servers["gotify"].weather = lambda: Fault(Kind.TIMEOUT)
        self.servers["webhook"].weather = lambda: Fault(Kind.RESET)  # the connections still open
        self.post_office.weather = lambda: MailFault.CUT
        self.loop.run(self.servers["webhook"].hang_up())
        self.loop.run(self.post_office.hang_up())

    def come_back(self) -> None:
        """Let all work again."""
        self.loop.run(self.servers["webhook"].listen())
        self.loop.run(self.post_office.listen())
        self.clear_up()

    def storm(self, random: Random, share: float, but: Iterable[str] = ()) -> None:
        """Spoil such a share of all requests, each in another way; not to the services `but`."""
        for kind, server in self.servers.items():
            if kind not in but:
                server.weather = _weather(random, share, _faults(kind))
        self.post_office.weather = _weather(random, share, list(MailFault))

    def clear_up(self) -> None:
        """End every fault."""
        for server in self.servers.values():
            server.weather = lambda: None
        self.post_office.weather = lambda: None


def _weather(random: Random, share: float, faults: Sequence[T]) -> Callable[[], T | None]:
    return lambda: random.choice(faults) if random.random() < share else None


def _faults(kind: str) -> list[Fault]:
    found = [
        Fault(Kind.TIMEOUT),
        Fault(Kind.REPLY, 500),
        Fault(Kind.REPLY, 429, headers={"Retry-After": "3"}),
        Fault(Kind.RESET),
        Fault(Kind.CUT),
        Fault(Kind.LOST),
        Fault(Kind.REGRET, 502),
        Fault(Kind.SLOW),
        Fault(Kind.DRIP),
    ]
    if kind in BUSY_BODY:
        found.append(Fault(Kind.REPLY, 200, BUSY_BODY[kind]))
    return found
