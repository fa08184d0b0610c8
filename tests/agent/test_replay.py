"""Tomorrow's rules on last month's sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent import campaign
from agent.domain import Decision, Finding, Severity, Span, Verdict, Words
from agent.errors import InputError
from agent.guardrails import check, context_from_json
from agent.guardrails.tables import PLAIN
from agent.replay import Judged, Replay, compare
from api import replaying
from tests.api.test_daily import PLAN, at, done
from tests.factories import NOW
from tests.small_shop import a_small_shop

CONTEXT = {**PLAIN["en"], "channel": "chat"}


def judge(words: Words, context: Mapping[str, Any], spans: tuple[Span, ...]) -> Verdict:
    return check(words, context_from_json(context), spans)


def judged(body: str, number: int = 1) -> Judged:
    words = Words(None, body)
    return Judged(f"case{number}", NOW, words, CONTEXT, (), judge(words, CONTEXT, ()))


def stricter(words: Words, context: Mapping[str, Any], spans: tuple[Span, ...]) -> Verdict:
    old = judge(words, context, spans)
    if "kettle" not in words.body:
        return old
    found = Finding("NO_KETTLES", Severity.BLOCK, "No kettles.", "body", 0, 6, "kettle")
    return replace(old, decision=Decision.BLOCK, findings=(*old.findings, found))


def test_the_same_rules_change_nothing() -> None:
    assert compare(judged("Your kettle left today."), judge) is None


def test_a_stricter_rule_is_counted_with_its_examples() -> None:
    replay = Replay()
    old = [judged("Your kettle is on its way.", n) for n in range(5)] + [judged("Your pot is fine.", 9)]
    replay.add(len(old), [change for one in old if (change := compare(one, stricter))])
    assert (replay.messages, replay.changed, replay.stopped, replay.freed) == (6, 5, 5, 0)
    (difference,) = replay.differences
    assert (difference.rule, difference.appears, difference.vanishes) == ("NO_KETTLES", 5, 0)
    assert [example["case_id"] for example in difference.examples] == ["case0", "case1", "case2"]


def test_a_softer_rule_frees_what_was_stopped() -> None:
    old = judged("Consider it done.")
    assert old.verdict.decision is Decision.REVIEW
    change = compare(old, lambda words, _context, _spans: replace(old.verdict, decision=Decision.PASS, findings=()))
    assert change is not None
    assert change.vanished == ("COMMITMENT",)


def test_what_a_shop_sent_is_judged_again_by_other_rules(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    campaign.begin(PLAN, "mei", shop.house)
    done(shop, tmp_path)
    total = shop.store.judged.count(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert total > 0
    rules = tmp_path / "tomorrow" / "agent" / "guardrails" / "lexicons"
    rules.mkdir(parents=True)
    lists = '[TONE_PRESSURE]\nen_block = ["drop you a friendly line|we [a-z]+ to"]\nzh_block = ["我们想"]\n'
    (rules / "own.toml").write_text(lists, encoding="utf-8")
    same = replaying.replay(at(shop), NOW - timedelta(days=1), NOW + timedelta(days=1), None)
    other = replaying.replay(at(shop), NOW - timedelta(days=1), NOW + timedelta(days=1), tmp_path / "tomorrow")
    assert (same.messages, same.changed, same.left_out) == (total, 0, 0)
    assert other.stopped > 0
    assert other.differences[0].rule == "TONE_PRESSURE"


def test_a_replay_that_is_interrupted_tells_what_it_found_and_where_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    campaign.begin(PLAN, "mei", shop.house)
    done(shop, tmp_path)
    monkeypatch.setattr(replaying, "BATCH", 1)
    since, until = NOW - timedelta(days=1), NOW + timedelta(days=1)

    def press_after_the_second(step: str, _share: float) -> None:
        if step.startswith("2 "):
            raise KeyboardInterrupt

    found = replaying.replay(at(shop), since, until, None, press_after_the_second)
    assert found.messages == 2
    assert found.reached is not None
    rest = replaying.replay(at(shop), found.reached, until, None)
    assert rest.messages + found.messages >= shop.store.judged.count(since, until)
    assert rest.reached is None


def test_rules_that_cannot_be_used_are_named_before_anything_is_judged(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "home").workshop
    books = tmp_path / "tomorrow" / "agent" / "guardrails" / "books"
    books.mkdir(parents=True)
    (books / "house.toml").write_text('title = "x"\nchecked_on = 2026-01-01\n[off]\nNO_SUCH = "?"\n', encoding="utf-8")
    with pytest.raises(InputError, match="NO_SUCH"):
        replaying.replay(shop, NOW, NOW, tmp_path / "tomorrow")
    with pytest.raises(InputError, match="no folder"):
        replaying.replay(shop, NOW, NOW, tmp_path / "nowhere")
    with pytest.raises(InputError, match="no file where rules are read"):
        replaying.replay(shop, NOW, NOW, books)
