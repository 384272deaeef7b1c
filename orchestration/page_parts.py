"""The processes of Dagster behind the page: code, web server, scheduler."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

READ_ONLY = "read-only"
_LOCATION = "orchestration.definitions"


def main(host: str, port: str, kind: str) -> int:
    """Begin them, and wait until one of them ends; returns its exit code, or 1.

    The code comes first: the others ask it what there is. A page whose `kind` is
    read-only has no scheduler. Whoever begins this process ends its group.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    quiet = ("--log-level", "warning")
    with tempfile.TemporaryDirectory(prefix="unavista-") as folder:
        code_socket = Path(folder, "code")
        code = _begin(
            "dagster", "code-server", "start", "-m", _LOCATION, "-s", str(code_socket),
            "--use-python-environment-entry-point", *quiet,
        )  # fmt: skip
        while not _answers(code_socket):
            if code.poll() is not None:
                return code.returncode or 1
            time.sleep(0.2)
        workspace = Path(folder, "workspace.yaml")
        place = {"socket": str(code_socket), "location_name": _LOCATION}
        workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": place}]}))
        _begin("orchestration.guarded_web", host, port, str(workspace), kind)
        if kind != READ_ONLY:
            _begin("dagster._daemon", "run", "-w", str(workspace), *quiet)
        _, status = os.wait()
        return os.waitstatus_to_exitcode(status) or 1


def _begin(module: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", module, *arguments])


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(address)) == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
