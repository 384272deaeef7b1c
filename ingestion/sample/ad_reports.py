"""What the ad platforms report per campaign and day, each in its own spreadsheet."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ingestion.sample.catalogue import CAMPAIGNS, ROADS, Campaign
from ingestion.sample.delivery import Landing
from ingestion.sample.journeys import NOBODY, Visits
from ingestion.sample.orders import Orders

_GOOGLE_HEADINGS = [
    *("Day", "Campaign ID", "Campaign", "Campaign type", "Currency code", "Impr."),
    *("Clicks", "Cost", "Conversions", "Conv. value"),
]
_META_HEADINGS = [
    *("Reporting starts", "Reporting ends", "Campaign ID", "Campaign name"),
    *("Campaign delivery", "Attribution setting", "Results", "Reach", "Impressions"),
    *("Link clicks", "Amount spent (EUR)"),
]
_MISSING = " --"


def deliver_ad_reports(
    landing: Landing,
    rng: np.random.Generator,
    visits: Visits,
    orders: Orders,
    day: int,
) -> dict[str, int]:
    """Report the day's clicks, a few more than arrived, with what they cost.

    Returns the cents spent by source and currency.
    """
    names = np.array([road.campaign for road in ROADS])
    paid = np.array([road.click_id != "" for road in ROADS])
    road_clicks = np.bincount(
        visits.road[visits.person != NOBODY], minlength=len(ROADS)
    )
    web = orders.visit >= 0
    road_of_order = visits.road[orders.visit[web]]
    road_orders = np.bincount(road_of_order, minlength=len(ROADS))
    road_value = np.bincount(road_of_order, orders.total[web], len(ROADS))
    google: list[list[int]] = []
    spend = {"google_ads_EUR": 0, "meta_ads_EUR": 0}
    rows: dict[str, list[list[str]]] = {"google": [], "meta": []}
    for campaign in CAMPAIGNS:
        own = paid & (names == campaign.name)
        clicks = int(road_clicks[own].sum())
        clicks += int(rng.poisson(clicks * 0.03))
        shown = int(rng.poisson(clicks / campaign.click_rate + 5))
        cost = int(rng.normal(campaign.cost_per_click, 4) * clicks)
        spend[f"{campaign.platform}_ads_EUR"] += cost
        results, value = int(road_orders[own].sum()), int(road_value[own].sum())
        if campaign.platform == "google":
            google.append([shown, clicks, cost, results, value])
            rows["google"].append(_google_row(landing, campaign, day, google[-1]))
        else:
            reach = int(shown * 0.83)
            rows["meta"].append(
                _meta_row(landing, campaign, day, [results, reach, shown, clicks, cost])
            )
    date = landing.calendar.date(day)
    totals = _google_figures([sum(column) for column in zip(*google, strict=True)])
    lines = [
        ["Campaign report"],
        [f"{date:%B} {date.day}, {date.year} - {date:%B} {date.day}, {date.year}"],
        _GOOGLE_HEADINGS,
        *rows["google"],
        *(
            [f"Total: {what}", *[_MISSING] * 3, "EUR", *totals]
            for what in ("Campaigns", "Account")
        ),
    ]
    name = f"Campaign report {date}.csv"
    count = len(rows["google"])
    landing.deliver("google_ads/campaigns", name, day, count, _writer(lines, "utf-8"))
    lines = [_META_HEADINGS, *rows["meta"]]
    name = f"Campaigns-{date}.csv"
    count = len(rows["meta"])
    landing.deliver("meta_ads/campaigns", name, day, count, _writer(lines, "utf-8-sig"))
    return spend


def _google_row(
    landing: Landing, campaign: Campaign, day: int, figures: list[int]
) -> list[str]:
    date = landing.calendar.date(day).isoformat()
    return [
        *(date, campaign.number, campaign.name, campaign.kind, "EUR"),
        *_google_figures(figures),
    ]


def _google_figures(figures: list[int]) -> list[str]:
    shown, clicks, cost, results, value = figures
    return [
        *(f"{shown:,}", f"{clicks:,}", _euros(cost, ",")),
        f"{results:,}.00" if results else _MISSING,
        _euros(value, ",") if results else _MISSING,
    ]


def _meta_row(
    landing: Landing, campaign: Campaign, day: int, figures: list[int]
) -> list[str]:
    date = landing.calendar.date(day).isoformat()
    *counts, spent = figures
    return [
        *(date, date, campaign.number, campaign.name, "active"),
        "7-day click or 1-day view",
        *(str(count) for count in counts),
        _euros(spent),
    ]


def _euros(cents: int, thousands: str = "") -> str:
    return f"{cents // 100:{thousands}}.{cents % 100:02d}"


def _writer(lines: list[list[str]], encoding: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)

    return write
