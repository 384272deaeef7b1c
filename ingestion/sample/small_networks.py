"""The second brand's campaigns on LinkedIn and Microsoft, reported once a month."""

from datetime import date

from ingestion.sample.chance import Purpose, stream
from ingestion.sample.delivery import Landing

# The site they lead to has no tag of ours: the reports are all that is known of them.
_CAMPAIGNS = {
    "linkedin_ads": [("301770001", "kids-retailers"), ("301770002", "school-trips")],
    "microsoft_ads": [("401550001", "kleinweh-brand"), ("401550002", "rain-suits")],
}
_LINKEDIN = (
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group Name\tCampaign Name\t"
    "Campaign ID\tCampaign Type\tTotal Spent\tImpressions\tClicks\tAverage CTR\t"
    "Conversions"
)
_MICROSOFT = (
    '"Gregorian date","Account name","Campaign name","Campaign ID","Campaign type",'
    '"Currency code","Impressions","Clicks","Spend","Conversions","Revenue"'
)


class SmallNetworks:
    """Two networks, two campaigns each; LinkedIn is paid in dollars."""

    def __init__(self, landing: Landing, seed: int) -> None:
        """Nothing was spent before the first day."""
        self._landing, self._seed = landing, seed
        self.days = landing.calendar.closings
        self.spend = {"linkedin_ads_USD": 0, "microsoft_ads_EUR": 0}

    def deliver(self, day: int, since: int) -> None:
        """Report a month, campaign by campaign and day by day, as each network does."""
        calendar = self._landing.calendar
        rng = stream(self._seed, Purpose.SMALL_NETWORKS, day)
        count = day - since
        lines: dict[str, list[str]] = {name: [] for name in _CAMPAIGNS}
        for network, campaigns in _CAMPAIGNS.items():
            for number, name in campaigns:
                shown = rng.poisson(900, count)
                clicks = rng.binomial(shown, 0.012)
                cents = clicks * rng.integers(60, 220, count)
                total = f"{network}_{'USD' if network == 'linkedin_ads' else 'EUR'}"
                self.spend[total] += int(cents.sum())
                for n in range(count):
                    figures = (calendar.date(since + 1 + n), shown[n], clicks[n])
                    write = _linkedin if network == "linkedin_ads" else _microsoft
                    lines[network].append(write(number, name, *figures, int(cents[n])))
        first, last = calendar.date(since + 1), calendar.date(day)
        linkedin = [
            *("Campaign Performance Report (in UTC)", f"Report Start: {first:%B} "
              f"{first.day}, {first.year}, 12:00 AM"),
            f"Report End: {last:%B} {last.day}, {last.year}, 11:59 PM",
            *("", _LINKEDIN, *lines["linkedin_ads"], ""),
        ]  # fmt: skip
        microsoft = [
            '\ufeff"Report Name: Campaign performance"',
            f'"Report Time: {_slashed(first)},{_slashed(last)}"',
            '"Report Aggregation: Daily"',
            *("", _MICROSOFT, *lines["microsoft_ads"], ""),
            *(f'"©{last.year} Microsoft Corporation. All rights reserved. "', ""),
        ]
        for network, name, text, encoding in (
            ("linkedin_ads", "campaign_performance_report", linkedin, "utf-16"),
            ("microsoft_ads", "Campaign", microsoft, "utf-8"),
        ):
            content = "\r\n".join(text).encode(encoding)
            self._landing.deliver(
                *(
                    f"{network}/campaigns",
                    f"{name}_{last}.csv",
                    day,
                    len(lines[network]),
                ),
                lambda path, content=content: path.write_bytes(content),
            )

    def answer(self) -> None:
        """The spend is in the totals."""


def _slashed(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _linkedin(
    number: str, name: str, day: date, shown: int, clicks: int, cents: int
) -> str:
    spent = f"{cents // 100}.{cents % 100:02d}"
    rate = f"{100 * clicks / max(shown, 1):.1f}%"
    return (
        f"{_slashed(day)}\tKleinweh\tUSD\tAll\t{name}\t{number}\tSponsored Update\t"
        f"{spent}\t{shown}\t{clicks}\t{rate}\t0"
    )


def _microsoft(
    number: str, name: str, day: date, shown: int, clicks: int, cents: int
) -> str:
    spent = f"{cents // 100}.{cents % 100:02d}"
    return (
        f'"{day}","Kleinweh","{name}","{number}","Search & content","EUR",'
        f'"{shown}","{clicks}","{spent}","0","0.00"'
    )
