"""Measures whole commands: wall and CPU seconds, peak memory of all their processes.

`python -m tests.benchmarks.measure [small] [load] [files] [identity] [matching]
[large]`; else all of them.
"""

import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.sources import web_logs
from tests.benchmarks import sightings

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = 10_000_000


@dataclass(frozen=True)
class Measured:
    """`peak_gb` is the greatest sum of resident memory over the process tree."""

    wall_seconds: float
    cpu_seconds: float
    peak_gb: float

    def __str__(self) -> str:
        return (
            f"{self.wall_seconds:8.1f} s wall  {self.cpu_seconds:8.1f} s CPU"
            f"  {self.peak_gb:5.2f} GB"
        )


def measure(command: list[str], home: Path) -> Measured:
    """Run a command to its end; raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "UNAVISTA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    peak = 0
    watcher = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not watcher.wait(0.2):
            peak = max(peak, _resident_bytes(process.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    code = process.wait()
    watcher.set()
    thread.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(time.monotonic() - started, cpu, peak / 2**30)


def _resident_bytes(root: int) -> int:
    """Resident memory of a process and all its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            pages = int((entry / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children.setdefault(parent, []).append(int(entry.name))
        resident[int(entry.name)] = pages * resource.getpagesize()
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        total += resident.get(process, 0)
        waiting += children.get(process, [])
    return total


def unavista(*arguments: str) -> list[str]:
    """The command, as the environment that measures has it."""
    return [sys.executable, "-m", "orchestration.cli", *arguments]


def whole_run(customers: int, home: Path) -> None:
    """A sample company from nothing to published, then the same night again."""
    sample = ["sample", "--customers", str(customers), "--days", "90"]
    print(f"{customers:,} customers, 90 days")
    print("  sample           ", measure(unavista(*sample), home), flush=True)
    for name in ("first run", "the night again"):
        took = measure(unavista("run", "--as-of", "2026-07-01"), home)
        print(f"  {name:<17}", took, flush=True)
    marts = (home / "published" / "marts.duckdb").resolve()
    with duckdb.connect(str(marts), read_only=True) as connection:
        [(rows,)] = connection.execute(
            "select sum(read_count) from quality.files"
        ).fetchall()
        print(f"  {rows:,} rows read", flush=True)


ORDERS = (
    "select 'o' || i as order_id, 'c' || i % 999983 as customer_id,"
    " 'customer' || i % 999983 || '@gmx.de' as email, 'paid' as status,"
    " 'web' as channel, 'EUR' as currency, i % 9973 / 100 as subtotal,"
    " 0 as discount, 0 as shipping, 0 as tax, i % 9973 / 100 as total,"
    " timestamp '2026-01-01' + to_seconds(i) as ordered_at,"
    " timestamp '2026-01-01' + to_seconds(i) as updated_at"
    f" from range({ROWS}) as t(i)"
)
LOG = (
    "select '10.' || i % 250 || '.' || i % 199 || '.' || i % 97 || ' - - ['"
    " || strftime(timestamp '2026-01-01' + to_seconds(i), '%d/%b/%Y:%H:%M:%S')"
    " || ' +0000] \"GET /products/' || i % 4999 || '?page=' || i % 7"
    " || ' HTTP/1.1\" 200 ' || i % 99991 || ' \"https://www.google.com/\"'"
    " || ' \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Safari/537.36\"'"
    f" from range({ROWS}) as t(i)"
)
LOAD = """
from datetime import date
from ingestion.files.load import load_source
from ingestion.settings import read_settings
from ingestion.sources.{source} import SOURCE

load_source(read_settings(), SOURCE, date(2026, 7, 1))
"""


def python(program: str) -> list[str]:
    """A program of a few lines, in the environment that measures."""
    return [sys.executable, "-c", program]


def load_against_duckdb(home: Path) -> None:
    """Loading one large file, against the bare `create table as` of DuckDB."""
    orders = home / "landing" / "shop" / "orders" / "orders.csv"
    log = home / "landing" / "web_logs" / "access" / "access.log"
    for file, rows, options in (
        (orders, ORDERS, "header"),
        (log, LOG, "header false, quote '', escape '', delimiter '\x1f'"),
    ):
        file.parent.mkdir(parents=True)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({rows}) to '{file}' (format csv, {options})")
    table = web_logs.SOURCE.tables[0]
    pattern = table.patterns[0]
    names = list(re.compile(pattern).groupindex)
    bare = {
        "shop": f"select * from read_csv('{orders}', all_varchar = true)",
        "web_logs": f"select unnest(regexp_extract(line, '{pattern}', {names}))"
        f" from read_csv('{log}', columns = {{'line': 'varchar'}}, header = false,"
        " delim = '\x1e\x1f\x1e\x1f', quote = '', escape = '', auto_detect = false)",
    }
    for source, file in (("shop", orders), ("web_logs", log)):
        print(f"{ROWS:,} rows for {source}, {file.stat().st_size / 1e6:,.0f} MB")
        database = home / f"floor_{source}.duckdb"
        sql = "set threads = 2; set memory_limit = '4GB'; create table rows as {}"
        program = f"import duckdb; duckdb.connect({str(database)!r}).execute({{!r}})"
        floor = measure(python(program.format(sql.format(bare[source]))), home)
        print("  create table as  ", floor, flush=True)
        ours = measure(python(LOAD.format(source=source)), home)
        print("  load             ", ours)
        print(
            f"  ratio             {ours.wall_seconds / floor.wall_seconds:.2f} wall,"
            f" {ours.cpu_seconds / floor.cpu_seconds:.2f} CPU",
            flush=True,
        )
        database.unlink()
        file.unlink()


def load_nothing_new(home: Path, count: int = 10_000) -> None:
    """A load that finds only files it knows."""
    for number in range(count):
        file = home / "landing" / "shop" / "refunds" / f"{number:05}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            "refund_id,order_id,amount,currency,reason,refunded_at\n"
            f"r{number},o{number},1.50,EUR,,2026-01-31 10:00:00\n"
        )
    print(f"{count:,} files of one row")
    for name in ("first load", "nothing new"):
        print(f"  {name:<17}", measure(python(LOAD.format(source="shop")), home))


def dbt(home: Path, *models: str) -> list[str]:
    """Build models and seeds of the project, without tests, in this order of theirs."""
    return [
        str(Path(sys.executable).with_name("dbt")),
        *("--quiet", "build", "--exclude-resource-type", "unit_test", "test"),
        *("--project-dir", "dbt_project", "--profiles-dir", "."),
        *("--target-path", str(home / "target"), "--log-path", str(home / "logs")),
        *("--select", *models),
    ]


# What the models of identity read beside sightings, as a first night finds it.
FIRST_NIGHT = """
create schema decisions; create schema registry;
create table decisions.identity (decision_id varchar, decision varchar,
    record_a varchar, record_b varchar, identifier_kind varchar, value varchar,
    author varchar, reason varchar, decided_at timestamp, expires_on date);
create table registry.customer_ids (record_id varchar, customer_id varchar, as_of date);
create table registry.record_keys (record_id varchar, record_key bigint, as_of date);
create table identity.int_identity__fuzzy_pairs (record_key_a bigint,
    record_key_b bigint, match_probability double, band varchar, veto varchar);
create table identity.records as select record_id, row_number() over () as record_key,
    split_part(record_id, '.', 1) as source_name,
    split_part(split_part(record_id, ':', 1), '.', 2) as record_type,
    split_part(record_id, ':', 2) as source_key, false as is_gone, first_seen_at,
    last_seen_at
from (select record_id, min(seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
    from identity.int_identity__sightings group by record_id)
"""


def strings_to_customers(home: Path, rows: int = ROWS) -> None:
    """From raw identifiers to customer ids with all guards, by dbt: two nights."""
    home.mkdir(parents=True)
    warehouse = home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), config={"memory_limit": "4GB"}) as made:
        made.execute("set enable_progress_bar = false")
        sightings.fill(made, rows)
        made.execute(FIRST_NIGHT)
    os.environ["UNAVISTA_WAREHOUSE"] = str(warehouse)
    os.environ["UNAVISTA_MEMORY_LIMIT"] = "2GB"
    seeds = (
        *("countries", "nicknames", "junk_identifiers", "identifier_rules"),
        "record_types",
    )
    print(f"{rows:,} raw identifiers to customer ids", flush=True)
    print("  seeds            ", measure(dbt(home, *seeds), home), flush=True)
    models = dbt(
        *(home, "stg_decisions__identity", "record_kinds"),
        *("int_identity__identifier_rules", "int_identity__normalised", "identifiers"),
        *("int_identity__evidence", "int_identity__components", "int_identity__apart"),
        *("int_identity__contested", "int_identity__unions", "int_identity__clusters"),
        *("customer_ids", "customer_id_history"),
    )
    for name, as_of in (("first night", "2026-07-01"), ("next night", "2026-07-02")):
        night = [*models, "--vars", f"{{as_of: '{as_of}'}}"]
        print(f"  {name:<17}", measure(night, home), flush=True)
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(
                "insert into registry.customer_ids select record_id, customer_id,"
                " valid_from_on from identity.customer_id_history"
                f" where valid_from_on = date '{as_of}'"
            )
    results = json.loads((home / "target" / "run_results.json").read_text())["results"]
    for result in sorted(results, key=lambda one: -one["execution_time"])[:6]:
        name = result["unique_id"].rpartition(".")[2]
        print(f"    {result['execution_time']:6.1f} s wall  {name}", flush=True)


