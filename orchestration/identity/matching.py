"""Pairs of records that may be one human, compared by Splink's rules and levels.

A comparison is a function of two records and nothing else, so that a pair is compared
once. What the levels weigh is in the seed `match_weights`, applied whole every night.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from orchestration.identity.comparisons import (
    BLOCKING_RULES,
    COMPARISONS,
    Comparison,
    rule_names,
)

_SCRATCH = "matching_scratch"
# So many records are compared at once, with each other and with those before.
_BATCH = 250_000
_FIELDS = (
    "given_name", "given_key", "surname", "birth_date", "email", "mailbox",
    "mailbox_is_name", "phone", "street", "house_number", "postal_code", "city",
    "national_id", "employer", "organisation",
)  # fmt: skip


# Four bytes for each rule: two texts that meet by chance are one pair compared more.
def _blocks(rules: Sequence[str]) -> list[str]:
    return [
        f"case when {' is not null and '.join(rule)} is not null"
        f" then cast(hash({', '.join(rule)}) >> 32 as uinteger) end as rule_{number}"
        for number, rule in enumerate(BLOCKING_RULES, 1)
        if " + ".join(rule) in rules
    ]


def count_pairs(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    pairs_per_record: float,
    least_pairs: int,
) -> pa.Table:
    """What each blocking rule would compare, and whether it may.

    `features`: a query or table as SQL knows it. A rule may cost `pairs_per_record`
    for each record, all of them together four times that, and `least_pairs` in any
    case. Returns (rule, position, pair_count, pair_limit, status), in order; status is
    `used` or `refused`.
    """
    counted = []
    with _scratch(connection) as (cursor, _):
        blocks = f"{_SCRATCH}.main.blocks"
        cursor.execute(
            f"create table {blocks} as select"
            f" {', '.join(_blocks(rule_names()))} from {features}"
        )
        [(records,)] = cursor.execute(f"select count(*) from {blocks}").fetchall()
        limit = max(int(records * pairs_per_record), least_pairs)
        left = 4 * limit
        for position, rule in enumerate(rule_names(), 1):
            [(pairs,)] = cursor.execute(
                "select coalesce(cast(sum(size * (size - 1) // 2) as bigint), 0) from"
                f" (select count(*) as size from {blocks}"
                f" where rule_{position} is not null group by rule_{position})"
            ).fetchall()
            status = "used" if pairs <= min(limit, left) else "refused"
            left -= pairs if status == "used" else 0
            counted.append((rule, position, pairs, limit, status))
    columns = ("rule", "position", "pair_count", "pair_limit", "status")
    return pa.table(dict(zip(columns, zip(*counted, strict=True), strict=True)))


def numbering_settings(rules: Sequence[str]) -> SettingsCreator:
    """Splink's settings that number levels: the weight of each is its number plus one.

    So that one number tells the level of each comparison: 0 cannot be compared, 1
    differs. No weight is used that is not in the seed.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        linker_uid="matching",
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
        blocking_rules_to_generate_predictions=[
            block_on(f"rule_{number}")
            for number, rule in enumerate(rule_names(), 1)
            if rule in rules
        ],
        comparisons=[_numbered(comparison) for comparison in COMPARISONS],
    )


def _numbered(comparison: Comparison) -> CustomComparison:
    best = len(comparison.levels)
    unit = 2.0 ** -(best + 2)
    levels = [
        CustomLevel(comparison.missing).configure(is_null_level=True),
        *(
            CustomLevel(condition, name).configure(
                m_probability=unit * 2.0 ** (best - place + 1), u_probability=unit
            )
            for place, (name, condition) in enumerate(comparison.levels)
        ),
        ElseLevel().configure(m_probability=unit * 2, u_probability=unit),
    ]
    return CustomComparison(levels, output_column_name=comparison.name)


