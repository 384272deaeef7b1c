"""Browser and app events in the Segment spec, as JSON lines."""

from ingestion.tables import Column, Source, Table


def _property(column: str, *names: str) -> Column:
    """What an event says of itself, in the present spelling or an older one."""
    return Column(column, headings=tuple(f"$.properties.{name}" for name in names))


SOURCE = Source(
    name="web_events",
    description="Track, page and identify calls of the web tag.",
    tables=(
        Table(
            "events",
            "events/*",
            (
                Column("message_id", required=True, headings=("$.messageId",)),
                Column("call_type", required=True, headings=("$.type",)),
                Column("anonymous_id", headings=("$.anonymousId",)),
                Column("user_id", headings=("$.userId",)),
                Column("previous_id", headings=("$.previousId",)),
                Column("group_id", headings=("$.groupId",)),
                Column("occurred_at", "timestamp", True, ("$.timestamp",)),
                Column("original_at", "timestamp", headings=("$.originalTimestamp",)),
                Column("sent_at", "timestamp", headings=("$.sentAt",)),
                Column("received_at", "timestamp", headings=("$.receivedAt",)),
                Column("event_name", headings=("$.event",)),
                Column("page_url", headings=("$.context.page.url",)),
                Column("page_path", headings=("$.context.page.path",)),
                Column("page_title", headings=("$.context.page.title",)),
                Column("referrer", headings=("$.context.page.referrer",)),
                Column("utm_source", headings=("$.context.campaign.source",)),
                Column("utm_medium", headings=("$.context.campaign.medium",)),
                Column("utm_campaign", headings=("$.context.campaign.name",)),
                Column("utm_term", headings=("$.context.campaign.term",)),
                Column("utm_content", headings=("$.context.campaign.content",)),
                Column("user_agent", headings=("$.context.userAgent",)),
                Column("ip", headings=("$.context.ip",)),
                Column("locale", headings=("$.context.locale",)),
                Column("device_id", headings=("$.context.device.id",)),
                Column("device_type", headings=("$.context.device.type",)),
                Column("os_name", headings=("$.context.os.name",)),
                Column("app_name", headings=("$.context.app.name",)),
                Column("app_version", headings=("$.context.app.version",)),
                Column("library_name", headings=("$.context.library.name",)),
                Column("email", headings=("$.traits.email", "$.context.traits.email")),
                Column("phone", headings=("$.traits.phone", "$.context.traits.phone")),
                Column(
                    "first_name",
                    headings=(
                        "$.traits.firstName",
                        "$.traits.first_name",
                        "$.context.traits.firstName",
                        "$.context.traits.first_name",
                    ),
                ),
                Column(
                    "last_name",
                    headings=(
                        "$.traits.lastName",
                        "$.traits.last_name",
                        "$.context.traits.lastName",
                        "$.context.traits.last_name",
                    ),
                ),
                _property("order_id", "order_id", "orderId"),
                _property("checkout_id", "checkout_id", "checkoutId"),
                _property("cart_id", "cart_id", "cartId"),
                _property(
                    "product_id",
                    "product_id",
                    "productId",
                    "sku",
                    "products[0].product_id",
                    "products[0].productId",
                    "products[0].sku",
                ),
                _property(
                    "product_name",
                    "product_name",
                    "productName",
                    "name",
                    "products[0].name",
                ),
                _property("category", "category", "products[0].category"),
                _property("price", "price"),
                _property("quantity", "quantity"),
                _property("total", "total"),
                _property("revenue", "revenue"),
                _property("value", "value"),
                _property("currency", "currency"),
                _property("search_query", "query", "search_term", "searchTerm"),
                _property("form", "form", "form_name", "formName", "form_id", "formId"),
                _property("properties_url", "url"),
                _property("properties_path", "path"),
                _property("properties_title", "title"),
                _property("properties_referrer", "referrer"),
                Column("properties", headings=("$.properties",)),
            ),
            format="json_lines",
            any_of=("anonymous_id", "user_id"),
            is_mixed=True,
        ),
    ),
)
