"""The web server's access log, in Apache's combined format."""

import numpy as np
import pyarrow as pa

from ingestion.sample.chance import pick
from ingestion.sample.delivery import Landing, Waiting
from ingestion.sample.scripts import KIND, PAGE, REQUEST, STATUS
from ingestion.sample.visit_texts import VisitTexts

_ONE_IN = 50_000
_LINES = """
select
    sent,
    concat(
        left(
            concat(
                ip, ' - - [',
                strftime(make_timestamp_ms(sent), '%d/%b/%Y:%H:%M:%S +0000'),
                '] "GET ', path, query, ' HTTP/1.1" ', status, ' ',
                if(status = 304, '-', size::varchar),
                ' "', if(referrer = '', '-', referrer), '" "', user_agent, '"'
            ),
            kept
        ),
        chr(10)
    ) as line
from delivered
"""


class AccessLog:
    """Log lines; those after midnight wait for the next day's file."""

    def __init__(self, landing: Landing) -> None:
        """Start before the first line."""
        self._landing = landing
        self._waiting = Waiting(landing.calendar.last)
        self.truncated = 0

    def add(self, rng: np.random.Generator, visits: VisitTexts) -> None:
        """Log every request of a day's visits."""
        kind = KIND[visits.steps.step]
        at = np.flatnonzero((kind == PAGE) | (kind == REQUEST))
        place = visits.steps.place[at]
        cached = (kind[at] == REQUEST) & (rng.random(len(at)) < 0.12)
        cached &= STATUS[visits.steps.step[at]] == 200
        cut = rng.random(len(at)) < 1 / _ONE_IN
        cut[0] |= self.truncated == 0
        self.truncated += int(cut.sum())
        rows = pa.table(
            {
                "sent": visits.steps.time[at],
                "ip": visits.ip(at),
                "path": visits.path(at),
                "query": visits.query(at),
                "status": np.where(cached, 304, STATUS[visits.steps.step[at]]),
                "size": 700 + place * 7919 % 41_000,
                "referrer": visits.referrer(at),
                "user_agent": visits.user_agent(at),
                "kept": np.where(cut, rng.integers(20, 90, len(at)), 100_000),
            }
        )
        lines = self._landing.select(_LINES, rows)
        day = self._landing.calendar.day_of(visits.steps.time[at])
        self._waiting.put(lines, day)

    def deliver(self, day: int) -> None:
        """Write the log of one day."""
        name = f"access.log-{self._landing.calendar.date(day):%Y%m%d}"
        lines = in_order(self._waiting.due(day))
        self._landing.lines("web_logs/access", name, day, lines)


def in_order(rows: pa.Table) -> pa.StringArray:
    """The column `line` in the order of the column `sent`."""
    order = np.argsort(rows.column("sent").to_numpy(), kind="stable")
    return pick(rows.column("line").combine_chunks(), order)
