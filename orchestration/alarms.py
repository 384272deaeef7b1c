"""What is wrong and not over: told once when it begins, and once when it is over."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import duckdb

from ingestion.settings import Settings
from orchestration import progress
from orchestration.alarm_channels import Message, NotSent, channels
from orchestration.incidents import (
    FAILED,
    MISSED,
    OF_NIGHTS,
    Incident,
    State,
    change,
    read,
    write,
)
from orchestration.progress import printable
from orchestration.published import newest_night, version_of

_MOST_WAITING = 100
_LONGEST_CAUSE = 600
_LONGEST_LIST = 10
# What may be about somebody in the words of an error: texts, addresses, long numbers.
_VALUES = re.compile(r"'[^'\n]*'|[^\s'\"<>(),;]+@[^\s'\"<>(),;]+|\+?\d[\d /-]{7,}\d")
# A check that failed, without the rows that are told after it.
_CHECK = re.compile(
    r"(?:not so: [a-z0-9 ]+|[\w.]+ (?:does not pass \w+|could not be built))"
    r"(?:: [A-Z]\w+ Error)?(?=:|$)"
)
_NIGHT = re.compile(r"\d{4}-\d\d-\d\d(?![\d-])")


def after_good_night(settings: Settings, night: date) -> None:
    """Tell what a published night found, and what is over by it.

    Never fails a night: what cannot be told or read is shown.
    """

    def tell(state: State) -> None:
        newest = newest_night(settings) or night
        of_nights = [i for i in state.open if i.kind in OF_NIGHTS]
        found = [i for i in of_nights if not _is_over(i, night, newest)]
        if newest == night:
            found += _of_sources(settings, night, state.open)
        else:
            found += [i for i in state.open if i.kind not in OF_NIGHTS]
        _move(settings, state, found, night)

    change(settings, tell)


def after_failed_night(
    settings: Settings, night: date, cause: str, kept_in: str = ""
) -> None:
    """Tell that a night failed, once for all nights that fail in a row.

    `kept_in` is where all that was said is kept, where something was.
    """
    kept = f" (all that was said is in {kept_in})" if kept_in else ""
    _open(
        settings,
        night,
        Incident(
            FAILED,
            night.isoformat(),
            f"the night of {night} failed; what is published stays as it was",
            "a published version every night",
            _without_values(cause),
            f"Mend the cause{kept}, then: unavista run --as-of {night}",
        ),
    )


def tell_missed(settings: Settings, night: date, missed: list[date]) -> None:
    """Tell which nights were missed before `night`, where there are any.

    Not those that failed, of which was told then.
    """
    if not missed:
        return
    first, last = missed[0], missed[-1]
    nights = f"the night of {first} was" if first == last else (
        f"{len(missed)} nights, {first} to {last}, were"
    )  # fmt: skip
    _open(
        settings,
        night,
        Incident(
            MISSED,
            first.isoformat(),
            f"{nights} not run",
            "a night every day",
            "Nothing began it: the machine, the page or the timer was off.",
            f"unavista run --from {first} --to {last}; the page does it by itself.",
            until=last.isoformat(),
        ),
    )


def _open(settings: Settings, night: date, incident: Incident) -> None:
    def tell(state: State) -> None:
        kinds = {i.kind for i in state.open}
        is_told = incident.kind in kinds or (
            incident.kind == MISSED and FAILED in kinds
        )
        _move(settings, state, [*state.open, *[incident] * (not is_told)], night)

    change(settings, tell)


def _is_over(incident: Incident, night: date, newest: date) -> bool:
    """Whether what befell nights is over, now that `night` is published."""
    if incident.kind == FAILED:
        return night.isoformat() >= incident.since
    return newest.isoformat() >= incident.until


def open_incidents(settings: Settings) -> list[Incident]:
    """What was told and is not over, by when it began. Raises ValueError."""
    return sorted(read(settings).open, key=lambda i: (i.since, i.key))


def waiting_count(settings: Settings) -> int:
    """How many messages no channel has taken yet."""
    return len(read(settings).waiting)


def _of_sources(
    settings: Settings, night: date, before: list[Incident]
) -> list[Incident]:
    """What the night found, and what it cannot know to be over.

    A warehouse that was built anew has loaded everything in one night, and does not
    know what is usual: what began before is over when the table delivers again.
    """
    file = version_of(settings, night) / "marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select kind, strftime(since_on, '%Y-%m-%d'), found, expected, cause, cure,"
            " source_name, table_name, coalesce(column_name, '') from quality.alarms"
        ).fetchall()
        [(first,)] = connection.execute(
            "select strftime(min(as_of), '%Y-%m-%d') from quality.nights"
        ).fetchall()
        delivered = connection.execute(
            "select source_name, table_name from quality.files where status = 'loaded'"
            " group by all having max(loaded_on) > ?::date",
            [first],
        ).fetchall()
    found = [Incident(*map(_plain, row)) for row in rows]
    known = {incident.key for incident in found}
    return found + [
        incident
        for incident in before
        if incident.kind not in OF_NIGHTS
        and incident.key not in known
        and incident.since < (first or "")
        and (incident.source_name, incident.table_name) not in delivered
    ]


def _move(settings: Settings, state: State, found: list[Incident], night: date) -> None:
    """Make `found` what is open, and tell the difference.

    An incident that goes on keeps the words with which it began.
    """
    before = {incident.key: incident for incident in state.open}
    now = {incident.key: incident for incident in found}
    ended = [incident for key, incident in before.items() if key not in now]
    begun = [incident for key, incident in now.items() if key not in before]
    state.open = [before.get(key, incident) for key, incident in now.items()]
    messages = [
        *_messages("resolved", ended, night), *_messages("opened", begun, night),
    ]  # fmt: skip
    for message in messages:
        progress.show("alarms", f"  ! {message.title}")
    ways = channels(settings)
    state.waiting = [w for w in state.waiting if w[0] in ways]
    state.waiting += [(name, message) for name in ways for message in messages]
    write(settings, state)
    silent: set[str] = set()
    for name, message in list(state.waiting):
        if name in silent:
            continue
        try:
            said = ways[name](message)
        except NotSent as error:
            silent.add(name)
            progress.show("alarms", f"  ! {error}; it is tried again the next night")
            continue
        if said:
            progress.show("alarms", f"  ! {said}")
        # Written after each: what was told is not told again, whatever comes.
        state.waiting.remove((name, message))
        write(settings, state)
    for name in silent:
        lost = [w for w in state.waiting if w[0] == name][:-_MOST_WAITING]
        state.waiting = [w for w in state.waiting if w not in lost]
        if lost:
            write(settings, state)
            progress.show("alarms", f"  ! {len(lost)} messages for {name} were dropped")


def _messages(
    event: str, incidents: Iterable[Incident], night: date
) -> Iterator[Message]:
    """A message for all tables of a source of which the same is true."""

    def together(incident: Incident) -> tuple[str, ...]:
        return incident.kind, incident.source_name

    for _, group in groupby(sorted(incidents, key=lambda i: i.key), together):
        some = list(group)
        first = some[0]
        place = first.place if len(some) == 1 else first.source_name
        what = {
            "source_overdue": "is overdue",
            "volume": "brought too little or too much",
            "money_total": "has a total that is too small or too large",
            "quarantine_share": "has too many quarantined rows",
            "null_rate": "lacks values",
            FAILED: "failed",
            MISSED: "were missed",
        }.get(first.kind, first.kind)
        over = "resolved: " if event == "resolved" else ""
        count = f" ({len(some)} of its tables or columns)" if len(some) > 1 else ""
        title = f"{over}{place}{count} {what}, since {min(i.since for i in some)}"
        lines = [title, f"night of {night}", ""]
        lines += [f"- {i.said()}" for i in some[:_LONGEST_LIST]]
        if len(some) > _LONGEST_LIST:
            lines.append(f"- and {len(some) - _LONGEST_LIST} more like these")
        if event == "opened":
            causes = [f"cause: {c}" for c in dict.fromkeys(i.cause for i in some)]
            cures = [f"to do: {c}" for c in dict.fromkeys(i.cure for i in some)]
            lines += ["", *causes[:_LONGEST_LIST], *cures[:_LONGEST_LIST]]
            lines.append("all that is open: unavista status")
        yield Message(
            event, first.kind, place, night.isoformat(), min(i.since for i in some),
            "; ".join(i.found for i in some[:_LONGEST_LIST]),
            "; ".join(dict.fromkeys(i.expected for i in some[:_LONGEST_LIST])),
            first.cause, first.cure, title, "\n".join(lines),
        )  # fmt: skip


def _plain(text: str) -> str:
    """Without control characters: names of columns come from files."""
    return printable(text, keep="")


def _without_values(cause: str) -> str:
    """The words of an error, without what may be about somebody."""

    def shown(match: re.Match) -> str:
        return match[0] if _NIGHT.fullmatch(match[0]) else "…"

    # Of dbt the errors themselves, which stand behind its command.
    said = cause.rpartition("Errors parsed from dbt logs:")[2].partition("\nLINE ")[0]
    said = " ".join(said.split())
    if checks := list(dict.fromkeys(_CHECK.findall(said))):
        said = "; ".join(checks)
    said = _plain(_VALUES.sub(shown, said))
    return said if len(said) <= _LONGEST_CAUSE else f"{said[:_LONGEST_CAUSE]} …"
