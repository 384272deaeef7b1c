"""What readers open: its modes, its words, its names, its nights."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion.home import close_home
from ingestion.settings import Settings
from orchestration.models import manifest_path
from orchestration.public_tables import (
    Column,
    PublicTable,
    listed,
    markdown,
    public_tables,
    told,
)
from orchestration.published import night_shown, publish, version_of
from tests.conftest import REPOSITORY

CUSTOMERS = PublicTable(
    "marts",
    "customers",
    "One row per customer. It's one of two.",
    (
        Column("customer_id", "string", "It's the same for ever.", False),
        Column("order_count", "bigint", "Orders, größer gleich 0.", False),
    ),
)
IDS = PublicTable(
    "identity",
    "customer_ids",
    "One row per record.",
    (
        Column("record_id", "string", "A record.", False),
        Column("customer_id", "string", "Its customer.", False),
    ),
)
CONTACTS = PublicTable(
    "contacts",
    "customer_contacts",
    "One row per customer that can be reached.",
    (
        Column("customer_id", "string", "Who it is.", False),
        Column("email", "string", "Where to write to.", True),
    ),
)
TABLES = [CONTACTS, CUSTOMERS, IDS]
NIGHTS = [date(2026, 6, day) for day in (17, 18, 19, 20)]
_TWO_READERS = """
import subprocess, sys, duckdb
query = "select count(*) from customers"
with duckdb.connect(sys.argv[1], read_only=True) as reader:
    if len(sys.argv) == 2:
        subprocess.run([sys.executable, "-c", sys.argv[0], sys.argv[1], "other"])
    print(reader.execute(query).fetchall()[0][0])
