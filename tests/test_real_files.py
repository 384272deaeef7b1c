"""A real web server's log; a gift shop's order lines are in test_own_sources."""

import re
from pathlib import Path

from tests.conftest import Home


def test_the_apache_log_loads_but_for_its_truncated_line(
    home: Home, real_data: Path
) -> None:
    log = real_data / "web_logs" / "apache_combined.log"
    home.prepared().deliver("web_logs/access/access.log", log.read_bytes())
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
