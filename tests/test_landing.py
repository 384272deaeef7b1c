"""A landing at an address: objects of a bucket load as files of a folder do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
import pytest

from ingestion.files.load import Loaded, load_source
from ingestion.landing import Delivered, Landing, Unreachable
from ingestion.settings import Settings
from ingestion.tables import Source
from tests.conftest import AS_OF, Home
from tests.test_loading import HEAD, SALES, TILL, assert_accounted, looks, sales, sold

SECRET = "not-for-anybodys-eyes"
NAMES = [
    "sales/plain.csv", "sales/a b.csv", "sales/Käufe – März.csv", "sales/#1.csv",
    "sales/why?.csv", "sales/why?x=1.csv", "sales/50%25.csv", "sales/a+b&c.csv",
    "sales/[1]*.csv", "sales/it's.csv", "sales/a~b.csv", "sales/A.CSV",
    "sales/.hidden.csv", "sales/_open.csv", "sales/b.csv.part", "sales/b.csv.TMP",
    "sales/2026/07/01.csv", "sales/_temporary/0.csv", "sales_old/a.csv", "a.csv",
]  # fmt: skip


@dataclass(frozen=True)
class Bucket:
    """A bucket of a server on this machine, and the requests that the server had."""

    name: str
    client: Any
    server: Any
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"s3://{self.name}/landing"

    def put(self, path: str, content: str) -> None:
        self.client.put_object(
            Bucket=self.name, Key=f"landing/{path}", Body=content.encode()
        )

    def asked(self) -> tuple[int, int]:
        """Listings and downloads since the last question."""
        listings = sum("list-type=2" in line for line in self.requests)
        reads = sum(line.startswith("GET") for line in self.requests) - listings
        self.requests.clear()
        return listings, reads


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bucket]:
    s3fs = pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
    moto = pytest.importorskip("moto.server", reason="no S3 server: install `moto[s3]`")
    import boto3
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    requests: list[str] = []
    monkeypatch.setattr(
        MotoRequestHandler, "log_request",
        lambda handler, *arguments: requests.append(handler.requestline),
    )  # fmt: skip
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
        # Three objects a page, so that every listing has several.
        "MOTO_S3_DEFAULT_MAX_KEYS": "3",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    made = Bucket(f"bucket-{port}", client, server, requests)
    client.create_bucket(Bucket=made.name)
    yield made
    server.stop()


def load(home: Home, url: str, source: Source = TILL) -> Loaded:
    settings = Settings(home=home.path, landing_url=url)
    loaded = load_source(settings, source, date(2026, 7, 1))
    assert not settings.incoming.exists()
    return loaded


def after_reading(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen each time a file has come."""
    fetch = Landing.fetch

    def fetch_and_act(landing: Landing, delivered: Delivered) -> Path:
        path = fetch(landing, delivered)
        act()
        return path

    monkeypatch.setattr(Landing, "fetch", fetch_and_act)


