"""A house whose policies are the shipped ones, in a real index."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.index import PolicyIndex
from knowledge.ingest import read_folder
from knowledge.retrieve import HybridRetriever
from tests.street import Street, a_street

POLICIES = Path(__file__).parents[3] / "knowledge" / "policies"


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> HybridRetriever:
    index = PolicyIndex(tmp_path_factory.mktemp("chat") / "index")
    documents, unread = read_folder(POLICIES)
    assert not unread
    index.replace_clauses([clause for document in documents for clause in document.clauses])
    return HybridRetriever(index)


@pytest.fixture
def street(tmp_path: Path, shipped: HybridRetriever) -> Street:
    bare = a_street(tmp_path)
    bare.house = replace(bare.house, policies=shipped)
    return bare
