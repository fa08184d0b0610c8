"""Records → the JSON shapes that other programs rely on. Keys are added, never renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent.domain import Case, CaseStatus, Customer, Draft, Event, Language, Offer, Verdict, Words
from agent.guardrails.contract import violation
from agent.ledger import Budget, Reservation
from agent.pipeline import Prepared
from agent.voice import lint, voice_of
from knowledge.documents import Passage
from scoring.records import RiskScore

if TYPE_CHECKING:
    from api.reviewing import Waiting

DRAFT_STATUS = {
    CaseStatus.HELD_OUT: "held_out",
    CaseStatus.BLOCKED: "blocked",
    CaseStatus.NEEDS_PERSON: "waiting",
}


def draft_answer(
    prepared: Prepared, explanation: Mapping[str, Any], rerouted: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The `draft` contract. `explanation` has the keys rep and customer.

    `channel` is the one that the message takes; `rerouted` says from where, to where and because of what, where that is
    not the one that was asked for.
    """
    case, draft, verdict = prepared.case, prepared.draft, prepared.verdict
    offer = case.decision.offer if case.decision else None
    return {
        "status": DRAFT_STATUS.get(case.status, "drafted") if draft or case.status in DRAFT_STATUS else "no_offer",
        "draft_id": draft.draft_id if draft else None,
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "situation": case.situation,
        "channel": case.channel.value,
        "rerouted": dict(rerouted) if rerouted else None,
        "subject": draft.subject if draft else None,
        "body": draft.body if draft else None,
        "spans": _spans(draft),
        "offer": offer_answer(offer),
        "offer_because": case.decision.because if case.decision else prepared.because,
        "verdict": verdict.decision.value if verdict else None,
        "violations": [violation(finding) for finding in verdict.findings] if verdict else [],
        "deferred_until": verdict.deferred_until.isoformat() if verdict and verdict.deferred_until else None,
        "writer": writer_answer(draft),
        "explanation": dict(explanation),
        "voice": voice_answer(prepared),
        "instruction": {
            "understood": list(draft.instruction.understood) if draft else [],
            "not_understood": list(draft.instruction.not_understood) if draft else [],
            "passed_on": list(draft.instruction.passed_on) if draft else [],
        },
    }


def offer_answer(offer: Offer | None) -> dict[str, Any] | None:
    if offer is None:
        return None
    return {
        "id": offer.id,
        "kind": offer.kind.value,
        "value": json.loads(str(offer.value.normalize() + 0)) if offer.value else 0,
        "currency": offer.currency,
        "code": offer.code,
        "expires_on": offer.expires_on.isoformat() if offer.expires_on else None,
    }


def voice_answer(prepared: Prepared) -> dict[str, Any] | None:
    """How much the draft sounds like the brand; None where no sheet was laid out for it."""
    draft, sheet = prepared.draft, prepared.sheet
    if draft is None or sheet is None:
        return None
    report = lint(Words(draft.subject, draft.body), draft.spans, voice_of(sheet.brand, draft.language), draft.language)
    return {
        "score": report.score,
        "off": [{"kind": one.kind, "words": one.words, "instead": one.instead} for one in report.off],
    }


def variant_answer(draft: Draft, verdict: Verdict) -> dict[str, Any]:
    """One of several drafts side by side."""
    return {
        "variant": draft.draft_id,
        "subject": draft.subject,
        "body": draft.body,
        "spans": _spans(draft),
        "verdict": verdict.decision.value,
        "violations": [violation(finding) for finding in verdict.findings],
        "writer": writer_answer(draft),
    }


