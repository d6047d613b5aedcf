"""Cuts a line into words, values and quoted texts, each with its place."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from monitors.oneline.line import Amount, Place
from monitors.oneline.vocabulary import Meaning, joined_words, meanings

_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,8})?"
_VALUE = rf"[+-]?{_NUMBER}%?"
_DASH = r"(?:-|–|—|~|\.\.|到|至)"
_QUOTES = {'"': '"', "'": "'", "“": "”", "「": "」", "‘": "’"}
OPENING = ('"', "“", "「")
"""Marks that stand for nothing else: one that nothing closes is a slip, not part of a name."""
_MARKS = "".join(OPENING)
_QUOTED = r'"(?:[^"\\]|\\.)*"|' + "|".join(
    f"{start}[^{end}]*{end}" for start, end in _QUOTES.items() if start != '"'
)
_CHUNK = re.compile(
    rf"(?P<quoted>{_QUOTED})"
    rf"|#(?P<group>{_QUOTED}|[^\s,;，；、。{_MARKS}]+)"
    rf"|(?P<plain>(?:{_NUMBER}(?![0-9])|[^\s,;，；、。{_MARKS}])+|[{_MARKS}])"
)
_AMOUNT = re.compile(_VALUE)
_ZONE = re.compile(rf"({_VALUE}){_DASH}({_VALUE})")
_WORD_AND_REST = re.compile(r"(>=|<=|[><≥≤]|[a-z]+?|[^\W0-9_a-z]+)[:=]?(?=[+-]?[0-9])")
_SPACED_DASH = re.compile(rf"(?<=[0-9%])\s+{_DASH}\s+(?=[+-]?[0-9])")
# Full-width forms, each by the narrow one, so that places stay what they are.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}


class Chunk(NamedTuple):
    """A piece of the line: what is written, and what that is."""

    text: str
    place: Place
    meaning: Meaning | None = None
    amounts: tuple[Amount, ...] = ()
    quoted: str | None = None
    group: str = ""

    @property
    def is_understood(self) -> bool:
        """Whether it is anything but a name or a slip."""
        return bool(self.meaning or self.amounts or self.group) or self.quoted is not None


def chunks(text: str) -> Iterator[Chunk]:
    """Yield the pieces of a line in their order."""
    narrow = _SPACED_DASH.sub(lambda dash: "~".center(len(dash[0]), "\0"), text.translate(_NARROW))
    for found in _CHUNK.finditer(narrow):
        if found["quoted"]:
            yield _quoted(text[found.start() : found.end()], found.start())
        elif found["group"]:
            yield _group(text[found.start() : found.end()], found.start())
        else:
            yield from _plain(found["plain"], found.start())


def _quoted(written: str, start: int) -> Chunk:
    return Chunk(written, Place(start, start + len(written)), quoted=_inner(written))


def _group(written: str, start: int) -> Chunk:
    name = written[1:]
    name = _inner(name) if re.fullmatch(_QUOTED, name) else name
    return Chunk(written, Place(start, start + len(written)), group=" ".join(name.split()))


def _inner(written: str) -> str:
    inner = written[1:-1]
    return re.sub(r"\\(.)", r"\1", inner) if written[0] == '"' else inner


def _plain(piece: str, start: int) -> Iterator[Chunk]:
    """Cut at Chinese words, which people write without blanks."""
    at = 0
    for word in joined_words().finditer(piece):
        yield from _words(piece[at : word.start()], start + at)
        yield from _words(word[0], start + word.start())
        at = word.end()
    yield from _words(piece[at:], start + at)


def _words(piece: str, start: int) -> Iterator[Chunk]:
    """Yield a word, a value, or both where a word is written up to its value: `tp1800`, `>1800`."""
    bare = piece.lstrip(":=")
    start, piece = start + len(piece) - len(bare), bare
    if not piece:
        return
    key = piece.lower()
    begun = _WORD_AND_REST.match(key)
    if begun and begun[1] in meanings() and (amounts := _amounts(key[begun.end() :])):
        place = Place(start, start + len(begun[1]))
        yield Chunk(begun[1], place, meanings()[begun[1]])
        start, piece = start + begun.end(), piece[begun.end() :]
        yield Chunk(piece, Place(start, start + len(piece)), amounts=amounts)
        return
    place = Place(start, start + len(piece))
    yield Chunk(piece, place, meanings().get(key.strip(":=")), _amounts(key))


def amount(text: str) -> Amount | None:
    """Return the one price or distance that a text is; None where it is none."""
    found = _amounts(text.translate(_NARROW).strip().lower())
    return found[0] if len(found) == 1 else None


def _amounts(text: str) -> tuple[Amount, ...]:
    text = text.replace("\0", "")
    if zone := _ZONE.fullmatch(text):
        return _amount(zone[1]), _amount(zone[2])
    return (_amount(text),) if _AMOUNT.fullmatch(text) else ()


def _amount(text: str) -> Amount:
    number = Decimal(text.rstrip("%").replace(",", ""))
    return Amount(number, text.endswith("%"), text[0] in "+-")
