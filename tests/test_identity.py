"""Who is who, in named scenarios and over sequences of nights."""

import json
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ingestion.files.load import load_source
from ingestion.settings import Settings
from ingestion.sources import hubspot, shop, web_events
from orchestration import decisions, registry
from tests.compiled_models import over
from tests.conftest import AS_OF, Home

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Country/Region,"
    "Merged contact IDs,Last Modified Date"
)
SHOP = "customer_id,first_name,last_name,email,phone,country_code,created_at,updated_at"
ORDERS = (
    "order_id,customer_id,email,status,currency,subtotal,total,ordered_at,updated_at"
)
HEADINGS = {"contacts": CONTACTS, "customers": SHOP, "orders": ORDERS}
KINDS = {"c": "hubspot.contact:", "s": "shop.customer:", "v": "web.visitor:"}


@dataclass(frozen=True)
class Scenario:
    """Lines as delivered, and who is who.

    `people` separates humans by ` | ` and names their records: c a contact, s a shop
    customer, v a browser. `events` are (browser, user id, form e-mail, order); an empty
    browser is a tag without one.
    """

    name: str
    people: str
    contacts: str = ""
    earlier_contacts: str = ""
    shop: str = ""
    orders: str = ""
    events: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def partition(self) -> set[frozenset[str]]:
        return {
            frozenset(KINDS[record[0]] + record[1:] for record in person.split())
            for person in self.people.split("|")
        }


