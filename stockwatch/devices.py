"""What a browser calls itself, in words that its user knows it by. Pure."""

import re

BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("微信", r"MicroMessenger/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
"""The order matters: most call themselves by the names of others, too; so do systems."""

SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def device(agent: str) -> str:
    """Return "Firefox · Windows"; what is not known is left out, all of it where nothing is."""
    found = (_first(BROWSERS, agent), _first(SYSTEMS, agent))
    return " · ".join(name for name in found if name)


def is_handheld(agent: str) -> bool:
    """Tell whether it looks like a phone or a tablet."""
    return re.search(r"iPhone|iPad|Android|Mobile|HarmonyOS", agent) is not None


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, sign in names if re.search(sign, agent)), "")
