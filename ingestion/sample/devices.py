"""Browsers: the cookie, address, make of each; whose they are."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sample.chance import Purpose, stream, uuids
from ingestion.sample.people import NEVER, People

PHONE, LAPTOP, RENEWED_PHONE = 0, 1, 2
BROWSERS_PER_PERSON = 3

_CHROME = "(KHTML, like Gecko) Chrome/137.0.0.0"
PHONE_AGENTS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 {_CHROME} "
    "Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 {_CHROME} "
    "Mobile Safari/537.36",
]
LAPTOP_AGENTS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {_CHROME} "
    "Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
]
TABLET_AGENTS = [
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
]
RENDERING_BOT_AGENTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/137.0.0.0 Safari/537.36",
]
LOG_BOT_AGENTS = [
    *RENDERING_BOT_AGENTS[:2],
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "curl/8.7.1",
]
_FAMILIES = [
    *(PHONE_AGENTS, LAPTOP_AGENTS, TABLET_AGENTS),
    *(RENDERING_BOT_AGENTS, LOG_BOT_AGENTS),
]
USER_AGENTS = [agent for family in _FAMILIES for agent in family]


@dataclass(frozen=True)
class Devices:
    """Every browser by position: three per person, then tablets, then bots.

    `rendering_bots` run the page's scripts, so they are in the web events as well.
    """

    visitors: pa.Array
    ips: pa.Array
    agent: np.ndarray
    tablets: np.ndarray
    rendering_bots: np.ndarray
    log_bots: np.ndarray
    laptop_share: np.ndarray
    renewed_on: np.ndarray

    def __len__(self) -> int:
        """How many browsers there are."""
        return len(self.agent)

    def used_by(
        self, person: np.ndarray, day: np.ndarray, chance: np.ndarray
    ) -> np.ndarray:
        """The browser each person takes that day; `chance` in 0-1 decides which."""
        phone = np.where(self.renewed_on[person] <= day, RENEWED_PHONE, PHONE)
        browser = np.where(chance < self.laptop_share[person], LAPTOP, phone)
        return person * BROWSERS_PER_PERSON + browser


def make_devices(
    sql: duckdb.DuckDBPyConnection, people: People, days: int, seed: int
) -> Devices:
    """Give everybody their browsers, some families a tablet, the bots their own."""
    rng = stream(seed, Purpose.DEVICES)
    count = len(people)
    own = count * BROWSERS_PER_PERSON
    tablet_count = len(people.cast["shared_family_tablet"])
    shared = np.repeat(
        [2, 3, 4], [tablet_count, max(3, count // 700), 6 + count // 200]
    )
    families = np.concatenate([np.tile([0, 1, 0], count), shared])
    tablets, rendering, log = (np.flatnonzero(shared == n) + own for n in (2, 3, 4))
    choice = rng.integers(0, 1 << 20, len(families))
    choice[RENEWED_PHONE:own:3] = choice[PHONE:own:3]
    choice[own:] = np.arange(len(shared))
    sizes = np.array([len(family) for family in _FAMILIES])
    agent = np.cumsum([0, *sizes])[families] + choice % sizes[families]
    has_laptop = rng.random(count) < 0.45
    renews = rng.random(count) < 0.30
    return Devices(
        *(uuids(rng, len(families)), _ips(sql, people, rng, len(families)), agent),
        *(tablets, rendering, log),
        np.where(has_laptop, rng.uniform(0.2, 0.8, count), 0.0),
        np.where(renews, rng.integers(1, max(days, 2), count), NEVER),
    )


def _ips(
    sql: duckdb.DuckDBPyConnection, people: People, rng: np.random.Generator, count: int
) -> pa.Array:
    """One address per browser; the laptops of a household share theirs."""
    own = len(people) * BROWSERS_PER_PERSON
    seeds = rng.integers(0, 1 << 32, count)
    seeds[LAPTOP:own:3] = seeds[people.household * BROWSERS_PER_PERSON]
    sql.register("drawn", pa.table({"n": seeds}))
    select = """
        select if(n % 7 = 0,
            format('2a02:{:x}:{:x}::{:x}', 1000 + n % 4001, n // 65536, n % 65536),
            format('{}.{}.{}.{}', 78 + n % 16, (n // 256) % 256, (n // 65536) % 256,
                1 + (n // 16777216) % 254)) as ip
        from drawn
    """
    return sql.execute(select).to_arrow_table().column("ip").combine_chunks()