SCENARIOS = (
    Scenario(
        "an e-mail in other letters, spaces and quotes is the same",
        "c101 c102 s101 s102",
        contacts="""
            101,Ada,Lund,Ada.Lund@Gmx.de,,,,2026-06-01
            102,,, ada.lund@gmx.de ,,,,2026-06-01""",
        shop="""
            101,,,ADA.LUND@GMX.DE,,DE,2026-06-01,2026-06-01
            102,,,'ada.lund@gmx.de',,DE,2026-06-01,2026-06-01""",
    ),
    Scenario(
        "a composed and a decomposed accent in an e-mail are the same",
        "c111 s111",
        contacts="111,,,jürgen.ott@gmx.de,,,,2026-06-01",
        shop="111,,,ju\u0308rgen.ott@gmx.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "an apostrophe inside an e-mail makes it another",
        "c121 | s121",
        contacts="121,,,pat.o'brien@gmx.de,,,,2026-06-01",
        shop="121,,,pat.obrien@gmx.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "an e-mail with other dots is another one where nothing else is known",
        "c131 | s131",
        contacts="131,,,lia.moor@gmail.com,,,,2026-06-01",
        shop="131,,,liamoor@gmail.com,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "a phone in other spellings with the same name is the same",
        "c201 c202 s201 s202",
        contacts="""
            201,Ben,Ott,,030 8412377,Germany,,2026-06-01
            202,BEN,ott,,+49 (0)30 8412377,Austria,,2026-06-01""",
        shop="""
            201, Ben Jon,Ott ,,0049 30 841 23 77,US,2026-06-01,2026-06-01
            202,ben,OTT,,(030) 841-2377,de,2026-06-01,2026-06-01""",
    ),
    Scenario(
        "a nickname with the phone of the given name is the same",
        "c211 s211",
        contacts="211,Bob,Harlow,,+1 646 355 8325,,,2026-06-01",
        shop="211,Robert,Harlow,,(646) 355-8325,US,2026-06-01,2026-06-01",
    ),
    Scenario(
        "accents in a name do not tell people apart",
        "c221 s221 | c222 s222",
        contacts="""
            221,Renée,Dubois,,+33 6 12 47 83 90,,,2026-06-01
            222,Uwe,Müller,,+49 40 7738821,,,2026-06-01""",
        shop="""
            221,Renee,DUBOIS,,06 12 47 83 90,FR,2026-06-01,2026-06-01
            222,Uwe,Mu\u0308ller,,040 7738821,DE,2026-06-01,2026-06-01""",
    ),
    Scenario(
        "a family that shares a phone stays apart",
        "c231 | c232 | s231",
        contacts="""
            231,Eva,Kern,,+49 89 6612873,,,2026-06-01
            232,Tom,Kern,,+49 89 6612873,,,2026-06-01""",
        shop="231,,Kern,,089 6612873,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "the next owner of a phone is not the last",
        "c241 | s241",
        contacts="241,Ira,Voss,,+49 151 27394410,,,2023-06-01",
        shop="241,Udo,Lenz,,0151 27394410,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "a role mailbox on many contacts is nobody's",
        "c301 | c302 | s301",
        contacts="""
            301,Ann,Adler,info@adler-werk.de,,,,2026-06-01
            302,Ulf,Adler,Info@Adler-Werk.de,,,,2026-06-01""",
        shop="301,Ann,Adler,info@adler-werk.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "the e-mail that a till fills in is nobody's",
        "s311 | s312 | s313 | s314 | v311",
        shop="""
            311,Ali,Brandt,tresen1@laden-nord.de,,DE,2026-06-01,2026-06-01
            312,Bea,Conrad,tresen1@laden-nord.de,,DE,2026-06-01,2026-06-01
            313,Cem,Demir,tresen1@laden-nord.de,,DE,2026-06-01,2026-06-01
            314,Dora,Ebner,tresen1@laden-nord.de,,DE,2026-06-01,2026-06-01""",
        events=(("311", "", "tresen1@laden-nord.de", ""),),
    ),
    Scenario(
        "junk in place of an e-mail or a phone links nothing",
        "c321 | c322 | c323 | c324 | s321 | s322 | s323 | s324 | s325 | s326",
        contacts="""
            321,Kim,Park,n/a,000-000,US,,2026-06-01
            322,Kim,Park,N/A,000-000,US,,2026-06-01
            323,Kim,Park,"\"\"null\"\"",(212) 555-0142,US,,2026-06-01
            324,Kim,Park,null,(212) 555-0142,US,,2026-06-01""",
        shop="""
            321,Kim,Park,test@test.com,12345,DE,2026-06-01,2026-06-01
            322,Kim,Park,test@test.com,12345,DE,2026-06-01,2026-06-01
            323,Kim,Park,name@domain.com,0123456789,,2026-06-01,2026-06-01
            324,Kim,Park,name@domain.com,0123456789,,2026-06-01,2026-06-01
            325,Kim,Park,none,999 9999999,DE,2026-06-01,2026-06-01
            326,Kim,Park,none,999 9999999,DE,2026-06-01,2026-06-01""",
    ),
    Scenario(
        "a contact merged in the CRM is one with what it swallowed",
        "c401 c402 s401",
        earlier_contacts="402,Isa,Falk,isa.falk@gmx.de,,,,2026-05-01",
        contacts="401,Isa,Falk,isa@falk-bau.de,,,402;499,2026-06-01",
        shop="401,Isa,Falk,isa.falk@gmx.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "a changed e-mail links by the old one and the new one",
        "s411 c411 c412",
        shop="""
            411,Ole,Gers,ole.gers@web.de,,DE,2026-05-01,2026-05-01
            411,Ole,Gers,ole@gers-yachten.de,,DE,2026-05-01,2026-06-01""",
        contacts="""
            411,Ole,Gers,ole.gers@web.de,,,,2026-06-01
            412,Ole,Gers,ole@gers-yachten.de,,,,2026-06-01""",
    ),
    Scenario(
        "account numbers differ by a capital letter",
        "saB42 v421 | sab42 v422",
        shop="""
            aB42,,,,,DE,2026-06-01,2026-06-01
            ab42,,,,,DE,2026-06-01,2026-06-01""",
        events=(("421", "aB42", "", ""), ("422", "ab42", "", "")),
    ),
    Scenario(
        "a browser belongs to the one account that signed in",
        "s501 v501 v502",
        shop="501,,,,,DE,2026-06-01,2026-06-01",
        events=(
            ("501", "", "", ""),
            ("501", "501", "", ""),
            ("501", "", "", ""),
            ("502", "501", "", ""),
        ),
    ),
    Scenario(
        "a browser on which two accounts signed in is cut where the second one comes",
        "s511 v511~511 | s512 v511~512",
        shop="""
            511,,,jan.holm@gmx.de,,DE,2026-06-01,2026-06-01
            512,,,eli.holm@gmx.de,,DE,2026-06-01,2026-06-01""",
        events=(("511", "511", "jan.holm@gmx.de", ""), ("511", "512", "", "")),
    ),
    Scenario(
        "an e-mail in a form names an anonymous browser",
        "c521 v521 | c522 v522",
        contacts="""
            521,,,mia.jung@gmx.de,,,,2026-06-01
            522,,,kai.jung@gmx.de,,,,2026-06-01""",
        events=(
            ("521", "", "Mia.Jung@gmx.de ", ""),
            ("521", "", "mia.jung@gmx.de", ""),
            ("522", "undefined", "kai.jung@gmx.de", ""),
        ),
    ),
    Scenario(
        "the e-mail of an order names the browser that placed it",
        "c531 v531",
        contacts="531,,,eve.kuhn@gmx.de,,,,2026-06-01",
        orders="o531,531,Eve.Kuhn@gmx.de,paid,EUR,10.00,10.00,2026-06-01,2026-06-01",
        events=(("531", "", "", "o531"),),
    ),
    Scenario(
        "an e-mail that a signed-in browser types is not taken for its own",
        "s541 v541 | c541",
        shop="541,,,,,DE,2026-06-01,2026-06-01",
        contacts="541,,,friend@gmx.net,,,,2026-06-01",
        events=(("541", "541", "friend@gmx.net", ""),),
    ),
    Scenario(
        "a browser on which two e-mails were typed is nobody's",
        "c551 | c552 | v551",
        contacts="""
            551,,,lena.lutz@gmx.de,,,,2026-06-01
            552,,,nils.lutz@gmx.de,,,,2026-06-01""",
        events=(
            ("551", "", "lena.lutz@gmx.de", ""),
            ("551", "", "nils.lutz@gmx.de", ""),
        ),
    ),
    Scenario(
        "a user id that says nothing links nothing",
        "v601 | v602 | v603 | v604 | v605 | v606 | s601 v607",
        shop="601,,,,,DE,2026-06-01,2026-06-01",
        events=(
            ("601", "undefined", "", ""),
            ("602", "undefined", "", ""),
            ("603", "[object Object]", "", ""),
            ("604", "[object Object]", "", ""),
            ("605", '"null"', "", ""),
            ("606", '"null"', "", ""),
            ("607", '"null"', "", ""),
            ("607", "00-00", "", ""),
            ("607", "601", "", ""),
        ),
    ),
    Scenario(
        "a browser id that says nothing is many browsers and links nothing",
        "s611 | vundefined | c611 | vuser:null | c612"
        " | v00000000-0000-0000-0000-000000000000",
        shop="611,,,,,DE,2026-06-01,2026-06-01",
        contacts="""
            611,,,ria.noll@gmx.de,,,,2026-06-01
            612,,,tim.noll@gmx.de,,,,2026-06-01""",
        events=(
            ("undefined", "611", "", ""),
            ("", "null", "ria.noll@gmx.de", ""),
            ("00000000-0000-0000-0000-000000000000", "", "tim.noll@gmx.de", ""),
        ),
    ),
    Scenario(
        "two accounts that both sign in are two people, whatever they share",
        "s701 v701 | s702 v702",
        shop="""
            701,Ina,Kolb,kolb@gmx.de,089 6619001,DE,2026-06-01,2026-06-01
            702,Ina,Kolb,kolb@gmx.de,089 6619001,DE,2026-06-01,2026-06-01""",
        events=(("701", "701", "", ""), ("702", "702", "", "")),
    ),
    Scenario(
        "two accounts of which one is used are one human with one e-mail",
        "s711 v711 s712",
        shop="""
            711,Ida,Kolb,ida.kolb@gmx.de,,DE,2026-06-01,2026-06-01
            712,Ida,Kolb,ida.kolb@gmx.de,,DE,2026-06-01,2026-06-01""",
        events=(("711", "711", "", ""),),
    ),
    Scenario(
        "an e-mail that rested for years and comes back under another name",
        "c721 | s721",
        contacts="721,Ann,Adler,a.adler@adler-bau.de,,,,2019-06-01",
        shop="721,Ulf,Zander,a.adler@adler-bau.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "an e-mail that rested for years is still that of the same name",
        "c731 s731",
        contacts="731,Ann,Bader,a.bader@bader-bau.de,,,,2019-06-01",
        shop="731,Ann,Bader,a.bader@bader-bau.de,,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "a trunk zero behind the country's code is not dialled",
        "c741 s741",
        contacts="741,Mia,Roth,,+49 0170 8812377,Germany,,2026-06-01",
        shop="741,Mia,Roth,,0170 8812377,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "names in other scripts agree as well",
        "c751 s751 | c752",
        contacts="""
            751,Иван,Петров,,+49 170 7712377,Germany,,2026-06-01
            752,Анна,Петрова,,+49 170 7712377,Germany,,2026-06-01""",
        shop="751,ИВАН,Петров,,0170 7712377,DE,2026-06-01,2026-06-01",
    ),
    Scenario(
        "a customer has no sixth e-mail",
        "c761 c762 c763 c764 c765 | c766",
        contacts="""
            761,Uta,Kranz,k1@kranz.de,+49 170 1234576,,762;763;764;765,2026-06-01
            762,,,k2@kranz.de,,,,2026-06-01
            763,,,k3@kranz.de,,,,2026-06-01
            764,,,k4@kranz.de,,,,2026-06-01
            765,,,k5@kranz.de,,,,2026-06-01
            766,Uta,Kranz,k6@kranz.de,+49 170 1234576,,,2026-06-01""",
    ),
    Scenario(
        "what a person decided to keep apart stays apart, what to join is joined",
        "c801 | c802 | c811 c812 c813",
        contacts="""
            801,Ann,Noll,noll@noll.de,,,,2026-06-01
            802,Ann,Noll,noll@noll.de,,,,2026-06-01
            811,Ann,Pohl,a@pohl.de,,,,2026-06-01
            812,Ann,Gers,b@pohl.de,,,,2026-06-01
            813,,,b@pohl.de,,,,2026-06-01""",
    ),
    Scenario(
        "a record that a person cut off links to nobody",
        "c821 | c822 c823",
        contacts="""
            821,Ann,Quast,quast@quast.de,,,,2026-06-01
            822,Ann,Quast,quast@quast.de,,,,2026-06-01
            823,Ann,Quast,quast@quast.de,,,,2026-06-01""",
    ),
    Scenario(
        "a value that a person blocked links nothing, and one no longer blocked does",
        "c831 | c832 | c841 c842",
        contacts="""
            831,,,stand@messe.de,,,,2026-06-01
            832,,,stand@messe.de,,,,2026-06-01
            841,,,stand2@messe.de,,,,2026-06-01
            842,,,stand2@messe.de,,,,2026-06-01""",
    ),
    Scenario(
        "an event without a browser belongs to its account",
        "s621 vuser:621",
        shop="621,,,,,DE,2026-06-01,2026-06-01",
        events=(("", "621", "", ""),),
    ),
)


