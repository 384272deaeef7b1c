"""Messages, partners, third parties, consent and requests, as each is delivered."""

import gzip
import hashlib
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.files.load import Loaded, ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import (
    audience_data,
    consents,
    email_events,
    partners,
    privacy_requests,
    sms_events,
    social,
    web_events,
)
from orchestration.models import manifest_path
from tests.conftest import Home

MODULES = (
    audience_data, consents, email_events, partners, privacy_requests, sms_events,
    social, web_events,
)  # fmt: skip
SOURCES = [module.SOURCE for module in MODULES]
DBT = Path(sys.executable).with_name("dbt")
NOON = datetime(2026, 6, 1, 12)
NOON_UNIX = 1780315200
EXPIRED = "0123456789abcdef" * 4


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def lines(*objects: dict) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def sendgrid(event: str, second: int, **more: object) -> dict:
    """An event as the webhook posts it."""
    return {
        "email": "Ada@Example.org",
        "timestamp": NOON_UNIX + second,
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "event": event,
        "category": ["summer", "boots"],
        "sg_event_id": f"{event}-{second}",
        "sg_message_id": "14c5d75ce93.filter0001",
        **more,
    }


SENDGRID = [
    sendgrid("processed", 0),
    sendgrid("deferred", 1, response="400 try again later", attempt="5"),
    sendgrid("delivered", 2, response="250 OK"),
    sendgrid("open", 3, useragent="Mail/1.0", ip="192.0.2.1", sg_machine_open=True),
    sendgrid("open", 4, useragent="Mozilla/5.0", ip="192.0.2.1", sg_machine_open=False),
    sendgrid("click", 5, url="https://shop.example/boots", ip="192.0.2.1"),
    sendgrid("bounce", 6, reason="500 unknown", status="5.0.0", type="blocked"),
    sendgrid("dropped", 7, reason="Bounced Address", status="5.0.0"),
    sendgrid("spamreport", 8),
    sendgrid("unsubscribe", 9),
    sendgrid("group_unsubscribe", 10, asm_group_id=10),
    sendgrid("group_resubscribe", 11, asm_group_id=10),
]
POSTMARK = lines(
    {
        "RecordType": "Delivery", "MessageID": "pm-1", "Recipient": "bob@example.org",
        "Tag": "welcome", "DeliveredAt": "2026-06-01T08:00:00-04:00",
    },
    {
        "RecordType": "Open", "MessageID": "pm-1", "Recipient": "bob@example.org",
        "Tag": "welcome", "UserAgent": "Mozilla/5.0",
        "ReceivedAt": "2026-06-01T12:00:00.2735393Z", "FirstOpen": True,
        "Geo": {"IP": "192.0.2.9"},
    },
    {
        "RecordType": "Click", "MessageID": "pm-1", "Recipient": "bob@example.org",
        "Tag": "welcome", "OriginalLink": "https://shop.example/",
        "ReceivedAt": "2026-06-01 17:30:01 +0530",
    },
    {
        "RecordType": "Bounce", "MessageID": "pm-2", "Email": "eve@example.org",
        "Type": "HardBounce", "Tag": "welcome", "Description": "mailbox not found",
        "Details": "550", "BouncedAt": "2026-06-01T12:00:00Z",
    },
    {
        "RecordType": "SubscriptionChange", "MessageID": "pm-3",
        "Recipient": "bob@example.org", "ChangedAt": "2026-06-01T12:00:00Z",
        "SuppressSending": True,
    },
    {
        "RecordType": "SubscriptionChange", "MessageID": "pm-4",
        "Recipient": "bob@example.org", "ChangedAt": "2026-06-01T13:00:00Z",
        "SuppressSending": False,
    },
)  # fmt: skip
MAILCHIMP = """\
Email Address;Campaign Title;Action;Type;Timestamp;IP;URL
cleo@example.org;June news;sent;;2026-06-01 12:00:00;;
cleo@example.org;June news;open;;2026-06-01 12:00:00;192.0.2.2;
cleo@example.org;June news;open;;2026-06-01 12:00:00;192.0.2.2;
cleo@example.org;June news;click;;2026-06-01T12:00:00+00:00;192.0.2.2;https://a.example
cleo@example.org;June news;bounce;soft;1780315200000;;
cleo@example.org;June news;Forwarded to a friend;;yesterday;;
;June news;open;;2026-06-01 12:00:00;;
"""

