"""Quarantined rows come back when what refused them is mended."""

from dataclasses import replace
from datetime import date

from ingestion.replay import replay
from ingestion.settings import Settings
from tests.conftest import Home
from tests.test_loading import (
    HEAD,
    SALES,
    TILL,
    assert_accounted,
    load,
    looks,
    rejects,
    sales,
)

NIGHT = date(2026, 7, 1)
# The till was mended in between: pieces may be weights.
MENDED = replace(
    TILL,
    tables=(
        replace(
            SALES,
            columns=tuple(
                replace(column, kind="decimal") if column.name == "pieces" else column
                for column in SALES.columns
            ),
        ),
    ),
)


def standing(home: Home) -> list[tuple]:
    """Rows of the newest load of each content, as staging counts them."""
    return home.warehouse(
        "select sale_id, pieces, _line from raw_till.sales as raw inner join ("
        "  select file_id, max(load_id) as load_id from raw_ledger.files"
        "  where status = 'loaded' group by file_id)"
        " on raw._file_id = file_id and raw._load_id = load_id order by sale_id"
    )


def test_rows_that_pass_now_are_loaded_and_the_rest_waits(home: Home) -> None:
    home.deliver("till/sales/a.csv", HEAD + "1,tea,1.5,\n2,tea,2,\n3,tea,many,\n")
    home.deliver("till/sales/b.csv", sales(4, 5))
    load(home)
    assert [sale for sale, _, _ in standing(home)] == ["2", "4", "5"]
    settings = Settings(home=home.path)
    assert replay(settings, [TILL], NIGHT) == (0, [])
    passed, [message] = replay(settings, [MENDED], NIGHT)
    assert passed == 1
    assert message.startswith("till/sales/a.csv: 1 of 3 rows quarantined")
    assert standing(home) == [
        ("1", "1.5", 2), ("2", "2", 3), ("4", "4", 2), ("5", "5", 3),
    ]  # fmt: skip
    assert_accounted(home, MENDED)
    assert replay(settings, [MENDED], NIGHT) == (0, [])
    assert load(home, MENDED).files_loaded == 0


def test_only_files_with_rows_of_the_rule_are_read(home: Home) -> None:
    home.deliver("till/sales/a.csv", HEAD + "1,tea,1.5,\n2,tea,2,\n")
    load(home)
    settings = Settings(home=home.path)
    assert replay(settings, [MENDED], NIGHT, rule="missing columns") == (0, [])
    assert replay(settings, [MENDED], NIGHT, rule="type") == (1, [])


def test_a_file_that_is_gone_is_asked_for(home: Home) -> None:
    file = home.deliver("till/sales/a.csv", HEAD + "1,tea,1.5,\n2,tea,2,\n")
    load(home)
    file.unlink()
    passed, [message] = replay(Settings(home=home.path), [MENDED], NIGHT)
    assert passed == 0
    assert "no longer in landing; deliver it again" in message
    assert len(rejects(home)) == 1
    assert len(looks(home)) == 1


def test_the_command_says_how_many_rows_pass(home: Home) -> None:
    home.deliver("shop/refunds/a.csv", "refund_id\n1\n")
    done = home.call("replay")
    assert done.returncode == 0, done.stderr
    assert "nothing was loaded yet" in done.stdout
