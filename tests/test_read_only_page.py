"""A read-only page answers what is asked, and does nothing that changes anything."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster_graphql.schema import create_schema
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_leaf_type,
    parse,
    validate,
)
from websockets.sync.client import connect

from orchestration.guarded_web import GuardedWebserver
from tests.pages import serving

SCHEMA = create_schema().graphql_schema


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


@pytest.fixture(scope="module")
def ports(instance: dg.DagsterInstance) -> Iterator[dict[str, int]]:
    """Dagster's own web server over one history: for all, and for those who look."""
    with ExitStack() as opened:
        found = {}
        for kind in ("whole", "read-only"):
            context = opened.enter_context(
                WorkspaceProcessContext(
                    instance, None, "1", read_only=kind == "read-only"
                )
            )
            app = GuardedWebserver(context).create_asgi_app()
            found[kind] = opened.enter_context(serving(app))
        yield found


def ask(port: int, **asked: object) -> tuple[int, dict]:
    """The answer to a query, whatever it is."""
    request = urllib.request.Request(
        f"http://localhost:{port}/graphql",
        json.dumps(asked).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def literal(kind: object) -> str:
    """Some value of a type, in the words of GraphQL."""
    match kind:
        case GraphQLNonNull():
            return literal(kind.of_type)
        case GraphQLList():
            return "[]"
        case GraphQLEnumType():
            return next(iter(kind.values))
        case GraphQLInputObjectType():
            needed = {
                name: field.type
                for name, field in kind.fields.items()
                if isinstance(field.type, GraphQLNonNull)
            }
            given = ", ".join(f"{name}: {literal(t)}" for name, t in needed.items())
            return f"{{{given}}}"
    return {"Int": "1", "Float": "1", "Boolean": "true"}.get(kind.name, '"x"')


def mutation(name: str) -> str:
    """A document that asks for a mutation of Dagster, and is valid."""
    field = SCHEMA.mutation_type.fields[name]
    given = ", ".join(
        f"{argument}: {literal(said.type)}"
        for argument, said in field.args.items()
        if isinstance(said.type, GraphQLNonNull)
    )
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    chosen = "" if is_leaf_type(kind) else " { __typename }"
    document = f"mutation {{ {name}{f'({given})' if given else ''}{chosen} }}"
    assert validate(SCHEMA, parse(document)) == [], document
    return document


def test_no_mutation_of_dagster_is_executed(ports: dict[str, int]) -> None:
    """Whatever each of them asks for a permission, or does not."""
    names = set(SCHEMA.mutation_type.fields)
    assert {"launchRun", "terminateRuns", "stopRunningSchedule", "wipeAssets"} <= names
    assert len(names) > 40
    for name in sorted(names):
        status, answer = ask(ports["read-only"], query=mutation(name))
        assert status == 400, name
        assert answer["data"] is None, name
        [error] = answer["errors"]
        assert error["message"].startswith("unavista: this page is read-only"), name


def limits(instance: dg.DagsterInstance) -> set[str]:
    return set(instance.event_log_storage.get_concurrency_keys())


def test_what_the_page_does_a_read_only_one_does_not(
    ports: dict[str, int], instance: dg.DagsterInstance
) -> None:
    set_limit = (
        "mutation M($k: String!) { setConcurrencyLimit(concurrencyKey: $k, limit: 1) }"
    )
    for kind in ("read-only", "whole"):
        for query in (set_limit, "query Q { version } " + set_limit):
            ask(
                ports[kind],
                query=query,
                operationName="M",
                variables={"k": f"{kind} {len(query)}"},
            )
    ask(ports["read-only"], query=set_limit + " query Q { version }", operationName="Q")
    assert {name.partition(" ")[0] for name in limits(instance)} == {"whole"}


def talk(port: int, query: str) -> dict:
    """What a websocket answers to a query, a mutation or a subscription."""
    with connect(
        f"ws://localhost:{port}/graphql", subprotocols=["graphql-ws"], proxy=None
    ) as opened:
        opened.send(json.dumps({"type": "connection_init"}))
        assert json.loads(opened.recv(timeout=30)) == {"type": "connection_ack"}
        start = {"type": "start", "id": "1", "payload": {"query": query}}
        opened.send(json.dumps(start))
        return json.loads(opened.recv(timeout=30))


def test_a_websocket_tells_and_does_nothing(
    ports: dict[str, int], instance: dg.DagsterInstance
) -> None:
    before = limits(instance)
    for name in sorted(SCHEMA.mutation_type.fields):
        assert talk(ports["read-only"], mutation(name))["type"] == "error", name
    assert limits(instance) == before
    told = talk(
        ports["read-only"],
        'subscription { pipelineRunLogs(runId: "none") { __typename } }',
    )
    assert (told["type"], told["payload"]["data"]) == (
        "data",
        {"pipelineRunLogs": {"__typename": "PipelineRunLogsSubscriptionFailure"}},
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/report_asset_materialization/marts/customers"),
        ("POST", "/report_asset_check/marts/customers"),
        ("POST", "/report_asset_observation/graphql"),
        ("DELETE", "/logs/1"),
    ],
)
def test_nothing_is_reported_to_it(
    ports: dict[str, int], method: str, path: str
) -> None:
    request = urllib.request.Request(
        f"http://localhost:{ports['read-only']}{path}", b"{}", method=method
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 403
    assert b"read-only" in refused.value.read()


def test_it_answers_and_greys_its_buttons_out(ports: dict[str, int]) -> None:
    asked = "{ version permissions { permission value disabledReason } }"
    for kind, may in (("read-only", {False}), ("whole", {True, False})):
        status, answer = ask(ports[kind], query=asked)
        assert status == 200
        permissions = answer["data"]["permissions"]
        assert {said["value"] for said in permissions} == may
        assert "launch_pipeline_execution" in {s["permission"] for s in permissions}