TWILIO = """\
From,To,Body,Status,Sent date,Error code,Message SID,Direction
+15005550006,+4915112345678,Hello,sent,2026-06-01T12:00:00Z,,SM1,outbound-api
+15005550006,+4915112345679,Hello,undelivered,2026-06-01T12:00:00Z,30003,SM2,outbound-api
+4915112345678,+15005550006,Thanks!,received,2026-06-01T12:00:00Z,,SM3,inbound
+4915112345679,+15005550006, Stop. ,received,2026-06-01T12:00:00Z,,SM4,inbound
+15005550006,,Hello,sent,2026-06-01T12:00:00Z,,SM5,outbound-api
"""
TWILIO_LATER = """\
From,To,Body,Status,Sent date,Error code,Message SID,Direction
+15005550006,+4915112345678,Hello,delivered,2026-06-01T12:00:00Z,,SM1,outbound-api
+4915112345678,+15005550006,Thanks!,received,2026-06-01T12:00:00Z,,SM3,inbound
"""
TWILIO_API = lines(
    {
        "sid": "SM6", "to": "+4915112345670", "from": "Shop", "status": "scheduled",
        "date_sent": None, "date_created": "2026-06-01T12:00:00Z",
        "direction": "outbound-api",
    },
)  # fmt: skip
OPT_OUTS = """\
event_id,event,phone,timestamp
e1,opt_out,+4915112345670,2026-06-01 12:00:00
e1,opt_out,+4915112345670,2026-06-01 12:00:00
"""

SOCIAL = """\
Date,Network,Message Type,Message ID,Username,Message,Permalink,Post ID
2026-06-01 12:00:00,Instagram,Comment,17,@Ada.Lovelace,Nice tent,https://i.example/17,p1
2026-06-01 12:00:00,Twitter,Direct Message,17,@Bob,Where is it?,,
2026-06-01 12:00:00,Facebook,Wow reaction,,Bob,,,p2
2026-06-01 12:00:00,Facebook,Wow reaction,,Bob,,,p2
"""
SOCIAL_LATER = lines(
    {
        "network": "instagram", "handle": "ada.lovelace", "interaction_type": "comment",
        "interaction_id": "17", "post_id": "p1", "text": "[removed]",
        "at": "2026-06-01 12:00:00",
    }
)  # fmt: skip

PARTNERS = """\
Partner;Email;Email SHA256;First name;Consent basis;Shared at;Expires at
Hotel Alm; Ada@Example.org ;;Ada;opt-in 2026-05;2026-06-01 12:00:00;2026-12-01
Hotel Alm;;{upper};;legitimate interest;2026-06-01 12:00:00;
Hotel Alm;{bob};;;opt-in;2026-06-01 12:00:00;
Hotel Alm;;{empty};;opt-in;2026-06-01 12:00:00;
Hotel Alm;by phone only;;;opt-in;2026-06-01 12:00:00;
Hotel Alm;;;Nobody;opt-in;2026-06-01 12:00:00;
""".format(
    upper=sha256("cleo@example.org").upper(),
    bob=sha256("bob@example.org"),
    empty=sha256(""),
)
PARTNERS_RENEWED = """\
partner_name,email,legal_basis,shared_at,valid_until
hotel alm,ada@example.org,opt-in 2026-07,2026-07-01 12:00:00,2027-01-01
Ferry Line,ada@example.org,opt-in,2026-06-01 12:00:00,
"""

AUDIENCE = """\
Provider,Taxonomy,Segment ID,Segment,Cookie ID,Confidence,Collected at
DataCo,IAB 1.1,483,Outdoor,c-1,0.8,2026-03-01 00:00:00
DataCo,IAB 1.1,483,Outdoor,c-1,85,2026-03-15 00:00:00
DataCo,IAB 1.1,483,Outdoor,c-2,,
DataCo,IAB 1.1,483,Outdoor,,0.5,2026-03-01 00:00:00
"""
AUDIENCE_JSON = lines(
    {
        "provider": "Panel", "segment_name": "Parents", "device_id": "AAAA-1",
        "collected_at": "2026-03-01T00:00:00Z", "confidence": 1,
    },
    {
        "provider": "Panel", "segment_name": "Parents", "hashed_email": EXPIRED.upper(),
        "collected_at": "2025-03-01T00:00:00Z",
    },
    {
        "provider": "Panel", "segment_name": "Parents", "email_hash": None,
        "hashed_email": " Ada@example.org", "collected_at": "2026-03-01T00:00:00Z",
    },
)  # fmt: skip

