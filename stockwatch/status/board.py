"""What the page of the status shows, row by row."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from monitors.market import Market
from stockwatch.listed import listed
from stockwatch.status.facts import Facts
from stockwatch.status.findings import Verdict, judge
from stockwatch.status.store import Store
from stockwatch.status.words import ago, ago_of, meaning, size, source_state


class Row(NamedTuple):
    """One line: what it is, how it does in a word, what else is known."""

    name: str
    style: str
    word: str
    detail: str
    more: tuple[str, ...] = ()
    """For staff."""


@dataclass(frozen=True, slots=True)
class LastError:
    """The newest error of any source."""

    source: str
    at: datetime
    ago: str
    text: str
    meaning: str
    todo: str


class Board:
    """The facts as rows; a template draws them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.verdict: Verdict = judge(facts)

    @property
    def watching(self) -> list[tuple[str, str]]:
        """Figures of what is watched."""
        state = self.facts.state
        last = self.facts.last_look
        rows = [
            (_("Active monitors"), str(state["monitors"])),
            (_("Armed rules"), str(state["armed_rules"])),
        ]
        if last is not None:
            rows += [
                (_("Last look at prices"), ago_of(self.facts.now, last.started_at)),
                (_("Stocks looked at"), str(last.instruments)),
                (_("New prices"), str(last.quotes)),
                (_("It took"), _("%(n).2f s") % {"n": last.seconds or 0}),
            ]
        rows.append((_("Looks every"), _("%(n)g s") % {"n": settings.POLL_SECONDS}))
        return rows

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Figures of what is to be told."""
        deliveries = self.facts.state["deliveries"]
        oldest = deliveries["oldest_seconds"]
        return [
            (_("Browsers connected"), str(self.facts.state["connections"])),
            (_("Messages to be sent"), str(deliveries["pending"])),
            (_("The oldest was due"), ago(oldest) if oldest else "–"),
            (_("Failed today"), str(deliveries["failed_today"])),
            (_("Your destinations"), str(len(self.facts.destinations))),
            (_("Of these fail"), str(len(self.facts.failing_destinations))),
        ]

    @property
    def markets(self) -> list[Row]:
        """Each market with its session."""
        lost = {feed.market: feed for feed in self.facts.lost}
        return [self._market(one, lost.get(one["market"])) for one in self.facts.state["markets"]]

    def _market(self, market: dict[str, Any], lost: Any) -> Row:
        name = str(Market(market["market"]).label)
        change = market["next_change"]
        detail = _("trades round the clock")
        if change:
            at = date_format(timezone.localtime(datetime.fromisoformat(change)), "m-d H:i")
            words = _("closes %(time)s") if market["open"] else _("opens %(time)s")
            detail = words % {"time": at}
        more = (listed(market["sources"]) or _("no source"),)
        if lost is not None:
            silent = _("no prices; fell silent %(ago)s") % {
                "ago": ago_of(self.facts.now, lost.silent_since)
            }
            return Row(name, "bad", _("Lost"), silent, more)
        word, style = (_("Open"), "ok") if market["open"] else (_("Closed"), "")
        return Row(name, style, word, detail, more)

    @property
    def sources(self) -> list[Row]:
        """Each source of prices."""
        return [self._source(one) for one in self.facts.state["sources"]]

    def _source(self, source: dict[str, Any]) -> Row:
        style, word = source_state(source)
        parts = [listed(Market(one).label for one in source["markets"])]
        if source["last_ok"]:
            told = {"ago": ago_of(self.facts.now, source["last_ok"])}
            parts.append(_("answered %(ago)s") % told)
        if source["latency_ms"] is not None:
            parts.append(_("in %(n)d ms") % {"n": source["latency_ms"]})
        parts.append(_("errors %(n).1f %%") % {"n": source["error_rate"] * 100})
        more: tuple[str, ...] = ()
        if source["budget"]:
            told = {"left": source["budget_left"], "all": source["budget"]}
            more = (_("%(left)d of %(all)d requests a minute left") % told,)
        return Row(source["name"], style, word, " · ".join(parts), more)

    @property
    def parts(self) -> list[Row]:
        """The processes, and what they keep things in."""
        store, database = self.facts.store, self.facts.database
        rows = [
            Row(_("Web server"), "ok", _("Works"), _("it drew this page"), _versions()),
            self._process("beat", _("Scheduler"), ""),
            self._process("worker", _("Worker"), "celery"),
            self._process("messenger", _("Messenger"), "delivery"),
        ]
        if store is None:
            rows.append(Row("Redis", "bad", _("Does not answer"), ""))
        else:
            answered = _("answered in %(n).1f ms") % {"n": store.latency_ms}
            more = (store.version, size(store.used_bytes))
            rows.append(Row("Redis", "ok", _("Works"), answered, more))
        detail = f"{database.kind.split()[0]}, {size(database.used_bytes)}"
        rows.append(Row(_("Database"), "ok", _("Works"), detail, (database.kind,)))
        return rows

    def _process(self, part: str, name: str, queue: str) -> Row:
        store: Store | None = self.facts.store
        if store is None:
            return Row(name, "", _("Not known"), _("Redis, which would tell, does not answer"))
        newest = store.newest(part)
        if newest is None:
            return Row(name, "bad", _("Gives no sign"), _("it never gave one"))
        detail = _("gave a sign %(ago)s") % {"ago": ago(newest.age)}
        if queue:
            detail += " · " + _("tasks that wait: %(n)d") % {"n": store.waiting[queue]}
        alive = [one.process for one in store.signs if one.part == part and one.is_fresh]
        more = tuple(alive or [newest.process])
        if not alive:
            return Row(name, "bad", _("Gives no sign"), detail, more)
        return Row(name, "ok", _("Works"), detail, more)

    @property
    def last_error(self) -> LastError | None:
        """The newest error of a source; None where there was none."""
        failed = [one for one in self.facts.state["sources"] if one["last_error_at"]]
        if not failed:
            return None
        source = max(failed, key=lambda one: datetime.fromisoformat(one["last_error_at"]))
        at, why = datetime.fromisoformat(source["last_error_at"]), meaning(source["last_error"])
        return LastError(
            source=source["name"],
            at=at,
            ago=ago_of(self.facts.now, at),
            text=source["last_error"],
            meaning=str(why.meaning),
            todo=str(why.todo),
        )


def _versions() -> tuple[str, ...]:
    python = ".".join(map(str, sys.version_info[:3]))
    return (f"Python {python}", f"Django {django.get_version()}")
