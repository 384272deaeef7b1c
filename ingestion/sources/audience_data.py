"""Third-party audience data: segments that providers sell, by pseudonymous id."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="audience_data",
    description="Segments that data providers ascribe to cookies, devices and hashes.",
    tables=(
        Table(
            "members",
            "members/*",
            (
                Column(
                    "provider",
                    required=True,
                    headings=(
                        "Data provider",
                        "data_provider",
                        "Vendor",
                        "Data source",
                    ),
                ),
                Column("cookie_id", headings=("Cookie ID", "Cookie")),
                Column(
                    "device_id",
                    headings=(
                        "Device ID",
                        "MAID",
                        "MADID",
                        "Advertising ID",
                        "advertising_id",
                        "Mobile advertising ID",
                    ),
                ),
                Column(
                    "hashed_email",
                    headings=(
                        "Hashed email",
                        "Email hash",
                        "email_hash",
                        "HEM",
                        "Email SHA256",
                        "email_sha256",
                        "SHA256 email",
                    ),
                ),
                Column("taxonomy", headings=("Taxonomy name", "taxonomy_name")),
                Column("segment_id", headings=("Segment ID",)),
                Column(
                    "segment_name",
                    required=True,
                    headings=("Segment name", "Segment", "Audience", "Audience name"),
                ),
                Column(
                    "confidence",
                    "decimal",
                    headings=("Confidence score", "confidence_score", "Score"),
                ),
                Column(
                    "collected_at",
                    "timestamp",
                    True,
                    (
                        "Collected at",
                        "Collected on",
                        "Collection date",
                        "Observed at",
                        "observed_at",
                        "Date collected",
                    ),
                ),
            ),
            any_of=("cookie_id", "device_id", "hashed_email"),
            is_mixed=True,
        ),
    ),
)
