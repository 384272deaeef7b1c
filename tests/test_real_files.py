"""Real files of other projects: a web server's log, a gift shop's order lines."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import REPOSITORY, Home

ONLINE_RETAIL = Path(__file__).with_name("online_retail")


def test_the_apache_log_loads_but_for_its_truncated_line(
    home: Home, real_data: Path
) -> None:
    log = real_data / "web_logs" / "apache_combined.log"
    home.deliver("web_logs/access/access.log", log.read_bytes())
    home.run("2015-05-21")
    lines = log.read_text(errors="replace").splitlines()
    assert home.published(
        "select read_count, loaded_count, quarantined_count from quality.files"
    ) == [(10_000, 9_999, 1)]
    [(path, number, error)] = home.published(
        "select path, line_number, error from quality.quarantine"
    )
    assert path == "web_logs/access/access.log"
    assert not re.search(r'" \d{3} (\d+|-)', lines[number - 1]) or not lines[
        number - 1
    ].endswith('"')
    assert error == "not a log line as `access` expects"
    expected = [
        (int(found[1]), 0 if found[2] == "-" else int(found[2]))
        for line in lines
        if (found := re.search(r'" (\d{3}) (\d+|-) "[^"]*" "(?:[^"\\]|\\.)*"$', line))
    ]
    assert len(expected) == 9_999
    assert home.warehouse(
        "select count(*), sum(status_code), sum(response_bytes)"
        " from staging.stg_web_logs__requests"
    ) == [(9_999, sum(s for s, _ in expected), sum(b for _, b in expected))]


@pytest.fixture(scope="module")
def retail(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The product with one more source, added the way a user would: file and folder."""
    project = tmp_path_factory.mktemp("retail") / "project"
    ignored = shutil.ignore_patterns("data", ".*", "target", "__pycache__", "logs")
    shutil.copytree(REPOSITORY, project, ignore=ignored)
    shutil.copy(ONLINE_RETAIL / "online_retail.py", project / "ingestion" / "sources")
    shutil.copytree(
        ONLINE_RETAIL / "models",
        project / "dbt_project" / "models" / "staging" / "online_retail",
    )
    home = Home(project / "data", repository=project)
    home.deliver(
        "online_retail/lines/2011.parquet",
        (real_data / "transactions" / "online_retail.parquet").read_bytes(),
    )
    home.run("2011-12-10")
    return home


def test_online_retail_loads_every_line(retail: Home) -> None:
    assert retail.published(
        "select read_count, loaded_count, quarantined_count from quality.files"
    ) == [(541_909, 541_909, 0)]


def test_online_retail_money_is_equal_to_the_cent(
    retail: Home, real_data: Path
) -> None:
    raw = real_data / "transactions" / "online_retail.parquet"
    with duckdb.connect() as connection:
        [(expected, cancellations)] = connection.execute(
            "select sum(cast(Quantity * UnitPrice as decimal(18, 4))),"
            f" count(*) filter (where InvoiceNo like 'C%') from '{raw}'"
        ).fetchall()
    [(orders, refunds, refund_lines)] = retail.warehouse(
        "select sum(line_amount) filter (where not is_refund),"
        " sum(line_amount) filter (where is_refund), count(*) filter (where is_refund)"
        " from staging.stg_online_retail__lines"
    )
    assert refund_lines == cancellations > 9_000
    assert orders + refunds == expected
    assert refunds < 0 < orders
