"""Whether every notification arrived at each destination: once, in order, within the limits.

A message may come a second time only where nobody could know that it had arrived: its service took
it and gave no answer, or another one, or the process that had sent it died. Then it comes again
next, as the same message, and where the service has keys, under the same one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.receivers import Place, Receivers
from tests.standin_services.base import Taken

if TYPE_CHECKING:
    from notifications.transports.base import Rate

_NOTE = re.compile(r"ref(\d+)end")
BEFORE_DEATH = 1.0
"""Seconds before a process is known to be dead in which what it had sent may be forgotten."""


@dataclass(frozen=True)
class Event:
    """One notification of a user."""

    seq: int
    severity: int


@dataclass(frozen=True)
class Identity:
    """What a message says of a notification, whatever its layout: only letters and digits."""

    title: str
    time: str
    note: str

    def is_in(self, text: str) -> bool:
        """Whether a stretch of a message, up to the note's end, tells of it."""
        return self.title in text and self.time in text


@dataclass
class Verdict:
    """What became of all messages."""

    found: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Log:
    """One user's notifications, to be recognised in what services show. Needs Django set up."""

    def __init__(self, user: int) -> None:
        from django.utils.timezone import localtime

        from notifications.models import Notification

        self.by_identity: dict[Identity, list[Event]] = defaultdict(list)
        self.by_seq: dict[int, Identity] = {}
        self._by_note: dict[str, list[Identity]] = defaultdict(list)
        rows = Notification.objects.for_user(user).order_by("seq")
        for seq, severity, title, body, at in rows.values_list(
            "seq", "severity", "title", "body", "quote_at"
        ):
            [note] = _NOTE.findall(_plain(body))
            identity = Identity(_plain(title), f"{localtime(at):%Y%m%d%H%M%S}", note)
            self.by_seq[seq] = identity
            self.by_identity[identity].append(Event(seq, severity))
        for identity in self.by_identity:
            self._by_note[identity.note].append(identity)
        for some in self._by_note.values():
            some.sort(key=lambda one: -len(one.title))  # one title may be a part of another

    def wanted_by(self, place: Place) -> dict[Identity, list[Event]]:
        """Return what a destination is to be told."""
        least = place.destination.least_severity
        return {
            identity: [one for one in events if one.severity >= least]
            for identity, events in self.by_identity.items()
        }

    def told_by(self, taken: Taken) -> list[Identity]:
        """Return what a message tells of, in its order. Raises ValueError for anything else."""
        if "body" in taken.content:  # a webhook says it all
            return [self.by_seq[item["seq"]] for item in taken.content["body"]["items"]]
        text = _plain(taken.text)
        told, begin = [], 0
        for note in _NOTE.finditer(text):
            told.append(self._told_in(text[begin : note.end()], note[1]))
            begin = note.end()
        return told

    def _told_in(self, text: str, note: str) -> Identity:
        for identity in self._by_note[note]:
            if identity.is_in(text):
                return identity
        raise ValueError(f"no notification says {text}")


def note_monitors() -> None:
    """Give each monitor a note of its own, by which its notifications are told from others."""
    from django.db.models import CharField, Value
    from django.db.models.functions import Cast, Concat

    from monitors.models import Monitor

    number = Cast("pk", CharField())
    Monitor.objects.update(note=Concat(Value("ref "), number, Value(" end")))


def judge(receivers: Receivers, deaths: Sequence[tuple[float, float]] = ()) -> Verdict:
    """Compare what arrived with the log. `deaths`: from when to when a sender may have died."""
    verdict = Verdict()
    logs: dict[int, Log] = {}
    taken = receivers.taken()
    for place in receivers.places:
        user = place.destination.user_id
        log = logs.setdefault(user, Log(user))
        name = f"{place.kind} of user {user}"
        messages = taken[place.kind, place.to]
        try:
            told = [log.told_by(one) for one in messages]
        except (ValueError, KeyError) as error:
            verdict.found.append(f"{name}: {error}")
            continue
        fresh = _without_repeats(messages, told, deaths, verdict, name)
        _compare(log.wanted_by(place), fresh, verdict, name)
    verdict.found += [f"{one.kind}: too fast, {n}" for one, n in _too_fast(receivers)]
    verdict.found += _beyond_limits(receivers.places, taken)
    verdict.found += _not_ended()
    return verdict


