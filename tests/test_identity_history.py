"""What a record belonged to, told over nights that went missing and came again."""

from tests.compiled_models import World


def history(*registry: tuple, ids: dict[str, str]) -> list[tuple]:
    """The history as of 2026-07-01 after the (record, customer, night) of before."""
    world = World()
    world.give("registry.customer_ids(record_id, customer_id, as_of date)", registry)
    world.give(
        "identity.customer_ids(record_id, customer_id, previous_customer_id)",
        [(record, customer, customer) for record, customer in ids.items()],
    )
    world.build("customer_id_history", "customer_id_changes")
    return world.rows(
        "select record_id, customer_id, cast(valid_from_on as varchar),"
        " cast(valid_to_on as varchar) from identity.customer_id_history order by all"
    )


def test_a_record_that_came_back_has_two_times() -> None:
    gone_and_back = [("a", "c1", "2026-06-01"), ("a", None, "2026-06-02")]
    assert history(*gone_and_back, ids={"a": "c1"}) == [
        ("a", "c1", "2026-06-01", "2026-06-02"),
        ("a", "c1", "2026-07-01", None),
    ]


def test_a_backfilled_night_that_says_the_same_is_no_change() -> None:
    said_twice = [("a", "c1", "2026-06-01"), ("a", "c1", "2026-06-02")]
    assert history(*said_twice, ids={"a": "c1"}) == [("a", "c1", "2026-06-01", None)]


def test_a_record_that_nobody_delivers_any_more_ends() -> None:
    assert history(("a", "c1", "2026-06-01"), ids={"b": "c2"}) == [
        ("a", "c1", "2026-06-01", "2026-07-01"),
        ("b", "c2", "2026-07-01", None),
    ]
