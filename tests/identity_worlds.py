"""Worlds with known truth that the guards of identity are tried on.

A world of junk: placeholders, role mailboxes, a call centre's address, tills, kiosks,
broken tags, family phones, shared devices and addresses typed wrong, among honest
records. It starts where the sources end: with records, what they were seen with, and
what is known of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix, csgraph

from tests.compiled_models import World

_GIVEN = """
    Anna Johannes Katharina Friedrich Wilhelm Elisabeth Alexander Susanne Sabine Thomas
    Monika Stefan Petra Claudia Andreas Heike Wolfgang Lukas Leonie Felix Sophie Moritz
    Karin Ute Jonas Birgit Sebastian Rainer Nele Florian Gisela Tobias Emily Olivia
    Grace Hannah Charlotte George Laura Alice Gregory Ruth Camille Julien Antoine Pascal
    Sandrine Thierry Laurent Manon Lucie Ole Ida Malte Greta Henrik
"""
_FAMILY_HEADS = "Acker Baum Berg Brand Busch Eich Feld Forst Hart Heid Hof Holz"
_FAMILY_TAILS = "mann bach hofer meier auer inger rieder dorf stein wald"
_JUNK = {
    "email": ["test@test.com", "n/a", "NULL", "name@domain.com", "unknown", "-"],
    "phone": ["000-000", "12345", "n/a", "0000000", "999 9999999", "unknown"],
}
_BROKEN_TAGS = ["undefined", "[object Object]", '"null"', "0", "app-default"]


@dataclass(frozen=True)
class Guarded:
    """`truth` is (record_id, person); `reach` is (record_id, island).

    Two records of a person are reachable when true facts connect them: the person's own
    e-mail, own account, own CRM merge, or own phone beside the own name. What they
    connect is an island.
    """

    records: pa.Table
    sightings: pa.Table
    details: pa.Table
    truth: pa.Table
    reach: pa.Table

    def give_to(self, world: World) -> None:
        """Put the tables where the models of identity look for them."""
        give_nothing_else(world)
        world.give("identity.records", self.records)
        world.give("identity.int_identity__sightings", self.sightings)
        world.give("identity.int_identity__details", self.details)


@dataclass(frozen=True)
class Score:
    """Pairwise: right of the linked, right of the true, right of the reachable."""

    precision: float
    recall: float
    reachable_recall: float
    reachable_share: float
    most_records: int


# What the models of identity read besides, without a row.
_NOTHING = (
    "registry.customer_ids(record_id, customer_id, as_of date)",
    "registry.record_keys(record_id, record_key bigint, as_of date)",
    "decisions.identity(decision_id, decision, record_a, record_b, identifier_kind,"
    " value, author, reason, decided_at timestamp, expires_on date)",
    "identity.int_identity__fuzzy_pairs(record_key_a bigint, record_key_b bigint,"
    " match_weight double, match_probability double, band, veto)",
)


def give_nothing_else(world: World) -> None:
    """No earlier nights, no decisions and nothing that is merely alike."""
    for table in _NOTHING:
        world.give(table, [])


def junk_world(people: int, seed: int = 1) -> Guarded:
    """About 4.4 records and 7 sightings for each of `people`, as text and time."""
    chance = np.random.default_rng(seed)
    with duckdb.connect() as sql:
        for name, columns in _cast(chance, people).items():
            sql.register(name, pa.table(columns))
        sql.execute(_PEOPLE)
        sql.execute(_SEEN)
        found = sql.execute(
            "select record_id, person, fact from seen order by record_id, fact"
        ).to_arrow_table()
        return Guarded(
            records=sql.execute(_RECORDS).to_arrow_table(),
            sightings=sql.execute(_SIGHTINGS).to_arrow_table(),
            details=sql.execute(_DETAILS).to_arrow_table(),
            truth=sql.execute(
                "select distinct record_id, person from seen order by record_id"
            ).to_arrow_table(),
            reach=_islands(found),
        )


def score(world: World, guarded: Guarded) -> Score:
    """How right `identity.customer_ids` is; linear in records, whatever was linked."""
    sql = world.connection
    sql.register("truth", guarded.truth)
    sql.register("reach", guarded.reach)

    def pairs(*keys: str) -> int:
        [(count,)] = sql.execute(
            "select coalesce(sum(n * (n - 1) // 2), 0)::hugeint from ("
            " select count(*)::hugeint as n from identity.customer_ids"
            " inner join truth using (record_id) inner join reach using (record_id)"
            f" group by {', '.join(keys)})"
        ).fetchall()
        return int(count)

    [(most,)] = sql.execute(
        "select max(n) from"
        " (select count(*) as n from identity.customer_ids group by customer_id)"
    ).fetchall()
    right, true = pairs("customer_id", "person"), pairs("person")
    reachable = pairs("island")
    return Score(
        precision=right / pairs("customer_id"),
        recall=right / true,
        reachable_recall=pairs("customer_id", "island") / reachable,
        reachable_share=reachable / true,
        most_records=most,
    )


def _cast(chance: np.random.Generator, people: int) -> dict[str, dict]:
    """Who does what, as whole numbers: a table each for people and their records."""

    def some(count: int, shares: dict[str, float]) -> np.ndarray:
        kinds = [*shares, "own"]
        odds = [*shares.values(), 1 - sum(shares.values())]
        return np.array(kinds)[chance.choice(len(kinds), count, p=odds)]

    everyone = np.arange(people)
    # The first 8 % are families of two that give one phone.
    in_family = everyone < 0.08 * people
    home = np.where(in_family, everyone - everyone % 2, everyone)
    contacts = np.flatnonzero(chance.random(people) < 0.45)
    again = contacts[chance.random(len(contacts)) < 0.05]
    accounts = np.flatnonzero(chance.random(people) < 0.6)
    has_account = np.isin(everyone, accounts)
    browsers = np.repeat(everyone, chance.poisson(3.2, people))
    by_account = has_account[browsers]
    does = some(
        len(browsers),
        {
            "signs in": 0.45, "types e-mail": 0.15, "types another's": 0.004,
            "broken tag": 0.015, "is shared": 0.02,
        },
    )  # fmt: skip
    does[(does == "signs in") & ~by_account] = "own"
    does[(does == "is shared") & ~by_account] = "own"
    kiosks = max(2, people // 10_000)
    at_kiosk = chance.choice(accounts, (kiosks, min(60, len(accounts))))

    def typed(person: np.ndarray, role: float) -> dict[str, np.ndarray]:
        count = len(person)
        return {
            "person": person,
            "number": np.arange(count) + 1,
            "email_is": some(
                count,
                {
                    "missing": 0.06, "junk": 0.02, "mistyped": 0.01, "role": role,
                    "another's": 0.005, "call centre": 0.004, "till": 0.003,
                },
            ),
            "phone_is": some(
                count, {"missing": 0.5, "junk": 0.02, "call centre": 0.004}
            ),
            "other": chance.integers(0, people, count),
            "place": chance.integers(0, max(1, people * 15 // 10_000), count),
            "style": chance.integers(0, 4, count),
            "day": chance.integers(0, 180, count),
        }  # fmt: skip

    return {
        "people_cast": {
            "person": everyone,
            "home": home,
            "given": chance.integers(0, len(_GIVEN_NAMES), people),
            "family": chance.integers(0, len(_FAMILY_NAMES), people),
            "born": chance.integers(0, 20_000, people),
        },
        "contact_cast": typed(np.concatenate([contacts, again]), 0.012),
        "account_cast": typed(accounts, 0.0),
        "browser_cast": {
            "person": browsers,
            "number": np.arange(len(browsers)) + 1,
            "does": does,
            "other": chance.choice(accounts, len(browsers)),
            "anyone": chance.integers(0, people, len(browsers)),
            "style": chance.integers(0, 4, len(browsers)),
            "day": chance.integers(0, 180, len(browsers)),
        },
        "kiosk_cast": {
            "person": at_kiosk.ravel(),
            "kiosk": np.repeat(np.arange(kiosks), at_kiosk.shape[1]),
            "turn": np.tile(np.arange(at_kiosk.shape[1]) + 1, kiosks),
        },
    }


def _listed(words: Iterable[str]) -> str:
    return "[" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + "]"


_GIVEN_NAMES = _GIVEN.split()
_FAMILY_NAMES = [
    head + middle + tail
    for head in _FAMILY_HEADS.split()
    for middle in ("en", "er", "el", "ing", "ler")
    for tail in _FAMILY_TAILS.split()
]

_PEOPLE = f"""
create table people as
with named as (
    select
        one.person, one.home, one.born, head.family as family_number,
        {_listed(_GIVEN_NAMES)}[
            1 + (head.given + 7 * (one.person - one.home)) % {len(_GIVEN_NAMES)}
        ] as given,
        {_listed(_FAMILY_NAMES)}[1 + head.family] as family
    from people_cast as one
    inner join people_cast as head on one.home = head.person
)

