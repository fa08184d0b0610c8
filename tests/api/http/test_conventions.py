"""What every route keeps: who may, problems, request ids, idempotency, pages, limits."""

from __future__ import annotations

import threading

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from starlette.routing import Route

from agent.access import Role, Scope
from api import sign_in
from api.auth import COOKIE, Permission
from api.logs import JsonLines
from api.main import create_app
from api.routes import ROUTERS
from api.tokens import token_hash
from tests.api.http.conftest import Client
from tests.small_shop import SmallShop, a_small_shop

DRAFT = {"customer_id": "c2", "channel": "email"}


def test_without_a_key_nothing_is_told(door: Client) -> None:
    said = door().get("/v1/customers")
    assert said.status_code == 401
    assert said.headers["content-type"] == "application/problem+json"
    assert said.headers["www-authenticate"].startswith("Bearer")
    assert said.json()["code"] == "who_are_you"


def test_a_key_that_was_revoked_opens_nothing(door: Client, shop: SmallShop) -> None:
    client = door(Role.ADMIN)
    assert client.get("/v1/customers").status_code == 200
    for key in shop.workshop.store.access.all_keys():
        shop.workshop.store.access.revoke_key(key.key_id, shop.workshop.clock.now())
    assert client.get("/v1/customers").status_code == 401


def test_a_key_opens_only_the_doors_that_it_names(door: Client) -> None:
    only_gate = door(Role.ADMIN, Scope.CHECK)
    assert only_gate.get("/v1/customers").status_code == 403
    assert only_gate.post("/v1/check", json={"id": 1}).status_code == 200


def test_the_store_holds_no_secret_of_a_key(shop: SmallShop) -> None:
    whole = shop.key(Role.ADMIN)
    raw = shop.workshop.home.database.read_bytes() + b"".join(
        path.read_bytes() for path in shop.workshop.home.root.glob("holdfast.db-*")
    )
    assert whole.split("_")[2].encode() not in raw


def test_a_rep_cannot_raise_a_budget(door: Client) -> None:
    door(Role.MANAGER).post("/v1/campaigns", json={"id": "spring", "budget": "100"})
    refused = door(Role.REP).put("/v1/ledger/campaign:spring", json={"amount_minor": 10**9})
    assert refused.status_code == 403
    assert door(Role.MANAGER).put("/v1/ledger/campaign:spring", json={"amount_minor": 20_000}).status_code == 200


def test_a_key_as_the_user_name_of_basic_authorization_is_as_good(shop: SmallShop) -> None:
    client = TestClient(create_app(shop.workshop))
    assert client.get("/v1/customers", auth=(shop.key(Role.REP), "")).status_code == 200


def test_a_request_id_comes_back_and_a_strange_one_is_replaced(door: Client) -> None:
    client = door(Role.REP)
    assert client.get("/v1/offers", headers={"X-Request-Id": "shop-77"}).headers["x-request-id"] == "shop-77"
    assert "\n" not in client.get("/v1/offers", headers={"X-Request-Id": "a b<c>"}).headers["x-request-id"]
    assert client.get("/v1/customers/nobody").json()["request_id"]


def test_a_problem_says_what_is_wrong_and_what_to_do(door: Client) -> None:
    said = door(Role.REP).get("/v1/customers/nobody").json()
    assert said["status"] == 404
    assert "nobody" in said["detail"]
    assert said["remedy"]
    wrong = door(Role.REP).post("/v1/drafts", json={"customer_id": "c1", "chanel": "email"}).json()
    assert {fault["field"] for fault in wrong["errors"]} == {"channel", "chanel"}


def test_a_fault_of_ours_tells_no_inner_workings(shop: SmallShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object) -> int:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(type(shop.workshop.store.people), "count", broken)
    said = TestClient(create_app(shop.workshop), raise_server_exceptions=False).get("/readyz")
    assert said.status_code == 500
    assert "hunter2" not in said.text
    assert said.json()["code"] == "fault"


