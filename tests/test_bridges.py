"""The weakest evidence agrees with networkx, whatever the order of links."""

import random
from decimal import Decimal
from itertools import pairwise

import networkx
import pyarrow as pa
import pytest

from orchestration.identity.bridges import weakest_links


def weakest(revenue: dict[str, int], links: list[tuple]) -> list[tuple]:
    """(a, b, rule, hash, revenue) by what would be lost."""
    columns = list(zip(*links, strict=True)) or [[], [], [], []]
    names = ("record_id_a", "record_id_b", "rule", "identifier_hash")
    found = weakest_links(
        pa.table(
            {
                "record_id": pa.array(list(revenue), pa.string()),
                "revenue_amount": pa.array(
                    [Decimal(amount) for amount in revenue.values()],
                    pa.decimal128(18, 2),
                ),
            }
        ),
        pa.table(
            {
                name: pa.array(column, pa.string())
                for name, column in zip(names, columns, strict=True)
            }
        ),
    )
    return sorted(tuple(row.values()) for row in found.to_pylist())


def oracle(revenue: dict[str, int], links: list[tuple]) -> dict[tuple, int]:
    """By evidence: what leaves the largest part, taking each away in turn."""
    graph = networkx.Graph()
    graph.add_nodes_from(revenue)
    for a, b, rule, value in links:
        evidence = (a, rule, value) if value else (a, rule, value, b)
        graph.add_edges_from([(a, evidence), (b, evidence)])
    found = {}
    for evidence in set(graph) - set(revenue):
        whole = networkx.node_connected_component(graph, evidence) - {evidence}
        parts = networkx.connected_components(graph.subgraph(whole))
        sums = [sum(revenue.get(node, 0) for node in part) for part in parts]
        if sum(sums) > max(sums):
            found[evidence] = sum(sums) - max(sums)
    return found


def random_links(seed: int) -> tuple[dict[str, int], list[tuple]]:
    """Stars of identifiers and pairs, repeated and from a record to itself."""
    chance = random.Random(seed)
    records = [f"r{n}" for n in range(chance.randint(1, 14))]
    links = []
    for value in range(chance.randint(0, 10)):
        rule = chance.choice(("same_email", "fuzzy"))
        members = sorted(chance.choices(records, k=chance.randint(1, 4)))
        hashed = str(value) if rule == "same_email" else None
        links += [(members[0], member, rule, hashed) for member in members]
    revenue = {record: chance.choice((0, 0, 5, 10, 30)) for record in records}
    return revenue, chance.sample(links, len(links))


@pytest.mark.parametrize("hundred", range(3))
def test_random_graphs_agree_with_networkx(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        revenue, links = random_links(seed)
        found = weakest(revenue, links)
        assert all(row[:4] in links for row in found), f"seed {seed}"
        by_evidence = {
            (a, rule, value) if value else (a, rule, value, b): amount
            for a, b, rule, value, amount in found
        }
        assert len(by_evidence) == len(found), f"seed {seed}"
        assert by_evidence == oracle(revenue, links), f"seed {seed}"


def test_the_order_of_records_and_links_does_not_matter() -> None:
    for seed in range(100):
        revenue, links = random_links(seed)
        chance = random.Random(seed)
        shuffled = dict(chance.sample(list(revenue.items()), len(revenue)))
        again = weakest(shuffled, chance.sample(links, len(links)))
        assert again == weakest(revenue, links), f"seed {seed}"


def test_what_two_identifiers_say_is_not_weak() -> None:
    revenue = {"a": 10, "b": 20, "c": 5}
    links = [
        ("a", "b", "same_email", "x"),
        ("a", "b", "same_phone_and_name", "y"),
        ("b", "c", "fuzzy", None),
    ]
    assert weakest(revenue, links) == [("b", "c", "fuzzy", None, Decimal(5))]


def test_the_rarer_side_counts_where_an_identifier_holds_many() -> None:
    revenue = {"a": 10, "b": 20, "c": 5, "d": 0}
    links = [("a", other, "same_email", "x") for other in "bcd"]
    assert weakest(revenue, links) == [("a", "b", "same_email", "x", Decimal(15))]


def test_a_long_chain_is_followed() -> None:
    records = [f"r{n:05}" for n in range(20_001)]
    revenue = dict.fromkeys(records, 1)
    links = [(a, b, "fuzzy", None) for a, b in pairwise(records)]
    found = weakest(revenue, links)
    assert len(found) == 20_000
    assert max(row[4] for row in found) == 10_000


def test_without_revenue_or_links_nothing_is_weak() -> None:
    assert weakest({"a": 0, "b": 5}, [("a", "b", "fuzzy", None)]) == []
    assert weakest({"a": 1, "b": 5}, []) == []


def test_a_link_to_an_unknown_record_is_refused() -> None:
    with pytest.raises(KeyError, match="unknown"):
        weakest({"a": 1}, [("a", "unknown", "fuzzy", None)])