select
    person, given, family,
    lower(given) || '.' || lower(family) || person
        || ['@gmx.de', '@web.de', '@posteo.de'][1 + person % 3] as email,
    (30000017 + home * 7)::text as subscriber,
    date '1950-01-01' + born::int as birth_date,
    '10' || printf('%03d', home % 900) as postal_code,
    'Weg ' || (1 + home % 97) as street
from named;

create table typed as
select
    record_id, source_name, record_type, source_key, kind_of_key, one.person, one.day,
    one.style, mine.given, mine.family, mine.birth_date, mine.postal_code, mine.street,
    case email_is
        when 'own' then mine.email
        when 'mistyped' then replace(mine.email, lower(mine.given[2:3]), '')
        when 'another''s' then other.email
        when 'junk' then {_listed(_JUNK["email"])}[1 + one.other % 6]
        when 'role' then 'info@firma-' || one.place || '.de'
        when 'call centre' then 'platz12@fernkontakt-nord.de'
        when 'till' then 'filiale' || (one.place % 5) || '@laden-sued.de'
    end as email,
    case phone_is
        when 'own' then mine.subscriber
        when 'junk' then {_listed(_JUNK["phone"])}[1 + one.other % 6]
        when 'call centre' then '30 77881200'
    end as phone,
    email_is, phone_is
