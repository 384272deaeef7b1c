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


def _table(name: str, id_column: str, fields: str, *more: Column) -> Table:
    """A table of API names; columns are the same in snake case, as ETL tools write."""
    dates = ["CreatedDate", "LastModifiedDate", "SystemModstamp"]
    columns = [
        Column(
            re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).lower(),
            "salesforce_id" if field.endswith("Id") else _KINDS.get(field, "text"),
            headings=(field,),
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
        delivery="full",
    )


SOURCE = Source(
    name="salesforce",
    description="What a Data Export of Salesforce holds, deleted rows too.",
    tables=(
        _table(
            "accounts",
            "account_id",
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
            """
            IsDeleted AccountId ContactId CampaignId OwnerId RecordTypeId Name Type
            StageName ForecastCategoryName LeadSource IsClosed IsWon CurrencyIsoCode
            Amount ExpectedRevenue Probability CloseDate
            """,
        ),
        _table(
            "opportunity_contact_roles",
            "role_id",
            "IsDeleted OpportunityId ContactId Role IsPrimary",
        ),
        _table(
            "opportunity_history",
            "history_id",
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
            """
            IsDeleted WhoId WhatId AccountId OwnerId Subject Description Type
            TaskSubtype Status Priority CallType CallDisposition CallDurationInSeconds
            IsClosed ActivityDate CompletedDateTime
            """,
        ),
        _table(
            "events",
            "event_id",
            """
            IsDeleted WhoId WhatId AccountId OwnerId Subject Description Location Type
            EventSubtype IsAllDayEvent DurationInMinutes ActivityDate ActivityDateTime
            StartDateTime EndDateTime
            """,
        ),
        _table(
            "cases",
            "case_id",
            """
            IsDeleted MasterRecordId CaseNumber ContactId AccountId ParentId OwnerId
            SuppliedName SuppliedEmail SuppliedPhone SuppliedCompany Subject Description
            Type Status Reason Origin Priority IsClosed IsEscalated ClosedDate
            """,
        ),
        _table(
            "campaigns",
            "campaign_id",
            """
            IsDeleted ParentId OwnerId Name Type Status IsActive CurrencyIsoCode
            ExpectedRevenue BudgetedCost ActualCost StartDate EndDate
            """,
        ),
        _table(
            "users",
            "user_id",
            """
            ContactId AccountId ManagerId UserRoleId Username Email FirstName LastName
            Name Phone MobilePhone Title Department UserType IsActive LastLoginDate
            """,
        ),
    ),
    amounts=(Amount("opportunities", "amount", "currency_iso_code"),),
)
