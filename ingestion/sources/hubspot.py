"""HubSpot: contacts, companies, deals, notes and tickets, as its CSV export writes."""

from ingestion.tables import Column, Source, Table

_MODIFIED = Column(
    "modified_at", "timestamp", headings=("Last Modified Date", "Last modified date")
)
_CREATED = Column("created_at", "timestamp", headings=("Create Date", "Create date"))

SOURCE = Source(
    name="hubspot",
    description="Contacts, companies, deals, notes and tickets exported from HubSpot.",
    tables=(
        Table(
            "contacts",
            "contacts/*",
            (
                Column("contact_id", "integer", True, ("Record ID", "Contact ID")),
                Column("first_name", headings=("First Name",)),
                Column("last_name", headings=("Last Name",)),
                Column("email", headings=("Email",)),
                Column("phone", headings=("Phone Number",)),
                Column("birth_date", headings=("Date of birth",)),
                Column("street", headings=("Street Address",)),
                Column("city", headings=("City",)),
                Column("postal_code", headings=("Postal Code",)),
                Column("country", headings=("Country/Region", "Country")),
                Column("lifecycle_stage", headings=("Lifecycle Stage",)),
                Column("lead_status", headings=("Lead Status",)),
                Column("original_source", headings=("Original Source",)),
                Column("owner", headings=("Contact owner",)),
                Column("company_ids", headings=("Associated Company IDs",)),
                Column("merged_contact_ids", headings=("Merged contact IDs",)),
                _CREATED,
                _MODIFIED,
            ),
        ),
        Table(
            "companies",
            "companies/*",
            (
                Column("company_id", "integer", True, ("Record ID", "Company ID")),
                Column("company_name", headings=("Company name",)),
                Column("domain", headings=("Company Domain Name",)),
                Column("industry", headings=("Industry",)),
                Column("city", headings=("City",)),
                Column("country", headings=("Country/Region", "Country")),
                Column("employees", "integer", headings=("Number of Employees",)),
                Column("owner", headings=("Company owner",)),
                _CREATED,
                _MODIFIED,
            ),
        ),
        Table(
            "deals",
            "deals/*",
            (
                Column("deal_id", "integer", True, ("Record ID", "Deal ID")),
                Column("deal_name", headings=("Deal Name",)),
                Column("pipeline", headings=("Pipeline",)),
                Column("deal_stage", required=True, headings=("Deal Stage",)),
                Column("amount", "decimal", headings=("Amount",)),
                Column("currency", headings=("Currency",)),
                _CREATED,
                Column("closed_at", "timestamp", headings=("Close Date",)),
                Column("owner", headings=("Deal owner",)),
                Column("contact_ids", headings=("Associated Contact IDs",)),
                Column("company_ids", headings=("Associated Company IDs",)),
                _MODIFIED,
            ),
        ),
        Table(
            "notes",
            "notes/*",
            (
                Column("note_id", "integer", True, ("Record ID",)),
                Column("activity_type", headings=("Activity Type",)),
                Column("activity_at", "timestamp", True, ("Activity date",)),
                Column("body", headings=("Note body",)),
                Column("owner", headings=("Activity assigned to",)),
                Column("contact_ids", headings=("Associated Contact IDs",)),
                Column("deal_ids", headings=("Associated Deal IDs",)),
                _MODIFIED,
            ),
        ),
        Table(
            "tickets",
            "tickets/*",
            (
                Column("ticket_id", "integer", True, ("Ticket ID", "Record ID")),
                Column("ticket_name", headings=("Ticket name",)),
                Column("pipeline", headings=("Pipeline",)),
                Column("ticket_status", required=True, headings=("Ticket status",)),
                Column("priority", headings=("Priority",)),
                Column("category", headings=("Category",)),
                Column("channel", headings=("Source",)),
                Column("created_at", "timestamp", True, ("Create date", "Create Date")),
                Column("closed_at", "timestamp", headings=("Close date",)),
                Column("owner", headings=("Ticket owner",)),
                Column("contact_ids", headings=("Associated Contact IDs",)),
                _MODIFIED,
            ),
        ),
    ),
)
