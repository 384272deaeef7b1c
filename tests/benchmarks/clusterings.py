"""Ways from pairs of records to clusters, each over `pairs` of one DuckDB file.

Each is run in a process of its own and leaves a table (record_key, cluster_key).
"""

from pathlib import Path

import duckdb

_THREADS = {"threads": 2, "memory_limit": "4GB", "preserve_insertion_order": False}
_READ = "select record_key_a, record_key_b from pairs"
_WRITE = "create or replace table {} as select columns(*)::bigint from found"


def floor(path: str) -> None:
    """Read the pairs, write a table as large as the answer: nothing is found out."""
    with duckdb.connect(path, config=_THREADS) as connection:
        read = connection.sql(_READ).to_arrow_table()
        [(records,)] = connection.sql("select count(*) from by_search").fetchall()
        found = read.slice(0, records)  # noqa: F841
        connection.execute(_WRITE.format("by_nobody"))


def search(path: str) -> None:
    """The function that the materialization calls."""
    from orchestration.identity.components import connected_components

    with duckdb.connect(path, config=_THREADS) as connection:
        pairs = connection.sql(_READ).to_arrow_reader(1_000_000)
        found = connected_components(pairs)  # noqa: F841
        connection.execute(_WRITE.format("by_search"))


def spreading(path: str) -> None:
    """Labels spread in SQL, from neighbour to neighbour, until none gets smaller."""
    with duckdb.connect(path, config=_THREADS) as connection:
        connection.execute(
            "create temp table arcs as"
            f" select record_key_a as here, record_key_b as near from ({_READ}) union"
            f" select record_key_b as here, record_key_a as near from ({_READ})"
        )
        step = (
            "create or replace temp table {} as"
            " select here as record_key, min({}) as cluster_key from arcs {} group by 1"
        )
        join = "inner join labels on labels.record_key = arcs.near"
        connection.execute(step.format("labels", "near", ""))
        changed = 1
        while changed:
            connection.execute(step.format("smaller", "cluster_key", join))
            [(changed,)] = connection.sql(
                "select count(*) from labels inner join smaller using (record_key)"
                " where labels.cluster_key <> smaller.cluster_key"
            ).fetchall()
            connection.execute(
                "drop table labels; alter table smaller rename to labels"
            )
        connection.execute(
            "create or replace table by_spreading as select * from labels"
        )


def splink(path: str) -> None:
    """Splink's own clustering."""
    from splink import DuckDBAPI
    from splink.clustering import cluster_pairwise_predictions_at_threshold

    with duckdb.connect(path, config=_THREADS) as connection:
        api = DuckDBAPI(connection)
        nodes = connection.sql("select distinct record_key_b as record_key from pairs")
        edges = connection.sql(f"{_READ} where record_key_a <> record_key_b")
        clusters = cluster_pairwise_predictions_at_threshold(
            nodes, edges, api, "record_key", "record_key_a", "record_key_b"
        )
        connection.execute(
            "create or replace table by_splink as select record_key,"
            f" cluster_id as cluster_key from {clusters.physical_name}"
        )


def materialization(path: str, way: str, pairs: str = "pairs") -> None:
    """`dbt run` of a model of `pairs`; `way` is search or contraction."""
    from dbt.cli.main import dbtRunner

    project = Path(path).parent / way
    models = project / "models"
    models.mkdir(parents=True, exist_ok=True)
    macros = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"
    (project / "dbt_project.yml").write_text(
        f"{{name: bench, profile: bench, macro-paths: ['{macros}']}}"
    )
    (project / "profiles.yml").write_text(
        "bench: {target: file, outputs: {file: {type: duckdb, threads: 1,"
        f" path: '{path}', settings: {{threads: 2, memory_limit: 4GB}}}}}}}}"
    )
    (models / f"dbt_{way}.sql").write_text(
        "{{ config(materialized='connected_components',"
        f" components_by='{way}') }}}}\n"
        f"select record_key_a, record_key_b from {pairs}\n"
    )
    places = ("--project-dir", "--profiles-dir", "--target-path", "--log-path")
    words = [word for place in places for word in (place, str(project))]
    done = dbtRunner().invoke(["run", "--quiet", *words])
    if not done.success:
        raise RuntimeError([result.message for result in done.result])
