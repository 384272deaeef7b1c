"""The `unavista` command."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

from ingestion.lock import Busy
from ingestion.rights import NotAllowed, check_home, in_words, is_mounted_read_only
from ingestion.settings import Settings, read_settings
from orchestration.progress import printable, put


class NoDay(Exception):
    """What should be a day is none; no ValueError, which argparse has words for."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors a person can mend are one line on stderr and exit 1.

    Where nobody reads any more what it says, it ends as it would have.
    """
    try:
        settings = read_settings()
    except ValueError as error:
        return _said(error, 1)
    try:
        options = _parser(settings).parse_args(arguments)
        if options.writes is not None:
            check_home(settings, options.writes)
    except (NoDay, NotAllowed) as error:
        return _said(error, 1)
    except OSError as error:
        return _said(in_words(error, settings), 1)
    except SystemExit:
        put("", sys.stdout)
        raise
    return _call(settings, options)


def _call(settings: Settings, options: argparse.Namespace) -> int:
    try:
        from orchestration.lookups import NotFound
        from orchestration.runs import RunFailed, Stopped

        put(printable(options.command(settings, options)) + "\n", sys.stdout)
    except KeyboardInterrupt:
        return _said("stopped", 128 + signal.SIGINT)
    except Stopped as error:
        _said(error, 128 + error.sign)
        sys.stderr.flush()
        # A thread of dbt may be deep in DuckDB, which aborts when Python goes away.
        os._exit(128 + error.sign)
    except (Busy, LookupError, NotFound, RunFailed, ValueError) as error:
        return _said(error, 1)
    except OSError as error:
        return _said(in_words(error, settings), 1)
    return 0


def _said(error: object, code: int) -> int:
    put(f"unavista: {printable(error)}\n", sys.stderr)
    return code


def _day(name: str) -> Callable[[str], date]:
    """What reads the day that is said as `name`."""

    def read(text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise NoDay(
                f"{name} {text!r} is no day; expected YYYY-MM-DD, such as 2026-07-01"
            ) from None

    return read


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unavista",
        description="One view of every customer. Everything is kept under"
        f" {settings.home} (UNAVISTA_HOME).",
    )
    # Whether a command writes the home or only reads it; None where it can do without.
    parser.set_defaults(writes=None)
    commands = parser.add_subparsers(required=True, metavar="command")

    sample = commands.add_parser("sample", help="write the files of a sample company")
    sample.add_argument("--customers", type=int, default=2000)
    sample.add_argument("--days", type=int, default=90)
    sample.add_argument("--seed", type=int, default=1)
    sample.add_argument(
        "--until", type=_day("--until"), default=date(2026, 6, 30),
        help="last day of the sample, YYYY-MM-DD",
    )  # fmt: skip
    sample.set_defaults(command=_sample)

    run = commands.add_parser("run", help="load, resolve, model, audit, publish")
    run.add_argument(
        "--as-of", metavar="NIGHT", type=_day("--as-of"),
        help="the day everything relative is measured from, YYYY-MM-DD (default:"
        " today)",
    )  # fmt: skip
    for end, what in (
        ("from", "the first of several nights, in place of --as-of"),
        ("to", "the last of them (default: today); only with --from"),
    ):
        run.add_argument(
            f"--{end}", dest=f"{end}_night", metavar="NIGHT", type=_day(f"--{end}"),
            help=what,
        )  # fmt: skip
    run.set_defaults(command=_run)

    rollback = commands.add_parser(
        "rollback", help="let readers see an earlier night, and the newest again"
    )
    rollback.add_argument(
        "night", nargs="?", type=_day("the night"), metavar="NIGHT",
        help="the night to show, YYYY-MM-DD (default: the one before the newest; where"
        " an earlier one is shown, the newest)",
    )  # fmt: skip
    rollback.set_defaults(command=_rollback)

    _add_questions(commands)

    replay = commands.add_parser("replay", help="load quarantined rows that pass now")
    replay.add_argument("--rule", help="only files with rows refused by this rule")
    replay.set_defaults(command=_replay)

    train = commands.add_parser("train", help="propose other weights for fuzzy links")
    train.set_defaults(command=_train)

    ui = commands.add_parser("ui", help="open the graph in Dagster")
    ui.add_argument("--port", type=int, default=3000)
    ui.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="where to listen (default: 127.0.0.1, for this machine alone); by which"
        " names it may be called is said by UNAVISTA_PAGE_HOSTS",
    )  # fmt: skip
    ui.add_argument(
        "--read-only", action="store_true",
        help="for those who look: nothing can be begun, stopped or changed, and no"
        " schedule runs; beside the page of the home, or without one",
    )  # fmt: skip
    ui.set_defaults(command=_ui)

    tables = commands.add_parser(
        "tables", help="the published tables, or one's columns"
    )
    tables.add_argument("name", nargs="?", help="a table, such as customers")
    tables.add_argument(
        "--markdown", action="store_true", help="all of them, as in docs/tables.md"
    )
    tables.set_defaults(command=_tables)

    check = commands.add_parser(
        "check", help="what would become of a file, without loading it"
    )
    check.add_argument("file", type=_path, metavar="FILE")
    check.add_argument(
        "--as", dest="place", metavar="SOURCE/TABLE",
        help="which table it is for (default: as its place in the landing says, else"
        " every table that can use it)",
    )  # fmt: skip
    check.set_defaults(command=_check)

    status = commands.add_parser("status", help="last runs and freshness of sources")
    status.set_defaults(command=_status)

    backup = commands.add_parser(
        "backup", help="keep in one file what cannot be built again"
    )
    backup.add_argument("target", type=_path, metavar="FILE_OR_FOLDER")
    backup.add_argument(
        "--without-landing", dest="landing", action="store_false",
        help="leave the landing files out; they must be kept by other means",
    )  # fmt: skip
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="make the home that a backup kept")
    restore.add_argument("source", type=_path, metavar="FILE")
    restore.add_argument(
        "--overwrite", action="store_true",
        help="put aside what the home holds, in a folder beside it",
    )  # fmt: skip
    restore.set_defaults(command=_restore)

    for writer in (sample, run, replay, train, backup, restore):
        writer.add_argument(
            "--no-wait", dest="wait", action="store_false",
            help="leave at once when somebody else writes the warehouse, or the landing"
            " does not answer",
        )  # fmt: skip
    for writer in (sample, run, rollback, replay, train, ui, restore):
        writer.set_defaults(writes=True)
    for reader in (status, backup):
        reader.set_defaults(writes=False)
    return parser


def _path(text: str) -> Path:
    """A path; where no shell has read it, a leading ~/ is still one's own folder."""
    return Path(text).expanduser() if text.startswith("~/") else Path(text)


