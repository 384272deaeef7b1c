"""Second-party lists: contacts that partners share, in the clear or hashed."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="partners",
    description="Contacts that partners shared, on what basis and until when.",
    tables=(
        Table(
            "contacts",
            "contacts/*",
            (
                Column(
                    "partner",
                    required=True,
                    headings=("Partner name", "partner_name", "Shared by", "shared_by"),
                ),
                Column("email", headings=("E-mail", "Email address", "email_address")),
                Column(
                    "email_sha256",
                    headings=(
                        "Email SHA256",
                        "Email (SHA256)",
                        "SHA256 email",
                        "Hashed email",
                        "hashed_email",
                        "Email hash",
                        "email_hash",
                    ),
                ),
                Column("first_name", headings=("First name", "Given name")),
                Column("last_name", headings=("Last name", "Surname", "Family name")),
                Column("country", headings=("Country code", "country_code")),
                Column(
                    "consent_basis",
                    headings=(
                        "Consent basis",
                        "Consent",
                        "Legal basis",
                        "legal_basis",
                        "Lawful basis",
                        "lawful_basis",
                    ),
                ),
                Column(
                    "shared_at",
                    "timestamp",
                    True,
                    ("Shared at", "Shared on", "Date shared", "Transfer date"),
                ),
                Column(
                    "expires_at",
                    "timestamp",
                    headings=(
                        "Expires at",
                        "Expires on",
                        "Expiry date",
                        "Valid until",
                        "valid_until",
                    ),
                ),
            ),
            any_of=("email", "email_sha256"),
            is_mixed=True,
        ),
    ),
)
