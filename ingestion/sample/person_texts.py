"""What is written about a person: names, addresses, numbers as people type them."""

from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sample import names
from ingestion.sample.companies import company_domains

_SUBSCRIBERS = 7_990_000


def draw_numbers(
    rng: np.random.Generator, household: np.ndarray
) -> dict[str, np.ndarray]:
    """What is drawn per person, or per household and then shared, as numbers."""
    count = len(household)
    numbers = {
        name: rng.integers(0, 1 << 20, count)[household]
        for name in ("last_name", "town", "street", "house_number", "postcode")
    }
    for name in ("first_name", "email_style", "mailbox", "dial_choice", "typing"):
        numbers[name] = rng.integers(0, 1 << 20, count)
    # Nobody gives two of a household the same name.
    first = np.searchsorted(household, household)
    position = np.arange(count) - first
    numbers["first_name"] = numbers["first_name"][first] + 7 * position
    numbers["birth_day"] = rng.integers(-9100, 13200, count)
    # A stride prime to the number of subscribers gives everybody another number.
    shift = int(rng.integers(_SUBSCRIBERS))
    line = (np.arange(count) * 1_234_577 + shift) % _SUBSCRIBERS
    exchange = 200 + line // 10_000
    numbers["subscriber"] = (exchange + (exchange >= 555)) * 10_000 + line % 10_000
    return numbers


def per_country(
    country: np.ndarray,
    choice: np.ndarray,
    pool_of: Callable[[names.Country], list],
) -> np.ndarray:
    """The entry of each person's own country's pool that `choice` falls on."""
    pools = [pool_of(one) for one in names.COUNTRIES]
    starts = np.cumsum([0, *map(len, pools)])
    sizes = np.array([len(pool) for pool in pools])
    flat = np.array([entry for pool in pools for entry in pool])
    return flat[starts[country] + choice % sizes[country]]


def write_people(
    sql: duckdb.DuckDBPyConnection,
    groups: dict[str, np.ndarray],
    phone_country: np.ndarray,
    numbers: dict[str, np.ndarray],
    gives_phone: dict[str, np.ndarray],
) -> pa.Table:
    """Everything that is written about a person, one row per person in order."""
    country, company = groups["country"], groups["company"]

    def column(
        name: str,
        pool_of: Callable[[names.Country], list],
        of: np.ndarray = country,
    ) -> np.ndarray:
        return per_country(of, numbers[name], pool_of)

    def dial_codes(c: names.Country) -> list[str]:
        return c.mobile_codes * 3 + [dial for _, _, dial in c.towns]

    drawn = {
        "person": np.arange(len(country)),
        "household": groups["household"],
        "company": company,
        "company_domain": np.array([*company_domains(company.max() + 1), ""])[company],
        "first_name": column("first_name", lambda c: c.first_names),
        "last_name": column("last_name", lambda c: c.last_names),
        "town": column("town", lambda c: [town for town, _, _ in c.towns]),
        "postcode_start": column("town", lambda c: [code for _, code, _ in c.towns]),
        "street": column("street", lambda c: c.streets),
        "mailbox": column("mailbox", lambda c: c.mailboxes),
        "area": column("dial_choice", dial_codes, phone_country),
        "country_code": np.array([c.code for c in names.COUNTRIES])[country],
        "dial": np.array([c.dial for c in names.COUNTRIES])[phone_country],
        "gives_shop_phone": gives_phone["shop"],
        "gives_crm_phone": gives_phone["crm"],
        **{
            name: numbers[name]
            for name in (
                *("house_number", "postcode", "email_style", "typing"),
                *("birth_day", "subscriber"),
            )
        },
    }
    sql.register("drawn", pa.table(drawn))
    sql.register("nicknames", _nicknames())
    sql.execute(_PHONE_MACRO)
    result = sql.execute(_TEXT_SELECT).to_arrow_table().combine_chunks()
    sql.unregister("drawn")
    return result


def _nicknames() -> pa.Table:
    full, short = zip(*names.NICKNAMES.items(), strict=True)
    return pa.table({"first_name": full, "nickname": short})


# How people type a phone number: in their own country's manner, or with the country.
_PHONE_MACRO = r"""
create or replace macro typed_phone(dial, area, subscriber, style) as case
    when dial = '1' then case style
        when 0 then format('({}) {}-{}', area, subscriber[:3], subscriber[4:])
        when 1 then format('+1 {} {} {}', area, subscriber[:3], subscriber[4:])
        when 2 then format('{}-{}-{}', area, subscriber[:3], subscriber[4:])
        else format('+1{}{}', area, subscriber) end
    when style = 0 and dial = '33' then
        rtrim(regexp_replace('0' || area || subscriber, '(..)', '\1 ', 'g'))
    when style = 0 then format('0{} {}', area, subscriber)
    when style = 1 then format('+{} {} {}', dial, area, subscriber)
    when style = 2 then format('00{}{}{}', dial, area, subscriber)
    else format('+{} (0){} {}', dial, area, subscriber) end
"""

_TEXT_SELECT = """
with spelled as (
    select
        drawn.*,
        nickname,
        lower(strip_accents(first_name)) as first_plain,
        lower(strip_accents(last_name)) as last_plain,
        date '1970-01-01' + birth_day::integer as birth_date,
        subscriber::varchar as line
    from drawn left join nicknames using (first_name)
),

addressed as (
    select
        *,
        case
            when company >= 0 then concat(first_plain, '.', last_plain)
            when email_style % 4 = 0 then concat(first_plain[:1], '.', last_plain)
            when email_style % 4 = 1 then
                concat(first_plain, '.', last_plain, strftime(birth_date, '%y'))
            when email_style % 4 = 2 then concat(last_plain, first_plain)
            else concat(first_plain, '.', last_plain)
        end as local_part,
        if(company >= 0, company_domain, mailbox) as domain
    from spelled
),

ranked as (
    select
        *,
        row_number() over (partition by local_part, domain order by person) as namesake
    from addressed
)

select
    format('P{:07d}', person + 1) as person_id,
    format('H{:07d}', household + 1) as household_id,
    if(company >= 0, format('C{:05d}', company + 1), null) as company_id,
    first_name,
    last_name,
    nickname,
    strftime(birth_date, '%Y-%m-%d') as birth_date,
    -- An underscore is in no other address, so a namesake's is nobody else's.
    concat(local_part, if(namesake > 1, '_' || namesake, ''), '@', domain) as email,
    concat(last_plain, '.', first_plain, '_', person, '@mailbox.org') as second_email,
    concat('+', dial, area, line) as phone,
    if(gives_shop_phone, typed_phone(dial, area, line, typing % 4), null) as shop_phone,
    if(gives_crm_phone, typed_phone(dial, area, line, (typing + 1 + typing % 3) % 4),
        null) as crm_phone,
    if(country_code in ('US', 'GB', 'FR'),
        concat(1 + house_number % 90, ' ', street),
        concat(street, ' ', 1 + house_number % 90)) as street,
    town as city,
    case country_code
        when 'GB' then format('{}{} {}AB', postcode_start, 1 + postcode % 9,
            1 + postcode % 8)
        when 'US' then format('{}{:02d}', postcode_start, postcode % 100)
        else rpad(concat(postcode_start, lpad((postcode % 1000)::varchar, 3, '0')),
            if(country_code = 'AT', 4, 5), '0')
    end as postal_code,
    country_code,
    concat(',"firstName":"', first_name, '","lastName":"', last_name, '"',
        if(gives_shop_phone, concat(',"phone":"', shop_phone, '"'), '')) as known_traits
from ranked
order by person
"""
