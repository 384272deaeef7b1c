"""Programs in processes that have their libraries already.

To import Dagster, dbt and dlt takes longer than most commands do. One process imports
them, and every program is a fork of it.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

# None of these reads a setting while it is imported; what is in this repository may.
LIBRARIES = (
    "dagster", "dagster_dbt", "dbt.cli.main", "dbt.adapters.duckdb", "dlt",
    "dlt.destinations.impl.duckdb.duck", "dlt.sources.sql_database", "splink",
    "dagster._core.storage.event_log", "dagster._core.storage.runs",
)  # fmt: skip


UNAVISTA = "import sys; from orchestration.cli import main; sys.exit(main())"


def run(
    program: str,
    arguments: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    repository: Path,
) -> subprocess.CompletedProcess:
    """Run Python source in `folder`, with the modules of `repository`.

    As `subprocess.run` would, with its output as text.
    """
    with tempfile.TemporaryDirectory() as kept:
        files = [Path(kept) / name for name in ("stdout", "stderr")]
        places = map(str, (folder, repository, *files))
        request = [program, [*map(str, arguments)], environment, *places]
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
    program: str,
    arguments: list[str],
    environment: dict[str, str],
    folder: str,
    repository: str,
    stdout: str,
    stderr: str,
) -> None:
    """Be a process that was begun for this program, and end with its code."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = repository
    for number, file in ((0, os.devnull), (1, stdout), (2, stderr)):
        mode = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(file, mode)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["-c", *arguments]
    try:
        exec(program, {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve()
