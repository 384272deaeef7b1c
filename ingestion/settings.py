"""Where everything is kept: the one file that reads the environment."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

REPOSITORY = Path(__file__).resolve().parents[1]
# No night is earlier.
EARLIEST = date(2000, 1, 1)
T = TypeVar("T")

# Read by dlt, dbt and Dagster themselves: nobody is told what is loaded here.
_QUIET = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class Settings:
    """Folders under `home`, and the limits a run keeps.

    `landing_url` is an address such as s3://bucket/landing to read in place of the
    landing folder; `shop_postgres` the database that the shop's tables are taken from.
    `dagster_postgres` is the database that holds Dagster's history in place of files.
    `first_night` is the first night that the page offers to run, where one is said;
    `page_hosts` are the names by which it may be called, beside those of this machine.
    `alarm_webhook` and `alarm_smtp` are the addresses that messages of alarms go to.
    """

    home: Path
    timezone: str = "UTC"
    memory_limit: str = "4GB"
    load_memory_limit: str = "1500MB"
    threads: int = 2
    keep_versions: int = 3
    first_night: date | None = None
    page_hosts: tuple[str, ...] = ()
    landing_url: str = ""
    dagster_postgres: str = field(default="", repr=False)
    shop_postgres: str = field(default="", repr=False)
    alarm_webhook: str = field(default="", repr=False)
    alarm_smtp: str = field(default="", repr=False)

    @property
    def today(self) -> date:
        """The current day in the configured time zone."""
        return datetime.now(UTC).astimezone(ZoneInfo(self.timezone)).date()

    @property
    def landing(self) -> Path:
        """Files exactly as delivered: `<source>/<table>/…`."""
        return self.home / "landing"

    @property
    def incoming(self) -> Path:
        """Plain copies of files while they are loaded; emptied by every load."""
        return self.home / "incoming"

    @property
    def decisions(self) -> Path:
        """What people decided, as CSV files; read by every run, written by none."""
        return self.home / "decisions"

    @property
    def labels(self) -> Path:
        """Who is who as people say, one CSV file a label set; read by every run."""
        return self.home / "labels"

    @property
    def warehouse(self) -> Path:
        """The build file, with one writer and no readers."""
        return self.home / "warehouse.duckdb"

    @property
    def registry(self) -> Path:
        """What must outlive the warehouse: ids and accuracy, night by night."""
        return self.home / "registry"

    @property
    def published(self) -> Path:
        """What readers open."""
        return self.home / "published"

    @property
    def proposed_weights(self) -> Path:
        """What `unavista train` proposes in place of the seed `match_weights`."""
        return self.home / "models" / "match_weights.csv"

    @property
    def answer_key(self) -> Path:
        """The truth of the sample world; only the accuracy of links reads it."""
        return self.home / "answer_key"

    @property
    def dlt(self) -> Path:
        """dlt's working folders; may be deleted at any time between runs."""
        return self.home / "dlt"

    @property
    def dbt(self) -> Path:
        """What dbt compiled and ran in the last night."""
        return self.home / "dbt"

    @property
    def dagster(self) -> Path:
        """Dagster's run history."""
        return self.home / "dagster"

    @property
    def logs(self) -> Path:
        """What the parts said, one file a night."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Held by whoever writes the warehouse."""
        return self.home / "writer.lock"

    @property
    def line(self) -> Path:
        """Who writes the warehouse or waits to, a file each."""
        return self.home / "line"

    @property
    def page_lock(self) -> Path:
        """Held by the page and what belongs to it."""
        return self.home / "page.lock"


def read_settings() -> Settings:
    """Read UNAVISTA_* from the environment and silence the telemetry of the parts.

    Sets what dbt reads, which runs in another folder: the absolute path of the
    warehouse, and the limits. Raises ValueError, naming the variable, for a value that
    cannot be.
    """
    _refuse_quotes()
    home = _said("UNAVISTA_HOME", _path, REPOSITORY / "data").resolve()
    settings = Settings(
        home=home,
        timezone=_said("UNAVISTA_TIMEZONE", _zone, Settings.timezone),
        memory_limit=os.environ.get("UNAVISTA_MEMORY_LIMIT", Settings.memory_limit),
        load_memory_limit=os.environ.get(
            "UNAVISTA_LOAD_MEMORY_LIMIT", Settings.load_memory_limit
        ),
        threads=_said("UNAVISTA_THREADS", _positive, Settings.threads),
        keep_versions=_said(
            "UNAVISTA_KEEP_VERSIONS", _positive, Settings.keep_versions
        ),
        first_night=_said("UNAVISTA_FIRST_NIGHT", _night, None),
        page_hosts=_said("UNAVISTA_PAGE_HOSTS", _hosts, ()),
        landing_url=_said("UNAVISTA_LANDING", _address, Settings.landing_url),
        dagster_postgres=_postgres("UNAVISTA_DAGSTER_POSTGRES"),
        shop_postgres=os.environ.get("UNAVISTA_SHOP_POSTGRES", Settings.shop_postgres),
        alarm_webhook=os.environ.get("UNAVISTA_ALARM_WEBHOOK", "").strip(),
        alarm_smtp=os.environ.get("UNAVISTA_ALARM_SMTP", "").strip(),
    )
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ["UNAVISTA_WAREHOUSE"] = str(settings.warehouse)
    os.environ["UNAVISTA_MEMORY_LIMIT"] = settings.memory_limit
    os.environ["UNAVISTA_THREADS"] = str(settings.threads)
    # SQLAlchemy by itself takes another driver than dagster-postgres is made for.
    os.environ["UNAVISTA_DAGSTER_URL"] = settings.dagster_postgres.replace(
        "://", "+psycopg2://", 1
    )
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    os.environ["DBT_PROFILES_DIR"] = str(REPOSITORY)
    return settings


def begin_nights_at(night: date) -> None:
    """Let this process, and those it begins, run nights from `night` on."""
    os.environ["UNAVISTA_FIRST_NIGHT"] = night.isoformat()


def _said(name: str, read: Callable[[str], T], default: T) -> T:
    """What a variable says, or `default` where it is not set or empty."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return read(text)
    except ValueError as error:
        raise ValueError(f"{name}={text!r}: {error}") from None


def _refuse_quotes() -> None:
    """What a shell takes away is part of the value where no shell has read it."""
    for name, value in os.environ.items():
        text = value.strip()
        is_quoted = len(text) > 1 and text[0] in "\"'" and text[0] == text[-1]
        if name.startswith("UNAVISTA_") and is_quoted:
            raise ValueError(
                f"the value of {name} begins and ends with a quote; expected it without"
                " quotes: no shell reads it where it is set"
            )


def _path(text: str) -> Path:
    """A path of this machine; a leading ~ is somebody's own folder, as in a shell."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("there is no such user; expected a path") from None


def _address(text: str) -> str:
    return str(_path(text)) if text.startswith("~") else text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("expected a whole number of at least 1")
    return int(text)


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return text


def _postgres(name: str) -> str:
    """An address with a password in it, which no message shows."""
    text = os.environ.get(name, "").strip()
    if text and not text.startswith("postgresql://"):
        raise ValueError(f"{name}: expected postgresql://name:password@host/database")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(text.lower().replace(",", " ").split())
    if not all(re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", n) for n in names):
        raise ValueError(
            "expected names of hosts, without ports, such as cdp.example.com"
        )
    return names


def _night(text: str) -> date:
    try:
        night = date.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a day such as 2026-07-01") from None
    if night < EARLIEST:
        raise ValueError(f"expected a day from {EARLIEST} on")
    return night
