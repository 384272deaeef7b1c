"""Both ways to connected components agree with networkx, whatever the links."""

import random
import resource
from itertools import pairwise
from pathlib import Path

import duckdb
import networkx
import numpy as np
import pyarrow as pa
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.identity.components import connected_components
from tests.conftest import REPOSITORY

Pairs = list[tuple[int, int]]


def table_of(pairs: Pairs) -> pa.Table:
    columns = [pa.array([pair[n] for pair in pairs], pa.int64()) for n in (0, 1)]
    return pa.table(columns, ["record_key_a", "record_key_b"])


def clusters(pairs: Pairs) -> dict[int, int]:
    """The cluster of each record."""
    found = connected_components(table_of(pairs).to_reader()).to_pydict()
    assert found["record_key"] == sorted(set(found["record_key"]))
    return dict(zip(found["record_key"], found["cluster_key"], strict=True))


def oracle(pairs: Pairs) -> dict[int, int]:
    graph = networkx.Graph(pairs)
    return {
        record: min(component)
        for component in networkx.connected_components(graph)
        for record in component
    }


def random_pairs(seed: int) -> Pairs:
    """From scattered to dense, with links repeated and records that stand alone."""
    chance = random.Random(seed)
    count = chance.randint(1, 60)
    span = chance.choice([count, 1_000, 10**12])
    start = chance.choice([0, 1, 10**10])
    records = [start + chance.randrange(span) for _ in range(count)]
    links = chance.choices(records, k=2 * chance.randint(0, 2 * count))
    alone = [(record, record) for record in records if chance.random() < 0.5]
    return alone + list(zip(links[::2], links[1::2], strict=True))


def shuffled(pairs: Pairs, seed: int) -> Pairs:
    """In another order, and some pairs the other way round."""
    chance = random.Random(seed)
    turned = [(b, a) if chance.random() < 0.5 else (a, b) for a, b in pairs]
    return chance.sample(turned, len(turned))


def test_random_graphs_agree_with_networkx() -> None:
    for seed in range(1_000):
        pairs = random_pairs(seed)
        assert clusters(pairs) == oracle(pairs), f"seed {seed}"


def test_the_order_and_direction_of_links_do_not_matter() -> None:
    for seed in range(200):
        pairs = random_pairs(seed)
        assert clusters(shuffled(pairs, seed)) == clusters(pairs), f"seed {seed}"


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_a_long_chain_is_one_cluster(is_shuffled: bool) -> None:
    pairs = list(pairwise(range(7, 10_008)))
    found = clusters(shuffled(pairs, 1) if is_shuffled else pairs)
    assert len(found) == 10_001
    assert set(found.values()) == {7}


@pytest.mark.parametrize("hub", [0, 500_000, 1_000_000])
def test_a_star_of_a_million_links_is_one_cluster(hub: int) -> None:
    others = np.delete(np.arange(1_000_001), hub)
    star = pa.table({"a": np.full(1_000_000, hub), "b": others})
    found = connected_components(star.to_reader())
    assert found["cluster_key"].unique().to_pylist() == [0]
    assert found.num_rows == 1_000_001


def test_without_links_every_record_stands_alone() -> None:
    assert clusters([(3, 3), (1, 1)]) == {1: 1, 3: 3}
    assert clusters([]) == {}


def test_a_link_said_by_many_identifiers_counts() -> None:
    """As many as an eight-bit count of links would take for none."""
    pairs = [(1, 3), (2, 3), *[(0, 1)] * 256, *[(0, 2)] * 256]
    assert clusters(pairs) == dict.fromkeys(range(4), 0)


@pytest.mark.parametrize("pair", [(1, None), (None, 1)])
def test_a_pair_without_a_key_is_refused(pair: tuple) -> None:
    with pytest.raises(ValueError, match="lacks a key"):
        clusters([(1, 2), pair])


@pytest.mark.torture
def test_a_chain_of_fifty_million_links_takes_little_memory() -> None:
    count = 50_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    chain = pa.table({"a": np.arange(count), "b": np.arange(1, count + 1)})
    assert connected_components(chain.to_reader())[
        "cluster_key"
    ].unique().to_pylist() == [0]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 3 * 2**20


