"""`unavista ui` of a home, opened for a test, and what one asks it over GraphQL."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from orchestration.run_tags import night_said
from tests.conftest import REPOSITORY, Home

FIRST = "2026-06-29"
REPOSITORY_SELECTOR = {
    "repositoryLocationName": "orchestration.definitions",
    "repositoryName": "__repository__",
}
GRAPH = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
  name
  location { name }
  assetNodes {
    assetKey { path } groupName description kinds
    dependencyKeys { path } dependedByKeys { path }
    jobNames partitionDefinition { type description }
    assetChecksOrError { ... on AssetChecks { checks { name blocking description } } }
  }
  jobs { name description partitionKeysOrError { partitionKeys } }
  schedules {
    name description cronSchedule executionTimezone pipelineName
    scheduleState { status } futureTicks(limit: 1) { results { timestamp } }
  }
  sensors {
    name description minIntervalSeconds sensorState { status }
    targets { pipelineName }
  }
} } } }"""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """A real web server for an application; gives its port."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()


def begin(home: Home, *arguments: str, first: str = FIRST) -> subprocess.Popen:
    """The command, in a session of its own, as in a terminal of its own."""
    with (home.path / "said.txt").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "UNAVISTA_HOME": str(home.path),
                "UNAVISTA_FIRST_NIGHT": first,
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


def said(home: Home) -> str:
    return (home.path / "said.txt").read_text()


def by_key(graph: dict) -> dict[str, dict]:
    """The assets of a graph, each under `<schema>/<table>`, with its checks."""
    return {
        "/".join(asset["assetKey"]["path"]): {
            **asset,
            "reads": keys(asset["dependencyKeys"]),
            "read by": keys(asset["dependedByKeys"]),
            "checks": asset["assetChecksOrError"]["checks"],
        }
        for asset in graph["assetNodes"]
    }


def keys(said: list[dict]) -> list[str]:
    """Keys as a person spells them."""
    return ["/".join(key["path"]) for key in said]


class Page:
    """`unavista ui` of a home, and what one asks it over GraphQL."""

    def __init__(self, home: Home, *options: str, first: str = FIRST) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.home = home
        arguments = ("ui", "--port", str(self.port), *options)
        self.process = begin(home, *arguments, first=first)
        within(600, self._answers, "the page opens")

    def _answers(self) -> bool:
        assert self.process.poll() is None, said(self.home)
        with contextlib.suppress(OSError):
            return bool(self.ask("{ version }"))
        return False

    def ask(self, query: str, **variables: object) -> dict:
        """The answer to a query."""
        request = urllib.request.Request(
            f"{self.address}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=180) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def graph(self) -> dict:
        """All that it shows of the graph."""
        [repository] = self.ask(GRAPH)["repositoriesOrError"]["nodes"]
        return repository

    def launch(self, night: str) -> str:
        """Ask for a night, as its button does; returns the id of the run."""
        tags = {"partition": night, "partition_set": "nightly_partition_set"}
        done = self.ask(
            "mutation($e: ExecutionParams!) { launchRun(executionParams: $e) {"
            " __typename ... on LaunchRunSuccess { run { runId } } } }",
            e={
                "selector": {**REPOSITORY_SELECTOR, "pipelineName": "nightly"},
                "mode": "default",
                "runConfigData": {},
                "executionMetadata": {
                    "tags": [
                        {"key": f"dagster/{key}", "value": value}
                        for key, value in tags.items()
                    ]
                },
            },
        )["launchRun"]
        assert done["__typename"] == "LaunchRunSuccess", done
        return done["run"]["runId"]

    def status(self, run: str) -> str:
        """How a run stands."""
        return self.ask(
            "query($r: ID!) { runOrError(runId: $r) { ... on Run { status } } }", r=run
        )["runOrError"]["status"]

    def ended(self, run: str, seconds: float = 900) -> str:
        """How a run ended."""
        ends = ("SUCCESS", "FAILURE", "CANCELED")
        within(seconds, lambda: self.status(run) in ends, f"run {run} ends")
        return self.status(run)

    def backfill(self, nights: list[str]) -> str:
        """Ask for nights, as the job's page does; returns the backfill's id."""
        return self._backfill(
            nights,
            selector={
                "partitionSetName": "nightly_partition_set",
                "repositorySelector": REPOSITORY_SELECTOR,
            },
        )

    def materialize(self, nights: list[str]) -> str:
        """Ask for all tables of nights, as lineage does; returns the backfill's id."""
        assets = [{"path": a["assetKey"]["path"]} for a in self.graph()["assetNodes"]]
        return self._backfill(nights, assetSelection=assets, fromFailure=False)

    def _backfill(self, nights: list[str], **asked: object) -> str:
        done = self.ask(
            "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill("
            "backfillParams: $p) { __typename"
            " ... on LaunchBackfillSuccess { backfillId } } }",
            p={"partitionNames": nights, **asked},
        )["launchPartitionBackfill"]
        assert done["__typename"] == "LaunchBackfillSuccess", done
        return done["backfillId"]

    def backfill_status(self, backfill: str) -> str:
        """How a backfill stands."""
        return self.ask(
            "query($b: String!) { partitionBackfillOrError(backfillId: $b) {"
            " ... on PartitionBackfill { status } } }",
            b=backfill,
        )["partitionBackfillOrError"]["status"]

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
                "night": night_said({t["key"]: t["value"] for t in run["tags"]}),
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

    def wait_for(self, night: str, status: str, seconds: float = 300) -> str:
        """The id of the last run of a night, as soon as it stands so."""
        what = f"{night} is {status}"
        return within(seconds, lambda: self.run_of(night, status), what)["id"]

    def end(self, sign: signal.Signals) -> None:
        """End it, and wait until all that it began is gone."""
        began = descendants(self.process.pid)
        self.process.send_signal(sign)
        self.process.wait()
        within(15, lambda: not alive(began), "all of the page ends")
