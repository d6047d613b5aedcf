"""The words of a line. A rule kind brings its own (`RuleKind.words`)."""

import re
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from monitors.kinds import rule_kinds
from monitors.life import Repeat
from monitors.market.pinyin import CHINESE


class Part(StrEnum):
    """What a word tells of a monitor."""

    KIND = "kind"
    REPEAT = "repeat"
    RATING = "rating"
    NOTE = "note"


class Meaning(NamedTuple):
    """What a word stands for."""

    part: Part
    value: str


_OTHERS: dict[Part, dict[str, tuple[str, ...]]] = {
    Part.REPEAT: {
        Repeat.ONCE: ("once", "一次", "仅一次", "只一次"),
        Repeat.EVERY: ("every", "每次"),
        Repeat.REARM: ("rearm", "重复"),
    },
    Part.RATING: {
        "buy": ("buy", "买入", "买进", "买"),
        "hold": ("hold", "持有"),
        "sell": ("sell", "卖出", "卖"),
    },
    Part.NOTE: {"note": ("note", "备注", "注")},
}

_CLOSE = 0.75


@cache
def meanings() -> dict[str, Meaning]:
    """Return every word with what it stands for."""
    found = {
        word: Meaning(Part.KIND, name) for name, kind in rule_kinds().items() for word in kind.words
    }
    for part, values in _OTHERS.items():
        for value, words in values.items():
            found |= {word: Meaning(part, value) for word in words}
    return found


@cache
def usual(part: Part, value: str) -> str:
    """Return the word that is usually written for something; "" where there is none."""
    return next((word for word, it in meanings().items() if it == Meaning(part, value)), "")


@cache
def joined_words() -> re.Pattern[str]:
    """The Chinese words that need no blank around them."""
    words = [word for word in meanings() if re.fullmatch(f"[{CHINESE}]{{2,}}", word)]
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


def similar(word: str) -> str:
    """Return the word that was probably meant; "" where none is like it."""
    known = [one for one in meanings() if one.isascii()]
    return next(iter(get_close_matches(word.lower(), known, 1, _CLOSE)), "")
