"""LinkedIn Ads: the campaign performance report by day of Campaign Manager."""

from ingestion.tables import Amount, Column, Source, Table

# fmt: off
_CAMPAIGNS = (
    Column("day", "date", True, ("Start Date (in UTC)", "Start Date", "Date")),
    Column("account_name", headings=("Account Name",)),
    Column("currency", headings=("Currency",)),
    Column("campaign_group_name", headings=("Campaign Group Name",)),
    Column("campaign_id", required=True, headings=("Campaign ID",)),
    Column("campaign_name", headings=("Campaign Name",)),
    Column("campaign_type", headings=("Campaign Type",)),
    Column("cost", "decimal", True, ("Total Spent", "cost_in_local_currency")),
    Column("impressions", "integer", headings=("Impressions",)),
    Column("clicks", "integer", headings=("Clicks",)),
    Column("conversions", "decimal", headings=(
        "Conversions", "external_website_conversions",
    ), is_money=False),
    Column("conversion_value", "decimal", headings=(
        "Total Conversion Value", "conversion_value_in_local_currency",
    )),
)
# fmt: on

SOURCE = Source(
    name="linkedin_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            _CAMPAIGNS,
            assumed=("month_first",),
        ),
    ),
    amounts=(Amount("campaigns", "cost"),),
)
