"""The shop's tables out of a real PostgreSQL: each row once, late or early."""

import contextlib
import csv
import io
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest

from ingestion.extracts.shop_postgres import ExtractionFailed, extract
from ingestion.settings import Settings
from ingestion.sources import shop
from tests.conftest import Home
from tests.test_money_sources import build_staging

PASSWORD = "kept:to/ourselves"
TYPES = {"line_number": "integer", "quantity": "integer", "is_guest": "boolean"}
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "order_lines": "order_id || '/' || line_number",
    "refunds": "refund_id",
}
FACTS = {
    "customers": [
        ("c1", "ana@example.org", "Ana", "1990-02-03", "false", "2025-05-01T10:00:00Z"),
        ("c2", "bea@example.org", "Bea", "", "true", "2025-05-01T23:30:00Z"),
        ("c3", "", "Kei", "", "true", "2025-05-04T09:00:00Z"),
    ],
    "orders": [
        ("o1", "c1", "paid", "EUR", "1234.50", "1239.40", "2025-05-01T10:00:00Z"),
        ("o2", "c2", "paid", "EUR", "7.00", "7.00", "2025-05-04T09:00:00.25Z"),
    ],
    "order_lines": [
        ("o1", "1", "3", "400.00", "1200.00", "2025-05-01T10:00:00Z"),
        ("o1", "2", "1", "34.50", "34.50", "2025-05-01T10:00:00Z"),
        ("o2", "1", "2", "3.50", "7.00", "2025-05-04T09:00:00Z"),
    ],
    "refunds": [],
}
CHANGES = {
    "customers": [
        ("c1", "ana@new.org", "Ana", "1990-02-03", "false", "2025-05-05T08:00:00Z"),
    ],
    "orders": [
        ("o1", "c1", "refunded", "EUR", "1234.50", "1239.40", "2025-05-05T08:00:00Z"),
    ],
    "order_lines": [
        # The first line is as it was: the lines of an order come together.
        ("o1", "1", "3", "400.00", "1200.00", "2025-05-01T10:00:00Z"),
        ("o1", "2", "2", "17.25", "34.50", "2025-05-05T08:00:00Z"),
    ],
    "refunds": [
        ("r1", "o1", "34.50", "EUR", "2025-05-05T08:00:00Z"),
    ],
}
# Where a table has more than one time, all say the same.
COLUMNS = {
    "customers": "customer_id email first_name birth_date is_guest created_at",
    "orders": "order_id customer_id status currency subtotal total ordered_at",
    "order_lines": "order_id line_number quantity unit_price line_total updated_at",
    "refunds": "refund_id order_id amount currency refunded_at",
}
# Stops dead half-way through the file whose path holds a word.
KILLED = """
import os, sys
from pathlib import Path
from fsspec.implementations.local import LocalFileSystem
from ingestion.settings import Settings
from ingestion.extracts.shop_postgres import extract

def write(path, content):
    is_last = sys.argv[3] in path
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content[: len(content) // 2] if is_last else content)
    if is_last:
        os._exit(9)

LocalFileSystem.cp_file = lambda self, source, target, **options: write(
    target, Path(source).read_bytes()
)
LocalFileSystem.write_text = lambda self, path, text, **options: write(
    path, text.encode()
)
extract(Settings(home=Path(sys.argv[1]), shop_postgres=sys.argv[2]))
"""


