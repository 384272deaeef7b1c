"""What people set and wrote is checked before a night, and named with its cure."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from orchestration import before_a_night, progress, warehouse
from orchestration.alarms import open_incidents
from orchestration.models import manifest_path
from orchestration.public_tables import PublicTable, public_tables
from tests.compiled_models import World
from tests.conftest import Home
from tests.test_line import process, until
from tests.test_tries import OPENED

ODD_LABEL = 'Haven\'t been back, "ever" – 100 % {{ not a macro }}'


@pytest.fixture(scope="module")
def tables() -> list[PublicTable]:
    return public_tables(manifest_path())


def problems(tables: list[PublicTable], home: Home, **project: object) -> list[str]:
    """The lines that are said of a project file with other words in it."""
    file = home.path / "dbt_project.yml"
    home.path.mkdir(parents=True, exist_ok=True)
    text = before_a_night.PROJECT_FILE.read_text()
    for old, new in project.get("changes", {}).items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    try:
        before_a_night.check(Settings(home=home.path), tables, file)
    except ValueError as error:
        first, *lines = str(error).splitlines()
        assert first == "the night did not begin, and nothing was loaded:"
        return [line.strip().replace(f"{home.path}/", "") for line in lines]
    return []


def test_the_project_as_it_is_has_nothing_wrong(
    home: Home, tables: list[PublicTable]
) -> None:
    assert problems(tables, home) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "order_count >= 3", "ordr_count >= 3",
            'segment repeat_buyers: its condition cannot be asked: Referenced column'
            ' "ordr_count" not found',
        ),
        ("order_count >= 3", "order_count >= ", "its condition cannot be asked"),
        ("order_count >= 3", "order_count) or (", "its condition cannot be asked"),
        (
            "order_count >= 3", "true); select (1",
            "repeat_buyers: its condition cannot be asked: it is several statements",
        ),
        ("order_count >= 3", "sum(order_count) > 3", "WHERE clause cannot contain"),
        ("order_count >= 3", "5", "repeat_buyers: condition is missing, no text"),
        ("condition: order_count >= 3", "where: x", "condition, where is missing"),
        ("segment_id: repeat_buyers", "segment_id: high_value", "is there twice"),
        ("segment_id: repeat_buyers", 'segment_id: "it\'s"', "a name of small"),
        ("session_gap_minutes: 30", "session_gap_minutes: soon", "a number of at"),
        ("max_household_size: 8", "max_household_size: 0", "a number of at"),
        ("reporting_currency: EUR", "reporting_currency: EURO", "such as EUR"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(
    home: Home, tables: list[PublicTable], old: str, new: str, said: str
) -> None:
    [line] = problems(tables, home, changes={old: new})
    assert said in line
    assert "; expected " in line
    assert line.startswith("dbt_project.yml")
    if "segment " in line:
        [number] = re.findall(r"^dbt_project.yml, line (\d+): ", line)
        lines = (home.path / "dbt_project.yml").read_text().splitlines()
        assert "- segment_id" in lines[int(number) - 1]


def test_all_that_is_wrong_is_said_at_once(
    home: Home, tables: list[PublicTable]
) -> None:
    for path, text in {
        "decisions/identity.csv": "decision,author,reason\nmarry,me,because\n",
        "decisions/files.csv": "path,decision\na.csv,perhaps\n",
        "labels/ours.csv": "record,person\na,b\n",
    }.items():
        file = home.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    found = problems(tables, home, changes={"order_count >= 3": "nothing"})
    places = [line.partition(": ")[0] for line in found]
    assert places[:3] == [
        "decisions/files.csv line 2", "decisions/identity.csv, line 2",
        "labels/ours.csv, line 1",
    ]  # fmt: skip
    assert places[3].startswith("dbt_project.yml, line ")


def test_what_people_write_is_a_file(home: Home, tables: list[PublicTable]) -> None:
    """A pipe would be waited for, and what a link led to would be missed."""
    for folder in ("decisions", "labels"):
        (home.path / folder).mkdir(parents=True)
    os.mkfifo(home.path / "decisions/files.csv")
    (home.path / "decisions/identity.csv").symlink_to("/mnt/away.csv")
    os.mkfifo(home.path / "labels/ours.csv")
    for name in ("ours.csv~", "Thumbs.db", "desktop.ini", "#ours.csv#"):
        (home.path / "labels" / name).touch()
    cure = "; expected a CSV file: put one in its place, or remove it"
    assert problems(tables, home) == [
        f"decisions/files.csv is a named pipe{cure}",
        f"decisions/identity.csv is a link that leads nowhere, to /mnt/away.csv{cure}",
        f"labels/ours.csv is a named pipe{cure}",
    ]


@pytest.mark.parametrize("limit", ["lots", "-1GB", "4", "10MB", "80%", "1EB", ""])
def test_a_limit_that_is_no_memory_is_named(
    home: Home, tables: list[PublicTable], limit: str
) -> None:
    for name in ("memory_limit", "load_memory_limit"):
        settings = replace(Settings(home=home.path), **{name: limit})
        with pytest.raises(ValueError, match=f"UNAVISTA_{name.upper()} is '{limit}'"):
            before_a_night.check(settings, tables)


def test_the_command_says_it_before_anything_is_loaded(home: Home) -> None:
    home.deliver("shop/refunds/a.csv", "refund_id\n1\n")
    done = home.call("run", "--as-of", "2026-07-01", UNAVISTA_MEMORY_LIMIT="some")
    assert done.returncode == 1
    assert "UNAVISTA_MEMORY_LIMIT is 'some'; expected an amount" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home.path / "warehouse.duckdb").exists()


CUT_OFF = {
    "cut in half": lambda whole: whole[: len(whole) // 2],
    "cut after its head": lambda whole: whole[:9000],
    "something else": lambda _: b"garbage " * 5000,
    "of a later version": lambda whole: whole[:12] + b"\xff" + whole[13:],
}


def a_warehouse(home: Home) -> Path:
    """One of several blocks."""
    home.path.mkdir(parents=True, exist_ok=True)
    file = home.path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table t as select hash(i) from range(200000) r(i)")
    return file


@pytest.mark.parametrize("how", CUT_OFF)
def test_a_damaged_warehouse_is_named_before_anything_is_loaded(
    home: Home, how: str
) -> None:
    home.deliver("shop/refunds/a.csv", "refund_id\n1\n")
    file = a_warehouse(home)
    file.write_bytes(CUT_OFF[how](file.read_bytes()))
    done = home.call("run", "--as-of", "2026-07-01")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(
        f"unavista: the warehouse {file} is damaged, or of another version ("
    )
    assert line.endswith(
        "); delete it and run again, and all is rebuilt from landing and registry: rm"
        f" -f {file} {file}.wal"
    )
    assert "load" not in done.stdout
    [incident] = open_incidents(Settings(home=home.path))
    assert incident.cause == warehouse.Damaged.cause


def test_a_warehouse_that_is_open_elsewhere_is_not_damaged(home: Home) -> None:
    """A night waits for that. One that is not there is made."""
    settings = Settings(home=home.path)
    warehouse.check(settings)
    file = a_warehouse(home)
    with process(OPENED, file) as other:
        until(other, "open")
        warehouse.check(settings)
        with pytest.raises(duckdb.IOException, match="Could not set lock on file"):
            warehouse.keep_open(settings)
    warehouse.keep_open(settings)
    warehouse.let_go()


def test_damage_that_a_night_comes_upon_is_told_of_once(home: Home) -> None:
    settings = Settings(home=home.path)
    torn = "load_shop: IOException: IO Error: Corrupt database file: computed checksum"
    [said] = warehouse.cure(settings, [torn, torn, "load_crm: no such file"])
    assert said.startswith(f"the warehouse {settings.warehouse} is damaged")
    assert warehouse.cure(settings, [f"load_shop: {said}", torn]) == []
    assert warehouse.cure(settings, ["Could not set lock on file", "no space"]) == []


def test_any_label_is_a_label() -> None:
    """The model's own SQL, rendered as dbt renders it."""
    import jinja2

    folder = before_a_night.PROJECT_FILE.parent / "models" / "segments"
    segments = [
        {
            "segment_id": name, "label": ODD_LABEL, "purpose": "it's",
            "condition": "label = 'it''s' -- always",
        }
        for name in ("one", "two")
    ]  # fmt: skip
    for model in ("segments", "segment_members"):
        sql = jinja2.Template((folder / f"{model}.sql").read_text()).render(
            var=lambda _: segments, ref=lambda _: "people"
        )
        world = World()
        world.give("main.people(customer_id, label)", [("c", "it's")])
        found = world.rows(sql)
        if model == "segments":
            assert [row[:3] for row in found] == [
                (name, ODD_LABEL, "it's") for name in ("one", "two")
            ]
        else:
            assert found == [("one", "c"), ("two", "c")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 李 – 5 €", "Zoë 李 – 5 €"),
        ("a\x1b[2Jb\x07", "a\\x1b[2Jb\\x07"),
        ("a\x9b2Jb\x7f", "a\\x9b2Jb\\x7f"),
        ("exe.\u202egnp", "exe.\\u202egnp"),
        ("a\r\nb", "a\\r\\nb"),
        ("a\u2028b\udc80", "a\\u2028b\\udc80"),
    ],
)
def test_what_is_shown_holds_no_control_characters(text: str, shown: str) -> None:
    assert progress.printable(text, keep="") == shown
    assert progress.printable("a\n\tb\x1b") == "a\n\tb\\x1b"


def test_a_name_of_a_file_cannot_reach_the_terminal(home: Home) -> None:
    """Through the command: the landing is looked through, and the night says names."""
    name = "a\x1b]0;owned\x07\n\x1b[2J.csv"
    code = (
        "from orchestration import progress;"
        f"progress.warn('load', [{name!r}] * 30, lambda text: print(repr(text)))"
    )
    for encoding in ("utf-8", "ascii"):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert "\x1b" not in done.stdout
        assert done.stdout.count("owned") == 40
        assert "and 10 more like these" in done.stdout
    done = home.call("who", "\x1b[31mnobody\x1b[0m")
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
