"""The file that tells `http_json` how to ask an endpoint, read and checked."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from urllib.parse import quote, urlsplit

from monitors.market import Market
from monitors.sources.base import ConfigurationError
from monitors.symbols import Symbol

SETTING = "HTTP_JSON_FILE"
MEMBERS = {"url", "headers", "markets", "fields", "delay", "requests_a_minute"}
REQUIRED, OPTIONAL = {"price", "at"}, {"previous_close", "open", "high", "low", "volume", "name"}
PLACES = {"symbol", "code", "exchange", "symbol_lower", "code_lower", "exchange_lower"}

_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]{1,4})\]")
_PATH = re.compile(r"[^.\[\]]+(?:\[[0-9]{1,4}\])*(?:\.[^.\[\]]+(?:\[[0-9]{1,4}\])*)*").fullmatch

Steps = Sequence[str | int]
"""A path: keys of objects and numbers in arrays."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How an endpoint is asked, and where its reply holds what."""

    url: str
    headers: Mapping[str, str]
    markets: frozenset[Market]
    fields: Mapping[str, Steps]
    delay: int
    requests_a_minute: int

    @classmethod
    def read(cls, text: str) -> "Configuration":
        """Read the file's text. Raises ConfigurationError."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise _refused(f"is no JSON: {error}") from error
        if not isinstance(values, dict) or (odd := values.keys() - MEMBERS):
            named = f" without {min(odd)}" if isinstance(values, dict) else ""
            raise ConfigurationError(
                SETTING, f"must be one object{named}: {', '.join(sorted(MEMBERS))}"
            )
        return cls(
            url=_url(values.get("url")),
            headers=_headers(values.get("headers", {})),
            markets=_markets(values.get("markets")),
            fields=_fields(values.get("fields")),
            delay=_whole(values.get("delay", 0), "delay", 0),
            requests_a_minute=_whole(values.get("requests_a_minute", 60), "requests_a_minute", 1),
        )

    def address(self, symbol: Symbol) -> str:
        """Return where a symbol is asked for."""
        names = {"symbol": str(symbol), "code": symbol.code, "exchange": symbol.exchange}
        lower = {f"{name}_lower": text.lower() for name, text in names.items()}
        return self.url.format_map({k: quote(v, safe="") for k, v in (names | lower).items()})


@lru_cache(maxsize=8)
def configuration(path: str) -> Configuration:
    """Return what a file says. Raises ConfigurationError."""
    try:
        return Configuration.read(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(f"cannot be read: {error}") from error


def _refused(mend: str) -> ConfigurationError:
    return ConfigurationError(SETTING, mend)


def _url(value: object) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        places = {name for _text, name, _spec, _conversion in Formatter().parse(str(value)) if name}
    except ValueError as error:
        raise _refused(f"url: {error}") from error
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            SETTING, "url: write an address such as https://quotes.example/{code}"
        )
    if not places or places - PLACES:
        raise ConfigurationError(
            SETTING, f"url: name the stock by {{{'}, {'.join(sorted(PLACES))}}}"
        )
    return str(value)


def _headers(value: object) -> Mapping[str, str]:
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return value
    raise _refused("headers: write an object of texts")


def _markets(value: object) -> frozenset[Market]:
    try:
        markets = frozenset(Market(one) for one in value) if isinstance(value, list) else None
    except ValueError:
        markets = None
    if not markets:
        raise _refused(f"markets: write a list of {', '.join(Market.values)}")
    return markets


def _fields(value: object) -> Mapping[str, Steps]:
    if not isinstance(value, dict) or REQUIRED - value.keys():
        raise _refused("fields: say at least where price and at are")
    if odd := value.keys() - REQUIRED - OPTIONAL:
        known = ", ".join(sorted(REQUIRED | OPTIONAL))
        raise _refused(f"fields.{min(odd)}: not known, write {known}")
    for name, path in value.items():
        if not isinstance(path, str) or not _PATH(path):
            raise ConfigurationError(
                SETTING, f"fields.{name}: write a path such as data.days[0].close"
            )
    return {
        name: [key or int(number) for key, number in _STEP.findall(path)]
        for name, path in value.items()
    }


def _whole(value: object, name: str, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= 10**6:
        return value
    raise _refused(f"{name}: write a whole number from {least} to 1000000")
