"""How much money each file of a load holds, by column and currency."""

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from ingestion.files.judged import is_total
from ingestion.sql import identifier
from ingestion.tables import Source, Table


@dataclass(frozen=True)
class MoneyTotal:
    """What one column of one file adds up to in one currency.

    Amounts count without their signs: refunds are written both ways, and what is
    credited must not hide what is sold. `currency` is None where a row names none of
    three letters; `square_total` is the sum of the squares, by which one large amount
    is told from many small ones.
    """

    source_name: str
    table_name: str
    column_name: str
    file_id: str
    load_id: str
    currency: str | None
    value_count: int
    total: Decimal
    square_total: float
    largest: Decimal


def totals(
    connection: duckdb.DuckDBPyConnection, source: Source, table: Table, load_id: str
) -> list[MoneyTotal]:
    """What every row of a load adds up to, but for the sums that a report has itself.

    Whether a column is money is for the source to say: one of numbers may hold ids.
    """
    found = []
    for amount in source.amounts:
        if amount.table != table.name:
            continue
        currency = "cast(null as varchar)"
        if amount.currency in table.column_names:
            said = f"upper(trim({identifier(amount.currency)}))"
            currency = (
                f"case when regexp_full_match({said}, '[A-Z]{{3}}') then {said} end"
            )
        # A load quarantines what does not fit; what is wider cannot overflow the sum.
        rows = connection.execute(
            f"""
            select _file_id, currency, count(amount), sum(amount),
                sum(cast(amount as double) * cast(amount as double)), max(amount)
            from (
                select _file_id, {currency} as currency,
                    abs(try_cast({identifier(amount.column)} as decimal(24, 4)))
                        as amount
                from raw_{source.name}.{table.name}
                where _load_id = ? and not ({is_total(table, table.column_names)})
            )
            where amount is not null
            group by _file_id, currency
            order by _file_id, currency
            """,
            [load_id],
        ).fetchall()
        found += [
            MoneyTotal(source.name, table.name, amount.column, file_id, load_id, *more)
            for file_id, *more in rows
        ]
    return found
