r"""Tencent's search: what the input box of its pages offers for a name, initials or a code.

`GET {TENCENT_SEARCH_URL}/s3/?v=2&t=all&q=txkg` answers `v_hint="hk~00700~\u817e\u8baf…~txkg~GP^…"`:
entries of market, code, name in JavaScript's escapes, initials and type; `v_hint="N";` is none
(recorded: tests/data/responses/tencent-smartbox-search.txt).
"""

import json
import re
from urllib.parse import quote

from monitors.market import InstrumentKind, Reference
from monitors.sources._figures import shown_name
from monitors.sources.base import SourceError
from monitors.symbols import Symbol, SymbolError

MOST_RESULTS = 20

_REPLY = re.compile(r'\s*v_hint="([^"]*)";?\s*')
_NOTHING = ("", "N")
_NAME = re.compile(r"(?:[^\\\x00-\x1f]|\\u[0-9a-fA-F]{4}){1,200}")
_EXCHANGES = ("sh", "sz", "bj", "hk", "us")
# The venue behind a US ticker: aapl.oq, brk.b.n, cihky.ps.
_VENUE = re.compile(r"\.[a-z]{1,2}$")
# Warrants, options and funds that are not traded are no instruments here.
_KINDS = (
    ("GP", InstrumentKind.STOCK),
    ("ETF", InstrumentKind.FUND),
    ("LOF", InstrumentKind.FUND),
    ("ZS", InstrumentKind.INDEX),
    ("ZQ", InstrumentKind.BOND),
)


def query(text: str) -> str:
    """Return the query for a text, in UTF-8: the endpoint finds nothing by its own charset."""
    return f"v=2&t=all&q={quote(text, safe='')}"


def parse(body: bytes) -> list[Reference]:
    """Read a reply; an entry that is cut or no instrument is left out.

    Raises SourceError where it is no reply.
    """
    reply = _REPLY.fullmatch(body.decode("utf-8", "replace"))
    if reply is None:
        raise SourceError("no hints in the reply" if body.strip() else "empty reply")
    if reply[1] in _NOTHING:
        return []
    found = [one for entry in reply[1].split("^") if (one := _reference(entry))]
    return found[:MOST_RESULTS]


def _reference(entry: str) -> Reference | None:
    fields = entry.split("~")
    if len(fields) < 5 or fields[0] not in _EXCHANGES or not _NAME.fullmatch(fields[2]):
        return None
    kinds = [kind for mark, kind in _KINDS if fields[4].startswith(mark)]
    symbol, name = _symbol(fields[0], fields[1]), shown_name(json.loads(f'"{fields[2]}"'))
    return Reference(symbol, name, kind=kinds[0]) if symbol and name and kinds else None


def _symbol(exchange: str, code: str) -> Symbol | None:
    if exchange == "us":
        code = _VENUE.sub("", code.lower())
    try:
        return Symbol.parse(f"{code}.{exchange}")
    except SymbolError:
        return None
