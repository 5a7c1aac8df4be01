"""What the tests of rows behind numbers share."""

from playwright.sync_api import Page, expect

DESK = {"viewport": {"width": 1366, "height": 768}}
# A machine that runs other checks beside this one draws slowly.
SLOWEST = 90_000


def opened(page: Page) -> str:
    """The count in the panel, once its list is there."""
    expect(page.locator(".rows-list li").first).to_be_visible()
    return page.locator(".rows-count").inner_text()
