"""What mail providers report of each e-mail: webhook events or activity exports."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="email_events",
    description="Mails sent, delivered, opened, clicked, bounced and complained about.",
    tables=(
        Table(
            "events",
            "events/*",
            (
                Column(
                    "event",
                    required=True,
                    headings=(
                        "RecordType",
                        "Event type",
                        "event_type",
                        "event_name",
                        "Action",
                    ),
                ),
                Column("event_id", headings=("sg_event_id", "Event ID")),
                Column(
                    "message_id",
                    headings=(
                        "sg_message_id",
                        "MessageID",
                        "Message ID",
                        "Message-Id",
                        "msg_id",
                    ),
                ),
                # Postmark names the address by the kind of event.
                Column("email", headings=("Email Address", "email_address")),
                Column("recipient", headings=("to", "to_email")),
                Column(
                    "campaign",
                    headings=(
                        "marketing_campaign_name",
                        "singlesend_name",
                        "Campaign name",
                        "campaign_name",
                        "Campaign title",
                    ),
                ),
                Column(
                    "campaign_id",
                    headings=("marketing_campaign_id", "singlesend_id", "Campaign ID"),
                ),
                Column("category", headings=("categories", "Tag", "Tags")),
                Column("bounce_type", headings=("type", "Bounce type")),
                Column("suppress_sending", headings=("SuppressSending",)),
                Column("machine_open", headings=("sg_machine_open",)),
                Column(
                    "user_agent",
                    headings=(
                        "useragent",
                        "User agent",
                        "user-agent",
                        "http_user_agent",
                    ),
                ),
                Column("ip", headings=("IP address", "ip_address")),
                Column("url", headings=("OriginalLink", "Link")),
                Column("reason", headings=("Description", "Bounce detail")),
                # Unix seconds or ISO, which staging tells apart.
                Column(
                    "occurred_at",
                    headings=(
                        "timestamp",
                        "ts",
                        "processed",
                        "ReceivedAt",
                        "Date",
                        "Event time",
                        "event_time",
                        "created_at",
                    ),
                ),
                Column("delivered_at", headings=("DeliveredAt",)),
                Column("bounced_at", headings=("BouncedAt",)),
                Column("changed_at", headings=("ChangedAt",)),
            ),
            any_of=("email", "recipient"),
            is_mixed=True,
        ),
    ),
)
