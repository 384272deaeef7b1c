"""Why two records are one customer or not, told from published files made by hand."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration.identity import explanations
from orchestration.identity.explanations import Evidence, shortest_path, why, why_not
from orchestration.lookups import NotFound, who
from tests.conftest import Home

ANN, PHONE = "ann@gmx.de", "+49308412377"
CUSTOMERS = """
    c1 hubspot.contact:1 shop.customer:1 shop.customer:2 web.visitor:7 web.visitor:8~1
    c2 hubspot.contact:2
    c3 hubspot.contact:3 web.visitor:8~2
    c4 hubspot.contact:4
    c5 hubspot.contact:5
    c6 hubspot.contact:6
    c7 hubspot.contact:7
    c8 hubspot.contact:8
    c9 hubspot.contact:9
"""
EVIDENCE = (
    "record_id_a varchar, record_id_b varchar, {} varchar, identifier_kind varchar,"
    " identifier_hash varchar, reason varchar, score double, seen_at timestamp,"
    " file_id varchar, line bigint"
)
LINKS = """
    hubspot.contact:1 shop.customer:1 same_email email ann@gmx.de 1.0 3
    hubspot.contact:1 shop.customer:2 same_email email ann@gmx.de 1.0 4
    shop.customer:1 shop.customer:2 fuzzy - - 0.95 -
    shop.customer:2 web.visitor:7 same_account shop_customer_id 2 1.0 9
    shop.customer:2 web.visitor:8~1 same_account shop_customer_id 2 1.0 8
"""
# Contacts 2, 3 and 4 show one mailbox, contact 5 a value of nobody.
REFUSED = """
    hubspot.contact:1 hubspot.contact:2 phone_needs_name phone +49308412377 - 5
    hubspot.contact:2 hubspot.contact:3 role_mailbox email info@a.de - 6
    hubspot.contact:2 hubspot.contact:4 role_mailbox email info@a.de - 7
    hubspot.contact:5 - junk email n/a - 2
    hubspot.contact:8 hubspot.contact:9 decision - - - -
