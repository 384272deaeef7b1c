"""Google Ads: the campaign report by day, as downloaded."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="google_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            (
                Column("day", "date", True, ("Day",)),
                Column("campaign_id", required=True, headings=("Campaign ID",)),
                Column("campaign_name", headings=("Campaign",)),
                Column("campaign_type", headings=("Campaign type",)),
                Column("currency", required=True, headings=("Currency code",)),
                Column("impressions", "integer", headings=("Impr.", "Impressions")),
                Column("clicks", "integer", headings=("Clicks",)),
                Column("cost", "decimal", True, ("Cost",)),
                Column("conversions", "decimal", headings=("Conversions",)),
                Column("conversion_value", "decimal", headings=("Conv. value",)),
            ),
            totals="Total",
        ),
    ),
)
