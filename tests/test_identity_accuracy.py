"""How right the links are, in a warehouse so small that each number is known."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from scipy.stats import binomtest

from ingestion.settings import Settings
from orchestration import labels, models, registry
from tests.compiled_models import World, manifest

# Who is who: p1 and p2 share two browsers, of which `a` was cut as the account changed.
PERSONS = {
    "hubspot.contact:1": "p1", "hubspot.contact:2": "p1", "shop.customer:1": "p1",
    "web.visitor:a~1": "p1", "web.visitor:a": "p2", "web.visitor:b": "p1 p2",
    "shop.customer:2": "p2", "hubspot.contact:3": "p2", "shop.customer:3": "p3",
    "web.visitor:bot": "", "hubspot.contact:404": "p1",
}  # fmt: skip
# What the links said: the contact 2 is missed, the shop's customer 3 is taken for p2.
CUSTOMERS = {
    "hubspot.contact:1": "c1", "shop.customer:1": "c1", "web.visitor:a~1": "c1",
    "hubspot.contact:9": "c1", "hubspot.contact:2": "c5", "shop.customer:2": "c2",
    "web.visitor:a~2": "c2", "shop.customer:3": "c2", "web.visitor:b": "c3",
    "web.visitor:bot": "c4", "hubspot.contact:3": "c6",
}  # fmt: skip
CARRIED = "record_id, identifier_kind, identifier_hash, status"
IDENTIFIERS = (
    ("hubspot.contact:1", "email", "ann", "used"),
    ("shop.customer:1", "email", "ann", "used"),
    ("hubspot.contact:2", "email", "info", "role_mailbox"),
    ("hubspot.contact:1", "phone", "123", "used"),
    ("hubspot.contact:2", "phone", "456", "used"),
    ("hubspot.contact:9", "phone", "456", "used"),
    # Nobody else's: no link can reach this one.
    ("hubspot.contact:3", "email", "bob", "used"),
    ("web.visitor:b", "email", "info", "role_mailbox"),
    ("web.visitor:b", "anonymous_id", "b", "used"),
    ("shop.customer:1", "shop_customer_id", "1", "used"),
    ("shop.customer:2", "shop_customer_id", "2", "used"),
    ("shop.customer:3", "shop_customer_id", "3", "used"),
    ("web.visitor:a~1", "shop_customer_id", "1", "used"),
    ("web.visitor:a~2", "shop_customer_id", "2", "used"),
    ("web.visitor:a~1", "anonymous_id", "b", "used"),
)
# Pairs by slice: true, reachable, linked, right, reachable and right.
PAIRS = {
    ("all", "all"): (15, 7, 6, 4, 4),
    ("identifier_kind", "email"): (1, 1, 1, 1, 1),
    ("identifier_kind", "phone"): (1, 1, 0, 0, 0),
    ("identifier_kind", "shop_customer_id"): (2, 2, 4, 2, 2),
    ("identifier_kind", "anonymous_id"): (1, 0, 0, 0, 0),
    ("record_types", "hubspot.contact + hubspot.contact"): (1, 1, 0, 0, 0),
    ("record_types", "hubspot.contact + shop.customer"): (3, 2, 1, 1, 1),
    ("record_types", "hubspot.contact + web.visitor"): (6, 2, 1, 1, 1),
    ("record_types", "shop.customer + shop.customer"): (0, 0, 1, 0, 0),
    ("record_types", "shop.customer + web.visitor"): (4, 2, 3, 2, 2),
    ("record_types", "web.visitor + web.visitor"): (1, 0, 0, 0, 0),
    ("hard_case", "shared_family_tablet"): (9, 6, 5, 4, 4),
}
HISTORY = (
    ("2026-06-29", "hand", "all", "all", 0.9),
    ("2026-06-30", "hand", "all", "all", 0.6),
    ("2026-07-01", "hand", "all", "all", 0.1),
    ("2026-06-30", "strangers", "all", "all", 0.4),
    ("2026-06-30", "hand", "identifier_kind", "email", 1.0),
)


@pytest.fixture(scope="module")
def world() -> World:
    """A warehouse after a night, up to the accuracy of its links."""
    made = World()
    owned = [
        (r, p) for r, persons in PERSONS.items() for p in persons.split() or [None]
    ]
    given = {
        "labels.records(label_set, record_id, person_id)": [
            *(("hand", record, person) for record, person in owned),
            ("strangers", "hubspot.contact:404", "p1"),
            ("strangers", "hubspot.contact:405", "p1"),
        ],
        "labels.hard_cases(label_set, case_name, record_id)": [
            ("hand", "shared_family_tablet", "web.visitor:a"),
            ("hand", "shared_family_tablet", "web.visitor:a~2"),
            ("hand", "shared_family_tablet", "shop.customer:1"),
            ("hand", "shared_family_tablet", "shop.order:1"),
        ],
        "registry.identity_accuracy(as_of date, label_set, slice_kind, slice_value,"
        " f1_rate double)": HISTORY,
        "identity.customer_ids(record_id, customer_id)": CUSTOMERS.items(),
        f"identity.identifiers({CARRIED})": IDENTIFIERS,
        "marts.customer_identifiers(customer_id, identifier_kind, identifier_hash)": [],
    }
    for table, rows in given.items():
        made.give(table, rows)
    made.build("identity_accuracy")
    return made


def test_pairs_are_counted_as_by_hand(world: World) -> None:
    found = {
        (kind, value): tuple(counts)
        for kind, value, *counts in world.rows(
            "select slice_kind, slice_value, true_pair_count, reachable_pair_count,"
            " linked_pair_count, right_pair_count,"
            " cast(reachable_recall_rate * reachable_pair_count as int)"
            " from quality.identity_accuracy where label_set = 'hand'"
        )
    }
    expected = {
        key: (*counts[:4], counts[4] if counts[1] else None)
        for key, counts in PAIRS.items()
    }
    assert found == expected


@pytest.mark.parametrize("key", PAIRS)
def test_rates_and_their_bounds_are_those_of_the_counts(
    world: World, key: tuple[str, str]
) -> None:
    true, reachable, linked, right, reachable_right = PAIRS[key]
    for name, hits, total in (
        ("precision", right, linked),
        ("recall", right, true),
        ("reachable_recall", reachable_right, reachable),
    ):
        [found] = world.rows(
            f"select {name}_rate, {name}_low_rate, {name}_high_rate"
            " from quality.identity_accuracy where label_set = 'hand'"
            f" and (slice_kind, slice_value) = {key}"
        )
        if total:
            bounds = binomtest(hits, total).proportion_ci(method="wilson")
            expected = (hits / total, bounds.low, bounds.high)
            assert found == pytest.approx(expected, abs=1e-6), name
            assert 0 <= found[1] <= found[0] <= found[2] <= 1, name
        else:
            assert found == (None, None, None), name


def test_f1_stands_beside_the_last_earlier_night_s(world: World) -> None:
    rows = world.rows(
        "select label_set, f1_rate, previous_f1_rate from quality.identity_accuracy"
        " where slice_kind = 'all' order by label_set"
    )
    assert rows == [("hand", pytest.approx(8 / 21), 0.6), ("strangers", None, 0.4)]


def test_a_fall_of_accuracy_names_its_label_set(world: World) -> None:
    """Also where nothing is left to be right about."""
    found = world.failures("accuracy_falls_no_further_than_allowed")
    assert sorted(row[0] for row in found) == ["hand", "strangers"]
    world.connection.execute(
        "update quality.identity_accuracy set previous_f1_rate = f1_rate + 0.009"
    )
    assert world.failures("accuracy_falls_no_further_than_allowed") == []


def test_precision_below_its_floor_names_its_label_set(world: World) -> None:
    """The project's own floor is 0, below which nothing is."""
    assert world.failures("precision_is_above_its_floor") == []
    [sentence] = [
        node["compiled_code"]
        for node in manifest()["nodes"].values()
        if node["name"] == "precision_is_above_its_floor"
    ]
    comparison, floor = "precision_rate < ", "0"
    assert sentence.rstrip().endswith(comparison + floor)
    sentence = sentence.rstrip().removesuffix(floor)
    assert world.rows(f"{sentence} 0.67") == [("hand", pytest.approx(4 / 6))]
    assert world.rows(f"{sentence} 0.66") == []