# --- The materialization, in a project of its own.

PROFILE = (
    "components: {{target: home, outputs: {{home:"
    " {{type: duckdb, path: '{path}', threads: 1, settings: {{threads: 2}}}}}}}}"
)
MODEL = (
    "{{{{ config(materialized='connected_components'{config}) }}}}\n"
    "select record_key_a, record_key_b from pairs -- o'clock {{{{ \"'''\" }}}}\n"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project of two models that differ in the way to their components."""
    path = tmp_path_factory.mktemp("components")
    macros = REPOSITORY / "dbt_project" / "materializations"
    (path / "dbt_project.yml").write_text(
        f"{{name: components, profile: components, macro-paths: ['{macros}']}}"
    )
    (path / "profiles.yml").write_text(PROFILE.format(path=path / "home.duckdb"))
    (path / "models").mkdir()
    for name, config in (
        ("by_search", ", persist_docs={'relation': true}"),
        ("by_contraction", ", components_by='contraction'"),
    ):
        (path / "models" / f"{name}.sql").write_text(MODEL.format(config=config))
    (path / "models" / "models.yml").write_text(
        "models: [{name: by_search, description: Found by a search.}]"
    )
    return path


def built(project: Path, delivered: pa.Table) -> None:
    """Build both models over these pairs."""
    with duckdb.connect(project / "home.duckdb") as connection:
        connection.execute("create or replace table pairs as from delivered")
    places = ("--project-dir", "--profiles-dir", "--target-path", "--log-path")
    words = [word for place in places for word in (place, str(project))]
    done = dbtRunner().invoke(["build", "--quiet", *words])
    DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception or [r.message for r in done.result]


def rows(project: Path, sql: str) -> list[tuple]:
    with duckdb.connect(project / "home.duckdb", read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_both_ways_find_what_networkx_finds(project: Path) -> None:
    """Random graphs, a chain of 10,000 links and a star, side by side in one table."""
    pairs: Pairs = []
    for seed in range(300):
        start = 100_000 * seed
        found = random_pairs(seed)
        pairs += [(start + a % 90_000, start + b % 90_000) for a, b in found]
    chain = list(pairwise(range(10**12, 10**12 + 10_001)))
    star = [(2 * 10**12, 2 * 10**12 - n) for n in range(20_000)]
    pairs = shuffled(pairs + chain + star, 1)
    built(project, table_of(pairs))
    expected = sorted(oracle(pairs).items())
    assert len(expected) > 30_000
    for name in ("by_search", "by_contraction"):
        found = rows(project, f"select record_key, cluster_key from {name} order by 1")
        assert found == expected, name
        types = f"select distinct column_type from (describe {name})"
        assert rows(project, types) == [("BIGINT",)]


def test_a_build_leaves_two_tables_with_their_comments(project: Path) -> None:
    built(project, table_of([(1, 2), (3, 3)]))
    tables = "select table_name, comment from duckdb_tables() order by 1"
    assert rows(project, tables) == [
        ("by_contraction", None),
        ("by_search", "Found by a search."),
        ("pairs", None),
    ]
    built(project, table_of([(5, 4)]))
    for name in ("by_search", "by_contraction"):
        assert rows(project, f"from {name} order by 1") == [(4, 4), (5, 4)]
    built(project, table_of([]))
    for name in ("by_search", "by_contraction"):
        assert rows(project, f"from {name}") == []


@pytest.mark.torture
def test_both_ways_agree_on_millions_of_links(project: Path) -> None:
    """A chain and a star of a million links, and as many links by chance."""
    count = 1_000_000
    chance = np.random.default_rng(1)
    chain = chance.permutation(count)
    anything = chance.integers(2 * count, 4 * count, (2, count))
    star = np.arange(5 * count, 6 * count)
    left = np.concatenate((chain[:-1], anything[0], star))
    right = np.concatenate((chain[1:], anything[1], np.full(count, 6 * count)))
    built(project, pa.table({"record_key_a": left, "record_key_b": right}))
    differences = "from by_search except from by_contraction"
    assert rows(project, differences) == []
    assert rows(project, "select count(*) from by_contraction") == rows(
        project, "select count(*) from by_search"
    )
