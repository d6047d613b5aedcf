"""Draws static/icons/*.png from static/favicon.svg: `python -m tools.icons`.

Browsers want an installed app's icon as a PNG; one that is masked must fill its square.
"""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.browser import find

STATIC = Path(__file__).resolve().parent.parent / "static"
ICONS = {"192": 192, "512": 512, "apple-touch": 180, "maskable-512": 512}
FILLING = {"apple-touch", "maskable-512"}
"""Those that are cut to a shape by whoever shows them: no corners, and room around the drawing."""


def main() -> None:
    """Draw every icon."""
    drawing = (STATIC / "favicon.svg").read_text("utf-8")
    (STATIC / "icons").mkdir(exist_ok=True)
    chromium = find()  # before Playwright starts: it may ask Playwright itself
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for name, size in ICONS.items():
            draw(page, drawing, name, size)
        browser.close()


def draw(page: Page, drawing: str, name: str, size: int) -> None:
    """Draw one."""
    if name in FILLING:
        drawing = drawing.replace('rx="7"', "").replace(
            'viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"'
        )
        drawing = drawing.replace(
            '<rect width="32" height="32"', '<rect x="-4" y="-4" width="40" height="40"'
        )
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<body style='margin:0'>{drawing.replace('<svg', f'<svg width={size} height={size}', 1)}"
    )
    page.screenshot(path=STATIC / "icons" / f"{name}.png", omit_background=True)


if __name__ == "__main__":
    main()
