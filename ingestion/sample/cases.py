"""Which people play which hard case of identity resolution."""

from dataclasses import dataclass

import numpy as np

SINGLE_CASES = {
    "contact_form_to_purchase": 0.010,
    "two_currencies": 0.006,
    "nickname": 0.012,
    "typo_name": 0.010,
    "typo_email": 0.010,
    "changed_email": 0.010,
    "crm_duplicate": 0.008,
    "crm_merge": 0.005,
    "junk_values": 0.006,
}
STRANGER_CASES = {"logout_login": 0.004, "recycled_phone": 0.003}
FAMILY_CASES = {"shared_family_phone": 0.008, "shared_family_tablet": 0.005}
FEWEST = 3


@dataclass(frozen=True)
class Cast:
    """Per case the positions of its people: (instances,) or (instances, 2)."""

    players: dict[str, np.ndarray]

    def __getitem__(self, case: str) -> np.ndarray:
        """The people who play a case."""
        return self.players[case]


def cast_people(
    rng: np.random.Generator,
    household: np.ndarray,
    available: np.ndarray,
    may_play: dict[str, np.ndarray],
) -> Cast:
    """Give each case its own people, no two of them from one household.

    `available` and each of `may_play` are true per person; households are numbered in
    the order of people, so the second member follows the first.
    """
    people = len(household)
    first = np.r_[True, household[1:] != household[:-1]]
    has_partner = np.r_[first[:-1] & ~first[1:] & available[1:], False]
    order = rng.permutation(np.flatnonzero(first & available))
    players: dict[str, np.ndarray] = {}

    def choose(case: str, share: float, groups: int, eligible: np.ndarray) -> None:
        nonlocal order
        count = max(FEWEST, round(people * share)) * groups
        chosen = order[eligible[order]][:count]
        if len(chosen) < count:
            raise ValueError(
                f"{people} customers are too few to play {case}: expected {count} "
                f"people for it, found {len(chosen)}; ask for 300 customers or more"
            )
        order = order[~np.isin(order, chosen)]
        players[case] = chosen

    for case, share in FAMILY_CASES.items():
        choose(case, share, 1, has_partner)
        players[case] = np.column_stack([players[case], players[case] + 1])
    for case, eligible in may_play.items():
        choose(case, SINGLE_CASES[case], 1, eligible)
    anyone = np.ones(people, bool)
    for case, share in SINGLE_CASES.items():
        if case not in may_play:
            choose(case, share, 1, anyone)
    for case, share in STRANGER_CASES.items():
        choose(case, share, 2, anyone)
        players[case] = players[case].reshape(-1, 2)
    return Cast(players)
