"""`dbt` over a manifest parsed before: another `as_of` needs no other parse."""

import gc
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import SeedNode


def main(parsed: str, *arguments: str) -> int:
    """Run `arguments` over the file `parsed`, which dbt keeps for partial parsing."""
    manifest = Manifest.from_msgpack(Path(parsed).read_bytes())
    for node in manifest.nodes.values():
        if isinstance(node, SeedNode):
            node.root_path = str(Path.cwd())
    manifest.build_flat_graph()
    gc.freeze()
    done = dbtRunner(manifest).invoke(list(arguments))
    if done.exception:
        print(done.exception, file=sys.stderr)
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