@dataclass(frozen=True)
class Shop:
    """A database of the server, and the home that its rows are extracted to."""

    url: str
    home: Home

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home.path, shop_postgres=self.url)

    def execute(self, sql: str, rows: list[tuple] | None = None) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            if rows is None:
                connection.execute(sql)
            for row in rows or []:
                connection.execute(sql, row)

    def write(self, facts: dict[str, list[tuple]]) -> None:
        """Insert or change rows; an empty text is null, as in a CSV file."""
        for table, rows in facts.items():
            names = columns(table)
            values = ", ".join("nullif(%s, '')" for _ in names)
            casts = ", ".join(f"{name}::{kind(name)}" for name in names)
            changes = ", ".join(f"{name} = excluded.{name}" for name in names)
            self.execute(
                f"insert into {table} ({', '.join(names)}) select {casts}"
                f" from (values ({values})) as given ({', '.join(names)})"
                f" on conflict ({key_columns(KEYS[table])}) do update set {changes}",
                [with_times(table, row) for row in rows],
            )

    def extract(self, **options) -> dict[str, list[str]]:
        """Keys of the rows in the files that one extraction brings, by table."""
        before = self.files()
        count = extract(self.settings, **options)
        found = keys_in([path for path in self.files() if path not in before])
        assert count == sum(map(len, found.values()))
        return found

    def files(self) -> list[Path]:
        """Every file that a load of the shop would read."""
        landing = self.settings.landing / "shop"
        return [
            path
            for table in shop.SOURCE.tables
            for path in sorted(landing.glob(table.files))
        ]

    def lose(self, folder: Path) -> None:
        shutil.rmtree(folder)

    @property
    def memory(self) -> Path:
        """What extractions know of each other."""
        return self.settings.landing / "shop" / ".postgres"


def columns(table: str) -> list[str]:
    names = COLUMNS[table].split()
    return names if "updated_at" in names else [*names, "updated_at"]


def key_columns(key: str) -> str:
    return key.replace(" || '/' || ", ", ")


def with_times(table: str, row: tuple) -> tuple:
    return row if len(row) == len(columns(table)) else (*row, row[-1])


def kind(column: str) -> str:
    if column.endswith("_at"):
        return "timestamptz"
    if column.endswith("_date"):
        return "date"
    if column in ("subtotal", "total", "unit_price", "line_total", "amount"):
        return "numeric(12,2)"
    return TYPES.get(column, "text")


def keys_of(facts: dict[str, list[tuple]]) -> dict[str, list[str]]:
    return {
        table: [f"{row[0]}/{row[1]}" if "lines" in table else row[0] for row in rows]
        for table, rows in facts.items()
        if rows
    }


