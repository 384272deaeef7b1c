"""Other weights for the comparisons, learned from the records at hand and proposed."""

import csv
import logging
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison

from ingestion.settings import REPOSITORY, Settings
from ingestion.sql import file_literal
from orchestration.identity.comparisons import (
    BLOCKING_RULES,
    COMPARISONS,
    Comparison,
)

CURRENT = REPOSITORY / "dbt_project" / "seeds" / "match_weights.csv"
# Each holds one piece of evidence fixed and learns the others from the pairs found;
# what compares a column that it holds fixed learns nothing from it.
_LEARN_FROM = (
    ("email",), ("given_key", "surname"), ("birth_date", "postal_code"), ("phone",),
)  # fmt: skip
_FEATURES = "identity.int_identity__features"
_DETAILS = "identity.int_identity__details"
_FEWEST_PAIRS = 100
# Learning stops when no number changes by more. Splink refuses numbers that have come
# too near to 0, as those of levels do that only strangers reach: then it stops earlier.
_CONVERGENCES = (0.01, 0.1, 1.0)
# What was never seen among some thousand pairs is rare, not impossible.
_LEAST = {"m_probability": 0.001, "u_probability": 0.000001}


@dataclass(frozen=True)
class Weight:
    """One line of the seed: a level, and its probability among one human's pairs (m)
    and among others (u)."""

    comparison: str
    level_number: int
    level: str
    m_probability: float
    u_probability: float
    term: str

    @property
    def bits(self) -> float:
        """log2(m / u): what the level says, before the share of the value."""
        return math.log2(self.m_probability / self.u_probability)


def read_weights(path: Path = CURRENT) -> list[Weight]:
    """The lines of a file of weights, in its order."""
    with path.open(newline="") as file:
        return [
            Weight(
                row["comparison"],
                int(row["level_number"]),
                row["level"],
                float(row["m_probability"]),
                float(row["u_probability"]),
                row["term"],
            )
            for row in csv.DictReader(file)
        ]


def write_weights(weights: list[Weight], path: Path) -> None:
    """Write a file of weights, as `read_weights` reads it: whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(Weight.__dataclass_fields__)
        lines.writerows(
            [getattr(weight, name) for name in Weight.__dataclass_fields__]
            for weight in weights
        )
    os.replace(partial, path)


def weighing_settings(
    weights: list[Weight],
    record_count: int,
    rules: Iterable[tuple[str, ...]],
    convergence: float = 0.0001,
) -> SettingsCreator:
    """Splink's settings that weigh levels, with which the SQL of the night agrees."""
    levels: dict[str, dict[int, Weight]] = defaultdict(dict)
    for weight in weights:
        levels[weight.comparison][weight.level_number] = weight
    return SettingsCreator(
        link_type="dedupe_only",
        em_convergence=convergence,
        unique_id_column_name="record_key",
        linker_uid="weighing",
        probability_two_random_records_match=1 / max(record_count - 1, 2),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        comparisons=[_weighted(item, levels[item.name]) for item in COMPARISONS],
    )


def _weighted(comparison: Comparison, levels: dict[int, Weight]) -> CustomComparison:
    made = [CustomLevel(comparison.missing).configure(is_null_level=True)]
    for number in range(len(comparison.levels), -1, -1):
        weight = levels[number]
        level = (
            CustomLevel(comparison.levels[-number][1], weight.level)
            if number
            else ElseLevel()
        )
        made.append(
            level.configure(
                m_probability=weight.m_probability,
                u_probability=weight.u_probability,
                tf_adjustment_column=weight.term or None,
                disable_tf_exact_match_detection=True,
            )
        )
    return CustomComparison(made, output_column_name=comparison.name)


