"""What the command says where its words, its settings or its reader are odd ones."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, read_settings
from orchestration import runs
from orchestration.published import show_version
from tests.commands import UNAVISTA
from tests.conftest import REPOSITORY, Home


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ("run --as-of", "--as-of"), ("run --from", "--from"), ("run --to", "--to"),
        ("rollback", "the night"), ("sample --until", "--until"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", ["01.07.2026", "gestern", "2026-02-30"])
def test_what_is_no_day_is_named_with_the_form_of_one(
    home: Home, arguments: str, name: str, day: str
) -> None:
    done = home.call(*arguments.split(), day)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"unavista: {name} '{day}' is no day; expected YYYY-MM-DD, such as 2026-07-01\n"
    )


def test_the_help_says_what_from_and_to_are_without_each_other(home: Home) -> None:
    done = home.call("run", "--help")
    said = " ".join(done.stdout.split())
    assert "--from NIGHT the first of several nights, in place of --as-of" in said
    assert "--to NIGHT the last of them (default: today); only with --from" in said
    done = home.call("run", "--to", "2026-07-01")
    assert done.returncode == 1
    assert "--to is today where it is not said" in done.stderr


# --- Settings.


def test_a_home_may_begin_with_ones_own_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As systemd, cron and compose hand it over, where no shell has read it."""
    done = home.call("status", UNAVISTA_HOME="~/x", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert f"nothing is published yet in {tmp_path}/x (UNAVISTA_HOME)" in done.stdout
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UNAVISTA_LANDING", "~/landing")
    assert read_settings().landing_url == f"{tmp_path}/landing"
    done = home.call("status", UNAVISTA_HOME="~nobody-is-called-so/x")
    assert (done.returncode, done.stdout) == (1, "")
    assert "UNAVISTA_HOME='~nobody-is-called-so/x': there is no such" in done.stderr


@pytest.mark.parametrize("value", ['"/tmp/q"', "'/tmp/q'", ' "2" ', '""'])
@pytest.mark.parametrize(
    "name", ["UNAVISTA_HOME", "UNAVISTA_LANDING", "UNAVISTA_SHOP_POSTGRES"]
)
def test_a_quoted_setting_is_refused(home: Home, name: str, value: str) -> None:
    done = home.call("status", **{name: value})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"unavista: the value of {name} begins and ends with a quote; expected it"
        " without quotes: no shell reads it where it is set\n"
    )


# --- Who reads.


def test_who_stops_reading_hears_no_complaint(home: Home) -> None:
    """As `unavista status | head -1`, and where nobody reads what goes wrong either."""
    for arguments in (["status"], ["run", "--help"], ["why-changed", "x", "a", "b"]):
        ear, mouth = os.pipe()
        os.close(ear)
        is_wrong = arguments[0] == "why-changed"
        done = subprocess.run(
            [sys.executable, "-c", UNAVISTA, *arguments],
            cwd=REPOSITORY, check=False, text=True, stdout=mouth,
            stderr=mouth if is_wrong else subprocess.PIPE,
            env={**os.environ, "UNAVISTA_HOME": str(home.path)},
        )  # fmt: skip
        os.close(mouth)
        assert done.returncode == is_wrong
        assert not done.stderr


def test_a_full_disk_under_what_is_said_is_said(home: Home) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", UNAVISTA, "status"],
            cwd=REPOSITORY, check=False, text=True, stdout=full, stderr=subprocess.PIPE,
            env={**os.environ, "UNAVISTA_HOME": str(home.path)},
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "unavista: No space left on device\n"


# --- What a person is to type.


def test_what_to_try_is_what_a_shell_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "it's köln $HOME")
    version = settings.published / "versions" / "2026-07-01_0001"
    version.mkdir(parents=True)
    with duckdb.connect(str(version / "marts.duckdb")):
        pass
    show_version(settings, version.name)
    for part in ("of_sources", "_found", "_segments"):
        monkeypatch.setattr(runs, part, lambda *_: [])
    said = runs.summary(settings, settings.today.fromisoformat("2026-07-01"))
    tried = [line for line in said.splitlines() if "duckdb -readonly" in line]
    assert len(tried) == 3
    for line in tried:
        [_, _, file, query] = shlex.split(line)
        assert Path(file).samefile(version / "marts.duckdb")
        assert query.startswith("select ")
