"""Segment's own Python client, pointed at us and otherwise as it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.access import Role
from api.arrivals import move
from tests.api.http.test_chat_clients import running
from tests.factories import NOW
from tests.small_shop import a_small_shop


@pytest.mark.parametrize("gzip", [False, True])
def test_segments_client_pointed_at_us_works_unchanged(tmp_path: Path, gzip: bool) -> None:
    from segment.analytics import Client

    shop = a_small_shop(tmp_path / "home")
    faults: list[Any] = []
    with running(shop) as url:
        client = Client(
            shop.key(Role.INTEGRATOR),
            host=url.removesuffix("/v1"),
            gzip=gzip,
            max_retries=0,
            on_error=lambda error, items: faults.append((error, items)),
        )
        at = NOW - timedelta(hours=2)
        client.identify("c2", {"firstName": "Ann", "lastName": "Lee", "email": "ann@mail.example"}, timestamp=at)
        client.track("c2", "Product Added", {"name": "Tea Towel", "price": 19.5}, timestamp=at)
        client.page("c2", "Catalogue", "Teapots", timestamp=at)
        client.track("c9", "Order Completed", {"order_id": "L1", "total": 88, "currency": "CNY"}, timestamp=at)
        client.flush()
        client.shutdown()
    assert faults == []
    person = shop.workshop.store.people.get("c2")
    assert (person.name, person.email) == ("Ann Lee", "ann@mail.example")
    assert move(shop.workshop) == 3
    kinds = [event.kind for event in shop.workshop.house.history.timeline("c2", NOW)]
    assert sorted(kinds) == ["cart", "order", "visit"]
    [bought] = shop.workshop.house.history.timeline("c9", NOW)
    assert bought.amount is not None
    assert bought.amount.minor == 8800