CONSENTS = """\
Data Subject Identifier,Identifier type,Purpose Name,Channel,Transaction Type,\
Collection Point,Purpose Version,Interaction Date
Ada@example.org,Email,Marketing,E-Mail,CONFIRMED,Newsletter form,3,2026-05-01 12:00:00
Ada@example.org,Email,Marketing,E-Mail,CONFIRMED,Newsletter form,3,2026-05-01 12:00:00
+49 151 1,,Calls,,Requested,Call,,2026-06-01 12:00:00
Ada@example.org,Email,Marketing,E-Mail,WITHDRAWN,Preference centre,3,2026-06-01 12:00:00
v-1,Cookie ID,Analytics,,PENDING,Banner,9,2026-06-01 12:00:00
4711,Customer ID,Marketing,Post,OPT_OUT,Call,,2026-06-01 12:00:00
"""
CONSENTS_AGAIN = f"""\
email,phone,purpose,channel,consent,source,text_version,occurred_at
Ada@example.org,,Marketing,email,yes,Newsletter form,4,2026-06-02 12:00:00
cleo@example.org,+49 151 2345678,Marketing,sms,0,Reply,,2026-06-02 12:00:00
{sha256("bob@example.org").upper()},,Marketing,email,true,Partner,,2026-06-02 12:00:00
,,Marketing,email,true,Partner,,2026-06-02 12:00:00
"""

REQUESTS = """\
Request ID,Request Type,Email,Phone,Regulation,Stage,Date Created,Last updated
R-1,Data Deletion,Ada@example.org,+49 151 2,gdpr,New,2026-06-01 12:00,2026-06-01 12:00
R-2,Do Not Sell,Cleo@example.org,+49 151 3,ccpa,New,2026-06-01 12:00,
R-3,Complaint,dan@example.org,,gdpr,New,2026-06-01 12:00,
"""
REQUESTS_LATER = lines(
    {
        "request_id": "R-1", "kind": "erasure", "identifier_type": "email",
        "identifier": "ada@example.org", "received_at": "2026-06-01 12:00:00",
        "jurisdiction": "GDPR", "status": "In Progress",
        "updated_at": "2026-06-03 12:00:00",
    },
    {
        "request_id": "R-1", "kind": "erasure", "identifier_type": "customer_id",
        "identifier": "4711", "received_at": "2026-06-01 12:00:00",
        "jurisdiction": "GDPR", "status": "In Progress",
        "updated_at": "2026-06-03 12:00:00",
    },
    {
        "request_id": "R-4", "kind": "access", "identifier_type": "email",
        "identifier": "bob@example.org", "received_at": "2026-06-02 12:00:00",
        "jurisdiction": "GDPR", "status": "New",
    },
)  # fmt: skip

WEB = lines(
    {
        "type": "track", "messageId": "w-1", "anonymousId": "v-1", "event": "Opened",
        "timestamp": "2026-06-01T12:00:00Z", "receivedAt": "2026-06-01T12:00:05Z",
        "originalTimestamp": "2026-06-01T12:00:01Z",
        "context": {
            "device": {"id": "d-1", "type": "ios"}, "os": {"name": "iOS"},
            "app": {"name": "Shop", "version": "2.1"},
            "library": {"name": "analytics-ios"},
        },
    },
    {
        "type": "alias", "messageId": "w-2", "previousId": "v-1", "userId": "4711",
        "timestamp": "2026-06-01T12:00:00Z",
    },
    {
        "type": "group", "messageId": "w-3", "groupId": "acme", "userId": "4711",
        "timestamp": "2026-06-01T12:00:00Z",
    },
)  # fmt: skip

