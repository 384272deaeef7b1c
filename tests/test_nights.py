"""Sequences of nights: repeated, rebuilt, failed, rolled back."""

import shutil

import duckdb
import pytest

from tests.conftest import Home

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


def test_a_failed_audit_leaves_the_published_files(night: Home) -> None:
    """A warehouse that was tampered with does not pass the tests."""
    current = (night.path / "published" / "current").resolve()
    before = night.hashes()
    with duckdb.connect(str(night.path / "warehouse.duckdb")) as connection:
        connection.execute(
            "update raw_shop.orders set total = 'much' where order_id = 'o-new'"
        )
    done = night.call("run", "--as-of", "2026-07-03")
    assert done.returncode == 1
    assert "what is published stays as it was" in done.stderr
    assert "not_null_stg_shop__orders_total_amount" in done.stderr
    assert "Traceback" not in done.stderr
    assert (night.path / "published" / "current").resolve() == current
    assert night.hashes() == before
    night.path.joinpath("warehouse.duckdb").unlink()
    night.run("2026-07-03")
    assert night.published("select count(*) from marts.orders where order_id = 'o-new'")


def test_previous_versions_stay_for_rollback(night: Home) -> None:
    versions = sorted(p.name for p in (night.path / "published" / "versions").iterdir())
    assert len(versions) == 3
    assert versions[-1] == "2026-07-03_0001"
