"""The map of the house in docs/architecture.md names every room."""

import re
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest

import monitors
import notifications

MAP = Path(__file__).parents[2] / "docs" / "architecture.md"
DJANGOS_OWN = {"apps", "management", "migrations"}


@pytest.mark.parametrize("app", [monitors, notifications], ids=lambda app: app.__name__)
def test_the_map_of_an_app_has_each_of_its_modules(app: ModuleType):
    text = re.split(rf"(?m)^Inside `{app.__name__}`.*:\n\n", MAP.read_text())[1]
    drawn = text.partition("\n\n")[0]
    rooms = {info.name for info in iter_modules(app.__path__)} - DJANGOS_OWN
    assert rooms <= set(re.findall(r"[a-z_]+", drawn))
    for name in re.findall(r"(?m)([a-z]+)/", drawn):
        assert name in rooms, "the map has a package that is not there"
