"""Exports of Salesforce, Pipedrive and Zendesk, from their files to staging."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.files.load import Loaded, ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import hubspot, pipedrive, salesforce, zendesk
from tests.conftest import Home

SOURCES = (salesforce.SOURCE, pipedrive.SOURCE, zendesk.SOURCE)

# A Data Export quotes every value and writes 0 and 1; Data Loader writes capitals.
FILES = {
    "salesforce/accounts/Account.csv": (
        '"Id","IsDeleted","MasterRecordId","Name","Type","BillingCity","BillingCountry"'
        ',"BillingCountryCode","Website","CurrencyIsoCode","AnnualRevenue"'
        ',"NumberOfEmployees","OwnerId","CreatedDate","SystemModstamp"\n'
        '"0015500000Xyy06AAB","0","","Alpha Outdoor","Customer","Wien","Austria","at"'
        ',"WWW.Alpha.example","EUR","1200000.5","42","0051G00000600MlQAI"'
        ',"2026-01-05 09:00:00","2026-05-01 10:00:00"\n'
        '"0015500000Ygpq1AAB","1","0015500000Xyy06AAB","Alpha Outdoors","","","","",""'
        ',"","","","0051G00000600MlQAI","2026-02-05 09:00:00","2026-05-02 10:00:00"\n'
    ),
    "salesforce/contacts/Contact-2026-06-01.csv": (
        '"Id","IsDeleted","MasterRecordId","AccountId","LastName","FirstName","Email"'
        ',"HasOptedOutOfEmail","DoNotCall","LastModifiedDate","SystemModstamp"\n'
        '"0031G00000q9jPQAQ","0","","0015500000Xyy06AAB","Huber","Anna"'
        ',"anna.old@alpha.example","0","0","2026-05-01 08:00:00"'
        ',"2026-05-01 08:00:00"\n'
    ),
    "salesforce/contacts/Contact-2026-06-08.csv": (
        "ID,ISDELETED,MASTERRECORDID,ACCOUNTID,LASTNAME,FIRSTNAME,EMAIL,MOBILEPHONE,"
        "BIRTHDATE,MAILINGSTREET,MAILINGCITY,HASOPTEDOUTOFEMAIL,DONOTCALL,"
        "LASTMODIFIEDDATE,SYSTEMMODSTAMP\n"
        "0031G00000q9jPQAQ,false,,0015500000Xyy06AAB,Huber,Anna,Anna@Alpha.example ,"
        '+43 660 1234567,1984-02-29,"Ring 1\nStiege 2",Wien,true,false,'
        "2026-06-02T08:00:00.000Z,2026-06-03T08:00:00.000Z\n"
        "0031G00000rfAvuQAE,true,0031G00000q9jPQAQ,,Huber,A.,ahuber@post.example,,,,,"
        "false,false,2026-06-02T08:00:00.000Z,2026-06-03T08:00:00.000Z\n"
        "0031G00000qAfq1QAC,true,,,Gone,Georg,,,,,,,,"
        "2026-01-01T00:00:00.000Z,2026-06-04T00:00:00.000Z\n"
    ),
    "salesforce/leads/leads.csv": (
        "id,is_deleted,first_name,last_name,company,email,status,is_converted,"
        "converted_date,converted_contact_id,converted_account_id,"
        "converted_opportunity_id,has_opted_out_of_email,last_modified_date\n"
        "00Q1G00000nDnM5UAK,FALSE,Anna,Huber,Alpha,ANNA@alpha.example,Converted,TRUE,"
        "2026-03-01 00:00:00,0031G00000q9jPQAQ,0015500000Xyy06AAB,006q000000HddohAAB,"
        "FALSE,2026-03-01 12:00:00\n"
    ),
    "salesforce/opportunities/Opportunity.csv": (
        '"Id","IsDeleted","AccountId","Name","StageName","Amount","Probability"'
        ',"CloseDate","IsClosed","IsWon","CurrencyIsoCode","SystemModstamp"\n'
        '"006q000000HddohAAB","0","0015500000Xyy06AAB","Tents","Closed Won","24120.00"'
        ',"100","2026-04-30","1","1","eur","2026-04-30 10:00:00"\n'
        '"006q000000HdPzpAAF","0","0015500000Xyy06AAB","Ropes","Prospecting",""'
        ',"12.5","2026-09-30","0","0","","2026-04-30 10:00:00"\n'
    ),
    "salesforce/opportunity_history/OpportunityHistory.csv": (
        '"Id","OpportunityId","CreatedById","CreatedDate","StageName","Amount"'
        ',"Probability","CloseDate","SystemModstamp","IsDeleted","PrevAmount"\n'
        # A report writes ids with 15 letters, an export the same ids with 18.
        '"0081G00000AaAaAQAV","006q000000Hddoh","0051G00000600MlQAI"'
        ',"2026-03-01 12:00:00","Prospecting","20000","10","2026-04-30"'
        ',"2026-04-30 10:00:00","0",""\n'
        '"0081G00000BbBbBQAV","006q000000HddohAAB","0051G00000600MlQAI"'
        ',"2026-04-30 10:00:00","Closed Won","24120","100","2026-04-30"'
        ',"2026-04-30 10:00:00","0","20000"\n'
    ),
    "salesforce/tasks/Task.csv": (
        '"Id","WhoId","WhatId","Subject","ActivityDate","Status","IsClosed","IsDeleted"'
        ',"CallDurationInSeconds","CallType","TaskSubtype","SystemModstamp"\n'
        '"00T1G00003Ufap9UAB","0031G00000q9jPQAQ","006q000000HddohAAB","Call"'
        ',"2026-04-01","Completed","1","0","95","Outbound","Call"'
        ',"2026-04-01 09:00:00"\n'
    ),
    "salesforce/events/Event.csv": (
        '"Id","WhoId","WhatId","Subject","ActivityDateTime","DurationInMinutes"'
        ',"StartDateTime","EndDateTime","IsAllDayEvent","IsDeleted","SystemModstamp"\n'
        '"00U1G00000DEaypUAD","00Q1G00000nDnM5UAK","","Demo","2026-02-10 14:00:00","45"'
        ',"2026-02-10 14:00:00","2026-02-10 14:45:00","0","0","2026-02-09 09:00:00"\n'
    ),
    "salesforce/cases/Case.csv": (
        '"Id","IsDeleted","CaseNumber","ContactId","SuppliedEmail","Status","Origin"'
        ',"Priority","IsClosed","ClosedDate","CreatedDate","SystemModstamp"\n'
        '"5001G00000AbCdEQAV","0","00001026","0031G00000q9jPQAQ","Anna@Alpha.example"'
        ',"Closed","Email","High","1","2026-05-03 10:00:00","2026-05-01 10:00:00"'
        ',"2026-05-03 10:00:00"\n'
    ),
    "salesforce/campaigns/Campaign.csv": (
        '"Id","IsDeleted","Name","Status","IsActive","StartDate","EndDate","ActualCost"'
        ',"SystemModstamp"\n'
        '"7011G00000AbCdEQAV","0","Spring fair","Completed","0","2026-03-01"'
        ',"2026-03-03","1500","2026-03-04 10:00:00"\n'
    ),
    "salesforce/users/User.csv": (
        '"Id","Username","LastName","FirstName","Email","IsActive","ContactId"'
        ',"LastLoginDate","SystemModstamp"\n'
        '"0051G00000600MlQAI","eva@sales.example","Eder","Eva","Eva@Sales.example","1"'
        ',"","2026-05-01 07:00:00","2026-05-01 07:00:00"\n'
    ),
    "pipedrive/organizations/organizations-1.csv": (
        "Organization - ID,Organization - Name,Organization - Owner,"
        "Organization - Number of employees,Organization - Address,"
        "Organization - City/town/village/locality of Address,"
        "Organization - Organization created,Organization - Update time\n"
        '7,Berg & Tal,Eva Eder,11-50,"Ring 1, Wien",Wien,'
        "2025-01-02 03:04:05,2026-01-02 03:04:05\n"
    ),
    "pipedrive/persons/people-1.csv": (
        "Person - ID;Person - Name;Person - Vorname;Person - Nachname;"
        "Person - Organisation;Organisation - ID;Person - E-Mail-Adresse - Büro;"
        "Person - E-Mail-Adresse - Privat;Person - Telefon - Büro;"
        "Person - Telefon - Mobil;Person - Label;Person - Zeit der Aktualisierung\n"
        "501;Max Mann;Max;Mann;Berg & Tal;7;;max@home.example;;+49 170 1;;"
        "2026-01-01 10:00:00\n"
        "501;Max Mann;Max;Mann;Berg & Tal;7;Max@Berg.example, m@berg.example;"
        "max@home.example;030 1;+49 170 1;Kunde;2026-02-01 10:00:00\n"
        "502;Nur Name;;;;;;;;;;2026-01-01 10:00:00\n"
    ),
    "pipedrive/deals/deals-1.csv": (
        "Negócio - ID,Negócio - Título,Negócio - Valor,Negócio - Moeda,"
        "Negócio - Organização,Organização - ID,Negócio - Pessoa de contato,"
        "Pessoa - ID,Negócio - Funil,Negócio - Etapa,Negócio - Status,"
        "Negócio - Probabilidade,Negócio - Negócio criado em,Negócio - Ganho em,"
        "Negócio - Data de perda,Negócio - Motivo da perda,Negócio - Atualizado em\n"
        "900,Tents,1200.50,eur,Berg & Tal,7,Max Mann,501,Sales,Fechado,Ganho,90,"
        "2026-01-10 08:00:00,2026-02-10 08:00:00,,,2026-02-10 08:00:00\n"
        "901,Ropes,80,eur,Berg & Tal,7,Max Mann,501,Sales,Proposta,Perdido,,"
        "2026-01-10 08:00:00,,2026-03-10 08:00:00,Preço,2026-03-10 08:00:00\n"
        "902,Maps,,,,,,,Sales,Proposta,Aberto,,2026-01-10 08:00:00,,,,\n"
    ),
    "pipedrive/activities/activities-1.csv": (
        "Activity - ID,Activity - Subject,Activity - Type,Activity - Due date,"
        "Activity - Due time,Activity - Done,Activity - Assigned to user,"
        "Activity - Deal,Deal - ID,Activity - Contact person,Person - ID,"
        "Activity - Marked as done time,Activity - Add time\n"
        "31,First call,Call,2026-03-04,10:30,Done,Eva Eder,Tents,900,Max Mann,501,"
        "2026-03-04 10:45:00,2026-03-01 08:00:00\n"
        "32,Send offer,Task,2026-07-01,,To do,Eva Eder,Tents,900,,,,"
        "2026-03-01 08:00:00\n"
    ),
    "pipedrive/leads/leads-1.csv": (
        "Lead - ID,Lead - Title,Lead - Value,Lead - Currency of Value,"
        "Lead - Contact person,Lead - Contact person ID,Lead - Archive status,"
        "Lead - Lead created,Lead - Update time\n"
        "55ebb4c0-536e-11ea-87d0-d1171b17f6a0,Climbing wall,5000,EUR,Max Mann,501,"
        "Not archived,2026-01-03 10:00:00,2026-01-04 10:00:00\n"
    ),
    "zendesk/tickets/export-2026-05-01.csv": (
        '"Summation column","Id","Requester","Requester id","Requester external id"'
        ',"Requester email","Requester domain","Submitter","Assignee","Group","Subject"'
        ',"Tags","Status","Priority","Via","Ticket type","Created at","Updated at"'
        ',"Assigned at","Organization","Due date","Initially assigned at","Solved at"'
        ',"Resolution time","Satisfaction Score","Reopens","Replies"'
        ',"First reply time in minutes","Full resolution time in minutes"\n'
        '"1","1595","Anna Huber","396331237134","C-1","Anna@Alpha.example"'
        ',"alpha.example","Anna Huber","Eva Eder","Support","Torn tent","tent refund"'
        ',"Solved","Urgent","Mail","-","2026-04-01 10:00","2026-04-02 12:00"'
        ',"2026-04-01 10:05","Alpha Outdoor","","2026-04-01 10:05","2026-04-02 11:00"'
        ',"25","Good","1","2","15","1500"\n'
        '"1","1596","Max Mann","396331237135","","max@berg.example","berg.example"'
        ',"Max Mann","","Support","Spam","","Open","-","Web","Problem"'
        ',"2026-04-03 10:00","2026-04-03 10:00","","","","","","","Not Offered","0","0"'
        ',"",""\n'
    ),
    "zendesk/tickets/api-2026-05-02.csv": (
        "id,requester_id,subject,status,priority,type,via_channel,created_at,updated_at\n"
        "1596,396331237135,Spam,deleted,,,web,2026-04-03T10:00:00Z,"
        "2026-05-02T10:00:00Z\n"
    ),
    "zendesk/users/users.csv": (
        "id,name,email,phone,role,organization_id,active,suspended,created_at,"
        "updated_at\n"
        "396331237134,Anna Huber,ANNA@alpha.example,+436601234567,end-user,3703,true,"
        "false,2026-01-01T00:00:00Z,2026-04-01T00:00:00Z\n"
        "396331237135,Max Mann,,,end-user,,false,false,2026-01-01T00:00:00Z,"
        "2026-05-02T00:00:00Z\n"
        "396331237134,Anna H.,anna@alpha.example,,end-user,3703,true,false,"
        "2026-01-01T00:00:00Z,2026-03-01T00:00:00Z\n"
    ),
    "zendesk/organizations/organizations.csv": (
        "id,name,domain_names,external_id,created_at,updated_at,deleted_at\n"
        "3703,Alpha Outdoor,alpha.example,A-1,2026-01-01T00:00:00Z,"
        "2026-01-01T00:00:00Z,\n"
        "3704,Closed Ltd,,,2026-01-01T00:00:00Z,2026-05-01T00:00:00Z,"
        "2026-05-01T00:00:00Z\n"
    ),
}


def load(home: Home) -> list[Loaded]:
    settings = Settings(home=home.path)
    return [load_source(settings, source, date(2026, 7, 1)) for source in SOURCES]


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every file of FILES, loaded, staged and tested."""
    home = Home(tmp_path_factory.mktemp("crm") / "home")
    for path, content in FILES.items():
        home.deliver(path, content)
    assert [message for done in load(home) for message in done.messages] == []
    ensure_ledger(Settings(home=home.path))
    folders = [f"path:models/staging/{source.name}" for source in SOURCES]
    home.dbt("build", "--select", "+stg_ledger__current_files", *folders)
    return home


