"""Finds a Chromium for the browser tests, or installs one; prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> Path | None:
    """Return the machine's own browser, else the one that Playwright downloaded, else None."""
    for candidate in (*(shutil.which(name) for name in NAMES), *MAC, _playwrights()):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    return None


def _playwrights() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def install() -> None:
    """Install Debian's package where we may, else let Playwright download its own build."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "chromium")
    else:
        _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


def main() -> None:
    """Print the path of a browser; exit with one line where none can be had."""
    if find() is None:
        try:
            install()
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"stockwatch: no Chromium, and installing one failed ({error})")
    browser = find()
    if browser is None:
        sys.exit("stockwatch: no Chromium was found after installing one")
    print(browser)


if __name__ == "__main__":
    main()
