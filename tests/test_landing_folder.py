"""What may lie in a landing folder, or be called like nothing that is a file."""

import contextlib
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import ANY

import duckdb
import pytest

from ingestion import ledger
from ingestion.files.load import load_source
from ingestion.landing import Landing, Unreachable
from ingestion.settings import Settings
from ingestion.sources import shop, social
from orchestration.lookups import status
from orchestration.runs import of_sources
from tests.compiled_models import World
from tests.conftest import Home
from tests.test_bad_input import BAD, assert_mended, assert_refused
from tests.test_loading import (
    HEAD,
    SALES,
    TILL,
    assert_accounted,
    load,
    looks,
    sales,
    sold,
)
from tests.test_repeats import told


@pytest.mark.parametrize(
    "name", ["a 100%", "50%s", "%(x)s", "it's {a} {{ b }} [1]*", '"ü" & $HOME', "-h"]
)
def test_a_home_may_be_called_anything(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    home.deliver("till/sales/a.csv", sales(1, 2) + "6,tea,x,\n")
    load(home)
    home.deliver("till/sales/b.csv", sales(3, 3))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3"]
    assert_accounted(home)


@pytest.mark.parametrize("sign", ["?", "#", "%20"])
def test_a_home_that_the_parts_would_misread_is_refused_at_once(
    tmp_path: Path, sign: str
) -> None:
    home = Home(tmp_path / f"a{sign}b")
    (home.path / "landing").mkdir(parents=True)
    for command in ("run", "sample", "ui"):
        done = home.call(command)
        [line] = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert line.startswith(f"unavista: the path of the home {home.path} holds")
        assert f"{sign!r}" in line
        assert "set UNAVISTA_HOME" in line
    assert [path.name for path in home.path.iterdir()] == ["landing"]


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    # Bound from within its folder: the name of a socket is at most 108 letters long.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def link_to_a_pipe(path: Path) -> None:
    pipe(path.parents[2] / "pipe")
    path.symlink_to("../../pipe")


# What lies there, and what the message calls it.
NO_FILES = {
    "a pipe": (pipe, "is a named pipe"),
    "a link to a pipe": (link_to_a_pipe, "is a link to a named pipe"),
    "a socket": (listener, "is a socket"),
    "a device": (link_to("/dev/zero"), "is a link to a device"),
    "a folder": (Path.mkdir, "is a folder"),
    "a link to a folder": (link_to("/tmp"), "is a link to a folder"),
    "a link to nowhere": (
        link_to("/no where/x.csv"), "is a link that leads nowhere, to /no where/x.csv",
    ),
    "a link to bytes": (
        link_to(os.fsdecode(b"caf\xe9")), r"leads nowhere, to caf\xe9;",
    ),
    "a link to itself": (link_to("bad.csv"), "is a link that leads back to itself"),
}  # fmt: skip


@pytest.mark.parametrize("case", NO_FILES)
def test_what_is_no_file_is_refused_by_its_kind_and_the_others_load(
    case: str, home: Home
) -> None:
    make, words = NO_FILES[case]
    home.deliver("till/sales/a.csv", sales(1, 2))
    bad = home.path / "landing" / BAD
    make(bad)
    home.deliver("till/sales/c.csv", sales(3, 3))
    assert_refused(home, words, "; expected a file: put one in its place, or remove it")
    [(age, size)] = home.warehouse(
        "select loaded_at - modified_at, size_bytes from raw_ledger.files"
        " where status = 'refused'"
    )
    # When it was put there, not when what it leads to was made.
    assert timedelta(seconds=-1) < age < timedelta(minutes=5)
    assert size == 0
    if bad.is_dir() and not bad.is_symlink():
        bad.rmdir()
    else:
        bad.unlink()
    assert_mended(home)


def test_folders_in_place_of_files_and_files_in_place_of_folders_are_named(
    home: Home,
) -> None:
    """Also a folder that is a link to a disk that is not there."""
    tables = tuple(replace(SALES, name=n, files=f"{n}/*") for n in "abcd")
    source = replace(TILL, tables=tables)
    home.deliver("till/a/1.csv", sales(1, 1))
    home.deliver("till/b", "a file")
    (home.path / "landing/till/c").symlink_to("/mnt/away")
    (home.path / "landing/till/d").symlink_to("d")
    (home.path / "landing/shop").symlink_to("/mnt/away")
    landing = Landing(Settings(home=home.path))
    away, of_files = "is a link that leads nowhere, to /mnt/away", "a folder of files"
    assert landing.strangers([source, shop.SOURCE]) == [
        f"shop: {away}; expected a folder",
        f"till/b: is a file; expected {of_files}",
        f"till/c: {away}; expected {of_files}",
        f"till/d: is a link that leads back to itself; expected {of_files}",
    ]
    assert load(home, source).rows_loaded == {"a": 1, "b": 0, "c": 0, "d": 0}


def test_folders_that_may_not_be_read_are_named(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """chmod does not bind root, so the answer of the kernel is played."""
    home.deliver("till/sales/a.csv", sales(1, 1))
    landing = Landing(Settings(home=home.path))
    closed: set[str] = set()
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).name not in closed)
    for name, said in (("sales", "till/sales"), ("till", "till")):
        closed.clear()
        closed.add(name)
        [sentence] = landing.strangers([TILL])
        assert sentence == f"{said}: may not be read by who runs this; open it"
    landing.check()
    closed.add("landing")
    with pytest.raises(Unreachable, match="may not be read"):
        landing.check()