FILES = {
    "email_events/events/1 sendgrid.json": json.dumps(SENDGRID),
    # The webhook posts again what was not acknowledged in time.
    "email_events/events/2 retry.jsonl.gz": gzip.compress(
        lines(
            sendgrid("click", 5, url="https://shop.example/retry"),
            # Now and then under another id.
            {**sendgrid("unsubscribe", 9), "sg_event_id": "another"},
        ).encode(),
        mtime=0,
    ),
    "email_events/events/3 postmark.jsonl": POSTMARK,
    "email_events/events/4 mailchimp.csv": MAILCHIMP,
    "sms_events/events/1 log.csv": TWILIO,
    "sms_events/events/2 log.csv": TWILIO_LATER,
    "sms_events/events/3 api.jsonl": TWILIO_API,
    "sms_events/events/4 opt-outs.csv": OPT_OUTS,
    "social/interactions/1 inbox.csv": SOCIAL,
    "social/interactions/2 inbox.jsonl": SOCIAL_LATER,
    "partners/contacts/hotel.csv": PARTNERS,
    "partners/contacts/july.csv": PARTNERS_RENEWED,
    "audience_data/members/dataco.csv": AUDIENCE,
    "audience_data/members/panel.jsonl": AUDIENCE_JSON,
    "consents/consents/1 receipts.csv": CONSENTS,
    "consents/consents/2 own.csv": CONSENTS_AGAIN,
    "privacy_requests/requests/2026-06-01.csv": REQUESTS,
    "privacy_requests/requests/2026-06-03.jsonl": REQUESTS_LATER,
    "web_events/events/1.jsonl": WEB,
}


@pytest.fixture(scope="module")
def loads() -> dict[str, Loaded]:
    """What each load said, by source."""
    return {}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, loads: dict[str, Loaded]) -> Home:
    """Everything delivered, loaded and staged once."""
    made = Home(tmp_path_factory.mktemp("messages") / "home")
    for path, content in FILES.items():
        made.deliver(path, content)
    settings = Settings(home=made.path)
    ensure_ledger(settings)
    for source in SOURCES:
        loads[source.name] = load_source(settings, source, date(2026, 7, 1))
    names = [f"+path:models/staging/{source.name}" for source in SOURCES]
    made.dbt("build", "--select", *names)
    return made


def staged(
    home: Home, model: str, columns: str, condition: str = "true"
) -> list[tuple]:
    return home.warehouse(
        f"select {columns} from staging.stg_{model} where {condition} order by all"
    )


def test_only_rows_that_name_nobody_are_refused(
    home: Home, loads: dict[str, Loaded]
) -> None:
    refused = {
        name: loaded.rows_quarantined
        for name, loaded in loads.items()
        if loaded.rows_quarantined
    }
    assert refused == {
        "audience_data": 2, "consents": 1, "email_events": 1, "partners": 1,
        "sms_events": 1,
    }  # fmt: skip
    assert sum(loaded.files_loaded for loaded in loads.values()) == len(FILES)


def test_sendgrid_events_get_one_word_each_and_come_once(home: Home) -> None:
    found = staged(
        home, "email_events__events", "occurred_at, event_id, event_type, campaign",
        "email = 'ada@example.org'",
    )  # fmt: skip
    expected = [
        "sent", "deferred", "delivered", "opened", "opened", "clicked", "bounced",
        "dropped", "complained", "unsubscribed", "unsubscribed", "resubscribed",
    ]  # fmt: skip
    assert found == [
        (NOON + timedelta(seconds=n), event["sg_event_id"], word, "summer, boots")
        for n, (event, word) in enumerate(zip(SENDGRID, expected, strict=True))
    ]
    assert staged(
        home, "email_events__events",
        "event_type, bounce_type, is_machine, user_agent, ip, url, reason",
        "message_id = '14c5d75ce93.filter0001'"
        " and coalesce(user_agent, ip, url, reason) is not null",
    ) == [
        ("bounced", "blocked", False, None, None, None, "500 unknown"),
        # Five seconds after the sending: a scanner looked where the link leads.
        ("clicked", None, True, None, "192.0.2.1", "https://shop.example/boots", None),
        ("dropped", None, False, None, None, None, "Bounced Address"),
        ("opened", None, False, "Mozilla/5.0", "192.0.2.1", None, None),
        ("opened", None, True, "Mail/1.0", "192.0.2.1", None, None),
    ]  # fmt: skip


