"""The sample world is repeatable, looks like its sources, matches its answer key."""

import csv
import gzip
import hashlib
import json
import re
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet

from ingestion.files.load import ensure_ledger, load_source
from ingestion.sample.money import RATES
from ingestion.sample.world import write_world
from ingestion.settings import Settings
from ingestion.sources import all_sources
from tests.conftest import REPOSITORY

UNTIL = date(2026, 6, 30)
CUSTOMERS, DAYS = 300, 10
CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Date of birth,Street Address,"
    "City,Postal Code,Country/Region,Lifecycle Stage,Lead Status,Original Source,"
    "Contact owner,Associated Company IDs,Merged contact IDs,Create Date,"
    "Last Modified Date"
)
HEADINGS = {
    "hubspot/contacts": CONTACTS,
    "hubspot/companies": "Record ID,Company name,Company Domain Name,Industry,City,"
    "Country/Region,Number of Employees,Company owner,Create Date,Last Modified Date",
    "hubspot/deals": "Record ID,Deal Name,Pipeline,Deal Stage,Amount,Currency,"
    "Create Date,Close Date,Deal owner,Associated Contact IDs,Associated Company IDs,"
    "Last Modified Date",
    "hubspot/notes": "Record ID,Activity Type,Activity date,Note body,"
    "Activity assigned to,Associated Contact IDs,Associated Deal IDs,"
    "Last Modified Date",
    "hubspot/tickets": "Ticket ID,Ticket name,Pipeline,Ticket status,Priority,Category,"
    "Source,Create date,Close date,Ticket owner,Associated Contact IDs,"
    "Last modified date",
    "shop/customers": "customer_id,email,first_name,last_name,phone,birth_date,street,"
    "city,postal_code,country_code,accepts_marketing,is_guest,created_at,updated_at",
    "shop/orders": "order_id,customer_id,email,status,channel,currency,subtotal,"
    "discount,shipping,tax,total,ordered_at,updated_at",
    "shop/refunds": "refund_id,order_id,amount,currency,reason,refunded_at",
    "meta_ads/campaigns": "Reporting starts,Reporting ends,Campaign ID,Campaign name,"
    "Campaign delivery,Attribution setting,Results,Reach,Impressions,Link clicks,"
    "Amount spent (EUR)",
}
GOOGLE = (
    "Day,Campaign ID,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost,"
    "Conversions,Conv. value"
)
CASES = set(
    "typo_name typo_email nickname changed_email shared_family_phone "  # noqa: SIM905
    "shared_family_tablet logout_login role_mailbox pos_default_email recycled_phone "
    "crm_duplicate crm_merge junk_values bots late_files refunds two_currencies "
    "contact_form_to_purchase".split()
)
COMBINED = re.compile(
    r'^[0-9a-f.:]+ - - \[\d\d/\w{3}/\d{4}(:\d\d){3} \+0000\] "GET \S+ HTTP/1\.1" '
    r'\d{3} (\d+|-) "[^"]*" "[^"]*"$'
)


