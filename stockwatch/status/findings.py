"""What is wrong, in sentences, each with what is to be done. Pure: the facts are passed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stockwatch.status.facts import Facts, look_seconds
from stockwatch.status.words import ago, ago_of

OVERDUE = 120
"""Seconds that a message may be due before somebody wonders."""
PILED_UP = 500


class Level(IntEnum):
    """How much is wrong."""

    OK = 0
    NOTE = 1
    """Worth knowing; all works."""
    WARNING = 2
    BAD = 3

    @property
    def style(self) -> str:
        """The word that the style sheet knows it by."""
        return ("ok", "ok", "warning", "bad")[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is as it should not be."""

    level: Level
    text: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the user is watched for, in one sentence, and all that was found."""

    level: Level
    sentence: str
    todo: str
    others: tuple[Finding, ...]

    @property
    def word(self) -> str:
        """The level in a word."""
        if self.level >= Level.BAD:
            return _("Not watching")
        return _("Limited") if self.level == Level.WARNING else _("Works")


def judge(facts: Facts) -> Verdict:
    """Return the verdict: the gravest finding leads."""
    found = sorted(findings(facts), key=lambda one: -one.level)
    if found and found[0].level >= Level.WARNING:
        worst, *rest = found
        return Verdict(worst.level, worst.text, worst.todo, tuple(rest))
    return Verdict(Level.OK, _all_is_well(facts), "", tuple(found))


def findings(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong, part by part."""
    for look in _LOOKS:
        yield from look(facts)


def _all_is_well(facts: Facts) -> str:
    last = facts.last_look
    if not facts.state["monitors"]:
        return _("Everything works. No monitor is active, so nothing is watched yet.")
    if last is not None and (seconds := (facts.now - last.started_at).total_seconds()) < 300:
        sentence = ngettext(
            "Everything works: %(n)d stock was looked at %(ago)s.",
            "Everything works: %(n)d stocks were looked at %(ago)s.",
            last.instruments,
        )
        return sentence % {"n": last.instruments, "ago": ago(seconds)}
    if facts.next_opening:
        market, at = facts.next_opening
        return _("Everything works. The markets are closed; %(market)s opens at %(time)s.") % {
            "market": market.label,
            "time": date_format(timezone.localtime(at), "m-d H:i"),
        }
    return _("Everything works. Nothing is due now.")


def _store(facts: Facts) -> Iterator[Finding]:
    if facts.store is None:
        yield Finding(
            Level.BAD,
            _("Nothing is watched: Redis, through which the parts talk, does not answer."),
            _("It is started again by itself. If this stays, an administrator looks at it."),
        )


def _switch(facts: Facts) -> Iterator[Finding]:
    if not facts.running:
        yield Finding(
            Level.BAD,
            _("Nothing is watched: the monitoring service was stopped %(ago)s.")
            % {"ago": ago_of(facts.now, facts.since)},
            _("A member of staff starts it on this page."),
        )


def _processes(facts: Facts) -> Iterator[Finding]:
    if facts.store is None:
        return
    restart = _("It is started again by itself within seconds. If not, an administrator does it.")
    if not facts.store.alive("beat"):
        text = _("Nothing is watched: the scheduler, which says when to look, gives no sign.")
        yield Finding(Level.BAD, text, restart)
    if not facts.store.alive("worker"):
        text = _("Nothing is watched: the worker, which looks at prices, gives no sign.")
        yield Finding(Level.BAD, text, restart)
    if not facts.store.alive("messenger"):
        text = _("Prices are watched, but messages to phones and chats wait: no messenger works.")
        yield Finding(Level.WARNING, text, restart)
    if (waiting := max(facts.store.waiting.values())) >= PILED_UP:
        text = _("Work piles up: %(n)d tasks wait.") % {"n": waiting}
        yield Finding(Level.WARNING, text, _("Alerts may come late until it is done."))


def _feeds(facts: Facts) -> Iterator[Finding]:
    lost = {feed.market for feed in facts.lost}
    everything = bool(facts.open_markets) and lost >= set(facts.open_markets)
    for feed in facts.lost:
        told = {
            "market": feed.get_market_display(),
            "ago": ago_of(facts.now, feed.silent_since),
        }
        yield Finding(
            Level.BAD if everything else Level.WARNING,
            _("%(market)s is not watched: its sources fell silent %(ago)s.") % told,
            _("They are asked again all the time; alerts come as soon as one answers."),
        )


def _late(facts: Facts) -> Iterator[Finding]:
    last = facts.state["last_sweep"]
    if not facts.running or facts.store is None or not facts.store.alive("worker"):
        return  # which says more
    # Just started, there was no time for a sweep yet.
    seconds = (facts.now - facts.since).total_seconds()
    if last is not None:
        seconds = min(seconds, _seconds_since(facts, last["at"]))
    if seconds > look_seconds():
        text = _("Prices may be old: the last look at them was %(ago)s.")
        todo = _("If this stays, an administrator looks at the log of the worker.")
        yield Finding(Level.WARNING, text % {"ago": ago(seconds)}, todo)


def _seconds_since(facts: Facts, text: str) -> float:
    return (facts.now - type(facts.now).fromisoformat(text)).total_seconds()


def _budgets(facts: Facts) -> Iterator[Finding]:
    last = facts.state["last_sweep"]
    if facts.running and last and last["postponed"]:
        text = _("%(n)d stocks take turns, as the sources may not be asked more often.")
        todo = _("Those near a level are looked at each time.")
        yield Finding(Level.NOTE, text % {"n": last["postponed"]}, todo)


def _sources(facts: Facts) -> Iterator[Finding]:
    for source in facts.state["sources"]:
        if source["state"] == "failing" or source["breaker"] == "open":
            text = _("The source %(name)s fails; the others of its markets are asked instead.")
            yield Finding(Level.NOTE, text % {"name": source["name"]})


def _outbox(facts: Facts) -> Iterator[Finding]:
    deliveries = facts.state["deliveries"]
    if deliveries["oldest_seconds"] > OVERDUE:
        text = _("Messages wait to be sent: %(n)d, the oldest was due %(ago)s.")
        told = {"n": deliveries["pending"], "ago": ago(deliveries["oldest_seconds"])}
        todo = _("They are sent as soon as their services take them; none is lost.")
        yield Finding(Level.NOTE, text % told, todo)


def _own(facts: Facts) -> Iterator[Finding]:
    for one in facts.failing_destinations:
        text = _("Your messages do not arrive at %(name)s: %(why)s")
        why = one.disabled_reason or one.last_error or "–"
        todo = _("Look at it under Destinations, and send a test.")
        yield Finding(Level.WARNING, text % {"name": one.name, "why": why}, todo)


def _links(facts: Facts) -> Iterator[Finding]:
    if facts.destinations and not facts.site:
        text = _("Your messages link nowhere: no chart, and no buttons to pause or re-arm.")
        todo = _("An administrator sets SITE_URL to the address of this page.")
        yield Finding(Level.NOTE, text, todo)


_LOOKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    _store,
    _switch,
    _processes,
    _feeds,
    _late,
    _own,
    _links,
    _outbox,
    _budgets,
    _sources,
)
