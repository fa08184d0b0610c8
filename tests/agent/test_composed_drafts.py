"""What the composer writes, over every situation, channel, language and tone, passes the real gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files
from itertools import product

import pytest

from agent.acts import acts_for
from agent.context import Live, filled_facts, gate_context
from agent.domain import (
    Channel,
    Decision,
    Draft,
    Language,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Tone,
    Verdict,
    Words,
)
from agent.draft import write_draft
from agent.facts import build_fact_sheet
from agent.guardrails import check, context_from_json
from agent.situations import GENERAL, situations
from agent.writers.composer import Composer
from agent.writers.phrasebook import phrasebook
from knowledge.documents import Clause, Passage
from knowledge.ingest import read_folder
from tests.factories import NOW, a_brand, a_case, a_customer, a_ticket, an_order

OFFERS = (
    None,
    Offer("a", OfferKind.AMOUNT, Decimal(15), "CNY", Money(1500, "CNY"), "AQ7K0XM", Decimal(99), date(2026, 3, 23)),
    Offer(
        "p", OfferKind.PERCENT, Decimal(12), "CNY", Money(1500, "CNY"), "ZP7K9XM", Decimal(129), date(2026, 3, 23),
        {Language.ZH: "礼品卡除外", Language.EN: "gift cards excluded"},
    ),
    Offer("s", OfferKind.FREE_SHIPPING, Decimal(0), "CNY", Money(8, "CNY"), "FS7K9XM", Decimal(59), date(2026, 3, 23)),
    Offer("b", OfferKind.POINTS, Decimal(200), "CNY", Money(200, "CNY"), None, Decimal(0), date(2026, 3, 16)),
)  # fmt: skip
PUT_RIGHT = {key for key, found in situations().by_key.items() if found.service} - {GENERAL}


@pytest.fixture(scope="module")
def clauses() -> dict[str, list[Clause]]:
    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    ours = [clause for document in documents for clause in document.clauses if clause.in_force(NOW.date())]
    return {language: [clause for clause in ours if clause.language == language] for language in ("zh", "en")}


def drafts(clauses: dict[str, list[Clause]], channel: Channel) -> Iterator[tuple[Draft, Verdict]]:
    written = sorted({situation for _, situation in phrasebook().situations})
    number = 0
    for situation, language, tone, offer in product(written, Language, Tone, OFFERS):
        if offer is not None and situation in PUT_RIGHT:
            continue
        number += 1
        purpose = Purpose.SERVICE if situation in PUT_RIGHT else Purpose.MARKETING
        if channel is Channel.CHAT:
            purpose = Purpose.REPLY
        customer = a_customer("c1", language, timezone="Asia/Shanghai")
        events = (an_order(item="紫砂茶具套装" if language is Language.ZH else "Cast Iron Teapot"),)
        if situation in PUT_RIGHT:
            events += (a_ticket("c1", topic=situations().topics_of(situation)[0], status="closed"),)
        status = OfferStatus.OFFERED if offer else OfferStatus.NO_OFFER
        decision = OfferDecision(status, situation, "", offer, acts_for(situation))
        case = a_case(channel=channel, purpose=purpose, situation=situation, decision=decision)
        used = [clause for clause in clauses[language] if set(acts_for(situation)) & set(clause.acts)]
        passages = [Passage("clause", clause.id, clause.text, 1.0, language, clause) for clause in used]
        sheet = build_fact_sheet(case, customer, a_brand(), decision, events, passages, NOW, tone)

        def judge(draft: Draft) -> Verdict:
            words = Words(draft.subject, draft.body)
            live = Live(customer, a_brand(), purpose, NOW, events, used, offer)  # noqa: B023
            context = context_from_json(gate_context(live, filled_facts(words, draft.spans), channel))
            return check(words, context, [span for span in draft.spans if span.kind == "act"])

        draft = write_draft(case, sheet, (Composer(),), judge, seed=number)
        yield draft, judge(draft)


@pytest.mark.parametrize("channel", list(Channel))
def test_the_gate_has_nothing_against_what_the_composer_writes(
    channel: Channel, clauses: dict[str, list[Clause]]
) -> None:
    judged = list(drafts(clauses, channel))
    against = [
        (draft.situation, draft.language.value, finding.rule, finding.quote)
        for draft, verdict in judged
        if verdict.decision is not Decision.PASS
        for finding in verdict.findings
    ]
    assert len(judged) > 250
    assert against == []


def test_the_same_words_do_not_come_back_in_a_row(clauses: dict[str, list[Clause]]) -> None:
    bodies = Counter(draft.body for draft, _ in drafts(clauses, Channel.EMAIL))
    assert max(bodies.values()) == 1
