"""What each wire format is: a module of this package that has all of this."""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from aiohttp import web

import tests.standin
from monitors.market import Snapshot
from monitors.symbols import Symbol


class Wire(Protocol):
    """One public endpoint's way of being asked and of answering; `ROUTE` marks such a module."""

    ROUTE: str
    """The path, as aiohttp's router takes it."""
    CONTENT_TYPE: str
    CHARSET: str

    def symbols_of(self, request: web.Request) -> list[Symbol]:
        """Return what a request asks for, as far as it can be understood."""

    def refusal(self, request: web.Request) -> web.Response | None:
        """Return what the endpoint answers to a request that it does not like."""

    def row(self, snapshot: Snapshot) -> str:
        """Return what a reply says of one symbol."""

    def damaged(self, row: str) -> str:
        """Return the row with most of its fields lost, in a reply that can still be read."""

    def join(self, rows: Iterable[str]) -> bytes:
        """Return a reply of these rows; of none, what the endpoint says of unknown symbols."""


def wires() -> dict[str, Wire]:
    """Return the wire formats by name, which is that of the source that reads them."""
    modules = (
        import_module(f"{tests.standin.__name__}.{info.name}")
        for info in iter_modules(tests.standin.__path__)
        if not info.name.startswith("__")
    )
    return {
        module.__name__.rpartition(".")[2]: cast(Wire, module)
        for module in modules
        if hasattr(module, "ROUTE")
    }
