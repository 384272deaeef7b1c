"""Fuzzy links: who is found, who is kept apart, and that a night adds up."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from splink import DuckDBAPI, Linker

from ingestion.settings import Settings
from orchestration.identity import comparisons, matching, training
from orchestration.models import manifest_path
from tests.conftest import REPOSITORY
from tests.households import households

SEEDS = REPOSITORY / "dbt_project" / "seeds"
FEATURES = "identity.int_identity__features"
COMPARED = "identity.int_identity__compared_pairs"
Records = list[dict[str, str | None]]


@pytest.fixture(scope="module")
def models() -> dict[str, str]:
    """The SQL of the models, for one database without a name of its own."""
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    return {
        node["name"]: re.sub(
            r'"\w+"\.("(?:conformed|identity|seeds)"\.)', r"\1", node["compiled_code"]
        )
        for node in nodes
        if node["resource_type"] == "model" and node.get("compiled_code")
    }


@pytest.fixture(scope="module")
def columns() -> list[str]:
    """Those of conformed people, as its contract says them."""
    nodes = json.loads(manifest_path().read_text())["nodes"]
    return list(nodes["model.unavista.conformed__people"]["columns"])


@dataclass(frozen=True)
class Matched:
    """The tables of one night over the records given, which are keyed from 1."""

    connection: duckdb.DuckDBPyConnection
    rules: list[str]

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def pair(self, a: int = 1, b: int = 2) -> tuple:
        """Band, veto and what is said of one pair."""
        [found] = self.rows(
            "select band, veto is not null, reasons, doubts"
            " from identity.int_identity__fuzzy_pairs"
            f" where record_key_a = {a} and record_key_b = {b}"
        ) or [("none", False, "", "")]
        return found

    def accuracy(self, truth: list[str], band: str = "link") -> training.Accuracy:
        """Of fuzzy links together with those of equal e-mails."""
        links = self.rows(
            "select record_key_a, record_key_b from identity.int_identity__fuzzy_pairs"
            f" where band = '{band}' and veto is null"
            " union all select min(record_key) over (partition by email), record_key"
            f" from {FEATURES} where email is not null"
        )
        return training.accuracy(links, enumerate(truth, 1))


@pytest.fixture
def match(models: dict[str, str], columns: list[str]) -> Callable[..., Matched]:
    def matched(
        records: Records, budget: float = 1.2, least: int = 200_000, before: str = ""
    ) -> Matched:
        connection = duckdb.connect()
        connection.execute("create schema identity; create schema seeds")
        for name in ("nicknames", "junk_identifiers", "match_weights", "legal_forms"):
            connection.execute(
                f"create table seeds.{name} as from read_csv('{SEEDS / name}.csv')"
            )
        keys = pa.array(map(str, range(1, len(records) + 1)), pa.string())
        people = {
            name: pa.array([record.get(name) for record in records], pa.string())
            for name in columns
        }
        connection.register("given", pa.table({**people, "record_id": keys}))
        connection.execute("create schema conformed")
        connection.execute("create table conformed.people as from given")
        built(connection, models, "int_identity__people")
        connection.execute(
            "create table identity.int_identity__details as"
            " select *, cast(record_id as bigint) as record_key"
            " from identity.int_identity__people"
        )
        connection.execute("create table conformed.companies (company_name varchar)")
        built(connection, models, "int_identity__company_names")
        built(connection, models, "int_identity__features")
        counted = matching.count_pairs(connection, FEATURES, budget, least)
        rules = [row["rule"] for row in counted.to_pylist() if row["status"] == "used"]
        connection.register("found", matching.compare(connection, FEATURES, rules))
        connection.execute(f"create table {COMPARED} as from found")
        built(connection, models, "int_identity__term_shares")
        built(connection, models, "int_identity__fuzzy_pairs")
        return Matched(connection, rules)

    return matched


def built(connection: duckdb.DuckDBPyConnection, models: dict, name: str) -> None:
    connection.execute(f"create or replace table identity.{name} as {models[name]}")


def person(name: str, **details: str) -> dict[str, str | None]:
    first, _, last = name.partition(" ")
    return {"first_name": first or None, "last_name": last or None, **details}


# --- Who is found and who is kept apart.


HOME = {"street": "Lindenweg 4", "postal_code": "50667", "city": "Köln"}
PHONE = {"phone": "+49 221 123456"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Robert Meier", **HOME), person("Bob Meier", **HOME)),
        (
            person("Jörg Müller", birth_date="1980-01-31"),
            person("Muller Jorg", birth_date="31.01.1980"),
        ),
        (
            person("Anna Kowalski", birth_date="19800131"),
            person("Anna Kowalsky", birth_date="1980-01-13", city="Köln"),
        ),
        (
            person("Katharina Vogt", email="katharina.vogt@gmx.de"),
            person("Katharina Vogt", email="katharina.vogt@gmxde"),
        ),
        (
            {"full_name": "Vogt, Katharina", **PHONE},
            {"full_name": "Katharina Vogt", "phone": "0221/123456"},
        ),
        (
            {"company_name": "The Blue Lion Inc.", **HOME},
            {"company_name": "Blue Lion", **HOME},
        ),
    ],
)
def test_one_human_in_two_spellings_is_linked(
    match: Callable, one: dict, other: dict
) -> None:
    band, is_vetoed, *_ = match([one, other]).pair()
    assert (band, is_vetoed) == ("link", False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Anna Vogt", **HOME, **PHONE), person("Peter Vogt", **HOME, **PHONE)),
        (
            person("Anna Vogt", birth_date="1980-01-31", **HOME, **PHONE),
            person("Lena Vogt", birth_date="2010-08-04", **HOME, **PHONE),
        ),
        (person("Anna Vogt", city="Köln"), person("Lena Kranz", city="Köln")),
        (person("Anna Vogt", phone="0000000"), person("Max Kranz", phone="000 0000")),
        (person("Anna Vogt", email="info@x.de"), person("M Kranz", email="info@x.de")),
        (
            person("Anna Vogt", company_name="Blue Lion", phone="0221 1234567"),
            person("Max Kranz", company_name="Blue Lion", phone="0221 1234567"),
        ),
    ],
)
def test_two_humans_are_kept_apart(match: Callable, one: dict, other: dict) -> None:
    band, is_vetoed, *_ = match([one, other]).pair()
    assert band != "link" or is_vetoed


def test_a_household_is_vetoed_and_says_why(match: Callable) -> None:
    band, is_vetoed, reasons, doubts = match(
        [person("Anna Vogt", **HOME, **PHONE), person("Peter Vogt", **HOME, **PHONE)]
    ).pair()
    assert (band, is_vetoed) == ("reject", True)
    assert reasons == "same surname, same phone, same house, same postal code"
    assert doubts == "first names differ"


@pytest.mark.parametrize("name", [" Vogt", "A Vogt"])
def test_half_a_first_name_in_a_household_is_for_a_person_to_judge(
    match: Callable, name: str
) -> None:
    """How many share an address decides; half, where the file is too small to tell."""
    records = [person(name, **HOME, **PHONE), person("Anna Vogt", **HOME, **PHONE)]
    assert match(records).pair()[0] == "review"


def test_a_birth_date_is_eight_digits(match: Callable) -> None:
    typed = {
        "1980-01-31": "19800131",
        "1980-1-3T00:00:00": "19800103",
        "19800131": "19800131",
        "31.01.1980": "19800131",
        "01/31/1980": "19800131",
        "01/02/1980": "19800201",
        "1980": "1980",
        "unknown": None,
    }
    records = [person("Anna Vogt", birth_date=text) for text in typed]
    found = match(records).rows(
        f"select birth_date from {FEATURES} order by record_key"
    )
    assert [text for (text,) in found] == list(typed.values())


# --- Sets with known truth.


@pytest.fixture(scope="session")
def known_sets(real_data: Path) -> Path:
    folder = real_data / "identity"
    if not folder.is_dir():
        pytest.skip("no labelled people in data/identity beside the repository")
    return folder


@pytest.mark.parametrize("with_number", [True, False])
def test_febrl(match: Callable, known_sets: Path, with_number: bool) -> None:
    with (known_sets / "febrl1.csv").open() as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    rows = [{k.strip(): (v or "").strip() or None for k, v in r.items()} for r in rows]
    records: Records = [
        {
            "first_name": row["given_name"],
            "last_name": row["surname"],
            "birth_date": row["date_of_birth"],
            "street": " ".join(
                row[part] or "" for part in ("street_number", "address_1", "address_2")
            ),
            "city": row["suburb"],
            "postal_code": row["postcode"],
            "state": row["state"],
            "national_id": row["soc_sec_id"] if with_number else None,
        }
        for row in rows
    ]
    truth = [row["rec_id"].split("-")[1] for row in rows]
    found = match(records).accuracy(truth)
    assert found.f1 >= 0.998, found


def test_fake_1000(match: Callable, known_sets: Path) -> None:
    with (known_sets / "fake_1000.csv").open() as file:
        rows = list(csv.DictReader(file))
    records: Records = [
        {
            "first_name": row["first_name"] or None,
            "last_name": row["surname"] or None,
            "birth_date": row["dob"] or None,
            "city": row["city"] or None,
            "email": row["email"] or None,
        }
        for row in rows
    ]
    found = match(records).accuracy([row["cluster"] for row in rows])
    assert found.f1 >= 0.955, found


@pytest.mark.parametrize(
    "count", [5_000, pytest.param(100_000, marks=pytest.mark.torture)]
)
def test_households(match: Callable, count: int) -> None:
    records = households(count, seed=2)
    matched = match(records)
    truth = [str(record["person"]) for record in records]
    found = matched.accuracy(truth)
    assert found.f1 >= 0.92, found
    alone = matched.rows(
        "select record_key_a, record_key_b from identity.int_identity__fuzzy_pairs"
        " where splink_weight >= log2(9)"
    )
    splink_alone = training.accuracy(alone, enumerate(truth, 1))
    assert splink_alone.f1 < found.f1


# --- A night adds up.


@pytest.fixture(scope="module")
def people() -> Records:
    return households(600, seed=7)


def test_the_night_weighs_as_splink_does(match: Callable, people: Records) -> None:
    matched = match(people)
    connection = matched.connection
    columns = connection.sql("from identity.int_identity__term_shares").columns
    shares = [c.removesuffix("_share") for c in columns if c.endswith("_share")]
    terms = ", ".join(f"{name}_share as tf_{name}" for name in shares)
    connection.execute(
        f"create table people as select features.*, {terms} from {FEATURES} as features"
        " inner join identity.int_identity__term_shares using (record_key)"
    )
    settings = training.weighing_settings(
        training.read_weights(),
        len(people),
        [("postal_code",), ("email",), ("phone",), ("surname", "birth_date")],
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.register(connection.table("people")), settings, log_level=None)
    predicted = linker.inference.predict(warning_mode="never").physical_name
    [(count, furthest)] = matched.rows(
        "select count(*), max(abs(match_weight - splink_weight)) from"
        f" (select record_key_l, record_key_r, match_weight from {predicted})"
        " inner join (select record_key_a, record_key_b, splink_weight"
        " from identity.int_identity__fuzzy_pairs)"
        " on least(record_key_l, record_key_r) = record_key_a"
        " and greatest(record_key_l, record_key_r) = record_key_b"
    )
    assert count > 500
    assert furthest < 1e-6


def test_what_is_compared_by_night_equals_a_full_comparison(
    match: Callable, people: Records
) -> None:
    """New, changed and deleted records; the scratch tables are gone afterwards."""
    matched = match(people)
    connection = matched.connection
    connection.execute(
        "create table earlier as select * replace ("
        " case when record_key % 7 = 0 then 'earlier' else content_hash end"
        " as content_hash, case when record_key % 7 = 0 then 'x' else surname end"
        f" as surname) from {FEATURES} where record_key % 11 > 0"
        " union all select * replace (-record_key as record_key)"
        f" from {FEATURES} where record_key % 50 = 0"
    )
    before = connection.execute("select count(*) from duckdb_tables()").fetchall()
    night = matching.compare(connection, "earlier", matched.rules)
    connection.register("night", night)
    connection.execute("create table first_night as from night")
    night = matching.compare(connection, FEATURES, matched.rules, "first_night")
    connection.register("second", night)
    for one, other in ((COMPARED, "second"), ("second", COMPARED)):
        assert matched.rows(f"from {one} except all from {other}") == []
    connection.execute("drop table first_night")
    assert matched.rows("select count(*) from duckdb_tables()") == before


def test_only_new_records_are_compared(
    match: Callable, people: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched = match(people)
    compared: list[int] = []
    found = matching._splink_pairs

    def counted(cursor, splink, part, seen):
        compared.append(matching._size(cursor, part))
        return found(cursor, splink, part, seen)

    monkeypatch.setattr(matching, "_splink_pairs", counted)
    matching.compare(matched.connection, FEATURES, matched.rules, COMPARED)
    fewer_rules = matched.rules[:-1]
    matching.compare(matched.connection, FEATURES, fewer_rules, COMPARED)
    matching.compare(matched.connection, FEATURES, fewer_rules, "identity.not_there")
    assert compared == [len(people), len(people)]


def test_batches_lose_no_pair(
    match: Callable, people: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched = match(people)
    monkeypatch.setattr(matching, "_BATCH", 250)
    again = matching.compare(matched.connection, FEATURES, matched.rules)
    matched.connection.register("again", again)
    for one, other in ((COMPARED, "again"), ("again", COMPARED)):
        assert matched.rows(f"from {one} except all from {other}") == []


def test_the_order_of_records_does_not_matter(match: Callable, people: Records) -> None:
    matched = match(people)
    connection = matched.connection
    connection.execute(
        f"create table shuffled as from {FEATURES} order by md5(content_hash)"
    )
    again = matching.compare(connection, "shuffled", matched.rules)
    connection.register("again", again)
    assert matched.rows(f"from {COMPARED} except all from again") == []


def test_a_rule_above_the_budget_is_refused_by_name(match: Callable) -> None:
    records = [person(f"Anna {'abcdefghij'[n % 10]}", city="Köln") for n in range(100)]
    connection = match(records, budget=5, least=0).connection
    counted = matching.count_pairs(connection, FEATURES, 5, 0).to_pylist()
    refused = {row["rule"]: row for row in counted if row["status"] == "refused"}
    assert refused["given_key + city"]["pair_count"] == 100 * 99 // 2
    assert refused["given_key + city"]["pair_limit"] == 500
    used = [row["rule"] for row in counted if row["status"] == "used"]
    assert "name_key + city" in used


def test_all_rules_together_keep_a_budget(match: Callable) -> None:
    records = [person(f"Anna {'abcdefghij'[n % 10]}", city="Köln") for n in range(100)]
    connection = match(records).connection
    counted = matching.count_pairs(connection, FEATURES, 5, 0).to_pylist()
    spent = sum(row["pair_count"] for row in counted if row["status"] == "used")
    assert spent <= 4 * 500


# --- The reviewed file, and the one that training proposes.


def test_the_seed_names_the_levels_that_are_compared() -> None:
    weights = training.read_weights()
    assert [(w.comparison, w.level_number) for w in weights] == [
        (comparison.name, number)
        for comparison in comparisons.COMPARISONS
        for number in range(len(comparison.levels), -1, -1)
    ]
    assert [w.level for w in weights if w.level_number] == [
        name for comparison in comparisons.COMPARISONS for name, _ in comparison.levels
    ]
    for comparison in comparisons.COMPARISONS:
        levels = [w for w in weights if w.comparison == comparison.name]
        assert sum(w.m_probability for w in levels) == pytest.approx(1), comparison.name
        assert sum(w.u_probability for w in levels) == pytest.approx(1), comparison.name


def test_the_levels_that_decide_by_name_are_in_the_seed(models: dict[str, str]) -> None:
    named = re.findall(
        r"comparison = '(\w+)' and level = '([^']+)'",
        models["int_identity__fuzzy_pairs"],
    )
    assert named
    known = {(w.comparison, w.level) for w in training.read_weights()}
    assert set(named) <= known


def test_training_proposes_weights_and_repeats_itself(
    match: Callable, people: Records, tmp_path: Path
) -> None:
    connection = match(people).connection
    current = training.read_weights()
    proposed = training.trained_weights(connection, FEATURES, current)
    assert training.trained_weights(connection, FEATURES, current) == proposed
    bits = {(w.comparison, w.level): w.bits for w in proposed}
    assert bits["surname", "same surname"] > 3
    assert bits["surname", "surnames differ"] < 0
    unseen = [w for w in proposed if w.comparison == "national_id"]
    assert [w.bits for w in unseen] == pytest.approx(
        [w.bits for w in current if w.comparison == "national_id"], abs=0.01
    )
    training.write_weights(proposed, tmp_path / "proposal.csv")
    assert training.read_weights(tmp_path / "proposal.csv") == proposed


def test_training_on_too_little_says_what_is_missing(match: Callable) -> None:
    connection = match([person("Anna Vogt"), person("Anna Vogt")]).connection
    with pytest.raises(ValueError, match="too few pairs to learn from"):
        training.trained_weights(connection, FEATURES, training.read_weights())


def test_accuracy_counts_pairs_of_clusters() -> None:
    labels = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
    links = [("a", "x"), ("x", "b"), ("c", "d")]
    found = training.accuracy(links, labels.items())
    assert found == training.Accuracy(precision=1 / 2, recall=1 / 4)
    shared = [*labels.items(), ("d", "1")]
    assert training.accuracy(links, shared) == training.Accuracy(1.0, 2 / 7)
    nobody = [("a", None), ("b", None)]
    assert training.accuracy(links, nobody) == training.Accuracy(0.0, 1.0)
    assert training.accuracy([], [("a", "1")]) == training.Accuracy(1.0, 1.0)


def test_a_teacher_teaches_nothing_about_what_it_holds_fixed() -> None:
    """Splink turns a comparison off that uses a column of the teacher."""
    fixed = {
        rule: {
            comparison.name
            for comparison in comparisons.COMPARISONS
            if any(
                re.search(rf"\b({'|'.join(rule)})_[lr]\b", condition)
                for condition in (
                    comparison.missing,
                    *(condition for _, condition in comparison.levels),
                )
            )
        }
        for rule in training._LEARN_FROM
    }
    assert fixed == {
        ("email",): {"email"},
        ("given_key", "surname"): {"given_name", "surname"},
        ("birth_date", "postal_code"): {"birth_date", "street", "postal_code", "city"},
        ("phone",): {"phone"},
    }


def test_training_before_a_first_night_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "ann's")
    settings.home.mkdir()
    with pytest.raises(ValueError, match="there is no warehouse to learn from; run:"):
        training.propose(settings, dict)
    with duckdb.connect(str(settings.warehouse)):
        pass
    with pytest.raises(ValueError, match=r"has no identity\.int_identity__features"):
        training.propose(settings, dict)
