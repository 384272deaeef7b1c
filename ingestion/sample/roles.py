"""Which of the people are known to which of the company's other teams."""

import numpy as np

from ingestion.sample.chance import Purpose, stream
from ingestion.sample.people import People

# Shares of all people; whoever plays a hard case of identity is known to none of them.
SHARES = {
    "second_brand": 0.08,
    "club": 0.04,
    "help_desk": 0.08,
    "leads": 0.03,
    "subsidiary": 0.02,
    "newsletter": 0.20,
    "texted": 0.05,
    "social": 0.03,
    "loyalty": 0.10,
    "fair": 0.04,
    "partner": 0.03,
    "audience": 0.08,
    "consents": 0.10,
    "requests": 0.004,
}
FEWEST = 12


def cast_roles(people: People, seed: int) -> dict[str, np.ndarray]:
    """Give each team its people, by position; one human may be known to several."""
    rng = stream(seed, Purpose.ROLES)
    playing = np.concatenate(
        [players.ravel() for players in people.cast.players.values()]
    )
    free = np.setdiff1d(np.arange(len(people)), playing)
    roles = {}
    for role, share in SHARES.items():
        count = max(FEWEST, round(len(people) * share))
        roles[role] = np.sort(rng.permutation(free)[:count])
    # The parent's sales team has every other company, the subsidiary's has the rest.
    employed = np.flatnonzero(people.company >= 0)
    is_even = people.company[employed] % 2 == 0
    roles["corporate"] = employed[is_even]
    roles["subsidiary"] = np.union1d(roles["subsidiary"], employed[~is_even])
    return roles
