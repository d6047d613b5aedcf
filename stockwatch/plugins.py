"""Finds the kinds that a package holds: one module a kind, the module's name is the kind."""

from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

# `base` holds what the kinds of a package share; it is no kind itself.
SHARED_MODULE = "base"


class PluginError(RuntimeError):
    """A package of kinds holds a module that defines no kind, or more than one."""


def load(package: ModuleType, base: type[T]) -> dict[str, type[T]]:
    """Import every module of `package` and return its kinds by name, sorted.

    Each module (but `base` and those with a leading underscore) defines exactly one concrete
    subclass of `base`. A module that cannot be imported raises its own error, so a broken
    plugin stops the start rather than missing silently; a module without a kind, or with two,
    raises PluginError.
    """
    kinds: dict[str, type[T]] = {}
    for info in sorted(iter_modules(package.__path__), key=lambda info: info.name):
        if info.name == SHARED_MODULE or info.name.startswith("_"):
            continue
        module = import_module(f"{package.__name__}.{info.name}")
        kinds[info.name] = _only_kind(module, base)
    return kinds


def _only_kind(module: ModuleType, base: type[T]) -> type[T]:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and not isabstract(value)
        and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise PluginError(
            f"{module.__name__} must define exactly one {base.__name__}, it defines {len(found)}"
        )
    return found[0]
