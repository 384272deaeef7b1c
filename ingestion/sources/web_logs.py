"""Web server logs: combined, common, with virtual host, nginx JSON, W3C extended."""

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
                Column("virtual_host", headings=("cs-host", "host", "server_name")),
                Column("remote_host", headings=("c-ip", "remote_addr", "remote_ip")),
                Column("identity"),
                Column("auth_name", headings=("cs-username", "remote_user")),
                Column(
                    "requested_at", "log_time", True,
                    ("time_iso8601", "time_local", "time", "timestamp", "@timestamp"),
                ),
                Column("request"),
                Column("status", headings=("sc-status", "status_code")),
                Column(
                    "response_bytes",
                    headings=("sc-bytes", "body_bytes_sent", "bytes_sent", "bytes"),
                ),
                Column(
                    "referrer", headings=("cs(Referer)", "http_referer", "referer")
                ),
                Column(
                    "user_agent",
                    headings=("cs(User-Agent)", "http_user_agent", "agent"),
                ),
                Column(
                    "forwarded_for",
                    headings=(
                        "x-forwarded-for", "cs(X-Forwarded-For)",
                        "http_x_forwarded_for",
                    ),
                ),
                Column("method", headings=("cs-method", "request_method")),
                Column(
                    "target", headings=("cs-uri-stem", "request_uri", "cs-uri", "uri")
                ),
                Column("query", headings=("cs-uri-query", "query_string", "args")),
                Column("protocol", headings=("cs-version", "server_protocol")),
            ),
            format="log_lines",
            # A virtual host before the address is optional, so is an address list.
            pattern=r"^(?:(\S*[^\s,]) )?((?:[^\s,]+, ?)*\S+) (\S+) (\S+)"
            r" \[(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"
            rf" {_QUOTED} (\d{{3}}) (\d+|-)"
            rf"(?: {_QUOTED} {_QUOTED}(?: {_QUOTED})?)?\s*$",
        ),
    ),
)  # fmt: skip
