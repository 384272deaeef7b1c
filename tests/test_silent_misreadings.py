"""What was read wrongly without a word: files go in, rows or a sentence come out."""

import json
from dataclasses import replace
from datetime import date

import pytest

from ingestion.files.load import Loaded, load_source
from ingestion.settings import Settings
from ingestion.sources import all_sources, hubspot, lists, salesforce, shop, web_logs
from ingestion.tables import Column, Source
from tests.conftest import Home
from tests.test_loading import assert_accounted, looks, rejects

WHEN = "[31/Jan/2026:14:05:00 +0100]"
REQUEST = '"GET /a HTTP/1.1" 200 12 "-" "UA"'
LOG = "web_logs/access/access.log"


def load(home: Home, source: Source) -> Loaded:
    return load_source(Settings(home=home.path), source, date(2026, 7, 1))


def requests(home: Home, columns: str) -> list[tuple]:
    return home.warehouse(f"select {columns} from raw_web_logs.access order by _line")


# --- Each field of a log line where it belongs.

FROM = "virtual_host, forwarded_for, remote_host, auth_name"
FIRST_PARTS = {
    # GoAccess 1758 and 1067, the log format of Amazon's own guide.
    "203.0.113.7 10.0.0.1 - -": (None, "203.0.113.7", "10.0.0.1", None),
    "203.0.113.7, 10.1.1.1 10.0.0.1 - bob": (
        None, "203.0.113.7, 10.1.1.1", "10.0.0.1", "bob",
    ),
    "203.0.113.7, 198.51.100.4 198.51.100.9 - -": (
        None, "203.0.113.7, 198.51.100.4", "198.51.100.9", None,
    ),
    "203.0.113.7 198.51.100.9 - -": (None, "203.0.113.7", "198.51.100.9", None),
    "10.0.0.1 203.0.113.7 - -": (None, "203.0.113.7", "10.0.0.1", None),
    "198.51.100.9 203.0.113.7, 10.0.0.1 - -": (
        None, "203.0.113.7, 10.0.0.1", "198.51.100.9", None,
    ),
    "2001:db8::7 ::1 - -": (None, "2001:db8::7", "::1", None),
    "- 10.0.0.1 - -": (None, None, "10.0.0.1", None),
    "shop.de:443 203.0.113.7, 10.0.0.9 10.0.0.2 - -": (
        "shop.de:443", "203.0.113.7, 10.0.0.9", "10.0.0.2", None,
    ),
    "127.0.1.1:80 203.0.113.7 - -": ("127.0.1.1:80", None, "203.0.113.7", None),
    "203.0.113.7:51234 10.0.0.1 - -": (None, "203.0.113.7:51234", "10.0.0.1", None),
    # GoAccess 1161 and 615.
    "10.0.2.100 (191.96.170.41, 162.158.74.157) - -": (
        None, "191.96.170.41, 162.158.74.157", "10.0.2.100", None,
    ),
    "10.0.2.101 (-) - -": (None, None, "10.0.2.101", None),
    '"203.0.113.7, 10.1.1.1" - -': (None, "203.0.113.7, 10.1.1.1", None, None),
    '"203.0.113.7" 10.0.0.1 - -': (None, "203.0.113.7", "10.0.0.1", None),
    "10.0.0.1 - [203.0.113.7] - -": (None, "203.0.113.7", "10.0.0.1", None),
    # Logstash 3445: names of users may have blanks.
    "10.0.0.1 - John Smith": (None, None, "10.0.0.1", "John Smith"),
    "10.0.0.1 - John van der Smith": (None, None, "10.0.0.1", "John van der Smith"),
    r"10.0.0.1 - CORP\John Smith": (None, None, "10.0.0.1", r"CORP\John Smith"),
    '10.0.0.1 - "John Smith"': (None, None, "10.0.0.1", "John Smith"),
    '10.0.0.1 - ""': (None, None, "10.0.0.1", None),
    "shop.de 10.0.0.1 - John Smith": ("shop.de", None, "10.0.0.1", "John Smith"),
    "203.0.113.7 10.0.0.1 - John Smith": (
        None, "203.0.113.7", "10.0.0.1", "John Smith",
    ),
    "host.example.com - John Smith": (None, None, "host.example.com", "John Smith"),
    # As before.
    "10.0.0.1 - -": (None, None, "10.0.0.1", None),
    "shop.de ::1 - ann": ("shop.de", None, "::1", "ann"),
    "::1, 10.0.0.2 - ann": (None, None, "::1, 10.0.0.2", "ann"),
    "localhost host.example.com - -": ("localhost", None, "host.example.com", None),
    "web1 - -": (None, None, "web1", None),
}  # fmt: skip


