"""Why two records are one customer, or are not, from the published files."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingestion.settings import Settings
from orchestration.identity import guards, identifier_rules
from orchestration.lookups import (
    customers_with,
    has_contacts,
    open_published,
)

_MOST_REFUSALS = 3
# A value that more records show, such as n/a, leads everywhere: it is no way to others.
_MOST_RECORDS = 200


@dataclass(frozen=True)
class Evidence:
    """One row of `identity.links` (rule) or `identity.refused_links` (guard)."""

    record_id_a: str
    record_id_b: str | None
    rule: str
    kind: str | None
    hash: str | None
    reason: str | None
    score: float | None
    seen_at: datetime | None
    file_id: str | None
    line: int | None

    @property
    def records(self) -> set[str]:
        """One record or two; a refused value may stand on one only."""
        return {self.record_id_a, self.record_id_b} - {None}

    @property
    def star(self) -> tuple:
        """Links with one star tie all their records together; a pair is its own."""
        if self.hash is None:
            return self.rule, self.record_id_a, self.record_id_b
        return self.rule, self.record_id_a, self.hash

    @property
    def value(self) -> tuple:
        """Refused links with one value speak of all records that show it."""
        if self.hash is None:
            return self.star
        return self.rule, self.hash


@dataclass(frozen=True)
class Hop:
    """Two records, and the rows that speak of them."""

    record_id_a: str
    record_id_b: str
    rows: tuple[Evidence, ...]


@dataclass(frozen=True)
class Sought:
    """What was asked for, and the records it stands for by customer."""

    text: str
    records: dict[str, set[str]]

    @property
    def name(self) -> str:
        """`ann@gmx.de (c1)`; a customer id stands alone."""
        if self.text in self.records:
            return self.text
        return f"{self.text} ({', '.join(sorted(self.records))})"


def why(settings: Settings, a: str, b: str) -> str:
    """The shortest path of evidence between two records of one customer.

    `a` and `b` are record ids, customer ids, e-mails or phones. Raises NotFound where
    one is unknown.
    """
    with open_published(settings) as connection:
        one, other = _sought(connection, a), _sought(connection, b)
        customer = min(one.records.keys() & other.records.keys(), default=None)
        if customer is None:
            return f"{a} and {b} are not one customer; next: unavista why-not {a} {b}"
        said = f"{a} and {b} are one customer, {customer}"
        starts, ends = one.records[customer], other.records[customer]
        if starts & ends:
            return f"{said}: both stand for {', '.join(sorted(starts & ends))}"
        hops = shortest_path(_links(connection, customer), starts, ends)
        if hops is None:
            return f"{said}, but no published link says so; report this as an error"
        return "\n".join([said, *_told(connection, hops, {customer})])


def why_not(settings: Settings, a: str, b: str) -> str:
    """The guard that kept two customers apart, or what else is known of the two.

    `a` and `b` are as in `why`. Raises NotFound where one is unknown.
    """
    with open_published(settings) as connection:
        one, other = _sought(connection, a), _sought(connection, b)
        customer = min(one.records.keys() & other.records.keys(), default=None)
        if customer is not None:
            return (
                f"{a} and {b} are one customer, {customer}; next: unavista why {a} {b}"
            )
        customers = {*one.records, *other.records}
        said = f"{one.name} and {other.name} are not one customer"
        hops = _refused_path(connection, set(one.records), set(other.records))
        if hops:
            between = "" if len(hops) == 1 else f": {len(hops)} refusals between them"
            told = _told(connection, hops, customers, is_refused=True)
            return "\n".join([said + between, *told])
        reviewed = _reviewed(connection, set(one.records), set(other.records))
        if reviewed:
            return "\n".join([f"{said}: alike, but not enough to link", *reviewed])
        levels = _levels(connection, set(one.records), set(other.records))
        return "\n".join(
            [
                f"{said}: {'no identifier' if levels else 'nothing'} they share",
                *levels,
                *(f"  {_possessions(connection, c)}" for c in sorted(customers)),
            ]
        )


def shortest_path(
    links: Iterable[Evidence], starts: set[str], ends: set[str]
) -> list[Hop] | None:
    """The fewest hops from one of `starts` to one of `ends`; of those, the surest.

    The records of one star are one hop apart, whichever of them is its hub. None where
    no path leads there.
    """
    stars: dict[tuple, list[Evidence]] = defaultdict(list)
    stars_of: dict[str, set[tuple]] = defaultdict(set)
    for link in links:
        stars[link.star].append(link)
        for record in link.records:
            stars_of[record].add(link.star)
    came_by: dict[str, tuple[str, tuple]] = {}
    entered: set[tuple] = set()
    queue = [((0, 0.0), start, "", ()) for start in sorted(starts)]
    while queue:
        (length, doubt), record, before, star = heapq.heappop(queue)
        if record in came_by:
            continue
        came_by[record] = (before, star)
        if record in ends:
            break
        for following in stars_of[record] - entered:
            entered.add(following)
            rows = stars[following]
            cost = (length + 1, doubt + max(_doubt(row) for row in rows))
            for member in set().union(*(row.records for row in rows)):
                heapq.heappush(queue, (cost, member, record, following))
    else:
        return None
    hops = []
    while before:
        hops.append(_hop(before, record, stars[star]))
        record = before
        before, star = came_by[record]
    return hops[::-1]


def _doubt(link: Evidence) -> float:
    """Among paths of one length the one of better scores, then surer rules is told."""
    rank = identifier_rules.priorities().get(link.rule, 100.0)
    return 1 - (1.0 if link.score is None else link.score) + rank / 1e6


def _hop(a: str, b: str, rows: list[Evidence]) -> Hop:
    """Of the rows with one value, those of the two records; best one row of both."""
    both = [row for row in rows if row.records == {a, b}]
    return Hop(a, b, tuple(both or [row for row in rows if row.records & {a, b}]))


def _sought(connection: duckdb.DuckDBPyConnection, text: str) -> Sought:
    # A browser that several people used is cut into parts: <record>~<account>.
    rows = connection.execute(
        "select customer_id, record_id from identity.customer_ids where record_id = $1"
        " or starts_with(record_id, $1 || '~') or customer_id = $1",
        [text],
    ).fetchall()
    records: dict[str, set[str]] = defaultdict(set)
    for customer, record in rows:
        records[customer].add(record)
    if records:
        return Sought(text, records)
    for customer, hashes in customers_with(connection, text).items():
        records[customer] = _with_value(connection, customer, hashes)
    return Sought(text, records)


def _with_value(
    connection: duckdb.DuckDBPyConnection, customer: str, hashes: set[str]
) -> set[str]:
    """The records whose links name the value; all of the customer where none does."""
    named = {
        record
        for link in _links(connection, customer)
        if link.hash in hashes
        for record in link.records
    }
    if named:
        return named
    rows = connection.execute(
        "select record_id from identity.customer_ids where customer_id = ?", [customer]
    )
    return {record for (record,) in rows.fetchall()}


_COLUMNS = (
    "record_id_a, record_id_b, {}, identifier_kind, identifier_hash, reason, score,"
    " seen_at, file_id, line"
)


def _links(connection: duckdb.DuckDBPyConnection, customer: str) -> list[Evidence]:
    rows = connection.execute(
        f"select {_COLUMNS.format('rule')} from identity.links where record_id_a in"
        " (select record_id from identity.customer_ids where customer_id = ?)"
        " order by all",
        [customer],
    ).fetchall()
    return [Evidence(*row) for row in rows]


def _refused_path(
    connection: duckdb.DuckDBPyConnection, starts: set[str], ends: set[str]
) -> list[Hop]:
    """The shortest chain of refused links from customer to customer, or nothing."""
    came_by: dict[str, tuple] = {}
    frontier = starts
    for _ in range(_MOST_REFUSALS):
        reached: dict[str, tuple] = {}
        for here, there, *link in _refusals(connection, frontier, ends):
            if there not in came_by and there not in starts:
                reached.setdefault(there, (here, *link))
        came_by |= reached
        end = min(reached.keys() & ends, default=None)
        if end is not None:
            hops = []
            while end in came_by:
                end, *link = came_by[end]
                hops.append(_hop(*link))
            return hops[::-1]
        frontier = set(reached)
    return []


def _refusals(
    connection: duckdb.DuckDBPyConnection, customers: set[str], ends: set[str]
) -> Iterator[tuple[str, str, str, str, list[Evidence]]]:
    """What kept one of `customers` from another one.

    Gives both customers, a record of each, and the refused links that speak of them.
    Of a value that very many records show, only those of `customers` and `ends` count.
    """
    columns = _COLUMNS.format("guard")
    rows = connection.execute(
        "with members as (select record_id from identity.customer_ids"
        " where customer_id in (select unnest($1))),"
        " last_members as (select record_id from identity.customer_ids"
        " where customer_id in (select unnest($2))),"
        f" mine as (select {columns} from identity.refused_links"
        " where record_id_a in (from members) or record_id_b in (from members)),"
        f" same as (select {columns}, $3 <="
        " count(*) over (partition by guard, identifier_hash) as is_everywhere"
        " from identity.refused_links where (guard, identifier_hash) in"
        " (select (guard, identifier_hash) from mine))"
        " select * from same where not is_everywhere"
        " or record_id_b in (from members) or record_id_b in (from last_members)"
        " union select *, false from mine where identifier_hash is null"
        " order by all",
        [sorted(customers), sorted(ends), _MOST_RECORDS],
    ).fetchall()
    customer_of = dict(
        connection.execute(
            "select record_id, customer_id from identity.customer_ids"
            " where record_id in (select unnest(?))",
            [sorted({record for row in rows for record in row[:2] if record})],
        ).fetchall()
    )
    values: dict[tuple, list[Evidence]] = defaultdict(list)
    everywhere = set()
    for *row, is_everywhere in rows:
        evidence = Evidence(*row)
        values[evidence.value].append(evidence)
        if is_everywhere:
            everywhere.add(evidence.value)
    for value, refused in values.items():
        records = sorted(set().union(*(row.records for row in refused)))
        records = [record for record in records if record in customer_of]
        inside = [record for record in records if customer_of[record] in customers]
        partner = {}
        for row in refused:
            for here in row.records & set(inside):
                partner |= {there: here for there in row.records - {here}}
        for there in records:
            is_told = value not in everywhere or customer_of[there] in ends
            if is_told and inside and customer_of[there] not in customers:
                here = partner.get(there, inside[0])
                yield customer_of[here], customer_of[there], here, there, refused


def _told(
    connection: duckdb.DuckDBPyConnection,
    hops: list[Hop],
    customers: set[str],
    is_refused: bool = False,
) -> list[str]:
    sign, verb = ("|", "both show") if is_refused else ("=", "both have")
    lines = []
    for hop in hops:
        row = hop.rows[0]
        shared = row.hash and f"{verb} {_value(connection, customers, row)}"
        guard = is_refused and guards.meanings().get(row.rule)
        what = "; ".join(filter(None, (shared, guard))) or row.reason or row.rule
        lines.append(f"  {hop.record_id_a} {sign} {hop.record_id_b}: {what}")
        lines += [f"    {_origin(connection, row)}" for row in hop.rows]
    return lines


def _value(
    connection: duckdb.DuckDBPyConnection, customers: set[str], row: Evidence
) -> str:
    """`e-mail ann@gmx.de` where one may read it, else `e-mail with hash 973dfe46…`."""
    kind = "e-mail" if row.kind == "email" else (row.kind or "value").replace("_", " ")
    found = (
        has_contacts(connection)
        and connection.execute(
            "select identifier_value from personal.customer_identifiers"
            " where customer_id in (select unnest(?)) and identifier_kind = ?"
            " and sha256(identifier_value) = ? limit 1",
            [sorted(customers), row.kind, row.hash],
        ).fetchall()
    )
    return f"{kind} {found[0][0]}" if found else f"{kind} with hash {row.hash}"


def _origin(connection: duckdb.DuckDBPyConnection, row: Evidence) -> str:
    """Rule, reason, score, day and place of one row of evidence."""
    [(path,)] = connection.execute(
        "select min(path) from quality.files where file_id = ?", [row.file_id]
    ).fetchall()
    parts = [row.rule, row.reason if row.reason != row.rule else None]
    parts += [None if row.score is None else f"score {row.score:.2f}"]
    parts += [row.seen_at and f"{row.seen_at:%Y-%m-%d %H:%M}"]
    parts += [path and (path if row.line is None else f"{path}:{row.line}")]
    return ", ".join(part for part in parts if part)


def _reviewed(
    connection: duckdb.DuckDBPyConnection, one: set[str], other: set[str]
) -> list[str]:
    """The likest pairs of the two that wait for a person to judge them."""
    rows = connection.execute(
        "select record_id_a, record_id_b, match_probability, reason"
        " from identity.review_queue"
        " inner join identity.customer_ids as a on record_id_a = a.record_id"
        " inner join identity.customer_ids as b on record_id_b = b.record_id"
        " where (a.customer_id in (select unnest($1))"
        " and b.customer_id in (select unnest($2)))"
        " or (a.customer_id in (select unnest($2))"
        " and b.customer_id in (select unnest($1)))"
        " order by 3 desc, 1, 2 limit 3",
        [sorted(one), sorted(other)],
    ).fetchall()
    return [
        f"  {a} ? {b}: score {score:.2f}, waits in identity.review_queue"
        f"{f' ({reason})' if reason else ''}"
        for a, b, score, reason in rows
    ]


def _levels(
    connection: duckdb.DuckDBPyConnection, one: set[str], other: set[str]
) -> list[str]:
    """The households and accounts that hold customers of both."""
    rows = connection.execute(
        "select distinct 'household ' || household_id || ': ' || a.reason"
        " from identity.households as a inner join identity.households as b"
        " using (household_id) where a.customer_id in (select unnest($1))"
        " and b.customer_id in (select unnest($2))"
        " union select distinct 'account ' || coalesce(a.account_name, a.domain, '')"
        " from identity.accounts as a inner join identity.accounts as b"
        " using (account_id) where a.customer_id in (select unnest($1))"
        " and b.customer_id in (select unnest($2)) order by 1",
        [sorted(one), sorted(other)],
    ).fetchall()
    return [f"  both are of {level}" for (level,) in rows]


def _possessions(connection: duckdb.DuckDBPyConnection, customer: str) -> str:
    """`customer c1: 2 records; 1 email, 2 phone`."""
    counts = connection.execute(
        "select identifier_kind, count(*) from marts.customer_identifiers"
        " where customer_id = ? group by 1 order by 1",
        [customer],
    ).fetchall()
    [(records,)] = connection.execute(
        "select count(*) from identity.customer_ids where customer_id = ?", [customer]
    ).fetchall()
    has = ", ".join(f"{count} {kind}" for kind, count in counts) or "no identifiers"
    return f"customer {customer} has {records} record{'s' * (records > 1)}; {has}"
