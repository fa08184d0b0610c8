"""Every sentence of the phrasebook is filled with every kind of fact and read back, as a proof-reader would."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from agent.acts import act_table
from agent.domain import FactSheet, Language, Offer, Tone
from agent.realise import realise
from agent.situations import situations
from agent.slots import slot_names, slot_table
from agent.writers.patterns import GUARD, known_slots, mend, needed, sayable, settle
from agent.writers.phrasebook import Phrases, phrasebook
from agent.writers.wishes import APOLOGY

Make = Callable[..., FactSheet]
Offers = Callable[..., Offer]

SITUATIONS = tuple(situations().by_key)
# What no message of ours may say, whatever the facts.
FORBIDDEN = {
    Language.ZH: re.compile(
        r"最(?!近)|第一(?!次)|唯一|顶级|绝对|百分百|保证|永远|全网|仅剩|抢|最后机会|错过|过期不候|赶快|赶紧|"
        r"速来|倒计时|浏览(?:过|了)|您看过|购物车|加购|流失|挽留|沉睡|舍不得|伤心|难过|求求|拜托"
    ),
    Language.EN: re.compile(
        r"\bbest\b(?! regards)|cheapest|#1|number one|unbeatable|guarantee|last chance|hurry up|act now|only \w+ left|"
        r"don't miss|miss out|limited time|before it's gone|you viewed|you looked at|browsed|your cart|your basket|"
        r"churn|heartbroken|please come back|we miss you so|begging|\bwe will\b|\bI will\b|\bwe'll\b",
        re.IGNORECASE,
    ),
}
# Promises by other words than the licensed acts.
COMMITMENT_ZH = re.compile(r"(?:我们|我|专员)(?:会|将|一定|保证|负责)(?!员)")


def lines_of(phrases: Phrases) -> Iterator[str]:
    opens = itertools.chain.from_iterable(phrases.open.values())
    moves = (
        phrases.subject,
        phrases.subject_lively,
        phrases.body,
        phrases.ease,
        phrases.short,
        phrases.title,
        phrases.lead,
    )
    return itertools.chain(opens, *moves)


def all_lines(language: Language) -> list[str]:
    book = phrasebook()
    own = [line for (spoken, _), phrases in book.situations.items() if spoken is language for line in lines_of(phrases)]
    common = book.common[language]
    shared = itertools.chain(
        common.subject_offer,
        common.subject_plain,
        *common.lead.values(),
        *common.terms.values(),
        *common.help.values(),
        *common.close.values(),
    )
    return [*own, *shared]


@pytest.mark.parametrize("language", Language)
def test_every_situation_is_written_for_in_every_tone_with_enough_to_choose_from(language: Language) -> None:
    for situation in SITUATIONS:
        phrases = phrasebook().situations[language, situation]
        assert all(len(phrases.open[tone]) >= 4 for tone in Tone)
        assert min(len(phrases.subject), len(phrases.body), len(phrases.short)) >= 5
        assert len(phrases.title) >= 4


@pytest.mark.parametrize("language", Language)
def test_every_move_can_be_made_without_any_optional_fact(make_sheet: Make, language: Language) -> None:
    """A customer of whom we know nothing but the brand still gets a whole message, whatever the situation."""
    for situation in SITUATIONS:
        sheet = make_sheet(language.value, situation=situation, events=(), acts=(), points=None, name=None)
        known = known_slots(sheet) - {"policy_answer"}
        phrases = phrasebook().situations[language, situation]
        moves = (*phrases.open.values(), phrases.subject, phrases.subject_lively, phrases.body, phrases.short)
        assert all(len(sayable(move, known)) >= 2 for move in (*moves, phrases.title)), situation


@pytest.mark.parametrize("language", Language)
def test_no_sentence_presses_flatters_itself_watches_or_promises(language: Language) -> None:
    pattern = FORBIDDEN[language]
    bad = [line for line in all_lines(language) if pattern.search(line)]
    if language is Language.ZH:
        bad += [line for line in all_lines(language) if COMMITMENT_ZH.search(line)]
    assert bad == []


@pytest.mark.parametrize("language", Language)
def test_every_slot_and_guard_is_in_the_table(language: Language) -> None:
    for line in all_lines(language):
        assert set(slot_names(line)) <= set(slot_table()), line
        guard = GUARD.match(line)
        assert guard is None or guard[2] in slot_table(), line


def test_no_sentence_stands_twice_in_one_situation() -> None:
    for (language, situation), phrases in phrasebook().situations.items():
        for move in (*phrases.open.values(), phrases.subject, phrases.body, phrases.short, phrases.title):
            assert len(set(move)) == len(move), (language, situation)


def test_sentences_about_a_gift_need_an_offer() -> None:
    gifts = {
        Language.ZH: re.compile(r"薄礼|实惠|小心意|送您"),
        Language.EN: re.compile(r"little extra|little something"),
    }
    for (language, situation), phrases in phrasebook().situations.items():
        for line in lines_of(phrases):
            if gifts[language].search(line):
                assert line.startswith("<offer>"), (situation, line)


# --- filled and read back --------------------------------------------------------------------------------------------

ODD_OFFERS = [
    ("percent", "12.5"),
    ("percent", "1"),
    ("percent", "88"),
    ("amount", "1"),
    ("amount", "2500.50"),
    ("free_shipping", "0"),
    ("points", "1"),
    ("points", "12000"),
]
ODD_PEOPLE = [
    {"name": None, "given_name": None, "gender": None},
    {"name": "James", "given_name": "James", "points": 1},
    {"name": "欧阳嘉慧", "gender": "female"},
    {"name": "阿依古丽·买买提", "points": 123456},
    {"name": "Aoife O'Brien-Ünal", "given_name": "Aoife"},
]
LEFT_OVER = re.compile(r"[{}<>\[\]]|\s[,.;!?]|,,|\.\.(?!\.)|，，|。。|，。|：。|  |None|null", re.IGNORECASE)
ARTICLE = re.compile(r"\ba [aeio]\w*|\ban [bcdfgjklmnpqrstvwxz]\w*", re.IGNORECASE)
PLURAL = re.compile(r"\b1 (?:points|days|orders)\b|\b(?:0|[2-9]|\d{2,}) (?:point|day|order)\b(?!s)")


def read_back(text: str, language: Language) -> None:
    assert not LEFT_OVER.search(text.replace("https://harbor.example", "here")), text
    if language is Language.EN:
        assert not ARTICLE.search(text), text
        assert not PLURAL.search(text), text
        assert not re.search(r"(?:^|(?<!\be)[.!?] )[a-z]", text), text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("person", ODD_PEOPLE)
def test_every_sentence_reads_well_with_odd_people_and_items(
    make_sheet: Make, language: Language, person: dict[str, object]
) -> None:
    for situation in SITUATIONS:
        sheet = make_sheet(language.value, "push", situation, **person)
        for line in sayable(lines_of(phrasebook().situations[language, situation]), known_slots(sheet)):
            read_back(realise(None, settle(line, known_slots(sheet)), sheet).body, language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("kind", "value"), ODD_OFFERS)
@pytest.mark.parametrize("bare", [True, False])
def test_every_offer_sentence_reads_well_with_every_kind_and_odd_value(
    make_sheet: Make, offers: Offers, language: Language, kind: str, value: str, bare: bool
) -> None:
    offer = offers(kind, value)
    if bare:
        offer = replace(offer, code=None, min_spend=Decimal(0), expires_on=None, exclusions={})
    sheet = make_sheet(language.value, "push", offer=offer)
    common = phrasebook().common[language]
    endings = common.terms["points" if kind == "points" else "coupon"]
    known = known_slots(sheet)
    for lead, terms in itertools.product(common.lead[kind], endings):
        read_back(realise(None, mend(lead + settle(terms, known)), sheet).body, language)
    for line in (*common.subject_offer, *common.terms["short"]):
        said = realise(None, mend(settle(line, known)), sheet).body
        assert not LEFT_OVER.search(said), said


@pytest.mark.parametrize("language", Language)
def test_acts_are_sentences_without_numbers(language: Language) -> None:
    for spec in act_table().values():
        for sentence in (*spec.sentences[language], spec.short[language]):
            assert sentence[-1] in "。.", sentence
            assert not re.search(r"\d|[{}]", sentence), sentence
        assert len(spec.sentences[language]) >= 3


@pytest.mark.parametrize("language", Language)
def test_every_act_is_recognised_in_at_least_one_of_its_own_sentences(language: Language) -> None:
    for spec in act_table().values():
        said = (*spec.sentences[language], spec.short[language])
        assert any(pattern.search(sentence) for pattern in spec.commitments[language] for sentence in said), spec.key


def test_optional_parts_and_guards_follow_the_facts() -> None:
    pattern = "Yours[, with {offer_code}][ until {offer_expires}]."
    assert settle(pattern, frozenset({"offer_code"})) == "Yours, with {offer_code}."
    assert settle(pattern, frozenset()) == "Yours."
    assert needed(pattern) == frozenset()
    assert sayable(["<offer>A", "<!offer>B", "C {brand}"], frozenset({"offer"})) == ["<offer>A"]
    assert sayable(["<offer>A", "<!offer>B"], frozenset()) == ["<!offer>B"]


def test_every_situation_can_be_written_about_without_an_apology() -> None:
    for (language, situation), phrases in phrasebook().situations.items():
        opens = tuple(itertools.chain.from_iterable(phrases.open.values()))
        for move in (opens, phrases.subject, phrases.title, phrases.short):
            assert sum(not APOLOGY.search(line) for line in move) >= 2, (language, situation)
