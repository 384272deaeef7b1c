"""The CRM's full exports, as its users download them every thirtieth day."""

from ingestion.sample.answer_key import CONTACT, AnswerKey
from ingestion.sample.crm import FIRST_COMPANY, TYPED, Crm
from ingestion.sample.delivery import Calendar, Landing, moment, one_of
from ingestion.sample.money import RATES
from ingestion.sample.names import COUNTRIES, STAFF

_EVERY = 30


def _time(milliseconds: str) -> str:
    return moment(milliseconds, "%Y-%m-%d %H:%M")


def _country(column: str) -> str:
    cases = " ".join(
        f"when '{c.code}' then if(choice % 7 = 0, '{c.abbreviation}', '{c.english}')"
        for c in COUNTRIES
    )
    return f"case {column} {cases} end"


_NOTES = [
    "Sent the catalogue, asks for group prices.",
    "Met at the trade fair.\nWants 40 jackets, sizes to follow.",
    'Said "call me in spring", no budget before that.',
    "Wrote back:\n- two tents\n- four mats, regular",
    "Prefers e-mail, not before noon.",
]
_CALLS = [
    "Called about the form on the site, will decide this week.",
    "Sales call, 20 minutes.\nNeeds an offer, delivery before June.",
    "Called back, interested in team outing gear.",
]
_SUBJECTS = ["Zip is broken", "Where is my parcel?", "Wrong size", "Charged twice"]
_CATEGORIES = ["Complaint", "Question", "Return", "Billing"]
_STAGES = ["Appointment Scheduled", "Qualified To Buy", "Contract Sent"]
_TYPED = {name: number for number, name in enumerate(TYPED)}

