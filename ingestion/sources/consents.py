"""Consent: what people agreed to and took back, as consent tools export it."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="consents",
    description="Consent given and withdrawn: by whom, for what, on which channel.",
    tables=(
        Table(
            "consents",
            "consents/*",
            (
                Column(
                    "identifier",
                    headings=(
                        "Identifier value",
                        "identifier_value",
                        "Subject ID",
                        "Data Subject Identifier",
                    ),
                ),
                Column(
                    "identifier_type",
                    headings=("Identifier type", "Data Subject Identifier Type"),
                ),
                Column("email", headings=("Email address", "email_address", "E-mail")),
                Column("phone", headings=("Phone number", "phone_number")),
                Column(
                    "purpose", required=True, headings=("Purpose name", "purpose_name")
                ),
                Column("channel", headings=("Preference", "Contact channel")),
                Column(
                    "status",
                    required=True,
                    headings=(
                        "Consent status",
                        "consent_status",
                        "Consent",
                        "Decision",
                        "Transaction type",
                        "transaction_type",
                    ),
                ),
                Column(
                    "source",
                    headings=("Collection point", "Collection point name", "Origin"),
                ),
                Column(
                    "text_version",
                    headings=(
                        "Text version",
                        "Version",
                        "Purpose version",
                        "purpose_version",
                        "Policy version",
                        "policy_version",
                    ),
                ),
                Column(
                    "occurred_at",
                    "timestamp",
                    True,
                    (
                        "Interaction date",
                        "interaction_date",
                        "Consent date",
                        "Date",
                        "consent_date",
                        "Transaction date",
                        "Timestamp",
                        "Created at",
                    ),
                ),
            ),
            any_of=("identifier", "email", "phone"),
            is_mixed=True,
        ),
    ),
)
