"""The classifier of wording: it asks for a person and does nothing else, and its weights are those of the lessons."""

from __future__ import annotations

from math import isfinite

import pytest

from agent.domain import Decision, Severity, Verdict, Words
from agent.guardrails import check, context_from_json
from agent.guardrails import learned as room
from agent.guardrails.tables import PLAIN, laid_over
from agent.guardrails.wording.lessons import read_lessons
from agent.guardrails.wording.model import LANGUAGES, wording
from agent.guardrails.wording.train import learn

READS_LIKE = {
    "zh": ("您要是走了，这个月的房租我们都交不上了。", "您这样的客人，我们真的伺候不起。"),
    "en": ("You're the only customer who ever complained.", "Calm down, it's just a mug."),
}
FINE = {
    "zh": ("壶嘴有点歪，是我们没检查好，给您添麻烦了。", "“就几块钱的事”这句话，我们不该说，对不起。"),
    "en": ("The lid is a little loose, and that's our doing.", "You can change the address yourself under My orders."),
}


def verdict(text: str, language: str) -> Verdict:
    context = context_from_json(laid_over(PLAIN[language], {}), "chat")
    return check(Words(None, text), context)


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language in LANGUAGES for text in READS_LIKE[language]]
)
def test_what_reads_like_a_break_goes_to_a_person(language: str, text: str) -> None:
    found = verdict(text, language)
    assert found.decision is Decision.REVIEW
    assert {finding.severity for finding in found.findings} == {Severity.HUMAN}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in LANGUAGES for text in FINE[language]])
def test_what_a_decent_writer_says_passes(language: str, text: str) -> None:
    assert verdict(text, language).decision is Decision.PASS


def test_without_weights_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(language: str) -> None:
        raise FileNotFoundError(language)

    monkeypatch.setattr(room, "wording", gone)
    found = verdict("壶嘴有点歪，是我们没检查好。", "zh")
    assert found.decision is Decision.BLOCK
    assert "RULE_ERROR" in {finding.rule for finding in found.findings}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_are_those_of_the_lessons(language: str) -> None:
    lessons = list(read_lessons(language))
    known, model = learn(lessons, language)
    some = [lesson for lesson in lessons[:: len(lessons) // 60] if isfinite(wording(language).score(lesson.text))]
    anew = model.decision_function(known.transform([lesson.text for lesson in some]))
    shipped = wording(language)
    kept = [shipped.score(lesson.text) + shipped.threshold for lesson in some]
    assert kept == pytest.approx(list(anew), abs=0.35), "weights are small whole numbers, and faint grams are left out"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_lesson_stands_on_both_sides(language: str) -> None:
    sides: dict[str, set[bool]] = {}
    for lesson in read_lessons(language):
        sides.setdefault(lesson.text, set()).add(lesson.is_bad)
    assert [text for text, both in sides.items() if len(both) > 1] == []
