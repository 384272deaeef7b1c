"""A headless Chromium, driven by its own DevTools protocol over one websocket."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from itertools import count
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It asks nobody but the page: no updates, no accounts, no lists of any service.
_QUIET = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip
_FETCHING = re.compile(r"fetching statuses|Loading", re.IGNORECASE)
# Looks at what is read, five a second.
_STILL = 15
_TEXT = "document.body ? document.body.innerText : ''"
# The innermost element with these words that is shown.
_FIND = """
(() => {{
  const words = {words};
  const said = e => (e.innerText || e.getAttribute('aria-label') || '').trim();
  const found = [...document.querySelectorAll({selector})]
    .filter(e => e.getClientRects().length && said(e) === words);
  if (!found.length) return null;
  const last = found[found.length - 1];
  last.scrollIntoView({{block: 'center'}});
  const box = last.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}})()
"""


class NoChromium(Exception):
    """This machine has none."""


def find_chromium() -> str:
    """The program. Raises NoChromium."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise NoChromium(
        f"there is no {' or '.join(_NAMES)} on this machine; on Debian:"
        " apt-get install chromium"
    )


class Browser:
    """One window; as a context manager it is closed, with all that belongs to it."""

    def __init__(self, width: int = 1440, height: int = 900) -> None:
        self.errors: list[str] = []
        """What a developer would see in red: failed requests and uncaught errors."""
        self._numbers = count(1)
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with Path(self._folder.name, "said.txt").open("w") as said:
            self._process = subprocess.Popen(
                [
                    *(find_chromium(), *_QUIET),
                    # Root has no sandbox; nothing but the tests' own page is opened.
                    *(["--no-sandbox"] if os.geteuid() == 0 else []),
                    f"--user-data-dir={self._folder.name}",
                    f"--window-size={width},{height}",
                ],
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        port = self._wait(self._port, 60, "Chromium begins")
        new = urllib.request.Request(
            f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT"
        )
        with urllib.request.urlopen(new, timeout=30) as answer:
            address = json.load(answer)["webSocketDebuggerUrl"]
        self._socket = connect(address, max_size=None, proxy=None)
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ConnectionClosed):
            self.call("Browser.close")
        self._socket.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._folder.cleanup()

    def _port(self) -> str:
        assert self._process.poll() is None, self._said()
        with suppress(FileNotFoundError, IndexError):
            return Path(self._folder.name, "DevToolsActivePort").read_text().split()[0]
        return ""

    def _said(self) -> str:
        return Path(self._folder.name, "said.txt").read_text()

    def call(self, method: str, **parameters: object) -> dict:
        """Send one command of the protocol, and wait for its answer."""
        number = next(self._numbers)
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            told = json.loads(self._socket.recv(timeout=60))
            self._note(told)
            if told.get("id") == number:
                assert "error" not in told, (method, told)
                return told["result"]

    def _note(self, told: dict) -> None:
        if told.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(told["params"]["exceptionDetails"]))
        if told.get("method") == "Log.entryAdded":
            entry = told["params"]["entry"]
            if entry["level"] == "error":
                self.errors.append(f"{entry['text']} {entry.get('url', '')}")

    def evaluate(self, script: str) -> object:
        """What a script gives."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        """Make the window so large."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=scale, mobile=False,
        )  # fmt: skip

    def open(self, address: str) -> None:
        """Go to an address; what it shows comes later."""
        self.call("Page.navigate", url=address)

    @property
    def text(self) -> str:
        """What a person reads."""
        return str(self.evaluate(_TEXT))

    def reads(self, *words: str, seconds: float = 60) -> str:
        """Wait until all of these are read; returns all that is."""
        self._wait(
            lambda: all(word in self.text for word in words),
            seconds,
            lambda: f"{[w for w in words if w not in self.text]} in:\n{self.text}",
        )
        return self.text

    def stands_still(self, seconds: float = 60) -> str:
        """Wait until nothing is fetched and what is read stays the same for a while."""
        seen: list[str] = []

        def still() -> bool:
            text = self.text
            seen.append("" if _FETCHING.search(text) else text)
            return seen[-1] != "" and seen[-_STILL:] == [text] * _STILL

        self._wait(still, seconds, lambda: f"still changing:\n{self.text}")
        return self.text

    def click(self, words: str, selector: str = "*", seconds: float = 30) -> None:
        """Click on what says just this, or is labelled so, as soon as it is there."""
        script = _FIND.format(words=json.dumps(words), selector=json.dumps(selector))
        places: list[object] = [None]

        def stands() -> object:
            """A dialogue that opens moves."""
            places.append(self.evaluate(script))
            return places[-1] == places[-2] and places[-1]

        place = self._wait(stands, seconds, lambda: f"{words} in:\n{self.text}")
        self.click_at(*place)

    def click_at(self, x: float, y: float) -> None:
        """Click on a point of the window."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind, x=x, y=y, clickCount=1,
                button="none" if kind == "mouseMoved" else "left",
            )  # fmt: skip

    def write(self, selector: str, words: str, seconds: float = 30) -> None:
        """Write into a field in place of what is there, and leave it."""
        script = f"""(() => {{
          const field = document.querySelector({json.dumps(selector)});
          if (!field) return false;
          field.focus();
          field.select();
          return true;
        }})()"""
        self._wait(lambda: self.evaluate(script), seconds, selector)
        self.call("Input.insertText", text=words)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).blur()")

    def picture(self, **clip: float) -> bytes:
        """The window, or a part of it (x, y, width, height), as PNG."""
        part = {"clip": {"scale": 1, **clip}} if clip else {}
        found = self.call("Page.captureScreenshot", format="png", **part)
        return base64.b64decode(found["data"])

    def _wait(self, happened, seconds: float, what) -> object:
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            if found := happened():
                return found
            time.sleep(0.2)
        raise AssertionError(
            f"not within {seconds} seconds: {what() if callable(what) else what}"
        )