PASSED_OVER = [
    ".DS_Store", "._a.csv", "_SUCCESS", "a.csv.part", "A.CSV.TMP", "a.csv.crdownload",
    "a.csv~", "~$report.xlsx", "#a.csv#", "Thumbs.db", "thumbs.DB", "ehthumbs.db",
    "desktop.ini", "Desktop.ini",
]  # fmt: skip


def test_what_programs_leave_behind_is_passed_over(home: Home) -> None:
    for name in PASSED_OVER:
        for folder in ("till/sales", "till", ""):
            home.deliver(f"{folder}/{name}".lstrip("/"), b"\0not for anybody")
    for name in ("lost+found", "$RECYCLE.BIN", "System Volume Information"):
        home.deliver(f"till/sales/{name}/x", b"\0")
        home.deliver(f"{name}/x", b"\0")
    for number, name in enumerate(["a~b.csv", "#1.csv", "desktop.ini.csv", "$a.csv"]):
        home.deliver(f"till/sales/{name}", sales(number, number))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["0", "1", "2", "3"]
    assert len(looks(home)) == 4
    assert Landing(Settings(home=home.path)).strangers([TILL]) == []


@pytest.mark.parametrize("seconds", [-11644473600, 0, 2**40])
def test_a_time_that_cannot_be_stops_no_load(home: Home, seconds: int) -> None:
    """As Windows' zero, as archives without times, as a clock gone mad."""
    file = home.deliver("till/sales/a.csv", sales(1, 2))
    os.utime(file, (seconds, seconds))
    assert load(home).messages == []
    assert len(sold(home)) == 2
    before = looks(home)
    load(home)
    assert looks(home) == before


def published(home: Home) -> World:
    """What the models say of the home's files, and readers see."""
    world = told(home)
    version = home.path / "published" / "versions" / "2026-07-01_0001"
    version.mkdir(parents=True, exist_ok=True)
    (version / "marts.duckdb").unlink(missing_ok=True)
    world.connection.execute(f"attach '{version / 'marts.duckdb'}' as marts")
    world.connection.execute("create schema marts.quality")
    for table in ("files", "nights"):
        world.connection.execute(
            f"create table marts.quality.{table} as from quality.{table}"
        )
    world.connection.execute("detach marts")
    world.connection.execute("detach home")
    current = home.path / "published" / "current"
    current.unlink(missing_ok=True)
    current.symlink_to(version)
    return world


def shown(home: Home) -> str:
    """The line of `unavista status` about the till."""
    published(home)
    [line] = [
        line
        for line in status(Settings(home=home.path)).splitlines()
        if line.startswith("  till ")
    ]
    return line


def test_a_delivery_is_never_later_than_it_was_found(home: Home) -> None:
    in_2035 = datetime(2035, 1, 1, tzinfo=UTC).timestamp()
    for name, seconds in (("a", in_2035), ("b", in_2035 + 60), ("c", 0), ("d", 1e9)):
        file = home.deliver(f"till/sales/{name}.csv", sales(1, 2, name))
        os.utime(file, (seconds, seconds))
    (home.path / "landing/till/sales/e.csv").symlink_to("nowhere")
    load(home)
    world = published(home)
    assert world.rows(
        "select path, files.delivered_at = loaded_at, files.delivered_at"
        " from quality.files inner join raw_ledger.files as ledger using (path)"
        " where path <> 'till/sales/e.csv' order by path"
    ) == [
        ("till/sales/a.csv", True, ANY),
        ("till/sales/b.csv", True, ANY),
        ("till/sales/c.csv", True, ANY),
        ("till/sales/d.csv", False, datetime(2001, 9, 9, 1, 46, 40)),
    ]
    [(latest,)] = world.rows("select max(delivered_at) from quality.files")
    assert f"last delivery {latest:%Y-%m-%d %H:%M} " in shown(home)
    assert latest <= datetime.now(UTC).replace(tzinfo=None)
    # Which of two is newer is said by their own times, whatever the year.
    assert world.rows(
        "select path from staging.stg_ledger__delivered_files order by delivery_number"
    ) == [(f"till/sales/{name}.csv",) for name in "cdab"]
    before = looks(home)
    assert load(home).files_loaded == 0
    assert looks(home) == before


