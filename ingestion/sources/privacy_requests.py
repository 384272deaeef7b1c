"""Requests of people about their data, as the request register exports them."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="privacy_requests",
    description="Requests for access, erasure, correction and no sale of one's data.",
    tables=(
        Table(
            "requests",
            "requests/*",
            (
                Column(
                    "request_id",
                    required=True,
                    headings=(
                        "Request ID",
                        "Request number",
                        "Case ID",
                        "Reference",
                        "ID",
                    ),
                ),
                Column(
                    "kind",
                    required=True,
                    headings=("Request type", "request_type", "Type", "Request kind"),
                ),
                Column("identifier", headings=("Identifier value", "identifier_value")),
                Column("identifier_type", headings=("Identifier type",)),
                Column(
                    "email",
                    headings=(
                        "E-mail",
                        "Email address",
                        "email_address",
                        "Requester email",
                        "Data subject email",
                    ),
                ),
                Column("phone", headings=("Phone number", "phone_number")),
                Column(
                    "jurisdiction", headings=("Regulation", "Applicable law", "Law")
                ),
                Column(
                    "status", headings=("Request status", "Stage", "Workflow stage")
                ),
                Column(
                    "received_at",
                    "timestamp",
                    True,
                    (
                        "Received at",
                        "Received on",
                        "Date received",
                        "Submitted at",
                        "submitted_at",
                        "Date submitted",
                        "Date created",
                        "Created date",
                        "created_at",
                        "Request date",
                    ),
                ),
                Column(
                    "updated_at",
                    "timestamp",
                    headings=(
                        "Updated at",
                        "Last updated",
                        "Date modified",
                        "Last modified",
                    ),
                ),
            ),
            any_of=("identifier", "email", "phone"),
            is_mixed=True,
        ),
    ),
)
