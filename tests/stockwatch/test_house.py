"""The map of the house names every room, the contract places each, and no word points to none."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest
from django.apps import apps as django_apps

import monitors
import notifications
import stockwatch

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "architecture.md"
APPS = [stockwatch, monitors, notifications]
DJANGOS_OWN = {"apps", "management", "migrations"}
DOTTED = re.compile(
    r"(?<![\w./@-])(?:stockwatch|monitors|notifications)(?:\.[A-Za-z_]\w*)+(?![\w(/-])"
)
FILES = {"css", "db", "html", "js", "md", "py"}


def rooms_of(app: ModuleType) -> set[str]:
    return {info.name for info in iter_modules(app.__path__)}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.__name__)
def test_the_map_of_an_app_has_each_of_its_modules(app: ModuleType):
    text = re.split(rf"(?m)^Inside `{app.__name__}`.*:\n\n", MAP.read_text())[1]
    drawn = text.partition("\n\n")[0]
    rooms = rooms_of(app)
    assert rooms - DJANGOS_OWN <= set(re.findall(r"[a-z_]+", drawn))
    for name in re.findall(r"(?m)^    (?:[a-z_]+ +)*([a-z_]+)/", drawn):
        assert name in rooms, "the map has a package that is not there"


def test_every_module_of_the_composition_root_is_above_the_apps_or_below_them():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = " ".join(contracts["contracts"][0]["layers"])
    placed = re.findall(r"stockwatch\.(\w+)", layers)
    assert sorted(placed) == sorted(rooms_of(stockwatch))


def words_of(file: Path) -> Iterator[str]:
    """The comments and docstrings of a file."""
    for token in tokenize.generate_tokens(io.StringIO(file.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def is_there(name: str) -> bool:
    """Whether a dotted name leads to a module, to something in one, or is a model's label."""
    if name in {model._meta.label_lower for model in django_apps.get_models()}:
        return True
    found: object = import_module(name.partition(".")[0])
    path = name.partition(".")[0]
    for part in name.split(".")[1:]:
        path += f".{part}"
        if not hasattr(found, part):
            try:
                import_module(path)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.__name__)
def test_what_comments_point_to_is_there(app: ModuleType):
    gone = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted(Path(app.__path__[0]).rglob("*.py"))
        for text in words_of(file)
        for name in DOTTED.findall(text)
        if name.rpartition(".")[2] not in FILES and not is_there(name)
    }
    assert not gone
