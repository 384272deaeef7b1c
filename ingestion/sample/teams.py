"""The company's other teams, each with a system of its own."""

from typing import Protocol

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.corporate_sales import CorporateSales
from ingestion.sample.delivery import Landing
from ingestion.sample.help_desk import HelpDesk
from ingestion.sample.newsletters import Newsletters
from ingestion.sample.payments import Payments
from ingestion.sample.registers import Registers
from ingestion.sample.roles import cast_roles
from ingestion.sample.second_brand import SecondBrand
from ingestion.sample.small_networks import SmallNetworks
from ingestion.sample.subsidiary_sales import SubsidiarySales
from ingestion.sample.truth import Truth


class Team(Protocol):
    """What exports its files on some days and knows the truth behind them."""

    days: list[int]

    def deliver(self, day: int, since: int) -> None:
        """Export what there is at the end of the day, or what came after `since`."""

    def answer(self) -> None:
        """Write to the answer key what all exports together say."""


class Teams:
    """All of them, in the order in which they write."""

    def __init__(self, truth: Truth, landing: Landing, key: AnswerKey) -> None:
        """Give each team its people."""
        people, seed = truth.people, truth.seed
        who = cast_roles(people, seed)
        shared = (people, landing, key)
        self.payments = Payments(*shared, who["club"], seed)
        networks = SmallNetworks(landing, seed)
        self.spend = networks.spend
        self._teams: list[Team] = [
            self.payments,
            networks,
            HelpDesk(*shared, who["help_desk"], seed),
            SecondBrand(*shared, who["second_brand"], seed),
            CorporateSales(*shared, who, seed),
            SubsidiarySales(*shared, who["subsidiary"], seed),
            Newsletters(*shared, who, seed),
            Registers(*shared, who, truth.devices, seed),
        ]

    def deliver(self, day: int) -> None:
        """Let each team export what is due at the end of the day."""
        for team in self._teams:
            if day in team.days:
                at = team.days.index(day)
                team.deliver(day, team.days[at - 1] if at else -1)

    def answer(self) -> None:
        """Complete the answer key."""
        for team in self._teams:
            team.answer()
