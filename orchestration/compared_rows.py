"""The rows of a metric in two published versions, side by side."""

from datetime import date

import duckdb

from ingestion.sql import literal
from orchestration.metrics import Fact, Metric


def compare(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    zone: str,
    nights: tuple[date, date],
    customer: str | None,
) -> None:
    """Make the table `compared`, one row per row of a fact in either version.

    The versions are attached as `earlier` and `later`. `earlier_value` is what a row
    added in the earlier night, `kept_value` what it would add in the later one if
    nothing were known since, `later_value` what it adds there; `is_earlier` and
    `is_later` whether it is of `customer`, or of anybody where nobody is asked for. The
    table `judged` holds those that are not the same in both, and `ledgers` which files
    each version knows and counts.
    """
    connection.execute(_LEDGERS)
    selects = [
        _compared(connection, metric, fact, zone, nights, customer)
        for fact in metric.facts
    ]
    connection.execute("create table compared as " + " union all ".join(selects))
    connection.execute(_JUDGED)


# Which files count in each version; which sources have others that count in the later.
_LEDGERS = """
create table ledgers as
    select
        source_name, file_id,
        bool_or(not is_later) as is_known_earlier, bool_or(is_later) as is_known_later,
        bool_or(not is_later and counts) as counts_earlier,
        bool_or(is_later and counts) as counts_later
    from (
        select
            source_name, file_id, false as is_later,
            superseded_by_file_id is null as counts
        from earlier.quality.files where status in ('loaded', 'repeated')
        union all
        select source_name, file_id, true, superseded_by_file_id is null
        from later.quality.files where status in ('loaded', 'repeated')
    )
    group by source_name, file_id;
create table delivering as
    select distinct source_name from ledgers where counts_later <> counts_earlier
"""


def _compared(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    fact: Fact,
    zone: str,
    nights: tuple[date, date],
    customer: str | None,
) -> str:
    """Select every row of a fact in the one version beside itself in the other."""
    # Nights of releases before this one do not say the file of a row.
    [(with_file,)] = connection.execute(
        "select count(*) from duckdb_columns() where column_name = 'file_id'"
        " and schema_name = 'main' and table_name = ?"
        " and database_name in ('earlier', 'later')",
        [fact.file_of],
    ).fetchall()
    has_file = with_file == 2
    sides = {
        name: f"""(
            select
                {fact.key} as key, source_name, {fact.record} as record_id,
                {fact.customer} as customer_id, cast({fact.day} as date) as day,
                cast({fact.news} as date) as news, {fact.counts} as counts,
                {fact.value} as value, row({", ".join(fact.said)}) as said,
                {fact.of_the_day} as of_the_day, {fact.parent} as parent,
                cast({"file_id" if has_file else "null"} as varchar) as file_id
            from {fact.table}
        )""".replace("{version}", name).replace("{zone}", zone)
        for name in ("earlier", "later")
    }

    def amount(side: str, night: date) -> str:
        """What a row adds in a night, by what a version knows of it."""
        days = metric.window_days
        inside = f" and {side}.day >= date '{night}' - {days}" if days else ""
        return (
            f"cast(case when {side}.counts{inside} then coalesce({side}.value, 0)"
            f" else 0 end as {'decimal(18, 2)' if metric.is_money else 'bigint'})"
        )

    def owned(side: str) -> str:
        if customer is None:
            return "1"
        return f"coalesce({side}.customer_id = {literal(customer)}, false)::int"

    return f"""
        select
            {literal(fact.what)} as what, key, {has_file} as has_file,
            coalesce(later.source_name, earlier.source_name) as source_name,
            coalesce(later.parent, earlier.parent) as parent,
            earlier.source_name is not null as is_in_earlier,
            later.source_name is not null as is_in_later,
            coalesce(earlier.counts, false) as counts_earlier,
            coalesce(later.counts, false) as counts_later,
            coalesce(earlier.counts and earlier.value is null, false)
                as is_unknown_earlier,
            coalesce(later.counts and later.value is null, false) as is_unknown_later,
            earlier.day as earlier_day, later.day as later_day,
            earlier.news as earlier_news, later.news as later_news,
            earlier.record_id as earlier_record_id, later.record_id as later_record_id,
            earlier.customer_id as earlier_customer_id,
            later.customer_id as later_customer_id,
            {owned("earlier")} as is_earlier, {owned("later")} as is_later,
            earlier.file_id as earlier_file_id, later.file_id as later_file_id,
            earlier.said is not distinct from later.said as is_said_alike,
            {amount("earlier", nights[0])} as earlier_value,
            {amount("earlier", nights[1])} as kept_value,
            {amount("later", nights[1])} as later_value,
            coalesce(earlier.of_the_day or later.of_the_day, false) as of_the_day,
            {fact.follows} as follows
        from {sides["earlier"]} as earlier
        full join {sides["later"]} as later using (key)
    """


# A row is as it was delivered where nothing that was delivered since can have made it
# another. Where no column says its file, that is known of its whole source only.
_JUDGED = """
create table judged as
    select
        compared.*,
        kept_value <> later_value or compared.counts_earlier <> compared.counts_later
            as is_another,
        case
            when is_in_earlier and is_in_later
                then is_said_alike or coalesce(earlier_file_id = later_file_id, false)
            when is_in_later and later_file_id is not null
                then coalesce(ledgers.is_known_earlier, false)
            when is_in_earlier and earlier_file_id is not null
                then
                    coalesce(ledgers.counts_later, false)
                    and delivering.source_name is null
            else delivering.source_name is null
        end as is_as_delivered
    from compared
    left join ledgers
        on
            compared.source_name = ledgers.source_name
            and coalesce(later_file_id, earlier_file_id) = ledgers.file_id
    left join delivering on compared.source_name = delivering.source_name
    where
        is_in_earlier <> is_in_later
        or compared.counts_earlier <> compared.counts_later
        or earlier_value <> later_value
        or kept_value <> later_value
        or not is_said_alike
        or earlier_customer_id is distinct from later_customer_id
"""