def test_the_same_key_and_body_get_the_same_answer_and_are_done_once(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    key = {"Idempotency-Key": "order-1"}
    first = client.post("/v1/drafts", json=DRAFT, headers=key)
    second = client.post("/v1/drafts", json=DRAFT, headers=key)
    assert first.status_code == 200, first.text
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert len(shop.workshop.store.cases.find(customer_id="c2")) == 1


def test_the_same_key_with_another_body_is_refused(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    key = {"Idempotency-Key": "order-1"}
    assert client.post("/v1/drafts", json=DRAFT, headers=key).status_code == 200
    other = client.post("/v1/drafts", json={**DRAFT, "customer_id": "c1"}, headers=key)
    assert other.status_code == 422
    assert other.json()["code"] == "key_reused"
    assert not shop.workshop.store.cases.find(customer_id="c1")


def test_a_key_of_one_caller_is_nothing_to_another(door: Client) -> None:
    key = {"Idempotency-Key": "order-1"}
    door(Role.REP).post("/v1/drafts", json=DRAFT, headers=key)
    other = door(Role.INTEGRATOR).post("/v1/drafts", json={**DRAFT, "customer_id": "c4"}, headers=key)
    assert other.status_code == 200


def test_two_at_the_same_time_with_one_key_make_one_draft(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    codes: list[int] = []

    def ask() -> None:
        said = client.post("/v1/drafts", json=DRAFT, headers={"Idempotency-Key": "race"})
        codes.append(said.status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {200, 409}
    assert 200 in codes
    assert len(shop.workshop.store.cases.find(customer_id="c2")) == 1


def test_a_refusal_is_not_stored_so_that_it_can_be_put_right(door: Client, shop: SmallShop) -> None:
    client, key = door(Role.REP), {"Idempotency-Key": "again"}
    body = {"customer_id": "late", "channel": "email", "situation": "long_silence"}
    assert client.post("/v1/drafts", json=body, headers=key).status_code == 404
    from tests.factories import NOW, a_customer

    shop.workshop.store.people.put([a_customer("late")], NOW)
    assert client.post("/v1/drafts", json=body, headers=key).status_code == 200


def test_pages_lead_through_everything_once(door: Client) -> None:
    client, seen, cursor = door(Role.REP), list[str](), None
    while True:
        said = client.get("/v1/customers", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["customer_id"] for row in said["data"]]
        if not said["has_more"]:
            break
        cursor = said["next_cursor"]
    assert seen == ["c1", "c2", "c3", "c4", "c5", "c6"]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzFd", "W251bGxd", "%%%", "eyJhIjoxfQ"])
def test_a_cursor_that_is_not_ours_is_said(door: Client, cursor: str) -> None:
    assert door(Role.REP).get("/v1/customers", params={"cursor": cursor}).json()["code"] == "not_found"


def test_too_many_requests_are_told_to_wait(tmp_path) -> None:  # type: ignore[no-untyped-def]
    shop = a_small_shop(tmp_path / "home", rate_limit="3/minute")
    client = TestClient(create_app(shop.workshop), headers={"Authorization": f"Bearer {shop.key(Role.REP)}"})
    answers = [client.get("/v1/offers") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[0].headers["ratelimit-remaining"] == "2"


def test_a_body_that_is_too_large_is_refused(door: Client) -> None:
    said = door(Role.ADMIN).post("/v1/check", content=b"{" + b" " * 600_000 + b"}")
    assert said.status_code == 413
    assert said.json()["code"] == "too_large"


def test_a_host_that_is_not_ours_is_refused(door: Client) -> None:
    assert door().get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_the_documentation_needs_nobody_elses_server(door: Client) -> None:
    page = door().get("/docs").text
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page


def test_the_documentation_says_which_routes_want_a_key(door: Client) -> None:
    told = door().get("/openapi.json").json()
    assert told["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    open_to_all = {path for path, ways in told["paths"].items() for way in ways.values() if "security" not in way}
    assert open_to_all == {"/healthz", "/readyz", "/metrics", "/u/{token}"}


def test_an_answer_is_not_given_again_to_a_key_that_may_no_longer_ask(door: Client, shop: SmallShop) -> None:
    client, headers = door(Role.REP), {"Idempotency-Key": "order-1"}
    assert client.post("/v1/drafts", json=DRAFT, headers=headers).status_code == 200
    key = next(key for key in shop.workshop.store.access.all_keys() if key.role is Role.REP)
    shop.workshop.store.access.revoke_key(key.key_id, shop.workshop.clock.now())
    assert client.post("/v1/drafts", json=DRAFT, headers=headers).status_code == 401


def test_a_new_key_of_an_old_name_is_somebody_else(shop: SmallShop) -> None:
    def asked() -> Response:
        _, secret = sign_in.add_key(shop.workshop, "shop", Role.REP)
        client = TestClient(create_app(shop.workshop), headers={"Authorization": f"Bearer {secret}"})
        return client.post("/v1/drafts", json=DRAFT, headers={"Idempotency-Key": "order-1"})

    first = asked()
    old = next(key for key in shop.workshop.store.access.all_keys() if key.name == "shop")
    shop.workshop.store.access.revoke_key(old.key_id, shop.workshop.clock.now())
    second = asked()
    assert (first.status_code, second.status_code) == (200, 200)
    assert "idempotency-replayed" not in second.headers
    assert first.json()["case_id"] != second.json()["case_id"]


def test_a_person_who_lost_a_role_gets_no_old_answer(shop: SmallShop) -> None:
    workshop, client = shop.workshop, TestClient(create_app(shop.workshop))

    def start(link: str) -> Response:
        token = sign_in.set_password(workshop, link, "a long password").token
        session = workshop.store.access.session(token_hash(token), workshop.clock.now())
        assert session is not None
        headers = {"Idempotency-Key": "order-1", "X-CSRF-Token": session.csrf, "Cookie": f"{COOKIE}={token}"}
        return client.post("/v1/campaigns", json={"id": "spring", "band": "high"}, headers=headers)

    assert start(sign_in.add_user(workshop, "li", Role.MANAGER)).status_code == 202
    assert start(sign_in.invite(workshop, "li")).headers["idempotency-replayed"] == "true"
    workshop.store.access.change_user("li", role=Role.REP)
    assert start(sign_in.invite(workshop, "li")).status_code == 403


def test_a_body_that_is_no_json_is_said_to_be_none(door: Client) -> None:
    client = door(Role.REP)
    broken = client.post("/v1/drafts", content=b'{"customer_id": ', headers={"Content-Type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (422, "unreadable")
    assert "no JSON" in broken.json()["detail"]
    unsaid = client.post("/v1/drafts", content=b'{"customer_id": "c2"}', headers={"Content-Type": "text/plain"})
    assert "Content-Type" in unsaid.json()["detail"]
    assert "application/json" in unsaid.json()["remedy"]


def test_a_marketers_edit_takes_effect_without_a_restart(door: Client, shop: SmallShop) -> None:
    client = door(Role.REP)
    before = client.get("/v1/offers").json()["data"]
    from agent.catalogue import start_catalogue

    start_catalogue(shop.workshop.home.root)  # every budget 0
    after = client.get("/v1/offers").json()["data"]
    assert any(row["budget_minor"] for row in before)
    assert not any(row["budget_minor"] for row in after)


@pytest.mark.parametrize("name", ["brand.toml", "offers.toml"])
def test_a_slip_in_an_edited_file_does_not_close_the_doors(
    door: Client, shop: SmallShop, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    client = door(Role.REP)
    before = client.get("/v1/offers").json()
    (shop.workshop.home.root / name).write_text("this is = = no TOML", encoding="utf-8")
    with caplog.at_level("ERROR", logger="holdfast"):
        assert client.get("/v1/offers").json() == before
        assert client.post("/v1/customers/c2/unsubscribe").status_code == 200
    assert name in caplog.text


PUBLIC = {"/healthz", "/readyz", "/metrics", "/u/{token}"}


def test_every_route_names_who_may_call_it_but_for_a_short_list() -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    assert len(routes) > 30
    for route in routes:
        assert isinstance(route, APIRoute)
        permissions = [d.call for d in route.dependant.dependencies if isinstance(d.call, Permission)]
        assert len(permissions) == (0 if route.path in PUBLIC else 1), route.path
        assert all(permission.roles for permission in permissions), route.path


def test_no_route_stands_beside_the_routers(shop: SmallShop) -> None:
    alone = {route.path for route in create_app(shop.workshop).routes if isinstance(route, Route)}
    assert {path for path in alone if not path.startswith("/swagger/")} == {"/openapi.json", "/docs"}


def test_a_log_line_names_the_pattern_of_a_path_and_no_customer(door: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="holdfast"):
        door(Role.REP).get("/v1/customers/c2/timeline")
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("/v1/customers/{customer_id}/timeline" in line for line in lines)
    assert not any("c2" in line or "Cast Iron" in line for line in lines)
