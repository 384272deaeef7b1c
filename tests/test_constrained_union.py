"""Evidence joins records in order, no rule is broken, refusals have their reasons."""

import random
from dataclasses import dataclass, field
from itertools import combinations

import networkx
import pyarrow as pa

from orchestration.identity.constrained_union import constrained_unions

LIMITS = {"account": 1, "email": 3, "any": 12}


@dataclass
class World:
    """What evidence would join, and what must be kept apart.

    `pieces` are (link key, records, priority), `values` (record, kind, value), `apart`
    (record, record, from priority). Records are numbers, and their names too.
    """

    pieces: list[tuple[str, list[int], float]] = field(default_factory=list)
    values: list[tuple[int, str, str]] = field(default_factory=list)
    apart: list[tuple[int, int, float]] = field(default_factory=list)

    def solved(self, seed: int | None = None) -> tuple[dict[int, int], list[tuple]]:
        """The cluster of each record by its smallest, and the refusals."""
        records = sorted({key for _, keys, _ in self.pieces for key in keys})
        keys = dict(zip(records, records, strict=True))
        evidence = [(k, r, p) for k, members, p in self.pieces for r in members]
        limits = [(r, f"too many: {k}", k, v, LIMITS[k]) for r, k, v in self.values]
        apart = [(a, b, "told apart", p) for a, b, p in self.apart]
        if seed is not None:
            chance = random.Random(seed)
            keys = dict(zip(records, chance.sample(records, len(records)), strict=True))
            for rows in (evidence, limits, apart):
                chance.shuffle(rows)
        name_of = {key: name for name, key in keys.items()}
        found = constrained_unions(
            table([(keys[r], f"r{r:09}") for r in records], "record_key", "record_id"),
            table(
                [(k, keys[r], float(p)) for k, r, p in evidence],
                *("link_key", "record_key", "priority"),
            ),
            table(
                [(keys.get(r, -r), *rest) for r, *rest in limits if r in keys],
                *("record_key", "guard", "identifier_kind", "identifier_value"),
                "max_count",
            ),
            table(
                [(keys.get(a, -1), keys.get(b, -1), *rest) for a, b, *rest in apart],
                *("record_key_a", "record_key_b", "guard", "from_priority"),
            ),
        ).to_pylist()
        graph = networkx.Graph()
        graph.add_nodes_from(records)
        refused = []
        for row in found:
            a, b = name_of[row["record_key_a"]], name_of[row["record_key_b"]]
            if row["guard"] is None:
                graph.add_edge(a, b)
            else:
                refused.append((row["link_key"], a, b, row["guard"]))
        clusters = {
            record: min(component)
            for component in networkx.connected_components(graph)
            for record in component
        }
        return clusters, refused


def table(rows: list[tuple], *names: str) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(list(column)) for column in columns], list(names))


def pieces(*members: tuple[int, ...], priority: float = 30) -> list[tuple]:
    return [(f"k{n}", list(keys), priority) for n, keys in enumerate(members)]


def random_world(seed: int) -> World:
    chance = random.Random(seed)
    records = [chance.randrange(10**9) for _ in range(chance.randint(1, 40))]
    world = World()
    for number in range(chance.randint(0, 60)):
        members = chance.sample(records, min(len(records), chance.randint(1, 5)))
        world.pieces.append((f"k{number:02}", members, chance.choice([30, 40, 70.5])))
    for kind, values in (("account", 4), ("email", 9), ("any", 10**6)):
        for key in records:
            if kind == "any" or chance.random() < 0.4:
                value = key if kind == "any" else chance.randrange(values)
                world.values.append((key, kind, f"v{value}"))
    for _ in range(chance.randint(0, 8)):
        left, right = chance.choice(records), chance.choice(records)
        if left != right:
            world.apart.append((left, right, chance.choice([0, 70])))
    return world


def broken(world: World, records: set[int]) -> set[str]:
    """The guards that these records in one cluster break."""
    held: dict[str, set[str]] = {}
    for key, kind, value in world.values:
        if key in records:
            held.setdefault(kind, set()).add(value)
    found = {f"too many: {k}" for k, v in held.items() if len(v) > LIMITS[k]}
    # What is apart for likeness only may be joined by an e-mail.
    always = {frozenset((a, b)) for a, b, priority in world.apart if not priority}
    if any(frozenset(pair) in always for pair in combinations(records, 2)):
        found.add("told apart")
    return found