def keys_in(files: list[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in files:
        table = path.parent.name
        keys = duckdb.execute(
            f"select {KEYS[table]} from read_parquet(?) order by all", [str(path)]
        ).fetchall()
        found[table] = found.get(table, []) + [key for (key,) in keys]
    return found


def as_csv(table: str, rows: list[tuple]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns(table))
    writer.writerows(with_times(table, row) for row in rows)
    return text.getvalue()


def staged(home: Home) -> dict[str, list[tuple]]:
    """The rows of the shop's staging, without where they came from."""
    build_staging(home, shop.SOURCE)
    return {
        table: home.warehouse(
            "select * exclude (_file_id, _line, _load_id)"
            f" from staging.stg_shop__{table} order by all"
        )
        for table in KEYS
    }


# --- A server of one's own.


def programs() -> Path | None:
    found = shutil.which("postgres")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    path = Path(found).resolve() if found else packaged[-1] if packaged else None
    return path.parent if path else None


def unprivileged() -> dict:
    """Whose processes PostgreSQL's are, where it would refuse to be root's."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("root, and no other account that could run PostgreSQL")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server, up to the name of the database."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    owner = unprivileged()
    # Not pytest's folder, which no other account may enter.
    folder = Path(tempfile.mkdtemp(prefix="unavista_postgres_"))
    (folder / "password").write_text(PASSWORD)
    if owner:
        for path in (folder, folder / "password"):
            os.chown(path, owner["user"], owner["group"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [
            *(bin_folder / "initdb", "--no-sync", "--username=shop", "--encoding=UTF8"),
            *("--locale=C", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"),
            f"--pgdata={folder / 'data'}",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        **owner,
    )
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "timezone": "America/Los_Angeles",
    }
    running = subprocess.Popen(
        [
            *(bin_folder / "postgres", "-D", folder / "data"),
            *(
                word
                for pair in options.items()
                for word in ("-c", "=".join(map(str, pair)))
            ),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **owner,
    )
    address = f"postgresql://shop:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{port}/"
    try:
        wait_for(address, running)
        yield address
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
        shutil.rmtree(folder)


def wait_for(address: str, running: subprocess.Popen) -> None:
    for _ in range(600):
        assert running.poll() is None, "PostgreSQL stopped by itself"
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"{address}postgres").close()
            return
        time.sleep(0.1)
    pytest.fail("PostgreSQL does not accept connections")


@pytest.fixture
def database(server: str, home: Home, request: pytest.FixtureRequest) -> Shop:
    """The shop's tables, empty, as a developer of the shop would have made them."""
    name = f"test_{abs(hash(request.node.name))}"
    Shop(f"{server}postgres", home).execute(f"create database {name}")
    made = Shop(f"{server}{name}", home)
    for table, key in KEYS.items():
        held = ", ".join(f"{column} {kind(column)}" for column in columns(table))
        made.execute(f"create table {table} ({held}, primary key ({key_columns(key)}))")
    return made


# --- What must hold.


def test_without_an_address_nothing_is_done(home: Home) -> None:
    assert extract(Settings(home=home.path)) == 0
    assert not home.path.exists()


def test_the_first_extraction_takes_every_row(database: Shop) -> None:
    database.write(FACTS)
    said: list[str] = []
    assert database.extract(report=said.append) == keys_of(FACTS)
    assert len(said) == 1
    assert said[0].startswith("8 rows extracted from 127.0.0.1:")


def test_empty_tables_bring_no_files(database: Shop) -> None:
    assert database.extract() == {}
    assert database.files() == []


def test_only_columns_of_the_source_are_taken(database: Shop) -> None:
    database.write(FACTS)
    database.execute("alter table customers add password_hash text default 'x'")
    database.extract()
    [path] = [path for path in database.files() if path.parent.name == "customers"]
    described = duckdb.execute("describe select * from read_parquet(?)", [str(path)])
    kinds = {name: kind for name, kind, *_ in described.fetchall()}
    assert list(kinds) == columns("customers")
    # In UTC, and without a zone: no one's setting can shift it.
    assert kinds["updated_at"] == "TIMESTAMP"


def test_the_next_extraction_takes_what_is_new_and_the_last_day(
    database: Shop,
) -> None:
    database.write(FACTS)
    database.extract()
    database.write(CHANGES)
    # A day before the newest row of each table; there was no refund to look back from.
    assert database.extract() == {
        "customers": ["c1", "c3"],
        "orders": ["o1", "o2"],
        "order_lines": ["o1/1", "o1/2", "o2/1"],
        "refunds": ["r1"],
    }
    assert database.extract(lag=timedelta(0)) == keys_of(CHANGES)


def test_a_line_that_was_taken_off_its_order_goes(database: Shop) -> None:
    database.write(FACTS)
    database.extract()
    database.execute("delete from order_lines where order_id = 'o1' and quantity = 1")
    database.write({"orders": CHANGES["orders"]})
    assert database.extract(lag=timedelta(0))["order_lines"] == ["o1/1", "o2/1"]
    assert [row[:2] for row in staged(database.home)["order_lines"]] == [
        ("o1", 1),
        ("o2", 1),
    ]


def test_a_row_that_is_committed_late_is_found(database: Shop) -> None:
    database.write(FACTS)
    database.extract()
    late = ("c4", "", "Ida", "", "true", "2025-05-03T12:00:00Z")
    early = ("c5", "", "Uma", "", "true", "2025-05-03T08:00:00Z")
    database.write({"customers": [late, early]})
    assert database.extract()["customers"] == ["c3", "c4"]
    assert database.extract(lag=timedelta(days=2))["customers"] == ["c3", "c4", "c5"]


def test_a_row_without_a_time_of_change_is_always_taken(database: Shop) -> None:
    database.write(FACTS)
    database.execute("update order_lines set updated_at = null where quantity = 3")
    for _ in range(2):
        assert "o1/1" in database.extract()["order_lines"]


def test_rows_arrive_again_and_count_once(database: Shop, tmp_path: Path) -> None:
    """Staging is that of the same facts as CSV, whatever was lost on the way."""
    database.write(FACTS)
    database.extract()
    database.lose(database.settings.dlt)
    database.write(CHANGES)
    after_loss = database.extract()
    assert "c2" not in after_loss["customers"]
    database.lose(database.memory)
    everything = database.extract()
    assert everything["customers"] == ["c1", "c2", "c3"]
    delivered = Home(tmp_path / "delivered")
    for table in KEYS:
        for day, facts in (("04", FACTS), ("05", CHANGES)):
            if facts[table]:
                path = f"shop/{table}/2025-05-{day}.csv"
                delivered.deliver(path, as_csv(table, facts[table]))
    extracted = staged(database.home)
    assert extracted == staged(delivered)
    assert [len(rows) for rows in extracted.values()] == [4, 2, 3, 1]


@pytest.mark.parametrize(
    ("killed_at", "is_dlt_folder_lost"),
    [
        *(("/init", False), ("_dlt_version/", True), ("orders/", False)),
        *(("orders/", True), ("_dlt_pipeline_state/", False), ("_dlt_loads/", True)),
    ],
)
def test_a_killed_extraction_leaves_no_half_file_and_loses_no_row(
    database: Shop, killed_at: str, is_dlt_folder_lost: bool
) -> None:
    database.write(FACTS)
    database.write({"refunds": CHANGES["refunds"]})
    done = subprocess.run(
        [sys.executable, "-c", KILLED, database.home.path, database.url, killed_at],
        cwd=database.home.repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    assert database.files() == []
    if is_dlt_folder_lost:
        database.lose(database.settings.dlt)
    extract(database.settings)
    found = keys_in(database.files())
    expected = keys_of({**FACTS, "refunds": CHANGES["refunds"]})
    assert {table: sorted(set(keys)) for table, keys in found.items()} == expected
    assert not list(database.memory.rglob("*.parquet"))


# --- What a person is told.


def failure(settings: Settings) -> str:
    with pytest.raises(ExtractionFailed) as raised:
        extract(settings)
    assert raised.value.__cause__ is None
    assert PASSWORD not in str(raised.value)
    return str(raised.value)


def test_a_server_that_does_not_answer(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = f"postgresql://shop:{PASSWORD}@127.0.0.1:{port}/shop"
        said = failure(Settings(home=home.path, shop_postgres=url))
    assert said == (
        f"nothing can be read from the shop's PostgreSQL at 127.0.0.1:{port}"
        " (Connection refused); see that it runs, and that UNAVISTA_SHOP_POSTGRES is"
        " right"
    )


def test_a_password_that_is_wrong(database: Shop) -> None:
    url = database.url.replace("ourselves", "others")
    said = failure(Settings(home=database.home.path, shop_postgres=url))
    assert "password authentication failed" in said
    assert "others" not in said


@pytest.mark.parametrize(
    "url",
    ["shop", "mysql://shop:secret@db/shop", "postgresql://shop:se@cret@db/shop"],
)
def test_an_address_that_is_none(home: Home, url: str) -> None:
    said = failure(Settings(home=home.path, shop_postgres=url))
    assert said.startswith("UNAVISTA_SHOP_POSTGRES is no address of a PostgreSQL")
    assert "cret" not in said


def test_a_landing_folder_elsewhere(home: Home) -> None:
    url, elsewhere = "postgresql://shop@db/shop", "s3://bucket/landing"
    settings = Settings(home=home.path, shop_postgres=url, landing_url=elsewhere)
    assert "unset one of them" in failure(settings)


def test_a_table_without_the_columns_it_needs(database: Shop) -> None:
    database.execute("alter table refunds drop updated_at")
    assert "has no `refunds` with updated_at; make a view" in failure(database.settings)
    database.execute("drop table customers")
    assert "has no `customers` with customer_id" in failure(database.settings)


def test_a_view_will_do(database: Shop) -> None:
    database.write(FACTS)
    database.execute("alter table customers rename to accounts")
    database.execute("create view customers as select * from accounts")
    assert database.extract() == keys_of(FACTS)


def test_a_row_of_the_future_would_hide_the_present(database: Shop) -> None:
    database.write(FACTS)
    database.execute("update orders set updated_at = now() + interval '10 years'")
    assert "2 rows of `orders`" in failure(database.settings)


def test_the_password_is_written_nowhere(database: Shop) -> None:
    database.write(FACTS)
    database.extract()
    assert PASSWORD not in repr(database.settings)
    written = [path for path in database.home.path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        for spelling in (PASSWORD, PASSWORD.replace("/", "%2F")):
            assert spelling.encode() not in path.read_bytes(), path
