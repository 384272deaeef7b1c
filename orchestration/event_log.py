"""Dagster's event log, with connections that stay open from event to event."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import sqlalchemy
from dagster import Field, StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine

from ingestion.settings import read_settings

_OPEN_AT_MOST = 8


def _without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    """Do not wait for the disk after every event.

    The files are in write-ahead mode: a process that is killed loses nothing by this; a
    power cut may lose the last events, and leaves the file whole. What a night has done
    is read from the warehouse and its registry, not from here.
    """
    connection.execute("pragma synchronous = normal")


class EventLog(SqliteEventLogStorage):
    """The files of Dagster's own storage, which opens them anew for every event."""

    @classmethod
    def config_type(cls) -> dict:
        """Without `base_dir` the files lie in the home, wherever that is moved."""
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value
    ) -> "EventLog":
        """As Dagster makes it from dagster.yaml."""
        history = str(read_settings().dagster / "history" / "runs")
        return cls(inst_data=inst_data, **{"base_dir": history, **config_value})

    @cached_property
    def _tables(self) -> set[str]:
        return set()

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table of that name; asked for every event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @cached_property
    def _engines(self) -> dict[str, Engine]:
        return {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if shard not in self._initialized_dbs:
            with super()._connect(shard):
                pass
        with self._db_lock:
            if shard not in self._engines:
                if len(self._engines) == _OPEN_AT_MOST:
                    self._engines.pop(next(iter(self._engines))).dispose()
                engine = sqlalchemy.create_engine(
                    self.conn_string_for_shard(shard), connect_args={"timeout": 30}
                )
                sqlalchemy.event.listen(engine, "connect", _without_waiting)
                self._engines[shard] = engine
            with self._engines[shard].begin() as connection:
                yield connection

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
