"""docs/operations.md names commands, settings and messages that there are."""

import re

import pytest

from ingestion.settings import Settings
from orchestration.cli import _parser
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "operations.md").read_text()
CODE = "\n".join(
    path.read_text()
    for folder in ("ingestion", "orchestration")
    for path in sorted((REPOSITORY / folder).rglob("*.py"))
)
_CALLED = r"(?:`|^|/bin/|/new |command: )unavista ([^`#\n]+)"
# Of DuckDB and the kernel.
OF_OTHERS = ("Could not set lock on file …/warehouse.duckdb", "No space left on device")


def test_every_command_and_option_is_there(
    tmp_path, capsys: pytest.CaptureFixture
) -> None:
    parser = _parser(Settings(home=tmp_path))
    named = {
        (command, option)
        for line in re.findall(_CALLED, PAGE, re.MULTILINE)
        for command in [line.split()[0]]
        for option in ["", *re.findall(r"--[a-z-]+", line)]
    }
    assert ("restore", "--overwrite") in named
    assert ("run", "--as-of") in named
    for command, option in sorted(named):
        with pytest.raises(SystemExit) as ended:
            parser.parse_args([command, "--help"])
        assert ended.value.code == 0, command
        assert option in capsys.readouterr().out, f"{command} {option}"


def test_every_setting_is_there() -> None:
    named = set(re.findall(r"UNAVISTA_[A-Z_]+", PAGE))
    assert "UNAVISTA_PAGE_HOSTS" in named
    assert [name for name in sorted(named) if f'"{name}"' not in CODE] == []


def test_every_message_is_one_that_is_said() -> None:
    """Between backticks in a fault's first words; its variable parts are dots."""
    said = " ".join(re.sub(r'"\s*\n\s*f?"', "", CODE).split())
    faults = re.findall(r"^\d+\. \*\*(.*?)\*\*(.*)$", PAGE, re.MULTILINE)
    assert len(faults) == 10
    missing = [
        part
        for bold, rest in faults
        for message in re.findall(r"`([^`]+)`", bold)
        + re.findall(r"`((?:the|403|there) [^`]+)`", rest)
        if message not in OF_OTHERS
        for part in re.split(r"process \d+ \(.*|…|403", message)
        if part.strip() and part.strip() not in said
    ]
    assert missing == []