def test_a_heading_stands_for_one_column() -> None:
    for source in (*SOURCES, hubspot.SOURCE):
        for table in source.tables:
            columns: dict[str, str] = {}
            for column in table.columns:
                for heading in (column.name, *column.headings):
                    known = columns.setdefault(heading.lower(), column.name)
                    assert known == column.name, (source.name, table.name, heading)


def test_the_newest_contact_counts_and_the_deleted_are_marked(crm: Home) -> None:
    assert crm.warehouse(
        "select contact_id, account_id, master_contact_id, email, first_name,"
        " last_name, mobile_phone, birth_on, street, city, has_opted_out_of_email,"
        " has_opted_out_of_calls, is_deleted, modified_at"
        " from staging.stg_salesforce__contacts where is_current"
        " order by is_deleted, last_name desc"
    ) == [
        (
            *("0031G00000q9jPQAQ", "0015500000Xyy06AAB", None, "anna@alpha.example"),
            *("Anna", "Huber", "+43 660 1234567", date(1984, 2, 29)),
            *("Ring 1\nStiege 2", "Wien", True, False, False, datetime(2026, 6, 3, 8)),
        ),
        (
            *("0031G00000rfAvuQAE", None, "0031G00000q9jPQAQ", "ahuber@post.example"),
            *("A.", "Huber", None, None, None, None, False, False, True),
            datetime(2026, 6, 3, 8),
        ),
        (
            *("0031G00000qAfq1QAC", None, None, None, "Georg", "Gone", None, None),
            *(None, None, None, None, True, datetime(2026, 6, 4)),
        ),
    ]