def test_what_was_refused_and_came_again_whole_is_refused_no_more(home: Home) -> None:
    bad = home.deliver("till/sales/a.csv", b"")
    load(home)
    assert shown(home).endswith(" 1 refused")
    bad.write_bytes(b"\0")
    load(home)
    assert shown(home).endswith(" 1 refused")
    bad.write_text(sales(1, 2))
    load(home)
    assert shown(home).endswith(" 0 refused")
    assert published(home).rows(
        "select status, superseded_by_file_id is null from quality.files order by all"
    ) == [("loaded", True), ("refused", False), ("refused", False)]
    # What was refused since takes the place of nothing, and is told of.
    bad.write_bytes(b"\0\0")
    load(home)
    assert shown(home).endswith(" 1 refused")
    assert published(home).rows(
        "select status, superseded_by_file_id is null, count(*) from quality.files"
        " group by all order by all"
    ) == [("loaded", True, 1), ("refused", False, 2), ("refused", True, 1)]


def test_a_file_that_was_touched_and_then_replaced_counts_no_more(home: Home) -> None:
    file = home.deliver("till/sales/a.csv", sales(1, 2))
    load(home)
    os.utime(file, (1, 1))
    load(home)
    file.write_text(sales(1, 3))
    load(home)
    assert published(home).rows(
        "select status, read_count, superseded_by_file_id is null from quality.files"
        " order by all"
    ) == [("loaded", 2, False), ("loaded", 3, True), ("repeated", 2, False)]


def test_what_was_refused_until_a_decision_is_refused_no_more(home: Home) -> None:
    home.deliver("till/sales/a.csv", HEAD + "1,tea,1,03/04/2026\n2,tea,2,05/06/2026\n")
    load(home)
    assert shown(home).endswith(" 1 refused")
    decisions = home.path / "decisions" / "files.csv"
    decisions.parent.mkdir()
    decisions.write_text("path,decision\ntill/sales/a.csv,day_first\n")
    load(home)
    assert len(sold(home)) == 2
    assert shown(home).endswith(" 0 refused")


def test_an_empty_landing_that_was_full_is_said(home: Home) -> None:
    """As when its disk is not mounted; or one source's folder is another disk."""
    other = replace(TILL, name="kiosk")
    for name in ("a", "b"):
        home.deliver(f"till/sales/{name}.csv", sales(1, 2, name))
    kiosk = home.deliver("kiosk/sales/a.csv", sales(3, 3))
    home.deliver("kiosk/sales/bad.csv", b"")
    landing = Landing(Settings(home=home.path))

    def said() -> list[str]:
        load(home)
        load(home, other)
        with duckdb.connect(str(home.path / "warehouse.duckdb")) as connection:
            held = ledger.files_held(connection)
        assert held == {"till": 2, "kiosk": 1}
        return landing.gone([TILL, other], held)

    assert said() == []
    kiosk.unlink()
    (kiosk.parent / ".keep").touch()
    assert said() == []  # What is refused lies there: the folder is no empty disk.
    (kiosk.parent / "bad.csv").unlink()
    [sentence] = said()
    assert sentence.startswith("kiosk: the landing holds no file of it, and held 1")
    shutil.rmtree(home.path / "landing")
    (home.path / "landing" / "lost+found").mkdir(parents=True)
    [sentence] = said()
    assert sentence == (
        f"the landing folder {home.path / 'landing'} is empty, and held 3 files before:"
        " is its disk mounted? What was loaded before goes on counting"
    )
    assert len(sold(home)) == 4


def test_the_summary_tells_what_came_from_what_had_come(home: Home) -> None:
    home.deliver("social/interactions/bad.csv", b"")
    home.deliver("till/sales/a.csv", sales(1, 2))
    load(home)
    home.deliver("till/sales/b.csv", sales(3, 4))
    load(home)
    # One has a new time, the other new rows: each is one file, its rows count once.
    os.utime(home.path / "landing" / "till" / "sales" / "a.csv", (10**9, 10**9))
    home.deliver("till/sales/b.csv", sales(3, 5))
    load(home)
    load_source(Settings(home=home.path), social.SOURCE, date(2026, 7, 2))
    world = published(home)
    for night, new in ((date(2026, 7, 1), 1), (date(2026, 7, 2), 0)):
        lines = of_sources(world.connection, night, {"till", "social", "shop"})
        assert lines[0] == (
            f"1 of 3 known sources have delivered; {new} brought something new this"
            " night."
        )
        assert lines[1].endswith(" 0 rows from 0 files, 1 files refused")
        assert lines[2].endswith(" 5 rows from 2 files")
        assert lines[-1] == "  Nothing came from shop."
