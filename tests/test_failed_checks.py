"""What stopped a night: told in words, and kept with its rows."""

from datetime import date
from types import SimpleNamespace

import pytest

from orchestration import failed_checks
from tests.compiled_models import World, manifest

TEST = "test.unavista.precision_is_above_its_floor"
FOUND = "select * from (values ('hand', 0.5), ('mine', 0.6)) as t(label_set, rate)"


@pytest.fixture
def results() -> list[SimpleNamespace]:
    """What dbt says of a night in which much went wrong."""
    [unique] = [
        key
        for key, node in manifest()["nodes"].items()
        if node["name"].startswith("unique_key_orders_")
    ]
    several = "select range as order_id from range(1, 251)"
    return [
        _result(TEST, "fail", FOUND, failures=2),
        _result(TEST, "fail", "from gone"),
        _result(TEST, "pass", FOUND, failures=0),
        _result(unique, "fail", several, failures=250),
        _result(
            "model.unavista.deals",
            "error",
            message="Conversion Error:\n  a text is no date",
        ),
        _result("model.unavista.tickets", "skipped"),
    ]


def _result(
    key: str,
    status: str,
    sql: str | None = None,
    failures: int | None = None,
    message: str | None = None,
) -> SimpleNamespace:
    node = SimpleNamespace(unique_id=key, compiled_code=sql)
    return SimpleNamespace(node=node, status=status, failures=failures, message=message)


def test_what_failed_is_told_in_words(results: list) -> None:
    connection = World().connection
    checks = failed_checks.read(results, manifest()["nodes"], connection)
    said = [sentence for check in checks for sentence in check.sentences()]
    assert said[:2] == [
        "not so: precision is above its floor: label_set hand, rate 0.5",
        "not so: precision is above its floor: label_set mine, rate 0.6",
    ]
    assert "its floor: its rows cannot be shown: Catalog Error: Table with" in said[2]
    unique = checks[2].name
    assert said[3:] == [
        *(f"marts.orders does not pass {unique}: order_id {n}" for n in (1, 2, 3)),
        "marts.deals could not be built: Conversion Error: a text is no date",
    ]


def test_rows_that_failed_are_kept_from_night_to_night(results: list) -> None:
    world = World()
    world.connection.execute("create schema raw_ledger")
    checks = failed_checks.read(results, manifest()["nodes"], world.connection)
    for night in (date(2026, 6, 30), date(2026, 7, 1)):
        failed_checks.keep(world.connection, night, checks[:1] + checks[2:])
    world.build("failed_checks", "failed_check_rows")
    unique = checks[2].name
    assert world.rows(
        "select as_of, check_name, table_name, failing_count"
        " from quality.failed_checks order by all"
    ) == [
        (night, *check)
        for night in (date(2026, 6, 30), date(2026, 7, 1))
        for check in (
            ("deals", "marts.deals", 0),
            ("precision_is_above_its_floor", None, 2),
            (unique, "marts.orders", 250),
        )
    ]
    assert world.rows(
        "select check_name, row_number, problem, failing_row"
        " from contacts.failed_check_rows where as_of = '2026-07-01'"
        f" and check_name <> '{unique}' order by all"
    ) == [
        ("deals", 1, "Conversion Error: a text is no date", None),
        (
            *("precision_is_above_its_floor", 1, None),
            '{"label_set": "hand", "rate": "0.5"}',
        ),
        (
            *("precision_is_above_its_floor", 2, None),
            '{"label_set": "mine", "rate": "0.6"}',
        ),
    ]
    assert world.rows(
        f"select count(*) from contacts.failed_check_rows where check_name = '{unique}'"
    ) == [(200,)]
    for name in ("failed_checks", "failed_check_rows"):
        [test] = [
            node["name"]
            for node in manifest()["nodes"].values()
            if node["name"].startswith(f"unique_key_{name}")
        ]
        assert world.failures(test) == []
