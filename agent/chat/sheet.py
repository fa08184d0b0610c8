"""What an answer may be made of: a fact sheet with the sentences of the clauses as slots, and nothing about money.

Takes clauses and a brand, gives a FactSheet; and reads the citations off the spans that were filled from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from agent.chat.records import Citation
from agent.domain import (
    Brand,
    Case,
    Channel,
    Fact,
    FactSheet,
    Language,
    Purpose,
    SlotType,
    Source,
    Span,
    Tone,
)
from agent.situations import POLICY_QUESTION, situations
from knowledge.documents import Clause

SLOTS = ("policy_answer", "policy_more")


def sheet_for(
    clauses: Sequence[Clause],
    brand: Brand,
    language: Language,
    trace_id: str,
    now: datetime,
    about: Case | None = None,
    own: Sequence[Fact] = (),
) -> FactSheet:
    """Each clause's customer-safe sentence is a required slot; beside the brand's name there are few other facts.

    `about` is the case of the message that the user asks about, if any: what it was about may be said then. `own`
    are the facts of their own record that they ask about: an order, points, a tier.
    """
    quoted = [
        Fact(slot, SlotType.TEXT, clause.customer_text, Source("clause", clause.id), required=True)
        for slot, clause in zip(SLOTS, clauses, strict=False)
    ]
    name = Fact("brand", SlotType.TEXT, brand.name_in(language), Source("brand", brand.id))
    return FactSheet(
        case_id=trace_id,
        language=language,
        channel=Channel.CHAT,
        purpose=Purpose.REPLY,
        situation=POLICY_QUESTION,
        tone=Tone.PLAIN,
        brand=brand,
        facts=(*quoted, name, *_about(about, language), *own),
        clauses=tuple(clauses),
        now=now,
    )


def _about(case: Case | None, language: Language) -> tuple[Fact, ...]:
    if case is None:
        return ()
    words = situations().about(case.situation, language)
    return (Fact("message_about", SlotType.TEXT, words, Source("case", case.case_id)),)


def citations(text: str, spans: Sequence[Span], clauses: Sequence[Clause]) -> tuple[Citation, ...]:
    known: Mapping[str, Clause] = {clause.id: clause for clause in clauses}
    return tuple(
        Citation(span.start, span.end, text[span.start : span.end], known[span.source.id])
        for span in spans
        if span.kind == "clause" and span.source.id in known
    )
