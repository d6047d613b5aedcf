"""Replies that are JavaScript, one assignment of a quoted text a row, in a Chinese charset."""

import re
from collections.abc import Iterator

from monitors.sources.base import SourceError

_TWO_BYTE_UTF8 = re.compile("[\x80-\u07ff]")


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