def test_a_customer_with_too_many_identifiers_is_found() -> None:
    world = World()
    world.give(
        "marts.customer_identifiers(customer_id, identifier_kind, identifier_hash)",
        [(who, "email", str(n)) for who in ("c50", "c51") for n in range(int(who[1:]))]
        # Browsers come and go: they do not count.
        + [("c50", "anonymous_id", "b")],
    )
    world.give("identity.records(source_name, record_type)", [])
    world.build("int_identity__identifier_rules")
    found = world.failures("no_customer_holds_too_many_identifiers")
    assert found == [("c51", 51)]


def test_a_project_that_does_not_compile_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = SimpleNamespace(
        manifest_path=tmp_path / "manifest.json", project_dir=models.PROJECT.project_dir
    )
    dbt = tmp_path / "dbt"
    dbt.write_text("#!/bin/sh\nprintf 'Compilation Error\\n  no node x\\n'; exit 2")
    dbt.chmod(0o700)
    monkeypatch.setattr(models, "PROJECT", project)
    monkeypatch.setattr(models, "DBT", dbt)
    said = "does not compile; mend it where dbt says: Compilation Error no node x$"
    with pytest.raises(ValueError, match=said):
        models.manifest_path()


def test_the_health_of_a_night_is_counted() -> None:
    world = World()
    sizes = {**{f"c{n}": 1 for n in range(98)}, "family": 2, "blob": 10}
    members = [(f"r.r:{c}-{n}", c) for c, size in sizes.items() for n in range(size)]
    for table, rows in {
        "identity.customer_ids(record_id, customer_id)": members,
        "identity.links(rule)": [("same_email",)] * 9 + [("crm_merge",)],
        "identity.refused_links(guard)": [("junk",)] * 3,
        "identity.review_queue(record_id_a)": [("x",)] * 2,
        "identity.customer_id_changes(changed_on date, customer_id, change)": [
            ("2026-07-01", "a", "born"),
            ("2026-07-01", "b", "merged"),
            ("2026-07-01", "c", "merged"),
            ("2026-06-30", "d", "split"),
        ],
        "marts.customer_identifiers(customer_id)": [("blob",)] * 4 + [("c1",)],
        "identity.identifiers(identifier_kind, identifier_value, status)": [
            ("email", "a@b.de", "blocked by decision"),
            ("email", "c@b.de", "used"),
        ],
        "staging.stg_decisions__identity(decision_id, decision, record_a, record_b,"
        " identifier_kind, value)": [
            ("d1", "must_link", "r.r:c1-0", "r.r:nowhere", None, None),
            ("d2", "cannot_link", "r.r:c1-0", "r.r:c2-0", None, None),
            ("d3", "block_value", None, None, "email", "A@b.de"),
            ("d4", "block_value", None, None, "email", "c@b.de"),
        ],
        "labels.records(label_set, record_id, person_id)": [
            ("mine", "r.r:c1-0", "p1"),
            ("mine", "r.r:c1-0", "p2"),
            ("mine", "r.r:nowhere", "p1"),
        ],
    }.items():
        world.give(table, rows)
    world.build("identity_health")
    found = {
        (measure, detail): value
        for measure, detail, value in world.rows("from quality.identity_health")
    }
    assert found == {
        ("customers", "all"): 100,
        ("customers_by_records", "1"): 98,
        ("customers_by_records", "2"): 1,
        ("customers_by_records", "10"): 1,
        ("decisions_without_effect", "d1"): 1,
        ("decisions_without_effect", "d4"): 1,
        ("records", "all"): 110,
        ("resolved_rate", "all"): pytest.approx(12 / 110),
        ("records_per_customer", "mean"): pytest.approx(1.1),
        ("records_per_customer", "p99"): 2,
        ("records_per_customer", "max"): 10,
        ("identifiers_per_customer", "max"): 4,
        ("links", "same_email"): 9,
        ("links", "crm_merge"): 1,
        ("refused_links", "junk"): 3,
        ("review_queue", "all"): 2,
        ("changes", "born"): 1,
        ("changes", "merged"): 2,
        ("labelled_records", "mine"): 2,
        ("labelled_records_missing", "mine"): 1,
    }


