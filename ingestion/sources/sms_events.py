"""Text messages: what was sent, what became of it, and what people answered."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="sms_events",
    description="Text messages sent, delivered, failed and answered.",
    tables=(
        Table(
            "events",
            "events/*",
            (
                Column(
                    "status",
                    required=True,
                    headings=("MessageStatus", "Event", "Event type", "event_type"),
                ),
                Column("event_id", headings=("Event ID",)),
                Column(
                    "message_id",
                    headings=("Message SID", "MessageSid", "Sid", "Message ID"),
                ),
                Column("direction"),
                Column(
                    "recipient",
                    required=True,
                    headings=("To", "Phone", "Phone number", "phone_number", "msisdn"),
                ),
                Column("sender", headings=("From",)),
                Column("campaign", headings=("Campaign name", "campaign_name")),
                Column("body", headings=("Message", "Text")),
                Column("error_code", headings=("Error code", "ErrorCode")),
                Column(
                    "occurred_at",
                    "timestamp",
                    headings=(
                        "Sent date",
                        "SentDate",
                        "Date sent",
                        "date_sent",
                        "Timestamp",
                        "Date",
                        "Event time",
                        "event_time",
                    ),
                ),
                Column(
                    "created_at",
                    "timestamp",
                    headings=("Date created", "DateCreated", "date_created"),
                ),
            ),
            is_mixed=True,
        ),
    ),
)
