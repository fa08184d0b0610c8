"""Each sentence of the phrasebook and of the acts, filled and on its own in a neutral frame, passes the real gate.

Composed drafts show a sample; a sentence that is rarely drawn must be as fit to send as one that is drawn every day.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files

import pytest

from agent.acts import act_table
from agent.context import Live, filled_facts, gate_context
from agent.domain import (
    Channel,
    Event,
    FactSheet,
    Language,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Tone,
    Words,
)
from agent.facts import build_fact_sheet
from agent.guardrails import check, context_from_json
from agent.realise import realise
from agent.situations import GENERAL, situations
from agent.writers.patterns import GUARD, known_slots, mend, sayable, settle
from agent.writers.phrasebook import Phrases, phrasebook
from knowledge.documents import Clause, Passage
from knowledge.ingest import read_folder
from tests.factories import NOW, a_brand, a_case, a_customer, an_order

EXPIRES = date(2026, 3, 23)
OFFERS = (
    Offer("a", OfferKind.AMOUNT, Decimal(15), "CNY", Money(1500, "CNY"), "AQ7K0XM", Decimal(99), EXPIRES),
    Offer("p", OfferKind.PERCENT, Decimal(12), "CNY", Money(1500, "CNY"), "ZP7K9XM", Decimal(129), EXPIRES),
    Offer("s", OfferKind.FREE_SHIPPING, Decimal(0), "CNY", Money(800, "CNY"), "FS7K9XM", Decimal(59), EXPIRES),
    Offer("b", OfferKind.POINTS, Decimal(200), "CNY", Money(200, "CNY"), None, Decimal(0), EXPIRES),
)
PUT_RIGHT = {key for key, found in situations().by_key.items() if found.service} - {GENERAL}
FRAME = {
    Language.ZH: "{{salutation}}：\n\n{}\n\n祝好。\n{{sign_off}}",
    Language.EN: "{{salutation}},\n\n{}\n\n{{sign_off}}",
}
SUBJECT = {Language.ZH: "来自{brand}的一封信", Language.EN: "A note from {brand}"}
OFFER = {
    Language.ZH: "送您{offer|gift}[，码{offer_code}][，满{offer_min_spend}可用]，有效期至{offer_expires}（含当天）。",
    Language.EN: "Enjoy {offer|np}[ with {offer_code}][ from {offer_min_spend}] through {offer_expires}.",
}


@dataclass(frozen=True, slots=True)
class Try:
    """One sentence to be judged; `field` is where it would stand."""

    line: str
    situation: str
    language: Language
    field: str = "body"
    offer: Offer | None = None


@pytest.fixture(scope="module")
def clauses() -> tuple[Clause, ...]:
    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    return tuple(clause for document in documents for clause in document.clauses if clause.in_force(NOW.date()))


def sheet_for(attempt: Try, clauses: tuple[Clause, ...], acts: tuple[str, ...]) -> tuple[FactSheet, Live]:
    """All facts a situation can have: a known item, points, a tier, a ticket with its sum, a clause that answers."""
    language, situation = attempt.language, attempt.situation
    item = "紫砂茶具套装" if language is Language.ZH else "Cast Iron Teapot"
    tier = "金卡会员" if language is Language.ZH else "gold"
    topic = next(iter(situations().topics_of(situation)), "other")
    customer = a_customer("c1", language, timezone="Asia/Shanghai", points=900, tier=tier)
    ticket = Event(
        "t1", "c1", NOW, "ticket", topic=topic, status="closed", item=item, amount=Money(12_800, "CNY")
    )  # fmt: skip
    events: tuple[Event, ...] = (an_order(item=item), ticket) if situation in PUT_RIGHT else (an_order(item=item),)
    purpose = Purpose.SERVICE if situation in PUT_RIGHT and attempt.offer is None else Purpose.MARKETING
    spoken = [clause for clause in clauses if clause.language == language.value]
    used = [clause for clause in spoken if set(acts) & set(clause.acts)] or spoken[:1]
    status = OfferStatus.OFFERED if attempt.offer else OfferStatus.NO_OFFER
    decision = OfferDecision(status, situation, "", attempt.offer, acts)
    case = a_case(purpose=purpose, situation=situation, decision=decision)
    passages = [Passage("clause", clause.id, clause.text, 1.0, language, clause) for clause in used]
    sheet = build_fact_sheet(case, customer, a_brand(), decision, events, passages, NOW, Tone.WARM)
    return sheet, Live(customer, a_brand(), purpose, NOW, events, used, attempt.offer)


def objections(attempt: Try, clauses: tuple[Clause, ...], acts: tuple[str, ...] = (), variant: int = 0) -> list[str]:
    """What the gate finds, each with the sentence; empty when it passes. A sentence that could not be said is found."""
    sheet, live = sheet_for(attempt, clauses, acts)
    if not sayable([attempt.line], known_slots(sheet)):
        return [f"never sayable: {attempt.line}"]
    known = known_slots(sheet)
    said = mend(settle(attempt.line, known))
    in_subject = attempt.field == "subject"
    body = matter(attempt, known) if in_subject else said
    if attempt.offer and (in_subject or "{offer" not in said):
        body = f"{body} {settle(OFFER[attempt.language], known)}"
    subject, body = said if in_subject else SUBJECT[attempt.language], FRAME[attempt.language].format(body)
    filled = realise(subject, body, sheet, variant)
    words = Words(filled.subject, filled.body)
    context = context_from_json(gate_context(live, filled_facts(words, filled.spans), Channel.EMAIL))
    verdict = check(words, context, [span for span in filled.spans if span.kind == "act"])
    return [f"{finding.rule} {finding.quote!r}: {attempt.line}" for finding in verdict.findings]


def matter(attempt: Try, known: frozenset[str]) -> str:
    """What a subject announces: an opening of its own situation."""
    return settle(
        sayable(phrasebook().situations[attempt.language, attempt.situation].open[Tone.PLAIN], known)[0], known
    )


def tries(phrases: Phrases, language: Language) -> Iterator[Try]:
    situation = phrases.situation
    bodies = itertools.chain(*phrases.open.values(), phrases.body, phrases.ease, phrases.short)
    for line, offer in itertools.product(phrases.lead, OFFERS):
        endings = phrasebook().common[language].terms["points" if offer.kind is OfferKind.POINTS else "coupon"]
        yield Try(f"{line}{endings[len(line) % len(endings)]}", situation, language, offer=offer)
    subjects = itertools.chain(phrases.subject, phrases.subject_lively, phrases.title)
    for field, lines in (("body", bodies), ("subject", subjects)):
        for line in lines:
            guard = GUARD.match(line)
            offer = OFFERS[0] if guard and guard[2] == "offer" and not guard[1] else None
            if guard and guard[1]:  # said only without the fact, which the sheet of this test has
                line = line[guard.end() :]
            yield Try(line, situation, language, field, offer)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("situation", sorted({situation for _, situation in phrasebook().situations}))
def test_the_gate_has_nothing_against_any_sentence_of_the_phrasebook(
    situation: str, language: Language, clauses: tuple[Clause, ...]
) -> None:
    acts = ("return_free",) if situation == "policy_question" else ("human_reply",)
    found = [
        objections(attempt, clauses, acts) for attempt in tries(phrasebook().situations[language, situation], language)
    ]
    assert list(itertools.chain(*found)) == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.kind.value)
def test_the_gate_has_nothing_against_any_sentence_about_an_offer(
    offer: Offer, language: Language, clauses: tuple[Clause, ...]
) -> None:
    common, kind = phrasebook().common[language], offer.kind.value
    endings = common.terms["points" if kind == "points" else "coupon"]
    lines = [lead + terms for lead, terms in itertools.product(common.lead[kind], endings)]
    lines += [*common.terms["short"], *common.subject_offer]
    found = []
    for line in lines:
        field = "subject" if line in common.subject_offer else "body"
        found += objections(Try(line, "long_silence", language, field, offer), clauses)
    assert found == []


@pytest.mark.parametrize("language", Language)
def test_the_gate_has_nothing_against_any_shared_sentence(language: Language, clauses: tuple[Clause, ...]) -> None:
    common = phrasebook().common[language]
    refunds = common.help["refund"]
    shared = [line for lines in common.help.values() for line in lines if line not in refunds]
    found = [objections(Try(line, "general_care", language), clauses) for line in shared]
    found += [objections(Try(line, "refund_slow", language), clauses) for line in refunds]
    found += [
        objections(Try(line, "general_care", language), clauses) for line in itertools.chain(*common.close.values())
    ]
    assert list(itertools.chain(*found)) == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", list(act_table()))
def test_the_gate_has_nothing_against_any_sentence_of_an_act(
    key: str, language: Language, clauses: tuple[Clause, ...]
) -> None:
    spec = act_table()[key]
    for situation, variant in itertools.product(spec.situations, range(len(spec.sentences[language]))):
        assert objections(Try(f"{{act:{key}}}", situation, language), clauses, (key,), variant) == []


@pytest.mark.parametrize("language", Language)
def test_every_act_is_backed_by_a_clause_of_ours_in_both_languages(
    language: Language, clauses: tuple[Clause, ...]
) -> None:
    backed = {act for clause in clauses if clause.language == language.value for act in clause.acts}
    assert backed == set(act_table())
