"""Nights killed for real, by command and page, and the page that leaves nothing."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Home
from tests.pages import Page, alive, begin, descendants, said, within

pytestmark = pytest.mark.torture
# As many each of nights of the command, of the page, and of its queue.
KILLS = int(os.environ.get("KILLS", "17"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small company, of which no night was run."""
    made = Home(tmp_path_factory.mktemp("small") / "home")
    done = made.call("sample", "--customers", "100", "--days", "10")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def fresh(small: Home, tmp_path: Path) -> Home:
    """A copy of the small company."""
    copy = Home(tmp_path / "home")
    shutil.copytree(small.path, copy.path, symlinks=True)
    return copy


@contextmanager
def a_reader(home: Home) -> Iterator[list[str]]:
    """Somebody who opens what is published, again and again; yields what was wrong."""
    wrong: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.wait(0.2):
            with contextlib.suppress(FileNotFoundError):
                version = (home.path / "published" / "current").resolve(strict=True)
                try:
                    with duckdb.connect(
                        str(version / "marts.duckdb"), read_only=True
                    ) as marts:
                        marts.execute("select count(*) from customers").fetchall()
                        marts.execute("select count(*) from quality.files").fetchall()
                except duckdb.Error as error:
                    wrong.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield wrong
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def calm(small: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, float]:
    """Two nights that nobody disturbed, and how many seconds one took."""
    home = Home(tmp_path_factory.mktemp("calm") / "home")
    shutil.copytree(small.path, home.path, symlinks=True)
    began = time.monotonic()
    home.run()
    home.run("2026-07-02")
    return home, (time.monotonic() - began) / 2


def test_nights_killed_at_any_moment_need_no_hand(
    fresh: Home, calm: tuple[Home, float]
) -> None:
    """The next one ends with the hashes of an undisturbed one."""
    undisturbed, whole = calm
    fresh.run()
    chosen = random.Random(1)
    with a_reader(fresh) as wrong:
        killed = 0
        while killed < KILLS:
            night = begin(fresh, "run", "--as-of", "2026-07-02")
            try:
                night.wait(chosen.uniform(0.05, 0.95) * whole)
            except subprocess.TimeoutExpired:
                night.kill()
                killed += 1
            assert night.wait() in (0, -signal.SIGKILL), said(fresh)
        fresh.run("2026-07-02")
    assert wrong == []
    assert "killed" not in fresh.call("status").stdout
    assert fresh.hashes() == undisturbed.hashes()


@pytest.fixture
def page(fresh: Home) -> Iterator[Page]:
    opened = Page(fresh)
    yield opened
    opened.end(signal.SIGTERM)


@pytest.mark.parametrize("way", ["launch", "backfill"])
def test_nights_of_the_page_killed_at_any_moment_need_no_hand(
    page: Page, calm: tuple[Home, float], way: str
) -> None:
    """Launched by its button, or from the queue, from where scheduled nights come."""
    fresh, (undisturbed, whole) = page.home, calm
    fresh.run()
    chosen = random.Random(2)
    with a_reader(fresh) as wrong:
        for _ in range(KILLS):
            holder = within(600, lambda: begun(page, way), "a night writes")
            time.sleep(chosen.uniform(0, 0.9) * whole)
            # Another may have ended by itself in between.
            with contextlib.suppress(ProcessLookupError):
                os.kill(holder, signal.SIGKILL)
            within(60, lambda pid=holder: not alive({pid}), "it is gone")
        page.end(signal.SIGTERM)
        fresh.run("2026-07-02")
    assert wrong == []
    assert fresh.hashes() == undisturbed.hashes()


def writing(home: Home) -> int | None:
    """The process that writes a night, while it is there."""
    found = writer_of(home, "for 2026-07-02")
    return found["pid"] if found and alive({found["pid"]}) else None


def begun(page: Page, way: str) -> int | None:
    """The process of a night of the page; asks for one where none is to come."""
    if not writing(page.home) and not page_goes_on(page):
        nights = "2026-07-02" if way == "launch" else ["2026-07-02"]
        getattr(page, way)(nights)
    return writing(page.home)


def page_goes_on(page: Page) -> bool:
    """Whether a night of the page is still to come or goes on: Dagster's own retry."""
    return any(
        run["status"] in ("QUEUED", "STARTING", "STARTED", "NOT_STARTED")
        for run in page.runs()
    )


