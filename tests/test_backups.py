"""A backup keeps what cannot be built again, and a restored home is the same home."""

import json
import os
import stat
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from ingestion.home import close_home
from ingestion.settings import Settings
from orchestration import backups
from orchestration.backups import BackupFailed, back_up, restore
from orchestration.cli import main
from orchestration.instance import write_settings
from orchestration.published import night_shown, show_version
from tests.conftest import Home
from tests.test_line import HOLD, process, until

VERSION = "2026-07-01_0001"
CUSTOMERS = "landing/shop/customers/2026-07-01.csv"


def put(home: Path, name: str, text: str = "a", mode: int = 0o600) -> Path:
    file = home / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home as nights and people leave it, with files of one letter."""
    made = Settings(home=tmp_path / "home")
    close_home(made)
    home = made.home
    put(home, CUSTOMERS, "id\n1\n")
    os.utime(home / CUSTOMERS, ns=(10**18, 1782864000_123456000))
    put(home, "landing/shop/.postgres/extracted/init")
    put(home, "registry/record_keys/2026-07-01.parquet")
    put(home, "decisions/identity.csv")
    put(home, "labels/people.csv")
    put(home, "models/match_weights.csv")
    put(home, "warehouse.duckdb")
    put(home, "dlt/unavista_shop_postgres/state.json")
    put(home, "logs/2026-07-01.log")
    for night in ("2026-06-30_0001", VERSION):
        folder = f"published/versions/{night}"
        put(home, f"{folder}/marts.duckdb", night, 0o444)
        put(home, f"{folder}/contacts.duckdb", night, 0o400)
        put(home, f"{folder}/parquet/contacts/people.parquet", night, 0o400)
        (home / folder / "parquet" / "contacts").chmod(0o700)
        for open_folder in (f"{folder}/parquet", folder, "published"):
            (home / open_folder).chmod(0o755)
    show_version(made, VERSION)
    return made


def tree(home: Path, without: tuple[str, ...] = ()) -> dict[str, tuple]:
    """Each file and folder of a home: mode, time, content or target."""
    return {
        name: (
            stat.S_IMODE(path.lstat().st_mode),
            path.lstat().st_mtime_ns if path.is_file() else 0,
            os.readlink(path) if path.is_symlink() else "",
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(home.rglob("*"))
        if not (name := path.relative_to(home).as_posix()).startswith(without)
    }


REBUILT = (
    "warehouse", "dlt", "logs", "line", "dagster", "writer.lock", "published.lock",
    "published/versions/2026-06-30", "published/marts", "published/contacts",
    "published/parquet", "published/current",
)  # fmt: skip


def test_a_restored_home_holds_what_cannot_be_built_again(
    settings: Settings, tmp_path: Path
) -> None:
    """With the times of its files, and closed as it was; not the warehouse."""
    said = back_up(settings, tmp_path / "kept.tar")
    assert "9 files" in said
    assert "the night of 2026-07-01" in said
    assert stat.S_IMODE((tmp_path / "kept.tar").stat().st_mode) == 0o600
    other = Settings(home=tmp_path / "other")
    said = restore(other, tmp_path / "kept.tar")
    assert "next: unavista run" in said
    assert tree(other.home, REBUILT) == tree(settings.home, REBUILT)
    assert night_shown(other).isoformat() == "2026-07-01"
    assert (other.published / "marts.duckdb").read_text() == VERSION
    assert not other.warehouse.exists()
    assert not other.dlt.exists()


def test_a_folder_gets_a_file_a_day_and_none_is_written_over(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(settings, folder)
    [file] = folder.iterdir()
    assert file.name.startswith("unavista_2026-07-01_")
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(settings, file)
    with pytest.raises(BackupFailed, match="no folder"):
        back_up(settings, tmp_path / "nowhere" / "kept.tar")
    with pytest.raises(BackupFailed, match="is kept itself"):
        back_up(settings, settings.landing / "kept.tar")


def test_a_home_without_anything_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nothing to keep"):
        back_up(Settings(home=tmp_path / "nowhere"), tmp_path / "kept.tar")
    assert not (tmp_path / "kept.tar").exists()


def test_the_landing_may_be_kept_elsewhere(settings: Settings, tmp_path: Path) -> None:
    said = back_up(settings, tmp_path / "kept.tar", landing=False)
    assert "without the landing" in said
    put(settings.home, CUSTOMERS, "newer")
    restore(settings, tmp_path / "kept.tar", overwrite=True)
    assert (settings.home / CUSTOMERS).read_text() == "newer"
    other = Settings(home=tmp_path / "other")
    assert "bring the landing" in restore(other, tmp_path / "kept.tar")
    assert not (other.home / CUSTOMERS).exists()


def test_a_home_that_holds_something_is_put_aside_when_told(
    settings: Settings, tmp_path: Path
) -> None:
    back_up(settings, tmp_path / "kept.tar")
    put(settings.home, "registry/record_keys/2026-07-02.parquet")
    put(settings.home, "decisions/files.csv")
    before = tree(settings.home)
    with pytest.raises(BackupFailed, match="--overwrite") as refused:
        restore(settings, tmp_path / "kept.tar")
    assert str(settings.home) in str(refused.value)
    assert tree(settings.home) == before
    said = restore(settings, tmp_path / "kept.tar", overwrite=True)
    [aside] = settings.home.glob("before_restore_*")
    assert str(aside) in said
    assert stat.S_IMODE(aside.stat().st_mode) == 0o700
    assert (aside / "registry/record_keys/2026-07-02.parquet").exists()
    assert (aside / "warehouse.duckdb").exists()
    assert (aside / "published/versions/2026-06-30_0001/marts.duckdb").exists()
    assert not (settings.registry / "record_keys" / "2026-07-02.parquet").exists()
    assert not (settings.decisions / "files.csv").exists()
    assert not settings.warehouse.exists()
    assert (settings.published / "marts.duckdb").read_text() == VERSION


def test_a_damaged_backup_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    """One byte of one file, or the end of it all."""
    file = tmp_path / "kept.tar"
    back_up(settings, file)
    whole = file.read_bytes()
    other = Settings(home=tmp_path / "other")
    file.write_bytes(whole.replace(b"id\n1\n", b"id\n2\n"))
    with pytest.raises(BackupFailed, match=f"{CUSTOMERS} is not as it was kept"):
        restore(other, file)
    for length in (0, 100, len(whole) // 2, whole.index(b"manifest.json")):
        file.write_bytes(whole[:length])
        with pytest.raises(BackupFailed, match=r"damaged, or no backup|ends too early"):
            restore(other, file)
    file.write_bytes(b"no archive at all" * 100)
    with pytest.raises(BackupFailed, match="damaged, or no backup"):
        restore(other, file)
    with pytest.raises(BackupFailed, match="No such file"):
        restore(other, tmp_path / "nowhere.tar")
    assert not [path for path in other.home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["../out", "/out", "registry/../../out", "other/a"])
def test_an_archive_of_somebody_else_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "kept.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, BytesIO(b"a"))
    other = Settings(home=tmp_path / "other")
    with pytest.raises(BackupFailed, match="is no backup of unavista: it holds"):
        restore(other, tmp_path / "kept.tar")
    assert not (tmp_path / "out").exists()


def test_a_backup_of_a_later_format_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_FORMAT", 2)
    back_up(settings, tmp_path / "kept.tar")
    monkeypatch.undo()
    with pytest.raises(BackupFailed, match="which is later"):
        restore(Settings(home=tmp_path / "other"), tmp_path / "kept.tar")


def test_a_file_that_is_still_arriving_is_left_out(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it grows or shrinks meanwhile; the archive stays whole."""
    grows, shrinks = (
        put(settings.home, f"landing/shop/orders/{name}.csv", "x" * 100)
        for name in ("grows", "shrinks")
    )
    real = tarfile.TarFile.addfile

    def add(archive: tarfile.TarFile, member: tarfile.TarInfo, data=None) -> None:
        if member.name.endswith("grows.csv"):
            grows.write_text("x" * 200)
        elif member.name.endswith("shrinks.csv"):
            shrinks.write_text("x")
        real(archive, member, data)

    monkeypatch.setattr(tarfile.TarFile, "addfile", add)
    said = back_up(settings, tmp_path / "kept.tar")
    assert "left out landing/shop/orders/grows.csv, which was being written" in said
    assert "left out landing/shop/orders/shrinks.csv" in said
    other = Settings(home=tmp_path / "other")
    restore(other, tmp_path / "kept.tar")
    assert not list((other.landing / "shop" / "orders").iterdir())
    assert (other.home / CUSTOMERS).exists()