def test_what_stands_before_the_time_of_a_log_line_is_told_apart(home: Home) -> None:
    home.deliver(LOG, "".join(f"{start} {WHEN} {REQUEST}\n" for start in FIRST_PARTS))
    assert load(home, web_logs.SOURCE).messages == []
    found = requests(home, FROM)
    assert dict(zip(FIRST_PARTS, found, strict=True)) == FIRST_PARTS
    assert requests(home, "distinct request, status, user_agent, requested_at") == [
        ("GET /a HTTP/1.1", "200", "UA", WHEN.strip("[]"))
    ]


BEHIND = "virtual_host, referrer, user_agent, forwarded_for, further"
LAST_PARTS = {
    '200 12 "-" "UA" 0.123': (None, None, "UA", None, "0.123"),
    '200 12 "-" "UA" 0.123 0.120 .': (None, None, "UA", None, "0.123 0.120 ."),
    '200 12 "-" "UA" rt=0.1 uct="0.0" urt="0.1"': (
        None, None, "UA", None, 'rt=0.1 uct="0.0" urt="0.1"',
    ),
    '200 12 "-" "UA" "203.0.113.7" 0.123': (None, None, "UA", "203.0.113.7", "0.123"),
    '200 12 "-" "UA" "2001:db8::1, 10.0.0.2"': (
        None, None, "UA", "2001:db8::1, 10.0.0.2", None,
    ),
    # A third text in quotes is an address or it is not: a server behind (GoAccess
    # 2310), the rate of compression, a host, a cookie.
    '200 12 "-" "UA" "172.19.0.8:80"': (None, None, "UA", None, '"172.19.0.8:80"'),
    '200 12 "-" "UA" "2.5"': (None, None, "UA", None, '"2.5"'),
    '200 12 "-" "UA" "shop.de"': (None, None, "UA", None, '"shop.de"'),
    '200 12 "-" "UA" "id=abc; x"': (None, None, "UA", None, '"id=abc; x"'),
    # GoAccess 637: the host before the referrer.
    '200 12 "shop.de" "https://a.b/c" "Mozilla/5.0 (X11)" "-" 988': (
        "shop.de", "https://a.b/c", "Mozilla/5.0 (X11)", None, "988",
    ),
    '200 12 "-" "UA \\"x\\" y"': (None, None, 'UA \\"x\\" y', None, None),
    '200 12 "http://a/?\\"x\\"" "UA"': (None, 'http://a/?\\"x\\"', "UA", None, None),
    '200 12 "-" "UA" 1 "web@docker" "http://10.0.0.3:80" 5ms': (
        None, None, "UA", None, '1 "web@docker" "http://10.0.0.3:80" 5ms',
    ),
    '200 12 "-" "UA" 345 0.004 [default-web-80] [] 10.1.0.3:80 12 200 abc': (
        None, None, "UA", None, "345 0.004 [default-web-80] [] 10.1.0.3:80 12 200 abc",
    ),
    "200 12": (None, None, None, None, None),
}  # fmt: skip


def test_what_stands_behind_the_request_is_told_apart(home: Home) -> None:
    start = f'10.0.0.1 - - {WHEN} "GET /a HTTP/1.1"'
    home.deliver(LOG, "".join(f"{start} {end}\n" for end in LAST_PARTS))
    assert load(home, web_logs.SOURCE).messages == []
    columns = BEHIND.replace("further", "nullif(trim(further), '')")
    found = requests(home, columns)
    assert dict(zip(LAST_PARTS, found, strict=True)) == LAST_PARTS