def trained_weights(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    current: list[Weight],
    seed: int = 1,
) -> list[Weight]:
    """Weights learned by expectation maximisation from the records alone.

    `features`: a query or table as SQL knows it. What the records cannot teach keeps
    its current numbers. The same records and seed give the same numbers, to 9 digits.
    """
    with duckdb.connect() as scratch:
        scratch.register("given", connection.sql(f"from {features}").to_arrow_table())
        scratch.execute("create table features as from given")
        scratch.unregister("given")
        [(count,)] = scratch.execute("select count(*) from features").fetchall()
        teachers = [
            rule for rule in _LEARN_FROM if _pairs(scratch, rule) >= _FEWEST_PAIRS
        ]
        if not teachers:
            raise ValueError(
                f"{count:,} records have too few pairs to learn from: at least"
                f" {_FEWEST_PAIRS} must share an e-mail, a name, a phone, or a birth"
                " date and postal code; load more data, then train"
            )
        api = DuckDBAPI(scratch)
        people = api.register(scratch.table("features"), dataset_display_name="people")
        logging.getLogger("splink").setLevel(logging.ERROR)
        for convergence in _CONVERGENCES:
            settings = weighing_settings(current, count, BLOCKING_RULES, convergence)
            linker = Linker(people, settings, log_level=None)
            try:
                _teach(linker, teachers, seed)
            except ValueError:
                if convergence == _CONVERGENCES[-1]:
                    raise
            else:
                break
        model = linker.misc.save_model_to_json()
    return _merged(current, model["comparisons"])


def _teach(linker: Linker, teachers: list[tuple[str, ...]], seed: int) -> None:
    training = linker.training
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    for rule in teachers:
        training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )


def _pairs(connection: duckdb.DuckDBPyConnection, rule: tuple[str, ...]) -> int:
    [(pairs,)] = connection.execute(
        "select coalesce(sum(size * (size - 1) // 2), 0) from (select count(*) as size"
        f" from features where {' is not null and '.join(rule)} is not null"
        f" group by {', '.join(rule)})"
    ).fetchall()
    return pairs


def _merged(current: list[Weight], comparisons: list[dict]) -> list[Weight]:
    """The numbers learned in place of the current ones; each comparison sums to 1."""
    learned: dict[tuple[str, int], dict] = {}
    for comparison in comparisons:
        levels = comparison["comparison_levels"][1:]
        for number, level in zip(range(len(levels) - 1, -1, -1), levels, strict=True):
            learned[comparison["output_column_name"], number] = level

    def number(weight: Weight, name: str) -> float:
        value = learned[weight.comparison, weight.level_number].get(name)
        is_learned = isinstance(value, float) and value > 0
        return max(value if is_learned else getattr(weight, name), _LEAST[name])

    sums: Counter = Counter()
    for weight in current:
        for name in _LEAST:
            sums[weight.comparison, name] += number(weight, name)
    return [
        replace(
            weight,
            **{
                name: round(number(weight, name) / sums[weight.comparison, name], 9)
                for name in _LEAST
            },
        )
        for weight in current
    ]


