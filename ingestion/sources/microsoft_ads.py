"""Microsoft Advertising: the campaign performance report by day, as downloaded."""

from ingestion.tables import Amount, Column, Source, Table

# fmt: off
_CAMPAIGNS = (
    Column("day", "date", True, (
        "Gregorian date", "GregorianDate", "TimePeriod", "Time period", "time_period",
    )),
    Column("account_name", headings=("Account name", "AccountName")),
    Column("campaign_id", required=True, headings=("Campaign ID", "CampaignId")),
    Column("campaign_name", headings=("Campaign name", "CampaignName", "Campaign")),
    Column("campaign_type", headings=("Campaign type", "CampaignType")),
    Column("ad_group_name", headings=("Ad group", "Ad group name", "AdGroupName")),
    Column("currency", headings=("Currency code", "CurrencyCode", "currency_code")),
    Column("impressions", "integer", headings=("Impressions",)),
    Column("clicks", "integer", headings=("Clicks",)),
    Column("cost", "decimal", True, ("Spend",)),
    Column("conversions", "decimal", headings=("Conversions",), is_money=False),
    Column("conversion_value", "decimal", headings=("Revenue",)),
)
# fmt: on

SOURCE = Source(
    name="microsoft_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            _CAMPAIGNS,
            totals=("©", "@"),
        ),
    ),
    amounts=(Amount("campaigns", "cost"),),
)
