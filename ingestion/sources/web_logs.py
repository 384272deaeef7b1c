"""Web server logs: combined, common, with virtual host, nginx JSON, W3C extended.

Lines of Docker's and Traefik's JSON too. What a server's own format adds behind the
user agent stands in `further`; a line that could be read in two ways is none.
"""

from ingestion.tables import Column, Source, Table

_TEXT = r'(?:[^"\\]|\\.)*'
_TIME = r"\[(?P<requested_at>\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"
_IP_4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_IP = rf"(?:{_IP_4}|\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?)"
# Ports from which clients call, never those on which servers are called.
_CLIENT = rf"(?:{_IP}(?::(?:3[3-9]|[4-6]\d)\d{{3}})?|unknown)"
_LIST = rf"{_CLIENT}(?:, ?{_CLIENT})*"
_ANY = rf"(?:{_IP}(?::\d+)?|unknown)"
_LONG_LIST = rf"{_ANY}(?:, ?{_ANY})+"
_PRIVATE = (
    r"(?:(?:10|127)\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+"
    r"|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+"
    r"|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.\d+"
    r"|::1|f[cd][0-9a-f]*:[0-9a-f:]*|fe80:[0-9a-f:]*)"
)
_HOST = r"(?:[\w-]+(?:\.[\w-]+)+\.?|localhost|unix:)"
_VIRTUAL_HOST = (
    r"[^\s,:\"\[\]()]*[A-Za-z_*~][^\s,:\"\[\]()]*(?::\d+)?"
    rf"|{_IP}:(?:80|443|8080|8443)"
)

# As nearly every line is: one address, no blank in any name, numbers at most behind.
_USUAL_END = (
    rf' - (?P<auth_name>[^\s"\[\]]+) {_TIME}'
    rf' "(?P<request>{_TEXT})" (?P<status>\d{{3}}) (?P<response_bytes>\d+|-)'
    rf'(?: "(?P<referrer>{_TEXT})" "(?P<user_agent>{_TEXT})"'
    rf'(?: "(?P<forwarded_for>{_IP_4}(?:, ?{_IP_4})*|-)")?'
    r"(?P<further>(?: [\d.-]+)*))?$"
)
_USUAL = r'^(?P<remote_host>[^\s",()\[\]]+)' + _USUAL_END
_WITH_HOST = (
    r"^(?P<virtual_host>[\w*][\w.-]*[A-Za-z_](?::\d+)?)"
    rf" (?P<remote_host>{_IP_4}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*){_USUAL_END}"
)

# Who asked, in front of the dash. Of two addresses the first is the forwarded one, as
# servers behind balancers are told to write it, unless only the first is a private one.
_FROM = "|".join(
    (
        rf'"(?P<forwarded_for_1>{_LIST}|-)" (?P<remote_host_1>{_IP}|{_HOST})',
        rf'"(?P<forwarded_for_2>{_LIST})"',
        rf"(?P<forwarded_for_3>{_LIST}|-) (?P<remote_host_3>{_PRIVATE})",
        rf"(?P<remote_host_4>{_PRIVATE}) (?P<forwarded_for_4>{_LIST})",
        rf"(?P<forwarded_for_5>{_LIST}|-) (?P<remote_host_5>{_IP})",
        rf"(?P<remote_host_6>{_IP}) (?P<forwarded_for_6>{_LONG_LIST})",
        rf"(?P<remote_host_7>{_IP}|{_HOST}) \((?P<forwarded_for_7>{_LIST}|-)\)",
        rf"(?P<remote_host_8>{_LONG_LIST}|{_IP}(?::\d+)?|{_HOST})",
    )
)
# A name with blanks can be told from two names only behind a dash.
_NAMES = (
    rf"- (?:\[(?P<forwarded_for_8>{_LIST}|-)\] - )?"
    rf'(?:"(?P<auth_name_1>{_TEXT})"|(?P<auth_name_2>-|[^\s"\[(-][^"\[\]]*?|-[^\s"]+))'
    r'|(?P<identity>[A-Za-z_][^\s:",\[\]()]*) (?P<auth_name_3>[^\s"\[\]]+)'
)
_MORE = rf'(?P<further>(?: (?:"{_TEXT}"|\[[^\]"/]*\]|[^\s"\[\]]+(?:"{_TEXT}")?))+)?'
_BEHIND = (
    r' "(?P<virtual_host_1>[\w-]+(?:\.[\w-]+)+)" "(?P<referrer_1>-|\w+://'
    rf'{_TEXT})" "(?P<user_agent_1>[A-Za-z(][^"\\ /]*[ /]{_TEXT})"'
    rf'(?: "(?P<forwarded_for_9>{_LIST}|-)")?{_MORE.replace("further", "further_1")}'
    rf'| "(?P<referrer>{_TEXT})" "(?P<user_agent>{_TEXT})"'
    rf'(?: "(?P<forwarded_for>{_LIST}|-)")?{_MORE}'
)
_UNUSUAL = (
    rf"^(?:(?:(?P<virtual_host>{_VIRTUAL_HOST}) )?(?:{_FROM})"
    rf"|(?P<remote_host>[A-Za-z_][\w-]*|-)) (?:{_NAMES}) {_TIME}"
    rf' "(?P<request>{_TEXT})" (?P<status>\d{{3}}|-) (?P<response_bytes>\d+|-)'
    rf"(?:{_BEHIND})?\s*$"
)

