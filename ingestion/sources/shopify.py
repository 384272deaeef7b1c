"""Shopify: orders and customers, as the admin's CSV export writes them."""

from ingestion.tables import Amount, Column, Source, Table


def _address(kind: str) -> tuple[Column, ...]:
    """The columns of a billing or shipping address."""
    parts = {
        "name": ("Name", "name"),
        "company": ("Company", "company"),
        "address_1": ("Address1", "address_1"),
        "address_2": ("Address2", "address_2"),
        "city": ("City", "city"),
        "postal_code": ("Zip", "zip"),
        "province_code": ("Province", "province_code"),
        "country_code": ("Country", "country_code"),
        "phone": ("Phone", "phone"),
    }
    return tuple(
        Column(
            f"{kind}_{name}",
            headings=(f"{kind.title()} {heading}", f"{kind}_address_{api}"),
        )
        for name, (heading, api) in parts.items()
    )


SOURCE = Source(
    name="shopify",
    description="Orders with their line items, and customers, exported from Shopify.",
    tables=(
        Table(
            "orders",
            "orders/*",
            (
                Column("order_name", required=True, headings=("Name",)),
                Column("order_id", headings=("Id",)),
                Column("customer_id"),
                Column("email"),
                Column("phone"),
                Column("financial_status", headings=("Financial Status",)),
                Column("fulfillment_status", headings=("Fulfillment Status",)),
                Column(
                    "accepts_marketing",
                    headings=("Accepts Marketing", "buyer_accepts_marketing"),
                ),
                Column("currency"),
                Column("subtotal", "decimal", headings=("subtotal_price",)),
                Column("shipping", "decimal"),
                Column("taxes", "decimal", headings=("total_tax",)),
                Column("total", "decimal", headings=("total_price",)),
                Column("refunded", "decimal", headings=("Refunded Amount",)),
                Column("discount_code", headings=("Discount Code",)),
                Column(
                    "discount",
                    "decimal",
                    headings=("Discount Amount", "total_discounts"),
                ),
                Column("payment_method", headings=("Payment Method",)),
                Column("shipping_method", headings=("Shipping Method",)),
                Column("channel", headings=("Source", "source_name")),
                Column("tags"),
                Column("notes", headings=("note",)),
                Column("risk_level", headings=("Risk Level",)),
                Column("is_test", headings=("test",)),
                Column("taxes_included", headings=("Taxes Included",)),
                Column("line_quantity", "integer", headings=("Lineitem quantity",)),
                Column("line_name", headings=("Lineitem name",)),
                Column("line_price", "decimal", headings=("Lineitem price",)),
                Column("line_discount", "decimal", headings=("Lineitem discount",)),
                Column("line_sku", headings=("Lineitem sku",)),
                Column(
                    "line_fulfillment_status", headings=("Lineitem fulfillment status",)
                ),
                Column("vendor"),
                *_address("billing"),
                *_address("shipping"),
                Column("created_at", "timestamp", headings=("Created at",)),
                Column("paid_at", "timestamp", headings=("Paid at",)),
                Column("fulfilled_at", "timestamp", headings=("Fulfilled at",)),
                Column("cancelled_at", "timestamp", headings=("Cancelled at",)),
                Column("updated_at", "timestamp"),
            ),
            any_of=("total", "financial_status", "line_name"),
        ),
        Table(
            "customers",
            "customers/*",
            (
                Column("customer_id", required=True, headings=("Customer ID", "id")),
                Column("email"),
                Column("first_name", headings=("First Name",)),
                Column("last_name", headings=("Last Name",)),
                Column("phone"),
                Column("company", headings=("Default Address Company",)),
                Column("street", headings=("Default Address Address1", "Address1")),
                Column("street_2", headings=("Default Address Address2", "Address2")),
                Column("city", headings=("Default Address City",)),
                Column("postal_code", headings=("Default Address Zip", "Zip")),
                Column(
                    "province_code",
                    headings=("Default Address Province Code", "Province Code"),
                ),
                Column(
                    "country_code",
                    headings=("Default Address Country Code", "Country Code"),
                ),
                Column("address_phone", headings=("Default Address Phone",)),
                Column(
                    "accepts_email_marketing",
                    headings=(
                        "Accepts Email Marketing",
                        "Accepts Marketing",
                        "accepts_marketing",
                    ),
                ),
                Column("accepts_sms_marketing", headings=("Accepts SMS Marketing",)),
                Column("total_spent", "decimal", headings=("Total Spent",)),
                Column(
                    "total_orders", "integer", headings=("Total Orders", "orders_count")
                ),
                Column("note"),
                Column("tags"),
                Column("created_at", "timestamp"),
                Column("updated_at", "timestamp"),
            ),
            any_of=(
                "email",
                "phone",
                "first_name",
                "last_name",
                "company",
                "street",
                "total_spent",
                "total_orders",
            ),
            delivery="full",
        ),
    ),
    amounts=(Amount("orders", "total"),),
)
