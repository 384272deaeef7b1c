"""Salesforce: the CSV files of a Data Export, one for each object."""

import re

from ingestion.tables import Amount, Column, Kind, Source, Table

_KINDS: dict[str, Kind] = {
    "ActivityDate": "date",
    "ActivityDateTime": "timestamp",
    "ActualCost": "decimal",
    "Amount": "decimal",
    "AnnualRevenue": "decimal",
    "BudgetedCost": "decimal",
    "CallDurationInSeconds": "integer",
    "CloseDate": "date",
    "ClosedDate": "timestamp",
    "CompletedDateTime": "timestamp",
    "ConvertedDate": "date",
    "CreatedDate": "timestamp",
    "DurationInMinutes": "integer",
    "EndDate": "date",
    "EndDateTime": "timestamp",
    "ExpectedRevenue": "decimal",
    "LastLoginDate": "timestamp",
    "LastModifiedDate": "timestamp",
    "NumberOfEmployees": "integer",
    "PrevAmount": "decimal",
    "PrevCloseDate": "date",
    "Probability": "decimal",
    "StartDate": "date",
    "StartDateTime": "timestamp",
    "SystemModstamp": "timestamp",
}


def _table(name: str, id_column: str, worth: str, fields: str, *more: Column) -> Table:
    """A table of API names; columns are the same in snake case, as ETL tools write.

    A row has one of the columns `worth`, or was deleted.
    """
    dates = ["CreatedDate", "LastModifiedDate", "SystemModstamp"]
    columns = [
        Column(
            re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).lower(),
            "salesforce_id" if field.endswith("Id") else _KINDS.get(field, "text"),
            headings=(field,),
            is_money=field != "Probability",
        )
        for field in [*fields.split(), *dates]
    ]
    return Table(
        name,
        f"{name}/*",
        (
            Column(id_column, "salesforce_id", True, headings=("Id",)),
            *columns,
            *more,
        ),
        any_of=tuple(worth.split()),
        dated=("created_date", "last_modified_date", "system_modstamp"),
        deleted="is_deleted" if "IsDeleted" in fields else "",
        delivery="full",
    )


SOURCE = Source(
    name="salesforce",
    description="What a Data Export of Salesforce holds, deleted rows too.",
    tables=(
        _table(
            "accounts",
            "account_id",
            "name first_name last_name website phone person_email",
            """
            IsDeleted MasterRecordId ParentId OwnerId Name Type Industry Rating
            AccountSource Website Phone BillingStreet BillingCity BillingState
            BillingPostalCode BillingCountry BillingCountryCode IsPersonAccount
            PersonContactId FirstName LastName PersonEmail PersonMobilePhone
            PersonHomePhone
            PersonBirthdate PersonTitle PersonHasOptedOutOfEmail PersonDoNotCall
            CurrencyIsoCode AnnualRevenue NumberOfEmployees
            """,
        ),
        _table(
            "contacts",
            "contact_id",
            "first_name last_name name email phone mobile_phone home_phone other_phone",
            """
            IsDeleted MasterRecordId AccountId OwnerId IsPersonAccount FirstName
            LastName Name Email Phone MobilePhone HomePhone OtherPhone Title Department
            Birthdate MailingStreet MailingCity MailingState MailingPostalCode
            MailingCountry MailingCountryCode LeadSource HasOptedOutOfEmail DoNotCall
            """,
        ),
        _table(
            "leads",
            "lead_id",
            "first_name last_name name company email phone mobile_phone",
            """
            IsDeleted MasterRecordId OwnerId FirstName LastName Name Company Title Email
            Phone MobilePhone Street City State PostalCode Country CountryCode Website
            LeadSource Status Rating Industry HasOptedOutOfEmail DoNotCall IsConverted
            ConvertedDate ConvertedAccountId ConvertedContactId ConvertedOpportunityId
            CurrencyIsoCode AnnualRevenue NumberOfEmployees
            """,
        ),
        _table(
            "opportunities",
            "opportunity_id",
            "name stage_name amount",
            """
            IsDeleted AccountId ContactId CampaignId OwnerId RecordTypeId Name Type
            StageName ForecastCategoryName LeadSource IsClosed IsWon CurrencyIsoCode
            Amount ExpectedRevenue Probability CloseDate
            """,
        ),
        _table(
            "opportunity_contact_roles",
            "role_id",
            "contact_id",
            "IsDeleted OpportunityId ContactId Role IsPrimary",
        ),
        _table(
            "opportunity_history",
            "history_id",
            "stage_name amount probability close_date",
            """
            IsDeleted OpportunityId CreatedById StageName ForecastCategory
            CurrencyIsoCode Amount ExpectedRevenue PrevAmount Probability CloseDate
            PrevCloseDate
            """,
            # An ETL tool keeps versions of the opportunity itself.
            Column("valid_from", "timestamp", headings=("_fivetran_start",)),
        ),
        _table(
            "tasks",
            "task_id",
            "subject description status who_id what_id activity_date",
            """
            IsDeleted WhoId WhatId AccountId OwnerId Subject Description Type
            TaskSubtype Status Priority CallType CallDisposition CallDurationInSeconds
            IsClosed ActivityDate CompletedDateTime
            """,
        ),
        _table(
            "events",
            "event_id",
            "subject description who_id what_id activity_date_time start_date_time",
            """
            IsDeleted WhoId WhatId AccountId OwnerId Subject Description Location Type
            EventSubtype IsAllDayEvent DurationInMinutes ActivityDate ActivityDateTime
            StartDateTime EndDateTime
            """,
        ),
        _table(
            "cases",
            "case_id",
            "case_number subject contact_id supplied_email status",
            """
            IsDeleted MasterRecordId CaseNumber ContactId AccountId ParentId OwnerId
            SuppliedName SuppliedEmail SuppliedPhone SuppliedCompany Subject Description
            Type Status Reason Origin Priority IsClosed IsEscalated ClosedDate
            """,
        ),
        _table(
            "campaigns",
            "campaign_id",
            "name",
            """
            IsDeleted ParentId OwnerId Name Type Status IsActive CurrencyIsoCode
            ExpectedRevenue BudgetedCost ActualCost StartDate EndDate
            """,
        ),
        _table(
            "users",
            "user_id",
            "username email first_name last_name name",
            """
            ContactId AccountId ManagerId UserRoleId Username Email FirstName LastName
            Name Phone MobilePhone Title Department UserType IsActive LastLoginDate
            """,
        ),
    ),
    amounts=(Amount("opportunities", "amount", "currency_iso_code"),),
)