from (
    select
        'hubspot.contact:' || number as record_id, 'hubspot' as source_name,
        'contact' as record_type, number::text as source_key,
        'hubspot_contact_id' as kind_of_key, *
    from contact_cast
    union all
    select
        'shop.customer:' || (500000 + number), 'shop', 'customer',
        (500000 + number)::text, 'shop_customer_id', *
    from account_cast
) as one
inner join people as mine on one.person = mine.person
inner join people as other on one.other = other.person;

create table accounts as
select person, min(source_key) as account from typed
where record_type = 'customer' group by person;
"""

_SEEN = f"""
create table seen as
select
    record_id, person, kind_of_key as kind, source_key as raw,
    'key ' || record_id as fact, given, family, day
from typed
union all
-- A contact that was made twice: in half of the cases the CRM merged the two.
select
    first.record_id, first.person, 'hubspot_contact_id', again.source_key,
    'key ' || again.record_id, null, null, 180
from typed as first
inner join typed as again
    on first.person = again.person and first.source_key::int < again.source_key::int
where first.record_type = 'contact' and again.record_type = 'contact'
    and again.source_key::int % 2 = 0
union all
select
    record_id, person, 'email',
    [email, upper(email), ' ' || email, '"' || email || '"'][1 + style],
    case when email_is = 'own' then 'email ' || person end, given, family, day
from typed where email is not null
union all
select
    record_id, person, 'phone',
    case
        when phone_is = 'own' then
            ['0151 ', '+49 151 ', '0049151', '+49 (0)151/'][1 + style] || phone
        when phone_is = 'call centre' then '+49 ' || phone
        else phone
    end,
    case when phone_is = 'own' then 'phone ' || person end, given, family, day
