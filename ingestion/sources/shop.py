"""The shop: customers, orders, order lines and refunds, in CSV or Parquet."""

from ingestion.tables import Amount, Column, Source, Table

SOURCE = Source(
    name="shop",
    description="Accounts, guest checkouts, orders, what was in them, what went back.",
    tables=(
        Table(
            "customers",
            "customers/*",
            (
                Column("customer_id", required=True),
                Column("email"),
                Column("first_name"),
                Column("last_name"),
                Column("phone"),
                Column("birth_date"),
                Column("street"),
                Column("city"),
                Column("postal_code"),
                Column("country_code"),
                Column("accepts_marketing"),
                Column("is_guest"),
                Column("created_at", "timestamp", True),
                Column("updated_at", "timestamp", True),
            ),
        ),
        Table(
            "orders",
            "orders/*",
            (
                Column("order_id", required=True),
                Column("customer_id", required=True),
                Column("email"),
                Column("status", required=True),
                Column("channel"),
                Column("currency", required=True),
                Column("subtotal", "decimal", True),
                Column("discount", "decimal"),
                Column("shipping", "decimal"),
                Column("tax", "decimal"),
                Column("total", "decimal", True),
                Column("ordered_at", "timestamp", True),
                Column("updated_at", "timestamp", True),
            ),
        ),
        Table(
            "order_lines",
            "order_lines/*",
            (
                Column("order_id", required=True),
                Column("line_number", "integer", True),
                Column("sku"),
                Column("product_name"),
                Column("category"),
                Column("quantity", "integer", True),
                Column("unit_price", "decimal", True),
                Column("discount", "decimal"),
                Column("line_total", "decimal", True),
            ),
        ),
        Table(
            "refunds",
            "refunds/*",
            (
                Column("refund_id", required=True),
                Column("order_id", required=True),
                Column("amount", "decimal", True),
                Column("currency", required=True),
                Column("reason"),
                Column("refunded_at", "timestamp", True),
            ),
        ),
    ),
    amounts=(
        Amount("orders", "total"),
        Amount("refunds", "amount"),
    ),
)
