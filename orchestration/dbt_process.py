"""`dbt` over a manifest parsed before: another `as_of` needs no other parse."""

import gc
import json
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import SeedNode
from dbt_common.events.base_types import BaseEvent, EventLevel, EventMsg
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager
from dbt_common.events.functions import env_scrubber, msg_to_dict

from ingestion.lock import child_lock
from ingestion.settings import read_settings
from orchestration.orphans import end_with_parent


def main(parsed: str, *arguments: str) -> int:
    """Run `arguments` over the file `parsed`, which dbt keeps for partial parsing.

    What dbt says goes to stdout as it would under `--log-format json --log-level info`.
    """
    end_with_parent()
    with child_lock(read_settings().lock):
        return _run(parsed, arguments)


def _run(parsed: str, arguments: tuple[str, ...]) -> int:
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    for node in manifest.nodes.values():
        if isinstance(node, SeedNode):
            node.root_path = str(Path.cwd())
    # The manifest was written when it was parsed: a night need not write it once more.
    manifest.write = lambda *_: None
    manifest.build_flat_graph()
    gc.freeze()
    ctx_set_event_manager(_Events())
    runner = dbtRunner(manifest, callbacks=[_say])
    quiet = ["--log-level", "none", "--log-level-file", "none"]
    done = runner.invoke([*arguments, *quiet])
    if done.exception:
        print(done.exception, file=sys.stderr)
    return 0 if done.success else 1


class _Events(EventManager):
    """Makes no message of what is for debugging: forty a node, which nobody reads."""

    def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *more, **named):
        """As dbt's own."""
        if (level or e.level_tag()) != EventLevel.DEBUG:
            super().fire_event(e, level, *more, **named)


def _say(event: EventMsg) -> None:
    """Print an event, as one line of JSON."""
    print(env_scrubber(json.dumps(msg_to_dict(event), default=str)), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
