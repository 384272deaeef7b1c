"""Every model and test in the spellings of Spark, read as Spark reads and linted."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from dbt.adapters.base.relation import BaseRelation
from dbt.cli.main import dbtRunner
from dbt.context.providers import BaseDatabaseWrapper
from sqlglot import ErrorLevel, exp, parse_one, tokenize
from sqlglot.errors import SqlglotError
from sqlglot.parser import Parser
from sqlglot.tokens import Token, TokenType

from tests.conftest import REPOSITORY

PROJECT = REPOSITORY / "dbt_project"
DIALECT = PROJECT / "macros" / "dialect"
PROFILE = "unavista: {target: memory, outputs: {memory: {type: duckdb}}}"

# Functions with one meaning in DuckDB and in Spark 3.5 and later. Before one is added:
# the same name, arguments, answer for null and for no match, and position from 1.
ALLOWED = frozenset(
    re.findall(
        r"\w+",
        """
        abs bool_and bool_or cast chr coalesce count count_if extract first_value floor
        greatest lag lead least length log2 lower lpad max md5 min mod nullif position
        power regexp_extract replace right row_number split_part sqrt substr sum
        translate trim try_cast upper
        """,
    )
)

# Functions of Spark alone, or with another meaning in DuckDB: only in macros/dialect/.
SPARK_ONLY = frozenset(
    re.findall(
        r"\w+",
        """
        array_join collect_list datediff explode from_utc_timestamp regexp_replace
        sequence sha2 sort_array split to_date to_utc_timestamp try_to_timestamp
        unix_seconds url_decode xxhash64
        """,
    )
)

# With another number of arguments they mean another thing in each engine.
ARGUMENTS = {"regexp_extract": 3, "trim": 1}

TYPE = r"string|int|bigint|double|decimal\(\d+,\d+\)|boolean|date|timestamp"
CAST_TYPE = rf"{TYPE}|timestamp_ltz"

# Over the words of a statement with single spaces, comments and texts left out.
BANNED = (
    r"\b(qualify|pivot|unpivot|recursive|isnull|notnull|tablesample)\b",
    r"\b(group|order) by all\b",
    r"\b(distinct on|by name|using key|similar to)\b",
    r"\b(asof|positional) (left |inner )?join\b",
    r"\b(current_(date|time|timestamp)|localtime|localtimestamp)\b",
    r"\* (exclude|except|replace|rename) \(",
    r", ((from|where|group|order|union)\b|\)|$)",
    r"::|->|[\[\]{}^]",
)


# --- The compiled project.


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> list:
    """What dbt itself compiles, with Spark's macros chosen and Spark's quotes."""
    home = tmp_path_factory.mktemp("spark")
    (home / "profiles.yml").write_text(PROFILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_get_adapter_macro_prefixes", spark_first)
        patch.setattr(BaseRelation, "quoted", lambda _, name: f"`{name}`")
        done = dbtRunner().invoke(compile_command(home))
    assert done.success, done.exception or done.result
    return [result.node for result in done.result.results]


def spark_first(_: BaseDatabaseWrapper) -> list[str]:
    return ["spark", "duckdb", "default"]


def compile_command(home: Path) -> list[str]:
    places = ("--profiles-dir", "--target-path", "--log-path")
    return [
        *("compile", "--quiet", "--no-introspect", "--no-populate-cache"),
        *("--no-send-anonymous-usage-stats", "--exclude", "file:*.py"),
        *("--project-dir", str(PROJECT)),
        *(word for place in places for word in (place, str(home))),
    ]


@pytest.fixture(scope="module")
def statements(nodes: list) -> dict[str, str]:
    """Compiled SQL of models and data tests, by name."""
    kinds = ("model", "test")
    return {n.name: n.compiled_code for n in nodes if n.resource_type in kinds}


# --- What is wrong with a statement; each function gives sentences.


def problems(sql: str) -> list[str]:
    try:
        tokens = tokenize(sql, read="spark")
        tree = parse_one(sql, read="spark", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return [f"Spark cannot read it: {error}"]
    if not isinstance(tree, exp.Query):
        return [f"it is no query: {tree.key}"]
    words = [word(token) for token in tokens]
    return [
        *(f"function {name} is not in ALLOWED" for name in unknown_functions(tokens)),
        *(f"`{found}` is not in both engines" for found in banned_words(words)),
        *foreign_types(words),
        *wrong_arguments(words),
        *(
            f"each engine has its reading of {text}"
            for text in ambiguous_texts(sql, tokens)
        ),
        *from_without_select(tree, words),
        *unguarded_divisions(tree),
        *unsettled_nulls(tree),
        *differences_of_dates(tree),
    ]


def word(token: Token) -> str:
    return "''" if token.token_type == TokenType.STRING else token.text.lower()


def functions(tokens: list[Token]) -> set[str]:
    """Words that are called, as they are spelled: sqlglot's tree renames them."""
    return {
        token.text.lower()
        for token, following in pairwise(tokens)
        if following.token_type == TokenType.L_PAREN
        and token.token_type in Parser.FUNC_TOKENS
        and token.token_type != TokenType.DECIMAL
    }


