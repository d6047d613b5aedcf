"""What somebody means by a text: by the list, and by the sources where the list has nothing."""

import logging
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from monitors.asking.inquiries import ask_search
from monitors.finding import listings
from monitors.kinds import configured_sources
from monitors.market import QuoteState, Reference
from monitors.market.terms import tidy, typed
from monitors.models import Listing
from monitors.symbols import Symbol, SymbolError

logger = logging.getLogger(__name__)

SHORTEST, LONGEST = 2, 40
"""Characters of a text that sources are asked about."""
ASKED_FOR = 60
"""Seconds for which nobody asks the sources about the same text again."""
NAMED = 5
"""Listings that a refusal names to pick from."""


def can_ask() -> bool:
    """Whether a source in use can search."""
    return any(source.can_search for source in configured_sources().values())


def find(text: str, limit: int, *, ask: bool = False) -> list[Listing]:
    """Return what the list has for a text, the likeliest first.

    With `ask`, where it has nothing, the sources are asked once, which may take two seconds; what
    they say goes into the list.
    """
    found = list(Listing.objects.search(text, limit))
    if found or not ask or not _may_ask(text):
        return found
    listings.note(ask_search(tidy(text)) or (), timezone.now())
    return list(Listing.objects.search(text, limit))


def offer(text: str, limit: int, *, ask: bool = False) -> list[Listing]:
    """Return what to offer for a text: what is found, and at the end what it is if it is a symbol.

    So can be watched what nobody lists. There are `limit` at most.
    """
    found = find(text, limit, ask=ask)
    try:
        symbol = Symbol.parse(text)
    except SymbolError:
        return found
    if Listing.objects.filter(symbol=str(symbol)).exists():
        return found
    return [*found[: limit - 1], unlisted(symbol)]


def unlisted(symbol: Symbol) -> Listing:
    """Return the listing of a symbol that nobody lists; unsaved."""
    return Listing(
        symbol=str(symbol),
        market=symbol.market,
        kind=listings.kind_of(Reference(symbol, "")),
        state=QuoteState.UNKNOWN,
    )


def _may_ask(text: str) -> bool:
    text = typed(text)
    if not SHORTEST <= len(text) <= LONGEST:
        return False
    key = f"search:{sha256(text.encode()).hexdigest()}"
    try:
        return cache.add(key, 1, ASKED_FOR)
    except (RedisError, OSError) as error:
        logger.warning("whether %r was asked for cannot be looked up: %r", text, error)
        return False


class SeveralMeant(SymbolError):  # noqa: N818 -- what is wrong, not that something is
    """A name that is not only one's; the message names some, `meant` has what to pick from."""

    def __init__(self, message: str, meant: list[Listing]) -> None:
        super().__init__(message)
        self.meant = meant


def recognise(text: str, *, ask: bool = True) -> Symbol:
    """Return the symbol that a text is, or that of the one listing that it names or abbreviates.

    A code is taken for what it is, but for a US ticker that nobody lists and that is initials.
    Raises SymbolError, and SeveralMeant where several are meant. With `ask`, sources are asked
    about what the list does not have.
    """
    try:
        symbol = Symbol.parse(text)
    except SymbolError:
        if found := _only(_named(text) or _likely(text, ask=ask)):
            return found
        if text.isascii():
            raise  # a code that is misspelt; the message says how it is spelt
        message = _("Nothing is called so. Enter a code such as 600519.SH, 00700.HK or AAPL.US.")
        raise SymbolError(message) from None
    is_code = symbol.exchange != "US" or "." in text
    if is_code or Listing.objects.filter(symbol=str(symbol)).exists():
        return symbol
    return _only(_named(text)) or symbol


def _named(text: str) -> list[Listing]:
    return list(Listing.objects.named(text)[: NAMED + 1])


def _likely(text: str, *, ask: bool) -> list[Listing]:
    has_letters = any(char.isalpha() for char in text)  # digits are a code that is not complete
    return find(text, NAMED + 1, ask=ask) if has_letters else []


def _only(meant: list[Listing]) -> Symbol | None:
    """Return the symbol of the only one, None of none. Raises SeveralMeant for several."""
    if len(meant) < 2:
        return meant[0].parsed if meant else None
    names = ", ".join(str(one) for one in meant[:NAMED])
    more = " …" if len(meant) > NAMED else ""
    message = _("Several are called so. Enter the code of one: %(names)s")
    raise SeveralMeant(message % {"names": names + more}, meant[:NAMED])