SEEDS = range(100)


def members_of(clusters: dict[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, cluster in clusters.items():
        found.setdefault(cluster, set()).add(key)
    return found


def test_no_cluster_breaks_a_rule_and_every_refusal_would_have() -> None:
    refusals = 0
    for seed in SEEDS:
        world = random_world(seed)
        clusters, refused = world.solved()
        members = members_of(clusters)
        for records in members.values():
            assert not broken(world, records), f"seed {seed}"
        for _, a, b, guard in refused:
            if guard != "told apart":
                both = members[clusters[a]] | members[clusters[b]]
                assert guard in broken(world, both), f"seed {seed}"
                assert clusters[a] != clusters[b]
        refusals += len(refused)
    assert refusals > 250


def facts(refused: list[tuple]) -> set[tuple]:
    """What is refused, whichever of the two is named first."""
    return {(piece, frozenset(pair), guard) for piece, *pair, guard in refused}


def test_neither_the_order_of_rows_nor_the_keys_matter() -> None:
    for seed in SEEDS:
        world = random_world(seed)
        clusters, refused = world.solved()
        found, found_refused = world.solved(seed)
        assert found == clusters, f"seed {seed}"
        assert facts(found_refused) == facts(refused), f"seed {seed}"


def test_without_rules_these_are_connected_components() -> None:
    for seed in SEEDS:
        world = World(random_world(seed).pieces)
        graph = networkx.Graph()
        for _, keys, _ in world.pieces:
            networkx.add_path(graph, keys)
        expected = {
            key: min(component)
            for component in networkx.connected_components(graph)
            for key in component
        }
        assert world.solved() == (expected, [])


def test_records_that_conflict_with_the_first_are_joined_to_each_other() -> None:
    values = [(1, "account", "a"), (2, "account", "b"), (3, "account", "b")]
    clusters, refused = World(pieces((1, 2, 3, 4)), values).solved()
    assert clusters == {1: 1, 2: 2, 3: 2, 4: 1}
    assert (
        refused
        == [
            ("k0", 1, 2, "too many: account"),
            ("k0", 1, 3, "too many: account"),
        ][:1]
    )


def test_the_surer_piece_wins_then_the_smaller_then_the_first() -> None:
    values = [(1, "account", "a"), (3, "account", "b")]
    pairs = pieces((1, 2), (2, 3))
    assert World(pairs, values).solved()[0] == {1: 1, 2: 1, 3: 3}
    surer = [(key, keys, 40 - n) for n, (key, keys, _) in enumerate(pairs)]
    assert World(surer, values).solved()[0] == {1: 1, 2: 2, 3: 2}
    smaller = pieces((1, 2, 5), (2, 3))
    assert World(smaller, values).solved()[0] == {1: 1, 2: 2, 3: 2, 5: 1}


def test_what_was_told_apart_stays_apart_over_a_chain() -> None:
    pairs = pieces((1, 2), (2, 3), (3, 4))
    clusters, refused = World(pairs, apart=[(1, 4, 0)]).solved()
    assert clusters == {1: 1, 2: 1, 3: 1, 4: 4}
    assert refused == [("k2", 3, 4, "told apart")]


def test_a_veto_stops_chains_of_likeness_and_nothing_surer() -> None:
    likeness = pieces((1, 2), (2, 3), priority=70.1)
    veto = [(1, 3, 70)]
    assert World(likeness, apart=veto).solved()[0] == {1: 1, 2: 1, 3: 3}
    emails = pieces((1, 2), (2, 3))
    assert World(emails, apart=veto).solved()[0] == {1: 1, 2: 1, 3: 1}


def test_a_decision_joins_beyond_the_limits_but_not_what_was_told_apart() -> None:
    values = [(1, "account", "a"), (2, "account", "b"), (3, "account", "b")]
    decided = pieces((1, 2), priority=0)
    assert World(decided, values).solved()[0] == {1: 1, 2: 1}
    assert World(decided, values, [(1, 2, 0)]).solved()[0] == {1: 1, 2: 2}
    more = [*decided, ("m", [2, 3], 30)]
    assert World(more, values).solved()[0] == {1: 1, 2: 1, 3: 1}


def test_nothing_gives_nothing() -> None:
    assert World().solved() == ({}, [])