def _without_repeats(
    messages: Sequence[Taken],
    told: Sequence[list[Identity]],
    deaths: Sequence[tuple[float, float]],
    verdict: Verdict,
    name: str,
) -> list[list[Identity]]:
    fresh: list[list[Identity]] = []
    before: Taken | None = None
    used: set[int] = set()
    for message, identities in zip(messages, told, strict=True):
        verdict.counts["messages"] += 1
        verdict.counts["digests"] += len(identities) > 1
        is_same = before is not None and fresh and fresh[-1] == identities
        if is_same and (cause := _cause(before, message, deaths, used)):
            verdict.counts[cause] += 1
            if before is not None and before.key != message.key:
                verdict.found.append(f"{name}: a repeat has another key")
        else:
            fresh.append(identities)
        before = message
    return fresh


def _cause(
    before: Taken | None, message: Taken, deaths: Sequence[tuple[float, float]], used: set[int]
) -> str:
    """Return why a message may come again, or nothing. One death excuses one repeat."""
    assert before is not None
    if not before.confirmed:
        return "repeats after no answer"
    for number, (begin, end) in enumerate(deaths):
        if number not in used and before.at <= end and message.at >= begin - BEFORE_DEATH:
            if before.at < begin - 60:
                continue
            used.add(number)
            return "repeats after a death"
    return ""


def _compare(
    left: dict[Identity, list[Event]],
    fresh: Sequence[list[Identity]],
    verdict: Verdict,
    name: str,
) -> None:
    last: dict[int, int] = {}
    for identities in fresh:
        events = []
        for identity in identities:
            if not left[identity]:
                verdict.counts["doubled"] += 1
                verdict.found.append(f"{name}: told twice: {identity}")
                continue
            events.append(left[identity].pop(0))
        if events != sorted(events, key=lambda one: (-one.severity, one.seq)):
            verdict.found.append(f"{name}: a digest in disorder: {events}")
        for one in events:
            verdict.counts["told"] += 1
            if one.seq < last.get(one.severity, 0):
                verdict.counts["disordered"] += 1
                verdict.found.append(f"{name}: {one.seq} came after {last[one.severity]}")
            last[one.severity] = one.seq
    lost = sorted(one.seq for events in left.values() for one in events)
    verdict.counts["lost"] += len(lost)
    if lost:
        verdict.found.append(f"{name}: never told of {lost[:20]}")


def _too_fast(receivers: Receivers) -> list[tuple[Place, int]]:
    kinds = {place.kind: place for place in receivers.places}
    counts = [(place, receivers.service(kind).too_fast) for kind, place in kinds.items()]
    return [(place, count) for place, count in counts if count]


def _beyond_limits(places: Sequence[Place], taken: Any) -> list[str]:
    """Count in sliding windows what each robot, chat or server got."""
    buckets: dict[str, tuple[str, Sequence[Rate], list[float]]] = {}
    for place in places:
        transport = place.destination.transport
        _kind, _rates, times = buckets.setdefault(
            transport.bucket, (place.kind, transport.rates, [])
        )
        times += [one.at for one in taken[place.kind, place.to]]
    return [
        f"{kind}: more than {rate.count} in {rate.seconds} s"
        for kind, rates, times in buckets.values()
        for rate in rates
        if _exceeds(sorted(times), rate)
    ]


def _exceeds(times: Sequence[float], rate: "Rate") -> bool:
    return any(
        later - earlier < rate.seconds
        for earlier, later in zip(times, times[rate.count :], strict=False)
    )


def _not_ended() -> list[str]:
    from django.db.models import Count

    from notifications.models import Delivery, Destination

    states = Delivery.objects.exclude(state="sent").values_list("state")
    off = Destination.objects.filter(enabled=False)
    return [
        *(f"{count} deliveries are {state}" for state, count in states.annotate(Count("pk"))),
        *(f"{one.kind} is off: {one.disabled_reason}" for one in off),
    ]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))
