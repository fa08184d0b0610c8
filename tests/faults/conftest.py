"""Both databases, for proofs that must hold on either: a SQLite file, and a schema of its own on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.adapters.store.engine import open_engine, upgrade
from tests.servers import own_schema


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'holdfast.db'}"
    else:
        found = own_schema(str(request.getfixturevalue("server")))
    engine = open_engine(found)
    upgrade(engine)
    engine.dispose()
    return found