DECISIONS = """\
decision,record_a,record_b,identifier_kind,value,author,reason,decided_at,expires_on
cannot_link,hubspot.contact:801,hubspot.contact:802,,,ann,two women,2026-06-02,
must_link,hubspot.contact:811,hubspot.contact:812,,,ann,married,2026-06-02,2027-01-01
split,hubspot.contact:821,,,,ann,entered by mistake,,
block_value,,,email,Stand@messe.de,ann,the trade fair,,
block_value,,,email,stand2@messe.de,ann,the trade fair,,2026-06-30
"""


def deliver_all(home: Home, one_by_one: bool) -> None:
    """Put all scenarios and decisions into a home; in few files, or one a line."""
    for (table, day), lines in deliveries().items():
        if one_by_one:
            for number, line in enumerate(reversed(lines)):
                deliver(home, table, f"{day}_{number:03}", [line])
        else:
            deliver(home, table, day, lines)
    decisions = home.path / "decisions" / "identity.csv"
    decisions.parent.mkdir(parents=True, exist_ok=True)
    decisions.write_text(DECISIONS)


def deliveries() -> dict[tuple[str, str], list[str]]:
    """Lines without headings by table and day, over all scenarios."""
    lines = defaultdict(list)
    for scenario in SCENARIOS:
        for table, day, text in (
            ("hubspot/contacts", "2026-05-01", scenario.earlier_contacts),
            ("hubspot/contacts", "2026-06-01", scenario.contacts),
            ("shop/customers", "2026-06-01", scenario.shop),
            ("shop/orders", "2026-06-01", scenario.orders),
        ):
            lines[table, day] += [x.strip() for x in text.split("\n") if x.strip()]
        events = lines["web_events/events", "2026-06-01"]
        for event in scenario.events:
            events.append(event_line(len(events), *event))
    return lines


