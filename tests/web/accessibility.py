"""What axe finds."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def accessibility_faults(page: Page) -> list[str]:
    """Faults against WCAG 2.1 A and AA: rule and first element."""
    page.add_script_tag(path=AXE)
    result = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in result["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))