def test_a_contact_keeps_its_earlier_versions(crm: Home) -> None:
    assert crm.warehouse(
        "select email, is_current, has_opted_out_of_email"
        " from staging.stg_salesforce__contacts"
        " where contact_id = '0031G00000q9jPQAQ' order by modified_at"
    ) == [
        ("anna.old@alpha.example", False, False),
        ("anna@alpha.example", True, True),
    ]


def test_a_merged_account_names_its_master(crm: Home) -> None:
    assert crm.warehouse(
        "select account_id, master_account_id, account_name, account_type, website,"
        " country_code, currency, annual_revenue_amount, employee_count,"
        " is_person_account, is_deleted, created_at"
        " from staging.stg_salesforce__accounts where is_current order by is_deleted"
    ) == [
        (
            *("0015500000Xyy06AAB", None, "Alpha Outdoor", "Customer"),
            *("www.alpha.example", "AT", "EUR", Decimal("1200000.50"), 42),
            *(False, False, datetime(2026, 1, 5, 9)),
        ),
        (
            *("0015500000Ygpq1AAB", "0015500000Xyy06AAB", "Alpha Outdoors", None),
            *(None, None, None, None, None, False, True, datetime(2026, 2, 5, 9)),
        ),
    ]


def test_a_lead_of_an_etl_tool_knows_what_it_became(crm: Home) -> None:
    assert crm.warehouse(
        "select lead_id, converted_contact_id, converted_account_id,"
        " converted_opportunity_id, email, company, lead_status, is_converted,"
        " converted_on, has_opted_out_of_email, has_opted_out_of_calls, is_deleted"
        " from staging.stg_salesforce__leads where is_current"
    ) == [
        (
            *("00Q1G00000nDnM5UAK", "0031G00000q9jPQAQ", "0015500000Xyy06AAB"),
            *("006q000000HddohAAB", "anna@alpha.example", "Alpha", "Converted", True),
            *(date(2026, 3, 1), False, None, False),
        )
    ]


