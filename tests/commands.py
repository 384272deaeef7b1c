"""The `unavista` command, in a process that has its libraries already.

To import Dagster, dbt and dlt takes longer than most commands do. One process imports
them, and every command is a fork of it.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

# None of these reads a setting while it is imported; what is in this repository may.
LIBRARIES = (
    "dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb", "dlt",
    "dlt.destinations.impl.duckdb.duck", "dlt.sources.sql_database", "splink",
    "dagster._core.storage.event_log", "dagster._core.storage.runs",
)  # fmt: skip


def command(
    repository: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> subprocess.CompletedProcess:
    """Run `unavista` with these arguments, as `subprocess.run` would."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("stdout", "stderr")]
        request = [str(repository), arguments, environment, *map(str, files)]
        server = _server()
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = [file.read_text(errors="replace") for file in files]
    return subprocess.CompletedProcess(arguments, code, *said)


@cache
def _server() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _serve() -> None:
    for library in LIBRARIES:
        __import__(library)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(*json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(
    repository: str,
    arguments: list[str],
    environment: dict[str, str],
    stdout: str,
    stderr: str,
) -> None:
    """Be a process that was begun for this command, and end with its code."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(repository)
    sys.path[0] = repository
    for number, file in ((0, os.devnull), (1, stdout), (2, stderr)):
        mode = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(file, mode)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["unavista", *arguments]
    try:
        from orchestration.cli import main

        code = main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    _serve()
