"""Nights that nobody ran since the newest that is published."""

from datetime import date, timedelta

from ingestion.settings import Settings
from orchestration.published import newest_night


def missed_nights(settings: Settings, night: date) -> list[date]:
    """The nights between the newest that is published and `night`, in order.

    None that is before the first night on offer, where a setting says that.
    """
    newest = newest_night(settings)
    if newest is None:
        return []
    days = range(1, (night - newest).days)
    nights = [newest + timedelta(days=number) for number in days]
    first = settings.first_night
    return [missed for missed in nights if first is None or missed >= first]


def missed_sentence(settings: Settings, night: date) -> str:
    """Which nights were missed before `night`, and how to catch up; empty for none."""
    missed = missed_nights(settings, night)
    if not missed:
        return ""
    first, last = missed[0], missed[-1]
    said = (
        f"the night of {first} was missed"
        if first == last
        else f"{len(missed)} nights were missed, {first} to {last}"
    )
    return f"{said}; to catch up: unavista run --from {first} --to {last}"