def writer_answer(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    stamp = draft.writer
    return {
        "name": stamp.name,
        "revision": stamp.revision,
        "prompt": stamp.prompt,
        "seed": stamp.seed,
        "ms": stamp.ms,
        "tokens": stamp.tokens,
        "attempts": stamp.attempts,
        "fell_back_from": list(stamp.fell_back_from),
        "detail": dict(stamp.detail),
    }


def verdict_answer(verdict: Verdict) -> dict[str, Any]:
    return {"verdict": verdict.decision.value, "violations": [violation(finding) for finding in verdict.findings]}


def judgement_answer(verdict: Verdict, ident: str) -> dict[str, Any]:
    """A verdict in the shape of the `gate` contract."""
    fixed = verdict.fixed
    return {
        "id": ident,
        **verdict_answer(verdict),
        "fixed": None if fixed is None else {"subject": fixed.subject, "body": fixed.body},
        "deferred_until": verdict.deferred_until.isoformat() if verdict.deferred_until else None,
        "alternatives": [channel.value for channel in verdict.alternatives],
    }


def _spans(draft: Draft | None) -> list[dict[str, Any]]:
    return [
        {
            "field": span.field,
            "start": span.start,
            "end": span.end,
            "slot": span.slot,
            "kind": span.kind,
            "source": {"type": span.source.type, "id": span.source.id},
        }
        for span in (draft.spans if draft else ())
    ]


def waiting_answer(waiting: Waiting) -> dict[str, Any]:
    """One row of the queue. `why` says in every case why it waits, `waits_because` only what the house said."""
    from api.why_waiting import why_waiting

    case, first = waiting.case, waiting.priority
    return {
        "draft_id": waiting.draft.draft_id if waiting.draft else None,
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "status": case.status.value,
        "situation": case.situation,
        "channel": case.channel.value,
        "risk": round(first.risk, 4) if first else None,
        "value_minor": first.value_minor if first else None,
        "persuadable": first.persuadable if first else None,
        "priority": round(first.product) if first else 0,
        "findings": [finding.rule for finding in waiting.verdict.findings] if waiting.verdict else [],
        "waits_because": waiting.because,
        "why": {language.value: why_waiting(waiting, language) for language in Language},
    }


def case_answer(case: Case, draft: Draft | None) -> dict[str, Any]:
    return {"case_id": case.case_id, "draft_id": draft.draft_id if draft else None, "status": case.status.value}


def score_answer(score: RiskScore) -> dict[str, Any]:
    return {
        "customer_id": score.customer_id,
        "probability": score.probability,
        "logit": score.logit,
        "base": score.base,
        "band": score.band.value,
        "as_of": score.as_of,
        "model": score.model,
        "value_minor": score.value_minor,
        "reasons": [
            {
                "code": reason.code,
                "feature": reason.feature,
                "value": reason.value,
                "contribution": reason.contribution,
                "text": dict(reason.text),
            }
            for reason in score.reasons
        ],
    }


def customer_answer(customer: Customer, score: RiskScore | None) -> dict[str, Any]:
    return {
        "customer_id": customer.id,
        "name": customer.name,
        "language": customer.language.value,
        "timezone": customer.timezone,
        "country": customer.country,
        "email": customer.email,
        "phone": customer.phone,
        "tier": customer.tier,
        "points": customer.points,
        "account_status": customer.account_status,
        "suppressed": customer.suppressed,
        "consents": {
            channel.value: {"granted": consent.granted, "at": consent.at, "proof": consent.proof}
            for channel, consent in customer.consents.items()
        },
        "assumed": list(customer.assumed),
        "made_up": customer.made_up,
        "score": score_answer(score) if score else None,
    }


def event_answer(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at,
        "kind": event.kind,
        "order_id": event.order_id,
        "item": event.item,
        "quantity": event.quantity,
        "amount_minor": event.amount.minor if event.amount else None,
        "currency": event.amount.currency if event.amount else None,
        "rating": event.rating,
        "topic": event.topic,
        "status": event.status,
        "text": event.text,
    }


def passage_answer(passage: Passage) -> dict[str, Any]:
    """A clause that was found: the `retrieve` contract."""
    clause = passage.clause
    assert clause is not None, "policies are clauses"
    return {
        "document": clause.document,
        "clause": clause.clause,
        "text": passage.text,
        "score": round(passage.score, 6),
        "language": passage.language,
        "valid_from": clause.valid_from.isoformat() if clause.valid_from else None,
        "valid_to": clause.valid_to.isoformat() if clause.valid_to else None,
        "clause_id": clause.id,
        "section": list(clause.section),
        "region": list(clause.region),
        "tier": list(clause.tier),
    }


def language_of(question: str) -> Language:
    """The language that a question is put in: any Han character makes it Chinese."""
    return Language.ZH if any("\u4e00" <= char <= "\u9fff" for char in question) else Language.EN


def budget_answer(budget: Budget) -> dict[str, Any]:
    return {
        "budget_id": budget.id,
        "currency": budget.amount.currency,
        "amount_minor": budget.amount.minor,
        "reserved_minor": budget.reserved_minor,
        "spent_minor": budget.spent_minor,
        "left_minor": budget.left,
    }


def reservation_answer(reservation: Reservation) -> dict[str, Any]:
    return {
        "reservation_id": reservation.id,
        "case_id": reservation.case_id,
        "customer_id": reservation.customer_id,
        "offer_id": reservation.offer_id,
        "amount_minor": reservation.amount.minor,
        "currency": reservation.amount.currency,
        "status": reservation.status,
        "code": reservation.code,
        "at": reservation.at,
    }
