"""What an instrument is called and whether it trades: which news of it count, and as what.

Pure: what is known and what a source told are passed in.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from monitors.market import QuoteState

LASTING = frozenset({QuoteState.TRADING, QuoteState.SUSPENDED, QuoteState.DELISTED})
"""States that last longer than a part of the day."""

# The mainland's exchanges mark names for a day or some: XD, XR and DR when a right has just been
# separated (and the name is cut), N and C in a listing's first days.
_MARKED = re.compile(r"(?:XD|XR|DR|N|C)(?:\*?ST)?[^\x00-\x7f]").match


class What(TextChoices):
    """What of an instrument changed."""

    NAME = "name", _("Name")
    STATE = "state", _("State")


class Change(NamedTuple):
    """Something that was so and is so no longer."""

    what: What
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What an instrument is called, by which source, and its newest lasting state ("" for none)."""

    name: str = ""
    name_source: str = ""
    trading_state: str = ""

    def after(self, name: str, state: str, source: str, sources: Collection[str]) -> "Identity":
        """Return what is known once a source has told a name ("" for none) and a state.

        Sources spell names differently, so a name is only taken from the one that gave it, unless
        there is none or its source is not among the `sources` in use.
        """
        known = replace(self, trading_state=state) if state in LASTING else self
        if not name or (self.name and _MARKED(name)):
            return known
        if self.name_source in {"", source} or self.name_source not in sources:
            return replace(known, name=name, name_source=source)
        return known

    def changes_to(self, later: "Identity") -> list[Change]:
        """Return what is worth remembering: not what was told for the first time."""
        found = []
        is_same_source = self.name_source == later.name_source
        if self.name and self.name != later.name and is_same_source and not _MARKED(self.name):
            found.append(Change(What.NAME, self.name, later.name))
        is_new = not self.trading_state and later.trading_state == QuoteState.TRADING
        if self.trading_state != later.trading_state and not is_new:
            found.append(Change(What.STATE, self.trading_state, later.trading_state))
        return found
