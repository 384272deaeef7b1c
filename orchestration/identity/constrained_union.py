"""Joins the records of contested components again, as far as the rules allow."""

from collections import defaultdict
from itertools import groupby

import pyarrow as pa

_FORCED_BELOW = 1
_UNIONS = pa.schema(
    {
        "link_key": pa.string(),
        "record_key_a": pa.int64(),
        "record_key_b": pa.int64(),
        "guard": pa.string(),
    }
)


def constrained_unions(
    members: pa.Table, evidence: pa.Table, limits: pa.Table, apart: pa.Table
) -> pa.Table:
    """Every union that evidence asks for, with the guard that refused it or null.

    Kruskal's algorithm over pieces of evidence: the strongest (least `priority`) first,
    then those of few records. Within a piece each record joins the first part of it
    whose cluster may take it, so what conflicts with the first may join the second. A
    union is refused that would give a cluster more than `max_count` values of a kind,
    or that would bring two records together that are `apart` for evidence from
    `from_priority` on. Priorities below 1 are decisions, which no limit refuses.

    members: (record_key, record_id); evidence: (link_key, record_key, priority);
    limits: (record_key, guard, identifier_kind, identifier_value, max_count); apart:
    (record_key_a, record_key_b, guard, from_priority). Returns (link_key, record_key_a,
    record_key_b, guard), one row a union tried. The order of rows does not matter, nor
    which keys records have: names (record_id) settle what evidence leaves open.
    """
    clusters = _Clusters(members, limits, apart)
    rows = []
    for link_key, priority, records in _in_order(evidence, clusters.names):
        parts: list[int] = []
        for record in records:
            refusals = []
            for part in parts:
                guard = clusters.refusal(part, record, priority)
                if guard is None:
                    if clusters.join(part, record):
                        rows.append((link_key, part, record, None))
                    break
                refusals.append((link_key, part, record, guard))
            else:
                rows += refusals[:1]
                parts.append(record)
    return pa.Table.from_pylist(
        [dict(zip(_UNIONS.names, row, strict=True)) for row in rows], _UNIONS
    )


def _in_order(evidence: pa.Table, names: dict[int, str]):
    columns = (evidence[name].to_pylist() for name in evidence.column_names)
    pieces = defaultdict(list)
    for link_key, record, priority in zip(*columns, strict=True):
        pieces[priority, link_key].append(record)
    for (priority, link_key), records in sorted(
        pieces.items(), key=lambda piece: (piece[0][0], len(piece[1]), piece[0][1])
    ):
        ordered = sorted(records, key=names.__getitem__)
        yield link_key, priority, [record for record, _ in groupby(ordered)]


class _Clusters:
    """Disjoint sets that know the values they hold and whom they must not meet."""

    def __init__(self, members: pa.Table, limits: pa.Table, apart: pa.Table):
        keys = members["record_key"].to_pylist()
        self.names = dict(zip(keys, members["record_id"].to_pylist(), strict=True))
        self._parent = {key: key for key in keys}
        self._values = defaultdict(lambda: defaultdict(set))
        self._limit = {}
        for row in limits.to_pylist():
            kind = (row["guard"], row["identifier_kind"])
            self._values[row["record_key"]][kind].add(row["identifier_value"])
            self._limit[kind] = row["max_count"]
        self._apart = defaultdict(list)
        for row in apart.to_pylist():
            one, other = row["record_key_a"], row["record_key_b"]
            if one in self._parent and other in self._parent:
                rule = (row["from_priority"], row["guard"])
                self._apart[one].append((other, *rule))
                self._apart[other].append((one, *rule))

    def _root(self, record: int) -> int:
        parent = self._parent
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    def _pair(self, one: int, other: int) -> tuple[int, int]:
        """The roots of both, the one that knows more first."""
        roots = self._root(one), self._root(other)
        small, large = sorted(
            roots,
            key=lambda root: (
                len(self._apart.get(root, ()))
                + sum(map(len, self._values[root].values())),
                self.names[root],
            ),
        )
        return large, small

    def refusal(self, one: int, other: int, priority: float) -> str | None:
        """The guard that keeps the clusters of two records apart, if one does.

        Of several it is the first by name, whatever the order of rows.
        """
        large, small = self._pair(one, other)
        if large == small:
            return None
        guards = [
            guard
            for enemy, from_priority, guard in self._apart.get(small, ())
            if priority >= from_priority and self._root(enemy) == large
        ]
        if guards or priority < _FORCED_BELOW:
            return min(guards, default=None)
        for kind, values in self._values[small].items():
            held = self._values[large].get(kind, set())
            count = len(held | values)
            if count > max(self._limit[kind], len(held), len(values)):
                guards.append(kind[0])
        return min(guards, default=None)

    def join(self, one: int, other: int) -> bool:
        """Make one cluster of two; false where they are one already."""
        large, small = self._pair(one, other)
        if large == small:
            return False
        self._parent[small] = large
        for kind, values in self._values.pop(small).items():
            self._values[large][kind] |= values
        self._apart[large] += self._apart.pop(small, [])
        return True
