"""What each guard means in words, as the seed says."""

from functools import cache

from ingestion.settings import REPOSITORY
from orchestration import handwritten

_SEED = REPOSITORY / "dbt_project" / "seeds" / "guards.csv"


@cache
def meanings() -> dict[str, str]:
    """By guard, why it keeps records apart; a decision has its own words."""
    lines = handwritten.lines(_SEED, "guard", "reason", "meaning")
    return {row["guard"]: row["meaning"] for _, row in lines if row["meaning"]}