def event_line(number: int, browser: str, user: str, email: str, order: str) -> str:
    line = {
        "messageId": f"m{number}",
        "type": "identify",
        "timestamp": f"2026-06-01T10:{number:02}:00Z",
    }
    if browser:
        line["anonymousId"] = browser
    if user:
        line["userId"] = user
    if email:
        line["traits"] = {"email": email}
    if order:
        line["properties"] = {"orderId": order}
    return json.dumps(line)


def deliver(home: Home, table: str, batch: str, lines: list[str]) -> None:
    """Put lines under their heading, if the table has one, into the landing folder."""
    heading = HEADINGS.get(table.split("/")[1])
    content = "\n".join([heading, *lines] if heading else lines) + "\n"
    home.deliver(f"{table}/{batch}.{'csv' if heading else 'jsonl'}", content)


def customer_of(home: Home) -> dict[str, str]:
    return dict(
        home.published("select record_id, customer_id from identity.customer_ids")
    )


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The customer of each record, with all scenarios; the nights below run whole."""
    home = Home(tmp_path_factory.mktemp("people") / "home").prepared()
    deliver_all(home, one_by_one=False)
    settings = Settings(home=home.path)
    for source in (hubspot.SOURCE, shop.SOURCE, web_events.SOURCE):
        load_source(settings, source, date.fromisoformat(AS_OF))
    world = over(home.path / "warehouse.duckdb")
    decisions.restore(world.connection, settings)
    world.build("customer_ids")
    return dict(world.rows("select record_id, customer_id from identity.customer_ids"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_who_is_who(people: dict[str, str], scenario: Scenario) -> None:
    found = defaultdict(set)
    for record in frozenset().union(*scenario.partition):
        found[people[record]].add(record)
    assert {frozenset(records) for records in found.values()} == scenario.partition


def test_scenarios_do_not_meet(people: dict[str, str]) -> None:
    named = [record for s in SCENARIOS for person in s.partition for record in person]
    assert len(named) == len(set(named))
    assert set(people) == set(named)
    humans = sum(len(scenario.partition) for scenario in SCENARIOS)
    assert len(set(people.values())) == humans


@pytest.mark.torture
def test_files_in_other_batches_give_the_same_people(
    people: dict[str, str], home: Home
) -> None:
    deliver_all(home, one_by_one=True)
    home.run()
    assert customer_of(home) == people


OLDER, YOUNGER = "shop.customer:old", "hubspot.contact:1"


@dataclass(frozen=True)
class Nights:
    """A home after three nights, a copy of it after two, and the ids of each night."""

    home: Home
    after_two: Home
    first: dict[str, str]
    second: dict[str, str]
    third: dict[str, str]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Two customers, a younger one a night later, a warehouse lost before a merge.

    The younger record sorts first, so that only its age can decide.
    """
    home = Home(tmp_path_factory.mktemp("nights") / "home").prepared()
    after_two = Home(home.path.with_name("after_two"))

    def night(day: str, table: str, *lines: str) -> dict[str, str]:
        deliver(home, table, day, list(lines))
        home.run(day)
        return customer_of(home)

    first = night(
        "2026-07-01",
        "shop/customers",
        "old,Ann,Lee,ann@gmx.de,,DE,2026-06-01,2026-06-01",
        "other,Udo,Rast,udo@gmx.de,,DE,2026-06-01,2026-06-01",
    )
    second = night(
        "2026-07-02", "hubspot/contacts", "1,Ann,Lee,ann@lee.de,,,,2026-07-01"
    )
    shutil.copytree(home.path, after_two.path, symlinks=True)
    home.path.joinpath("warehouse.duckdb").unlink()
    shutil.rmtree(home.path / "dlt")
    third = night(
        "2026-07-03", "hubspot/contacts", "1,Ann,Lee,ann@gmx.de,,,,2026-07-02"
    )
    return Nights(home, after_two, first, second, third)