def identity(home: Path, rows: int = ROWS) -> None:
    """From links between records to clusters, in each of the ways there are."""
    home.mkdir(parents=True)
    path = str(home / "warehouse.duckdb")
    with duckdb.connect(path, config={"threads": 2, "memory_limit": "4GB"}) as made:
        sightings.fill(made, rows)
        sightings.pair(made, "pairs")
        [(seen, links, records)] = made.sql(
            "select (select count(*) from identity.int_identity__sightings),"
            " count_if(record_key_a <> record_key_b), max(record_key_b) from pairs"
        ).fetchall()
    print(f"{seen:,} identifiers, {links:,} links, {records:,} records")

    def way(name: str, *arguments: str) -> Measured:
        call = f"{name}{(path, *arguments)!r}"
        program = f"from tests.benchmarks.clusterings import {name}; {call}"
        return measure(python(program), home)

    search = way("search")
    floor = way("floor")
    started = way("materialization", "search", "pairs limit 0")
    ways = {
        "read and write": floor,
        "search": search,
        "dbt, no links": started,
        "dbt, search": way("materialization", "search"),
        "dbt, contraction": way("materialization", "contraction"),
        "label spreading": way("spreading"),
        "Splink's own": way("splink"),
    }
    for name, took in ways.items():
        ratio = took.cpu_seconds / floor.cpu_seconds
        print(f"  {name:<17}", took, f" {ratio:6.1f} x read and write", flush=True)
    with duckdb.connect(path, read_only=True) as connection:
        for table in ("dbt_search", "dbt_contraction", "by_spreading", "by_splink"):
            [(differences,)] = connection.sql(
                "select count(*) from (select record_key, cluster_key from by_search"
                f" except select record_key, cluster_key from {table})"
            ).fetchall()
            if differences:
                raise AssertionError(f"{table} has {differences} other clusters")


