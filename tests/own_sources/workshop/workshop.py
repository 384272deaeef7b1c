"""A bicycle workshop: its customers, the jobs it was paid for, the quotes it wrote."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="workshop",
    description="Customers, jobs and quotes of a bicycle workshop.",
    tables=(
        Table(
            "customers",
            "customers/*",
            (
                Column("number", required=True),
                Column("name"),
                Column("email"),
                Column("town"),
                Column("since", "timestamp"),
            ),
            delivery="full",
        ),
        Table(
            "jobs",
            "jobs/*",
            (
                Column("job", required=True),
                Column("customer"),
                Column("state"),
                Column("price", "decimal", True),
                Column("vat", "decimal"),
                Column("done_at", "timestamp", True),
            ),
        ),
        Table(
            "quotes",
            "quotes/*",
            (
                Column("quote", required=True),
                Column("customer"),
                Column("bicycle"),
                Column("price", "decimal"),
                Column("answer"),
                Column("written_at", "timestamp", True),
                Column("answered_at", "timestamp"),
            ),
        ),
    ),
)