# `now` is the moment of the export: what came later is not in it, or not yet so.
_CONTACTS = f"""
with merged as (
    select
        merged_into,
        string_agg(record::varchar, ';' order by record) as ids,
        max(merged_at) as merged_at
    from contacts
    where merged_into > 0 and merged_at <= {{now}}
    group by merged_into
),

dealt as (
    select
        contact,
        min(created) as opened_at,
        max(created + 3 * step)
            filter (where is_won and created + 3 * step <= {{now}}) as won_at
    from deals
    where created <= {{now}}
    group by contact
)

select
    record as "Record ID",
    case typed when {_TYPED["nickname"]} then nickname else first_name end
        as "First Name",
    case typed when {_TYPED["typo_name"]} then last_name[:2] || last_name[4:]
        else last_name end as "Last Name",
    case
        when typed in ({_TYPED["second_email"]}, {_TYPED["typo_name"]},
            {_TYPED["nickname"]}) then second_email
        when typed = {_TYPED["typo_email"]} then
            regexp_replace(email, '@(.)(.)(.)', '@\\1\\3\\2')
        when typed = {_TYPED["role_mailbox"]} then
            'info@' || split_part(email, '@', 2)
        when typed = {_TYPED["junk_values"]} then
            if(choice % 2 = 0, 'n/a', 'test@test.com')
        when typed = {_TYPED["no_email"]} then null
        else email
    end as "Email",
    if(typed = {_TYPED["junk_values"]}, '000000000', crm_phone) as "Phone Number",
    if(choice % 5 < 2, birth_date, null) as "Date of birth",
    if(choice % 3 < 2, street, null) as "Street Address",
    city as "City",
    if(choice % 3 < 2, postal_code, null) as "Postal Code",
    {_country("country_code")} as "Country/Region",
    case when won_at is not null then 'Customer'
        when opened_at is not null then 'Opportunity'
        else {one_of(["Lead", "Subscriber", "Marketing Qualified Lead"])}
    end as "Lifecycle Stage",
    {one_of(["New", "Open", "In Progress", "Connected"], "(choice // 8)")}
        as "Lead Status",
    if(from_form, {one_of(["Organic Search", "Paid Search"])},
        {one_of(["Offline Sources", "Organic Search", "Direct Traffic"])})
        as "Original Source",
    {one_of(STAFF, "(choice // 16)")} as "Contact owner",
    if(company >= 0, {FIRST_COMPANY} + company, null) as "Associated Company IDs",
    merged.ids as "Merged contact IDs",
    {_time("created")} as "Create Date",
    {_time("greatest(created, merged.merged_at, opened_at, won_at)")}
        as "Last Modified Date"
from contacts
left join merged on contacts.record = merged.merged_into
left join dealt on contacts.record = dealt.contact
where created <= {{now}} and contacts.merged_at > {{now}}
order by record
"""
_COMPANIES = f"""
select
    record as "Record ID",
    name as "Company name",
    domain as "Company Domain Name",
    industry as "Industry",
    city as "City",
    {_country("country_code")} as "Country/Region",
    employees as "Number of Employees",
    {one_of(STAFF, "record")} as "Company owner",
    {_time("created")} as "Create Date",
    {_time("created")} as "Last Modified Date"
from (select *, record as choice from companies)
order by record
"""
_DEALS = f"""
with staged as (
    select *, least(3, ({{now}} - created) // step) as stage
    from deals where created <= {{now}}
)

select
    record as "Record ID",
    concat(last_name, {one_of([" outing", " - staff gear", ", winter kit"])})
        as "Deal Name",
    'Sales Pipeline' as "Pipeline",
    if(stage = 3, if(is_won, 'Closed Won', 'Closed Lost'),
        {one_of(_STAGES, "stage")}) as "Deal Stage",
    (amount // 100)::varchar || '.00' as "Amount",
    if(country_code = 'US', 'USD', 'EUR') as "Currency",
    {_time("created")} as "Create Date",
    {_time("created + 3 * step")} as "Close Date",
    {one_of(STAFF)} as "Deal owner",
    contact as "Associated Contact IDs",
    if(company >= 0, {FIRST_COMPANY} + company, null) as "Associated Company IDs",
    {_time("created + stage * step")} as "Last Modified Date"
from staged
order by record
"""
_ACTIVITIES = f"""
select
    record as "Record ID",
    if(is_call, 'CALL', 'NOTE') as "Activity Type",
    {_time("happened")} as "Activity date",
    if(is_call, {one_of(_CALLS)}, {one_of(_NOTES)}) as "Note body",
    {one_of(STAFF)} as "Activity assigned to",
    contact as "Associated Contact IDs",
    nullif(deal, 0) as "Associated Deal IDs",
    {_time("happened")} as "Last Modified Date"
from notes
where happened <= {{now}}
order by record
"""
_TICKETS = f"""
with aged as (
    select
        *,
        closed <= {{now}} as is_closed,
        {{now}} - created < 86400000 as is_new
    from tickets where created <= {{now}}
)

select
    record as "Ticket ID",
    {one_of(_SUBJECTS)} as "Ticket name",
    'Support Pipeline' as "Pipeline",
    case when is_closed then 'Closed' when is_new then 'New'
        else {one_of(["Waiting on contact", "Waiting on us"])} end as "Ticket status",
    {one_of(["Low", "Medium", "High"])} as "Priority",
    {one_of(_CATEGORIES, "(choice // 3)")} as "Category",
    {one_of(["Email", "Chat", "Phone", "Form"], "(choice // 16)")} as "Source",
    {_time("created")} as "Create date",
    if(is_closed, {_time("closed")}, null) as "Close date",
    {one_of(STAFF, "(choice // 64)")} as "Ticket owner",
    contact as "Associated Contact IDs",
    {_time("if(is_closed, closed, created)")} as "Last modified date"
from aged
order by record
"""
_EXPORTS = {
    "contacts": _CONTACTS,
    "companies": _COMPANIES,
    "deals": _DEALS,
    "notes": _ACTIVITIES,
    "tickets": _TICKETS,
}
_RATE = " ".join(f"when '{code}' then {rate}" for code, rate in RATES.items())
# A ticket that is neither closed nor new waits, on us or on the contact.
_STATES = f"""
select 'deal' as kind, 'hubspot' as source_name, "Record ID" as id,
    '{CONTACT}' || "Associated Contact IDs" as record_id, person,
    case "Deal Stage" when 'Closed Won' then 'won' when 'Closed Lost' then 'lost'
        else 'open' end as state,
    "Currency" as currency, "Amount"::decimal(18, 2) as amount,
    "Amount"::decimal(18, 2) * case "Currency" {_RATE} end as reporting_amount
from ({_DEALS}) inner join owners on "Associated Contact IDs" = contact
union all
select 'ticket', 'hubspot', "Ticket ID", '{CONTACT}' || "Associated Contact IDs",
    person, case "Ticket status" when 'Closed' then 'closed'
        when 'Waiting on contact' then 'pending' else 'open' end, null, null, null
from ({_TICKETS}) inner join owners on "Associated Contact IDs" = contact
order by kind, id
"""
_TOUCHES = f"""
select 'hubspot' as source_name, '{CONTACT}' || "Associated Contact IDs" as record_id,
    person, lower("Activity Type") as touch_type, false as is_machine,
    count(*) as touch_count
from ({_ACTIVITIES}) inner join owners on "Associated Contact IDs" = contact
group by all order by all
"""


def is_export_day(calendar: Calendar, day: int) -> bool:
    """Whether the CRM is exported at the end of that day."""
    return day % _EVERY == 0 or day == calendar.last


def deliver_hubspot_exports(landing: Landing, crm: Crm, day: int) -> None:
    """Export all that the CRM holds at the end of the day."""
    for table in _EXPORTS:
        landing.sql.register(table, getattr(crm, table))
    now = landing.calendar.start(day + 1) - 1
    for table, select in _EXPORTS.items():
        name = f"hubspot-crm-exports-all-{table}-{landing.calendar.date(day)}.csv"
        rows = landing.select(select.replace("{now}", str(now)))
        landing.query(f"hubspot/{table}", name, day, select="from delivered", rows=rows)


def answer_for_hubspot(landing: Landing, crm: Crm, key: AnswerKey) -> None:
    """Say how deals and tickets stood in the last export, and who was spoken to."""
    for table in _EXPORTS:
        landing.sql.register(table, getattr(crm, table))
    owners = crm.contacts.select(["record", "person"]).rename_columns(
        ["contact", "person"]
    )
    landing.sql.register("owners", owners)
    for name, select in (("states", _STATES), ("touches", _TOUCHES)):
        rows = landing.select(landing.until(select, landing.calendar.last))
        key.add_facts(name, rows)
