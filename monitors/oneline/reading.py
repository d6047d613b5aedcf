"""Reads a line: never fails, and says of everything that it cannot understand where it stands."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from monitors.kinds import rule_kinds
from monitors.life import Repeat
from monitors.oneline.chunks import OPENING, Chunk, chunks
from monitors.oneline.line import Amount, Clause, Line, Place, Problem
from monitors.oneline.vocabulary import Meaning, Part, similar
from monitors.rules.base import AtOrBelow
from monitors.spec import LONGEST_GROUP

LONGEST = 1000
MOST_PROBLEMS = 10
"""Slips after which the rest of a line is not looked at: what to mend first is said by then."""
ZONE = "entry_zone"
_CODE = re.compile(r"\*?[A-Za-z]{0,2}[0-9]{1,6}(?:\.[A-Za-z]{2})?|[A-Za-z0-9.-]{1,12}\.[A-Za-z]{2}")


def read(text: str) -> Line:
    """Return what a line says. A NUL, which PostgreSQL keeps nowhere, is a blank."""
    text = text[:LONGEST].replace("\0", " ")
    return _Reader(list(chunks(text))).line(text)


@dataclass
class _Reader:
    """Goes through the chunks once, and remembers what was begun."""

    left: list[Chunk]
    clauses: list[Clause] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rating: str = ""
    group: str = ""
    note: str = ""
    repeat: str = Repeat.REARM
    """How rules live that say nothing themselves: what was written before the first of them."""
    kind: Chunk | None = None
    """The word for a rule whose value is still to come."""

    def line(self, text: str) -> Line:
        """Return all that was said."""
        stock, place = self._stock()
        while self.left and len(self.problems) < MOST_PROBLEMS:
            self._take(self.left.pop(0), text)
        self._missing_value()
        clauses, problems = tuple(self.clauses), tuple(self.problems)
        return Line(stock, place, clauses, self.rating, self.group, self.note, problems)

    def _stock(self) -> tuple[str, Place]:
        """Take the stock off: the first piece, and further words of a name."""
        while self.left and (self.left[0].text in OPENING or self.left[0].group):
            self._take(self.left.pop(0), "")
        if not self.left or self.left[0].text.isspace():
            return "", Place(0, 0)
        first = self.left[0]
        if first.quoted is not None:
            self.left.pop(0)
            return first.quoted.strip(), first.place
        follows = self.left[1].amounts if len(self.left) > 1 else ()
        if len(first.amounts) > 1 or (first.meaning and (follows or not first.text[0].isalpha())):
            message = _("Begin with the stock: its code, its name or its initials.")
            self.problems.append(Problem(first.place, message))
            return "", Place(0, 0)
        taken = [self.left.pop(0)]
        while not _CODE.fullmatch(taken[0].text) and self.left and self._goes_on():
            taken.append(self.left.pop(0))
        name = " ".join(one.text for one in taken)
        return name, Place(taken[0].place.start, taken[-1].place.end)

    def _goes_on(self) -> bool:
        """Whether the next piece is a further word of the name."""
        word = self.left[0]
        if word.is_understood or not any(char.isalpha() for char in word.text):
            return False
        before_value = len(self.left) > 1 and bool(self.left[1].amounts)
        return not (before_value and similar(word.text))

    def _take(self, chunk: Chunk, text: str) -> None:
        if chunk.quoted is not None:
            self._noted(chunk.quoted)
        elif chunk.group:
            self._grouped(chunk)
        elif chunk.amounts:
            self._value(chunk)
        elif chunk.meaning:
            self._word(chunk, chunk.meaning, text)
        elif chunk.text in OPENING:
            self._unclosed(chunk)
        else:
            self._slip(chunk)

    def _word(self, chunk: Chunk, meaning: Meaning, text: str) -> None:
        match meaning.part:
            case Part.KIND:
                # "take profit", "stop loss": two words for one thing.
                if self.kind is None or self.kind.meaning != meaning:
                    self._missing_value()
                    self.kind = chunk
            case Part.REPEAT if self.clauses:
                self.clauses[-1] = self.clauses[-1]._replace(repeat=meaning.value)
            case Part.REPEAT:
                self.repeat = meaning.value
            case Part.RATING:
                self.rating = meaning.value
            case Part.NOTE:
                self._note_follows(chunk, text)

    def _note_follows(self, chunk: Chunk, text: str) -> None:
        """Take a quoted text, else all that follows, for the note."""
        if self.left and self.left[0].quoted is not None:
            self._noted(self.left.pop(0).quoted or "")
        else:
            self._noted(text[chunk.place.end :].lstrip(":=：＝").strip())
            self.left.clear()

    def _noted(self, note: str) -> None:
        self.note = "\n".join(part for part in (self.note, note.strip()) if part)

    def _grouped(self, chunk: Chunk) -> None:
        if len(chunk.group) > LONGEST_GROUP:
            message = _("%(value)s: a group's name has at most %(most)s characters.")
            self._refuse(chunk, message, most=str(LONGEST_GROUP))
        else:
            self.group = chunk.group

    def _value(self, chunk: Chunk) -> None:
        word, self.kind = self.kind, None
        kind = word.meaning.value if word and word.meaning else _implied(chunk.amounts)
        if kind is None:
            message = _(
                "%(value)s: say what it is, such as tp %(value)s, sl %(value)s or >%(value)s."
            )
            self._refuse(chunk, message)
            return
        amounts = tuple(_signed(amount, kind) for amount in chunk.amounts)
        place = Place((word or chunk).place.start, chunk.place.end)
        if len(amounts) != len(rule_kinds()[kind].Params.base_fields):
            self._wrong_count(chunk, kind)
        elif any(one.number <= 0 or one.is_signed for one in amounts if not one.is_percent):
            self._refuse(
                chunk, _("%(value)s: a price has no sign and is above 0; +5%% is a distance.")
            )
        else:
            self.clauses.append(Clause(kind, amounts, place, self.repeat))

    def _wrong_count(self, chunk: Chunk, kind: str) -> None:
        if kind == ZONE:
            self._refuse(chunk, _("%(value)s: a zone has two prices, such as 1650-1680."))
        else:
            self._refuse(chunk, _("%(value)s: one price is wanted here, not two."))

    def _missing_value(self) -> None:
        if self.kind is not None:
            self._refuse(self.kind, _("%(value)s: a price is missing behind it."))
            self.kind = None

    def _unclosed(self, chunk: Chunk) -> None:
        self._refuse(chunk, _("%(value)s: the quotation mark that closes it is missing."))

    def _slip(self, chunk: Chunk) -> None:
        """Say what was probably meant; the value behind it is not a second mistake."""
        if near := similar(chunk.text):
            message = _("%(value)s: not understood; did you mean %(near)s?")
        else:
            message = _("%(value)s: not understood.")
        self._refuse(chunk, message, near=near)
        if self.left and self.left[0].amounts:
            self.left.pop(0)

    def _refuse(self, chunk: Chunk, message: str, **more: str) -> None:
        told = message % ({"value": chunk.text} | more)
        self.problems.append(Problem(chunk.place, told))


def _implied(amounts: tuple[Amount, ...]) -> str | None:
    """Return the kind of a value that no word tells: a zone, or a distance with its sign."""
    if len(amounts) > 1:
        return ZONE
    only = amounts[0]
    if not (only.is_percent and only.is_signed and only.number):
        return None
    return "price_above" if only.number > 0 else "price_below"


def _signed(amount: Amount, kind: str) -> Amount:
    """Return a percentage with the sign that its kind means where none was written."""
    if not amount.is_percent:
        return amount
    is_below = issubclass(rule_kinds()[kind], AtOrBelow) and not amount.is_signed
    return Amount(-amount.number if is_below else amount.number, True, True)
