"""Nights with too little disk or memory: a plain word, and the next one ends right."""

import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from tests.conftest import AS_OF, Home

pytestmark = pytest.mark.torture
BEFORE = "2026-06-30"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small company after its first night."""
    home = Home(tmp_path_factory.mktemp("company") / "home")
    done = home.call("sample", "--customers", "100", "--days", "10")
    assert done.returncode == 0, done.stderr
    home.run(BEFORE)
    # Delivered since: enough for loads to need room too.
    for file in list((home.path / "landing" / "web_logs" / "access").iterdir()):
        text = file.read_text().replace("2026", "2025")
        file.with_name(f"earlier-{file.name}").write_text(text * 4)
    return home


@pytest.fixture(scope="module")
def calm(company: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same company after a night that had all it needs."""
    home = Home(tmp_path_factory.mktemp("calm") / "home")
    shutil.copytree(company.path, home.path, symlinks=True)
    home.run()
    return home


def facts(home: Home) -> dict[str, tuple]:
    """Hashes of what is published, but of what tells how and when it was."""
    return {
        table: found
        for table, found in home.hashes().items()
        if "quality." not in table and "failed_check_rows" not in table
    }


def stopped(home: Home, **environment: str) -> str:
    """What a night says that does not end well, where it does not."""
    done = home.call("run", "--as-of", AS_OF, **environment)
    return "" if done.returncode == 0 else done.stderr


def assert_served(home: Home, customers: int) -> None:
    marts = (home.path / "published" / "marts.duckdb").resolve()
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute("select count(*) from customers").fetchall()
    assert found == [(customers,)]


def test_a_disk_that_is_full_at_any_moment(
    company: Home, calm: Home, small_disk: Path
) -> None:
    """Loads, models, publishing: what is there is served, and freed space is enough."""
    [(customers,)] = company.published("select count(*) from customers")
    stages = set()
    for spare in (0, 1, 4, 12, 25, 40, 55, 70):
        home = Home(small_disk / "home")
        _resize(small_disk, 2000)
        shutil.rmtree(home.path, ignore_errors=True)
        shutil.copytree(company.path, home.path, symlinks=True)
        _resize(small_disk, _megabytes(small_disk) + 1 + spare)
        said = stopped(home)
        print(f"{spare} MB: {said}")
        if said:
            assert_served(home, customers)
            assert "a disk is full" in said
            assert "Traceback" not in said
            stages.update(re.findall(r"^  (\w+): ", said, re.M))
        _resize(small_disk, 2000)
        home.run()
        assert facts(home) == facts(calm)
    print(f"stopped in {', '.join(sorted(stages))}")
    assert stages


def _megabytes(folder: Path) -> int:
    return shutil.disk_usage(folder).used // 2**20


def _resize(folder: Path, megabytes: int) -> None:
    size = f"remount,size={megabytes}m"
    subprocess.run(["mount", "-o", size, str(folder)], check=True)


def test_too_little_memory(company: Home, calm: Home, tmp_path: Path) -> None:
    """The setting is named, and with more of it the night ends right."""
    home = Home(tmp_path / "home")
    shutil.copytree(company.path, home.path, symlinks=True)
    [(customers,)] = company.published("select count(*) from customers")
    for variable in ("UNAVISTA_MEMORY_LIMIT", "UNAVISTA_LOAD_MEMORY_LIMIT"):
        said = stopped(home, **{variable: "10MB"})
        assert f"{variable} is '10MB'; expected an amount of memory from" in said
    said = stopped(home, UNAVISTA_MEMORY_LIMIT="200MB")
    print(said)
    if said:
        assert_served(home, customers)
        assert "memory ran out: UNAVISTA_MEMORY_LIMIT" in said
        assert "Traceback" not in said
    home.run()
    assert facts(home) == facts(calm)


def test_another_time_zone(company: Home, tmp_path: Path) -> None:
    """Days are those of the new zone everywhere, as if it had always been set."""
    moved, always = Home(tmp_path / "moved"), Home(tmp_path / "always")
    for home in (moved, always):
        shutil.copytree(company.path, home.path, symlinks=True)
    moved.run()
    for file in ("warehouse.duckdb", "warehouse.duckdb.wal"):
        (always.path / file).unlink(missing_ok=True)
    for home in (moved, always):
        zone = {"UNAVISTA_TIMEZONE": "Pacific/Auckland"}
        assert stopped(home, **zone) == ""
    assert facts(moved) == facts(always)
    assert stopped(moved) == ""
    assert stopped(always) == ""
    assert facts(moved) == facts(always)