@pytest.mark.parametrize(
    "line",
    [
        # Two lines that were written as one, and quotes that nobody escaped.
        f'10.0.0.1 - - {WHEN} {REQUEST} 10.0.0.2 - - {WHEN} "GET /b HTTP/1.1" 200 1',
        f'10.0.0.1 - - {WHEN} "GET /a HTTP/1.1" 200 12 "-" "UA "x" y"',
        f'10.0.0.1 - - {WHEN} "GET /a HTTP/1.1" 200 12 "-" "UA" b"',
        # Which number is which cannot be told, nor which name.
        f'10.0.0.1 - - {WHEN} "GET /a HTTP/1.1" 200 12 1234 "-" "UA"',
        f"10.0.0.1 John Smith Bob {WHEN} {REQUEST}",
        f"203.0.113.7 10.0.0.1 bob {WHEN} {REQUEST}",
        f'- - - {WHEN} "-" - -',
    ],
)
def test_a_line_that_cannot_be_told_apart_is_quarantined(home: Home, line: str) -> None:
    home.deliver(LOG, f"{line}\n10.0.0.2 - - {WHEN} {REQUEST}\n")
    assert load(home, web_logs.SOURCE).rows_quarantined == 1
    assert requests(home, "remote_host") == [("10.0.0.2",)]
    assert_accounted(home, web_logs.SOURCE)


# --- A key alone is not a row.

