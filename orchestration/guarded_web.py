"""Dagster's web server, which answers no request that another web page makes.

A browser sends what any open page asks of this machine. So a host that is not this
page's own (a name that was turned to this machine), a foreign origin, and a query in
an address, which needs no origin, are refused. So is all that would begin, stop or
change something, where the page is read-only.
"""

import os
import sys
from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

import uvicorn
from dagster import DagsterInstance, __version__

# Dagster's own `dagster-webserver` builds its application of these; none of its options
# takes another part in. Of 1.13; without them the page does not open.
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.webserver import DagsterWebserver
from graphql import (
    ASTValidationRule,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ingestion.settings import read_settings
from orchestration.page_parts import READ_ONLY
from orchestration.progress import printable

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_POLL_MILLISECONDS = 2000
_READ_ONLY = (
    "this page is read-only; what begins, stops or changes something is done in the"
    " page of `unavista ui`, or by the command"
)


class Guard:
    """Passes requests on that were made by the page itself, or by no page."""

    def __init__(
        self, app: ASGIApp, hosts: tuple[str, ...] = (), read_only: bool = False
    ) -> None:
        """`hosts` are names of the page beside those of this machine."""
        self._app = app
        self._hosts = hosts
        self._read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application; refuses by 403, a websocket before it is open."""
        if scope["type"] in ("http", "websocket"):
            why = refusal(scope, Headers(scope=scope), self._hosts)
            if self._read_only and not why and not _is_asking(scope):
                why = _READ_ONLY
            if why:
                answer = PlainTextResponse(f"unavista: {why}\n", 403)
                if scope["type"] == "websocket":
                    socket = WebSocket(scope, receive, send)
                    await socket.send_denial_response(answer)
                else:
                    await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def refusal(scope: Scope, headers: Headers, hosts: tuple[str, ...]) -> str:
    """Why a request is refused, in one sentence; empty where it is not."""
    said = headers.getlist("host")
    host = said[0].lower() if len(said) == 1 else ""
    if _name(host) not in (*_THIS_MACHINE, *hosts):
        return (
            f"this page is not called {printable(host, keep='')!r}; open it as"
            " localhost, or name the host in UNAVISTA_PAGE_HOSTS"
        )
    for origin in headers.getlist("origin"):
        place = urlsplit(origin.lower()).netloc
        if place != host and _name(place) not in hosts:
            return (
                f"a page of {printable(origin, keep='')!r} may not use this one; where"
                " it should, name its host in UNAVISTA_PAGE_HOSTS"
            )
    is_graphql = scope["path"].rstrip("/").endswith("/graphql")
    is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        is_link = is_read and headers.get("sec-fetch-mode") == "navigate"
        if not is_link or is_graphql:
            return "another page may link to this one, and not use it"
    asks = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if is_graphql and scope["type"] == "http" and "query" in asks:
        return "a query is sent in the body of a POST, not in the address"
    return ""


def _is_asking(scope: Scope) -> bool:
    """Whether a request reads; what is asked over GraphQL is looked at there."""
    return scope["path"] == "/graphql" or scope.get("method") in ("GET", "HEAD")


def _name(place: str) -> str:
    """The name of a host, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{place}").hostname or "").rstrip(".")
    except ValueError:
        return ""


class OnlyQueries(ASTValidationRule):
    """Refuses a document with a mutation in it, whichever of its parts is asked for."""

    def enter_operation_definition(
        self, node: OperationDefinitionNode, *_: object
    ) -> None:
        """Called for each operation of a document before any is executed."""
        if node.operation is OperationType.MUTATION:
            self.report_error(GraphQLError(f"unavista: {_READ_ONLY}", node))


class GuardedWebserver(DagsterWebserver):
    """Dagster's page behind the guard.

    Dagster's own read-only mode greys the buttons out; it asks for a permission in each
    mutation, one by one, and in some not at all. Here none is executed.
    """

    @property
    def _read_only(self) -> bool:
        return self._process_context.read_only

    def build_middleware(self) -> list[Middleware]:
        """The guard comes first."""
        hosts = read_settings().page_hosts
        guard = Middleware(Guard, hosts=hosts, read_only=self._read_only)
        return [guard, *super().build_middleware()]

    def build_graphql_validation_rules(self) -> Collection[type[ASTValidationRule]]:
        """Those of Dagster, and one more where the page is read-only."""
        rules = list(super().build_graphql_validation_rules())
        return [*rules, OnlyQueries] if self._read_only else rules


def main(host: str, port: str, workspace: str, kind: str) -> None:
    """Serve the code locations of a workspace file."""
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance,
            version=__version__,
            read_only=kind == READ_ONLY,
            workspace_load_target=WorkspaceFileTarget(
                paths=[os.path.abspath(workspace)]
            ),
        ) as context,
    ):
        app = GuardedWebserver(context, "", _POLL_MILLISECONDS).create_asgi_app()
        uvicorn.run(app, host=host, port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
