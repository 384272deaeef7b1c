"""Browser and app events in the Segment spec, as JSON lines."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="web_events",
    description="track, page and identify calls of the web tag.",
    tables=(
        Table(
            "events",
            "events/*",
            (
                Column("message_id", required=True, headings=("$.messageId",)),
                Column("call_type", required=True, headings=("$.type",)),
                Column("anonymous_id", headings=("$.anonymousId",)),
                Column("user_id", headings=("$.userId",)),
                Column("occurred_at", "timestamp", True, ("$.timestamp",)),
                Column("sent_at", "timestamp", headings=("$.sentAt",)),
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
                Column("email", headings=("$.traits.email",)),
                Column("phone", headings=("$.traits.phone",)),
                Column("first_name", headings=("$.traits.firstName",)),
                Column("last_name", headings=("$.traits.lastName",)),
                Column("order_id", headings=("$.properties.orderId",)),
                Column("form", headings=("$.properties.form",)),
                Column("properties", headings=("$.properties",)),
            ),
            format="json_lines",
            any_of=("anonymous_id", "user_id"),
        ),
    ),
)