LINES = {
    "an application": {
        "timestamp": "2026-01-31T14:05:00Z", "level": "info", "message": "started",
        "host": "web1",
    },
    "an application with a status": {
        "timestamp": "2026-01-31T14:05:00Z", "status": "ok", "message": "started",
    },
    "an application with an object": {
        "time": "2026-01-31T14:05:00Z", "request": {"id": 7}, "status": "ok",
    },
    "Google's load balancer": {
        "timestamp": "2026-01-31T14:05:00Z",
        "httpRequest": {"requestUrl": "http://shop.de/a", "status": 200},
    },
    "Docker around an application": {
        "log": "worker started\n", "stream": "stdout", "time": "2026-01-31T14:05:00Z",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_lines_that_are_no_requests_are_none(home: Home, name: str) -> None:
    home.deliver("web_logs/access/app.json", f"{json.dumps(LINES[name])}\n" * 3)
    [message] = load(home, web_logs.SOURCE).messages
    assert message.startswith("web_logs/access/app.json: refused: ")
    assert requests(home, "*") == []
    assert [status for _, status, _, _ in looks(home)] == ["refused"]


def test_of_mixed_lines_only_the_requests_load(home: Home) -> None:
    request = {
        "time": "2026-01-31T14:05:00Z", "remote_addr": "10.0.0.1", "status": 200,
        "request": "GET /a HTTP/1.1",
    }  # fmt: skip
    lines = [request, LINES["an application"], {"time": "2026-01-31T14:05:00Z"}]
    home.deliver(LOG, "".join(f"{json.dumps(line)}\n" for line in lines))
    assert load(home, web_logs.SOURCE).rows_quarantined == 2
    assert requests(home, "remote_host, request, status") == [
        ("10.0.0.1", "GET /a HTTP/1.1", "200")
    ]
    assert_accounted(home, web_logs.SOURCE)


def test_a_w3c_log_says_the_host_and_whom_it_was_forwarded_for(home: Home) -> None:
    home.deliver(
        "web_logs/access/iis.log",
        "#Fields: date time c-ip cs-method cs(Host) cs-uri-stem sc-status"
        " X-Forwarded-For\n"
        "2021-04-01 00:00:21 8.8.8.8 GET d1.example.net /a 200 9.9.9.9,+10.0.0.1\n",
    )
    home.deliver(
        "web_logs/access/time.log",
        "#Fields: time c-ip cs-method cs-uri-stem sc-status\n"
        "00:00:22 8.8.8.8 GET /a 200\n",
    )
    [said] = load(home, web_logs.SOURCE).messages
    assert "sc-status, without date; let the server log it too" in said
    assert requests(home, "virtual_host, forwarded_for, status") == [
        ("d1.example.net", "9.9.9.9, 10.0.0.1", "200")
    ]


def test_the_contacts_of_google_have_their_addresses(home: Home) -> None:
    home.deliver(
        "lists/people/google.csv",
        "Name,Given Name,Family Name,E-mail 1 - Value,Phone 1 - Value\n"
        "Ann Lee,Ann,Lee,ann@gmx.de,+12222222222\n",
    )
    load(home, lists.SOURCE)
    assert home.warehouse("select email, phone from raw_lists.people") == [
        ("ann@gmx.de", "+12222222222")
    ]


def test_what_docker_and_traefik_wrap_is_read(home: Home) -> None:
    line = f"203.0.113.7 - John Smith {WHEN} {REQUEST}\n"
    docker = {"log": line, "stream": "stdout", "time": "2026-01-31T13:05:00.1Z"}
    other = {"log": "starting\n", "stream": "stderr", "time": "2026-01-31T13:05:00.1Z"}
    home.deliver(LOG, "".join(f"{json.dumps(each)}\n" for each in (docker, other)))
    traefik = {
        "ClientAddr": "10.0.0.1:5", "ClientHost": "10.0.0.1", "ClientUsername": "-",
        "DownstreamContentSize": 12, "DownstreamStatus": 200, "RequestHost": "shop.de",
        "RequestMethod": "GET", "RequestPath": "/a?b=1", "RequestProtocol": "HTTP/1.1",
        "StartUTC": "2026-01-31T13:04:59Z", "request_User-Agent": "UA", "level": "info",
        "time": "2026-01-31T13:05:00Z",
    }  # fmt: skip
    home.deliver("web_logs/access/traefik.json", json.dumps(traefik) + "\n")
    assert load(home, web_logs.SOURCE).rows_quarantined == 1
    [(raw,)] = home.warehouse("select raw from raw_ledger.rejects")
    assert json.loads(raw) == other
    columns = (
        "virtual_host, remote_host, auth_name, status, request, method, target,"
        " user_agent"
    )
    assert set(requests(home, columns)) == {
        (None, "203.0.113.7", "John Smith", "200", "GET /a HTTP/1.1", None, None, "UA"),
        ("shop.de", "10.0.0.1", None, "200", None, "GET", "/a?b=1", "UA"),
    }
    assert_accounted(home, web_logs.SOURCE)


def test_an_export_of_another_report_brings_no_rows_of_nothing(home: Home) -> None:
    """Tickets in the folder of contacts: every row has a Record ID, and no person."""
    rows = "".join(f"{n},Torn tent,New,2026-01-01\n" for n in range(8800))
    head = "Record ID,Ticket name,Ticket status,Create Date\n"
    home.deliver("hubspot/contacts/all.csv", head + rows)
    [message] = load(home, hubspot.SOURCE).messages
    assert message.startswith("hubspot/contacts/all.csv: refused: ")
    for words in (
        "it has none of First Name, Last Name, Email",
        "found 'Record ID,Ticket name,Ticket status,Create Date'",
        "move it to that one's folder",
    ):
        assert words in message
    assert home.warehouse("select count(*) from raw_hubspot.contacts") == [(0,)]
    assert [status for _, status, _, _ in looks(home)] == ["refused"]


def test_a_key_alone_is_quarantined_and_a_deletion_is_not(home: Home) -> None:
    home.deliver(
        "salesforce/contacts/a.csv",
        "Id,IsDeleted,LastName,Email\n0031G00000q9jPQAQA,0,Huber,\n"
        "0031G00000q9jPRAQA,0,,\n0031G00000q9jPSAQA,1,,\n",
    )
    load(home, salesforce.SOURCE)
    kept = home.warehouse("select contact_id from raw_salesforce.contacts order by 1")
    assert [text[:15] for (text,) in kept] == ["0031G00000q9jPQ", "0031G00000q9jPS"]
    [(line, _, error)] = rejects(home)
    assert line == 3
    assert error.startswith("first_name and last_name and name and email")
    assert error.endswith("are all missing")


def test_every_table_says_what_makes_a_row_worth_having() -> None:
    for source in all_sources():
        for table in source.tables:
            names = {column.name for column in table.columns}
            for some in table.any_of:
                assert ({some} if isinstance(some, str) else set(some)) <= names
            assert {table.deleted, *table.dated} <= names | {""}, table.name
            needed = [c for c in table.columns if c.required]
            assert table.any_of or len(needed) > 1, f"{source.name}.{table.name}"


# --- A column that was always filled and is gone.

DEALS = "Record ID,Deal Name,Deal Stage,Amount,Currency\n"
RENAMED = DEALS.replace("Amount", "Amount in company currency")


def deals(head: str, count: int = 4, amount: str = "100.50") -> str:
    """Deals of which each second has an amount."""
    return head + "".join(
        f"{n},Deal {n},won,{amount if n % 2 else ''},EUR\n" for n in range(count)
    )


def amounts(home: Home) -> list[tuple]:
    """Deals and their sum, of the delivery that stands."""
    return home.warehouse(
        "select count(*), sum(cast(amount as double)) from raw_hubspot.deals"
        " where _load_id = (select max(load_id) from raw_ledger.files"
        " where status = 'loaded')"
    )


def decide(home: Home, path: str, decision: str) -> None:
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"path,decision\n{path},{decision}\n")


def test_a_renamed_heading_turns_no_millions_into_null(home: Home) -> None:
    home.deliver("hubspot/deals/1.csv", deals(DEALS))
    assert load(home, hubspot.SOURCE).messages == []
    home.deliver("hubspot/deals/2.csv", deals(RENAMED))
    [message] = load(home, hubspot.SOURCE).messages
    for words in (
        "hubspot/deals/2.csv: held back: `amount` (in files Amount or Betrag), which"
        " every delivery of `deals` before had filled, is gone",
        "new in it: amount_in_company_currency",
        "accept_missing to decisions/files.csv",
    ):
        assert words in message
    assert [look[:2] for look in looks(home)][1] == ("hubspot/deals/2.csv", "held")
    assert amounts(home) == [(4, 201)]
    assert load(home, hubspot.SOURCE).messages == []
    assert_accounted(home, hubspot.SOURCE)

    decide(home, "hubspot/deals/2.csv", "accept_missing")
    assert load(home, hubspot.SOURCE).messages == []
    assert amounts(home) == [(4, None)]
    # Once accepted it is usual, and so is that it comes back.
    home.deliver("hubspot/deals/3.csv", deals(RENAMED, 5))
    home.deliver("hubspot/deals/4.csv", deals(DEALS, 6))
    assert load(home, hubspot.SOURCE).messages == []


def test_a_renamed_heading_is_read_once_the_module_knows_it(home: Home) -> None:
    home.deliver("hubspot/deals/1.csv", deals(DEALS))
    load(home, hubspot.SOURCE)
    home.deliver("hubspot/deals/2.csv", deals(RENAMED))
    assert len(load(home, hubspot.SOURCE).messages) == 1

    def known(column: Column) -> Column:
        more = (*column.headings, "Amount in company currency")
        return replace(column, headings=more) if column.name == "amount" else column

    tables = tuple(
        replace(table, columns=tuple(map(known, table.columns)))
        for table in hubspot.SOURCE.tables
    )
    assert load(home, replace(hubspot.SOURCE, tables=tables)).messages == []
    assert amounts(home) == [(4, 201)]


def test_a_column_that_is_there_and_empty_is_gone_too(home: Home) -> None:
    head = "order_id,customer_id,email,status,currency,subtotal,total,ordered_at"
    line = "{},7,{},paid,EUR,1,1,2026-01-31,2026-01-31\n"

    def orders(first: int, last: int, email: str) -> str:
        rows = (line.format(n, email) for n in range(first, last))
        return f"{head},updated_at\n{''.join(rows)}"

    home.deliver("shop/orders/1.csv", orders(0, 20, "a@b.de"))
    load(home, shop.SOURCE)
    # A few without it may be chance.
    home.deliver("shop/orders/2.csv", orders(20, 23, ""))
    assert load(home, shop.SOURCE).messages == []
    other = Home(home.path.parent / "other", home.repository)
    other.deliver("shop/orders/1.csv", orders(0, 20, "a@b.de"))
    load(other, shop.SOURCE)
    other.deliver("shop/orders/2.csv", orders(20, 40, ""))
    [message] = load(other, shop.SOURCE).messages
    assert "shop/orders/2.csv: held back: `email`, which every delivery" in message


def test_a_column_that_was_not_always_there_may_go(home: Home) -> None:
    without = DEALS.replace(",Amount", "")
    rows = "".join(f"{n},Deal {n},won,EUR\n" for n in range(9))
    home.deliver("hubspot/deals/1.csv", without + rows)
    load(home, hubspot.SOURCE)
    home.deliver("hubspot/deals/2.csv", deals(DEALS, 9))
    load(home, hubspot.SOURCE)
    home.deliver("hubspot/deals/3.csv", without + rows.replace("Deal", "New"))
    assert load(home, hubspot.SOURCE).messages == []


def test_lists_of_many_hands_have_columns_of_their_own(home: Home) -> None:
    home.deliver("lists/people/guests.csv", "Name,E-mail,Phone\nAnn,a@b.de,1\n")
    load(home, lists.SOURCE)
    home.deliver("lists/people/members.csv", "Name,Member number\nBen,7\n")
    assert load(home, lists.SOURCE).messages == []


# --- A thousand times too small.

SHOP = "refund_id,order_id,amount,currency,reason,refunded_at\n"


def refunds(*values: str, currency: str = "CLP", first: int = 1) -> str:
    """Refunds in a comma CSV, a value each, none in quotes that needs none."""
    quoted = (f'"{value}"' if "," in value else value for value in values)
    return SHOP + "".join(
        f"{n},{n},{value},{currency},late,2026-01-31\n"
        for n, value in enumerate(quoted, first)
    )


def refunded(home: Home) -> list[str]:
    return [
        amount
        for (amount,) in home.warehouse(
            "select amount from raw_shop.refunds order by cast(refund_id as integer)"
        )
    ]


@pytest.mark.parametrize(
    ("values", "currency", "read"),
    [
        # A currency without cents, one with thousandths.
        (["12.345", "990", "7.500"], "CLP", ["12345", "990", "7500"]),
        (["12,345", "990"], "JPY", ["12345", "990"]),
        (["12.345", "7.500"], "KWD", ["12.345", "7.500"]),
        # What else the column holds: money that shows its cents, or no marks at all.
        (["12.345", "7.50"], "EUR", ["12.345", "7.50"]),
        (["12.345", "7.123.456"], "EUR", ["12345", "7123456"]),
        (["12.345", "1234567"], "EUR", ["12.345", "1234567"]),
    ],
)
def test_thousands_are_told_from_decimals(
    home: Home, values: list[str], currency: str, read: list[str]
) -> None:
    home.deliver("shop/refunds/a.csv", refunds(*values, currency=currency))
    assert load(home, shop.SOURCE).messages == []
    assert refunded(home) == read


@pytest.mark.parametrize(
    ("values", "currency"),
    [
        (["12.345", "990"], "EUR"),  # nothing says it
        (["12.345", "7.500"], "USD"),
        (["12.345", "1234567"], "CLP"),  # and here everything, both ways
        (["12.345", "7,500"], "CLP"),
    ],
)
def test_what_points_both_ways_is_refused_until_it_is_decided(
    home: Home, values: list[str], currency: str
) -> None:
    home.deliver("shop/refunds/a.csv", refunds(*values, currency=currency))
    [message] = load(home, shop.SOURCE).messages
    assert "whether 1.234 and 1,234 are thousands cannot be told" in message
    assert "decimal_comma or decimal_point to decisions/files.csv" in message
    assert refunded(home) == []
    decide(home, "shop/refunds/a.csv", "decimal_comma")
    load(home, shop.SOURCE)
    assert refunded(home)[0] == "12345"


def test_thousandths_of_a_currency_without_cents_cost_their_row(home: Home) -> None:
    """Beside dollars that show their cents, 12.345 pesos are no dozen pesos."""
    text = refunds("19.99", "5.00", currency="USD") + refunds(
        "12.345", "990", first=3
    ).removeprefix(SHOP)
    home.deliver("shop/refunds/a.csv", text)
    assert load(home, shop.SOURCE).rows_quarantined == 1
    assert refunded(home) == ["19.99", "5.00", "990"]
    [(line, _, error)] = rejects(home)
    assert line == 4
    assert error == (
        "amount has thousandths, and CLP has no cents: perhaps they are thousands"
    )
    assert_accounted(home, shop.SOURCE)


def test_the_language_of_the_headings_says_how_numbers_are_written(home: Home) -> None:
    head = "Datensatz-ID,Deal-Name,Deal-Phase,Betrag,Währung,Abschlussdatum\n"
    home.deliver("hubspot/deals/1.csv", head + "1,Zelt,offen,12.345,EUR,2026-01-31\n")
    assert load(home, hubspot.SOURCE).messages == []
    assert home.warehouse("select amount from raw_hubspot.deals") == [("12345",)]


def test_the_last_files_say_how_numbers_are_written(home: Home) -> None:
    home.deliver("shop/refunds/a.csv", refunds("12,50", "7,25", currency="EUR"))
    load(home, shop.SOURCE)
    more = refunds("12.345", currency="EUR", first=3)
    home.deliver("shop/refunds/b.csv", more)
    assert load(home, shop.SOURCE).messages == []
    assert refunded(home) == ["12.50", "7.25", "12345"]
    said = home.warehouse("select read_as from raw_ledger.files order by path")
    assert said == [("decimal comma",), ("decimal comma, as in the files before",)]


def test_a_large_file_is_asked_to_its_last_row(home: Home) -> None:
    values = ["990"] * 6000 + ["12.345"]
    home.deliver("shop/refunds/a.csv", refunds(*values))
    home.deliver("shop/refunds/b.csv", refunds(*values, "1.50", first=7000))
    load(home, shop.SOURCE)
    assert "12345" in refunded(home)
    assert "1.50" in refunded(home)
    assert "12.345" not in refunded(home)


# --- What would become of a file.


def test_check_says_what_would_become_of_a_file(home: Home) -> None:
    outside = home.path.parent / "export.csv"
    outside.write_text(deals(RENAMED) + "x,Deal,won,1,EUR\n")
    done = home.call("check", str(outside), "--as", "hubspot/deals")
    assert done.returncode == 0, done.stderr
    for words in (
        "as hubspot/deals: 4 of 5 rows would be loaded",
        "read by nothing: amount_in_company_currency",
        "not in the file: pipeline",
        "line 6: deal_id is not a whole number",
    ):
        assert words in done.stdout
    assert not (home.path / "warehouse.duckdb").exists()
    wrong = home.call("check", str(outside), "--as", "hubspot/contacts")
    assert "refused: " in wrong.stdout
    assert "it has none of First Name" in wrong.stdout
    unknown = home.call("check", str(outside), "--as", "hubspot/people")
    assert unknown.returncode == 1
    assert "there is no table hubspot/people; expected one of" in unknown.stderr


def test_check_knows_the_place_of_a_file_and_finds_it_elsewhere(home: Home) -> None:
    file = home.deliver("hubspot/deals/1.csv", deals(DEALS))
    done = home.call("check", str(file))
    assert "as hubspot/deals: 4 of 4 rows would be loaded" in done.stdout
    outside = home.path.parent / "refunds.csv"
    outside.write_text(refunds("19.99", currency="EUR"))
    assert "as shop/refunds: 1 of 1 rows" in home.call("check", str(outside)).stdout
