"""Who visits or buys on a day, by which road, on which browser."""

from dataclasses import dataclass

import numpy as np

from ingestion.sample.catalogue import PRODUCTS, ROAD_ENDS
from ingestion.sample.chance import Purpose, weighted
from ingestion.sample.scripts import BROWSING, BUY, SCRIPT
from ingestion.sample.truth import Truth

NOBODY = -1
_TILL_SHARE, _TILL_COUNTRY = 0.25, 0
_HOUR_ENDS = np.cumsum(
    [2, 1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 12, 8, 5]
)
_BROWSING = np.array([SCRIPT[name] for name in BROWSING])
_BROWSING_ENDS = np.cumsum(list(BROWSING.values()))


@dataclass(frozen=True)
class Visits:
    """The visits of one day, an entry each; `start` in UTC milliseconds.

    `person` is `NOBODY` for bots; `is_remembered` says that the browser knows the
    account without a new sign-in.
    """

    person: np.ndarray
    device: np.ndarray
    script: np.ndarray
    road: np.ndarray
    start: np.ndarray
    product: np.ndarray
    is_remembered: np.ndarray

    def __len__(self) -> int:
        """How many visits there are."""
        return len(self.person)


def visits_of_day(
    truth: Truth, has_account: np.ndarray, day: int
) -> tuple[Visits, np.ndarray]:
    """The day's visits, and the people who buy at the till instead."""
    people, devices, calendar = truth.people, truth.devices, truth.calendar
    rng = truth.stream(Purpose.VISITS, day)

    browser = weighted(rng, people.visits_until, rng.poisson(people.visits_until[-1]))
    script = _BROWSING[weighted(rng, _BROWSING_ENDS, len(browser))]
    chance = np.where(has_account[browser], rng.random(len(browser)), 1)
    script[chance < 0.2] = SCRIPT["member"]
    remembered = (chance > 0.6) & (chance < 1) & (script != SCRIPT["subscribe"])

    buyer = np.unique(
        weighted(rng, people.orders_until, rng.poisson(people.orders_until[-1]))
    )
    near = people.country[buyer] == _TILL_COUNTRY
    at_till = near & (rng.random(len(buyer)) < _TILL_SHARE)
    at_till[np.flatnonzero(near)[:1]] = True
    online = buyer[~at_till]

    crawling = devices.log_bots[rng.random(len(devices.log_bots)) < 0.8]
    scans = rng.random(len(crawling)) < 0.2
    rendering = devices.rendering_bots[day % 2 :: 2]
    bots = np.r_[crawling, rendering]
    crawl = np.where(scans, SCRIPT["scan"], SCRIPT["crawl"])

    drawn = np.r_[browser, online]
    own = devices.used_by(drawn, day, rng.random(len(drawn)))
    planned, planned_device, planned_script, planned_road, planned_second = (
        truth.plan.on(day)
    )
    person = np.r_[drawn, planned, np.full(len(bots), NOBODY)]
    count = len(person)
    render = np.full(len(rendering), SCRIPT["render"])
    script = np.r_[script, np.full(len(online), BUY), planned_script, crawl, render]
    opens_account = has_account[person] | people.wants_account[person]
    buying = np.where(opens_account, SCRIPT["buy_member"], SCRIPT["buy_guest"])

    hour = weighted(rng, _HOUR_ENDS, count)
    second = hour * 3600 + rng.integers(0, 3600, count)
    road = weighted(rng, ROAD_ENDS, count)
    planned_part = slice(len(drawn), len(drawn) + len(planned))
    second[planned_part], road[planned_part] = planned_second, planned_road
    road[planned_part.stop :] = 0
    if day == calendar.last:  # what begins in the world ends in it
        second = second * 9 // 10
    visits = Visits(
        person,
        np.r_[own, planned_device, bots],
        np.where(script == BUY, buying, script),
        road,
        calendar.start(day) + second * 1000 + rng.integers(0, 1000, count),
        # Some articles are much more wanted than others.
        (len(PRODUCTS) * rng.random(count) ** 1.6).astype(np.int64),
        np.r_[remembered, np.zeros(count - len(browser), bool)],
    )
    return visits, buyer[at_till]
