"""HubSpot: contacts, companies, deals, notes and tickets, as its CSV export writes."""

from ingestion.tables import Amount, Column, Source, Table

_MODIFIED = Column(
    "modified_at",
    "timestamp",
    headings=(
        "Last Modified Date",
        "Last modified date",
        "hs_lastmodifieddate",
        "lastmodifieddate",
        "Datum der letzten Änderung",
    ),
)
_CREATED_HEADINGS = ("Create Date", "Create date", "createdate", "Erstellungsdatum")
_CREATED = Column("created_at", "timestamp", headings=_CREATED_HEADINGS)
_ARCHIVED = Column(
    "archived", headings=("Is deleted", "is_deleted", "_fivetran_deleted")
)
_CONTACT_IDS = Column("contact_ids", headings=("Associated Contact IDs",))
_COMPANY_IDS = Column("company_ids", headings=("Associated Company IDs",))

SOURCE = Source(
    name="hubspot",
    description="Contacts, companies, deals, notes and tickets exported from HubSpot.",
    tables=(
        Table(
            "contacts",
            "contacts/*",
            (
                Column(
                    "contact_id",
                    "integer",
                    True,
                    ("Record ID", "Contact ID", "hs_object_id", "Datensatz-ID"),
                ),
                Column("first_name", headings=("First Name", "firstname", "Vorname")),
                Column("last_name", headings=("Last Name", "lastname", "Nachname")),
                Column("email", headings=("Email", "E-Mail")),
                Column(
                    "other_emails",
                    headings=("Additional email addresses", "hs_additional_emails"),
                ),
                Column("phone", headings=("Phone Number", "Telefonnummer")),
                Column("mobile_phone", headings=("Mobile Phone Number", "mobilephone")),
                Column("birth_date", headings=("Date of birth",)),
                Column("street", headings=("Street Address",)),
                Column("city", headings=("City",)),
                Column("postal_code", headings=("Postal Code", "zip")),
                Column("state", headings=("State/Region",)),
                Column("country", headings=("Country/Region", "Country")),
                Column("language", headings=("Preferred language", "hs_language")),
                Column("company_name", headings=("Company Name", "company")),
                Column("job_title", headings=("Job Title", "jobtitle")),
                Column(
                    "lifecycle_stage", headings=("Lifecycle Stage", "lifecyclestage")
                ),
                Column("lead_status", headings=("Lead Status",)),
                Column("original_source", headings=("Original Source",)),
                Column("owner", headings=("Contact owner",)),
                _COMPANY_IDS,
                Column(
                    "merged_contact_ids",
                    headings=("Merged contact IDs", "hs_merged_object_ids"),
                ),
                Column(
                    "unsubscribed",
                    headings=("Unsubscribed from all email", "hs_email_optout"),
                ),
                _ARCHIVED,
                _CREATED,
                _MODIFIED,
            ),
            any_of=(
                "first_name",
                "last_name",
                "email",
                "other_emails",
                "phone",
                "mobile_phone",
                "company_name",
                "merged_contact_ids",
            ),
            dated=("created_at", "modified_at"),
            deleted="archived",
            delivery="full",
        ),
        Table(
            "companies",
            "companies/*",
            (
                Column("company_id", "integer", True, ("Record ID", "Company ID")),
                Column("company_name", headings=("Company name",)),
                Column("domain", headings=("Company Domain Name",)),
                Column("industry", headings=("Industry",)),
                Column("street", headings=("Street Address",)),
                Column("postal_code", headings=("Postal Code", "zip")),
                Column("state", headings=("State/Region",)),
                Column("city", headings=("City",)),
                Column("country", headings=("Country/Region", "Country")),
                Column("employees", "integer", headings=("Number of Employees",)),
                Column("parent_company_id", headings=("Parent Company",)),
                Column(
                    "merged_company_ids",
                    headings=("Merged company IDs", "hs_merged_object_ids"),
                ),
                _ARCHIVED,
                Column("owner", headings=("Company owner",)),
                _CREATED,
                _MODIFIED,
            ),
            any_of=("company_name", "domain", "merged_company_ids"),
            dated=("created_at", "modified_at"),
            deleted="archived",
            delivery="full",
        ),
        Table(
            "deals",
            "deals/*",
            (
                Column(
                    "deal_id",
                    "integer",
                    True,
                    ("Record ID", "Deal ID", "hs_object_id", "Datensatz-ID"),
                ),
                Column("deal_name", headings=("Deal Name", "dealname", "Deal-Name")),
                Column("pipeline", headings=("Pipeline",)),
                Column(
                    "deal_stage",
                    required=True,
                    headings=("Deal Stage", "dealstage", "Deal-Phase"),
                ),
                Column(
                    "is_closed_won",
                    headings=(
                        "Is Closed Won",
                        "hs_is_closed_won",
                        "Ist abgeschlossen und gewonnen",
                    ),
                ),
                Column(
                    "is_closed_lost",
                    headings=(
                        "Is closed lost",
                        "hs_is_closed_lost",
                        "Ist abgeschlossen und verloren",
                    ),
                ),
                Column(
                    "is_closed",
                    headings=("Is Closed", "Is Deal Closed?", "hs_is_closed"),
                ),
                Column(
                    "probability",
                    headings=("Deal probability", "hs_deal_stage_probability"),
                ),
                Column("deal_type", headings=("Deal Type", "dealtype")),
                Column("original_source", headings=("Original Source Type",)),
                Column(
                    "lost_reason", headings=("Closed Lost Reason", "closed_lost_reason")
                ),
                Column("amount", "decimal", headings=("Amount", "Betrag")),
                Column(
                    "currency", headings=("Currency", "deal_currency_code", "Währung")
                ),
                _CREATED,
                Column(
                    "closed_at",
                    "timestamp",
                    headings=("Close Date", "closedate", "Abschlussdatum"),
                ),
                Column("owner", headings=("Deal owner",)),
                Column(
                    "merged_deal_ids",
                    headings=("Merged deal IDs", "hs_merged_object_ids"),
                ),
                _ARCHIVED,
                _CONTACT_IDS,
                _COMPANY_IDS,
                _MODIFIED,
            ),
            delivery="full",
        ),
        Table(
            "notes",
            "notes/*",
            (
                Column("note_id", "integer", True, ("Record ID",)),
                Column("activity_type", headings=("Activity Type", "Type")),
                Column("direction", headings=("Direction", "Call direction")),
                Column("activity_status", headings=("Activity status", "Task Status")),
                Column("subject", headings=("Subject", "Title")),
                Column("activity_at", "timestamp", True, ("Activity date",)),
                Column("body", headings=("Note body",)),
                Column("owner", headings=("Activity assigned to",)),
                _CONTACT_IDS,
                Column("deal_ids", headings=("Associated Deal IDs",)),
                Column("ticket_ids", headings=("Associated Ticket IDs",)),
                _ARCHIVED,
                _MODIFIED,
            ),
            any_of=("subject", "body", "activity_type", "contact_ids"),
            deleted="archived",
            delivery="full",
        ),
        Table(
            "tickets",
            "tickets/*",
            (
                Column(
                    "ticket_id",
                    "integer",
                    True,
                    ("Ticket ID", "Record ID", "hs_object_id"),
                ),
                Column("ticket_name", headings=("Ticket name",)),
                Column("pipeline", headings=("Pipeline",)),
                Column(
                    "ticket_status",
                    required=True,
                    headings=("Ticket status", "hs_pipeline_stage", "Ticketstatus"),
                ),
                Column("is_closed", headings=("Is Closed", "hs_is_closed")),
                Column("priority", headings=("Priority",)),
                Column("category", headings=("Category",)),
                Column("channel", headings=("Source",)),
                Column("created_at", "timestamp", True, _CREATED_HEADINGS),
                Column(
                    "closed_at", "timestamp", headings=("Close date", "closed_date")
                ),
                Column("owner", headings=("Ticket owner",)),
                _CONTACT_IDS,
                _COMPANY_IDS,
                Column(
                    "merged_ticket_ids",
                    headings=("Merged ticket IDs", "hs_merged_object_ids"),
                ),
                _ARCHIVED,
                _MODIFIED,
            ),
            delivery="full",
        ),
    ),
    amounts=(Amount("deals", "amount"),),
)
