"""A real web server's log; a gift shop's order lines are in test_own_sources."""

import re
from datetime import date
from pathlib import Path

from ingestion.files.load import load_source
from ingestion.settings import Settings
from ingestion.sources import web_logs
from tests.compiled_models import over
from tests.conftest import Home


def test_the_apache_log_loads_but_for_its_truncated_line(
    home: Home, real_data: Path
) -> None:
    log = real_data / "web_logs" / "apache_combined.log"
    home.prepared().deliver("web_logs/access/access.log", log.read_bytes())
    load_source(Settings(home=home.path), web_logs.SOURCE, date(2015, 5, 21))
    world = over(home.path / "warehouse.duckdb")
    world.build("files", "quarantine", "stg_web_logs__requests")
    lines = log.read_text(errors="replace").splitlines()
    assert world.rows(
        "select read_count, loaded_count, quarantined_count from quality.files"
    ) == [(10_000, 9_999, 1)]
    [(path, number, error)] = world.rows(
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
    assert world.rows(
        "select count(*), sum(status_code), sum(response_bytes)"
        " from staging.stg_web_logs__requests"
    ) == [(9_999, sum(s for s, _ in expected), sum(b for _, b in expected))]
