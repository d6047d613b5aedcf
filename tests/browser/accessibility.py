"""What axe-core finds on a page: who cannot see or cannot use a mouse meets the same page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

RUN = """async ([wanted, part]) => {
    // What fades in has less contrast for a moment than it has when it is there.
    const fading = document.getAnimations().filter(
      ({ effect }) => effect.getComputedTiming().activeDuration < 2000,
    );
    await Promise.allSettled(fading.map((one) => one.finished));
    const found = await axe.run(part ?? document, { runOnly: wanted });
    return found.violations.map((one) => [
      one.id, one.nodes.map((node) => node.html.slice(0, 200) + " " + node.failureSummary),
    ]);
}"""


def violations(page: Page, part: str | None = None, rules: Sequence[str] = ()) -> Any:
    """Return the rules of WCAG that the page breaks, or a part of it, each with where.

    All rules are looked at, or only those that are named.
    """
    wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(RUN, [wanted, part])
