"""The page answers itself and this machine, and no other page that a person opens."""

import asyncio
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ingestion.settings import read_settings
from orchestration import page
from orchestration.cli import main
from orchestration.guarded_web import Guard
from tests.pages import free_port, serving


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A real web server that would do what it is asked, behind the guard."""

    async def ask(request: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    async def talk(socket: WebSocket) -> None:
        await socket.accept("graphql-ws")
        await socket.send_text("done")
        await socket.close()

    app = Starlette(
        routes=[
            Route("/graphql", ask, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", talk),
            Route("/report_asset_check/{key:path}", ask, methods=["POST"]),
            Route("/{path:path}", ask),
        ]
    )
    with serving(Guard(app, ("cdp.example.com",))) as number:
        yield number


def ask(
    port: int, method: str, path: str, host: str, **headers: str
) -> tuple[int, str]:
    """What the server answers over HTTP; `PORT` stands for its port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host.replace("PORT", str(port)))
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value.replace("PORT", str(port)))
    connection.endheaders()
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


OWN = "localhost:PORT"


@pytest.mark.parametrize(
    ("method", "path", "host", "headers"),
    [
        ("GET", "/", OWN, {}),
        ("POST", "/graphql", OWN, {}),
        ("POST", "/graphql", OWN, {"Origin": "http://localhost:PORT"}),
        ("POST", "/graphql", "127.0.0.1:PORT", {"Origin": "http://127.0.0.1:PORT"}),
        ("POST", "/graphql", "[::1]:PORT", {"Origin": "http://[::1]:PORT"}),
        ("POST", "/graphql", "LOCALHOST:PORT", {"Origin": "http://localhost:PORT"}),
        ("POST", "/graphql", "cdp.example.com", {"Origin": "https://cdp.example.com"}),
        ("POST", "/graphql", OWN, {"Origin": "https://cdp.example.com"}),
        ("POST", "/graphql", OWN, {"Sec_Fetch_Site": "same-origin"}),
        ("GET", "/runs/1", OWN,
         {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}),
        ("GET", "/graphql", OWN, {"Accept": "text/html", "Sec_Fetch_Site": "none"}),
    ],
)  # fmt: skip
def test_the_page_itself_and_this_machine_are_answered(
    port: int, method: str, path: str, host: str, headers: dict
) -> None:
    assert ask(port, method, path, host, **headers) == (200, "done")


STOP = "/graphql?query=mutation+{stopRunningSchedule(id:%22x%22){__typename}}"


@pytest.mark.parametrize(
    ("method", "path", "host", "headers", "said"),
    [
        ("POST", "/graphql", "evil.example", {}, "not called 'evil.example'"),
        ("GET", "/", "evil.example:PORT", {}, "UNAVISTA_PAGE_HOSTS"),
        ("GET", "/", "localhost.evil.example", {}, "not called"),
        ("GET", "/", "localhost@evil.example", {}, "not called"),
        ("GET", "/", "", {}, "not called ''"),
        ("GET", "/", "[", {}, "not called '['"),
        ("POST", "/graphql", OWN, {"Origin": "https://evil.example"},
         "a page of 'https://evil.example' may not use this one"),
        ("POST", "/graphql", OWN, {"Origin": "null"}, "a page of 'null' may not"),
        ("POST", "/graphql", OWN, {"Origin": "http://localhost:1"}, "may not use"),
        ("POST", "/graphql", OWN, {"Origin": "http://localhost"}, "may not use"),
        ("POST", "/report_asset_check/a", OWN, {"Origin": "https://evil.example"},
         "may not use"),
        ("GET", STOP, OWN, {}, "in the body of a POST"),
        ("POST", STOP, OWN, {}, "in the body of a POST"),
        ("GET", STOP.replace("query=", "%71uery="), OWN, {}, "in the body of a POST"),
        ("GET", STOP, OWN, {"Origin": "https://evil.example"}, "may not use"),
        ("GET", "/graphql", OWN,
         {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, "may link"),
        ("GET", "/logs/1", OWN, {"Sec_Fetch_Site": "same-site"}, "may link"),
    ],
)  # fmt: skip
def test_what_another_page_asks_is_refused(
    port: int, method: str, path: str, host: str, headers: dict, said: str
) -> None:
    status, answer = ask(port, method, path, host, **headers)
    assert status == 403
    assert answer.startswith("unavista: ")
    assert said in answer
    assert "done" not in answer


def test_two_hosts_are_none(port: int) -> None:
    status, said = ask(port, "GET", "/", OWN, HOST="evil.example")
    assert (status, "done" in said) == (403, False)


def talk(port: int, **headers: str) -> str:
    """What a websocket is told first."""

    async def first() -> str:
        named = {
            name: said.replace("PORT", str(port)) for name, said in headers.items()
        }
        async with connect(
            f"ws://{named.pop('Host', f'localhost:{port}')}/graphql",
            host="127.0.0.1", port=port, subprotocols=["graphql-ws"], proxy=None,
            additional_headers=named,
        ) as opened:  # fmt: skip
            return await opened.recv()

    return asyncio.run(first())


def test_a_websocket_of_the_page_opens(port: int) -> None:
    assert talk(port) == "done"
    assert talk(port, Origin="http://localhost:PORT") == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:PORT"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_websocket_of_another_page_does_not(port: int, headers: dict) -> None:
    with pytest.raises(InvalidStatus) as refused:
        talk(port, **headers)
    assert refused.value.response.status_code == 403
    assert refused.value.response.body.startswith(b"unavista: ")


def test_names_of_the_page_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNAVISTA_PAGE_HOSTS", "CDP.example.com, cdp2")
    assert read_settings().page_hosts == ("cdp.example.com", "cdp2")
    monkeypatch.setenv("UNAVISTA_PAGE_HOSTS", "https://cdp.example.com:443")
    with pytest.raises(ValueError, match="without ports"):
        read_settings()


def test_a_port_that_is_taken_is_said_at_once(
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("UNAVISTA_HOME", str(tmp_path / "home"))
    assert main(["ui", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"127.0.0.1:{port}: Address already in use" in said
    assert f"unavista ui --port {port + 1}" in said


def test_a_page_that_ends_by_itself_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """So that whoever watches over it begins it again."""
    monkeypatch.setenv("UNAVISTA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(page, "_PARTS", "orchestration.nothing_of_that_name")
    monkeypatch.setattr(page.signal, "signal", lambda *_: None)
    assert main(["ui", "--port", str(free_port())]) == 1
    assert "the page has ended by itself (1)" in capsys.readouterr().err
