"""The files of a version; what was not made anew since the one before comes from there.

A table that the run made which made it for the version before has the same rows: its
Parquet file is that version's (a hard link), and its rows come with a copy of
`marts.duckdb`, where these are most of its rows. `contacts.duckdb` is written from the
first byte where anything in it is new, so that nothing personal is left in free space.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from ingestion.sql import literal
from orchestration.public_tables import PERSONAL_SCHEMA, PublicTable
from orchestration.unchanged import makers

# Modes of folders and of finished files, which nobody changes any more.
OPEN = 0o755, 0o444
_PERSONAL = 0o700, 0o400
_MADE = "tables.json"
# A file that is emptier than this is not copied once more.
_FREE_SHARE = 0.5


def write_files(
    settings: Settings, folder: Path, tables: list[PublicTable], before: Path | None
) -> None:
    """Write `marts.duckdb`, `contacts.duckdb` and `parquet/` of a version.

    `before` is the folder of the newest version, where there is one. `tables.json` says
    of each table which run made it and what was said of it, for the next version.
    """
    make_folder(folder, OPEN)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        made_by = makers(connection, settings.warehouse.stem)
    made = {
        table.spelling: [made_by[table.spelling], _words(table)]
        for table in tables
        if table.spelling in made_by
    }
    was = _read(before / _MADE) if before else {}
    kept = {name for name in made if made[name] == was.get(name)}
    for file, modes in (("marts", OPEN), (PERSONAL_SCHEMA, _PERSONAL)):
        mine = [table for table in tables if table.file == file]
        _write(settings, folder, before, file, mine, kept, modes)
    (folder / _MADE).write_text(json.dumps(made, indent=1))
    (folder / _MADE).chmod(OPEN[1])


def make_folder(path: Path, modes: tuple[int, int]) -> None:
    """Make a folder that is open to those it is meant for, whatever the umask is."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(modes[0])


def _write(
    settings: Settings,
    folder: Path,
    before: Path | None,
    name: str,
    tables: list[PublicTable],
    kept: set[str],
    modes: tuple[int, int],
) -> None:
    """Write one of the two files and its tables' Parquet, of which some are `kept`."""
    file = folder / f"{name}.duckdb"
    stands = _rows_of(before / file.name) if before and kept else {}
    make_folder(folder / "parquet", OPEN)
    parquets, same = {}, set()
    for table in tables:
        parquet = Path("parquet") / table.schema / f"{table.name}.parquet"
        parquets[table.place] = folder / parquet
        make_folder(parquets[table.place].parent, modes)
        stood = table.spelling in kept and table.place in stands
        if before and stood and (before / parquet).exists():
            _link(before / parquet, folder / parquet)
            same.add(table.place)
    if before and stands.keys() == parquets.keys() == same:
        _link(before / file.name, file)
        return
    copied = set()
    is_most = 2 * sum(stands[place] for place in same) > sum(stands.values())
    if before and is_most and name != PERSONAL_SCHEMA:
        shutil.copyfile(before / file.name, file)
        copied = same
    with _open(settings, file) as connection:
        connection.execute("begin")
        for place in stands.keys() - copied if copied else ():
            connection.execute(f"drop table {place}")
        for table in tables:
            if table.place not in copied:
                _copy(connection, table)
            if table.place not in same:
                _write_parquet(connection, table, parquets[table.place])
                parquets[table.place].chmod(modes[1])
        connection.execute("commit")
    file.chmod(modes[1])


def _open(settings: Settings, file: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a file that is written, with the warehouse beside it."""
    connection = duckdb.connect(str(file))
    file.chmod(0o600)
    connection.execute(f"set memory_limit = '{settings.memory_limit}'")
    connection.execute(f"set threads = {settings.threads}")
    connection.execute(
        f"attach {literal(str(settings.warehouse))} as warehouse (read_only)"
    )
    return connection


def _rows_of(file: Path) -> dict[str, int]:
    """The rows of each table of a finished file; none where it is damaged, or empty."""
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            [(total, free)] = connection.execute(
                "select total_blocks, free_blocks from pragma_database_size()"
            ).fetchall()
            rows = connection.execute(
                "select schema_name || '.' || table_name, estimated_size"
                " from duckdb_tables()"
            ).fetchall()
    except duckdb.Error:
        return {}
    return {} if free > _FREE_SHARE * total else dict(rows)


def _copy(connection: duckdb.DuckDBPyConnection, table: PublicTable) -> None:
    """Copy one table, in the order in which it is asked for, and what is said of it."""
    schema, _, _ = table.place.partition(".")
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(
        f"create table {table.place} as select * from warehouse.{table.spelling}"
        f" order by {', '.join(_order(table))}"
    )
    said = literal(table.description)
    connection.execute(f"comment on table {table.place} is {said}")
    for column in table.columns:
        said = literal(column.description)
        connection.execute(f"comment on column {table.place}.{column.name} is {said}")


def _order(table: PublicTable) -> list[str]:
    """By customer where it has one, by time where it has one, then by its key."""
    names = [column.name for column in table.columns]
    times = [c.name for c in table.columns if c.type.startswith(("date", "timestamp"))]
    return list(
        dict.fromkeys(
            [*(name for name in names if name == "customer_id"), *times[:1], names[0]]
        )
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, table: PublicTable, parquet: Path
) -> None:
    """Write one table, with what is said of it in the file's metadata.

    Under `description` and, as JSON by column, `column_descriptions`.
    """
    words = {column.name: column.description for column in table.columns}
    said = literal(json.dumps(words, ensure_ascii=False))
    connection.execute(
        f"copy {table.place} to {literal(str(parquet))} (format parquet, kv_metadata"
        f" {{description: {literal(table.description)}, column_descriptions: {said}}})"
    )


def _link(old: Path, new: Path) -> None:
    """Let a file stand in both versions; a copy, where the disk knows no such links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _words(table: PublicTable) -> str:
    """A hash of all that is said of a table and its columns."""
    return hashlib.sha256(repr(table).encode()).hexdigest()


def _read(file: Path) -> dict[str, list[str]]:
    """What a version says of its tables; nothing where it is damaged, or older."""
    try:
        return json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
