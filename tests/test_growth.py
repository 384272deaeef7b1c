"""Hundreds of nights over one company: what a night leaves behind stays flat."""

import os
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import Home

pytestmark = pytest.mark.torture
NIGHTS = int(os.environ.get("NIGHTS", "400"))
SETTLED = 20
FIRST = date(2026, 7, 1)


def sizes(home: Path) -> dict[str, int]:
    """Bytes of each part of a home; a file with several names counts once."""
    found: dict[str, int] = {}
    seen = set()
    for file in home.rglob("*"):
        if file.is_file() and not file.is_symlink():
            status = file.stat()
            if status.st_ino not in seen:
                seen.add(status.st_ino)
                part = file.relative_to(home).parts[0]
                found[part] = found.get(part, 0) + status.st_size
    return found


def test_a_late_night_costs_what_the_twentieth_did(tmp_path: Path) -> None:
    """At most 1.3 times the time and the bytes; the company delivers nothing more.

    `NIGHTS=60 make torture` asks for fewer of them.
    """
    home = Home(tmp_path / "home")
    done = home.call("sample", "--customers", "500", "--days", "40")
    assert done.returncode == 0, done.stderr
    seconds, at_settled = [], {}
    for number in range(NIGHTS):
        began = time.monotonic()
        home.run((FIRST + timedelta(days=number)).isoformat())
        seconds.append(time.monotonic() - began)
        if number + 1 == SETTLED:
            at_settled = sizes(home.path)
        if (number + 1) % SETTLED == 0:
            took = statistics.median(seconds[-10:])
            print(f"night {number + 1}: {took:.1f} s", sizes(home.path), flush=True)
    at_last = sizes(home.path)
    assert sum(at_last.values()) <= 1.3 * sum(at_settled.values()), (
        at_settled,
        at_last,
    )
    early = statistics.median(seconds[SETTLED - 10 : SETTLED])
    assert statistics.median(seconds[-10:]) <= 1.3 * early, seconds