def test_postmark_times_in_any_zone_become_utc(home: Home) -> None:
    assert staged(
        home, "email_events__events",
        "message_id, event_type, email, campaign, bounce_type, url, reason,"
        " occurred_at",
        "message_id like 'pm-%'",
    ) == [
        ("pm-1", "clicked", "bob@example.org", "welcome", None, "https://shop.example/",
         None, NOON + timedelta(seconds=1)),
        ("pm-1", "delivered", "bob@example.org", "welcome", None, None, None, NOON),
        ("pm-1", "opened", "bob@example.org", "welcome", None, None, None,
         NOON + timedelta(microseconds=273539)),
        ("pm-2", "bounced", "eve@example.org", "welcome", "hardbounce", None,
         "mailbox not found", NOON),
        ("pm-3", "unsubscribed", "bob@example.org", None, None, None, None, NOON),
        ("pm-4", "reactivated", "bob@example.org", None, None, None, None,
         NOON + timedelta(hours=1)),
    ]  # fmt: skip


def test_events_without_an_id_come_once_and_odd_ones_stay(home: Home) -> None:
    assert staged(
        home, "email_events__events", "event_type, bounce_type, ip, url, occurred_at",
        "email = 'cleo@example.org' and campaign = 'June news'",
    ) == [
        ("bounced", "soft", None, None, NOON),
        ("clicked", None, "192.0.2.2", "https://a.example", NOON),
        ("forwarded_to_a_friend", None, None, None, None),
        ("opened", None, "192.0.2.2", None, NOON),
        ("sent", None, None, None, NOON),
    ]  # fmt: skip


def test_text_messages_are_events_of_the_customers_number(home: Home) -> None:
    assert staged(
        home, "sms_events__events",
        "message_id, event_type, phone, body, error_code, occurred_at",
    ) == [
        ("SM1", "delivered", "+4915112345678", "Hello", None, NOON),
        ("SM1", "sent", "+4915112345678", "Hello", None, NOON),
        ("SM2", "failed", "+4915112345679", "Hello", "30003", NOON),
        ("SM3", "replied", "+4915112345678", "Thanks!", None, NOON),
        ("SM4", "opted_out", "+4915112345679", " Stop. ", None, NOON),
        ("SM6", "queued", "+4915112345670", None, None, NOON),
        (None, "opted_out", "+4915112345670", None, None, NOON),
    ]  # fmt: skip


def test_handles_are_bare_and_the_last_text_stands(home: Home) -> None:
    assert staged(
        home, "social__interactions",
        "network, handle, interaction_type, interaction_id, post_id, text, occurred_at",
    ) == [
        ("facebook", "bob", "reaction", None, "p2", None, NOON),
        ("instagram", "ada.lovelace", "comment", "17", "p1", "[removed]", NOON),
        ("x", "bob", "message", "17", None, "Where is it?", NOON),
    ]  # fmt: skip


def test_partners_contacts_are_known_by_the_hash_of_their_mail(home: Home) -> None:
    july, december = datetime(2026, 7, 1, 12), datetime(2027, 1, 1)
    ada, bob, cleo = (sha256(f"{name}@example.org") for name in ("ada", "bob", "cleo"))
    found = staged(
        home, "partners__contacts",
        "partner, email, email_sha256, consent_basis, shared_at, expires_at",
    )  # fmt: skip
    assert set(found) == {
        ("Ferry Line", "ada@example.org", ada, "opt-in", NOON, None),
        ("hotel alm", "ada@example.org", ada, "opt-in 2026-07", july, december),
        ("Hotel Alm", None, cleo, "legitimate interest", NOON, None),
        ("Hotel Alm", None, bob, "opt-in", NOON, None),
        ("Hotel Alm", None, None, "opt-in", NOON, None),
    }
    # The hash of nothing and what is no address: two rows, each for itself.
    assert len(found) == 6


