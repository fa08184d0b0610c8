"""Records → the JSON shapes that other programs rely on. Keys are added, never renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent.domain import CaseStatus, Draft, Offer, Verdict
from agent.guardrails.contract import violation
from agent.pipeline import Prepared

DRAFT_STATUS = {
    CaseStatus.HELD_OUT: "held_out",
    CaseStatus.BLOCKED: "blocked",
    CaseStatus.NEEDS_PERSON: "waiting",
}


def draft_answer(prepared: Prepared, explanation: Mapping[str, Any]) -> dict[str, Any]:
    """The `draft` contract. `explanation` has the keys rep and customer."""
    case, draft, verdict = prepared.case, prepared.draft, prepared.verdict
    offer = case.decision.offer if case.decision else None
    return {
        "status": DRAFT_STATUS.get(case.status, "drafted") if draft or case.status in DRAFT_STATUS else "no_offer",
        "draft_id": draft.draft_id if draft else None,
        "case_id": case.case_id,
        "customer_id": case.customer_id,
        "situation": case.situation,
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
        "instruction": {
            "understood": list(draft.instruction.understood) if draft else [],
            "not_understood": list(draft.instruction.not_understood) if draft else [],
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
