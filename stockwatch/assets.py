"""Which of the libraries' files are served."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Assets(StaticFilesConfig):
    """Leaves out what the chart's library ships for other ways of loading it."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.development.*",
        "*.production.js",
        "lightweight-charts.production.mjs",
        "*.d.ts",
    ]