def test_a_split_says_what_it_took_along() -> None:
    world = World()
    for table, rows in {
        "identity.customer_id_changes(changed_on date, customer_id, change,"
        " previous_customer_id)": [
            ("2026-07-01", "new", "split", "old"),
            ("2026-07-01", "new", "split", "elder"),
            ("2026-07-01", "new", "grown", None),
            ("2026-06-30", "old", "split", "before"),
        ],
        "identity.customer_ids(record_id, customer_id, previous_customer_id)": [
            ("shop.customer:1", "new", "old"),
            ("hubspot.contact:1", "new", "old"),
            ("hubspot.contact:2", "new", "elder"),
            ("shop.customer:2", "old", "old"),
            ("shop.customer:3", "new", None),
            ("shop.customer:4", "old", "before"),
        ],
        "marts.orders(record_id, is_cancelled boolean,"
        " reporting_total_amount decimal(18, 2))": [
            ("shop.customer:1", False, "10.50"),
            ("shop.customer:1", False, "2.00"),
            ("shop.customer:1", True, "99.00"),
            ("shop.customer:2", False, "5.00"),
            ("shop.customer:3", False, "7.00"),
            (None, False, "8.00"),
        ],
        "marts.int_consents__reached(source_name, consent_id, reached_record_id)": [
            ("consents", "1", "shop.customer:1"),
            ("consents", "1", "hubspot.contact:1"),
            ("consents", "2", "hubspot.contact:1"),
            ("shop", "2", "shop.customer:1"),
            ("consents", "4", None),
        ],
        "segments.segment_members(segment_id, customer_id)": [
            ("high_value", "new"),
            ("lapsing", "new"),
            ("lapsing", "old"),
        ],
    }.items():
        world.give(table, rows)
    world.build("split_effects")
    amounts = "record_count, order_count, revenue_amount, consent_count, segment_count"
    found = world.rows(
        f"select customer_id, previous_customer_id, {amounts}"
        " from quality.split_effects order by previous_customer_id"
    )
    assert [(*row[:4], float(row[4]), *row[5:]) for row in found] == [
        ("new", "elder", 1, 0, 0.0, 0, 2),
        ("new", "old", 2, 2, 12.5, 3, 2),
    ]