def test_opportunities_have_amounts_and_a_history(crm: Home) -> None:
    assert crm.warehouse(
        "select opportunity_name, stage, is_closed, is_won, currency,"
        " opportunity_amount, probability_rate, close_on"
        " from staging.stg_salesforce__opportunities where is_current"
        " order by opportunity_name desc"
    ) == [
        (
            *("Tents", "Closed Won", True, True, "EUR", Decimal("24120.00"), 1.0),
            date(2026, 4, 30),
        ),
        ("Ropes", "Prospecting", False, False, None, None, 0.125, date(2026, 9, 30)),
    ]
    assert crm.warehouse(
        "select opportunity_id, stage, opportunity_amount, previous_amount, changed_at"
        " from staging.stg_salesforce__opportunity_history order by changed_at"
    ) == [
        (
            *("006q000000HddohAAB", "Prospecting", Decimal("20000.00"), None),
            datetime(2026, 3, 1, 12),
        ),
        (
            *("006q000000HddohAAB", "Closed Won", Decimal("24120.00")),
            *(Decimal("20000.00"), datetime(2026, 4, 30, 10)),
        ),
    ]


def test_tasks_and_events_know_whom_they_are_about(crm: Home) -> None:
    assert crm.warehouse(
        "select contact_id, lead_id, opportunity_id, case_id, call_seconds, is_closed,"
        " due_on from staging.stg_salesforce__tasks"
    ) == [
        (
            *("0031G00000q9jPQAQ", None, "006q000000HddohAAB", None, 95, True),
            date(2026, 4, 1),
        )
    ]
    assert crm.warehouse(
        "select contact_id, lead_id, duration_seconds, starts_at, ends_at, is_all_day"
        " from staging.stg_salesforce__events"
    ) == [
        (
            *(None, "00Q1G00000nDnM5UAK", 2700, datetime(2026, 2, 10, 14)),
            *(datetime(2026, 2, 10, 14, 45), False),
        )
    ]