@pytest.mark.parametrize("sign", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_night_told_to_end_is_over_within_ten_seconds(fresh: Home, sign: str) -> None:
    """While dbt runs; of which nothing is left."""
    night = begin(fresh, "run", "--as-of", "2026-07-01")
    within(600, lambda: "models " in said(fresh) or night.poll(), "models")
    children = descendants(night.pid)
    assert children
    began = time.monotonic()
    night.send_signal(signal.Signals[sign])
    assert night.wait() == 128 + signal.Signals[sign], said(fresh)
    assert time.monotonic() - began < 10
    within(2, lambda: not alive(children), "dbt ends")
    assert f"the night was stopped by {sign}" in said(fresh)
    assert "as of 2026-07-01  stopped" in fresh.call("status").stdout


def test_nights_of_page_and_command_wait_for_each_other(page: Page) -> None:
    """And for none that was killed: a command's, then one of the page."""
    home = page.home
    command = begin(home, "run", "--as-of", "2026-06-30")
    within(300, lambda: page.run_of("2026-06-30", "STARTED"), "the command's night")
    page.backfill(["2026-07-01", "2026-07-02"])
    queued = within(120, lambda: page.run_of("2026-07-02", "QUEUED"), "the backfill")
    assert f"process {command.pid} (unavista run --as-of 2026-06-30" in queued["log"]
    time.sleep(15)
    assert page.run_of("2026-07-01", "QUEUED"), "it waits"
    command.kill()
    command.wait()
    within(120, lambda: page.run_of("2026-06-30", "FAILURE"), "the killed one is found")
    within(120, lambda: page.run_of("2026-07-01", "STARTED"), "the queue moves on")
    holder = within(120, lambda: writer_of(home, "for 2026-07-01"), "it writes")
    waits = begin(home, "run", "--as-of", "2026-07-03")
    within(60, lambda: f"process {holder['pid']} (run " in said(home), "it says so")
    os.kill(holder["pid"], signal.SIGKILL)
    within(120, lambda: page.run_of("2026-07-01", "FAILURE"), "its end is seen")
    assert waits.wait() == 0, said(home)
    last = within(900, lambda: page.run_of("2026-07-02", "SUCCESS"), "the last night")
    # Dagster begins the killed night again: that run may still wait.
    begun = [run for run in page.runs() if run["began"]]
    order = [run["night"] for run in begun if run["began"] <= last["began"]]
    assert order.index("2026-07-01") < order.index("2026-07-02")
    assert (home.path / "published" / "current").resolve().name == "2026-07-03_0001"


def writer_of(home: Home, purpose: str) -> dict | None:
    """Who writes, where it is for this purpose."""
    with contextlib.suppress(ValueError, FileNotFoundError):
        found = json.loads((home.path / "writer.lock").read_text())
        return found if purpose in found["purpose"] else None
    return None


def test_the_page_does_nothing_for_another_page(page: Page) -> None:
    """Over HTTP and a websocket, to Dagster's own web server."""
    query = '{"type": "connection_init"}'

    def told(**headers: str) -> str:
        address = f"ws://127.0.0.1:{page.port}/graphql"
        with connect(
            address, subprotocols=["graphql-ws"], additional_headers=headers, proxy=None
        ) as opened:
            opened.send(query)
            return opened.recv(timeout=30)

    assert "connection_ack" in told()
    assert "connection_ack" in told(Origin=f"http://127.0.0.1:{page.port}")
    with pytest.raises(InvalidStatus) as refused:
        told(Origin="https://evil.example")
    assert refused.value.response.status_code == 403
    address = f"http://127.0.0.1:{page.port}/graphql"
    body = b'{"query": "{ version }"}'
    for asked in (
        urllib.request.Request(f"{address}?query=%7Bversion%7D"),
        urllib.request.Request(address, body, {"Host": "evil.example"}),
        urllib.request.Request(address, body, {"Origin": "https://evil.example"}),
    ):
        asked.add_header("Content-Type", "application/json")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(asked, timeout=30)


def test_the_page_leaves_no_process_behind(fresh: Home) -> None:
    """However it is ended, even while a night runs; and it is there once."""
    signs = (signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM)
    for number, sign in enumerate(signs):
        opened = Page(fresh)
        again = fresh.call("ui", "--port", "1")
        assert again.returncode == 1
        assert f"process {opened.process.pid}, since 20" in again.stderr
        if number == len(signs) - 1:
            opened.backfill(["2026-07-01"])
            within(300, lambda: writer_of(fresh, "for 2026-07-01"), "a night")
        opened.end(sign)
    assert "as of 2026-07-01  stopped" in fresh.call("status").stdout
    assert fresh.call("replay", "--no-wait").returncode == 0
