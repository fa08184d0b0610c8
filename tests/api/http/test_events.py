"""Events in: what Segment's clients send is kept once, seen at once, and what cannot be used is named."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest

from agent.access import Role
from agent.context import open_ticket
from agent.domain import Event
from api.arrivals import move
from tests.api.http.conftest import Client
from tests.factories import NOW
from tests.small_shop import SmallShop

BOUGHT = {
    "userId": "c2",
    "event": "Order Completed",
    "messageId": "m-1",
    "timestamp": (NOW - timedelta(hours=1)).isoformat(),
    "properties": {
        "order_id": "L9",
        "currency": "CNY",
        "products": [{"sku": "T1", "name": "Tea Towel", "price": 19.5, "quantity": 2}, {"name": "Tin", "price": 8}],
    },
}

JSON = {"Content-Type": "application/json"}


def timeline(shop: SmallShop, customer_id: str = "c2") -> list[Event]:
    return list(shop.workshop.house.history.timeline(customer_id, NOW))


def test_an_event_is_seen_at_once_and_the_same_after_it_was_moved(door: Client, shop: SmallShop) -> None:
    before = len(timeline(shop))
    assert door(Role.INTEGRATOR).post("/v1/track", json=BOUGHT).json()["accepted"] == 1
    waiting = timeline(shop)
    assert [(event.item, event.amount and event.amount.minor) for event in waiting[before:]] == [
        ("Tea Towel", 3900),
        ("Tin", 800),
    ]
    assert move(shop.workshop) == 1
    assert timeline(shop) == waiting
    assert shop.workshop.store.arrivals.counts()["waiting"] == 0


@pytest.mark.parametrize(
    ("closing", "said"), [("Support Ticket Created", {"status": "closed"}), ("Ticket Closed", {}), ("关闭工单", {})]
)
def test_a_ticket_for_a_hand_off_is_opened_and_closed_by_the_same_id(
    door: Client, shop: SmallShop, closing: str, said: dict[str, str]
) -> None:
    """As api/README.md tells those whose chatbot gets `hand_off`; a closing that says so by its name is one too."""
    client = door(Role.INTEGRATOR)
    ticket = {"ticket_id": "T7", "topic": "damaged_item", "text": "The cup came broken."}
    for minutes, event, status in ((20, "Support Ticket Created", {}), (10, closing, said)):
        sent = {
            "userId": "c2",
            "event": event,
            "messageId": f"t-{minutes}",
            "timestamp": (NOW - timedelta(minutes=minutes)).isoformat(),
            "properties": {**ticket, **status},
        }
        assert client.post("/v1/track", json=sent).json()["accepted"] == 1
        opened = open_ticket(timeline(shop))
        assert (opened and opened["type"]) == (None if minutes == 10 else "damaged_item")


def test_the_same_message_twice_is_one(door: Client, shop: SmallShop) -> None:
    client = door(Role.INTEGRATOR)
    client.post("/v1/track", json=BOUGHT)
    assert client.post("/v1/track", json=BOUGHT).json()["known"] == 1
    first = timeline(shop)
    move(shop.workshop)
    client.post("/v1/track", json=BOUGHT)
    assert timeline(shop) == first
    move(shop.workshop)
    assert timeline(shop) == first


def test_shuffled_and_doubled_messages_give_the_same_history(door: Client, shop: SmallShop) -> None:
    client = door(Role.INTEGRATOR)
    messages = [
        {**BOUGHT, "type": "track", "messageId": f"m-{n}", "timestamp": (NOW - timedelta(days=n)).isoformat()}
        for n in range(1, 6)
    ]
    client.post("/v1/batch", json={"batch": [*messages[::-1], *messages]})
    found = [(event.at, event.item) for event in timeline(shop)]
    assert found == sorted(found, key=lambda pair: pair[0])
    assert len(found) == 1 + 2 * 5


def test_one_bad_event_in_a_batch_is_named_and_the_others_are_kept(door: Client, shop: SmallShop) -> None:
    bad = {**BOUGHT, "type": "track", "messageId": "m-2", "properties": {"products": [{"price": "free"}]}}
    batch = [{**BOUGHT, "type": "track"}, bad, {"type": "page", "userId": "c2", "messageId": "m-3"}]
    said = door(Role.INTEGRATOR).post("/v1/batch", json={"batch": batch}).json()
    assert said["accepted"] == 2
    [refused] = said["refused"]
    assert (refused["index"], refused["field"]) == (1, "properties.price")
    assert "free" in refused["message"]
    aside = door(Role.REP).get("/v1/events/refused").json()
    assert aside["counts"]["refused"] == 1
    assert "price" in aside["data"][0]["refused"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"userId": None}, "userId"),
        ({"properties": {"products": []}}, "properties.products"),
        ({"properties": {"products": [{"quantity": -1, "price": 3}]}}, "properties.quantity"),
        ({"properties": {"total": -5}}, "properties.total"),
        ({"properties": {"currency": "RMB￥", "total": 5}}, "properties.currency"),
    ],
)
def test_an_event_that_cannot_be_used_is_a_problem_that_names_the_key(
    door: Client, change: dict[str, object], field: str
) -> None:
    body = {key: value for key, value in {**BOUGHT, **change}.items() if value is not None}
    said = door(Role.INTEGRATOR).post("/v1/track", json=body)
    assert said.status_code == 422
    assert said.json()["detail"].startswith(field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": "Moon Landed"}, "event"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "2031-01-01T00:00:00Z"}, "timestamp"),
    ],
)
def test_a_name_that_nobody_knows_and_a_wrong_clock_are_set_aside(
    door: Client, shop: SmallShop, change: dict[str, object], field: str
) -> None:
    said = door(Role.INTEGRATOR).post("/v1/track", json={**BOUGHT, **change})
    assert said.status_code == 200
    assert [refused["field"] for refused in said.json()["refused"]] == [field]
    assert shop.workshop.store.arrivals.counts()["refused"] == 1


def test_an_event_of_32_kilobytes_and_one_byte_is_too_large(door: Client, shop: SmallShop) -> None:
    client = door(Role.INTEGRATOR)

    def sized(size: int) -> bytes:
        body = {**BOUGHT, "messageId": f"m-{size}", "type": "track", "context": {"pad": ""}}
        body["context"] = {"pad": "x" * (size - len(json.dumps(body, ensure_ascii=False).encode()))}
        return json.dumps({"batch": [body]}, ensure_ascii=False).encode()

    assert client.post("/v1/batch", content=sized(32 * 1024), headers=JSON).json()["accepted"] == 1
    said = client.post("/v1/batch", content=sized(32 * 1024 + 1), headers=JSON).json()
    assert said["accepted"] == 0
    assert "32768" in said["refused"][0]["message"]
    single = client.post("/v1/track", json={**BOUGHT, "context": {"pad": "x" * 33_000}})
    assert single.status_code == 413


def test_a_batch_above_500_kilobytes_is_refused_whole(door: Client, shop: SmallShop) -> None:
    batch = [{**BOUGHT, "type": "track", "messageId": f"m{n}", "pad": "x" * 30_000} for n in range(20)]
    said = door(Role.INTEGRATOR).post("/v1/batch", json={"batch": batch})
    assert said.status_code == 413
    assert shop.workshop.store.arrivals.counts() == {"waiting": 0, "anonymous": 0, "refused": 0}


def test_a_gzipped_batch_is_read_and_a_bomb_is_not(door: Client) -> None:
    client = door(Role.INTEGRATOR)
    head = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    packed = gzip.compress(json.dumps({"batch": [{**BOUGHT, "type": "track"}]}).encode())
    assert client.post("/v1/batch", content=packed, headers=head).json()["accepted"] == 1
    bomb = gzip.compress(b'{"batch": "' + b"x" * 50_000_000 + b'"}')
    assert client.post("/v1/batch", content=bomb, headers=head).status_code == 413
    assert client.post("/v1/batch", content=b"not gzip", headers=head).status_code == 400


def test_traits_change_what_they_say_and_leave_the_rest(door: Client, shop: SmallShop) -> None:
    before = shop.workshop.store.people.get("c2")
    said = door(Role.INTEGRATOR).post(
        "/v1/identify", json={"userId": "c2", "traits": {"firstName": "Ann", "lastName": "Lee", "phone": "12"}}
    )
    assert said.status_code == 200
    after = shop.workshop.store.people.get("c2")
    assert (after.name, after.given_name) == ("Ann Lee", "Ann")
    assert (after.email, after.phone, after.consents) == (before.email, before.phone, before.consents)
    assert said.json()["ignored"][0]["field"] == "traits.phone"


def test_a_stranger_becomes_a_customer_with_what_they_did_before(door: Client, shop: SmallShop) -> None:
    client = door(Role.INTEGRATOR)
    looked = {"anonymousId": "a-9", "event": "Product Viewed", "properties": {"name": "Kettle"}, "messageId": "v-1"}
    client.post("/v1/track", json=looked)
    assert shop.workshop.store.arrivals.counts()["anonymous"] == 1
    client.post("/v1/identify", json={"userId": "new", "anonymousId": "a-9", "traits": {"email": "new@mail.example"}})
    assert [event.item for event in timeline(shop, "new")] == []  # it happened at this very moment
    later = shop.workshop.house.history.timeline("new", NOW + timedelta(seconds=1))
    assert [event.item for event in later] == ["Kettle"]
    client.post("/v1/track", json={**looked, "messageId": "v-2"})
    assert len(shop.workshop.house.history.timeline("new", NOW + timedelta(seconds=1))) == 2


def test_an_unsubscribe_event_ends_marketing_now(door: Client, shop: SmallShop) -> None:
    door(Role.INTEGRATOR).post("/v1/track", json={"userId": "c2", "event": "Unsubscribed"})
    assert shop.workshop.store.people.get("c2").suppressed


def test_a_coupon_at_the_till_is_redeemed_by_its_order(door: Client, shop: SmallShop) -> None:
    asked = door(Role.REP).post("/v1/drafts", json={"customer_id": "c2", "channel": "email"}).json()
    code = asked["offer"]["code"]
    order = {**BOUGHT, "properties": {"order_id": "L1", "total": 90, "coupon": code}}
    door(Role.INTEGRATOR).post("/v1/track", json=order)
    assert shop.workshop.store.ledger.redeem(code, NOW) is None, "it was redeemed already"


def test_only_a_program_may_send_events(door: Client) -> None:
    assert door(Role.REP).post("/v1/track", json=BOUGHT).status_code == 403


def test_half_an_emoji_in_a_review_keeps_nobody_elses_events_from_the_log(door: Client, shop: SmallShop) -> None:
    half = b'{"userId": "c1", "event": "Product Reviewed", "properties": {"review_body": "\\u574f\\u4e86 \\ud83d"}}'
    headers = {"Content-Type": "application/json"}
    assert door(Role.INTEGRATOR).post("/v1/track", content=half, headers=headers).status_code == 200
    before = shop.workshop.log.count()
    assert move(shop.workshop) == 1
    assert shop.workshop.log.count() == before + 1
    assert "坏了 \ufffd" in set(shop.workshop.log.load(customer_ids=["c1"])["text"].dropna())


@pytest.mark.parametrize(
    "bad",
    [
        {"userId": "c2", "event": "Product Viewed", "timestamp": "0001-01-01T00:00:00+14:00", "type": "track"},
        {"userId": "\ud800", "event": "Product Viewed", "type": "track"},
        {"userId": "c2", "traits": {"createdAt": "0001-01-01T00:00:00+14:00"}, "type": "identify"},
        {"userId": "c2", "traits": {"points": "1e30"}, "type": "identify"},
    ],
)
def test_whatever_one_message_says_the_others_are_kept(door: Client, shop: SmallShop, bad: dict[str, object]) -> None:
    body = json.dumps({"batch": [bad, {**BOUGHT, "type": "track"}]}).encode()
    said = door(Role.INTEGRATOR).post("/v1/batch", content=body, headers=JSON)
    assert said.status_code == 200
    assert said.json()["accepted"] >= 1
    assert [event.item for event in timeline(shop)][-2:] == ["Tea Towel", "Tin"]


@pytest.mark.parametrize("extra", [{"timestamp": "2099-01-01T00:00:00Z"}, {"anonymousId": "a-1", "userId": None}])
def test_an_unsubscribe_is_carried_out_whatever_else_is_wrong_with_it(
    door: Client, shop: SmallShop, extra: dict[str, object]
) -> None:
    client = door(Role.INTEGRATOR)
    client.post("/v1/identify", json={"userId": "c2", "anonymousId": "a-1"})
    body = {key: value for key, value in {"userId": "c2", "event": "Unsubscribed", **extra}.items() if value}
    client.post("/v1/track", json=body)
    assert shop.workshop.store.people.get("c2").suppressed


def test_a_refused_message_is_kept_as_text_that_every_database_takes(door: Client, shop: SmallShop) -> None:
    strange = (
        b'{"batch": [{"type": "track", "event": "Product Viewed", "properties": {"price": NaN, "a": "b\\u0000"}}]}'
    )
    assert len(door(Role.INTEGRATOR).post("/v1/batch", content=strange, headers=JSON).json()["refused"]) == 1
    [kept] = shop.workshop.store.arrivals.refused()
    assert json.dumps(kept.rows, allow_nan=False), "JSON as the standard has it"
    assert "\0" not in kept.rows[0]["raw"]
    assert json.loads(kept.rows[0]["raw"])["properties"]["a"] == "b\0"


def test_half_a_gzipped_batch_is_refused(door: Client) -> None:
    head = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    packed = gzip.compress(json.dumps({"batch": [{**BOUGHT, "type": "track"}]}).encode())
    assert door(Role.INTEGRATOR).post("/v1/batch", content=packed[:-6], headers=head).status_code == 400