def test_cases_campaigns_and_users_are_staged(crm: Home) -> None:
    assert crm.warehouse(
        "select case_number, contact_id, supplied_email, case_status, priority, origin,"
        " is_closed, is_deleted, created_at, closed_at"
        " from staging.stg_salesforce__cases where is_current"
    ) == [
        (
            *("00001026", "0031G00000q9jPQAQ", "anna@alpha.example", "Closed", "High"),
            *("Email", True, False, datetime(2026, 5, 1, 10)),
            datetime(2026, 5, 3, 10),
        )
    ]
    assert crm.warehouse(
        "select campaign_name, is_active, cost_amount, starts_on, ends_on"
        " from staging.stg_salesforce__campaigns"
    ) == [
        (
            *("Spring fair", False, Decimal("1500.00")),
            *(date(2026, 3, 1), date(2026, 3, 3)),
        )
    ]
    assert crm.warehouse(
        "select username, email, is_active, last_login_at"
        " from staging.stg_salesforce__users"
    ) == [
        ("eva@sales.example", "eva@sales.example", True, datetime(2026, 5, 1, 7)),
    ]


def test_a_german_export_gives_persons_with_all_their_addresses(crm: Home) -> None:
    assert crm.warehouse(
        "select person_id, organization_id, email, emails, phone, phones, first_name,"
        " last_name, labels, updated_at"
        " from staging.stg_pipedrive__persons where is_current"
        " order by person_id"
    ) == [
        (
            *("501", "7", "max@berg.example"),
            *("max@berg.example, m@berg.example,max@home.example", "+49 170 1"),
            *("+49 170 1,030 1", "Max", "Mann", "Kunde", datetime(2026, 2, 1, 10)),
        ),
        (
            *("502", None, None, None, None, None, None, None, None),
            datetime(2026, 1, 1, 10),
        ),
    ]


