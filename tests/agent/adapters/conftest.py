"""Both databases, for what must hold on either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import own_schema


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a SQLite file, or a schema of its own on a real PostgreSQL server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'holdfast.db'}"
    return own_schema(str(request.getfixturevalue("server")))