SOURCE = Source(
    name="web_logs",
    description="Requests as the web server wrote them, one line each.",
    tables=(
        Table(
            "access",
            "access/*",
            (
                Column(
                    "virtual_host",
                    headings=(
                        "cs-host", "x-host-header", "cs(Host)", "host", "server_name",
                        "RequestHost",
                    ),
                ),
                Column(
                    "remote_host",
                    headings=("c-ip", "remote_addr", "remote_ip", "ClientHost"),
                ),
                Column("identity"),
                Column(
                    "auth_name",
                    headings=("cs-username", "remote_user", "ClientUsername"),
                ),
                Column(
                    "requested_at", "log_time", True,
                    ("time_iso8601", "time_local", "time", "timestamp", "@timestamp"),
                ),
                Column("request"),
                Column(
                    "status", headings=("sc-status", "status_code", "DownstreamStatus")
                ),
                Column(
                    "response_bytes",
                    headings=(
                        "sc-bytes", "body_bytes_sent", "bytes_sent", "bytes",
                        "DownstreamContentSize",
                    ),
                ),
                Column(
                    "referrer",
                    headings=(
                        "cs(Referer)", "http_referer", "referer", "request_Referer",
                    ),
                ),
                Column(
                    "user_agent",
                    headings=(
                        "cs(User-Agent)", "http_user_agent", "agent",
                        "request_User-Agent",
                    ),
                ),
                Column(
                    "forwarded_for",
                    headings=(
                        "x-forwarded-for", "cs(X-Forwarded-For)",
                        "http_x_forwarded_for", "request_X-Forwarded-For",
                    ),
                ),
                Column(
                    "method", headings=("cs-method", "request_method", "RequestMethod")
                ),
                Column(
                    "target",
                    headings=(
                        "cs-uri-stem", "request_uri", "cs-uri", "uri", "RequestPath",
                    ),
                ),
                Column("query", headings=("cs-uri-query", "query_string", "args")),
                Column(
                    "protocol",
                    headings=("cs-version", "server_protocol", "RequestProtocol"),
                ),
                Column("further"),
            ),
            format="log_lines",
            patterns=(_USUAL, _WITH_HOST, _UNUSUAL),
            any_of=(
                ("request", "status"),
                ("target", "status"),
                ("request", "remote_host"),
                ("target", "remote_host"),
                ("status", "remote_host"),
                ("request", "forwarded_for"),
                ("target", "forwarded_for"),
                ("status", "forwarded_for"),
            ),
            is_mixed=True,
        ),
    ),
)  # fmt: skip