def test_a_portuguese_export_gives_deals_open_won_and_lost(crm: Home) -> None:
    assert crm.warehouse(
        "select deal_id, organization_id, person_id, deal_name, pipeline, deal_stage,"
        " state, lost_reason, currency, deal_amount, probability_rate, won_at,"
        " lost_at from staging.stg_pipedrive__deals where is_current order by deal_id"
    ) == [
        (
            *("900", "7", "501", "Tents", "Sales", "Fechado", "won", None, "EUR"),
            *(Decimal("1200.50"), 0.9, datetime(2026, 2, 10, 8), None),
        ),
        (
            *("901", "7", "501", "Ropes", "Sales", "Proposta", "lost", "Preço", "EUR"),
            *(Decimal("80.00"), None, None, datetime(2026, 3, 10, 8)),
        ),
        (
            *("902", None, None, "Maps", "Sales", "Proposta", "open", None, None),
            *(None, None, None, None),
        ),
    ]


def test_organizations_activities_and_leads_are_staged(crm: Home) -> None:
    assert crm.warehouse(
        "select organization_id, organization_name, address, city, employee_count"
        " from staging.stg_pipedrive__organizations"
    ) == [("7", "Berg & Tal", "Ring 1, Wien", "Wien", None)]
    assert crm.warehouse(
        "select activity_id, activity_type, deal_id, person_id, is_done, due_at,"
        " done_at from staging.stg_pipedrive__activities order by activity_id"
    ) == [
        (
            *("31", "call", "900", "501", True, datetime(2026, 3, 4, 10, 30)),
            datetime(2026, 3, 4, 10, 45),
        ),
        ("32", "task", "900", None, False, datetime(2026, 7, 1), None),
    ]
    assert crm.warehouse(
        "select lead_id, lead_name, person_id, currency, lead_amount, is_archived,"
        " created_at from staging.stg_pipedrive__leads"
    ) == [
        (
            *("55ebb4c0-536e-11ea-87d0-d1171b17f6a0", "Climbing wall", "501", "EUR"),
            *(Decimal("5000.00"), False, datetime(2026, 1, 3, 10)),
        )
    ]


