"""How static files are named and served."""

from collections.abc import Callable
from re import Match
from typing import Any

from django.conf import settings
from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names files by what is in them, and lets our modules import each other by these names.

    A page, and the worker that pages share, then always run modules of one version.
    """

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[Match[str]], str]:
        """Leave the scripts of libraries as they are: they import what is not there."""
        ours = (settings.BASE_DIR / "static" / name).is_file()
        if template and template.startswith(("import", "export")) and not ours:
            return lambda match: match["matched"]
        converter: Any = super().url_converter(name, hashed_files, template)

        def convert(match: Match[str]) -> str:
            # A comment may import a library's types by its name, which is no file of ours.
            is_library = match["matched"].startswith("import(") and match["url"][0] not in "./"
            return match["matched"] if is_library else str(converter(match))

        return convert
