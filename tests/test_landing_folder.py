"""What may lie in a landing folder, or be called like nothing that is a file."""

from pathlib import Path

import pytest

from tests.conftest import Home
from tests.test_loading import assert_accounted, load, sales, sold


@pytest.mark.parametrize(
    "name", ["a 100%", "50%s", "%(x)s", "it's {a} {{ b }} [1]*", '"ü" & $HOME', "-h"]
)
def test_a_home_may_be_called_anything(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    home.deliver("till/sales/a.csv", sales(1, 2) + "6,tea,x,\n")
    load(home)
    home.deliver("till/sales/b.csv", sales(3, 3))
    assert load(home).messages == []
    assert [sale for sale, _ in sold(home)] == ["1", "2", "3"]
    assert_accounted(home)


@pytest.mark.parametrize("sign", ["?", "#", "%20"])
def test_a_home_that_the_parts_would_misread_is_refused_at_once(
    tmp_path: Path, sign: str
) -> None:
    home = Home(tmp_path / f"a{sign}b")
    (home.path / "landing").mkdir(parents=True)
    for command in ("run", "sample", "ui"):
        done = home.call(command)
        [line] = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert line.startswith(f"unavista: the path of the home {home.path} holds")
        assert f"{sign!r}" in line
        assert "set UNAVISTA_HOME" in line
    assert [path.name for path in home.path.iterdir()] == ["landing"]
