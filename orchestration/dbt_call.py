"""dbt in this process, over a manifest parsed before: a night needs no other parse."""

import contextlib
import gc
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import SeedNode
from dbt_common.events.base_types import BaseEvent, EventLevel, EventMsg
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

_QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors")
_CHOSEN = "chosen"


def call_dbt(
    project: Path,
    parsed: Path,
    arguments: Sequence[str],
    said: Callable[[EventMsg], None],
    chosen: Collection[str] = (),
    sql: Mapping[str, str] = MappingProxyType({}),
) -> RunExecutionResult | None:
    """Run `arguments` in the folder `project`, over dbt's file of a parsed project.

    `said` is called with every event that is not for debugging. `chosen` are the ids of
    the nodes to select: by a tag that they are given here, for dbt looks at all nodes
    once for every name it is told. `sql` is what some of them say, compiled: it is not
    compiled again. Returns what became of the nodes, those that failed too, or None
    where the command has no nodes. Raises what stopped dbt itself.
    """
    manifest = Manifest.from_msgpack(parsed.read_bytes())
    for node in manifest.nodes.values():
        if isinstance(node, SeedNode):
            node.root_path = str(project)
    for key in chosen:
        node = manifest.nodes[key]
        node.tags.append(_CHOSEN)
        node.raw_code = sql.get(key, node.raw_code)
    select = ("--select", f"tag:{_CHOSEN}") if chosen else ()
    # The manifest was written when it was parsed: a night need not write it once more.
    manifest.write = lambda *_: None
    manifest.build_flat_graph()
    gc.freeze()
    ctx_set_event_manager(_Events())
    try:
        with contextlib.chdir(project):
            done = dbtRunner(manifest, callbacks=[said]).invoke(
                [*arguments, *select, *_QUIET]
            )
    finally:
        # A model that failed may have left the warehouse open.
        DuckDBConnectionManager.close_all_connections()
        gc.unfreeze()
    if done.exception:
        raise done.exception
    return done.result if isinstance(done.result, RunExecutionResult) else None


class _Events(EventManager):
    """Makes no message of what is for debugging: forty a node, which nobody reads."""

    def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *more, **named):
        """As dbt's own."""
        if (level or e.level_tag()) != EventLevel.DEBUG:
            super().fire_event(e, level, *more, **named)