def test_odd_names_and_links_are_kept(settings: Settings, tmp_path: Path) -> None:
    """A name that is no UTF-8, one with a line's end, a folder on another disk."""
    elsewhere = tmp_path / "disk" / "2025"
    put(elsewhere, "old.csv", "old")
    (settings.landing / "shop" / "orders").symlink_to(elsewhere)
    (elsewhere / "loop").symlink_to(settings.landing / "shop")
    odd = os.fsencode(settings.landing / "shop") + b"/caf\xe9\n.csv"
    Path(os.fsdecode(odd)).write_text("odd")
    back_up(settings, tmp_path / "kept.tar")
    other = Settings(home=tmp_path / "other")
    restore(other, tmp_path / "kept.tar")
    assert (other.landing / "shop" / "orders" / "old.csv").read_text() == "old"
    found = Path(os.fsdecode(os.fsencode(other.landing / "shop") + b"/caf\xe9\n.csv"))
    assert found.read_text() == "odd"


def test_settings_of_an_operator_are_kept(settings: Settings, tmp_path: Path) -> None:
    write_settings(settings)
    yaml = settings.dagster / "dagster.yaml"
    back_up(settings, tmp_path / "ours.tar")
    yaml.write_text("telemetry:\n  enabled: true\n")
    back_up(settings, tmp_path / "edited.tar")
    put(settings.home, "dagster/history/runs.db")
    yaml.write_text("telemetry:\n  enabled: false\n")
    restore(settings, tmp_path / "ours.tar", overwrite=True)
    assert "false" in yaml.read_text()
    restore(settings, tmp_path / "edited.tar", overwrite=True)
    assert "true" in yaml.read_text()
    assert (settings.dagster / "history" / "runs.db").exists()


