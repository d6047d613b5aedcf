"""Static files: a module imports others by the names that say what is in them."""

import posixpath
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

IMPORT = re.compile(r"""^import .* from ["'](.*)["'];$""", re.MULTILINE)


@pytest.mark.parametrize("entry", ["app.js", "realtime/worker.js"])
def test_modules_import_hashed_modules(entry: str) -> None:
    seen: set[str] = set()
    todo = [staticfiles_storage.stored_name(entry)]  # type: ignore[attr-defined]
    while todo:
        name = todo.pop()
        assert re.search(r"\.[0-9a-f]{12}\.js$", name), name
        seen.add(name)
        with staticfiles_storage.open(name) as file:
            text = file.read().decode()
        folder = posixpath.dirname(name)
        imported = {posixpath.normpath(posixpath.join(folder, to)) for to in IMPORT.findall(text)}
        todo += imported - seen
    assert len(seen) > 8