@dataclass(frozen=True)
class Accuracy:
    """Of the pairs linked, directly or through others, those that are right, and of
    the right ones those linked; over labelled records only."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / ((self.precision + self.recall) or 1)

    def __str__(self) -> str:
        """In words, to four digits."""
        return (
            f"precision {self.precision:.4f}, recall {self.recall:.4f},"
            f" F1 {self.f1:.4f}"
        )


def accuracy(
    links: Iterable[tuple], owners: Iterable[tuple[str, str | None]]
) -> Accuracy:
    """How well links tell who is who.

    `owners`: (record, person), for each person it may be; nobody's record has None, and
    whatever is linked to it is wrong. Links may lead through records without an owner.
    """
    parent: dict = {}

    def root(record):
        while (above := parent.setdefault(record, record)) != record:
            parent[record] = parent[above]
            record = above
        return record

    for a, b in links:
        parent[root(a)] = root(b)
    linked, true = defaultdict(set), defaultdict(set)
    for record, person in owners:
        linked[root(record)].add(record)
        if person is not None:
            true[person].add(record)
    linked_pairs, true_pairs = (
        {pair for members in of.values() for pair in combinations(sorted(members), 2)}
        for of in (linked, true)
    )
    right = len(linked_pairs & true_pairs)
    return Accuracy(
        right / len(linked_pairs) if linked_pairs else 1.0,
        right / len(true_pairs) if true_pairs else 1.0,
    )


def linked_pairs(
    connection: duckdb.DuckDBPyConnection, statements: dict[str, str], weights: Path
) -> list[tuple[str, str]]:
    """The record ids that a file of weights would link, by the statements of the night.

    `statements`: compiled SQL of the models `int_identity__term_shares` and
    `int_identity__fuzzy_pairs`.
    """
    connection.execute(
        "create or replace temp table tried_weights as select * from"
        f" read_csv({file_literal(weights)}, header = true, types = {{'term':"
        " 'varchar', 'level_number': 'int', 'm_probability': 'double',"
        " 'u_probability': 'double'})"
    )
    for model, table in (
        ("int_identity__term_shares", "tried_shares"),
        ("int_identity__fuzzy_pairs", "tried_pairs"),
    ):
        sql = statements[model]
        for name, tried in (
            ("match_weights", "tried_weights"),
            ("int_identity__term_shares", "tried_shares"),
        ):
            sql = re.sub(rf'"\w+"\."\w+"\."{name}"', tried, sql)
        sql = re.sub(r'"\w+"\."identity"', "identity", sql)
        connection.execute(f"create or replace temp table {table} as {sql}")
    return connection.execute(
        "select a.record_id, b.record_id from tried_pairs"
        f" inner join {_DETAILS} as a"
        " on record_key_a = a.record_key"
        f" inner join {_DETAILS} as b"
        " on record_key_b = b.record_key"
        " where band = 'link' and veto is null"
    ).fetchall()


def propose(settings: Settings, statements: Callable[[], dict[str, str]]) -> str:
    """Train on the warehouse, write the proposal, and show what it would change.

    `statements` gives the compiled SQL of the models. The fuzzy links of both files of
    weights are judged with the other links of the last night, by the labels it read,
    among the records that are compared at all; guards do not judge them anew. Raises
    ValueError when there is nothing to train on.
    """
    if not settings.warehouse.exists():
        raise ValueError("there is no warehouse to learn from; run: unavista run")
    current, proposal = read_weights(), settings.proposed_weights
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        _check_tables(connection)
        proposed = trained_weights(connection, _FEATURES, current)
        write_weights(proposed, proposal)
        lines = _side_by_side(current, proposed)
        owners = _owners(connection)
        exact = connection.execute(
            "select record_id_a, record_id_b from identity.links where rule <> 'fuzzy'"
        ).fetchall()
        for name, path in (("current", CURRENT), ("proposed", proposal)):
            pairs = linked_pairs(connection, statements(), path)
            lines.append(f"{name}: {len(pairs):,} fuzzy links")
            lines += [
                f"  with all links, by {label_set}: {accuracy(exact + pairs, owned)}"
                for label_set, owned in owners.items()
            ]
    if not owners:
        lines.append(
            "no labels to judge by; put files of record_id,person_id into"
            f" {settings.labels}, then: unavista run"
        )
    lines.append(
        f"written to {proposal}; to use it, review it and copy it to"
        f" {CURRENT.relative_to(REPOSITORY)}"
    )
    return "\n".join(lines)


def _check_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in (_FEATURES, _DETAILS, "identity.links", "labels.records"):
        try:
            connection.sql(f"from {table} limit 0")
        except duckdb.CatalogException:
            raise ValueError(
                f"the warehouse has no {table} to learn from; expected that of a night"
                " that succeeded; run: unavista run"
            ) from None


def _owners(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """By label set: (record, person) of the labelled records that are compared."""
    found = defaultdict(list)
    for label_set, *owner in connection.execute(
        f"select label_set, record_id, person_id from labels.records"
        f" inner join {_DETAILS} using (record_id)"
        f" semi join {_FEATURES} using (record_key) order by all"
    ).fetchall():
        found[label_set].append(tuple(owner))
    return found


def _side_by_side(current: list[Weight], proposed: list[Weight]) -> list[str]:
    lines = [f"{'comparison':<14}{'level':<36}{'now':>7}{'then':>7}"]
    for old, new in zip(current, proposed, strict=True):
        then = f"{new.bits:7.1f}" if new.bits != old.bits else f"{'':7}"
        lines.append(f"{old.comparison:<14}{old.level:<36}{old.bits:7.1f}{then}")
    return lines