def resolved_again(home: Home, as_of: str) -> dict[str, str]:
    """The customer of each record, computed for `as_of` from all that was exported."""
    warehouse = home.path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        registry.restore(connection, Settings(home=home.path))
    home.dbt(
        "build", "--select", "+customer_ids", "--exclude", "test_type:unit", as_of=as_of
    )
    return dict(
        home.warehouse("select record_id, customer_id from identity.customer_ids")
    )


def test_a_new_record_changes_no_id(nights: Nights) -> None:
    assert len(set(nights.first.values())) == 2
    assert nights.second == {**nights.first, YOUNGER: nights.second[YOUNGER]}
    assert nights.second[YOUNGER] not in nights.first.values()


@pytest.mark.parametrize("as_of", ["2026-07-02", "2026-07-03"])
def test_a_repeated_and_a_next_night_give_the_same_ids(
    nights: Nights, as_of: str
) -> None:
    assert resolved_again(nights.after_two, as_of) == nights.second


def test_an_earlier_night_built_again_gives_the_ids_it_gave(nights: Nights) -> None:
    again = resolved_again(nights.after_two, "2026-07-01")
    assert {record: again[record] for record in nights.first} == nights.first


def test_a_lost_warehouse_loses_no_id(nights: Nights) -> None:
    assert {**nights.third, YOUNGER: nights.second[YOUNGER]} == nights.second


