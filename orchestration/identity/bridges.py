"""The evidence without which a customer would fall apart."""

from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa


def weakest_links(records: pa.Table, links: pa.Table) -> pa.Table:
    """Every piece of evidence whose removal parts revenue from revenue.

    `records`: (record_id, revenue_amount), distinct; `links`: (record_id_a,
    record_id_b, rule, identifier_hash), where rows with one first record, rule and hash
    are one piece of evidence, and a row without a hash is one alone. Returns the
    columns of `links` and revenue_amount, what leaves the largest part: one row a
    piece, with one of its links that is cut. Linear in records and links (Tarjan 1972:
    articulation points of the graph of records and evidence), for chains of any length.
    Raises KeyError when a link names an unknown record.
    """
    names = records["record_id"].to_pylist()
    numbers = {name: number for number, name in enumerate(names)}
    revenue = records["revenue_amount"].to_pylist()
    evidence: dict[tuple, int] = {}
    neighbours: list[set[int]] = [set() for _ in names]
    rows = zip(*(links[column].to_pylist() for column in _LINK), strict=True)
    for a, b, rule, value in rows:
        key = (a, rule, value) if value else (a, rule, value, b)
        node = evidence.setdefault(key, len(neighbours))
        if node == len(neighbours):
            neighbours.append(set())
            revenue.append(Decimal())
        for record in (numbers[a], numbers[b]):
            neighbours[node].add(record)
            neighbours[record].add(node)
    keys = list(evidence)
    found = []
    for node, parts in _cuts(neighbours, revenue, len(names)):
        a, rule, value, *_ = keys[node - len(names)]
        amounts = [amount for amount, _ in parts]
        lost = sum(amounts, Decimal()) - max(amounts)
        if lost > 0:
            others = [part for part in parts if numbers[a] not in part[1]]
            cut = min((-amount, min(names[r] for r in part)) for amount, part in others)
            found.append((a, cut[1], rule, value, lost))
    columns = zip(*found, strict=True) if found else [[]] * len(_SCHEMA)
    return pa.table(
        [pa.array(c, t.type) for c, t in zip(columns, _SCHEMA, strict=True)], _SCHEMA
    )


def _cuts(
    neighbours: list[set[int]], revenue: list[Decimal], record_count: int
) -> Iterator[tuple[int, list[tuple[Decimal, list[int]]]]]:
    """Each piece of evidence that holds parts together, with its records in each part.

    A part is (revenue of all behind it, its records that show the evidence).
    """
    entered = [0] * len(neighbours)
    lowest = [0] * len(neighbours)
    last = [0] * len(neighbours)
    below = list(revenue)
    clock = 0
    for root in range(record_count):
        if entered[root]:
            continue
        clock += 1
        entered[root] = lowest[root] = clock
        path = [(root, -1, iter(neighbours[root]))]
        parted: dict[int, list[int]] = {}
        while path:
            node, before, following = path[-1]
            for neighbour in following:
                if not entered[neighbour]:
                    clock += 1
                    entered[neighbour] = lowest[neighbour] = clock
                    path.append((neighbour, node, iter(neighbours[neighbour])))
                    break
                if neighbour != before:
                    lowest[node] = min(lowest[node], entered[neighbour])
            else:
                path.pop()
                last[node] = clock
                if before >= 0:
                    below[before] += below[node]
                    lowest[before] = min(lowest[before], lowest[node])
                    if before >= record_count and lowest[node] >= entered[before]:
                        parted.setdefault(before, []).append(node)
        for node, children in parted.items():
            # Parts are spans of the walk's order; what lies in none is above the node.
            starts = [entered[child] for child in children]
            parts = [(below[child], []) for child in children]
            above = below[root] - sum((part[0] for part in parts), Decimal())
            parts.append((above, []))
            for record in sorted(neighbours[node]):
                at = bisect_right(starts, entered[record]) - 1
                inside = at >= 0 and entered[record] <= last[children[at]]
                parts[at if inside else -1][1].append(record)
            yield node, parts


_LINK = ("record_id_a", "record_id_b", "rule", "identifier_hash")
_SCHEMA = pa.schema(
    [*((name, pa.string()) for name in _LINK), ("revenue_amount", pa.decimal128(18, 2))]
)
