"""Social networks: who commented, mentioned, liked or wrote, by handle."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="social",
    description="Comments, mentions, likes and messages on social networks, by handle.",
    tables=(
        Table(
            "interactions",
            "interactions/*",
            (
                Column(
                    "network",
                    required=True,
                    headings=("Social network", "Platform", "Channel"),
                ),
                Column(
                    "handle",
                    required=True,
                    headings=(
                        "Username",
                        "User name",
                        "Screen name",
                        "screen_name",
                        "Author",
                        "From",
                        "User",
                    ),
                ),
                Column(
                    "interaction_type",
                    required=True,
                    headings=(
                        "Interaction type",
                        "Interaction",
                        "Message type",
                        "Type",
                        "Action",
                    ),
                ),
                Column(
                    "interaction_id",
                    headings=(
                        "Interaction ID",
                        "Message ID",
                        "message_id",
                        "Comment ID",
                        "comment_id",
                        "ID",
                    ),
                ),
                Column(
                    "post_id",
                    headings=(
                        "Post ID",
                        "Parent ID",
                        "parent_id",
                        "media_id",
                        "in_reply_to_status_id",
                    ),
                ),
                Column("url", headings=("Permalink", "Link", "permalink_url")),
                Column("text", headings=("Message", "Comment", "Content", "Body")),
                Column(
                    "occurred_at",
                    "timestamp",
                    True,
                    (
                        "Date",
                        "Timestamp",
                        "Time",
                        "At",
                        "Created at",
                        "created_at",
                        "Created time",
                        "created_time",
                    ),
                ),
            ),
            is_mixed=True,
        ),
    ),
)