def compare(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    rules: Sequence[str],
    previous: str | None = None,
) -> pa.Table:
    """The level of every comparison for every pair that a rule finds.

    `features`: a query or table as SQL knows it, with `record_key` and `content_hash`;
    `previous`: the result of an earlier night, as SQL knows it: records whose content,
    rules and levels are the same are not compared again with each other. Returns one
    row per pair (record_key_a < record_key_b) and one per record (a = b), which alone
    carries `content`. The rows are the same with and without `previous`.
    """
    names = [comparison.name for comparison in COMPARISONS]
    fresh, gone, seen, found = (
        f"{_SCRATCH}.main.{name}" for name in ("fresh", "gone", "seen", "found")
    )
    earlier = previous if previous and _is_result(connection, previous) else None
    known = (
        f"select record_key_a as record_key, content from {earlier}"
        " where content is not null"
        if earlier
        else "select 0 as record_key, '' as content limit 0"
    )
    records = (
        f"select *, content_hash || '-{_version(rules)}' as content from {features}"
    )
    columns = ", ".join(["record_key", "content", *_FIELDS, *_blocks(rules)])
    with _scratch(connection) as (cursor, home):
        for table, one, other in ((fresh, records, known), (gone, known, records)):
            cursor.execute(
                f"create table {table} as select record_key from ({one}) as one"
                f" anti join ({other}) as other using (record_key, content)"
            )
        cursor.execute(
            f"create table {seen} as select {columns} from ({records}) as records"
            f" anti join {fresh} using (record_key)"
        )
        cursor.execute(
            f"create table {found} (record_key_a bigint, record_key_b bigint,"
            f" content varchar, {', '.join(f'{name} tinyint' for name in names)})"
        )
        batches = -(-_size(cursor, fresh) // _BATCH)
        splink = None
        for batch in range(batches):
            part = f"{_SCRATCH}.main.batch_{batch}"
            cursor.execute(
                f"create table {part} as select {columns} from ({records}) as records"
                f" semi join {fresh} using (record_key)"
                f" where record_key % {batches} = {batch}"
            )
            if rules:
                splink = splink or _Splink.over(cursor, rules, part)
                for pairs in _splink_pairs(cursor, splink, part, seen):
                    levels = ", ".join(f"cast(mw_{n} as tinyint) - 1" for n in names)
                    cursor.execute(
                        f"insert into {found} select least(record_key_l, record_key_r),"
                        f" greatest(record_key_l, record_key_r), null, {levels}"
                        f" from {pairs}"
                    )
                    cursor.execute(f"drop table {pairs}")
                # Splink moves to the scratch tables, where other names mean nothing.
                cursor.execute(f"use {home}")
            cursor.execute(f"insert into {seen} from {part}")
        empty = ", ".join(f"null as {name}" for name in names)
        kept = f"select * from {earlier} where content is null" + "".join(
            f" and {end} not in (select record_key from {gone})"
            for end in ("record_key_a", "record_key_b")
        )
        return cursor.sql(
            f"from {found} union all"
            f" select record_key, record_key, content, {empty} from {seen}"
            + (f" union all {kept}" if earlier else "")
        ).to_arrow_table()


def _version(rules: Sequence[str]) -> str:
    """Changes with whatever decides about pairs but the records themselves."""
    said = repr((duckdb.__version__, COMPARISONS, sorted(rules)))
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _is_result(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table is there and has the columns of today's comparisons."""
    try:
        columns = connection.sql(f"from {table} limit 0").columns
    except duckdb.CatalogException:
        return False
    names = [comparison.name for comparison in COMPARISONS]
    return columns == ["record_key_a", "record_key_b", "content", *names]


def _size(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    return cursor.execute(f"select count(*) from {table}").fetchall()[0][0]


@dataclass(frozen=True)
class _Splink:
    """One model and the place its tables are in: they belong together."""

    api: DuckDBAPI
    linker: Linker

    @classmethod
    def over(
        cls, cursor: duckdb.DuckDBPyConnection, rules: Sequence[str], table: str
    ) -> "_Splink":
        api = DuckDBAPI(cursor, output_schema=f"{_SCRATCH}.main")
        records = api.register(
            cursor.sql(f"from {table}"), dataset_display_name="records"
        )
        return cls(api, Linker(records, numbering_settings(rules), log_level=None))


def _splink_pairs(
    cursor: duckdb.DuckDBPyConnection, splink: _Splink, part: str, seen: str
) -> Iterator[str]:
    """Splink's tables of pairs: within a part of the records, then with those seen."""
    registered = {
        table: splink.api.register(
            cursor.sql(f"from {table}"),
            dataset_display_name=f"{name}_{part.rpartition('_')[2]}",
        )
        for name, table in (("new", part), ("seen", seen))
    }
    infer = splink.linker.inference
    within = infer.predict_within(registered[part], warning_mode="never")
    yield within.physical_name
    if _size(cursor, seen):
        between = infer.predict_between(
            registered[part], registered[seen], warning_mode="never"
        )
        yield between.physical_name


@contextmanager
def _scratch(connection: duckdb.DuckDBPyConnection) -> Iterator:
    """A cursor with a place in memory for work tables, and the database it came from.

    So that no work table reaches the warehouse.
    """
    with connection.cursor() as cursor:
        [(home,)] = cursor.execute("select current_database()").fetchall()
        cursor.execute(f"attach ':memory:' as {_SCRATCH}")
        try:
            yield cursor, f'"{home}"'
        finally:
            cursor.execute(f'use "{home}"')
            cursor.execute(f"detach {_SCRATCH}")
