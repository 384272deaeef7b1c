"""Dagster's history in PostgreSQL: said by a setting, refused where it cannot be."""

import importlib.util
import os
from pathlib import Path

import pytest
import yaml

from ingestion.home import close_home
from ingestion.settings import Settings, read_settings
from orchestration import instance
from orchestration.instance import check_history, write_settings

SECRET = "not-for-anybodys-eyes"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A port on which nobody answers."""
    url = f"postgresql://ann:{SECRET}@127.0.0.1:1/dagster"
    made = Settings(home=tmp_path / "home", dagster_postgres=url)
    close_home(made)
    return made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "find_spec", lambda name: importlib.util)


def test_the_setting_is_read_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://ann:{SECRET}@db/dagster"
    monkeypatch.setenv("UNAVISTA_DAGSTER_POSTGRES", url)
    assert read_settings().dagster_postgres == url
    assert SECRET not in str(read_settings())
    made = os.environ["UNAVISTA_DAGSTER_URL"]
    assert made == url.replace("postgresql:", "postgresql+psycopg2:")
    monkeypatch.setenv("UNAVISTA_DAGSTER_POSTGRES", f"mysql://ann:{SECRET}@db/dagster")
    with pytest.raises(ValueError, match="expected postgresql://") as caught:
        read_settings()
    assert SECRET not in str(caught.value)


def test_a_missing_package_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install 'unavista"):
        write_settings(settings)
    assert not (settings.dagster / "dagster.yaml").exists()


@pytest.mark.usefixtures("installed")
def test_a_server_that_does_not_answer_is_said_without_its_password(
    settings: Settings,
) -> None:
    with pytest.raises(ValueError, match=r"cannot be used: .*127\.0\.0\.1") as caught:
        write_settings(settings)
    assert SECRET not in str(caught.value)


@pytest.mark.usefixtures("installed")
def test_a_file_that_says_otherwise_is_not_passed_over(settings: Settings) -> None:
    file = settings.dagster / "dagster.yaml"
    file.write_text("telemetry:\n  enabled: false\n")
    with pytest.raises(ValueError, match="was edited, and keeps Dagster's history"):
        check_history(settings)


def test_the_file_follows_the_setting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There and back, as long as nobody edits it; the password is not written."""
    monkeypatch.setattr(instance, "check_history", lambda settings: None)
    here = Settings(home=settings.home)
    file = settings.dagster / "dagster.yaml"
    write_settings(here)
    assert "event_log_storage" in yaml.safe_load(file.read_text())
    write_settings(settings)
    written = yaml.safe_load(file.read_text())
    assert written["storage"]["postgres"]["postgres_url"] == {
        "env": "UNAVISTA_DAGSTER_URL"
    }
    assert "event_log_storage" not in written
    assert SECRET not in file.read_text()
    write_settings(here)
    assert "event_log_storage" in yaml.safe_load(file.read_text())