def test_third_party_data_expires_unless_seen_again(home: Home) -> None:
    march = datetime(2026, 3, 1)
    later = datetime(2026, 3, 15)
    age = timedelta(days=120)
    found = staged(
        home, "audience_data__members",
        "provider, segment_name, cookie_id, device_id, email_sha256,"
        " confidence_rate::double, collected_at, expires_at",
    )  # fmt: skip
    old = datetime(2025, 3, 1)
    assert set(found) == {
        ("DataCo", "Outdoor", "c-1", None, None, 0.85, later, later + age),
        ("Panel", "Parents", None, "AAAA-1", None, 1.0, march, march + age),
        ("Panel", "Parents", None, None, EXPIRED, None, old, old + age),
        ("Panel", "Parents", None, None, sha256("ada@example.org"), None, march,
         march + age),
    }  # fmt: skip
    assert len(found) == 4


def test_third_party_data_reaches_no_customer() -> None:
    """What reads it, over however many models, is its count in quality alone."""
    manifest = json.loads(manifest_path().read_text())
    name = "model.unavista.stg_audience_data__members"
    assert manifest["nodes"][name]["access"] == "private"
    [source] = [id for id in manifest["child_map"] if "raw_audience_data.members" in id]
    readers, waiting = set(), {source}
    while waiting:
        waiting = {
            child
            for parent in waiting
            for child in manifest["child_map"][parent]
            if child.startswith("model.")
        } - readers
        readers |= waiting
    assert {manifest["nodes"][reader]["schema"] for reader in readers} <= {
        "staging", "conformed", "quality",
    }  # fmt: skip


def test_every_statement_of_consent_is_kept(home: Home) -> None:
    may, june = datetime(2026, 5, 1, 12), datetime(2026, 6, 2, 12)
    assert staged(
        home, "consents__consents",
        "identifier_kind, identifier_value, purpose, channel, status, source,"
        " text_version, occurred_at",
    ) == [
        ("anonymous_id", "v-1", "analytics", "all", "pending", "Banner", "9", NOON),
        ("customer_id", "4711", "marketing", "post", "withdrawn", "Call", None, NOON),
        ("email", "ada@example.org", "marketing", "email", "granted",
         "Newsletter form", "3", may),
        ("email", "ada@example.org", "marketing", "email", "granted",
         "Newsletter form", "4", june),
        ("email", "ada@example.org", "marketing", "email", "withdrawn",
         "Preference centre", "3", NOON),
        ("email", "cleo@example.org", "marketing", "sms", "withdrawn", "Reply", None,
         june),
        ("email_sha256", sha256("bob@example.org"), "marketing", "email", "granted",
         "Partner", None, june),
        ("phone", "+49 151 1", "calls", "all", "requested", "Call", None, NOON),
        ("phone", "+49 151 2345678", "marketing", "sms", "withdrawn", "Reply", None,
         june),
    ]  # fmt: skip


def test_a_request_stands_as_the_last_file_has_it(home: Home) -> None:
    assert staged(
        home, "privacy_requests__requests",
        "request_id, kind, identifier_kind, identifier_value, jurisdiction, status,"
        " received_at",
    ) == [
        ("R-1", "erasure", "customer_id", "4711", "GDPR", "in_progress", NOON),
        ("R-1", "erasure", "email", "ada@example.org", "GDPR", "in_progress", NOON),
        ("R-2", "opt_out_of_sale", "email", "cleo@example.org", "CCPA", "new", NOON),
        ("R-2", "opt_out_of_sale", "phone", "+49 151 3", "CCPA", "new", NOON),
        ("R-3", "complaint", "email", "dan@example.org", "GDPR", "new", NOON),
        ("R-4", "access", "email", "bob@example.org", "GDPR", "new",
         NOON + timedelta(days=1)),
    ]  # fmt: skip


def test_web_events_tell_device_group_and_former_id(home: Home) -> None:
    assert staged(
        home, "web_events__events",
        "message_id, visitor_id, user_id, previous_id, group_id, device_id,"
        " received_at",
    ) == [
        ("w-1", "v-1", None, None, None, "d-1", NOON + timedelta(seconds=5)),
        ("w-2", "user:4711", "4711", "v-1", None, None, None),
        ("w-3", "user:4711", "4711", None, "acme", None, None),
    ]  # fmt: skip
    assert home.warehouse(
        "select device_type, os_name, app_name, app_version, library_name, original_at"
        " from raw_web_events.events where message_id = 'w-1'"
    ) == [("ios", "iOS", "Shop", "2.1", "analytics-ios", "2026-06-01T12:00:01Z")]
