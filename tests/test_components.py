"""Connected components agree with networkx, whatever the shape and order of links."""

import random
from itertools import pairwise

import networkx
import pyarrow as pa
import pytest

from orchestration.components import connected_components


def clusters(records: list[str], links: list[tuple[str, str]]) -> dict[str, str]:
    """The cluster of each record."""
    found = connected_components(
        pa.table({"record_id": pa.array(sorted(records), pa.string())}),
        pa.table(
            {
                "record_id_a": pa.array([a for a, _ in links], pa.string()),
                "record_id_b": pa.array([b for _, b in links], pa.string()),
            }
        ),
    )
    assert found["record_id"].to_pylist() == sorted(records)
    return dict(
        zip(
            found["record_id"].to_pylist(), found["cluster_id"].to_pylist(), strict=True
        )
    )


def oracle(records: list[str], links: list[tuple[str, str]]) -> dict[str, str]:
    graph = networkx.Graph(links)
    graph.add_nodes_from(records)
    return {
        record: min(component)
        for component in networkx.connected_components(graph)
        for record in component
    }


def random_graph(seed: int) -> tuple[list[str], list[tuple[str, str]]]:
    """From scattered to dense, with links repeated and from a record to itself."""
    chance = random.Random(seed)
    count = chance.randint(1, 60)
    records = chance.sample([f"r{n}" for n in range(1000)], count)
    links = chance.choices(records, k=2 * chance.randint(0, 2 * count))
    return records, list(zip(links[::2], links[1::2], strict=True))


@pytest.mark.parametrize("hundred", range(3))
def test_random_graphs_agree_with_networkx(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        records, links = random_graph(seed)
        assert clusters(records, links) == oracle(records, links), f"seed {seed}"


def test_the_order_and_direction_of_links_do_not_matter() -> None:
    for seed in range(100):
        records, links = random_graph(seed)
        shuffled = [(b, a) for a, b in random.Random(seed).sample(links, len(links))]
        assert clusters(records, shuffled) == clusters(records, links), f"seed {seed}"


def test_a_long_chain_is_one_cluster() -> None:
    records = [f"r{n:05}" for n in range(10_001)]
    links = list(pairwise(records))
    random.Random(1).shuffle(links)
    assert set(clusters(records, links).values()) == {"r00000"}


def test_a_star_of_a_million_links_is_one_cluster() -> None:
    names = pa.array([f"r{n:07}" for n in range(1_000_001)])
    hub = pa.array(["r0500000"] * 1_000_000)
    others = pa.concat_arrays([names[:500_000], names[500_001:]])
    found = connected_components(
        pa.table({"record_id": names}), pa.table({"a": hub, "b": others})
    )
    assert found["cluster_id"].unique().to_pylist() == ["r0000000"]
    assert found.num_rows == 1_000_001


def test_without_links_every_record_stands_alone() -> None:
    assert clusters(["b", "a"], []) == {"a": "a", "b": "b"}
    assert clusters([], []) == {}


def test_a_link_said_by_many_identifiers_counts() -> None:
    """As many as an eight-bit count of links would take for none."""
    assert clusters(["a", "b"], [("a", "b")] * 256) == {"a": "a", "b": "a"}


@pytest.mark.parametrize("link", [("a", "unknown"), ("unknown", "a"), ("a", None)])
def test_a_link_to_an_unknown_record_is_refused(link: tuple) -> None:
    with pytest.raises(ValueError, match="not in `records`"):
        clusters(["a", "b"], [link])
