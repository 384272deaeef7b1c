"""The change of a metric between two published versions, split into its causes."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ingestion.settings import Settings
from ingestion.sql import literal
from orchestration.compared_rows import compare
from orchestration.metrics import METRICS, Metric
from orchestration.published import night_of

_SHOWN = 3


@dataclass(frozen=True)
class Part:
    """What one cause did to one kind of facts: how many rows, by how much in all."""

    cause: str
    what: str
    count: int
    change: Decimal


@dataclass(frozen=True)
class Example:
    """One row, by its key, and what it did."""

    cause: str
    what: str
    key: str
    change: Decimal


@dataclass(frozen=True)
class Explanation:
    """A metric in two versions and the parts of its change, which add up to it.

    `currencies` are empty for what is no money; `examples` are the rows of each part
    that did most; `notes` say what could not be told apart or is not in the numbers.
    """

    metric: str
    versions: tuple[str, str]
    values: tuple[Decimal, Decimal]
    currencies: tuple[str, str]
    parts: tuple[Part, ...]
    examples: tuple[Example, ...]
    notes: tuple[str, ...]


def explain(
    settings: Settings,
    metric: str,
    earlier: Path,
    later: Path,
    customer: str | None = None,
) -> Explanation:
    """Split the change of a metric between two versions, given by their folders.

    With `customer` only what is that customer's counts. Raises ValueError where a
    metric that is of no one customer is asked of one, and where a version lacks a table
    or column.
    """
    chosen = METRICS[metric]
    if customer and (chosen.customers or chosen.facts[0].customer == "null"):
        raise ValueError(
            f"{metric} is of no one customer; of a customer ask for a metric that adds"
            " up what customers do, such as net_revenue"
        )
    try:
        with TemporaryDirectory() as folder, duckdb.connect() as connection:
            connection.execute(f"set temp_directory = {literal(folder)}")
            connection.execute(f"set memory_limit = '{settings.memory_limit}'")
            connection.execute(f"set threads = {settings.threads}")
            for name, version in (("earlier", earlier), ("later", later)):
                file = literal(str(version / "marts.duckdb"))
                connection.execute(f"attach {file} as {name} (read_only)")
            return _explained(
                connection, settings.timezone, metric, (earlier, later), customer
            )
    except duckdb.IOException as error:
        raise LookupError(
            f"{earlier.name} or {later.name} cannot be read; a night may have taken its"
            f" place meanwhile: {str(error).splitlines()[0]}"
        ) from None
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise ValueError(
            f"{metric} cannot be compared between {earlier.name} and {later.name}: one"
            " was published by another release, without what is needed here"
            f" ({str(error).splitlines()[0]}); compare nights of this release"
        ) from None


def _explained(
    connection: duckdb.DuckDBPyConnection,
    zone: str,
    name: str,
    versions: tuple[Path, Path],
    customer: str | None,
) -> Explanation:
    metric = METRICS[name]
    first, second = (night_of(version) for version in versions)
    compare(connection, metric, zone, (first, second), customer)
    connection.execute(_CAUSED.format(first=first))
    if metric.customers:
        connection.execute(_CUSTOMERS.format(counts=metric.customers))
        totals = "select (select count(*) from earlier_ones), count(*) from later_ones"
    else:
        connection.execute(_CHANGES)
        totals = (
            "select coalesce(sum(earlier_value * is_earlier), 0),"
            " coalesce(sum(later_value * is_later), 0) from compared"
        )
    [(before, after)] = connection.execute(totals).fetchall()
    parts = connection.execute(
        "select cause, what, count(*), sum(change) from changes group by cause, what"
        " order by abs(sum(change)) desc, what"
    ).fetchall()
    examples = connection.execute(
        "select cause, what, key, change from changes qualify row_number() over"
        f" (partition by cause, what order by abs(change) desc, key) <= {_SHOWN}"
        " order by abs(change) desc, key"
    ).fetchall()
    currencies = _currencies(connection, metric) if metric.is_money else ("", "")
    return Explanation(
        name,
        (versions[0].name, versions[1].name),
        (Decimal(before), Decimal(after)),
        currencies,
        tuple(Part(c, w, n, Decimal(change)) for c, w, n, change in parts),
        tuple(Example(c, w, key, Decimal(change)) for c, w, key, change in examples),
        tuple(_notes(connection, metric, versions, currencies)),
    )


# Of each row the first sentence that holds. What changed without a word of its own
# takes the cause of that which changed most in its family, such as a refund that began
# to count with its order.
_CAUSED = """
create table told as
    select
        *,
        case
            when counts_later and not counts_earlier and later_day > date '{first}'
                then
                    case
                        when is_in_earlier and is_as_delivered then 'passing of the day'
                        else 'new data'
                    end
            when is_as_delivered and of_the_day then 'passing of the day'
            when is_as_delivered then 'rule'
            when counts_later and not counts_earlier
                then
                    case
                        when later_day < date '{first}' then 'late data'
                        else 'new data'
                    end
            when later_value <> 0 and later_news <> earlier_news
                then
                    case
                        when later_news < date '{first}' then 'late data'
                        else 'new data'
                    end
            else 'restated data'
        end as own_cause
    from judged;
