"""What tests of every folder may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import postgres, require_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a real PostgreSQL server, started for this run; skipped with a reason where none is installed."""
    require_postgres()
    with postgres() as url:
        yield url