def test_a_ticket_is_as_its_last_export_says_in_either_layout(crm: Home) -> None:
    assert crm.warehouse(
        "select ticket_id, requester_id, requester_external_id, requester_email,"
        " assignee_name, ticket_status, priority, ticket_type, channel,"
        " satisfaction_score, is_deleted, reopen_count, reply_count,"
        " first_reply_seconds, full_resolution_seconds, solved_at"
        " from staging.stg_zendesk__tickets where is_current order by ticket_id"
    ) == [
        (
            *("1595", "396331237134", "C-1", "anna@alpha.example", "Eva Eder"),
            *("solved", "urgent", None, "mail", "good", False, 1, 2, 900, 90000),
            datetime(2026, 4, 2, 11),
        ),
        (
            *("1596", "396331237135", None, None, None, "deleted", None, None, "web"),
            *(None, True, None, None, None, None, None),
        ),
    ]


def test_users_and_organizations_of_zendesk_say_who_is_gone(crm: Home) -> None:
    assert crm.warehouse(
        "select user_id, organization_id, full_name, email, phone, role, is_deleted"
        " from staging.stg_zendesk__users where is_current order by user_id"
    ) == [
        (
            *("396331237134", "3703", "Anna Huber", "anna@alpha.example"),
            *("+436601234567", "end-user", False),
        ),
        ("396331237135", None, "Max Mann", None, None, "end-user", True),
    ]
    assert crm.warehouse(
        "select organization_id, organization_name, domain_names, is_deleted"
        " from staging.stg_zendesk__organizations order by organization_id"
    ) == [
        ("3703", "Alpha Outdoor", "alpha.example", False),
        ("3704", "Closed Ltd", None, True),
    ]


REAL_FILES = {
    "salesforce": {
        "accounts": "sf_account_data.csv",
        "contacts": "sf_contact_data.csv",
        "leads": "sf_lead_data.csv",
        "opportunities": "sf_opportunity_data.csv",
        "opportunity_history": "sf_opportunity_history_data.csv",
        "tasks": "sf_task_data.csv",
        "events": "sf_event_data.csv",
        "users": "sf_user_data.csv",
    },
    "zendesk": {
        "tickets": "ticket_data.csv",
        "users": "user_data.csv",
        "organizations": "organization_data.csv",
    },
}


def test_every_row_of_the_real_files_loads(home: Home, real_data: Path) -> None:
    expected = {}
    for source, tables in REAL_FILES.items():
        for table, name in tables.items():
            file = real_data / source / name
            home.deliver(f"{source}/{table}/{name}", file.read_bytes())
            with file.open(newline="") as lines:
                ids = sorted(row["id"] for row in csv.DictReader(lines))
            expected[f"raw_{source}.{table}"] = ids
    assert sum(done.rows_quarantined for done in load(home)) == 0
    for source in SOURCES:
        for table in source.tables:
            place = f"raw_{source.name}.{table.name}"
            loaded = home.warehouse(f"select {table.columns[0].name} from {place}")
            assert sorted(row[0] for row in loaded) == expected.get(place, []), place