def _add_questions(commands: argparse._SubParsersAction) -> None:
    """The commands that explain what is published."""
    who = commands.add_parser("who", help="one customer, its records and their links")
    who.add_argument("identifier", help="an e-mail or a phone number")
    who.set_defaults(command=_who)

    for name, command, purpose in (
        ("why", _why, "the shortest path of evidence between two of one customer"),
        ("why-not", _why_not, "the guard that kept two customers apart"),
    ):
        explain = commands.add_parser(name, help=purpose)
        for end in ("a", "b"):
            explain.add_argument(
                end, help="a record id, a customer id, an e-mail or a phone number"
            )
        explain.set_defaults(command=command)

    changed = commands.add_parser(
        "why-changed", help="by how much a metric changed between two nights, and why"
    )
    changed.add_argument("metric", help="such as net_revenue; any other word lists all")
    for end in ("earlier", "later"):
        changed.add_argument(
            end, metavar=f"{end.upper()}_NIGHT", help="a day, or a version by its name"
        )
    changed.add_argument("--customer", help="only what is of this customer_id")
    changed.set_defaults(command=_why_changed)


def _writing(
    settings: Settings, options: argparse.Namespace, purpose: str
) -> AbstractContextManager[None]:
    from ingestion.lock import writer_lock
    from orchestration.runs import waiting

    return writer_lock(settings.lock, purpose, waiting() if options.wait else None)