SYLLABLES = "ba do fe ga ho ka lin ma ner ro sto ta wil son berg ova ski man ley ton"
GIVEN = "james mary robert patricia john jennifer michael linda david elizabeth"


def _word(number: str, parts: int) -> str:
    listed = f"string_split('{SYLLABLES}', ' ')"
    return " || ".join(
        f"{listed}[1 + cast({number} // {20**part} % 20 as int)]"
        for part in range(parts)
    )


def _seen(value: str, missing: int) -> str:
    """One in twelve with a letter lost, and some not at all."""
    return (
        f"case when hash(i, '{value}') % 100 >= {missing} then case when"
        f" hash('{value}', i) % 12 = 0 then substr({value}, 1, 2) || substr({value}, 4)"
        f" else {value} end end"
    )


def people(first: int, last: int, count: int) -> str:
    """Records `first` to `last` of `count`: three people a house, a third twice."""
    surname = _word("(hash(house, 's') % 8000 * (hash(house, 't') % 8000) // 8000)", 3)
    return f"""
with ids as (
    select i, i % {count * 3 // 4} as person, i % {count * 3 // 4} // 3 as house
    from range({first}, {last}) as t(i)
), seen as (
    select i, string_split('{GIVEN}', ' ')[1 + cast(hash(person, 'g') % 10 as int)]
        || {_word("hash(person, 'h') % 20", 1)} as given,
    {surname} as surname,
    cast(1940 + hash(person, 'y') % 65 as varchar)
        || lpad(cast(1 + hash(person, 'm') % 12 as varchar), 2, '0')
        || lpad(cast(1 + hash(person, 'd') % 28 as varchar), 2, '0') as born,
    cast(1 + hash(house, 'n') % 150 as varchar) || ' '
        || {_word(f"hash(house, 'st') % {count // 20}", 4)} || ' street' as road,
    lpad(cast(hash(house, 'p') % {count // 200} as varchar), 5, '1') as code,
    {_word(f"hash(house, 'p') % {count // 200}", 4)} as town,
    '0' || lpad(cast(hash(case when person % 2 = 0 then house else -person end) %
        1000000000 as varchar), 9, '7') as phone_number,
    given || '.' || surname || hash(person, 'e') % 1000 || '@mail.net' as address
    from ids
)
select
    cast(i + 1 as bigint) as record_key, 'crm.contact:' || i as record_id,
    {_seen("given", 5)} as given_names, {_seen("surname", 3)} as family_name,
    {_seen("born", 35)} as birth_date, {_seen("address", 40)} as email,
    {_seen("phone_number", 35)} as phone, {_seen("road", 12)} as street,
    {_seen("town", 10)} as city, {_seen("code", 10)} as postal_code,
    'DE' as country_code, cast(null as varchar) as only_name,
    cast(null as varchar) as state, cast(null as varchar) as national_id,
    cast(null as varchar) as company_name
from seen"""


