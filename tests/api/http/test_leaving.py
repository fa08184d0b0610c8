"""The way out and the stop: links in messages, and the switch that holds everything back."""

from __future__ import annotations

import re

from agent import pipeline
from agent.access import Role
from agent.domain import DeliveryStatus
from agent.outbox import message_key
from tests.api.http.conftest import Client
from tests.small_shop import SmallShop

DRAFT = {"customer_id": "c2", "channel": "email"}


def approved(door: Client, shop: SmallShop) -> str:
    """The case of a message in the outbox, and its way out."""
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    assert client.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 0}).status_code == 200
    return str(asked["case_id"])


def link(shop: SmallShop, case_id: str) -> str:
    row = shop.workshop.store.outbox.get(message_key(case_id))
    assert row is not None
    found = re.search(r"<https://[^/]+(/u/[^>]+)>", row.message.headers["List-Unsubscribe"])
    assert found is not None
    assert found[1] in row.message.body, "the footer and the header mean the same link"
    return found[1]


def test_looking_at_the_link_changes_nothing_and_pressing_it_acts_at_once(door: Client, shop: SmallShop) -> None:
    case_id = approved(door, shop)
    way_out = link(shop, case_id)
    people = shop.workshop.store.people
    page = door().get(way_out)
    assert page.status_code == 200
    assert "退订" in page.text
    assert not people.get("c2").suppressed
    done = door().post(way_out, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert people.get("c2").suppressed
    assert door().post(way_out).status_code == 200, "twice is as good as once"


def test_what_was_approved_before_the_unsubscribe_does_not_leave(door: Client, shop: SmallShop) -> None:
    case_id = approved(door, shop)
    door().post(link(shop, case_id))
    [delivery] = pipeline.send_due(shop.workshop.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "SUPPRESSED" in delivery.detail


def test_a_forged_or_cut_link_says_so_and_changes_nothing(door: Client, shop: SmallShop) -> None:
    way_out = link(shop, approved(door, shop))
    for forged in (way_out[:-2], way_out[:-1] + ("b" if way_out[-1] != "b" else "c"), "/u/x", "/u/case_1"):
        said = door().post(forged)
        assert said.status_code == 404
        assert "not" in said.text
    assert not shop.workshop.store.people.get("c2").suppressed


def test_anybody_at_the_desk_may_stop_sending_and_a_manager_starts_it(door: Client, shop: SmallShop) -> None:
    case_id = approved(door, shop)
    stopped = door(Role.REP).post("/v1/sending/stop", json={"note": "wrong prices"}).json()
    assert (stopped["stopped"], stopped["by"], stopped["note"]) == (True, "key:rep-0", "wrong prices")
    assert pipeline.send_due(shop.workshop.house) == []
    assert door(Role.REP).post("/v1/sending/start").status_code == 403
    assert door(Role.MANAGER).post("/v1/sending/start").json()["stopped"] is False
    [delivery] = pipeline.send_due(shop.workshop.house)
    assert (delivery.key, delivery.status) == (message_key(case_id), DeliveryStatus.SENT)
    assert door(Role.REP).get("/v1/sending").json()["real"] == []
