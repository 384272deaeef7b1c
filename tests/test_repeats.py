"""The same content again, in any number, time, name or packing, changes nothing."""

import bz2
import gzip
import io
import os
import shutil
import zipfile
from pathlib import Path

import pyarrow
import pytest

from tests.compiled_models import World, manifest
from tests.conftest import Home
from tests.test_bad_input import assert_refused, deliver
from tests.test_loading import assert_accounted, load, looks, sales, sold


def zipped(*contents: bytes) -> bytes:
    """An archive of so many files, with what a Mac adds to each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("export")
        for number, content in enumerate(contents):
            archive.writestr(f"export/{number}.csv", content)
            archive.writestr(f"__MACOSX/export/._{number}.csv", b"\0\1")
    return out.getvalue()


def damaged(archive: bytes) -> bytes:
    """What the first file of an archive holds, broken in its middle."""
    start = archive.index(b"0.csv") + 15
    return archive[:start] + b"\xff\xff\xff" + archive[start + 3 :]


PACKINGS = {
    "csv": bytes,
    "csv.gz": gzip.compress,
    "csv.bz2": bz2.compress,
    "csv.zst": lambda content: pyarrow.compress(content, codec="zstd", asbytes=True),
    "csv.zip": zipped,
    "zip.gz": lambda content: gzip.compress(zipped(content)),
}


def told(home: Home, *names: str) -> World:
    """Models over the ledger of a home, whose own tests hold."""
    world = World()
    warehouse = home.path / "warehouse.duckdb"
    world.connection.execute(f"attach '{warehouse}' as home (read_only)")
    world.connection.execute("create schema raw_ledger")
    for name in ("files", "beginnings"):
        world.connection.execute(
            f"create table raw_ledger.{name} as from home.raw_ledger.{name}"
        )
    world.build("files", "nights", "stg_ledger__current_files", *names)
    for node in manifest()["nodes"].values():
        attached = str(node.get("attached_node")).rpartition(".")[2]
        if node["resource_type"] == "test" and attached in world.built:
            assert world.failures(node["name"]) == [], node["name"]
    assert world.failures("every_line_is_accounted_for") == []
    return world


def deliveries(home: Home) -> list[tuple]:
    """What counts, under which name, and in which order it is newer."""
    return told(home).rows(
        "select delivery_number, path, is_last_delivery"
        " from staging.stg_ledger__delivered_files order by all"
    )


def set_time(file: Path, second: int) -> None:
    os.utime(file, (1_780_000_000 + second, 1_780_000_000 + second))


@pytest.fixture
def delivered(home: Home) -> Home:
    """Three files, loaded: the name says nothing of which came last."""
    for second, name in enumerate("bca"):
        file = home.deliver(f"till/sales/{name}.csv", sales(1, 2, name))
        set_time(file, second)
    load(home)
    return home


def assert_harmless(home: Home, before: tuple) -> None:
    assert (deliveries(home), sold(home)) == before
    assert_accounted(home)


def test_files_touched_night_after_night_stay_as_they_are(delivered: Home) -> None:
    """As a copy that keeps no times restores them, in another order."""
    before = deliveries(delivered), sold(delivered)
    assert [path[-5:] for _, path, _ in before[0]] == ["b.csv", "c.csv", "a.csv"]
    for night in range(1, 5):
        for second, name in enumerate("acb"):
            file = delivered.path / f"landing/till/sales/{name}.csv"
            set_time(file, 1000 * night + second)
        assert load(delivered).files_loaded == 0
        assert_harmless(delivered, before)
    assert told(delivered).rows(
        "select path[-5:], status, count(*), sum(loaded_count), sum(repeated_count)"
        " from quality.files group by all order by 1, 2"
    ) == [
        (f"{name}.csv", status, 1, rows, repeats)
        for name in "abc"
        for status, rows, repeats in (("loaded", 2, 0), ("repeated", 0, 2))
    ]


def test_a_copy_a_new_name_and_a_move_change_nothing(delivered: Home) -> None:
    before = deliveries(delivered), sold(delivered)
    folder = delivered.path / "landing/till/sales"
    shutil.copy(folder / "b.csv", folder / "0 copy of b.csv")
    folder.joinpath("c.csv").rename(folder / "z.csv")
    load(delivered)
    assert_harmless(delivered, before)
    folder.joinpath("0 copy of b.csv").rename(folder / "c.csv")
    folder.joinpath("z.csv").rename(folder / "0.csv")
    load(delivered)
    assert_harmless(delivered, before)


@pytest.mark.parametrize("first", PACKINGS)
def test_content_is_known_in_any_packing(home: Home, first: str) -> None:
    text = sales(1, 3).encode()
    home.deliver(f"till/sales/first.{first}", PACKINGS[first](text))
    assert load(home).messages == []
    before = deliveries(home), sold(home)
    assert len(before[1]) == 3
    for name, pack in PACKINGS.items():
        home.deliver(f"till/sales/again.{name}", pack(text))
    loaded = load(home)
    assert (loaded.files_loaded, loaded.messages) == (0, [])
    assert [status for _, status, *_ in looks(home)][1:] == ["repeated"] * len(PACKINGS)
    assert_harmless(home, before)


def test_a_folder_of_repeats_is_one_delivery(home: Home) -> None:
    for number in range(300):
        home.deliver(f"till/sales/{number}.csv", sales(1, 3))
    assert load(home).files_loaded == 1
    assert len(sold(home)) == 3
    assert deliveries(home) == [(1, "till/sales/0.csv", True)]
    for number in range(300, 600):
        home.deliver(f"till/sales/{number}.csv.gz", gzip.compress(sales(1, 3).encode()))
    assert load(home).files_loaded == 0
    assert load(home).files_loaded == 0
    assert len(looks(home)) == 600
    assert deliveries(home) == [(1, "till/sales/0.csv", True)]
    assert_accounted(home)


def test_a_lost_warehouse_has_the_same_order_beside_copies(delivered: Home) -> None:
    """A copy kept beside the original is no later delivery."""
    folder = delivered.path / "landing/till/sales"
    copy = Path(shutil.copy(folder / "b.csv", folder / "0.csv"))
    set_time(copy, 9)
    load(delivered)
    before = deliveries(delivered), sold(delivered)
    shutil.rmtree(delivered.path / "dlt")
    delivered.path.joinpath("warehouse.duckdb").unlink()
    load(delivered)
    assert_harmless(delivered, before)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(b"a\n1\n", b"b\n2\n"), ("a zip archive of 2 files", "unpack it")),
        (zipped(), ("a zip archive of 0 files", "unpack it")),
        (zipped(sales(1, 9).encode())[:-9], ("cut off or damaged", "unpack it")),
        (damaged(zipped(sales(1, 9).encode())), ("cut off or damaged", "deliver")),
    ],
)
def test_an_archive_that_is_no_one_file_is_refused(
    home: Home, content: bytes, words: tuple[str, str]
) -> None:
    deliver(home, content)
    assert_refused(home, *words)