"""


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """To close a home sets the umask of the process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a warehouse of one customer, made without a night."""
    made = Settings(home=tmp_path / "home")
    close_home(made)
    with duckdb.connect(str(made.warehouse)) as warehouse:
        for schema in ("marts", "identity", "contacts", "quality", "registry"):
            warehouse.execute(f"create schema {schema}")
        warehouse.execute(
            "create table marts.customers as select 'c1' as customer_id,"
            " 2::bigint as order_count"
        )
        warehouse.execute(
            "create table identity.customer_ids as select"
            " 'shop.customer:1' as record_id, 'c1' as customer_id"
        )
        warehouse.execute(
            "create table contacts.customer_contacts as select 'c1' as"
            " customer_id, 'ann@gmx.de' as email"
        )
        warehouse.execute(
            "create table identity.customer_id_history as select"
            " 'shop.customer:1' as record_id, 'c1' as customer_id,"
            " date '2026-06-17' as valid_from_on,"
            " cast(null as date) as valid_to_on"
        )
        warehouse.execute(
            "create table identity.records as select 'shop.customer:1' as"
            " record_id, 1::bigint as record_key"
        )
        warehouse.execute(
            "create table registry.record_keys (record_id varchar,"
            " record_key bigint, as_of date)"
        )
        warehouse.execute(
            "create table quality.identity_accuracy (label_set varchar,"
            " slice_kind varchar, slice_value varchar,"
            " true_pair_count bigint, linked_pair_count bigint,"
            " right_pair_count bigint, f1_rate double)"
        )
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def versions(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.published / "versions").iterdir())


def test_published_files_cannot_be_changed(settings: Settings) -> None:
    version = publish(settings, TABLES, NIGHTS[0])
    assert mode(version / "marts.duckdb") == 0o444
    assert mode(version / "parquet" / "marts" / "customers.parquet") == 0o444
    assert mode(version / "contacts.duckdb") == 0o400
    personal = version / "parquet" / "contacts"
    assert mode(personal) == 0o700
    assert mode(personal / "customer_contacts.parquet") == 0o400
    for folder in (version, version / "parquet", version.parent, settings.published):
        assert mode(folder) == 0o755


def test_two_read_at_once(settings: Settings) -> None:
    publish(settings, TABLES, NIGHTS[0])
    marts = settings.published / "marts.duckdb"
    script = f"import sys; sys.argv[0] = {_TWO_READERS!r}\n{_TWO_READERS}"
    done = subprocess.run(
        [sys.executable, "-c", script, marts],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "1"], done.stderr


@pytest.mark.parametrize("name", ["marts.duckdb", "foo.duckdb"])
@pytest.mark.parametrize("spelling", ["customers", "main.customers"])
def test_a_table_is_found_whatever_the_catalog_is_called(
    settings: Settings, name: str, spelling: str
) -> None:
    version = publish(settings, TABLES, NIGHTS[0])
    copy = shutil.copy(version / "marts.duckdb", settings.home / name)
    query = (
        f"select customer_id from {spelling}"
        " inner join identity.customer_ids using (customer_id)"
    )
    with duckdb.connect(copy, read_only=True) as connection:
        assert connection.execute(query).fetchall() == [("c1",)]
        if name == "marts.duckdb":
            assert connection.execute("from marts.customers").fetchall() == [("c1", 2)]
    for catalog in ("marts", "cdp"):
        with duckdb.connect() as connection:
            connection.execute(f"attach '{copy}' as {catalog} (read_only)")
            for place in (f"{catalog}.customers", f"{catalog}.main.customers"):
                assert connection.execute(f"from {place}").fetchall() == [("c1", 2)]
            connection.execute(f"use {catalog}")
            assert connection.execute(query).fetchall() == [("c1",)]


def test_the_words_go_along(settings: Settings) -> None:
    version = publish(settings, TABLES, NIGHTS[0])
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as connection:
        [(table,)] = connection.execute(
            "select comment from duckdb_tables() where table_name = 'customers'"
        ).fetchall()
        columns = connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where table_name = 'customers'"
        ).fetchall()
    expected = {column.name: column.description for column in CUSTOMERS.columns}
    assert table == CUSTOMERS.description
    assert dict(columns) == expected
    parquet = version / "parquet" / "marts" / "customers.parquet"
    said = pq.read_metadata(parquet).metadata
    assert said[b"description"].decode() == CUSTOMERS.description
    assert json.loads(said[b"column_descriptions"]) == expected


def test_a_past_night_writes_its_own_version_and_moves_no_reader(
    settings: Settings,
) -> None:
    publish(settings, TABLES, date(2026, 6, 20))
    kept = {
        path.relative_to(settings.registry): path.read_bytes()
        for path in settings.registry.rglob("*.parquet")
    }
    past = publish(settings, TABLES, date(2026, 6, 10))
    assert past == version_of(settings, date(2026, 6, 10))
    assert night_shown(settings) == date(2026, 6, 20)
    shown = (settings.published / "marts.duckdb").resolve()
    assert shown.parent.name == "2026-06-20_0001"
    again = publish(settings, TABLES, date(2026, 6, 20))
    assert (settings.published / "current").resolve() == again
    for name, content in kept.items():
        assert (settings.registry / name).read_bytes() == content


def test_the_newest_nights_are_kept_not_the_latest_written(settings: Settings) -> None:
    for night in NIGHTS:
        publish(settings, TABLES, night)
    assert versions(settings) == [f"2026-06-{day}_0001" for day in (18, 19, 20)]
    publish(settings, TABLES, NIGHTS[0])
    assert versions(settings) == [f"2026-06-{day}_0001" for day in (17, 18, 19, 20)]
    publish(settings, TABLES, NIGHTS[-1])
    assert versions(settings) == [
        "2026-06-19_0001",
        "2026-06-20_0001",
        "2026-06-20_0002",
    ]
    with pytest.raises(LookupError, match="2026-06-17 is not among the versions"):
        version_of(settings, NIGHTS[0])


def test_a_personal_column_stays_in_contacts(settings: Settings) -> None:
    leaking = PublicTable("marts", "customers", "One row.", CONTACTS.columns)
    with pytest.raises(ValueError, match="personal columns outside `contacts`"):
        publish(settings, [leaking], NIGHTS[0])
    assert not (settings.published / "current").exists()


def test_what_is_not_published_is_closed_to_others(tmp_path: Path) -> None:
    """What an earlier release left open is closed as well."""
    made = Settings(home=tmp_path / "home")
    for folder in (made.landing, made.registry, made.logs, made.dagster):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    made.home.chmod(0o755)
    made.warehouse.touch()
    made.warehouse.chmod(0o644)
    (made.home / ".gitignore").touch()
    (made.home / ".gitignore").chmod(0o644)
    assert close_home(made) == []
    assert mode(made.home) == 0o711
    assert mode(made.warehouse) == 0o600
    assert mode(made.home / ".gitignore") == 0o644
    for folder in (made.landing, made.registry, made.logs, made.dagster):
        assert mode(folder) == 0o700
    (made.logs / "2026-07-01.log").touch()
    assert mode(made.logs / "2026-07-01.log") == 0o600


def test_a_home_of_ones_own_is_not_opened(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    close_home(Settings(home=tmp_path))
    assert mode(tmp_path) == 0o700


def test_the_tables_are_told() -> None:
    lines = listed(TABLES).splitlines()
    assert lines[0] == "marts.duckdb"
    assert any(
        line.split()[:4] == ["marts.customers", "One", "row", "per"] for line in lines
    )
    said = told(TABLES, "customer_contacts")
    assert "contacts.customer_contacts, in contacts.duckdb" in said
    assert "  email  string, personal\n      Where to write to." in said
    assert told(TABLES, "contacts.customer_contacts") == said
    with pytest.raises(LookupError, match=r"table contact;.*customer_contacts"):
        told(TABLES, "contact")


def test_docs_tables_is_what_the_models_say() -> None:
    """`make docs` writes it."""
    written = (REPOSITORY / "docs" / "tables.md").read_text()
    assert written == markdown(public_tables(manifest_path()))


def made(settings: Settings, **runs: str) -> None:
    """Say which run made these tables, as a night does."""
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        for table, run in runs.items():
            [(schema,)] = warehouse.execute(
                "select schema_name from duckdb_tables() where table_name = ?", [table]
            ).fetchall()
            warehouse.execute(f"comment on table {schema}.{table} is 'b t {run}'")


def inodes(version: Path) -> dict[str, int]:
    files = (path for path in version.rglob("*") if path.is_file())
    return {path.name: path.stat().st_ino for path in files}


def test_what_was_not_made_anew_costs_nothing(settings: Settings) -> None:
    made(settings, customers="1", customer_ids="1", customer_contacts="1")
    first = inodes(publish(settings, TABLES, NIGHTS[0]))
    again = inodes(publish(settings, TABLES, NIGHTS[1]))
    assert again.pop("tables.json") != first.pop("tables.json")
    assert again == first


def test_what_was_made_anew_takes_the_place_of_what_was(settings: Settings) -> None:
    made(settings, customers="1", customer_ids="1", customer_contacts="1")
    before = publish(settings, TABLES, NIGHTS[0])
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        for table in ("marts.customers", "contacts.customer_contacts"):
            warehouse.execute(f"update {table} set customer_id = 'c2'")
    made(settings, customers="2", customer_contacts="2")
    version = publish(settings, TABLES, NIGHTS[1])
    for table, customer in (("customers", "c2"), ("identity.customer_ids", "c1")):
        with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as marts:
            assert marts.execute(f"select customer_id from {table}").fetchall() == [
                (customer,)
            ]
    assert b"c1" not in (version / "contacts.duckdb").read_bytes()
    old, new = inodes(before), inodes(version)
    assert {name for name in old if old[name] == new[name]} == {"customer_ids.parquet"}
    rows = duckdb.read_parquet(str(version / "parquet/marts/customers.parquet"))
    assert rows.fetchall() == [("c2", 2)]
    assert mode(version / "marts.duckdb") == 0o444


def test_a_table_with_other_words_is_written_and_one_that_went_is_gone(
    settings: Settings,
) -> None:
    made(settings, customers="1", customer_ids="1", customer_contacts="1")
    publish(settings, TABLES, NIGHTS[0])
    said = replace(CUSTOMERS, description="One row per customer that is known.")
    version = publish(settings, [CONTACTS, said], NIGHTS[1])
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as marts:
        assert marts.execute(
            "select schema_name, table_name, comment from duckdb_tables()"
        ).fetchall() == [("main", "customers", said.description)]
    assert not (version / "parquet" / "identity").exists()


def test_what_a_version_holds_is_written_where_the_one_before_is_damaged(
    settings: Settings,
) -> None:
    made(settings, customers="1", customer_ids="1", customer_contacts="1")
    before = publish(settings, TABLES, NIGHTS[0])
    (before / "marts.duckdb").chmod(0o600)
    (before / "marts.duckdb").write_bytes(b"cut off")
    version = publish(settings, TABLES, NIGHTS[1])
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as marts:
        assert marts.execute("select * from customers").fetchall() == [("c1", 2)]


@pytest.mark.parametrize("gone", ["parquet/marts/customers.parquet", "tables.json"])
def test_what_was_taken_from_the_version_before_is_written(
    settings: Settings, gone: str
) -> None:
    made(settings, customers="1", customer_ids="1", customer_contacts="1")
    before = publish(settings, TABLES, NIGHTS[0])
    (before / gone).chmod(0o600)
    (before / gone).write_text("{")
    if gone != "tables.json":
        (before / gone).unlink()
    version = publish(settings, TABLES, NIGHTS[1])
    rows = duckdb.read_parquet(str(version / "parquet/marts/customers.parquet"))
    assert rows.fetchall() == [("c1", 2)]
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as marts:
        assert marts.execute("select * from customers").fetchall() == [("c1", 2)]
