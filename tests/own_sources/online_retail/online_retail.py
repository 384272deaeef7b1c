"""A gift shop's order lines, one Parquet file a year."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="online_retail",
    description="Invoices of a gift shop, one row per line.",
    tables=(
        Table(
            "lines",
            "lines/*",
            (
                Column("invoice_number", required=True, headings=("InvoiceNo",)),
                Column("sku", headings=("StockCode",)),
                Column("product_name", headings=("Description",)),
                Column("quantity", "integer", True, ("Quantity",)),
                Column("invoiced_at", "timestamp", True, ("InvoiceDate",)),
                Column("unit_price", "decimal", True, ("UnitPrice",)),
                Column("customer_number", headings=("CustomerID",)),
                Column("country", headings=("Country",)),
            ),
        ),
    ),
)
