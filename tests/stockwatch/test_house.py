"""The map of the house in docs/architecture.md names every room."""

import re
from pathlib import Path
from pkgutil import iter_modules

import monitors

MAP = Path(__file__).parents[2] / "docs" / "architecture.md"
DJANGOS_OWN = {"apps", "management", "migrations"}


def test_the_map_of_monitors_has_each_of_its_modules():
    text = MAP.read_text().partition("Inside `monitors`, from the top down:")[2]
    drawn = text.partition("\nA new rule kind")[0]
    rooms = {info.name for info in iter_modules(monitors.__path__)} - DJANGOS_OWN
    assert rooms <= set(re.findall(r"[a-z]+", drawn))
    for name in re.findall(r"(?m)([a-z]+)/", drawn):
        assert name in rooms, "the map has a package that is not there"
