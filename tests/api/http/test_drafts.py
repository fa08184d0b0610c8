"""A rep's work over HTTP: draft, read, edit, regenerate, approve, take back, reject; stream and job."""

from __future__ import annotations

import json
import time

import pytest

from agent.access import Role
from agent.domain import CaseStatus, DeliveryStatus
from agent.outbox import message_key
from tests.api.http.conftest import Client
from tests.small_shop import SmallShop

DRAFT = {"customer_id": "c2", "channel": "email"}


def events(text: str) -> list[tuple[str, str, dict[str, object]]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], lines.get("id", ""), json.loads(lines["data"])))
    return found


def test_a_draft_comes_with_its_facts_offer_and_verdict(door: Client) -> None:
    said = door(Role.REP).post("/v1/drafts", json=DRAFT).json()
    assert said["status"] == "drafted"
    assert said["verdict"] == "pass"
    assert said["offer"]["code"] in said["body"]
    for span in said["spans"]:
        field = said["subject"] if span["field"] == "subject" else said["body"]
        assert field[span["start"] : span["end"]].strip()
        assert span["source"]["type"]


def test_reading_a_draft_gives_what_asking_for_it_gave(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    read = client.get(f"/v1/drafts/{asked['draft_id']}")
    assert read.headers["etag"] == f'"{asked["draft_id"]}"'
    assert read.json() == asked
    assert client.get(f"/v1/drafts/{asked['case_id']}").json() == asked


def test_a_draft_on_another_channel_than_the_one_that_was_asked_for_says_so(door: Client) -> None:
    client = door(Role.REP)
    said = client.post("/v1/drafts", json={**DRAFT, "customer_id": "c1", "channel": "sms"}).json()
    assert said["channel"] == "email"
    assert (said["rerouted"]["from"], said["rerouted"]["to"]) == ("sms", "email")
    assert "only approved texts" in said["rerouted"]["because"]
    assert client.get(f"/v1/drafts/{said['case_id']}").json() == said
    asked = client.post("/v1/drafts", json=DRAFT).json()
    assert (asked["channel"], asked["rerouted"]) == ("email", None)


def test_the_queue_is_in_the_order_of_risk_times_value(door: Client) -> None:
    client = door(Role.REP)
    for name in ("c1", "c2", "c3", "c4"):
        client.post("/v1/drafts", json={**DRAFT, "customer_id": name})
    first = client.get("/v1/drafts", params={"limit": 3}).json()
    rest = client.get("/v1/drafts", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    rows = first["data"] + rest["data"]
    assert [row["priority"] for row in rows] == sorted((row["priority"] for row in rows), reverse=True)
    assert len({row["case_id"] for row in rows}) == 4
    for row in rows:
        assert row["priority"] == pytest.approx(row["risk"] * row["value_minor"] * row["persuadable"], abs=1)


def test_an_edit_is_judged_kept_and_not_sent(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    words = asked["body"].replace("Hi", "Hello", 1) if "Hi" in asked["body"] else asked["body"] + "\nTake care."
    edited = client.patch(f"/v1/drafts/{asked['draft_id']}", json={"body": words}).json()
    assert edited["draft_id"] != asked["draft_id"]
    assert edited["body"] == words
    assert edited["subject"] == asked["subject"]
    assert edited["verdict"] == "pass"
    assert {span["slot"] for span in edited["spans"]} >= {"offer_code"}
    assert shop.workshop.store.outbox.get(message_key(asked["case_id"])) is None


def test_an_edit_that_promises_more_is_kept_and_blocked(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    edited = client.patch(f"/v1/drafts/{asked['draft_id']}", json={"body": asked["body"] + "\nEnjoy 90% off!"}).json()
    assert edited["status"] == "blocked"
    refused = client.post(f"/v1/drafts/{edited['draft_id']}/approve")
    assert refused.status_code == 422
    assert refused.json()["code"] == "gate_refused"


def test_an_older_draft_cannot_be_edited_or_approved_in_the_place_of_a_newer(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    client.patch(f"/v1/drafts/{asked['draft_id']}", json={"body": asked["body"] + "\nTake care."})
    assert client.patch(f"/v1/drafts/{asked['draft_id']}", json={"body": "x"}).status_code == 409
    assert client.post(f"/v1/drafts/{asked['draft_id']}/approve").status_code == 409
    stale = {"If-Match": f'"{asked["draft_id"]}"'}
    assert client.post(f"/v1/drafts/{asked['case_id']}/approve", headers=stale).status_code == 409


def test_the_live_check_stores_nothing(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    before = len(shop.workshop.store.cases.story(asked["case_id"]))
    said = client.post(
        "/v1/check", json={"draft_id": asked["draft_id"], "subject": asked["subject"], "body": "You get 90% off"}
    ).json()
    assert said["verdict"] == "block"
    assert all(
        "You get 90% off"[v["start"] : v["end"]] == v["quote"] for v in said["violations"] if v["field"] == "body"
    )
    assert len(shop.workshop.store.cases.story(asked["case_id"])) == before


def test_regenerating_keeps_the_offer_and_says_what_was_not_understood(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    again = client.post(
        f"/v1/drafts/{asked['draft_id']}/regenerate", json={"instruction": "shorter, and make it rhyme"}
    ).json()
    assert again["offer"] == asked["offer"]
    assert "shorter" in again["instruction"]["understood"]
    assert again["instruction"]["not_understood"]


def test_an_approval_can_be_taken_back_before_it_leaves(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    approved = client.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 10}).json()
    assert approved["status"] == "queued"
    key = message_key(asked["case_id"])
    assert shop.workshop.store.outbox.due(shop.workshop.clock.now()) == []
    undone = client.post(f"/v1/drafts/{asked['draft_id']}/undo").json()
    assert undone["status"] == "needs_person"
    row = shop.workshop.store.outbox.get(key)
    assert row is not None
    assert row.status is DeliveryStatus.STOPPED
    assert client.post(f"/v1/drafts/{asked['draft_id']}/undo").status_code == 409


def test_who_decided_stands_in_the_trace(door: Client) -> None:
    client = door(Role.REVIEWER)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    client.post(f"/v1/drafts/{asked['draft_id']}/reject", json={"note": "wrong moment"})
    steps = client.get(f"/v1/drafts/{asked['draft_id']}/trace").json()["steps"]
    review = next(step for step in steps if step["step"] == "review")
    assert review["data"]["reviewer"] == "key:reviewer-0"
    assert client.get(f"/v1/drafts/{asked['draft_id']}").json()["status"] in ("drafted", "waiting", "no_offer")


def test_an_integrator_drafts_but_does_not_approve(door: Client) -> None:
    program = door(Role.INTEGRATOR)
    asked = program.post("/v1/drafts", json=DRAFT).json()
    assert program.post(f"/v1/drafts/{asked['draft_id']}/approve").status_code == 403
    waiting = door(Role.REP).get("/v1/drafts").json()["data"]
    assert [row["case_id"] for row in waiting] == [asked["case_id"]]


def test_a_stream_says_only_what_the_gate_judged_and_ends_with_the_whole(door: Client) -> None:
    said = door(Role.REP).post("/v1/drafts", json=DRAFT, headers={"Accept": "text/event-stream"})
    assert said.headers["content-type"].startswith("text/event-stream")
    found = events(said.text)
    kinds = [kind for kind, _, _ in found]
    assert kinds[-2:] == ["check", "done"]
    told = found[-1][2]
    words = "".join(str(data["text"]) for kind, _, data in found if kind == "token" and data["field"] == "body")
    assert words == told["body"]
    assert kinds.count("citation") == len(told["spans"])  # type: ignore[arg-type]


def test_a_stream_that_was_cut_goes_on_where_it_was(door: Client) -> None:
    client = door(Role.REP)
    whole = events(client.post("/v1/drafts", json=DRAFT, headers={"Accept": "text/event-stream"}).text)
    draft_id = str(whole[-1][2]["draft_id"])
    rest = client.get(f"/v1/drafts/{draft_id}/events", headers={"Last-Event-ID": whole[4][1]})
    assert events(rest.text) == whole[5:]


def test_a_stream_ends_in_a_problem_where_there_is_no_such_customer(door: Client) -> None:
    said = door(Role.REP).post(
        "/v1/drafts", json={**DRAFT, "customer_id": "nobody"}, headers={"Accept": "text/event-stream"}
    )
    [(kind, _, data)] = events(said.text)
    assert kind == "error"
    assert data["code"] == "not_found"


def test_a_draft_can_be_fetched_later(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT, headers={"Prefer": "respond-async"})
    assert asked.status_code == 202
    where = asked.headers["location"]
    for _ in range(200):
        if (job := client.get(where).json())["status"] != "running":
            break
        time.sleep(0.05)
    assert job["status"] == "done", job
    assert job["result"]["verdict"] == "pass"
    assert door(Role.INTEGRATOR).get(where).status_code == 404


def test_a_held_out_customer_gets_no_marketing_by_this_door_either(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from fastapi.testclient import TestClient

    from api.main import create_app
    from tests.small_shop import a_small_shop

    shop = a_small_shop(tmp_path / "home", holdout_share=1.0)
    client = TestClient(create_app(shop.workshop), headers={"Authorization": f"Bearer {shop.key(Role.REP)}"})
    said = client.post("/v1/drafts", json=DRAFT).json()
    assert (said["status"], said["draft_id"], said["body"]) == ("held_out", None, None)
    [case] = shop.workshop.store.cases.find(customer_id="c2")
    assert case.status is CaseStatus.HELD_OUT


def test_variants_stand_side_by_side_until_one_is_chosen(door: Client) -> None:
    client = door(Role.REP)
    asked = client.post("/v1/drafts", json=DRAFT).json()
    told = client.post(f"/v1/drafts/{asked['draft_id']}/variants", json={"count": 3}).json()
    assert len(told["variants"]) >= 2
    assert all(asked["offer"]["code"] in variant["body"] for variant in told["variants"])
    assert client.get(f"/v1/drafts/{asked['case_id']}").json()["draft_id"] == asked["draft_id"]
    pick = told["variants"][0]
    chosen = client.post(f"/v1/drafts/{asked['case_id']}/choose", json={"variant": pick["variant"]}).json()
    assert chosen["body"] == pick["body"]
    assert client.get(f"/v1/drafts/{asked['case_id']}").json()["body"] == pick["body"]
    gone = client.post(f"/v1/drafts/{asked['case_id']}/choose", json={"variant": "d-nothing"})
    assert gone.status_code == 409


def test_a_draft_says_how_much_it_sounds_like_the_brand(door: Client) -> None:
    said = door(Role.REP).post("/v1/drafts", json=DRAFT).json()
    assert said["voice"]["score"] == 100 - sum(
        {"avoid": 15, "prefer": 10, "address": 20, "emoji": 10, "exclamations": 5, "longest": 5}[off["kind"]]
        for off in said["voice"]["off"]
    )
