"""How long the gate takes for one message, by length and language. Run it: python tests/bench/bench_gate.py

Prints milliseconds; asserts nothing, because a benchmark is no test.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from agent.guardrails import judge_line

ZH = (
    "雨桐您好，您8月11日下单的手冲咖啡壶用得还顺手吗？"
    "为您准备了一张8折券QH20，满199元可用，9月30日前有效，黄金、礼品卡除外。"
)
EN = (
    "Hi Will, how is the oak serving board you bought on August 20? Here is 20% off with QH20 on orders of $199 "
    "or more, through September 30, gift cards excluded. "
)
FACTS = {
    "zh": {
        "last_order": {"id": "QH26081177", "item": "手冲咖啡壶", "amount": 268, "date": "2026-08-11"},
        "points": 1280,
    },
    "en": {"last_order": {"id": "MP-48213", "item": "oak serving board", "amount": 64, "date": "2026-08-20"}},
}


def line(language: str, length: int) -> str:
    """A marketing e-mail of about `length` characters."""
    text = ZH if language == "zh" else EN
    foot = "\nLinden Lane, 12 Linden Lane\nhttps://linden-lane.example/u " + (
        "退订" if language == "zh" else "unsubscribe"
    )
    repeats = max(1, (length - len(foot)) // len(text))
    body = text * repeats + foot
    context: dict[str, Any] = {
        "purpose": "marketing",
        "customer": {
            "name": "陈雨桐" if language == "zh" else "Will Carter",
            "first_name": "雨桐" if language == "zh" else "Will",
            "language": language,
            "timezone": "Asia/Shanghai" if language == "zh" else "America/New_York",
            "consent": {"email": True},
            "suppressed": False,
            "facts": FACTS[language],
        },
        "offer": {
            "kind": "percent",
            "value": 20,
            "currency": "CNY" if language == "zh" else "USD",
            "code": "QH20",
            "min_spend": 199,
            "expires_on": "2026-09-30",
            "exclusions": "黄金、礼品卡除外" if language == "zh" else "gift cards",
        },
        "policy": [{"id": "ret7", "text": "自签收之日起7天内，未使用且包装完好的商品可无理由退货。"}],
        "brand": {"name": "Linden Lane", "domains": ["linden-lane.example"], "postal_address": "12 Linden Lane"},
        "now": "2026-09-15T10:30:00+08:00",
        "history": {"sent_last_7_days": 1, "open_ticket": None},
    }
    return json.dumps({"id": 1, "channel": "email", "context": context, "draft": {"subject": None, "body": body}})


def measure(text: str, rounds: int = 150) -> list[float]:
    assert judge_line(text)["verdict"] == "pass", "a refused message is repaired and judged again: that is another cost"
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        judge_line(text)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def main() -> None:
    print(f"{'language':>8} {'characters':>10} {'p50 ms':>8} {'p99 ms':>8}")
    for language in ("zh", "en"):
        for length in (70, 150, 500, 2000):
            text = line(language, length)
            times = measure(text)
            size = len(json.loads(text)["draft"]["body"])
            p99 = times[int(len(times) * 0.99)]
            print(f"{language:>8} {size:>10} {statistics.median(times):8.2f} {p99:8.2f}")


if __name__ == "__main__":
    main()
