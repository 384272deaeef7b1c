"""Meta Ads: the campaign report by day, as downloaded from Ads Manager."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="meta_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            (
                Column("day", "date", True, ("Reporting starts",)),
                Column("reporting_ends", "date", headings=("Reporting ends",)),
                Column("campaign_id", required=True, headings=("Campaign ID",)),
                Column("campaign_name", headings=("Campaign name",)),
                Column("delivery", headings=("Campaign delivery",)),
                Column("attribution_setting", headings=("Attribution setting",)),
                Column("results", "decimal", headings=("Results",)),
                Column("reach", "integer", headings=("Reach",)),
                Column("impressions", "integer", headings=("Impressions",)),
                Column("link_clicks", "integer", headings=("Link clicks",)),
                Column("amount_spent", "decimal", True, ("Amount spent ({currency})",)),
            ),
        ),
    ),
)
