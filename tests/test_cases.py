"""Cases from the user's side: files in, rows out; the format is in their README."""

import csv
import io
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from ingestion.sources import all_sources
from tests.conftest import AS_OF, Home

CASES = Path(__file__).with_name("cases")
PARTS = ("landing", "landing2", "landing3")


@dataclass(frozen=True)
class Block:
    """One expectation: the rows a query gives, or words that a night says."""

    note: str
    sql: str
    rows: list[list[str | None]]
    said: list[str]


@dataclass(frozen=True)
class Case:
    """A folder of files and the rows that are wanted of them."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def nights(self) -> list[tuple[str, str]]:
        """Part of the landing and day of each night."""
        file = self.path / "as_of"
        days = file.read_text().split() if file.exists() else []
        found = [
            (part, days[number] if number < len(days) else AS_OF)
            for number, part in enumerate(PARTS)
            if (self.path / part).exists()
        ]
        return found or [(PARTS[0], days[0] if days else AS_OF)]

    @property
    def environment(self) -> dict[str, str]:
        file = self.path / "env"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines if "=" in line)

    @property
    def blocks(self) -> list[Block]:
        text = (self.path / "expected.sql").read_text()
        return [_block(part) for part in text.split("\n---\n")]

    @property
    def is_alone(self) -> bool:
        """Asked for, or brings decisions or labels, or wants its night to complain."""
        asks = any((self.path / name).exists() for name in ("alone", "data"))
        return asks or any(block.said for block in self.blocks)


def _block(text: str) -> Block:
    lines = text.strip().splitlines()
    wanted = [line.split(":", 1)[1] for line in lines if line.startswith("-- want:")]
    return Block(
        " ".join(line[3:] for line in lines if re.match(r"-- (?!want)", line)),
        "\n".join(line for line in lines if not line.startswith("--")),
        _text(json.loads("".join(wanted) or "[]")),
        [
            line.split("refused", 1)[1].strip()
            for line in lines
            if "-- want-run:" in line
        ],
    )


def _text(rows: list) -> list[list[str | None]]:
    def shown(value: object) -> str | None:
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    return [[shown(value) for value in row] for row in rows]


@dataclass
class World:
    """Cases that are laid into one landing and run as the same nights."""

    cases: list[Case] = field(default_factory=list)
    home: Home | None = None
    said: str = ""
    last: dict[tuple[str, str, str], list[Path]] = field(default_factory=dict)

    def takes(self, case: Case) -> bool:
        """Whether the case meets none of the others.

        Of cases of several nights, one may end a night before the other.
        """
        first = self.cases[0]
        if case.is_alone or first.is_alone or case.environment != first.environment:
            return False
        shorter, longer = sorted((case.nights, self.nights), key=len)
        return longer == shorter or longer[: max(2, len(shorter))] == shorter

    @property
    def nights(self) -> list[tuple[str, str]]:
        """Part of the landing and day of each night."""
        return max((case.nights for case in self.cases), key=len)

    @property
    def are_joined(self) -> bool:
        """Whether what the cases export in full must be one file a table."""
        return len(self.nights) > 1 < len(self.cases)

    def built(self, folder: Path) -> "World":
        """Run its nights, once; a night that fails is told with what it said."""
        if self.home:
            return self
        self.home = Home(folder / "home").prepared()
        for case in self.cases:
            if (case.path / "data").exists():
                shutil.copytree(case.path / "data", self.home.path, dirs_exist_ok=True)
        for part, day in self.nights:
            for case in self.cases:
                self._lay(case, part, day)
            if self.are_joined:
                self._lay_full_exports(part, day)
            done = self.home.call("run", "--as-of", day, **self.cases[0].environment)
            self.said += f"night {day} ended with {done.returncode}\n"
            self.said += done.stdout + done.stderr
        return self

    def _lay(self, case: Case, part: str, day: str) -> None:
        """Each file under its own name, as old as the night: names must not decide."""
        assert self.home
        (self.home.path / "landing").mkdir(parents=True, exist_ok=True)
        for file in sorted((case.path / part).rglob("*")):
            place = file.relative_to(case.path / part)
            if file.is_file() and not (
                self.are_joined and place.parts[:2] in FULL_EXPORTS
            ):
                name = f"{case.name}-{file.name}" if len(self.cases) > 1 else file.name
                _deliver(self.home, place.with_name(name), file.read_bytes(), day)

    def _lay_full_exports(self, part: str, day: str) -> None:
        """What the cases export in full: one file a table, with the rows of all.

        For such a file takes the place of all before it. A case that delivers none in
        this night is in it as it was in the night before.
        """
        assert self.home
        for source, table in FULL_EXPORTS:
            newest: list[Path] = []
            for case in self.cases:
                found = sorted((case.path / part).glob(f"{source}/{table}/*"))
                self.last[case.name, source, table] = found or self.last.get(
                    (case.name, source, table), []
                )
                newest += self.last[case.name, source, table]
            delivered = [file for file in newest if part in file.parts]
            if delivered:
                rows = [row for file in newest for row in _rows(file)]
                written = io.StringIO()
                headings = dict.fromkeys(name for row in rows for name in row)
                writer = csv.DictWriter(written, list(headings), restval="")
                writer.writeheader()
                writer.writerows(rows)
                place = Path(source, table, delivered[0].name)
                _deliver(self.home, place, written.getvalue().encode(), day)


def _deliver(home: Home, place: Path, content: bytes, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
    os.utime(home.deliver(str(place), content), (at, at))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


FULL_EXPORTS = {
    (source.name, table.files.split("/")[0])
    for source in all_sources()
    for table in source.tables
    if table.delivery == "full"
}
ALL_CASES = [Case(path.parent) for path in sorted(CASES.glob("*/expected.sql"))]


@pytest.fixture(scope="module")
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, World]:
    """The world of each chosen case; `-k name` runs one case by itself."""
    planned: list[World] = []
    for item in request.session.items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        if isinstance(case, Case):
            found = next((world for world in planned if world.takes(case)), None)
            if found is None:
                planned.append(World([case]))
            else:
                found.cases.append(case)
    return {case.name: world for world in planned for case in world.cases}


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_case(
    case: Case, worlds: dict[str, World], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = worlds[case.name].built(tmp_path_factory.mktemp("case"))
    wrong = []
    for block in case.blocks:
        for words in block.said:
            if words not in world.said:
                wrong.append(f"{block.note}\n  the night never said: {words}")
        if block.sql:
            assert world.home
            try:
                got = _text(Home.rows(*_file_of(world.home, block.sql)))
            except Exception as error:
                got = [[str(error)]]
            if got != block.rows:
                wrong.append(f"{block.note}\n  want {block.rows}\n  got  {got}")
    nights = f"\n\nThe nights said:\n{world.said[-3000:]}"
    assert not wrong, "\n".join(wrong) + nights
    assert "ended with 0" in world.said or any(block.said for block in case.blocks)


def _file_of(home: Home, sql: str) -> tuple[Path, str]:
    """The file that a query is over, by the comment in it."""
    if "/*warehouse*/" in sql:
        return home.path / "warehouse.duckdb", sql
    published = home.path / "published"
    if "/*contacts*/" in sql:
        return published / "contacts.duckdb", sql
    if night := re.search(r"/\*night (\S+)\*/", sql):
        found = sorted((published / "versions").glob(f"{night[1]}_*"))
        version = found[-1].name if found else night[1]
        return published / "versions" / version / "marts.duckdb", sql
    return published / "marts.duckdb", sql


def test_every_case_wants_something() -> None:
    for case in ALL_CASES:
        assert case.blocks, case.name
        for block in case.blocks:
            assert block.note, case.name
            assert block.sql or block.said, case.name
