"""Households and accounts group customers; what each consented to stays theirs."""

import json
import re

import pytest

from orchestration.models import manifest_path
from tests.conftest import REPOSITORY

LEVELS = ("households", "accounts")
CONSENT = re.compile(r"consent|marketing_accepted|opted_out|opt_in|subscri", re.I)


@pytest.fixture(scope="module")
def manifest() -> dict:
    return json.loads(manifest_path().read_text())


def readers(manifest: dict, name: str) -> set[str]:
    """Everything that is built from a model, at whatever distance."""
    [start] = [key for key in manifest["nodes"] if key.endswith(f".{name}")]
    found: set[str] = set()
    ahead = [start]
    while ahead:
        children = set(manifest["child_map"][ahead.pop()]) - found
        found |= children
        ahead += children
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_no_consent_is_built_from_a_level(manifest: dict, level: str) -> None:
    """A customer's row shows both; no model that decides consent reads a level."""
    built = readers(manifest, level) & manifest["nodes"].keys()
    assert built
    consents = [key for key in manifest["nodes"] if "consent" in key.rpartition(".")[2]]
    assert "model.unavista.customer_consents" in consents
    assert not built.intersection(key for key in consents if key.startswith("model."))


@pytest.mark.parametrize("level", LEVELS)
def test_no_level_is_built_from_consent(manifest: dict, level: str) -> None:
    parents = [f"model.unavista.{level}"]
    seen: set[str] = set()
    while parents:
        key = parents.pop()
        if key in seen or not key.startswith("model.unavista."):
            continue
        seen.add(key)
        node = manifest["nodes"][key]
        assert "consents" not in key
        if node["schema"] == "identity":
            assert not CONSENT.search(node["raw_code"]), key
        parents += node["depends_on"]["nodes"]
    assert len(seen) > 5


def test_shared_domains_name_what_may_be_somebody_s_only_once() -> None:
    lines = (REPOSITORY / "dbt_project/seeds/shared_domains.csv").read_text().split()
    domains = [line.split(",")[0] for line in lines[1:]]
    assert domains == sorted(set(domains))
    assert all(re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", domain) for domain in domains)
    assert {"gmail.com", "gmx.de", "web.de", "qq.com", "wp.pl"} <= set(domains)