def _sample(settings: Settings, options: argparse.Namespace) -> str:
    from ingestion.home import close_home
    from ingestion.sample.world import write_world

    close_home(settings)
    with _writing(settings, options, "unavista sample"):
        written = write_world(
            settings.landing, settings.answer_key, options.customers, options.days,
            options.seed, options.until,
        )  # fmt: skip
    sources = len({table.partition("/")[0] for table in written})
    return (
        f"{sum(written.values()):,} rows of {sources} sources,"
        f" {options.customers:,} customers and {options.days} days in"
        f" {settings.landing}; next: unavista run --as-of"
        f" {options.until + timedelta(days=1)}"
    )


def _run(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.runs import run_night, run_nights, summary

    if options.from_night is None and options.to_night is None:
        as_of = options.as_of or settings.today
        run_night(settings, as_of, options.wait)
        return summary(settings, as_of)
    if options.as_of or options.from_night is None:
        raise ValueError(
            "say either one night, --as-of NIGHT, or several, --from NIGHT --to NIGHT"
            " (--to is today where it is not said)"
        )
    last = options.to_night or settings.today
    run_nights(settings, options.from_night, last, options.wait)
    return summary(settings, last)


def _rollback(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.published import roll_back

    return roll_back(settings, options.night)


def _who(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.lookups import who

    return who(settings, options.identifier)


def _why(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.identity.explanations import why

    return why(settings, options.a, options.b)


def _why_not(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.identity.explanations import why_not

    return why_not(settings, options.a, options.b)


def _why_changed(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.why_changed import why_changed

    return why_changed(
        settings, options.metric, options.earlier, options.later, options.customer
    )


def _replay(settings: Settings, options: argparse.Namespace) -> str:
    from ingestion.replay import replay
    from ingestion.sources import all_sources

    with _writing(settings, options, "unavista replay"):
        passed, messages = replay(settings, all_sources(), settings.today, options.rule)
    ending = "; next: unavista run" if passed else ""
    return "\n".join([*messages, f"{passed:,} rows pass now{ending}"])


def _train(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.identity.training import propose

    def statements() -> dict[str, str]:
        from orchestration.models import manifest_path

        nodes = json.loads(manifest_path().read_text())["nodes"].values()
        return {node["name"]: node.get("compiled_code") for node in nodes}

    with _writing(settings, options, "unavista train"):
        return propose(settings, statements)


def _tables(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.models import manifest_path
    from orchestration.public_tables import listed, markdown, public_tables, told

    tables = public_tables(manifest_path())
    if options.markdown:
        return markdown(tables).rstrip("\n")
    return told(tables, options.name) if options.name else listed(tables)


def _check(settings: Settings, options: argparse.Namespace) -> str:
    from ingestion.files.check import try_file
    from ingestion.sources import all_sources

    return try_file(settings, all_sources(), options.file, options.place)


def _status(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.instance import check_history
    from orchestration.lookups import status

    check_history(settings)
    return status(settings)


def _backup(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.backups import back_up

    if not settings.home.is_dir():
        raise ValueError(f"there is no home {settings.home}; say UNAVISTA_HOME")
    if is_mounted_read_only(settings.home):
        from ingestion.lock import reader_lock
        from orchestration.runs import waiting

        with reader_lock(settings.lock, waiting() if options.wait else None):
            return back_up(settings, options.target, options.landing)
    check_home(settings, writes=True)
    with _writing(settings, options, "unavista backup"):
        return back_up(settings, options.target, options.landing)


def _restore(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.backups import restore

    with _writing(settings, options, "unavista restore"):
        return restore(settings, options.source, options.overwrite)


def _ui(settings: Settings, options: argparse.Namespace) -> str:
    from orchestration.page import serve
    from orchestration.runs import prepare_home

    prepare_home(settings)
    return serve(settings, options.host, options.port, options.read_only)


if __name__ == "__main__":
    sys.exit(main())
