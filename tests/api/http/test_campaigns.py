"""A manager's work over HTTP: preview, start, pause, resume, cancel, and what a worker makes of it."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from agent import pipeline, worker
from agent.access import Role, Scope
from agent.domain import CaseStatus, Words
from api.main import create_app
from api.reviewing import edit, queue
from tests.api.http.conftest import Client
from tests.small_shop import SmallShop, a_small_shop

PLAN = {"id": "spring", "band": "high", "auto_send": True, "audit_share": 0, "channels": ["email"]}


def test_a_preview_names_every_exclusion_and_stores_nothing(door: Client, shop: SmallShop) -> None:
    said = door(Role.REP).post("/v1/campaigns/preview", json=PLAN).json()
    assert said["flagged"] == 6
    told = said["recipients"] + said["served"] + said["held_out"] + sum(said["excluded"].values())
    assert told == said["flagged"]
    assert said["cost"]["currency"] == "CNY"
    low, expected, high = (said["forecast"][name]["minor"] for name in ("low", "expected", "high"))
    assert low <= expected <= high <= said["cost"]["minor"]
    assert said["forecast"]["unknown"] == list(said["offers"])
    assert (said["smallest_effect"], said["power"]["kind"]) == (None, "none_meant")
    assert "HOLDFAST_HOLDOUT_SHARE is 0" in said["power"]["says"]["en"]
    assert shop.workshop.store.cases.find() == []


def test_what_is_started_is_done_by_a_worker_and_reaches_nobody_twice(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    started = manager.post("/v1/campaigns", json=PLAN)
    assert (started.status_code, started.json()["status"]) == (202, "running")
    worker.draft_turn(shop.workshop.house)
    first = manager.get("/v1/campaigns/spring").json()
    assert (first["status"], first["reached"], first["total"]) == ("done", 6, 6)
    assert first["by"] == "key:manager-0"
    manager.post("/v1/campaigns", json=PLAN)
    worker.draft_turn(shop.workshop.house)
    assert manager.get("/v1/campaigns/spring").json()["cases"] == first["cases"]


def test_a_paused_campaign_neither_drafts_nor_sends(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    manager.post("/v1/campaigns", json=PLAN)
    worker.draft_turn(shop.workshop.house)
    queued = manager.get("/v1/campaigns/spring").json()["cases"]["queued"]
    assert queued
    assert manager.post("/v1/campaigns/spring/pause").json()["status"] == "paused"
    assert worker.send_turn(shop.workshop.house) == []
    assert manager.post("/v1/campaigns", json=PLAN).status_code == 409
    assert manager.post("/v1/campaigns/spring/resume").json()["status"] == "running"
    assert len(worker.send_turn(shop.workshop.house)) == queued


def test_cancelling_takes_back_what_has_not_left_and_the_coupons(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    manager.post("/v1/campaigns", json=PLAN)
    worker.draft_turn(shop.workshop.house)
    said = manager.post("/v1/campaigns/spring/cancel").json()
    assert said["status"] == "cancelled"
    assert set(said["cases"]) <= {"rejected", "held_out"}
    report = manager.get("/v1/campaigns/spring/report").json()
    assert report["arms"]["written_to"] == 0
    assert report["how_far"]["ended"] == report["arms"]["drawn"] > 0
    assert pipeline.send_due(shop.workshop.house) == []
    assert all(row["reserved_minor"] == 0 for row in manager.get("/v1/ledger").json()["data"])
    assert manager.post("/v1/campaigns/spring/resume").status_code == 409


def test_approving_together_leaves_what_has_findings_to_people(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    manager.post("/v1/campaigns", json={**PLAN, "auto_send": False})
    worker.draft_turn(shop.workshop.house)
    waiting = len(shop.workshop.store.cases.find([CaseStatus.NEEDS_PERSON], campaign_id="spring"))
    said = manager.post("/v1/campaigns/spring/approve").json()
    assert said["queued"] > 0
    assert len(shop.workshop.store.cases.find([CaseStatus.NEEDS_PERSON], campaign_id="spring")) == waiting


def test_words_that_a_person_wrote_wait_for_no_audit(door: Client, shop: SmallShop) -> None:
    door(Role.MANAGER).post("/v1/campaigns", json={**PLAN, "audit_share": 1})
    worker.draft_turn(shop.workshop.house)
    waiting = next(waits for waits in queue(shop.workshop, 9) if "audit" in waits.because and waits.draft)
    assert waiting.draft is not None
    edit(shop.workshop, waiting.draft.draft_id, Words(waiting.draft.subject, waiting.draft.body), "li")
    [now] = [waits for waits in queue(shop.workshop, 9, [*CaseStatus]) if waits.case.case_id == waiting.case.case_id]
    assert now.because == ""


def test_a_rep_may_look_and_not_start(door: Client) -> None:
    assert door(Role.REP).post("/v1/campaigns", json=PLAN).status_code == 403
    assert door(Role.REP).get("/v1/campaigns").json() == {"data": []}


def test_a_plan_that_cannot_be_names_the_key(door: Client) -> None:
    said = door(Role.MANAGER).post("/v1/campaigns", json={**PLAN, "budget": "many"}).json()
    assert said["errors"][0]["field"] == "budget"


def test_a_large_campaign_waits_for_a_second_person(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "large", four_eyes_above="100")
    app = create_app(shop.workshop)
    mei, jun = (
        TestClient(app, headers={"Authorization": f"Bearer {shop.key(Role.MANAGER, *scopes)}"})
        for scopes in ((), (Scope.CAMPAIGNS, Scope.OFFERS))
    )
    said = mei.post("/v1/campaigns", json={**PLAN, "budget": "500"}).json()
    assert (said["status"], said["history"][0]["step"]) == ("review", "proposed")
    refused = mei.post("/v1/campaigns/spring/sign-off")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed")
    assert "cannot sign it as well" in refused.json()["detail"]
    stale = jun.post("/v1/campaigns/spring/sign-off", params={"seen": "0" * 16})
    assert (stale.status_code, "was changed" in stale.json()["detail"]) == (409, True)
    signed = jun.post("/v1/campaigns/spring/sign-off", params={"seen": said["history"][0]["plan"]}).json()
    assert signed["status"] == "running"
    assert [step["by"] for step in signed["history"]] == ["key:manager-0", "key:manager-2"]
    assert mei.put("/v1/ledger/campaign:spring", json={"amount_minor": 90_000}).status_code == 422
    assert mei.put("/v1/ledger/campaign:spring", json={"amount_minor": 40_000}).status_code == 200


def test_arms_go_in_over_http_and_come_out_in_the_report(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    arms = [{"name": "usual"}, {"name": "words", "offer": "none"}]
    look = manager.post("/v1/campaigns/preview", json={**PLAN, "arms": arms}).json()
    assert sum(look["arms"].values()) == look["recipients"]
    assert any("too few to tell any two arms apart" in sentence for sentence in look["warnings"])
    manager.post("/v1/campaigns", json={**PLAN, "arms": arms})
    worker.draft_turn(shop.workshop.house)
    told = manager.get("/v1/campaigns/spring/report").json()["variants"]
    assert [arm["name"] for arm in told["arms"]] == ["usual", "words"]
    assert [arm["propensity"] for arm in told["arms"]] == [0.5, 0.5]
    assert "compar" in told["remark"]
    bad = manager.post("/v1/campaigns", json={**PLAN, "arms": [{"name": "a"}, {"name": "b"}]})
    assert (bad.status_code, "overlap" in bad.json()["detail"]) == (409, True)


FLOW = {
    "id": "hello-again",
    "enter": {"silent_days": 10},
    "goal": ["order"],
    "steps": [{"send": "long_silence", "offer": "none"}, {"wait": "3d"}, {"send": "long_silence"}],
    "channels": ["email"],
    "auto_send": True,
    "audit_share": 0,
}


def test_a_flow_is_started_over_http_and_takes_its_first_step(door: Client, shop: SmallShop) -> None:
    manager = door(Role.MANAGER)
    assert manager.post("/v1/campaigns/preview", json=FLOW).json()["recipients"] > 0
    assert manager.post("/v1/campaigns", json=FLOW).status_code == 202
    worker.draft_turn(shop.workshop.house)
    said = manager.get("/v1/campaigns/hello-again").json()
    assert said["status"] == "running"
    assert sum(said["cases"].values()) > 0
    written = {case.situation for case in shop.workshop.store.cases.find([CaseStatus.QUEUED])}
    assert written == {"long_silence"}


def test_a_flow_that_cannot_be_meant_is_refused_in_the_words_of_its_step(door: Client) -> None:
    said = door(Role.MANAGER).post("/v1/campaigns", json={**FLOW, "steps": [{"send": "no_such_thing"}]})
    assert said.status_code == 409
    assert "no_such_thing" in said.json()["detail"]
    lost = door(Role.MANAGER).post("/v1/campaigns", json={**PLAN, "goal": ["order"]})
    assert (lost.status_code, "steps" in lost.json()["detail"]) == (409, True)


def test_sizes_that_are_learnt_are_named_over_http(door: Client, shop: SmallShop) -> None:
    plan = {**PLAN, "id": "sizes", "bandit": {"offers": ["amount_15", "percent_12"]}}
    assert door(Role.MANAGER).post("/v1/campaigns", json=plan).status_code == 202
    assert shop.workshop.store.campaigns.row("sizes").plan["bandit"]["offers"] == ["amount_15", "percent_12"]
    wrong = {**plan, "id": "wrong", "bandit": {"offers": ["amount_15"]}}
    assert door(Role.MANAGER).post("/v1/campaigns", json=wrong).status_code == 409