class World:
    """One written world, with readers for its files."""

    def __init__(self, folder: Path, seed: int = 7) -> None:
        self.folder = folder
        self.landing = folder / "landing"
        self.written = write_world(
            self.landing, folder / "key", CUSTOMERS, DAYS, seed, UNTIL
        )

    def files(self, table: str) -> list[Path]:
        return sorted((self.landing / table).iterdir())

    def rows(self, table: str) -> list[dict[str, str]]:
        return [row for path in self.files(table) for row in _csv(path)]

    def key(self, name: str) -> list[dict[str, str]]:
        return _csv(self.folder / "key" / f"{name}.csv")

    def totals(self) -> dict[str, str]:
        return {row["fact"]: row["value"] for row in self.key("totals")}

    def events(self) -> list[tuple[date, dict]]:
        return [
            (date.fromisoformat(path.stem), json.loads(line))
            for path in self.files("web_events/events")
            for line in path.read_text("utf-8").splitlines()
        ]

    def orders(self) -> dict[str, dict[str, str]]:
        """The first version of each order."""
        return {row["order_id"]: row for row in reversed(self.rows("shop/orders"))}

    def digests(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def test_the_seed_decides_every_byte(world: World, tmp_path: Path) -> None:
    again, other = World(tmp_path / "again"), World(tmp_path / "other", seed=8)
    assert again.digests() == world.digests()
    assert again.written == world.written
    assert all(
        digest != world.digests().get(name)
        for name, digest in other.digests().items()
        if name.endswith((".jsonl", "people.csv")) or "access.log" in name
    )


def test_files_are_complete_and_as_old_as_their_day(world: World) -> None:
    assert not [path for path in world.folder.rglob("*.partial")]
    for day in range(DAYS):
        on = UNTIL - timedelta(days=day)
        path = world.landing / "web_logs/access" / f"access.log-{on:%Y%m%d}"
        delivered = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        assert delivered.date() == on + timedelta(days=1)
        assert (delivered.hour, delivered.minute) == (2, 0)


@pytest.mark.parametrize("table", HEADINGS)
def test_csv_files_have_their_headings_and_counted_rows(
    world: World, table: str
) -> None:
    for path in world.files(table):
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
        assert ",".join(lines[0]) == HEADINGS[table]
        assert {len(line) for line in lines} == {len(lines[0])}
    assert len(world.rows(table)) == world.written[table]


def test_google_reports_have_preamble_and_totals(world: World) -> None:
    files = world.files("google_ads/campaigns")
    assert files[-1].name == "Campaign report 2026-06-30.csv"
    for path in files:
        lines = list(csv.reader(path.read_text("utf-8").splitlines(), strict=True))
        assert lines[0] == ["Campaign report"]
        assert ",".join(lines[2]) == GOOGLE
        assert [line[0] for line in lines[-2:]] == [
            "Total: Campaigns",
            "Total: Account",
        ]
        clicks = [int(line[6].replace(",", "")) for line in lines[3:-1]]
        assert sum(clicks[:-1]) == clicks[-1]
    assert path.read_text("utf-8").splitlines()[1] == '"June 30, 2026 - June 30, 2026"'


def test_notes_hold_line_breaks_and_countries_are_typed_by_hand(world: World) -> None:
    assert any("\n" in row["Note body"] for row in world.rows("hubspot/notes"))
    countries = {row["Country/Region"] for row in world.rows("hubspot/contacts")}
    assert {"Germany", "United States"} < countries
    assert countries & {"DE", "USA", "UK", "FR", "AT"}


def test_orders_add_up_to_the_cent(world: World) -> None:
    orders = world.orders()
    lines = defaultdict(Decimal)
    for path in world.files("shop/order_lines"):
        for line in parquet.read_table(path, partitioning=None).to_pylist():
            gross = line["quantity"] * line["unit_price"]
            assert line["line_total"] == gross - line["discount"]
            lines[str(line["order_id"])] += line["line_total"]
    sums: Counter[str] = Counter()
    for number, order in orders.items():
        money = {
            name: Decimal(order[name])
            for name in ("subtotal", "discount", "shipping", "tax", "total")
        }
        net = money["subtotal"] - money["discount"]
        assert lines.pop(number) == net
        assert money["total"] == net + money["shipping"] + money["tax"]
        sums[f"order_total_{order['currency']}"] += money["total"]
    for refund in world.rows("shop/refunds"):
        assert Decimal(refund["amount"]) <= Decimal(orders[refund["order_id"]]["total"])
        sums[f"refund_total_{refund['currency']}"] += Decimal(refund["amount"])
    assert not lines
    totals = world.totals()
    assert int(totals["orders"]) == len(orders)
    for fact in sums:
        assert Decimal(totals[fact]) == sums[fact]


def test_changed_orders_come_again_later(world: World) -> None:
    versions = defaultdict(list)
    for row in world.rows("shop/orders"):
        versions[row["order_id"]].append((row["updated_at"], row["status"]))
    assert all(states == sorted(states) for states in versions.values())
    assert all(states[0][1] == "paid" for states in versions.values())
    assert {"shipped", "refunded"} <= {
        s for states in versions.values() for _, s in states
    }


def test_web_purchases_are_event_pairs_of_one_visitor(world: World) -> None:
    pairs = defaultdict(set)
    for _, event in world.events():
        if event.get("event") in ("Checkout Started", "Order Completed"):
            order = event["properties"]["orderId"]
            pairs[order].add((event["event"], event["anonymousId"]))
    web = {n for n, order in world.orders().items() if order["channel"] == "web"}
    assert set(pairs) == web
    assert {len(pair) for pair in pairs.values()} == {2}
    assert all(len({visitor for _, visitor in pair}) == 1 for pair in pairs.values())


def test_forms_are_followed_by_an_anonymous_identify(world: World) -> None:
    by_visitor = defaultdict(list)
    for _, event in sorted(world.events(), key=lambda pair: pair[1]["timestamp"]):
        by_visitor[event["anonymousId"]].append(event)
    following = [
        next(e for e in events[at + 1 :] if e["type"] == "identify")
        for events in by_visitor.values()
        for at, event in enumerate(events)
        if event.get("event") == "Form Submitted"
    ]
    assert following
    assert all(event["traits"]["email"] for event in following)
    assert {event.get("userId") for event in following} <= {None, "undefined", "null"}


def test_landing_pages_carry_the_campaigns_of_the_ad_reports(world: World) -> None:
    urls = " ".join(event["context"]["page"]["url"] for _, event in world.events())
    assert "gclid=" in urls
    assert "fbclid=" in urls
    names = {row["Campaign name"] for row in world.rows("meta_ads/campaigns")}
    assert names & set(re.findall(r"utm_campaign=([\w-]+)", urls))


def test_log_lines_are_combined_format_but_for_the_truncated(world: World) -> None:
    lines = [
        line
        for path in world.files("web_logs/access")
        for line in path.read_text("utf-8").splitlines()
    ]
    broken = [line for line in lines if not COMBINED.match(line)]
    totals = world.totals()
    assert len(lines) == int(totals["log_lines"])
    assert len(broken) == int(totals["log_lines_truncated"]) >= 1
    assert any(" 404 " in line for line in lines)
    for text in ("Googlebot", "AhrefsBot", "curl/", "/robots.txt", ".css", ".js"):
        assert any(text in line for line in lines), text


def test_repeated_and_late_events_match_the_totals(world: World) -> None:
    first_file: dict[str, date] = {}
    happened: dict[str, date] = {}
    events = world.events()
    for file_day, event in events:
        first_file.setdefault(event["messageId"], file_day)
        happened[event["messageId"]] = date.fromisoformat(event["timestamp"][:10])
    late = [n for n, day in first_file.items() if day > happened[n]]
    totals = world.totals()
    assert len(events) == int(totals["web_events_written"])
    assert len(first_file) == int(totals["web_events_distinct"]) < len(events)
    assert len(late) == int(totals["web_events_late"]) > 0
    assert all((first_file[n] - happened[n]).days in range(1, 6) for n in late)


def test_every_hard_case_is_played(world: World) -> None:
    cases = Counter(row["case_name"] for row in world.key("hard_cases"))
    assert set(cases) == CASES
    assert all(row["record_ids"] for row in world.key("hard_cases"))


def test_hard_cases_are_visible_in_the_files(world: World) -> None:
    contacts = {row["Record ID"]: row for row in world.rows("hubspot/contacts")}
    customers = world.rows("shop/customers")
    emails = defaultdict(set)
    for row in customers:
        emails[row["customer_id"]].add(row["email"])
    for row in world.key("hard_cases"):
        ids = defaultdict(list)
        for record in row["record_ids"].split(";"):
            kind, number = record.split(":")
            ids[kind].append(number)
        own = [contacts[number] for number in ids["hubspot.contact"]]
        match row["case_name"]:
            case "changed_email":
                assert len(emails[ids["shop.customer"][0]]) == 2
                assert own[0]["Email"] in emails[ids["shop.customer"][0]]
            case "crm_duplicate":
                assert len({contact["Phone Number"] for contact in own}) == 1
                assert len({contact["Email"] for contact in own}) == 2
            case "crm_merge":
                merged = {contact["Merged contact IDs"] for contact in own}
                assert merged & {contact["Record ID"] for contact in own}
            case "role_mailbox":
                assert own[0]["Email"].startswith("info@")
            case "typo_email":
                assert own[0]["Email"] not in emails[ids["shop.customer"][0]]
            case "pos_default_email":
                till = {"kasse@fernweh-outfitters.shop"}
                assert emails[ids["shop.customer"][0]] == till
            case "junk_values":
                assert own[0]["Phone Number"] == "000000000"


def test_the_answer_key_covers_every_record_once(world: World) -> None:
    pairs = [tuple(row.values()) for row in world.key("records")]
    assert len(pairs) == len(set(pairs))
    records = {record for record, _ in pairs}
    seen = {f"hubspot.contact:{r['Record ID']}" for r in world.rows("hubspot/contacts")}
    totals = world.totals()
    assert len(seen) == int(totals["contacts"])
    customers = {
        f"shop.customer:{r['customer_id']}" for r in world.rows("shop/customers")
    }
    assert len(customers) == int(totals["shop_customers"])
    visitors = {f"web.visitor:{event['anonymousId']}" for _, event in world.events()}
    assert {r for r in records if r.startswith(("hubspot", "shop.", "web"))} == (
        seen | customers | visitors
    )
    people = {row["person_id"] for row in world.key("people")}
    assert {person for _, person in pairs} == people & {p for _, p in pairs} | {""}
    ordering = {f"shop.customer:{o['customer_id']}" for o in world.orders().values()}
    assert ordering <= customers


def _clean(value: object) -> str:
    return str(value).lstrip("'@").lower()


def _records_of_the_teams(world: World) -> set[str]:
    """What the files of the other teams call their people."""
    found = {
        f"{kind}:{_clean(row[column])}"
        for kind, table, column in (
            ("salesforce.contact", "salesforce/contacts", "Id"),
            ("salesforce.lead", "salesforce/leads", "Id"),
            ("shopify.customer", "shopify/customers", "Customer ID"),
            ("stripe.customer", "stripe/customers", "id"),
        )
        for row in world.rows(table)
    }
    found |= {
        f"stripe.guest:{_hash(row['Customer Email'])}"
        for path in world.files("stripe/charges")
        if path.name.startswith("unified")
        for row in _csv(path)
        if not row["Customer ID"]
    }
    for path in world.files("zendesk/users"):
        users = map(json.loads, path.read_text("utf-8").splitlines())
        found |= {f"zendesk.user:{u['id']}" for u in users if u["role"] == "end-user"}
    for path in world.files("pipedrive/persons"):
        rows = openpyxl.load_workbook(path).active.iter_rows(min_row=2)
        found |= {f"pipedrive.person:{row[0].value}" for row in rows}
    for path in world.files("email_events/events"):
        events = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
        found |= {f"email.recipient:{_hash(event['email'])}" for event in events}
    found |= {
        f"sms.recipient:{_hash(row[end])}"
        for row in world.rows("sms_events/events")
        for end in ("From", "To")
        if (row["Direction"] == "inbound") == (end == "From")
    }
    found |= {
        f"social.handle:{_hash(row['Network'].lower() + '/' + _clean(row['Username']))}"
        for row in world.rows("social/interactions")
    }
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_answer_key_knows_everybody_of_the_teams(world: World) -> None:
    known = {row["record_id"].lower() for row in world.key("records")}
    by_name = ("hubspot.", "shop.", "web.", "lists.", "partners.")
    assert {r for r in known if not r.startswith(by_name)} == _records_of_the_teams(
        world
    )
    entries = {record for record in known if record.startswith("lists.person:")}
    guests = _csv(world.landing / "lists/people/trade-fair-guests.csv")
    assert len([e for e in entries if "guests" in e]) == len(guests) > 0


def test_every_source_delivers_and_nothing_unplanned_is_refused(
    world: World, tmp_path: Path
) -> None:
    sources = all_sources()
    assert {table.partition("/")[0] for table in world.written} == {
        source.name for source in sources
    }
    home = tmp_path / "home"
    shutil.copytree(world.landing, home / "landing")
    settings = Settings(home=home)
    ensure_ledger(settings)
    refused = {}
    for source in sources:
        loaded = load_source(settings, source, UNTIL + timedelta(days=1))
        refused[source.name] = loaded.rows_quarantined
        assert not [m for m in loaded.messages if "access" not in m], source.name
    assert refused.pop("web_logs") == int(world.totals()["log_lines_truncated"])
    assert not any(refused.values()), refused


def test_hard_cases_of_money_and_state_are_in_the_files(world: World) -> None:
    money, states = world.key("money"), world.key("states")
    assert {row["state"] for row in money} >= {
        *("paid", "pending", "cancelled", "failed", "refunded", "partly refunded"),
        "test",
    }
    assert {"EUR", "USD", "JPY", "KWD"} <= {row["currency"] for row in money}
    assert any(row["total_amount"] == "0.000" for row in money)
    assert all(
        (row["reporting_total_amount"] == "") == (row["currency"] == "KWD")
        for row in money
    )
    by_kind = defaultdict(set)
    for row in states:
        by_kind[row["kind"], row["source_name"]].add(row["state"])
    for source in ("hubspot", "salesforce", "pipedrive"):
        assert by_kind["deal", source] <= {"open", "won", "lost"}
    assert by_kind["deal", "salesforce"] == {"open", "won", "lost"}
    assert {"deleted", "open", "closed"} <= by_kind["ticket", "zendesk"]
    assert {"active", "trial", "cancelled"} <= by_kind["subscription", "stripe"]
    touches = world.key("touches")
    assert {"email_opened", "email_bounced", "sms_opted_out"} <= {
        row["touch_type"] for row in touches
    }
    assert {row["is_machine"] for row in touches} == {"true", "false"}
    assert {"granted", "withdrawn"} == {row["status"] for row in world.key("consents")}


def test_an_order_loses_a_line_and_a_person_leaves(world: World) -> None:
    """Between the export halfway and the last one."""
    lines = [
        Counter(row["Name"] for row in _csv(path))
        for path in world.files("shopify/orders")
    ]
    assert any(lines[0][name] == 2 and n == 1 for name, n in lines[1].items())
    before, after = (
        {row[0].value for row in openpyxl.load_workbook(path).active.iter_rows()}
        for path in world.files("pipedrive/persons")
    )
    assert after < before
    gone = {row["IsDeleted"] for row in world.rows("salesforce/contacts")}
    assert gone == {"0", "1"}


def test_the_company_s_rates_are_the_seed_s() -> None:
    seed = REPOSITORY / "dbt_project" / "seeds" / "exchange_rates.csv"
    rates = {row["currency_code"]: row["rate_to_eur"] for row in _csv(seed)}
    assert {code: rates[code] for code in RATES} == RATES
    assert "KWD" not in rates


def test_a_world_too_small_for_its_cases_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few to play"):
        write_world(tmp_path / "landing", tmp_path / "key", 40, DAYS, 7, UNTIL)
    with pytest.raises(ValueError, match="days or more"):
        write_world(tmp_path / "landing", tmp_path / "key", 300, 3, 7, UNTIL)