from typed where phone is not null
union all
-- Browsers. What is shared is cut in two: first the owner, then another.
select
    'web.visitor:b' || browsers.number || part.cut,
    case when part.cut = '~2' then browsers.other else browsers.person end,
    case
        when does in ('signs in', 'broken tag', 'is shared') then 'shop_customer_id'
        when does in ('types e-mail', 'types another''s') then 'email'
        else 'anonymous_id'
    end as kind,
    case
        when part.cut = '~2' then theirs.account
        when does in ('signs in', 'is shared') then mine.account
        when does = 'types e-mail' then owner.email
        when does = 'types another''s' then friend.email
        when does = 'broken tag'
            then {_listed(_BROKEN_TAGS)}[1 + browsers.number % 5]
        else 'b' || browsers.number
    end as raw,
    case
        when part.cut = '~2' then 'key shop.customer:' || theirs.account
        when does in ('signs in', 'is shared') then 'key shop.customer:' || mine.account
        when does = 'types e-mail' then 'email ' || browsers.person
    end,
    null, null, browsers.day
from browser_cast as browsers
inner join people as owner on browsers.person = owner.person
inner join people as friend on browsers.anyone = friend.person
left join accounts as mine on browsers.person = mine.person
left join accounts as theirs on browsers.other = theirs.person
inner join (
    values (false, ''), (true, '~1'), (true, '~2')
) as part (is_shared, cut) on (does = 'is shared') = part.is_shared
union all
select
    'web.visitor:b' || number, person, 'anonymous_id', 'b' || number, null, null, null,
    day
from browser_cast where does not in ('own', 'is shared')
union all
select
    'web.visitor:kiosk' || kiosk || '~' || turn, kiosk_cast.person, 'shop_customer_id',
    account, 'key shop.customer:' || account, null, null, turn
from kiosk_cast inner join accounts on kiosk_cast.person = accounts.person
"""

_SIGHTINGS = """
select
    record_id, kind as identifier_kind, raw as raw_value, given as first_name,
    family as last_name, case when given is not null then 'DE' end as country_code,
    timestamp '2026-01-01' + to_days(day::int) as seen_at, seen_at as last_seen_at,
    'file' as file_id, row_number() over (order by record_id, kind, raw) as line
from seen where raw is not null order by record_id, kind, raw
"""

_RECORDS = """
select
    record_id, row_number() over (order by min(day), record_id) as record_key,
    split_part(record_id, '.', 1) as source_name,
    split_part(split_part(record_id, ':', 1), '.', 2) as record_type,
    split_part(record_id, ':', 2) as source_key,
    timestamp '2026-01-01' + to_days(min(day)::int) as first_seen_at,
    timestamp '2026-01-01' + to_days(max(day)::int) as last_seen_at,
    false as is_gone
from seen group by record_id order by record_key
"""

_DETAILS = f"""
with records as ({_RECORDS})
select
    records.record_key, typed.record_id, typed.source_name, given as given_names,
    family as family_name, null::text as only_name,
    case when typed.style > 0 then birth_date::text end as birth_date, email, phone,
    street, 'Berlin' as city, postal_code, null::text as state, 'DE' as country_code,
    null::text as national_id, null::text as company_name,
    records.last_seen_at as seen_at
from typed inner join records on typed.record_id = records.record_id
order by records.record_key
"""


def _islands(seen: pa.Table) -> pa.Table:
    """What true facts connect; a fact belongs to one person, so an island does too."""
    records = seen["record_id"].combine_chunks().dictionary_encode()
    facts = seen["fact"].combine_chunks().dictionary_encode()
    known = facts.indices.is_valid().to_numpy(zero_copy_only=False)
    left = records.indices.to_numpy()[known]
    right = facts.indices.drop_null().to_numpy() + len(records.dictionary)
    count = len(records.dictionary) + len(facts.dictionary)
    graph = coo_matrix((np.ones(len(left), bool), (left, right)), (count, count))
    _, islands = csgraph.connected_components(graph, directed=False)
    return pa.table(
        {
            "record_id": records.dictionary,
            "island": islands[: len(records.dictionary)],
        }
    )
