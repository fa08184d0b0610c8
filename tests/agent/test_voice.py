"""A brand's voice shapes what everybody writes, scores what was written, and learns from what people change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Decision,
    Draft,
    FactSheet,
    Instruction,
    Language,
    Lesson,
    LessonKind,
    Offer,
    Purpose,
    StyleRule,
    Verdict,
    Voice,
    Words,
    WriterStamp,
)
from agent.draft import write_draft
from agent.draft.request import ask
from agent.lessons import example, lessons
from agent.ports import Writer
from agent.voice import addressed, avoids, lint, speak, taught, voice_of
from agent.writers.composer import Composer

Make = Callable[..., FactSheet]
AT = datetime(2026, 9, 1, tzinfo=UTC)


def drafted(sheet: FactSheet, seed: int = 1, writer: Writer | None = None) -> Draft:
    assert sheet.now is not None
    case = Case(sheet.case_id, "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
    passed = Verdict(Decision.PASS, (), "h", "r")
    return write_draft(case, sheet, [writer or Composer()], lambda _: passed, seed=seed)


def speaking(sheet: FactSheet, voice: Voice) -> FactSheet:
    return replace(sheet, brand=replace(sheet.brand, voice={sheet.language: voice}))


def a_rule(words: str, instead: str = "", language: Language = Language.ZH, revoked_by: str = "") -> StyleRule:
    kind = LessonKind.REPLACE if instead else LessonKind.DROP
    return StyleRule("s-1", Lesson(language, kind, words, instead), 2, ("may",), AT, revoked_by)


def test_a_brand_that_says_ni_is_not_made_to_say_nin(make_sheet: Make) -> None:
    sheet = speaking(make_sheet("zh", situation="damaged_item", purpose="service"), Voice(address="你"))
    for seed in range(20):
        draft = drafted(sheet, seed)
        outside = list(draft.body)
        for span in draft.spans:
            if span.kind == "clause" and span.field == "body":
                outside[span.start : span.end] = ""
        assert "您" not in "".join(outside)
        for span in draft.spans:
            assert span.end <= len(draft.body if span.field == "body" else draft.subject or "")


def test_a_quoted_rule_keeps_its_own_words(make_sheet: Make) -> None:
    sheet = make_sheet("zh", situation="policy_question", purpose="service")
    quoted = sheet.fact("policy_answer")
    assert quoted is not None
    sheet = replace(
        sheet, facts=tuple(replace(f, value="您可以退货。") if f.slot == "policy_answer" else f for f in sheet.facts)
    )
    draft = drafted(speaking(sheet, Voice(address="你")))
    if "policy_answer" in {span.slot for span in draft.spans}:
        assert "您可以退货。" in draft.body


def test_words_that_the_brand_does_not_use_are_left_out_while_others_serve(make_sheet: Make) -> None:
    sheet = make_sheet("en", situation="long_silence")
    plain = " ".join(drafted(sheet, seed).body.lower() for seed in range(40))
    assert "hope" in plain or "hello" in plain
    voice = Voice(avoid=("hope", "thank you"))
    for seed in range(40):
        assert "thank you" not in drafted(speaking(sheet, voice), seed).body.lower()


def test_preferred_words_take_the_place_of_others_and_slots_stay() -> None:
    voice = Voice(prefer={"purchase": "order", "客服": "同事"})
    assert speak("Your purchase, {offer_code}. Purchase again.", voice) == "Your order, {offer_code}. Order again."
    assert speak("purchases {purchase}", voice) == "purchases {purchase}"
    assert speak("客服会看到。{act:human_reply}", voice) == "同事会看到。{act:human_reply}"


def test_whole_words_only_are_avoided_in_english() -> None:
    assert avoids("We value you", Voice(avoid=("value",)))
    assert not avoids("valuable", Voice(avoid=("value",)))


def test_the_address_keeps_its_length_so_that_no_citation_moves() -> None:
    text = "您好，您的包裹"
    assert len(addressed(text, Voice(address="你"))) == len(text)


@pytest.mark.parametrize(
    ("body", "language", "voice", "score", "kinds"),
    [
        ("您好，谢谢您。", Language.ZH, Voice(), 100, ()),
        ("你好，谢谢你。", Language.ZH, Voice(), 80, ("address",)),
        ("亲，您好", Language.ZH, Voice(avoid=("亲",)), 85, ("avoid",)),
        ("Hi!! Great!", Language.EN, Voice(exclamations=1), 90, ("exclamations", "exclamations")),
        ("Hello 🎉", Language.EN, Voice(), 90, ("emoji",)),
        ("Your purchase is here.", Language.EN, Voice(prefer={"purchase": "order"}), 90, ("prefer",)),
        ("One two three four five six.", Language.EN, Voice(longest=5), 95, ("longest",)),
        ("v1.2 is out. Fine.", Language.EN, Voice(longest=5), 100, ()),
    ],
)
def test_a_text_is_scored_beside_the_voice(
    body: str, language: Language, voice: Voice, score: int, kinds: tuple[str, ...]
) -> None:
    report = lint(Words(None, body), (), voice, language)
    assert report.score == score
    assert tuple(off.kind for off in report.off) == kinds


def test_what_was_filled_in_is_nobodys_style(make_sheet: Make, offers: Callable[..., Offer]) -> None:
    sheet = speaking(make_sheet("en", offer=offers()), Voice(avoid=("QH20", "Holder")))
    draft = drafted(sheet)
    report = lint(Words(draft.subject, draft.body), draft.spans, voice_of(sheet.brand, Language.EN), Language.EN)
    assert report.score == 100


def test_the_composer_scores_higher_with_the_voice_than_without(make_sheet: Make) -> None:
    voice = Voice(address="你", avoid=("心意", "谢谢"), prefer={"商品": "东西"}, longest=30)
    sheet = make_sheet("zh", situation="poor_rating", purpose="service")

    def mean(written: FactSheet) -> float:
        drafts = [drafted(written, seed) for seed in range(30)]
        scores = [lint(Words(None, d.body), d.spans, voice, Language.ZH).score for d in drafts]
        return sum(scores) / len(scores)

    assert mean(speaking(sheet, voice)) >= mean(sheet) + 15


def test_the_voice_stands_in_the_prompt(make_sheet: Make) -> None:
    voice = Voice(avoid=("亲",), prefer={"购买": "下单"}, longest=40, guide="像朋友一样说话。")
    content = ask(speaking(make_sheet("zh"), voice), Instruction(), 1).request.messages[-1].content
    for told in ("像朋友一样说话。", "亲", "不说“购买”，说“下单”", "40"):
        assert told in content


# --- what edits teach ------------------------------------------------------------------------------------------------


def edited(draft: Draft, *changes: tuple[str, str]) -> Words:
    body = draft.body
    for old, new in changes:
        assert old in body
        body = body.replace(old, new)
    return Words(draft.subject, body)


def plain_draft(body: str, language: Language = Language.ZH) -> Draft:
    stamp = WriterStamp("composer", "1", "p", 0, 0, 0, 1)
    return Draft(
        "d", "c", language, Channel.EMAIL, Purpose.MARKETING, "long_silence", None, body, None, body, (), stamp
    )


@pytest.mark.parametrize(
    ("language", "before", "after", "taught_words"),
    [
        (Language.ZH, "谢谢您的光顾，祝好。", "谢谢您的惠顾，祝好。", [("的光", "的惠")]),
        (Language.EN, "We appreciate your business.", "We appreciate your custom.", [("business", "custom")]),
        (Language.ZH, "好久不见，一切都好吗？祝好。", "好久不见。祝好。", [("一切都好吗", "")]),
        (Language.EN, "Hello there, hope all is well. Bye.", "Hello there. Bye.", [("hope all is well", "")]),
        (Language.EN, "Nothing changed.", "Nothing changed.", []),
    ],
)
def test_an_edit_teaches_what_changed(
    language: Language, before: str, after: str, taught_words: list[tuple[str, str]]
) -> None:
    found = lessons(plain_draft(before, language), Words(None, after))
    assert [(lesson.words, lesson.instead) for lesson in found] == taught_words


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("送您一张8折券。", "送您一张7折券。"),
        ("请访问 shop.example。", "请访问 https://evil.example。"),
        ("祝好。", "祝好。我们给您打九折，不要错过这一次难得的机会，快来。"),
    ],
)
def test_numbers_links_and_new_thoughts_teach_nothing(before: str, after: str) -> None:
    assert lessons(plain_draft(before), Words(None, after)) == ()


def test_a_filled_fact_that_was_changed_teaches_nothing(make_sheet: Make, offers: Callable[..., Offer]) -> None:
    draft = drafted(make_sheet("en", offer=offers()))
    assert lessons(draft, edited(draft, ("QH20", "XXXX"))) == ()


def test_a_rule_that_was_taken_back_changes_nothing(make_sheet: Make) -> None:
    brand = make_sheet("zh").brand
    assert voice_of(taught(brand, [a_rule("光顾", "惠顾")]), Language.ZH).prefer == {"光顾": "惠顾"}
    assert voice_of(taught(brand, [a_rule("一切都好吗")]), Language.ZH).avoid == ("一切都好吗",)
    assert voice_of(taught(brand, [a_rule("光顾", "惠顾", revoked_by="may")]), Language.ZH).prefer == {}


def test_the_brands_own_file_counts_more_than_a_lesson(make_sheet: Make) -> None:
    brand = replace(make_sheet("zh").brand, voice={Language.ZH: Voice(prefer={"光顾": "支持"})})
    assert voice_of(taught(brand, [a_rule("光顾", "惠顾")]), Language.ZH).prefer == {"光顾": "支持"}


def test_an_edited_message_is_kept_as_a_template_without_whom_it_was_for(
    make_sheet: Make, offers: Callable[..., Offer]
) -> None:
    draft = drafted(make_sheet("en", offer=offers()))
    words = Words(draft.subject, draft.body.replace("Hi Will", "Hi Will,\nas you told Ann at 0791 555 0134", 1))
    kept = example(draft, words)
    assert "{offer_code}" in kept
    assert "QH20" not in kept
    assert "0791" not in kept


def test_held_out_edits_grow_shorter_round_over_round(make_sheet: Make) -> None:
    """A rep with three habits edits drafts; after each round the lessons hold, and there is less to change."""
    habits = (("谢谢", "感谢"), ("商品", "宝贝"), ("抱歉", "不好意思"))
    sheet = make_sheet("zh", situation="damaged_item", purpose="service")
    brand, seen, distances = sheet.brand, dict[Lesson, set[int]](), []
    for round_number in range(4):
        brand = taught(
            sheet.brand, [a_rule(lesson.words, lesson.instead) for lesson, cases in seen.items() if len(cases) >= 2]
        )
        distance = 0
        for number in range(12):
            draft = drafted(replace(sheet, brand=brand), seed=100 * round_number + number)
            chars = list(draft.body)
            for span in draft.spans:
                if span.field == "body":
                    chars[span.start : span.end] = "\u25a1" * (span.end - span.start)
            own = "".join(chars)
            distance += sum(own.count(old) for old, _ in habits)
            body = draft.body
            for old, new in habits:
                body = body.replace(old, new)
            for lesson in lessons(draft, Words(draft.subject, body)):
                seen.setdefault(lesson, set()).add(100 * round_number + number)
        distances.append(distance)
    assert distances[0] > 10
    assert distances[-1] <= distances[0] / 3
