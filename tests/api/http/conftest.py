"""The HTTP door over a small shop, asked in process; a client for every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.access import Role, Scope
from api.main import create_app
from tests.small_shop import SmallShop, a_small_shop

Client = Callable[..., TestClient]


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    return a_small_shop(tmp_path / "home")


@pytest.fixture
def door(shop: SmallShop) -> Iterator[Client]:
    """`door(Role.REP)` is a client with a key of that role; `door()` one that nobody knows."""
    app = create_app(shop.workshop)

    with TestClient(app) as opened:

        def client(role: Role | None = None, *scopes: Scope) -> TestClient:
            headers = {"Authorization": f"Bearer {shop.key(role, *scopes)}"} if role else {}
            other = TestClient(app, headers=headers, raise_server_exceptions=False)
            other.portal = opened.portal  # one event loop for all, as in a server
            return other

        yield client
