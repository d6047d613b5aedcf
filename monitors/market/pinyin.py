"""How a Chinese name is typed on a Latin keyboard: in full, and by its initials."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from typing import Any, NamedTuple

CHINESE = "\u3400-\u9fff"
MOST_READINGS = 6
"""Readings that a name may have; beyond these nobody would think of one."""

# Characters of names of which people think of several readings. The dictionary has two for every
# third character, but would have 控 read qiang.
_SEVERAL = frozenset(
    "阿柏车传单弹番给行合贾降解乐六朴秘强沙厦省盛石宿覃提尉蔚系校翟长查藏曾重朝参沈术"
)

_RUNS = re.compile(f"[{CHINESE}]+|[a-z0-9]+")


class Reading(NamedTuple):
    """One way of reading a name: `pinganyinhang` and `payh`."""

    full: str
    initials: str


def readings(name: str) -> list[Reading]:
    """Return how a name in lower case may be read, the likeliest first; none without Chinese.

    A character may have several readings (长 is chang or zhang, 行 is hang or xing): first the one
    that its word asks for, then those in which one character is read otherwise, then two. Letters
    and digits stand for themselves: TCL科技 is tclkj.
    """
    if not re.search(f"[{CHINESE}]", name):
        return []
    return list(islice(dict.fromkeys(_variants(_syllables(name))), MOST_READINGS))


def _syllables(name: str) -> list[list[Reading]]:
    """Return the readings of each character, or run of letters, the likeliest first."""
    from pypinyin import Style, lazy_pinyin, pinyin  # its tables take 20 MB: for writers only

    result = []
    for run in _RUNS.findall(name):
        if run.isascii():
            result.append([Reading(run, run)])
            continue
        alone = [pinyin(char, Style.NORMAL, heteronym=True, errors="ignore") for char in run]
        for char, word, others in zip(
            run, lazy_pinyin(run, errors=_one_by_one), alone, strict=True
        ):
            known = [word, *(others[0][: 3 if char in _SEVERAL else 1] if others else ())]
            readings_of_char = [Reading(one, one[0]) for one in known if one.isascii()]
            result.append(list(dict.fromkeys(readings_of_char)))
    return [options for options in result if options]


def _one_by_one(unknown: str) -> Any:
    return list(unknown)


def _variants(syllables: Sequence[Sequence[Reading]]) -> Iterator[Reading]:
    """Yield the likeliest reading, and then those with one and with two other syllables."""
    heteronyms = [place for place, options in enumerate(syllables) if len(options) > 1]
    for changes in range(3):
        for places in combinations(heteronyms, changes):
            for chosen in product(*(syllables[place][1:] for place in places)):
                others = dict(zip(places, chosen, strict=True))
                read = [others.get(place, options[0]) for place, options in enumerate(syllables)]
                yield Reading("".join(one.full for one in read), "".join(r.initials for r in read))