def test_a_merge_keeps_the_older_id_and_says_so(nights: Nights) -> None:
    assert nights.third[YOUNGER] == nights.third[OLDER] == nights.first[OLDER]
    changes = nights.home.published(
        "select cast(changed_on as varchar), change, customer_id, previous_customer_id"
        " from identity.customer_id_changes order by all"
    )
    old, new = nights.first[OLDER], nights.second[YOUNGER]
    other = nights.first["shop.customer:other"]
    assert changes == sorted(
        [
            ("2026-07-01", "born", old, None),
            ("2026-07-01", "born", other, None),
            ("2026-07-02", "born", new, None),
            ("2026-07-03", "merged", old, new),
        ]
    )
    history = nights.home.published(
        "select customer_id, cast(valid_from_on as varchar),"
        " cast(valid_to_on as varchar) from identity.customer_id_history"
        f" where record_id = '{YOUNGER}' order by valid_from_on"
    )
    assert history == [
        (new, "2026-07-02", "2026-07-03"),
        (old, "2026-07-03", None),
    ]


def test_the_unit_tests_of_the_models_pass(sample: Home, tmp_path: Path) -> None:
    shutil.copy(sample.path / "warehouse.duckdb", tmp_path)
    said = Home(tmp_path).dbt("test", "--select", "test_type:unit")
    [passed] = re.findall(r"PASS=(\d+)", said)
    assert int(passed) >= 19
