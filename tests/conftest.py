"""A home of one's own for every test, and one sample company that all may read."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingestion.lock import writer_lock
from ingestion.settings import Settings
from orchestration.models import manifest_path
from tests import commands

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_DATA = REPOSITORY.parent / "shared" / "data"
AS_OF = "2026-07-01"
_PREPARED = REPOSITORY / "dbt_project" / "target" / "prepared"
_DBT = """
import sys
from pathlib import Path
from ingestion.settings import read_settings
from orchestration.dbt_call import call_dbt
read_settings()
project, (parsed, *arguments) = Path.cwd(), sys.argv[1:]
done = call_dbt(project, Path(parsed), arguments, lambda event: print(event.info.msg))
sys.exit(any(result.status in ("error", "fail") for result in done.results))
"""
_WHOLE_NIGHTS = (
    "test_cases", "test_identity", "test_nights", "test_sample_company",
    "test_own_sources",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """The dbt project is compiled once, before several processes would do it."""
    if not hasattr(config, "workerinput"):
        manifest_path()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with whole nights come first, so that no process waits for them at last."""
    items.sort(key=lambda item: item.path.stem not in _WHOLE_NIGHTS)


@dataclass(frozen=True)
class Home:
    """A folder of data, and the command as a person would call it."""

    path: Path
    repository: Path = REPOSITORY

    def call(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return commands.run(
            commands.UNAVISTA,
            arguments,
            self.repository,
            {**os.environ, "UNAVISTA_HOME": str(self.path), **environment},
            self.repository,
        )

    def run(self, as_of: str = AS_OF) -> str:
        done = self.call("run", "--as-of", as_of)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def dbt(self, *arguments: str, as_of: str = AS_OF) -> str:
        """Call dbt over the warehouse, as a night does; its own files go beside it."""
        parsed = manifest_path().with_name("partial_parse.msgpack")
        with writer_lock(Settings(home=self.path).lock, "a test"):
            done = commands.run(
                _DBT,
                [
                    *(parsed, *arguments, "--vars", f"{{as_of: '{as_of}'}}"),
                    *("--target-path", self.path / "dbt"),
                ],
                self.repository / "dbt_project",
                {**os.environ, "UNAVISTA_HOME": str(self.path)},
                self.repository,
            )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def prepared(self) -> "Home":
        """Give it the warehouse of a night without files.

        So that the night of a test builds what has news. Where another process makes
        one just now, the home stays empty: its night then builds everything.
        """
        empty = _shared("empty", _an_empty_night, wait=False)
        if empty:
            self.path.mkdir(parents=True, exist_ok=True)
            shutil.copy(empty.path / "warehouse.duckdb", self.path)
        return self

    def deliver(self, path: str, content: str | bytes) -> Path:
        """Put a file into the landing folder."""
        file = self.path / "landing" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def published(self, sql: str) -> list[tuple]:
        """Rows of a query over the published marts."""
        return self.rows(self.path / "published" / "marts.duckdb", sql)

    def contacts(self, sql: str) -> list[tuple]:
        return self.rows(self.path / "published" / "contacts.duckdb", sql)

    def warehouse(self, sql: str) -> list[tuple]:
        return self.rows(self.path / "warehouse.duckdb", sql)

    def hashes(self) -> dict[str, tuple]:
        """Rows and an order-free hash of every published table, but that of runs."""
        found = {}
        for file in ("marts", "contacts"):
            path = self.path / "published" / f"{file}.duckdb"
            tables = self.rows(
                path,
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where table_name <> 'runs'",
            )
            for (table,) in tables:
                sql = f"select count(*), sum(hash(t)::hugeint) from {table} as t"
                found[f"{file}:{table}"] = self.rows(path, sql)[0]
        return found

    @staticmethod
    def rows(path: Path, sql: str) -> list[tuple]:
        """Rows of a query over one file."""
        # The version's own file: an open connection must not hide a newer version.
        with duckdb.connect(str(path.resolve()), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def _shared(name: str, make: Callable[[Home], None], wait: bool) -> Home | None:
    """A home that all processes read, made once for the code as it stands.

    None where another process is making it just now and one may not `wait`.
    """
    _PREPARED.mkdir(parents=True, exist_ok=True)
    with (_PREPARED / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return None
        made, ready = Home(_PREPARED / name), _PREPARED / f"{name}.ready"
        parts = ("ingestion", "orchestration")
        code = [file for part in parts for file in (REPOSITORY / part).rglob("*.py")]
        newest = max(file.stat().st_mtime for file in (*code, manifest_path()))
        if not ready.exists() or ready.stat().st_mtime < newest:
            ready.unlink(missing_ok=True)
            shutil.rmtree(made.path, ignore_errors=True)
            make(made)
            ready.touch()
    return made


def _an_empty_night(home: Home) -> None:
    (home.path / "landing").mkdir(parents=True)
    home.run()


def _the_sample_company(home: Home) -> None:
    done = home.call("sample", "--customers", "600", "--days", "30")
    assert done.returncode == 0, done.stderr
    home.prepared().run()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 30 MB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip(f"no small file system may be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def sample() -> Home:
    """The sample company after one night. Read it; do not write to it."""
    made = _shared("sample", _the_sample_company, wait=True)
    assert made
    return made


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real files of other projects, kept beside the repository."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no real sample files at {REAL_DATA.name}/ beside the repository")
    return REAL_DATA
