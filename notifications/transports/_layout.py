"""How a message is set: lines in a service's markup, whole ones, as many as fit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.message import Fact, Item, Message
from notifications.severity import Severity

LONGEST_LINE = 500
"""Characters of one line; more is a note that nobody reads in a chat."""

MORE = "…"

_NOT_IN_ADDRESSES = str.maketrans({c: f"%{ord(c):02X}" for c in " \"'()<>[]\\`|"})


@dataclass(frozen=True, slots=True)
class Markup:
    """How a service writes things. Every line must stand for itself: others may be left out."""

    escape: Callable[[str], str]
    strong: str
    """With {} for an escaped text."""
    link: str
    """With {label}, escaped, and {url}."""
    newline: str


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What follows a message's title, as the service gets it."""

    text: str
    items: int
    """How many of the message's items it tells of: the first ones, each whole."""


PLAIN = Markup(str, "{}", "{label}: {url}", "\n")
"""For services that show a text as it is."""


def headline(message: Message) -> str:
    """Return the title, marked where it is urgent."""
    return f"🔴 {message.title}" if message.severity is Severity.URGENT else message.title


def short(text: str, longest: int = LONGEST_LINE) -> str:
    """Cut a text to so many characters."""
    return text if len(text) <= longest else text[: longest - len(MORE)] + MORE


def links(item: Item) -> Iterator[tuple[str, str]]:
    """Yield what an item links to: its page, then its actions; label and address."""
    if item.url:
        yield _("Details"), item.url
    for action in item.actions:
        yield action.label, action.url


def message_links(message: Message) -> Iterator[tuple[str, str]]:
    """Yield what a message as a whole links to: of a digest what can be done about all of it."""
    if not message.is_digest:
        yield from links(message.items[0])
        return
    for action in message.actions:
        yield action.label, action.url


def safe_url(url: str) -> str:
    """Encode what would end an address inside markup."""
    return url.translate(_NOT_IN_ADDRESSES)


def lay_out(
    message: Message,
    markup: Markup,
    room: int,
    length: Callable[[str], int],
    *,
    with_links: bool = True,
    with_actions: bool = True,
    with_facts: bool = True,
) -> LaidOut:
    """Return what follows the title, at most `room` long, as `length` counts.

    A service that shows facts in fields of its own, or actions as buttons, leaves them out of the
    text. The links of the message as a whole are kept when its lines do not all fit.
    """
    has_last = with_links and with_actions
    last = _link_line(message_links(message), markup) if has_last else []
    left = room - sum(length(line + markup.newline) for line in [MORE, *last])
    kept: list[str] = []
    items = 0 if message.is_digest else 1
    for line, ends in _lines(message, markup, with_links=with_links, with_facts=with_facts):
        left -= length(line + markup.newline)
        if left < 0:
            kept.append(MORE)
            break
        kept.append(line)
        items += ends
    return LaidOut(markup.newline.join(kept + last), items)


def plain_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield each line by itself, and none too long: a note may have several."""
    for text in lines:
        for line in text.splitlines() or [""]:
            yield short(line)


def _lines(
    message: Message, markup: Markup, *, with_links: bool, with_facts: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the lines, and whether one ends an item of a digest."""
    if message.is_digest:
        for item in message.items:
            link = _link_line(links(item), markup) if with_links else []
            yield _digest_line(item, markup), not link
            yield from ((line, True) for line in link)
        return
    [item] = message.items
    if with_facts:
        yield from ((_fact_line(fact, markup), False) for fact in item.facts)
    yield from ((markup.escape(line), False) for line in plain_lines(item.lines))


def _digest_line(item: Item, markup: Markup) -> str:
    title = markup.strong.format(markup.escape(short(item.title)))
    return f"{title} · {markup.escape(item.brief)}" if item.brief else title


def _fact_line(fact: Fact, markup: Markup) -> str:
    label = markup.strong.format(markup.escape(f"{fact.label}:"))
    return f"{label} {markup.escape(fact.value)}"


def _link_line(links: Iterable[tuple[str, str]], markup: Markup) -> list[str]:
    line = " · ".join(
        markup.link.format(label=markup.escape(label), url=safe_url(url)) for label, url in links
    )
    return [line] if line else []
