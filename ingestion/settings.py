"""Where everything is kept: the one file that reads the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

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
    """

    home: Path
    timezone: str = "UTC"
    memory_limit: str = "4GB"
    load_memory_limit: str = "1500MB"
    threads: int = 2
    keep_versions: int = 3
    landing_url: str = ""
    shop_postgres: str = field(default="", repr=False)

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


def read_settings() -> Settings:
    """Read UNAVISTA_* from the environment and silence the telemetry of the parts.

    Sets what child processes (dbt) read: the absolute path of the warehouse, because
    they run in another folder, and the limits.
    """
    home = Path(os.environ.get("UNAVISTA_HOME") or REPOSITORY / "data").resolve()
    settings = Settings(
        home=home,
        timezone=os.environ.get("UNAVISTA_TIMEZONE", Settings.timezone),
        memory_limit=os.environ.get("UNAVISTA_MEMORY_LIMIT", Settings.memory_limit),
        load_memory_limit=os.environ.get(
            "UNAVISTA_LOAD_MEMORY_LIMIT", Settings.load_memory_limit
        ),
        threads=int(os.environ.get("UNAVISTA_THREADS", Settings.threads)),
        keep_versions=int(
            os.environ.get("UNAVISTA_KEEP_VERSIONS", Settings.keep_versions)
        ),
        landing_url=os.environ.get("UNAVISTA_LANDING", Settings.landing_url),
        shop_postgres=os.environ.get("UNAVISTA_SHOP_POSTGRES", Settings.shop_postgres),
    )
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ["UNAVISTA_WAREHOUSE"] = str(settings.warehouse)
    os.environ["UNAVISTA_MEMORY_LIMIT"] = settings.memory_limit
    os.environ["UNAVISTA_THREADS"] = str(settings.threads)
    os.environ["DAGSTER_HOME"] = str(settings.dagster)
    os.environ["DBT_PROFILES_DIR"] = str(REPOSITORY)
    return settings
