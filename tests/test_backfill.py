"""Nights that were not run in time, run later: equal to having been run then."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Home

pytestmark = pytest.mark.torture
NIGHTS = ("2026-07-01", "2026-07-02", "2026-07-03")
# What they say of loading: when a file was looked at is the same for no two homes.
OF_LOADING = {
    "quality.runs",
    "quality.nights",
    "quality.files",
    "quality.late_arrivals",
}


def hashes(home: Home, night: str) -> dict[str, tuple]:
    """Rows and an order-free hash of every published table of a night."""
    [*_, version] = sorted((home.path / "published" / "versions").glob(f"{night}_*"))
    found = {}
    for name in ("marts", "contacts"):
        file = version / f"{name}.duckdb"
        for (table,) in home.rows(
            file, "select schema_name || '.' || table_name from duckdb_tables()"
        ):
            if table not in OF_LOADING:
                sql = f"select count(*), sum(hash(t)::hugeint) from {table} as t"
                found[f"{name}:{table}"] = home.rows(file, sql)[0]
    return found


def registry(home: Home) -> dict[str, list[tuple]]:
    """What the registry holds of each night."""
    folder = home.path / "registry"
    return {
        str(file.relative_to(folder)): sorted(
            home.rows(home.path / "warehouse.duckdb", f"from '{file}'"), key=repr
        )
        for file in sorted(folder.rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("company") / "home")
    done = made.call("sample", "--customers", "300", "--days", "10")
    assert done.returncode == 0, done.stderr
    return made


def test_a_backfilled_range_is_as_if_it_had_been_run_then(
    company: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest night was there first; readers are shown it all the while."""
    monkeypatch.setenv("UNAVISTA_KEEP_VERSIONS", "9")
    then, later = Home(tmp_path / "then"), Home(tmp_path / "later")
    for home in (then, later):
        shutil.copytree(company.path, home.path, symlinks=True)
    for night in NIGHTS:
        then.run(night)
    later.run(NIGHTS[-1])
    shown = (later.path / "published" / "current").resolve()
    done = later.call("run", "--from", NIGHTS[0], "--to", NIGHTS[1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert (later.path / "published" / "current").resolve() == shown
    later.run(NIGHTS[-1])
    for night in NIGHTS:
        assert hashes(later, night) == hashes(then, night), night
    assert registry(later) == registry(then)
