"""A home that is somebody else's, or cannot be written, is told of in one sentence."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest

from ingestion.home import close_home
from ingestion.lock import writer_lock
from ingestion.settings import Settings
from orchestration.backups import back_up
from orchestration.instance import write_settings
from tests.commands import UNAVISTA
from tests.conftest import REPOSITORY, Home
from tests.test_line import begin

OTHER = 65534
WITHOUT_ROOT = (
    ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
)
READ_ONLY = (
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
)


@pytest.fixture
def home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home in which a night was begun, and nothing is published."""
    settings = Settings(home=home.path)
    monkeypatch.setenv("UNAVISTA_HOME", str(home.path))
    close_home(settings)
    write_settings(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster)) as instance:
        run = instance.get_run_by_id(begin(instance, "2026-07-01"))
        instance.report_run_failed(run)
    settings.lock.touch()
    (settings.registry / "record_keys").mkdir(parents=True)
    (settings.registry / "record_keys" / "2026-07-01.parquet").write_text("kept")
    home.deliver("shop/refunds/a.csv", "refund_id\n1\n")
    yield home
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "0:0", home.path], check=True)
    home.path.chmod(0o711)


def call(
    home: Home, *arguments: object, before: Sequence[object] = WITHOUT_ROOT
) -> subprocess.CompletedProcess:
    """The command, in a process without the rights of root."""
    if before and not shutil.which(str(before[0])):
        pytest.skip(f"there is no {before[0]}")
    return subprocess.run(
        [*map(str, before), sys.executable, "-c", UNAVISTA, *map(str, arguments)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
        env={**os.environ, "UNAVISTA_HOME": str(home.path)},
    )  # fmt: skip


def assert_one_sentence(done: subprocess.CompletedProcess, *words: str) -> None:
    """Nothing but one line on stderr, with what is wrong and what to do."""
    assert done.returncode == 1, done.stdout + done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("unavista: ")
    for word in words:
        assert word in line
    assert "!" not in done.stdout


COMMANDS = ("status", "run --as-of 2026-07-02", "rollback", "backup kept.tar", "ui")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_home_of_another_user_is_named_with_its_owner(
    home: Home, command: str
) -> None:
    if os.geteuid():
        pytest.skip("only root can give a home away")
    subprocess.run(["chown", "-R", f"{OTHER}:{OTHER}", home.path], check=True)
    assert_one_sentence(
        call(home, *command.split()),
        f"{home.path} belongs to the user nobody, and may not be ",
        f"run unavista as nobody, or hand the home over, as root: chown -R root"
        f" {home.path}",
    )


def test_a_reader_may_ask_what_the_tables_are(home: Home) -> None:
    if os.geteuid():
        pytest.skip("only root can give a home away")
    subprocess.run(["chown", "-R", f"{OTHER}:{OTHER}", home.path], check=True)
    done = call(home, "tables", "customers")
    assert done.returncode == 0, done.stderr
    assert "customer_id" in done.stdout


@pytest.mark.parametrize("place", ["", "registry", "dagster/history/runs.db"])
def test_a_place_that_is_closed_is_named(home: Home, place: str) -> None:
    """As after a night that root ran by mistake, or a chmod too many."""
    closed = home.path / place
    mode = closed.stat().st_mode
    closed.chmod(mode & ~0o222)
    try:
        assert_one_sentence(
            call(home, "run", "--as-of", "2026-07-02"),
            f"{closed} is yours, but its mode does not let it be written",
            f"chmod u+rwX {closed}",
        )
        assert not (home.path / "warehouse.duckdb").exists()
    finally:
        closed.chmod(mode)


# --- On a disk that takes no writing.


def mounted(home: Home) -> list[object]:
    """What begins a command that finds its home mounted read-only."""
    alone = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    before = [*alone, "sh", "-c", READ_ONLY, "sh", home.path]
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare")
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk read-only")
    return before


@pytest.mark.parametrize("command", ["run --as-of 2026-07-02", "rollback", "ui"])
def test_what_writes_says_that_the_disk_takes_no_writing(
    home: Home, command: str
) -> None:
    assert_one_sentence(
        call(home, *command.split(), before=mounted(home)),
        f"{home.path} cannot be written: its disk is mounted read-only; mount it for"
        " writing, or say another UNAVISTA_HOME",
    )


def test_what_reads_works_on_such_a_disk(home: Home, tmp_path: Path) -> None:
    before = mounted(home)
    done = call(home, "status", before=before)
    assert (done.returncode, done.stderr) == (0, "")
    assert "as of 2026-07-01  failed" in done.stdout
    assert f"nothing is published yet in {home.path}" in done.stdout
    done = call(home, "backup", tmp_path / "kept.tar", before=before)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kept 2 files" in done.stdout


def test_a_backup_of_such_a_disk_waits_for_whoever_writes_it_elsewhere(
    home: Home, tmp_path: Path
) -> None:
    before = mounted(home)
    with writer_lock(home.path / "writer.lock", "a night"):
        done = call(home, "backup", "--no-wait", tmp_path / "kept.tar", before=before)
    assert_one_sentence(done, f"by process {os.getpid()} (a night", "wait for it")


# --- Of other places.


def test_a_place_outside_of_the_home_is_not_to_be_handed_over(home: Home) -> None:
    """Of a folder of many, `chown -R` would take too much."""
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    target = home.path.parent / "theirs"
    target.mkdir(mode=0o755)
    os.chown(target, OTHER, OTHER)
    done = call(home, "backup", target / "kept.tar")
    assert_one_sentence(
        done, f"{target} belongs to the user nobody",
        "run unavista as nobody, or name another place",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (28, "No space left on device; free space there, or name another place"),
        (5, "Input/output error; put right what is there, or name another place"),
    ],
)
def test_what_to_do_fits_what_happened(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    target = tmp_path / "kept.tar"
    with pytest.raises(ValueError, match=f"nothing was kept: {target}: {words}"):
        back_up(Settings(home=home.path), target)
