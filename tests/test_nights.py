"""Sequences of nights: repeated, rebuilt, failed, rolled back."""

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration.models import DBT
from tests.conftest import REPOSITORY, Home

ORDERS = (
    "order_id,customer_id,email,status,channel,currency,subtotal,discount,shipping,"
    "tax,total,ordered_at,updated_at\n"
)


@pytest.fixture(scope="module")
def night(sample: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the sample company that a test may run again."""
    copy = Home(tmp_path_factory.mktemp("night") / "home")
    shutil.copytree(sample.path, copy.path, symlinks=True)
    return copy


def test_a_night_run_twice_changes_nothing(night: Home) -> None:
    before = night.hashes()
    assert len(before) > 20
    night.run()
    assert night.hashes() == before


def test_a_lost_warehouse_comes_back_the_same(night: Home) -> None:
    before = night.hashes()
    night.path.joinpath("warehouse.duckdb").unlink()
    shutil.rmtree(night.path / "dlt")
    night.run()
    assert night.hashes() == before


def test_a_reader_keeps_the_version_it_opened(night: Home) -> None:
    marts = night.path / "published" / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as reader:
        [(before,)] = reader.execute("select count(*) from marts.orders").fetchall()
        night.deliver(
            "shop/orders/2026-07-01.csv",
            ORDERS + "o-new,c-new,a@gmx.de,paid,web,EUR,10.00,0,0,0,10.00,"
            "2026-07-01T10:00:00Z,2026-07-01T10:00:00Z\n",
        )
        night.run("2026-07-02")
        [(still,)] = reader.execute("select count(*) from marts.orders").fetchall()
    assert still == before
    assert night.published("select count(*) from marts.orders") == [(before + 1,)]


def dbt_by_hand(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Call dbt in the project's folder, as a person would; its own files go to home."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("UNAVISTA", "DBT"))
    }
    places = ("--target-path", home / "by_hand", "--log-path", home / "by_hand")
    return subprocess.run(
        [DBT, *arguments, "--no-use-colors", *places],
        cwd=REPOSITORY / "dbt_project",
        env={**kept, "UNAVISTA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dbt_by_hand_says_that_no_night_was_run(tmp_path: Path) -> None:
    done = dbt_by_hand(tmp_path, "compile", "--select", "customers")
    assert done.returncode != 0
    assert "no night was run here yet: run `unavista run`" in done.stdout


def test_dbt_by_hand_builds_for_the_night_of_the_warehouse(night: Home) -> None:
    done = dbt_by_hand(night.path, "build", "--select", "segments+")
    assert done.returncode == 0, done.stdout
    day = night.warehouse("select as_of from raw_ledger.night")
    compiled = dbt_by_hand(night.path, "compile", "--select", "customers")
    assert f"cast('{day[0][0]}' as date)" in compiled.stdout


def test_a_past_night_run_again_moves_no_reader(night: Home) -> None:
    """It writes a version of its own, and every customer keeps the id."""
    ids = "select record_id, customer_id from identity.customer_ids order by all"
    shown = (night.path / "published" / "current").resolve()
    before = night.published(ids)
    said = night.run("2026-06-20")
    assert "run again; readers still see 2026-07-02" in said
    assert (night.path / "published" / "current").resolve() == shown
    versions = sorted(p.name for p in (night.path / "published" / "versions").iterdir())
    assert "2026-06-20_0001" in versions
    assert versions[-1] == shown.name == "2026-07-02_0001"
    night.run("2026-07-02")
    assert night.published(ids) == before


def test_a_failed_audit_leaves_the_published_files(night: Home) -> None:
    """A warehouse that was tampered with does not pass the tests."""
    current = (night.path / "published" / "current").resolve()
    before = night.hashes()
    with duckdb.connect(str(night.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "delete from seeds.record_types where record_type = 'customer'"
        )
    done = night.call("run", "--as-of", "2026-07-03")
    assert done.returncode == 1
    assert "what is published stays as it was" in done.stderr
    assert "models: not so: every kind of record has a rule: record_kind" in done.stderr
    assert "Traceback" not in done.stderr
    assert (night.path / "published" / "current").resolve() == current
    assert night.hashes() == before
    assert night.warehouse(
        "select distinct as_of::varchar, check_name from raw_ledger.failed_checks"
    ) == [("2026-07-03", "every_kind_of_record_has_a_rule")]