PLAIN_SPLINK = """
import duckdb
from splink import DuckDBAPI, Linker
from orchestration.identity import training

connection = duckdb.connect()
connection.execute("set threads = 2; attach '{warehouse}' as warehouse (read_only)")
identity = "warehouse.identity.int_identity__"
connection.execute(f"create table people as from {{identity}}features")
rules = connection.execute(
    f"select rule from {{identity}}blocking_rules"
    " where status = 'used' order by position"
).fetchall()
settings = training.weighing_settings(
    training.read_weights(), {count}, [rule.split(" + ") for (rule,) in rules]
)
api = DuckDBAPI(connection)
linker = Linker(api.register(connection.table("people")), settings, log_level=None)
linker.inference.predict(threshold_match_probability=0.001, warning_mode="never")
"""


def match_people(home: Path, count: int = 1_000_000, new: int = 10_000) -> None:
    """The models of matching by dbt: the first night, a night of new records, a repeat.

    What the repeat costs is dbt and the SQL that is done whole each night.
    """
    home.mkdir()
    warehouse = home / "warehouse.duckdb"
    models = (
        *("company_names", "features", "blocking_rules", "compared_pairs"),
        "term_shares",
    )
    command = dbt(
        *(home, "nicknames", "junk_identifiers", "match_weights", "legal_forms"),
        *(f"int_identity__{name}" for name in (*models, "fuzzy_pairs")),
    )
    os.environ["UNAVISTA_WAREHOUSE"] = str(warehouse)
    os.environ["UNAVISTA_MEMORY_LIMIT"] = "1GB"
    print(f"{count:,} records compared and weighed")
    for name, records in (
        ("first night", people(0, count, count)),
        (f"{new:,} new", people(count, count + new, count)),
        ("nothing new", people(0, 0, count)),
    ):
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create schema if not exists identity")
            connection.execute("create schema if not exists conformed")
            connection.execute(
                "create table if not exists conformed.companies (company_name varchar)"
            )
            table = "identity.int_identity__details"
            connection.execute(
                f"create table if not exists {table} as {people(0, 0, count)}"
            )
            connection.execute(f"insert into {table} {records}")
        print(f"  {name:<17}", measure(command, home), flush=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        [(pairs,)] = connection.execute(
            "select count(*) from identity.int_identity__compared_pairs"
            " where record_key_a < record_key_b"
        ).fetchall()
    print(f"  {pairs:,} pairs")
    plain = PLAIN_SPLINK.format(warehouse=warehouse, count=count + new)
    print("  Splink's predict ", measure(python(plain), home), flush=True)


def main(chosen: list[str]) -> None:
    """Print the machine, then each measurement."""
    with Path("/proc/meminfo").open() as file:
        memory = int(file.readline().split()[1]) / 2**20
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python", platform.python_version()
    )
    print(f"DuckDB {duckdb.__version__}", flush=True)
    with tempfile.TemporaryDirectory(prefix="unavista-bench-") as folder:
        if not chosen or "small" in chosen:
            whole_run(2_000, Path(folder) / "small")
        if not chosen or "load" in chosen:
            load_against_duckdb(Path(folder) / "load")
        if not chosen or "files" in chosen:
            load_nothing_new(Path(folder) / "files")
        if not chosen or "identity" in chosen:
            strings_to_customers(Path(folder) / "customers")
            identity(Path(folder) / "identity")
        if not chosen or "matching" in chosen:
            match_people(Path(folder) / "matching")
        if not chosen or "large" in chosen:
            whole_run(100_000, Path(folder) / "large")


if __name__ == "__main__":
    main(sys.argv[1:])
