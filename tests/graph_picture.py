"""docs/graph.png: the graph as the page shows it, after a night of the sample company.

`make picture` draws it anew.
"""

import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from ingestion.settings import Settings
from tests.browser import Browser
from tests.conftest import Home
from tests.pages import Page

# What a person needs to see the flow: of the sources a few, and no side tables.
SHOWN = (
    "raw_google_ads", "raw_hubspot", "raw_shop", "raw_web_events", "raw_zendesk",
    "staging", "conformed", "identity", "marts", "segments", "contacts", "published",
)  # fmt: skip
# So wide that each group has room for its tables' states; so small in the picture.
_WIDTH, _HEIGHT, _SCALE = 3000, 1600, 0.6
_GRAPH = """
(() => {
  const boxes = [...document.querySelectorAll('svg')]
    .map(e => e.getBoundingClientRect()).filter(b => b.width > 300);
  return [boxes[0].x, boxes[0].y, boxes[0].width, boxes[0].height];
})()
"""


def draw(browser: Browser, page: str) -> bytes:
    """The picture, as PNG, of the page at an address."""
    browser.resize(_WIDTH, _HEIGHT, _SCALE)
    chosen = " or ".join(f'group:"{group}"' for group in SHOWN)
    browser.open(f"{page}/asset-groups~{quote(chosen)}")
    browser.reads(*SHOWN)
    browser.stands_still()
    assert "fetching statuses" not in browser.text
    x, y, width, height = browser.evaluate(_GRAPH)
    return browser.picture(x=x, y=y, width=width, height=height)


def main(target: str) -> None:
    """Make the sample company in a home of its own, run tonight's night, and draw.

    Tonight's, because tables of which earlier nights were not run are orange.
    """
    tonight = Settings(home=Path()).today
    until = tonight - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        home = Home(Path(folder) / "home")
        size = ("--customers", "200", "--days", "30", "--until", until.isoformat())
        done = home.call("sample", *size)
        assert done.returncode == 0, done.stderr
        home.run(tonight.isoformat())
        page = Page(home, "--read-only", first=tonight.isoformat())
        try:
            picture = draw(browser, page.address)
        finally:
            page.end(signal.SIGTERM)
    Path(target).write_bytes(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
