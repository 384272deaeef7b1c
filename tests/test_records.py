"""Who is there: every source that knows people, from its files to records with keys."""

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from ingestion.files.load import ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import all_sources
from orchestration import registry
from tests.conftest import Home


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


MAX, EVA = hashed("max@gmx.de"), hashed("eva@gmx.de")
FILES = {
    "hubspot/contacts/1.csv": (
        "Record ID,First Name,Last Name,Email,Phone Number,Country/Region,"
        "Merged contact IDs,Last Modified Date\n"
        "1,Max,Moor,max@gmx.de,030 8412377,Germany,2;3,2026-06-01\n"
    ),
    "salesforce/contacts/Contact.csv": (
        "Id,IsDeleted,MasterRecordId,FirstName,LastName,Email,Phone,MobilePhone,"
        "HomePhone,Birthdate,MailingStreet,MailingCountry,CreatedDate,SystemModstamp\n"
        "003A,0,,Max,Moor,MAX@gmx.de,030 1,0170 2,030 3,1984-02-29,Weg 1,Germany,"
        "2025-01-01 08:00:00,2026-06-01 08:00:00\n"
        "003B,1,003A,M.,Moor,,,,,,,,2025-02-01 08:00:00,2026-06-01 08:00:00\n"
        "003C,1,,Gone,Georg,,,,,,,,2025-02-01 08:00:00,2026-06-01 08:00:00\n"
        "003P,0,,Eva,Eder,,,,,,,,2025-03-01 08:00:00,2026-06-01 08:00:00\n"
    ),
    "salesforce/leads/Lead.csv": (
        "Id,IsDeleted,MasterRecordId,FirstName,LastName,Company,Email,"
        "ConvertedContactId,SystemModstamp\n"
        "00QA,0,,Max,Moor,Moor AG,max@moor.example,003A,2026-06-01 08:00:00\n"
        "00QB,1,00QA,M,Moor,,,,2026-06-01 08:00:00\n"
        "00QC,1,,Gone,Gerd,,,,2026-06-01 08:00:00\n"
    ),
    "salesforce/accounts/Account.csv": (
        "Id,IsDeleted,MasterRecordId,Name,IsPersonAccount,PersonContactId,FirstName,"
        "LastName,PersonEmail,SystemModstamp\n"
        "001A,0,,Moor AG,0,,,,,2026-06-01 08:00:00\n"
        "001P,0,,Eva Eder,1,003P,Eva,Eder,eva@gmx.de,2026-06-01 08:00:00\n"
    ),
    "pipedrive/persons/people.csv": (
        "Person - ID,Person - Name,Person - Email - Work,Person - Email - Home,"
        "Person - Phone - Work,Person - Phone - Mobile,Person - Update time\n"
        '501,Max Moor,"Max@Moor.example, m@moor.example",max@gmx.de,030 1,+49 170 2,'
        "2026-02-01 10:00:00\n"
    ),
    "zendesk/users/users.csv": (
        "id,external_id,name,email,phone,role,active,created_at,updated_at\n"
        "71,s-1,Max Moor,max@gmx.de,+49 30 1,end-user,true,2026-01-01,2026-04-01\n"
        "72,,Ida Agent,ida@shop.example,,agent,true,2026-01-01,2026-04-01\n"
        "73,,Gone Gabi,,,end-user,false,2026-01-01,2026-04-01\n"
    ),
    "shop/customers/1.csv": (
        "customer_id,first_name,last_name,email,phone,country_code,created_at,"
        "updated_at\n"
        "s-1,Max,Moor,max@gmx.de,,DE,2026-05-01,2026-05-01\n"
        "s-1,Max,Moor,max@moor.example,,DE,2026-05-01,2026-06-01\n"
    ),
    "shopify/customers/1.csv": (
        "Customer ID,First Name,Last Name,Email,Default Address Country Code,"
        "Default Address Phone,Phone,Accepts Email Marketing\n"
        "'81,Eva,Eder,eva@gmx.de,AT,'+43 660 1,'+43 660 2,yes\n"
    ),
    "stripe/customers/1.csv": (
        "id,Email,Name,Created (UTC),livemode\n"
        "cus_1,eva@gmx.de,Eva Eder,2026-04-01 08:00:05,true\n"
        "cus_2,test@gmx.de,Test Test,2026-04-01 08:00:05,false\n"
    ),
    "partners/contacts/1.csv": (
        "partner,email,email_sha256,first_name,last_name,shared_at,expires_at\n"
        f"Hotel,,{MAX},Max,Moor,2026-05-01,\n"
        "Ferry,eva@gmx.de,,Eva,Eder,2026-05-01,2027-01-01\n"
        f"Ferry,,{hashed('over@gmx.de')},,,2026-05-01,2026-06-30\n"
    ),
    "audience_data/members/1.csv": (
        "provider,segment,email_sha256,collected_at\n"
        f"DataCo,Outdoor,{hashed('third@gmx.de')},2026-06-01\n"
    ),
    "email_events/events/1.csv": (
        "event_id,event,email,occurred_at\n"
        "e2,open,Eva@gmx.de ,2026-06-02 12:00:00\n"
        "e1,delivered,eva@gmx.de,2026-06-01 12:00:00\n"
    ),
    "sms_events/events/1.csv": (
        "event_id,status,recipient,occurred_at\n"
        "t1,sent,+49 170 2,2026-06-01 12:00:00\n"
        "t2,sent,+491702,2026-06-02 12:00:00\n"
    ),
    "social/interactions/1.csv": (
        "network,handle,interaction_type,occurred_at\n"
        "Twitter,@MaxMoor,like,2026-06-01 12:00:00\n"
    ),
    "lists/people/febrl.csv": (
        "rec_id, given_name, surname, street_number, address_1, address_2, suburb,"
        " postcode, state, date_of_birth, soc_sec_id\n"
        "rec-1-org, max, moor, 6, weg, hof, bern, 4011, be, 19081209, 6988048\n"
        "rec-1-dup-0, , moor, , weg, , bern, 4011, be, 19081209, 6988048\n"
    ),
    "lists/people/fair 2026.csv": (
        "Guest name,E-mail,Company,Loyalty number,Meal\n"
        "Max Moor,max@gmx.de,Moor AG,L-7,fish\n"
        "Eva Eder,,,,soup\n"
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every file of FILES, loaded and built up to its records."""
    made = Home(tmp_path_factory.mktemp("records") / "home")
    for path, content in FILES.items():
        made.deliver(path, content)
    settings = Settings(home=made.path)
    ensure_ledger(settings)
    for source in all_sources():
        assert load_source(settings, source, date(2026, 7, 1)).messages == []
    with duckdb.connect(str(settings.warehouse)) as connection:
        registry.restore(connection, settings)
    made.dbt(
        "build", "--select", "+int_identity__sightings", "+int_identity__details",
        "--resource-type", "model", "--resource-type", "seed",
    )  # fmt: skip
    return made


def seen(home: Home, record: str) -> set[tuple[str, str]]:
    """Kinds and raw values of the identifiers that a record was sighted with."""
    return set(
        home.warehouse(
            "select identifier_kind, raw_value from identity.int_identity__sightings"
            f" where record_id = '{record}'"
        )
    )


def test_every_source_that_knows_people_has_them_among_the_records(home: Home) -> None:
    """Who was deleted in a source, or has expired, is a record still, but is gone."""
    rows = home.warehouse("select record_id, is_gone from identity.records")
    gone = {record for record, is_gone in rows if is_gone}
    [expired] = [record for record in gone if record.startswith("partners.contact:")]
    merged = {"salesforce.contact:003B", "salesforce.lead:00QB"}
    deleted = {"salesforce.contact:003C", "salesforce.lead:00QC", "zendesk.user:73"}
    assert gone == merged | deleted | {expired}
    found = [record for record, _ in rows if record not in deleted | {expired}]
    assert Counter(found) == Counter(
        [
            "hubspot.contact:1", "salesforce.contact:003A", "salesforce.contact:003B",
            "salesforce.contact:003P", "salesforce.lead:00QA", "salesforce.lead:00QB",
            "salesforce.account:001P", "pipedrive.person:501", "zendesk.user:71",
            "shop.customer:s-1", "shopify.customer:81", "stripe.customer:cus_1",
            f"partners.contact:{MAX}", f"partners.contact:{EVA}",
            f"email.recipient:{EVA}", f"sms.recipient:{hashed('+491702')}",
            f"social.handle:{hashed('x/maxmoor')}", "lists.person:febrl/rec-1-org",
            "lists.person:febrl/rec-1-dup-0", "lists.person:fair 2026/2",
            "lists.person:fair 2026/3",
        ]
    )  # fmt: skip


def test_no_record_id_is_personal(home: Home) -> None:
    assert home.warehouse(
        "select record_id from identity.records where record_id like '%@%'"
        " or source_key like '%+49%' or lower(record_id) like '%moor%'"
    ) == []  # fmt: skip


def test_a_merge_is_an_identifier_of_the_other(home: Home) -> None:
    kind = "salesforce_contact_id"
    assert {(kind, "003A"), (kind, "003B")} <= seen(home, "salesforce.contact:003B")
    assert {(kind, "003A"), ("salesforce_lead_id", "00QA")} <= seen(
        home, "salesforce.lead:00QA"
    )
    assert ("salesforce_lead_id", "00QA") in seen(home, "salesforce.lead:00QB")
    assert {(kind, "003P"), ("salesforce_account_id", "001P")} <= seen(
        home, "salesforce.account:001P"
    )
    assert {("hubspot_contact_id", number) for number in "123"} <= seen(
        home, "hubspot.contact:1"
    )


def test_every_phone_and_every_mail_is_sighted(home: Home) -> None:
    assert seen(home, "pipedrive.person:501") == {
        ("pipedrive_person_id", "501"), ("phone", "030 1"), ("phone", "+49 170 2"),
        ("email", "max@moor.example"), ("email", "m@moor.example"),
        ("email", "max@gmx.de"),
    }  # fmt: skip
    assert {
        ("phone", number) for number in ("030 1", "0170 2", "030 3")
    } <= seen(home, "salesforce.contact:003A")  # fmt: skip
    assert {("phone", "+43 660 1"), ("phone", "+43 660 2")} <= seen(
        home, "shopify.customer:81"
    )
    assert seen(home, "shop.customer:s-1") == {
        ("shop_customer_id", "s-1"), ("email", "max@gmx.de"),
        ("email", "max@moor.example"),
    }  # fmt: skip


def test_hashes_handles_and_numbers_of_others_are_sighted(home: Home) -> None:
    assert seen(home, f"partners.contact:{MAX}") == {("email_sha256", MAX)}
    assert seen(home, f"partners.contact:{EVA}") == {("email", "eva@gmx.de")}
    assert seen(home, f"social.handle:{hashed('x/maxmoor')}") == {
        ("social_handle", "x/maxmoor")
    }
    assert ("external_id", "s-1") in seen(home, "zendesk.user:71")
    assert seen(home, "lists.person:febrl/rec-1-org") == {("national_id", "6988048")}
    assert seen(home, "lists.person:fair 2026/2") == {
        ("email", "max@gmx.de"), ("loyalty_number", "L-7")
    }  # fmt: skip


def test_a_phone_has_its_country_and_a_name_and_a_row(home: Home) -> None:
    assert home.warehouse(
        "select first_name, last_name, country_code, cast(seen_at as varchar), path,"
        " line from identity.int_identity__sightings"
        " inner join staging.stg_ledger__current_files using (file_id)"
        " where raw_value in ('0170 2', '+49 30 1')"
        " or record_id like 'email.%' order by path"
    ) == [
        (None, None, None, "2026-06-01 12:00:00", "email_events/events/1.csv", 3),
        ("Max", "Moor", "DE", "2025-01-01 08:00:00",
         "salesforce/contacts/Contact.csv", 2),
        ("Max", "Moor", None, "2026-01-01 00:00:00", "zendesk/users/users.csv", 2),
    ]  # fmt: skip


def test_details_are_as_typed(home: Home) -> None:
    columns = (
        "given_names, family_name, only_name, birth_date, email, street, city,"
        " postal_code, state, country_code, national_id, company_name"
    )
    found = dict(
        (record, details)
        for record, *details in home.warehouse(
            f"select record_id, {columns} from identity.int_identity__details"
        )
    )
    assert found["lists.person:febrl/rec-1-org"] == [
        "max", "moor", None, "19081209", None, "6 weg", "bern", "4011", "be", None,
        "6988048", None,
    ]  # fmt: skip
    assert found["lists.person:febrl/rec-1-dup-0"][:6] == [
        None, "moor", None, "19081209", None, "weg",
    ]  # fmt: skip
    assert found["lists.person:fair 2026/2"][:3] == ["Max", "Moor", None]
    assert found["salesforce.contact:003A"][3] == "1984-02-29"
    assert found["shop.customer:s-1"][4] == "max@moor.example"
    assert not [r for r in found if r.startswith(("email.", "sms.", "social."))]


def test_keys_are_dense_and_follow_the_first_appearance(home: Home) -> None:
    rows = home.warehouse(
        "select record_key from identity.records"
        " order by first_seen_at asc nulls last, record_id asc"
    )
    assert [key for (key,) in rows] == list(range(1, len(rows) + 1))


def night(settings: Settings, as_of: date, keys: dict[str, int]) -> dict[str, int]:
    """Export a night that gave `keys`, lose the warehouse, and read the keys back."""
    for round_of in ("first", "repeated"):
        with duckdb.connect() as connection:
            registry.restore(connection, settings)
            connection.execute("create schema identity")
            connection.execute("create table identity.customer_ids (record_id varchar)")
            connection.execute(
                "create table identity.customer_id_history (record_id varchar,"
                " customer_id varchar, valid_from_on date, valid_to_on date)"
            )
            connection.execute(
                "create table identity.records (record_id varchar, record_key bigint)"
            )
            connection.executemany(
                "insert into identity.records values (?, ?)", list(keys.items())
            )
            columns, _ = registry.TABLES["identity_accuracy"]
            connection.execute("create schema quality")
            connection.execute(f"create table quality.identity_accuracy ({columns})")
            registry.export(connection, settings, as_of)
        with duckdb.connect() as connection:
            counts = registry.restore(connection, settings)
            rows = connection.execute(
                "select record_id, record_key from registry.record_keys"
            ).fetchall()
        assert counts["record_keys"] == len(rows), round_of
        assert len(rows) == len(dict(rows)), round_of
    return dict(rows)


def test_keys_outlive_their_records_and_the_warehouse(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert night(settings, date(2026, 7, 1), {"a": 1, "b": 2}) == {"a": 1, "b": 2}
    assert night(settings, date(2026, 7, 2), {"a": 1, "c": 3}) == {
        "a": 1, "b": 2, "c": 3
    }  # fmt: skip
    # The first night again, without b: its file still holds it.
    assert night(settings, date(2026, 7, 1), {"a": 1}) == {"a": 1, "b": 2, "c": 3}