def unknown_functions(tokens: list[Token]) -> list[str]:
    return sorted(functions(tokens) - ALLOWED - SPARK_ONLY)


def banned_words(words: list[str]) -> list[str]:
    line = " ".join(words)
    return [found.group() for ban in BANNED for found in re.finditer(ban, line)]


def calls(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each word before parentheses, and the words in them; inner ones are one word."""
    open_calls: list[tuple[str, list[str]]] = [("", [])]
    for before, here in pairwise(["", *words]):
        if here == "(":
            open_calls.append((before, []))
        elif here == ")":
            name, inside = open_calls.pop()
            open_calls[-1][1].append(f"({''.join(inside)})")
            yield name, inside
        else:
            open_calls[-1][1].append(here)


def foreign_types(words: list[str]) -> Iterator[str]:
    for name, inside in calls(words):
        if name in ("cast", "try_cast"):
            kind = "".join(inside[inside.index("as") + 1 :])
            if not re.fullmatch(CAST_TYPE, kind):
                yield f"type {kind} is not portable"


def wrong_arguments(words: list[str]) -> Iterator[str]:
    for name, inside in calls(words):
        count = inside.count(",") + 1
        if count != ARGUMENTS.get(name, count):
            yield f"{name} is portable with {ARGUMENTS[name]} arguments, not {count}"


def ambiguous_texts(sql: str, tokens: list[Token]) -> Iterator[str]:
    """Double quotes, backslashes and, before Spark 4, doubled quotes."""
    for before, token in pairwise([None, *tokens]):
        if token.token_type != TokenType.STRING:
            continue
        text = sql[token.start : token.end + 1]
        if before is not None and before.token_type == TokenType.STRING:
            yield f"{sql[before.start : token.end + 1]} (for a quote write chr(39))"
        elif text.startswith('"') or "\\" in text:
            yield text


def from_without_select(tree: exp.Expr, words: list[str]) -> Iterator[str]:
    if len(list(tree.find_all(exp.Select))) > words.count("select"):
        yield "`from` stands without `select`"


def unguarded_divisions(tree: exp.Expr) -> Iterator[str]:
    """Nothing divided by zero is null in DuckDB, an error in Spark."""
    for division in tree.find_all(exp.Div):
        divisor = division.right.unnest()
        if not isinstance(divisor, exp.Literal | exp.Nullif):
            yield f"`{division.sql('spark')}` is not guarded by nullif"


def unsettled_nulls(tree: exp.Expr) -> Iterator[str]:
    """Ascending, Spark puts nulls first; columns named in an order are not null."""
    for order in tree.find_all(exp.Ordered):
        if order.args["nulls_first"] and not isinstance(order.this, exp.Column):
            yield f"`order by {order.this.sql()}` says nothing about nulls"


def differences_of_dates(tree: exp.Expr) -> Iterator[str]:
    """Days in DuckDB, an interval in Spark."""
    for minus in tree.find_all(exp.Sub):
        if is_time(minus.left) and is_time(minus.right):
            yield f"`{minus.sql()}` is a difference of dates: use days_between"


def is_time(side: exp.Expr) -> bool:
    if isinstance(side, exp.Cast):
        return side.to.is_type("date", "timestamp", "timestamptz")
    return isinstance(side, exp.Column) and side.name.endswith(("_on", "_at"))


# --- What must hold.


def test_every_model_is_written_in_the_sql_that_both_engines_read(
    statements: dict[str, str],
) -> None:
    found = [
        f"{name}: {text}" for name in statements for text in problems(statements[name])
    ]
    assert not found, "\n".join(found)


PYTHON_MODELS = {
    "int_identity__unions", "int_identity__bridges", "int_identity__blocking_rules",
    "int_identity__compared_pairs",
}  # fmt: skip


def test_every_sql_model_is_compiled_and_few_models_are_not_sql(nodes: list) -> None:
    compiled = {n.name for n in nodes if n.resource_type == "model"}
    models = PROJECT / "models"
    assert compiled == {file.stem for file in models.rglob("*.sql")}
    # Spark runs no Python of ours: another such model needs a decision.
    assert {file.stem for file in models.rglob("*.py")} <= PYTHON_MODELS


def test_contracts_and_seeds_name_types_that_both_engines_have(nodes: list) -> None:
    declared = {
        f"{node.name}.{name}": kind
        for node in nodes
        for name, kind in declared_types(node)
    }
    foreign = {name: kind for name, kind in declared.items() if not is_type(kind)}
    assert declared
    assert not foreign


def declared_types(node) -> Iterator[tuple[str, str]]:
    for column in node.columns.values():
        if column.data_type:
            yield column.name, column.data_type
    if node.resource_type == "seed":
        yield from node.config.column_types.items()


def is_type(kind: str) -> bool:
    return re.fullmatch(TYPE, kind.replace(" ", "")) is not None


def test_the_list_of_functions_holds_nothing_unused(statements: dict[str, str]) -> None:
    used = {
        name
        for sql in statements.values()
        for name in functions(tokenize(sql, read="spark"))
    }
    assert not (ALLOWED | SPARK_ONLY) - used


def test_what_one_engine_spells_its_own_way_stays_in_the_dialect_macros() -> None:
    own = re.compile(
        rf"\b(rlike|timestamp_ltz|({'|'.join(SPARK_ONLY)})\s*\()", re.IGNORECASE
    )
    folders = ("models", "macros", "materializations", "tests")
    files = [file for name in folders for file in (PROJECT / name).rglob("*.sql")]
    found = [
        f"{file.name}: {match.group()}"
        for file in [*files, PROJECT / "dbt_project.yml"]
        if file.parent != DIALECT
        for match in own.finditer(file.read_text())
    ]
    assert not found, "\n".join(found)


def test_every_dialect_macro_has_both_spellings() -> None:
    text = "\n".join(file.read_text() for file in DIALECT.glob("*.sql"))
    defined = set(re.findall(r"{%-? *macro (\w+)", text))
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert dispatched
    assert defined == {
        spelling
        for name in dispatched
        for spelling in (name, f"default__{name}", f"spark__{name}")
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a from t qualify row_number() over (order by a) = 1", "qualify"),
        ("select list_sort(x) from t", "list_sort"),
        ("select strptime(a, b) from t", "strptime"),
        ("select starts_with(a, b) from t", "starts_with"),
        ("select any_value(a) from t", "any_value"),
        ("select random() from t", "random"),
        ("select now() from t", "now"),
        ("select current_timestamp from t", "current_timestamp"),
        ("select x::int from t", "::"),
        ("select cast(x as varchar) from t", "varchar"),
        ("select cast(x as text) from t", "text"),
        ("select cast(f(x) as decimal) from t", "decimal"),
        ("select try_cast((select min(a) as b from t) as hugeint) from t", "hugeint"),
        ("select a, count(*) from t group by all", "group by all"),
        ("select distinct on (a) b from t", "distinct on"),
        ("select * exclude (a) from t", "exclude"),
        ("select * replace (1 as a) from t", "replace"),
        ("with a as (select 1 as b) from a", "from"),
        ("select a.b from a asof join c on a.b >= c.b", "asof join"),
        ("select a.b from a positional join c", "positional join"),
        ("pivot t on a using sum(b)", "pivot"),
        ("select a from t union all by name select a from u", "by name"),
        ("select [1, 2] from t", "["),
        ("select a[1] from t", "["),
        ("select {'a': 1} from t", "{"),
        ("select a, from t", ", from"),
        ("with recursive a as (select 1 as b) select b from a", "recursive"),
        ('select "a" from t', '"a"'),
        ("select 'it''s' from t", "'it''s'"),
        (r"select '\d' from t", r"\d"),
        ("select regexp_extract(a, 'b') from t", "3 arguments"),
        ("select trim(lower(a), 'b') from t", "1 arguments"),
        ("select a / b from t", "nullif"),
        ("select a // b from t", "cannot read"),
        ("select lag(a) over (order by try_cast(b as int) asc) from t", "nulls"),
        ("select a_on - cast(b as date) from t", "difference of dates"),
        ("select a from", "cannot read"),
        ("create table a as select 1 as b", "no query"),
    ],
)
def test_the_lint_catches(sql: str, expected: str) -> None:
    assert expected in "\n".join(problems(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select 'qualify [x]::int' as a from t -- \"exclude\" isn't read",
        "select a.* from (select distinct b from t) as a where b is distinct from 1",
        "select cast(a as decimal(18, 2)) / nullif(cast(b as double), 0) as c from t",
        "select trim(both 'x' from a), regexp_extract(a, coalesce(b, c), 1) from t",
        "select lag(a) over (order by b asc, cast(c as int) desc) as d from t",
        "select cast(a_on as timestamp) - interval '30' day as b from t",
    ],
)
def test_the_lint_lets_pass(sql: str) -> None:
    assert problems(sql) == []