def test_every_kind_of_landing_loads_the_same(bucket: Bucket, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    local = Home(tmp_path / "local")
    for number, name in enumerate(NAMES):
        content = sales(number, number, f"in {number}")
        local.deliver(f"till/{name}", content)
        bucket.put(f"till/{name}", content)
        memory.pipe(f"/{bucket.name}/till/{name}", content.encode())
    for folder in (
        "till/",
        "till/sales/",
        "till/sales/empty/",
        "till/sales/x_$folder$",
    ):
        bucket.put(folder, "")
    found = {}
    for url in (
        "", f"file://{local.path}/landing", f"memory://{bucket.name}", f"{bucket.url}/",
    ):  # fmt: skip
        home = local if not url else Home(tmp_path / url[:2])
        load(home, url)
        found[url] = looks(home), sold(home)
        assert_accounted(home)
    expected = found[""]
    for url, one in found.items():
        assert one == expected, url
    assert [path for path, status, *_ in expected[0] if status == "refused"] == [
        "till/sales/2026"
    ]
    assert len(expected[1]) == 12
    memory.rm(f"/{bucket.name}", recursive=True)


def test_a_key_may_be_longer_than_a_file_name(bucket: Bucket, home: Home) -> None:
    bucket.put(f"till/sales/{'ü' * 400}.csv", sales(1, 2))
    assert load(home, bucket.url).rows_loaded == {"sales": 2}


def test_a_source_is_listed_once_and_an_object_read_once(
    bucket: Bucket, home: Home
) -> None:
    source = replace(
        TILL, tables=(SALES, replace(SALES, name="refunds", files="refunds/*"))
    )
    for number in range(4):
        bucket.put(f"till/sales/{number}.csv", sales(number, number))
        bucket.put(f"till/refunds/{number}.csv", sales(number, number, "back"))
    bucket.asked()
    pages = 3
    assert load(home, bucket.url, source).files_loaded == 8
    assert bucket.asked() == (2 * pages, 8)
    assert load(home, bucket.url, source).files_loaded == 0
    assert bucket.asked() == (pages, 0)
    bucket.put("till/sales/3.csv", sales(3, 5))
    assert load(home, bucket.url, source).rows_loaded == {"sales": 3, "refunds": 0}
    assert bucket.asked() == (2 * pages, 1)


def test_an_object_replaced_while_it_is_read_waits_for_the_next_run(
    bucket: Bucket, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same size, same second: only the store's mark of the content tells."""
    bucket.put("till/sales/a.csv", sales(1, 2, "tea"))
    with monkeypatch.context() as patch:
        after_reading(patch, lambda: bucket.put("till/sales/a.csv", sales(1, 2, "rum")))
        [message] = load(home, bucket.url).messages
    assert "changed while it was read" in message
    assert sold(home) == []
    assert load(home, bucket.url).messages == []
    assert sold(home) == [("1", "rum"), ("2", "rum")]
    assert_accounted(home)


def test_an_object_taken_away_is_refused_and_the_others_load(
    bucket: Bucket, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        bucket.put(f"till/sales/{name}.csv", sales(1, 1, name))
    key = "landing/till/sales/b.csv"
    after_reading(
        monkeypatch, lambda: bucket.client.delete_object(Bucket=bucket.name, Key=key)
    )
    [message] = load(home, bucket.url).messages
    assert message.startswith("till/sales/b.csv: refused: cannot be read")
    assert sold(home) == [("1", "a")]


def test_a_store_that_goes_silent_stops_the_load_and_nothing_counts(
    bucket: Bucket, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("till/sales/a.csv", sales(1, 2))
    load(home, bucket.url)
    before = looks(home), sold(home)
    for name in "bc":
        bucket.put(f"till/sales/{name}.csv", sales(3, 4, name))
    after_reading(monkeypatch, bucket.server.stop)
    with pytest.raises(Unreachable, match=bucket.url):
        load(home, bucket.url)
    assert (looks(home), sold(home)) == before
    assert not (home.path / "incoming").exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no bucket", "there is nothing at"),
        ("wrong folder", "there is nothing at"),
        ("wrong key", "Access Key Id you provided does not exist"),
        ("no key", "credentials"),
        ("server down", "Could not connect"),
    ],
)
def test_what_cannot_be_reached_is_said_in_one_line(
    fault: str, said: str, bucket: Bucket, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("till/sales/a.csv", sales(1, 2))
    url = bucket.url
    if fault == "no bucket":
        url = "s3://no-such-bucket/landing"
    elif fault == "wrong folder":
        url += "s"
    elif fault == "wrong key":
        monkeypatch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0)
    elif fault == "no key":
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    else:
        bucket.server.stop()
    done = home.call("run", "--no-wait", "--as-of", AS_OF, UNAVISTA_LANDING=url)
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith("unavista: ")
    assert url in line
    assert said in line
    assert SECRET not in line
    assert not home.path.exists()
    # A load that is not begun by the command finds out as well.
    with pytest.raises(Unreachable, match=said) as caught:
        load(home, url)
    assert caught.value.passing == (fault == "server down")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"nowhere://marie:{SECRET}@host/landing", "Protocol not known"),
        ("s3://", "names no folder"),
        (f"http://marie:{SECRET}@127.0.0.1:1/landing?sig={SECRET}", "Cannot connect"),
    ],
)
def test_an_address_that_cannot_be_opened_shows_no_secret(
    url: str, said: str, home: Home
) -> None:
    if url.startswith("http"):
        pytest.importorskip("aiohttp", reason="the extra `s3` is not installed")
    with pytest.raises(Unreachable, match=said) as caught:
        Landing(Settings(home=home.path, landing_url=url)).check()
    assert SECRET not in str(caught.value)
    assert "marie" not in str(caught.value)


def test_a_store_that_does_not_say_when_a_file_was_written_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/timeless/till/sales/a.csv", HEAD.encode())
    monkeypatch.setattr(
        type(memory), "find",
        lambda system, path, detail: {f"{path}/sales/a.csv": {"size": len(HEAD)}},
    )  # fmt: skip
    with pytest.raises(Unreachable, match="does not say when"):
        load(home, "memory://timeless")
    memory.rm_file("/timeless/till/sales/a.csv")


def test_what_no_table_reads_is_named(home: Home) -> None:
    for path in ("till/sales/a.csv", "till/sale/a.csv", "till/b.csv", "tills/c.csv"):
        home.deliver(path, sales(1, 1))
    home.deliver("till/.hidden/a.csv", sales(1, 1))
    found = Landing(Settings(home=home.path)).strangers([TILL])
    assert found == [
        f"{name}: nothing is read here; files go under <source>/<table>/"
        for name in ("till/b.csv", "till/sale", "tills")
    ]
