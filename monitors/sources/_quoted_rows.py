"""Replies that are JavaScript, one assignment of a quoted text a row, in a Chinese charset."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from monitors.sources.base import SourceError
from monitors.symbols import Symbol

T = TypeVar("T")

_TWO_BYTE_UTF8 = re.compile("[\x80-\u07ff]")


def read_rows(
    body: bytes,
    row: re.Pattern[str],
    wanted: Mapping[str, Symbol],
    read: Callable[[str, Symbol], T | None],
    tells_nothing: Callable[[str, str], bool],
) -> tuple[list[T], list[str]]:
    """Return what `read` makes of the rows that are wanted, and what is wrong with the others.

    `wanted` maps the keys that were asked for to their symbols. `read` takes a row's content;
    None is nothing to tell, a ValueError says what is odd. `tells_nothing` knows the rows, by key
    and content, that are of no symbol or of an unknown one; it may refuse the whole reply. Raises
    SourceError where nothing looks like a row.
    """
    found: list[T] = []
    problems: list[str] = []
    seen: set[str] = set()
    rows = 0
    for key, content in quoted_rows(body, row):
        rows += key is not None
        if key is None:
            problems.append(f"no row: {content[:20]!r}")
        elif tells_nothing(key, content):
            continue
        elif key not in wanted or key in seen:
            problems.append(f"{key}: {'sent twice' if key in seen else 'not asked for'}")
        else:
            seen.add(key)
            try:
                one = read(content, wanted[key])
            except ValueError as error:
                problems.append(f"{key}: {error}")
            else:
                found += [] if one is None else [one]
    if not rows:
        raise SourceError("no quotes in the reply" if body.strip() else "empty reply")
    return found, problems


def quoted_rows(body: bytes, row: re.Pattern[str]) -> Iterator[tuple[str | None, str]]:
    """Yield each row's key and content; what stands between rows and is none, without a key.

    `row` matches key and content. A row is whole when its closing quote is there; some recorded
    replies have no semicolon after it. Raises SourceError where the charset is none of the known.
    """
    text, end = decoded(body), 0
    for match in row.finditer(text):
        if between := text[end : match.start()].strip("; \t\r\n"):
            yield None, between
        yield match[1], match[2]
        end = match.end()
    if rest := text[end:].strip("; \t\r\n"):
        yield None, rest


def decoded(body: bytes) -> str:
    """Read UTF-8 where it makes nothing but ASCII and Chinese, and GB18030 otherwise.

    Chinese in UTF-8 often passes for GB18030, turning names to noise; the reverse needs each name
    of the reply to consist of three-byte sequences by chance. GB18030 is GBK with room for the
    rarest names. Raises SourceError.
    """
    try:
        text = body.decode("utf-8")
        if not _TWO_BYTE_UTF8.search(text):
            return text
    except UnicodeDecodeError:
        pass
    for charset in ("gb18030", "utf-8"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    raise SourceError("neither GB18030 nor UTF-8")