"""


def words(text: str) -> list[list[str | None]]:
    lines = text.strip().splitlines()
    return [[None if w == "-" else w for w in line.split()] for line in lines]


def hashed(value: str | None) -> str | None:
    return value and hashlib.sha256(value.encode()).hexdigest()


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    for a, b, rule, kind, value, score, line in words(rows):
        connection.execute(
            f"insert into identity.{table} values (?, ?, ?, ?, ?, 'words', ?,"
            " timestamp '2026-06-01 09:00', 'f1', ?)",
            [a, b, rule, kind, hashed(value), score, line],
        )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("explained")
    version = home / "published" / "versions" / "2026-07-01_0001"
    version.mkdir(parents=True)
    (home / "published" / "current").symlink_to("versions/2026-07-01_0001")
    with duckdb.connect(str(version / "marts.duckdb")) as marts:
        marts.execute("create schema identity; create schema quality")
        marts.execute(
            "create table identity.customer_ids (record_id text, customer_id text)"
        )
        for customer, *records in words(CUSTOMERS):
            marts.executemany(
                "insert into identity.customer_ids values (?, ?)",
                [(record, customer) for record in records],
            )
        marts.execute(f"create table identity.links ({EVIDENCE.format('rule')})")
        insert(marts, "links", LINKS)
        marts.execute(
            f"create table identity.refused_links ({EVIDENCE.format('guard')})"
        )
        insert(marts, "refused_links", REFUSED)
        marts.execute(
            "create table identity.review_queue as select 'hubspot.contact:6' as"
            " record_id_a, 'shop.customer:1' as record_id_b, 0.71 as match_probability,"
            " 'same birth date' as reason"
        )
        marts.execute(
            "create table identity.households as select customer_id, 'h1' as"
            " household_id, 'same card' as reason"
            " from (values ('c1'), ('c7')) as t(customer_id)"
        )
        marts.execute(
            "create table identity.accounts as select customer_id, 'a1' as account_id,"
            " cast(null as text) as account_name, 'acme.com' as domain"
            " from (values ('c1'), ('c7')) as t(customer_id)"
        )
        marts.execute(
            "create table quality.files as select 'f1' as file_id, path from (values"
            " ('shop/customers/b.csv'), ('shop/customers/a.csv')) as t(path)"
        )
        marts.execute(
            "create table customer_identifiers (customer_id text, identifier_kind text,"
            " identifier_hash text)"
        )
        marts.executemany(
            "insert into customer_identifiers values (?, ?, ?)",
            [("c1", "email", hashed(ANN)), ("c1", "phone", hashed(PHONE)),
             ("c2", "phone", hashed(PHONE))],
        )  # fmt: skip
    with duckdb.connect(str(version / "contacts.duckdb")) as contacts:
        contacts.execute(
            "create table customer_identifiers as select * from (values"
            f" ('c1', 'email', '{ANN}'), ('c1', 'phone', '{PHONE}'),"
            f" ('c2', 'phone', '{PHONE}'))"
            " as t(customer_id, identifier_kind, identifier_value)"
        )
    return Settings(home=home)


@pytest.fixture(scope="module")
def without_contacts(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    home = tmp_path_factory.mktemp("impersonal")
    version = home / "published" / "current"
    version.mkdir(parents=True)
    marts = settings.published / "current" / "marts.duckdb"
    (version / "marts.duckdb").hardlink_to(marts)
    return Settings(home=home)


def test_two_records_of_one_star_are_one_hop_apart(settings: Settings) -> None:
    assert why(settings, "shop.customer:1", "shop.customer:2").splitlines() == [
        "shop.customer:1 and shop.customer:2 are one customer, c1",
        f"  shop.customer:1 = shop.customer:2: both have e-mail {ANN}",
        "    same_email, words, score 1.00, 2026-06-01 09:00, shop/customers/a.csv:3",
        "    same_email, words, score 1.00, 2026-06-01 09:00, shop/customers/a.csv:4",
    ]


def test_a_path_names_each_hop(settings: Settings) -> None:
    hops = [
        line.split(": ")[0].strip()
        for line in why(settings, "hubspot.contact:1", "web.visitor:7").splitlines()
        if " = " in line
    ]
    assert hops == [
        "hubspot.contact:1 = shop.customer:2",
        "shop.customer:2 = web.visitor:7",
    ]


def test_an_email_stands_for_the_records_that_are_linked_by_it(
    settings: Settings,
) -> None:
    said = why(settings, " Ann@gmx.de", "web.visitor:7")
    assert (
        "shop.customer:2 = web.visitor:7: both have shop customer id with hash" in said
    )
    assert said.count(" = ") == 1


def test_what_is_not_one_customer_is_told_from_what_is(settings: Settings) -> None:
    assert why(settings, "c1", "c2").endswith("next: unavista why-not c1 c2")
    assert why_not(settings, "c1", ANN).endswith(f"next: unavista why c1 {ANN}")
    assert "both stand for" in why(settings, "c1", "web.visitor:7")


def test_the_guard_is_said_in_words(settings: Settings) -> None:
    assert why_not(settings, "shop.customer:1", "c2").splitlines() == [
        "shop.customer:1 (c1) and c2 are not one customer",
        f"  hubspot.contact:1 | hubspot.contact:2: both show phone {PHONE};"
        " a phone links only together with the same name",
        "    phone_needs_name, words, 2026-06-01 09:00, shop/customers/a.csv:5",
    ]


def test_a_decision_is_told_in_its_own_words(settings: Settings) -> None:
    [_, told, _] = why_not(settings, "c8", "c9").splitlines()
    assert told == "  hubspot.contact:8 | hubspot.contact:9: words"


def test_records_that_show_one_refused_value_are_told_of_each_other(
    settings: Settings,
) -> None:
    said = why_not(settings, "hubspot.contact:3", "hubspot.contact:4").splitlines()
    assert said[1].startswith(
        "  hubspot.contact:3 | hubspot.contact:4: both show e-mail"
    )
    assert said[1].endswith("; a role mailbox is read by many people")
    assert [line.rpartition(":")[2] for line in said[2:]] == ["6", "7"]


def test_refusals_on_the_way_from_one_to_the_other_are_told(settings: Settings) -> None:
    said = why_not(settings, "c4", "c1").splitlines()
    assert said[0] == "c4 and c1 are not one customer: 2 refusals between them"
    assert [line.split(": ")[0].strip() for line in said if " | " in line] == [
        "hubspot.contact:4 | hubspot.contact:2",
        "hubspot.contact:2 | hubspot.contact:1",
    ]


def test_a_value_that_everybody_shows_is_told_but_is_no_way_to_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explanations, "_MOST_RECORDS", 2)
    for a, b in (("c3", "c4"), ("c4", "c3"), ("c2", "c4"), ("c4", "c2")):
        assert "a role mailbox is read" in why_not(settings, a, b)
    assert "nothing they share" in why_not(settings, "c4", "c1")


def test_a_pair_in_review_is_told(settings: Settings) -> None:
    assert why_not(settings, "c6", "c1").splitlines() == [
        "c6 and c1 are not one customer: alike, but not enough to link",
        "  hubspot.contact:6 ? shop.customer:1: score 0.71, waits in"
        " identity.review_queue (same birth date)",
    ]


def test_two_that_share_nothing_are_described(settings: Settings) -> None:
    assert why_not(settings, "c5", "c1").splitlines() == [
        "c5 and c1 are not one customer: nothing they share",
        "  customer c1 has 5 records; 1 email, 1 phone",
        "  customer c5 has 1 record; no identifiers",
    ]


def test_who_live_and_work_together_are_told_so(settings: Settings) -> None:
    assert why_not(settings, "c7", "c1").splitlines()[:3] == [
        "c7 and c1 are not one customer: no identifier they share",
        "  both are of account acme.com",
        "  both are of household h1: same card",
    ]


def test_a_browser_that_was_cut_stands_for_its_parts(settings: Settings) -> None:
    said = why(settings, "web.visitor:8", "hubspot.contact:1")
    assert said.startswith("web.visitor:8 and hubspot.contact:1 are one customer, c1")


def test_without_the_personal_file_hashes_are_shown(without_contacts: Settings) -> None:
    said = why(without_contacts, ANN, "web.visitor:7")
    assert "are one customer, c1" in said
    said = why(without_contacts, "shop.customer:1", "shop.customer:2")
    assert f"both have e-mail with hash {hashed(ANN)}" in said
    with pytest.raises(NotFound, match="may not read"):
        who(without_contacts, ANN)


@pytest.mark.parametrize(
    ("sought", "sentence"),
    [
        ("shop.customer:404", "no record or customer is called"),
        ("somebody", "no record or customer is called"),
        ("nobody@gmx.de", "no customer has"),
        ("+49 40 5550000", "no customer has"),
        ("c12", "no record or customer is called 'c12'"),
        ("c95ae81cb1e86a8b1b817", "no record or customer is called"),
        ("+49 30", "no record or customer is called"),
        ("lists.person:ann@gmx.de", "no record or customer is called"),
    ],
)
def test_the_unknown_is_a_sentence(
    settings: Settings, sought: str, sentence: str
) -> None:
    for command in (why, why_not):
        with pytest.raises(NotFound, match=sentence):
            command(settings, "c1", sought)
    with pytest.raises(NotFound, match=sentence):
        who(settings, sought)


def test_the_command_ends_with_one_where_a_record_is_unknown(
    settings: Settings,
) -> None:
    home = Home(Path(settings.home))
    done = home.call("why", "shop.customer:1", "shop.customer:404")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("unavista: no record or customer is called")
    assert home.call("why-not", "c1", "c2").returncode == 0


def link(a: str, b: str, rule: str, value: str | None, score: float = 1.0) -> Evidence:
    return Evidence(a, b, rule, "kind", value, None, score, None, None, None)


def test_of_paths_of_one_length_the_surest_is_told() -> None:
    links = [
        link("a", "m", "fuzzy", None, 0.91),
        link("m", "z", "same_email", "x"),
        link("a", "n", "same_email", "y"),
        link("n", "z", "same_phone_and_name", "p"),
        link("a", "o", "same_email", "q"),
        link("o", "z", "same_account", "s"),
    ]
    hops = shortest_path(links, {"a"}, {"z"})
    assert [hop.record_id_b for hop in hops] == ["o", "z"]


def test_a_chain_of_any_length_is_followed() -> None:
    links = [link(f"r{n:05}", f"r{n + 1:05}", "fuzzy", None) for n in range(5000)]
    assert len(shortest_path(links, {"r00000"}, {"r05000"})) == 5000
    assert shortest_path(links, {"r00000"}, {"elsewhere"}) is None
