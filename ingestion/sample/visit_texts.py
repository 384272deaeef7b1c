"""What a visit's steps look like in writing, the same for events as for the log."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingestion.sample.catalogue import PATHS, ROADS, SITE, TITLES
from ingestion.sample.chance import pick
from ingestion.sample.devices import USER_AGENTS, Devices
from ingestion.sample.journeys import NOBODY, Visits
from ingestion.sample.scripts import KIND, REQUEST, Steps

_PATHS = pa.array(PATHS)
_TITLES = pa.array(TITLES)
_AGENTS = pa.array(USER_AGENTS)
_QUERIES = pa.array([road.query for road in ROADS])
_HAS_CLICK_ID = np.array([road.click_id != "" for road in ROADS])
_ARRIVALS = [road.referrer for road in ROADS]
# A page's referrer is the page before it, the landing page's is the road's.
_REFERRERS = pa.array([*_ARRIVALS, *(SITE + path for path in PATHS), ""])


@dataclass(frozen=True)
class VisitTexts:
    """Text columns for the steps at the positions asked for, one entry each."""

    visits: Visits
    steps: Steps
    devices: Devices
    queries: pa.Array

    def ip(self, at: np.ndarray) -> pa.Array:
        """The address each step came from."""
        return pick(self.devices.ips, self._device(at))

    def visitor(self, at: np.ndarray) -> pa.Array:
        """The cookie of each step's browser."""
        return pick(self.devices.visitors, self._device(at))

    def user_agent(self, at: np.ndarray) -> pa.Array:
        """The make of each step's browser."""
        return pick(_AGENTS, self.devices.agent[self._device(at)])

    def path(self, at: np.ndarray) -> pa.Array:
        """The path each step asks for or happens on."""
        return pick(_PATHS, self.steps.place[at])

    def title(self, at: np.ndarray) -> pa.Array:
        """The title of the page each step happens on."""
        return pick(_TITLES, self.steps.place[at])

    def query(self, at: np.ndarray) -> pa.Array:
        """What follows the path: the road's tags on the landing page, else null."""
        is_page = KIND[self.steps.step[at]] != REQUEST
        landed = is_page & self.steps.is_landing[at]
        return pick(self.queries, self.steps.visit[at], landed)

    def referrer(self, at: np.ndarray) -> pa.Array:
        """What each step was sent by: the road, or the page before."""
        steps, visit = self.steps, self.steps.visit[at]
        previous = steps.previous_page[at]
        site = len(ROADS)
        arrived = self.visits.road[visit]
        referrer = np.where(previous < 0, arrived, site + steps.place[previous])
        fetched = KIND[steps.step[at]] == REQUEST
        referrer = np.where(fetched, site + steps.place[steps.page[at]], referrer)
        referrer[self.visits.person[visit] == NOBODY] = len(_REFERRERS) - 1
        return pick(_REFERRERS, referrer)

    def _device(self, at: np.ndarray) -> np.ndarray:
        return self.visits.device[self.steps.visit[at]]


def write_visits(
    visits: Visits, steps: Steps, devices: Devices, tokens: pa.Array
) -> VisitTexts:
    """Make the texts of a day's visits; `tokens` is a random text for each."""
    plain = pick(_QUERIES, visits.road)
    clicked = pa.compute.binary_join_element_wise(plain, tokens, "")
    queries = pa.compute.if_else(pa.array(_HAS_CLICK_ID[visits.road]), clicked, plain)
    return VisitTexts(visits, steps, devices, queries)