# --- Label files.


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path)
    made.labels.mkdir()
    return made


def test_without_labels_the_tables_are_empty(tmp_path: Path) -> None:
    world = World()
    settings = Settings(home=tmp_path)
    assert labels.restore(world.connection, settings) == 0
    assert registry.restore(world.connection, settings)["identity_accuracy"] == 0
    for table in ("records", "hard_cases"):
        assert world.rows(f"from labels.{table}") == []
    world.give("identity.customer_ids(record_id, customer_id)", CUSTOMERS.items())
    world.give(f"identity.identifiers({CARRIED})", [])
    world.give("marts.customer_identifiers(customer_id)", [])
    world.build("identity_accuracy")
    assert world.rows("from quality.identity_accuracy") == []


def test_label_files_and_the_answer_key_are_read(settings: Settings) -> None:
    (settings.labels / "mine.csv").write_text(
        "\ufeffnote,person_id, Record_ID ,case_name\n"
        "seen,p1,shop.customer:1,moved\n\n"
        '"two\nlines",p1,"lists.person:vip.csv/7",\n'
        "seen,,shop.customer:2,\n"
        "again,p1,shop.customer:1,moved\n",
        encoding="utf-8",
    )
    settings.answer_key.mkdir()
    (settings.answer_key / "records.csv").write_text(
        "record_id,person_id\nweb.visitor:a,P1\nweb.visitor:a,P2\n"
    )
    (settings.answer_key / "hard_cases.csv").write_text(
        "case_name,person_id,record_ids,note\n"
        "tablet,P1;P2,web.visitor:a;shop.customer:1,one for two\n"
    )
    world = World()
    assert labels.restore(world.connection, settings) == 6
    assert sorted(world.rows("from labels.records"), key=str) == [
        ("mine", "lists.person:vip.csv/7", "p1"),
        ("mine", "shop.customer:1", "p1"),
        ("mine", "shop.customer:2", None),
        ("sample", "web.visitor:a", "P1"),
        ("sample", "web.visitor:a", "P2"),
    ]
    assert sorted(world.rows("from labels.hard_cases")) == [
        ("mine", "moved", "shop.customer:1"),
        ("sample", "tablet", "shop.customer:1"),
        ("sample", "tablet", "web.visitor:a"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"", r"a\.csv, line 1: the headings are missing; expected record_id"),
        ("a.csv", b"record_id;person_id\n", "line 1: the headings are record_id;per"),
        ("a.csv", b"id,person_id\n", "the headings are id,person_id; expected record"),
        ("a.csv", b"record_id,person_id\nx:1,p\n", "line 2: record_id is 'x:1'; exp"),
        ("a.csv", b"record_id,person_id\na.b:1,p\n,p\n", "line 3: record_id is ''"),
        ("a.csv", b"record_id,person_id\na.b:1\n", "line 2: 1 values; expected 2"),
        ("a.csv", b'record_id,person_id\na.b:1,"p', "line 2: unexpected end of data"),
        ("a.csv", b"record_id,person_id\na.b:\xfc,p\n", "expected a CSV file in UTF-8"),
        ("a.xlsx", b"PK", r"a\.xlsx is no label file; expected <label set>\.csv"),
    ],
)
def test_a_wrong_label_file_is_refused(
    settings: Settings, name: str, content: bytes, expected: str
) -> None:
    (settings.labels / name).write_bytes(content)
    with pytest.raises(ValueError, match=expected):
        labels.restore(World().connection, settings)


def test_no_label_file_is_mistaken_for_the_answer_key(settings: Settings) -> None:
    settings.answer_key.mkdir()
    for folder, name in ((settings.answer_key, "records"), (settings.labels, "sample")):
        (folder / f"{name}.csv").write_text("record_id,person_id\n")
    with pytest.raises(ValueError, match="expected another name"):
        labels.restore(World().connection, settings)


def test_accuracy_is_kept_outside_the_warehouse(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"identity_accuracy": registry.TABLES["identity_accuracy"]}
    monkeypatch.setattr(registry, "TABLES", kept)
    settings = Settings(home=tmp_path / "ann's [own]")
    for night in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 1)):
        registry.export(world.connection, settings, night)
    later = World()
    registry.restore(later.connection, settings)
    found = later.rows(
        "select as_of, true_pair_count, linked_pair_count, right_pair_count, f1_rate"
        " from registry.identity_accuracy"
        " where label_set = 'hand' and slice_kind = 'all' order by as_of"
    )
    assert found == [
        (date(2026, 6, 30), 15, 6, 4, pytest.approx(8 / 21)),
        (date(2026, 7, 1), 15, 6, 4, pytest.approx(8 / 21)),
    ]
