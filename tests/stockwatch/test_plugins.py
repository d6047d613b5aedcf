"""A package's kinds are its modules: one concrete class each, checked at the start."""

import sys
from importlib import import_module

import pytest

from stockwatch import plugins

BASE = """
from abc import ABC, abstractmethod
class Greeting(ABC):
    @abstractmethod
    def words(self): ...
"""
HELLO = """
from {package}.base import Greeting
class Hello(Greeting):
    def words(self): return "hello"
"""
counter = iter(range(1_000))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write a package of kinds, a fresh name each time, and load it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"greetings{next(counter)}"

    def load(**modules):
        folder = tmp_path / name
        folder.mkdir()
        for module, source in {"__init__": "", "base": BASE, **modules}.items():
            (folder / f"{module}.py").write_text(source.replace("{package}", name))
        return plugins.load(import_module(name), import_module(f"{name}.base").Greeting)

    yield load
    for loaded in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[loaded]


def test_a_new_file_is_a_new_kind(package):
    kinds = package(hello=HELLO, ahoy=HELLO.replace("Hello", "Ahoy"))

    assert list(kinds) == ["ahoy", "hello"]
    assert kinds["hello"]().words() == "hello"


def test_shared_and_private_modules_are_no_kinds(package):
    assert list(package(hello=HELLO, _wording="raise RuntimeError")) == ["hello"]


def test_a_kind_may_import_another(package):
    kinds = package(hello=HELLO, loud="from {package}.hello import Hello\nclass Loud(Hello): ...")

    assert {name: kind.__name__ for name, kind in kinds.items()} == {
        "hello": "Hello",
        "loud": "Loud",
    }


def test_a_file_without_a_kind_stops_the_start(package):
    with pytest.raises(plugins.PluginError, match=r"empty must define exactly one Greeting.* 0"):
        package(empty="")


def test_a_file_with_two_kinds_stops_the_start(package):
    two = HELLO + "class Again(Hello): ...\n"
    with pytest.raises(plugins.PluginError, match=r"both must define exactly one Greeting.* 2"):
        package(both=two)


def test_a_kind_that_leaves_something_out_does_not_count(package):
    with pytest.raises(plugins.PluginError, match=r"mute must define exactly one Greeting.* 0"):
        package(mute="from {package}.base import Greeting\nclass Mute(Greeting): ...")


def test_a_broken_file_stops_the_start_with_its_own_error(package):
    with pytest.raises(ZeroDivisionError):
        package(broken="1 / 0")
