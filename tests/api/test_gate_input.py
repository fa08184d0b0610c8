"""What a line for the gate holds that nobody reads is told, and changes no verdict."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from agent.context import Live, gate_context
from agent.domain import Channel, Purpose
from agent.guardrails import judge_line
from api.gate_input import KEYS, judged, notes
from tests.factories import NOW, a_brand, a_clause, a_customer

ROOT = Path(__file__).parents[2]
LINE: dict[str, Any] = {
    "id": "1",
    "channel": "chat",
    "label": "labels are nobody's business",
    "draft": {"subject": None, "body": "雨桐您好，没用过的茶壶，签收后7天内可以退。"},
    "context": {
        "purpose": "reply",
        "now": "2026-11-27T10:00:00+08:00",
        "customer": {
            "language": "zh",
            "timezone": "Asia/Shanghai",
            "consent": {"chat": {"granted": True}},
            "facts": {"a": 1},
        },
        "offer": {"kind": "amount", "value": 15, "currency": "CNY", "expires_on": "2026-12-01"},
        "policy": [{"id": "ret7", "text": "自签收之日起7天内，未使用的商品可无理由退货。"}],
        "brand": {"name": "林间小铺"},
        "history": {"open_ticket": {"type": "other", "whatever": 1}},
    },
}


def changed(path: str, key: str, value: object) -> str:
    line = copy.deepcopy(LINE)
    place: Any = line
    for part in path.split("."):
        place = place[int(part)] if part.isdigit() else place[part]
    place[key] = value
    return json.dumps(line, ensure_ascii=False)


def test_a_line_as_it_should_be_has_no_notes() -> None:
    assert notes(json.dumps(LINE)) == []


@pytest.mark.parametrize(
    ("path", "key", "told"),
    [
        ("context.offer", "expire_on", "Is it expires_on?"),
        ("context.offer", "colour", "Known here: code,"),
        ("context", "custommer", "Is it customer?"),
        ("context.customer.consent", "fax", "Known here"),
        ("context.customer.consent.chat", "grant", "Is it granted?"),
        ("context.policy.0", "valid_until", "Is it valid_to?"),
        ("draft", "bdy", "Is it body?"),
    ],
)
def test_a_key_that_nobody_knows_is_told_and_changes_no_verdict(path: str, key: str, told: str) -> None:
    line = changed(path, key, None)
    answer = judged(line)
    [note] = answer.pop("notes")
    assert note["key"].replace("[0]", ".0") == f"{path}.{key}"
    assert told in note["message"]
    assert answer == judge_line(line)


@pytest.mark.parametrize(
    ("zone", "told"), [("Asia/Peking", True), ("Asia/Shanghai", False), ("", False), (None, False)]
)
def test_a_zone_that_does_not_exist_is_told(zone: str | None, told: bool) -> None:
    found = notes(changed("context.customer", "timezone", zone))
    assert [note["key"] for note in found] == ["context.customer.timezone"] * told
    assert all("strictest" in note["message"] for note in found)


@pytest.mark.parametrize("line", ["no json", "[]", "1", '{"context": 3}', '{"context": {"customer": []}}', ""])
def test_what_cannot_be_read_has_no_notes_but_a_verdict(line: str) -> None:
    assert judged(line)["verdict"] == "block"
    assert judged(line)["notes"] == []


def test_the_products_own_context_is_all_known() -> None:
    live = Live(a_customer(), a_brand(), Purpose.MARKETING, NOW, (), [a_clause()], headers={"From": "x"})
    context = gate_context(live, {}, Channel.EMAIL)
    assert notes(json.dumps({"context": context, "draft": {"body": "x"}})) == []


def test_every_key_that_the_gate_reads_is_known_here() -> None:
    read = (ROOT / "agent/guardrails/reading.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"\.get\(\"(\w+)\"", read)) | set(re.findall(r"need\(\w+, \"(\w+)\"", read))
    asked -= {"type", "status"}  # of a ticket, which is open
    assert asked <= set().union(*KEYS.values())


def test_every_key_stands_in_the_readme() -> None:
    words = set(re.findall(r"`(?:context\.)?([\w.]+)`", (ROOT / "api/README.md").read_text(encoding="utf-8")))
    missing = {key for keys in KEYS.values() for key in keys if not any(word.split(".")[-1] == key for word in words)}
    assert missing == set()
