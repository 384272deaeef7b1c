"""Nights killed for real, by command and page, and the page that leaves nothing."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import REPOSITORY, Home

pytestmark = pytest.mark.torture
KILLS = 8
FIRST = "2026-06-29"


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


def begin(home: Home, *arguments: str) -> subprocess.Popen:
    """The command, in a session of its own, as in a terminal of its own."""
    with (home.path / "said.txt").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "UNAVISTA_HOME": str(home.path),
                "UNAVISTA_FIRST_NIGHT": FIRST,
            },
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def within(seconds: float, happened: Callable[[], object], what: str) -> object:
    """What `happened` gives as soon as it gives something."""
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        if found := happened():
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def descendants(of: int) -> set[int]:
    """Every process that a process began, and those that these did."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found, new = set(), {of}
    while new:
        new = {pid for pid, parent in pairs if parent in new}
        found |= new
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that are there, and more than an entry that nobody asked for."""
    listed = subprocess.run(
        ["ps", "-axo", "pid=,stat="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid) for pid, state in rows if state[0] != "Z"} & pids


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


def test_nights_killed_at_any_moment_need_no_hand(fresh: Home, small: Home) -> None:
    """The next one ends with the hashes of an undisturbed one."""
    calm = Home(fresh.path.parent / "calm")
    shutil.copytree(small.path, calm.path, symlinks=True)
    began = time.monotonic()
    calm.run()
    calm.run("2026-07-02")
    whole = (time.monotonic() - began) / 2
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
    assert fresh.hashes() == calm.hashes()


def said(home: Home) -> str:
    return (home.path / "said.txt").read_text()


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


class Page:
    """`unavista ui` of a home, and what one asks it over GraphQL."""

    def __init__(self, home: Home) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.home = home
        self.process = begin(home, "ui", "--port", str(self.port))
        within(600, self._answers, "the page opens")

    def _answers(self) -> bool:
        assert self.process.poll() is None, said(self.home)
        with contextlib.suppress(OSError):
            return bool(self.ask("{ version }"))
        return False

    def ask(self, query: str, **variables: object) -> dict:
        """The answer to a query."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def backfill(self, nights: list[str]) -> None:
        """Ask for nights, as the backfill page does."""
        done = self.ask(
            "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill("
            "backfillParams: $p) { __typename } }",
            p={
                "selector": {
                    "partitionSetName": "nightly_partition_set",
                    "repositorySelector": {
                        "repositoryLocationName": "orchestration.definitions",
                        "repositoryName": "__repository__",
                    },
                },
                "partitionNames": nights,
            },
        )["launchPartitionBackfill"]
        assert done["__typename"] == "LaunchBackfillSuccess", done

    def runs(self) -> list[dict]:
        """Every run, the first one first: id, status, night, what its log says."""
        found = self.ask(
            "{ runsOrError { ... on Runs { results { runId status startTime"
            " tags { key value } eventConnection(limit: 1000) { events {"
            " ... on MessageEvent { message } } } } } } }"
        )["runsOrError"]["results"]
        return [
            {
                "id": run["runId"],
                "status": run["status"],
                "began": run["startTime"],
                "night": {t["key"]: t["value"] for t in run["tags"]}[
                    "dagster/partition"
                ],
                "log": "\n".join(
                    event.get("message", "")
                    for event in run["eventConnection"]["events"]
                ),
            }
            for run in reversed(found)
        ]

    def run_of(self, night: str, status: str) -> dict | None:
        """The last run of a night, where it stands so."""
        runs = [run for run in self.runs() if run["night"] == night]
        return runs[-1] if runs and runs[-1]["status"] == status else None

    def end(self, sign: signal.Signals) -> None:
        """End it, and wait until all that it began is gone."""
        began = descendants(self.process.pid)
        self.process.send_signal(sign)
        self.process.wait()
        within(15, lambda: not alive(began), "all of the page ends")


@pytest.fixture
def page(fresh: Home) -> Iterator[Page]:
    opened = Page(fresh)
    yield opened
    opened.end(signal.SIGTERM)


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
    order = [run["night"] for run in page.runs() if run["began"] <= last["began"]]
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
