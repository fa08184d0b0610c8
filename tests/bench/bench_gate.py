"""How long the gate takes for one message, and what it stops, beside two peers: python -m tests.bench.bench_gate

Milliseconds are of one core, so that what else the machine does counts little. No message comes twice; the last two
lines are the good letters of the exam, each by another sender to another customer, and a few are refused.

The peers, in the same run on the same drafts: a plain list of forbidden words, as many shops keep one (here the words
that our own lists rest on), and Presidio's pattern recognisers (`pip install presidio-analyzer`; left out where it is
missing). Prints; asserts nothing, because a benchmark is no test.
"""

from __future__ import annotations

import json
import logging
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from agent.guardrails import judge_line
from agent.guardrails.lexicon import read_lexicons
from agent.language.literals import needed_literals, split_alternatives
from tests.evals.gate.exam import Set, read_exam

Stops = Callable[[dict[str, Any]], bool]

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


def measure(texts: list[str]) -> list[float]:
    """Milliseconds of one core for each."""
    judge_line(texts[0])  # reads the lists
    times = []
    for text in texts:
        start = time.process_time()
        judge_line(text)
        times.append((time.process_time() - start) * 1000)
    return sorted(times)


def each_another(text: str, count: int = 150) -> list[str]:
    """The message again and again, each time a blank longer: what is remembered of a text does not count."""
    data = json.loads(text)
    body = data["draft"]["body"]
    return [json.dumps({**data, "draft": {"subject": None, "body": body + " " * more}}) for more in range(count)]


def main() -> None:
    print(f"{'language':>8} {'characters':>10} {'p50 ms':>8} {'p99 ms':>8}")
    for language in ("zh", "en"):
        for length in (70, 150, 500, 2000):
            text = line(language, length)
            assert judge_line(text)["verdict"] == "pass", "a refused message is judged again: that is another cost"
            _tell(language, str(len(json.loads(text)["draft"]["body"])), measure(each_another(text)))
    for chosen in (Set.LETTERS_ZH, Set.LETTERS_EN):
        letters = read_exam(chosen)
        size = statistics.median(len(one["draft"]["body"]) for one in letters)
        _tell(chosen[-2:], f"{size:.0f}, each", measure([json.dumps(one) for one in letters]))


def _tell(language: str, size: str, times: list[float]) -> None:
    p99 = times[int(len(times) * 0.99)]
    print(f"{language:>8} {size:>10} {statistics.median(times):8.2f} {p99:8.2f}")


# --- beside peers -----------------------------------------------------------------------------------------------------


def words_of(line: dict[str, Any]) -> str:
    return f"{line['draft'].get('subject') or ''}\n{line['draft']['body']}"


def gate(line: dict[str, Any]) -> bool:
    return judge_line(json.dumps(line))["verdict"] != "pass"


def keyword_list() -> Stops:
    listed = re.compile("|".join(sorted(map(re.escape, plain_words()), key=len, reverse=True)))
    return lambda line: listed.search(words_of(line).casefold()) is not None


def plain_words() -> set[str]:
    """What stands as a word in our lists: two signs, or five letters, that a listed expression cannot do without."""
    lists = (pattern for lexicon in read_lexicons().values() for pattern in lexicon.block)
    parts = (part for one in lists for part in split_alternatives(one.pattern))
    words = (word.strip() for part in parts for word in needed_literals(part) or ())
    return {word for word in words if len(word) >= (5 if word.isascii() else 2)}


def presidio() -> Stops | None:
    try:
        from presidio_analyzer import predefined_recognizers as known  # type: ignore[import-not-found]
    except ImportError:
        return None
    logging.disable(logging.CRITICAL)  # it asks the network for a list of domains, and goes on without
    names = ("CreditCard", "Email", "Iban", "Phone", "UsSsn", "Ip", "Crypto")
    readers = [getattr(known, f"{name}Recognizer")() for name in names]
    return lambda line: any(one.analyze(words_of(line), one.supported_entities, None) for one in readers)


def beside_peers() -> None:
    lines = [line for chosen in Set if "held_out" not in chosen for line in read_exam(chosen)]
    good = [line for line in lines if line["expect"] == "pass"]
    bad = [line for line in lines if line["expect"] == "block"]
    print(f"\n{len(bad)} bad drafts and {len(good)} good ones of the exam, as far as rules were built with them open")
    print(f"{'':>22} {'bad stopped':>12} {'good stopped':>13} {'ms a draft':>11} {'time, gate = 1':>15}")
    ours = None
    for name, stops in (("the gate", gate), ("a list of words", keyword_list()), ("Presidio's patterns", presidio())):
        if stops is None:
            print(f"{name:>22} is not installed")
            continue
        stops(lines[0])
        start = time.perf_counter()
        caught, nuisance = sum(map(stops, bad)) / len(bad), sum(map(stops, good)) / len(good)
        spent = (time.perf_counter() - start) / len(lines) * 1000
        ours = ours or spent
        print(f"{name:>22} {caught:>12.1%} {nuisance:>13.1%} {spent:>11.2f} {spent / ours:>15.2f}")


if __name__ == "__main__":
    main()
    beside_peers()
