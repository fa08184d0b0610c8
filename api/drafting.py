"""One draft for one customer, as a rep, an integrator or a script asks for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from agent import pipeline
from agent.domain import Case, CaseStatus, Channel, Draft, Language, Purpose, Tone
from agent.errors import InputError, NotReady, UsageError
from agent.explanations import explain_case
from agent.house import House
from agent.instructions import read_instruction
from agent.pipeline import Prepared
from agent.situations import situations
from api.answers import draft_answer
from api.bootstrap import Workshop


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants written. `situation` None: what the reasons say. `language` None: the customer's own.

    `case_id` is given where the same asking may come twice: then it is the same case, and it is drafted once.
    """

    customer_id: str
    channel: Channel
    purpose: Purpose = Purpose.MARKETING
    situation: str | None = None
    language: Language | None = None
    tone: Tone | None = None
    instruction: str = ""
    case_id: str | None = None


def draft_for(ask: Ask, workshop: Workshop) -> Prepared:
    """Open a case and take it as far as it goes without a person. Raises NotFound, NotReady, InputError."""
    house = workshop.house
    house.store.people.get(ask.customer_id)  # says so when there is no such customer
    _check_situation(ask)
    score = house.store.scores.of(ask.customer_id)
    if score is None and ask.situation is None and ask.purpose is Purpose.MARKETING:
        raise NotReady(
            f"customer {ask.customer_id} has no score, so there is no reason to write about",
            "run: holdfast score, or say what it is about: --situation long_silence",
        )
    case = Case(
        case_id=ask.case_id or f"case_{secrets.token_hex(10)}",
        brand_id=house.brand.id,
        customer_id=ask.customer_id,
        channel=ask.channel,
        purpose=ask.purpose,
        status=CaseStatus.SCORED,
        opened_at=house.clock.now(),
        situation=ask.situation or "",
        language=ask.language or language_wished(ask.instruction),
        score=score,
    )
    if not house.store.cases.open(case):
        known = house.store.cases.get(case.case_id)
        if (known.customer_id, known.channel, known.purpose) != (case.customer_id, case.channel, case.purpose):
            raise InputError("this Idempotency-Key came with another request", "use a new key")
        return _go_on(known, ask, house)
    return pipeline.prepare(case, house, ask.instruction, ask.tone)


def _go_on(case: Case, ask: Ask, house: House) -> Prepared:
    """The same asking once more: what is there already, or the rest of what was begun."""
    if case.status is CaseStatus.SCORED:
        return pipeline.prepare(case, house, ask.instruction, ask.tone)
    if case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
        return pipeline.redraft(case, house, ask.instruction, ask.tone)
    return as_it_stands(case, house.store.cases.latest_draft(case.case_id), house)


def as_it_stands(case: Case, draft: Draft | None, house: House) -> Prepared:
    """A case as it is now, with its sheet laid out anew. Stores nothing."""
    verdict = house.store.cases.latest_verdict(draft.draft_id) if draft else None
    because = case.decision.because if case.decision else ""
    return Prepared(case, pipeline.sheet_of(case, house), draft, verdict, because)


def shown(case: Case, draft: Draft | None, workshop: Workshop) -> dict[str, Any]:
    """The `draft` contract for a case that is there already."""
    return answer(as_it_stands(case, draft, workshop.house), workshop)


def language_wished(instruction: str) -> Language | None:
    """用英文写 and "in Chinese" are wishes about the language of the draft, and the gate must know it."""
    understood = read_instruction(instruction).understood
    return next((LANGUAGE_WISHES[flag] for flag in understood if flag in LANGUAGE_WISHES), None)


LANGUAGE_WISHES = {"english": Language.EN, "chinese": Language.ZH}


def _check_situation(ask: Ask) -> None:
    known = sorted(situations().by_key)
    if ask.situation is not None and ask.situation not in known:
        raise UsageError(f"nothing is known about the situation {ask.situation!r}", f"use one of {', '.join(known)}")
    if ask.situation and ask.purpose is not Purpose.MARKETING and not situations().is_service(ask.situation):
        raise UsageError(
            f"{ask.situation} is marketing, whatever it is called",
            f"use --purpose marketing, or one of {', '.join(key for key in known if situations().is_service(key))}",
        )


def answer(prepared: Prepared, workshop: Workshop) -> dict[str, Any]:
    """The `draft` contract. The rep's explanation is in the house language, the customer's in that of the draft."""
    way = _rerouted(prepared.case, workshop)
    if prepared.sheet is None:
        return draft_answer(prepared, {"rep": prepared.because, "customer": None}, way)
    texts = explain_case(prepared.case, prepared.sheet, prepared.draft)
    own, theirs = workshop.brand.languages[0], prepared.sheet.language
    explanation = {"rep": texts["rep"][own], "customer": texts["customer"][theirs], "languages": texts}
    return draft_answer(prepared, explanation, way)


def _rerouted(case: Case, workshop: Workshop) -> dict[str, str] | None:
    """From the channel that was asked for to the one that is taken, and why; None while they are the same."""
    moves = [step.data for step in workshop.store.cases.story(case.case_id) if step.step == "reroute"]
    if not moves or moves[0]["from"] == case.channel.value:
        return None
    because = "; ".join(dict.fromkeys(str(move["because"]) for move in moves))
    return {"from": str(moves[0]["from"]), "to": case.channel.value, "because": because}
