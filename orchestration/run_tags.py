"""Which night a run of Dagster's history is for: its tags say so, in two ways."""

from collections.abc import Mapping

ONE = "dagster/partition"
# A backfill that is asked for in lineage, or at a table, gives its runs a range of one.
FROM, TO = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
# Nights that nobody began in time, for which the schedule asks with this one.
MISSED = "unavista/missed"


def night_said(tags: Mapping[str, str]) -> str:
    """The night, as YYYY-MM-DD; empty where the run is for none, or for several."""
    if ONE in tags:
        return tags[ONE]
    return tags[FROM] if FROM in tags and tags[FROM] == tags.get(TO) else ""
