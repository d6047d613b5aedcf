"""A message: what is sent at once, whatever the way it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications.severity import Severity


@dataclass(frozen=True, slots=True)
class Action:
    """A link that does something once, without a log-in: acknowledge, snooze, re-arm."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its label, in the reader's language: the price, the level, when, by whom."""

    name: str
    """Which one it is, whatever the language: `price`, `level`, `change`, `time` …"""
    label: str
    value: str
    trend: int = 0
    """1 where it is a rise, -1 where it is a fall."""


BRIEFLY = ("change", "time", "delay")
"""The facts that a digest tells, beside what a title says."""

LONGEST_BRIEF = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One notification as it is told, its texts in the reader's language."""

    seq: int
    kind: str
    severity: Severity
    title: str
    lines: Sequence[str]
    """What follows the title and is no fact: that it comes late, a note, a user's own text."""
    facts: Sequence[Fact] = ()
    """Told once: what is here is not in the lines."""
    url: str = ""
    """Of its page, absolute; empty where the server does not know its own address."""
    actions: Sequence[Action] = ()
    page: str = ""
    """Where all of the actions are, for services that show one link."""
    fired_at: datetime | None = None
    late: bool = False
    """Whether it fired so long ago that its lines say when."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The notification as in REST (contract §4), for machines."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the placeholders of users' templates stand for (`notifications.placeholders`)."""

    @property
    def brief(self) -> str:
        """All that a digest says of it beside its title, in one line."""
        told = [
            fact.value if fact.name != "delay" else f"{fact.label}: {fact.value}"
            for fact in self.facts
            if fact.name in BRIEFLY
        ]
        said = " · ".join([*told, *(part for line in self.lines for part in line.splitlines())])
        return said if len(said) <= LONGEST_BRIEF else said[: LONGEST_BRIEF - 1] + "…"

    @property
    def headline(self) -> str:
        """Its title and, behind it, the brief: its line in a digest."""
        return f"{self.title} · {self.brief}" if self.brief else self.title


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: one notification, or a digest of several, the gravest first."""

    key: str
    """The same at each try, so that a receiver can tell a repeat."""
    title: str
    items: Sequence[Item]
    language: str = "en"
    together: Sequence[Action] = ()
    """What can be done about all of a digest at once."""

    @property
    def severity(self) -> Severity:
        """That of the gravest item."""
        return max(item.severity for item in self.items)

    @property
    def is_digest(self) -> bool:
        """Whether it tells of several notifications."""
        return len(self.items) > 1

    @property
    def url(self) -> str:
        """The page to open: that of the one notification, or none."""
        return self.items[0].url if not self.is_digest else ""

    @property
    def actions(self) -> Sequence[Action]:
        """What can be done about the message as a whole."""
        return self.together if self.is_digest else self.items[0].actions

    @property
    def page(self) -> str:
        """Where all of that can be done; empty where nothing can."""
        if not self.is_digest:
            return self.items[0].page
        return self.together[0].url if self.together else ""

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts of the one notification; a digest tells them in its lines."""
        return self.items[0].facts if not self.is_digest else ()

    def text(self, *, links: bool = True) -> str:
        """Return all that follows the title as plain text."""
        texts = [self._item_text(item, links=links) for item in self.items]
        if links:
            texts += [f"{action.label}: {action.url}" for action in self.together]
        return "\n\n".join(texts)

    def _item_text(self, item: Item, *, links: bool) -> str:
        facts = [f"{fact.label}: {fact.value}" for fact in item.facts]
        lines = [item.headline] if self.is_digest else [*facts, *item.lines]
        if links:
            lines += [item.url] if item.url else []
            lines += [f"{action.label}: {action.url}" for action in item.actions]
        return "\n".join(lines)
