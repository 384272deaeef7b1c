"""Zendesk: tickets as its CSV export writes them, users and organizations as its API.

Every export is of a range of days, by the last change; what was deleted is in it.
"""

from ingestion.tables import Column, Source, Table

_CREATED = Column("created_at", "timestamp", headings=("Created at", "Date created"))
_UPDATED = Column("updated_at", "timestamp", headings=("Updated at", "Last updated"))

SOURCE = Source(
    name="zendesk",
    description="Tickets, their requesters and agents, and organizations from Zendesk.",
    tables=(
        Table(
            "tickets",
            "tickets/*",
            (
                Column("ticket_id", "integer", True, ("Id", "Ticket ID")),
                Column("requester_id", "integer", headings=("Requester id",)),
                Column("requester_external_id", headings=("Requester external id",)),
                Column("requester_name", headings=("Requester",)),
                Column("requester_email", headings=("Requester email",)),
                Column("submitter_id", "integer"),
                Column("submitter_name", headings=("Submitter",)),
                Column("assignee_id", "integer"),
                Column("assignee_name", headings=("Assignee",)),
                Column("group_id", "integer"),
                Column("group_name", headings=("Group",)),
                Column("organization_id", "integer"),
                Column("organization_name", headings=("Organization",)),
                Column("external_id"),
                Column("subject", headings=("Subject",)),
                Column("description"),
                Column("tags", headings=("Tags",)),
                Column("status", headings=("Status",)),
                Column("priority", headings=("Priority",)),
                Column("channel", headings=("Via", "via_channel")),
                Column("ticket_type", headings=("Ticket type", "Type")),
                Column("satisfaction_score", headings=("Satisfaction Score",)),
                Column("reopens", "integer", headings=("Reopens",)),
                Column("replies", "integer", headings=("Replies",)),
                Column(
                    "first_reply_minutes",
                    "integer",
                    headings=("First reply time in minutes",),
                ),
                Column(
                    "full_resolution_minutes",
                    "integer",
                    headings=("Full resolution time in minutes",),
                ),
                Column("due_at", "timestamp", headings=("Due date", "Due at")),
                Column("assigned_at", "timestamp", headings=("Assigned at",)),
                Column("solved_at", "timestamp", headings=("Solved at",)),
                _CREATED,
                _UPDATED,
            ),
            any_of=("subject", "description", "status", "requester_id"),
            dated=("created_at", "updated_at"),
        ),
        Table(
            "users",
            "users/*",
            (
                Column("user_id", "integer", True, ("Id", "User ID")),
                Column("external_id", headings=("External ID",)),
                Column("organization_id", "integer", headings=("Organization ID",)),
                Column("organization_name", headings=("Organization",)),
                Column("user_name", headings=("Name",)),
                Column("email", headings=("Email",)),
                Column("phone", headings=("Phone",)),
                Column("role", headings=("Role",)),
                Column("tags", headings=("Tags",)),
                Column("locale", headings=("Language",)),
                Column("time_zone", headings=("Time zone",)),
                Column("active"),
                Column("suspended", headings=("Suspended",)),
                Column("verified", headings=("Verified",)),
                Column(
                    "last_login_at",
                    "timestamp",
                    headings=("Last login at", "Last sign-in"),
                ),
                _CREATED,
                _UPDATED,
            ),
            any_of=("user_name", "email", "phone"),
            dated=("created_at", "updated_at"),
        ),
        Table(
            "organizations",
            "organizations/*",
            (
                Column("organization_id", "integer", True, ("Id", "Organization ID")),
                Column("external_id", headings=("External ID",)),
                Column("organization_name", headings=("Name",)),
                Column("domain_names", headings=("Domain names", "Domains")),
                Column("group_id", "integer"),
                Column("tags", headings=("Tags",)),
                _CREATED,
                _UPDATED,
                Column("deleted_at", "timestamp", headings=("Deleted at",)),
            ),
            any_of=("organization_name", "domain_names", "deleted_at"),
            dated=("created_at", "updated_at"),
        ),
    ),
)
