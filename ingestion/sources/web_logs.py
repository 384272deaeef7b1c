"""Web server logs in the combined and the common format of Apache and nginx."""

from ingestion.tables import Column, Source, Table

_QUOTED = r'"((?:[^"\\]|\\.)*)"'

SOURCE = Source(
    name="web_logs",
    description="Requests as the web server wrote them, one line each.",
    tables=(
        Table(
            "access",
            "access/*",
            (
                Column("remote_host"),
                Column("identity"),
                Column("auth_name"),
                Column("requested_at", "log_time", True),
                Column("request"),
                Column("status"),
                Column("response_bytes"),
                Column("referrer"),
                Column("user_agent"),
            ),
            format="log_lines",
            pattern=r"^(\S+) (\S+) (\S+)"
            r" \[(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"
            rf" {_QUOTED} (\d{{3}}) (\d+|-)(?: {_QUOTED} {_QUOTED})?\s*$",
        ),
    ),
)