create table caused as
    select
        told.* exclude (what),
        what || case
            when
                own_cause = 'new data' and not counts_earlier
                and later_day = date '{first}'
                then ' of {first} itself'
            else ''
        end as what,
        case
            when own_cause = 'rule' and follows and is_in_earlier and is_in_later
                then coalesce(families.cause, own_cause)
            else own_cause
        end as cause
    from told
    left join (
        select parent, arg_max(own_cause, abs(later_value - kept_value)) as cause
        from told
        where
            own_cause <> 'rule' and parent is not null
            and (not is_said_alike or is_in_earlier <> is_in_later)
        group by parent
    ) as families using (parent)
"""

# What a row did, in three steps that add up to all that it did: it was left behind by
# the day, it became another, it became another customer's. The last is identity, unless
# its source says that it is of another record.
_CHANGES = """
create table changes as
    select what, key, cause, change
    from (
        select
            what, key, 'passing of the day' as cause,
            (kept_value - earlier_value) * is_earlier as change
        from caused
        union all
        select
            what, key, cause,
            case
                when counts_earlier and counts_later
                    then (later_value - kept_value) * is_earlier
                else later_value * is_later - kept_value * is_earlier
            end
        from caused
        union all
        select
            what, key,
            case
                when earlier_record_id is distinct from later_record_id then cause
                else 'identity'
            end,
            case
                when counts_earlier and counts_later
                    then later_value * (is_later - is_earlier)
                else 0
            end
        from caused
    )
    where change <> 0
"""

# A customer begins or ceases to count because of a row that was another's before, else
# because of the first of the rows that came, went or changed.
_CUSTOMERS = """
create view earlier_ones as
    select customer_id from earlier.main.customers where {counts};
create view later_ones as
    select customer_id from later.main.customers where {counts};
create table changes as
    with
    differing as (
        select customer_id, 1 as change
        from later_ones anti join earlier_ones using (customer_id)
        union all
        select customer_id, -1
        from earlier_ones anti join later_ones using (customer_id)
    ),

    rows_of_customers as (
        select earlier_customer_id as customer_id, * from caused
        where earlier_customer_id is not null
        union
        select later_customer_id, * from caused where later_customer_id is not null
    ),

    reasons as (
        select
            customer_id,
            bool_or(
                counts_earlier and counts_later
                and (kept_value <> 0 or later_value <> 0)
                and earlier_customer_id is distinct from later_customer_id
                and earlier_record_id is not distinct from later_record_id
            ) as is_moved,
            arg_min(cause, (not is_another, coalesce(later_day, earlier_day), key))
                filter (is_another or not is_said_alike) as cause
        from rows_of_customers
        group by customer_id
    )

    select
        'customers' as what,
        differing.customer_id as key,
        case
            when reasons.is_moved then 'identity'
            else coalesce(reasons.cause, 'rule')
        end as cause,
        differing.change
    from differing left join reasons using (customer_id)
"""


def _currencies(
    connection: duckdb.DuckDBPyConnection, metric: Metric
) -> tuple[str, str]:
    """The reporting currency of each version; empty where it holds no such row."""
    table = metric.facts[0].table
    found = [
        connection.execute(
            f"select coalesce(max(reporting_currency), '')"
            f" from {table.replace('{version}', side)}"
        ).fetchall()[0][0]
        for side in ("earlier", "later")
    ]
    return found[0], found[1]


def _notes(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    versions: tuple[Path, Path],
    currencies: tuple[str, str],
) -> list[str]:
    """What could not be told apart, or is not in the numbers, as sentences."""
    [(undated, unknown_earlier, unknown_later, has_file)] = connection.execute(
        "select count_if(counts_later and not counts_earlier and later_value <> 0 and"
        " later_day is null), count_if(is_unknown_earlier), count_if(is_unknown_later),"
        " coalesce(bool_and(has_file), true) from compared"
    ).fetchall()
    [(moved,)] = connection.execute(
        "select count(*) from changes where cause in ('late data', 'restated data')"
    ).fetchall()
    [(unread,)] = connection.execute(
        "select count(*) from ledgers where is_known_earlier and not is_known_later"
    ).fetchall()
    earlier, later = (version.name for version in versions)
    notes = []
    if undated:
        notes.append(
            f"{undated:,} rows that came have no day: they are told as new data, and"
            " some may be late"
        )
    if unknown_earlier or unknown_later:
        notes.append(
            "rows without a rate of their currency and day add nothing:"
            f" {unknown_earlier:,} in {earlier}, {unknown_later:,} in {later}; see"
            " quality.missing_rates"
        )
    if moved and not has_file:
        notes.append(
            f"nothing published says which file these {metric.facts[0].what} came from:"
            " of a source that delivered since, a changed rule cannot be told from late"
            " and restated data"
        )
    if unread:
        notes.append(
            f"{later} does not know {unread:,} files of {earlier}: they were taken away"
            " since, or the earlier night was run after the later one; what they held"
            " is told as restated"
        )
    if currencies[0] != currencies[1] and all(currencies):
        notes.append(
            f"the reporting currency was {currencies[0]} and is {currencies[1]}: what"
            " that did to rows of the earlier night is told as rule"
        )
    return notes
