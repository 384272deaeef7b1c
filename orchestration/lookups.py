"""Answers about one customer, and about the last runs, from the published files."""

import re
from pathlib import Path

import duckdb

from ingestion.settings import Settings


class NotFound(Exception):
    """There is nothing to show; the message says what was looked for."""


def who(settings: Settings, sought: str) -> str:
    """The customer with this e-mail or phone, its records, and why they are one."""
    text = sought.strip().lower()
    digits = re.sub(r"[^0-9]", "", text).lstrip("0")
    with _published(settings) as connection:
        if "@" in text:
            rows = _customers(connection, "email", "identifier_value = ?", text)
        elif len(digits) >= 6:
            rows = _customers(
                connection, "phone", "ends_with(identifier_value, ?)", digits
            )
        else:
            raise NotFound(f"{sought!r} is neither an e-mail nor a phone number")
        if not rows:
            raise NotFound(
                f"no customer has {sought!r}; it may be unknown, junk, or too new:"
                " only published nights are searched"
            )
        return "\n\n".join(_portrait(connection, customer) for (customer,) in rows)


def _customers(
    connection: duckdb.DuckDBPyConnection, kind: str, condition: str, value: str
) -> list[tuple[str]]:
    return connection.execute(
        "select distinct customer_id from personal.customer_identifiers"
        f" where identifier_kind = ? and {condition} order by 1",
        [kind, value],
    ).fetchall()


def _portrait(connection: duckdb.DuckDBPyConnection, customer: str) -> str:
    def rows(sql: str) -> list[tuple]:
        return connection.execute(sql, [customer]).fetchall()

    found = rows(
        "select coalesce(concat_ws(' ', first_name, last_name), 'unnamed'), email,"
        " phone, concat_ws(', ', street, city, country_code)"
        " from personal.customer_contacts where customer_id = ?"
    )
    name, email, phone, address = found[0] if found else ("unnamed", None, None, None)
    [(orders, revenue, currency, channel, last_seen)] = rows(
        "select order_count, net_revenue_amount, currency, first_channel_group,"
        " last_seen_at from marts.customers where customer_id = ?"
    )
    records = rows(
        "select record_id, first_seen_at, last_seen_at from identity.records"
        " inner join identity.customer_ids using (record_id)"
        " where customer_id = ? order by first_seen_at, record_id"
    )
    links = rows(
        "select record_id_a, record_id_b, reason, seen_at from identity.links"
        " inner join identity.customer_ids on record_id_a = record_id"
        " where customer_id = ? order by 1, 2, 3"
    )
    segments = rows(
        "select segment_id from segments.segment_members where customer_id = ?"
        " order by segment_id"
    )
    return "\n".join(
        [
            f"customer {customer}  {name}",
            *(f"  {part}" for part in (email, phone, address) if part),
            f"  {orders} orders, {revenue} {currency} net,"
            f" first came by {channel or 'unknown'}, last seen {last_seen:%Y-%m-%d}",
            "  segments: " + (", ".join(name for (name,) in segments) or "none"),
            f"records ({len(records)})",
            *(
                f"  {r}  {first:%Y-%m-%d} to {last:%Y-%m-%d}"
                for r, first, last in records
            ),
            f"links ({len(links)})",
            *(f"  {a} = {b}: {reason}, {at:%Y-%m-%d}" for a, b, reason, at in links),
        ]
    )


def status(settings: Settings) -> str:
    """The last runs, what is published, and how fresh each source is."""
    lines = ["last runs", *(_last_runs(settings) or ["  none yet"])]
    current = settings.published / "current"
    if not current.exists():
        return "\n".join([*lines, "nothing is published yet; run: unavista run"])
    with _published(settings) as connection:
        sources = connection.execute(
            "select source_name, count(*), max(delivered_at), sum(loaded_count),"
            " sum(quarantined_count), count_if(status = 'refused')"
            " from quality.files group by source_name order by source_name"
        ).fetchall()
    lines += [f"published  {current.resolve().name}", "sources"]
    lines += [
        f"  {name:<12} last delivery {last:%Y-%m-%d %H:%M}  {files:>6,} files"
        f"  {rows:>12,} rows  {bad:>6,} quarantined  {refused:>3,} refused"
        for name, files, last, rows, bad, refused in sources
    ]
    return "\n".join(lines)


def _last_runs(settings: Settings) -> list[str]:
    if not (settings.dagster / "dagster.yaml").exists():
        return []
    import dagster as dg

    with dg.DagsterInstance.from_config(str(settings.dagster)) as instance:
        records = instance.get_run_records(limit=5)
    return [
        f"  {record.create_timestamp:%Y-%m-%d %H:%M}  as of"
        f" {record.dagster_run.tags.get('dagster/partition', '?')}"
        f"  {record.dagster_run.status.value.lower()}"
        + (
            f"  {record.end_time - record.start_time:.0f} s"
            if record.end_time and record.start_time
            else ""
        )
        for record in records
    ]


def _published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the published version's own files, whatever is published meanwhile."""
    version: Path = (settings.published / "current").resolve()
    if not version.is_dir():
        raise NotFound("nothing is published yet; run: unavista run")
    connection = duckdb.connect(str(version / "marts.duckdb"), read_only=True)
    connection.execute(
        f"attach '{version / 'contacts.duckdb'}' as personal (read_only)"
    )
    return connection
