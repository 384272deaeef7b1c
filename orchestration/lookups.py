"""Answers about one customer, and about the last runs, from the published files."""

import os
import re
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.lock import tickets, writer
from ingestion.settings import Settings
from ingestion.sql import literal
from orchestration.alarms import open_incidents, waiting_count
from orchestration.delivered import by_source
from orchestration.instance import history
from orchestration.missed import missed_sentence
from orchestration.published import NOTHING, newest_version
from orchestration.run_tags import night_said

_PHONE = re.compile(r"(?=(.*[0-9]){7})[+0-9 ()/.-]{7,}")

# What Dagster's words for a run's state mean to a person.
_WORDS = {
    "QUEUED": "waits", "SUCCESS": "done", "FAILURE": "failed", "CANCELED": "stopped",
}  # fmt: skip


class NotFound(Exception):
    """There is nothing to show; the message says what was looked for."""


def who(settings: Settings, sought: str) -> str:
    """The customer with this e-mail or phone, its records, and why they are one."""
    with open_published(settings) as connection:
        if not has_contacts(connection):
            raise NotFound(
                "you may not read contacts.duckdb, which holds e-mails and phones"
            )
        hashes = customers_with(connection, sought)
        return "\n\n".join(_portrait(connection, customer) for customer in hashes)


def customers_with(
    connection: duckdb.DuckDBPyConnection, sought: str
) -> dict[str, set[str]]:
    """Customers with this e-mail or phone, each with the hashes of what was found.

    Without the personal file only the whole e-mail or the E.164 number is found, by
    its hash. Raises NotFound.
    """
    text = sought.strip().lower()
    digits = re.sub(r"[^0-9]", "", text).lstrip("0")
    if "@" in text and ":" not in text:
        kind, condition, value = "email", "identifier_value = ?", text
    elif _PHONE.fullmatch(text):
        kind, condition, value = "phone", "ends_with(identifier_value, ?)", digits
    else:
        raise NotFound(
            f"no record or customer is called {sought!r}, and it is neither an e-mail"
            " nor a phone number; a record id is written as in identity.records, such"
            " as shop.customer:1042"
        )
    if has_contacts(connection):
        table, hashed = "personal.customer_identifiers", "sha256(identifier_value)"
    else:
        table, hashed = "marts.customer_identifiers", "identifier_hash"
        condition, value = "identifier_hash = sha256(?)", text
    rows = connection.execute(
        f"select distinct customer_id, {hashed} from {table}"
        f" where identifier_kind = ? and {condition} order by 1",
        [kind, value],
    ).fetchall()
    if not rows:
        raise NotFound(
            f"no customer has {sought!r}; it may be unknown, junk, or too new:"
            " only published nights are searched"
        )
    found: dict[str, set[str]] = {}
    for customer, value_hash in rows:
        found.setdefault(customer, set()).add(value_hash)
    return found


def has_contacts(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the personal file is open beside the others."""
    names = connection.execute("select database_name from duckdb_databases()")
    return ("personal",) in names.fetchall()


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
        " last_seen_at::date from marts.customers where customer_id = ?"
    )
    records = rows(
        "select record_id, first_seen_at::date, last_seen_at::date"
        " from identity.records inner join identity.customer_ids using (record_id)"
        " where customer_id = ? order by first_seen_at, record_id"
    )
    links = rows(
        "select record_id_a, record_id_b, reason, score, seen_at from identity.links"
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
            f"  {orders} orders, {'unknown' if revenue is None else revenue}"
            f" {currency} net,"
            f" first came by {channel or 'unknown'},"
            f" last seen {last_seen or 'unknown'}",
            "  segments: " + (", ".join(name for (name,) in segments) or "none"),
            f"records ({len(records)})",
            *(
                f"  {r}  {first} to {last}" if first else f"  {r}"
                for r, first, last in records
            ),
            f"links ({len(links)})",
            *(f"  {a} = {b}: {_said(*words)}" for a, b, *words in links),
        ]
    )


def _said(reason: str, score: float | None, seen_at: datetime | None) -> str:
    sure = score is None or score == 1
    parts = (reason, "" if sure else f"score {score:.2f}", seen_at and f"{seen_at:%F}")
    return ", ".join(part for part in parts if part)


def status(settings: Settings) -> str:
    """The last runs, what is published, and how fresh each source is."""
    lines = [
        *_at_work(settings),
        "last runs",
        *(_last_runs(settings) or ["  none yet"]),
        *_alarms(settings),
    ]
    current = settings.published / "current"
    if not current.exists():
        return "\n".join([*lines, NOTHING.format(settings.home)])
    with open_published(settings) as connection:
        sources = by_source(connection)
    shown, newest = current.resolve().name, newest_version(settings)
    rolled = f"  rolled back; the newest is {newest}" if shown != newest else ""
    lines += [f"published  {shown}{rolled}", "sources"]
    lines += [
        f"  {it.source:<12} last delivery {it.last_at:%Y-%m-%d %H:%M}  {it.files:>6,}"
        f" files  {it.rows:>12,} rows  {it.rows_quarantined:>6,} quarantined"
        f"  {it.files_refused:>3,} refused"
        for it in sources
    ]
    return "\n".join(lines)


def _alarms(settings: Settings) -> list[str]:
    """What was told and is not over; nights that nobody ran since."""
    lines = []
    for incident in open_incidents(settings):
        lines += [
            f"  {incident.said()}",
            f"    {incident.cause}",
            f"    to do: {incident.cure}",
        ]
    if missed := missed_sentence(settings, settings.today):
        lines.append(f"  {missed}")
    if count := waiting_count(settings):
        lines.append(f"  {count} messages were not taken yet by webhook or mail server")
    return ["alarms", *(lines or ["  none"])]


def _last_runs(settings: Settings) -> list[str]:
    if not (settings.dagster / "dagster.yaml").exists():
        return []
    from orchestration.dead_runs import is_dead

    with history(settings) as instance:
        records = instance.get_run_records(limit=5)
        words = [
            "killed"
            if is_dead(settings, record)
            else _WORDS.get(record.dagster_run.status.value, "going on")
            for record in records
        ]
    return [
        f"  {record.create_timestamp:%Y-%m-%d %H:%M}  as of"
        f" {night_said(record.dagster_run.tags) or '?'}"
        f"  {word}"
        + (
            f"  {record.end_time - record.start_time:.0f} s"
            if record.end_time and record.start_time
            else ""
        )
        for record, word in zip(records, words, strict=True)
    ]


def _at_work(settings: Settings) -> list[str]:
    """Who writes the warehouse, and who waits to."""
    if not (now := writer(settings.lock)):
        return []
    living = [ticket.said for ticket in tickets(settings.lock) if ticket.is_alive]
    return [f"writing    {now}", *(f"waiting    {said}" for said in living[1:])]


def open_published(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the published version's own files, whatever is published meanwhile.

    The personal file is left out where one may not read it. Raises NotFound.
    """
    version: Path = (settings.published / "current").resolve()
    if not version.is_dir():
        raise NotFound(NOTHING.format(settings.home))
    connection = duckdb.connect(str(version / "marts.duckdb"), read_only=True)
    personal = version / "contacts.duckdb"
    if os.access(personal, os.R_OK):
        connection.execute(f"attach {literal(str(personal))} as personal (read_only)")
    return connection