def test_a_backup_waits_for_a_night(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("UNAVISTA_HOME", str(settings.home))
    file = str(tmp_path / "kept.tar")
    with process(HOLD, settings.lock, "a night", "") as night:
        until(night, "held")
        assert main(["backup", "--no-wait", file]) == 1
        assert f"by process {night.pid} (a night" in capsys.readouterr().err
        with subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "backup", file],
            stdout=subprocess.PIPE, text=True,
        ) as waits:  # fmt: skip
            assert f"process {night.pid} (a night" in until(waits, "this begins when")
            assert not Path(file).exists()
            night.kill()
            assert "kept 9 files" in until(waits, "kept")
    assert main(["restore", file]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert main(["restore", "--overwrite", file]) == 0


def test_a_full_disk_leaves_no_half_backup(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(BackupFailed, match="No space left on device"):
        back_up(settings, tmp_path / "kept.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_the_manifest_says_what_is_in_it(settings: Settings, tmp_path: Path) -> None:
    """So that anybody can check it with tar and sha256sum."""
    back_up(settings, tmp_path / "kept.tar")
    with tarfile.open(tmp_path / "kept.tar") as archive:
        names = archive.getnames()
        manifest = json.load(archive.extractfile(names[-1]))
    assert names[-1] == "manifest.json"
    assert manifest["shown"] == VERSION
    assert manifest["files"][CUSTOMERS] == {
        "size": 5,
        "sha256": "7cde7fb64fd82bd152710cf238e017b9ab46c0592483edc067ba4f6c75fac108",
    }


@pytest.mark.torture
def test_a_night_after_a_restore_has_the_same_hashes(
    home: Home, tmp_path: Path
) -> None:
    """From a backup made between two nights, in another place.

    But for what tells on which day the warehouse loaded a file: it is a new one.
    """
    done = home.call("sample", "--customers", "100", "--days", "10")
    assert done.returncode == 0, done.stderr
    home.run("2026-07-01")
    kept = home.call("backup", str(tmp_path / "kept.tar"))
    assert kept.returncode == 0, kept.stderr
    first = home.hashes()
    other = Home(tmp_path / "other")
    done = other.call("restore", str(tmp_path / "kept.tar"))
    assert done.returncode == 0, done.stderr
    assert other.hashes() == first
    home.run("2026-07-02")
    other.run("2026-07-02")
    there, here = other.hashes(), home.hashes()
    assert there.keys() == here.keys()
    assert {table for table in here if here[table] != there[table]} == {
        "marts:quality.files", "marts:quality.late_arrivals",
        "marts:quality.nights", "marts:quality.quarantine",
    }  # fmt: skip
